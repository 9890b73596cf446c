"""SMS gateways by their own libraries, against stubs that are as strict as the real ones, and as rude."""

from __future__ import annotations

import builtins
import json
import time
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.contract.outbox_samples import NOW
from tests.contract.sender_samples import free_port
from tests.contract.sms_stubs import GARBAGE, GATEWAYS, HANG, RESET, Aliyun, AppriseJson, Tencent, Twilio, serving, sms
from toolkit.core.message import (
    Accepted,
    Deferred,
    Delivered,
    Letter,
    NotFound,
    Rejected,
    StillOpen,
    Undelivered,
    Unknown,
)
from toolkit.gateways.senders import ACCOUNT, CHANNEL_DOWN, CONNECT, NOT_INSTALLED
from toolkit.gateways.senders.sms import our_id, shown

BY_NAME = list(GATEWAYS)
OWN_TEXT = ("twilio", "apprise")


def send(stub, *messages, **more):
    with serving(stub):
        channel = stub.channel(**more)
        outcomes = [channel.send(one) for one in messages]
        channel.close()
    return outcomes


RUDE = [(name, rude) for name in BY_NAME for rude in (HANG, RESET, GARBAGE, 500, 502, 503)]


@pytest.mark.parametrize(
    ("name", "rude"), [one for one in RUDE if one != ("apprise", GARBAGE)]
)  # it reads the status only
def test_what_may_have_been_taken_is_unknown_and_is_asked_for_once(name, rude):
    stub = GATEWAYS[name](rude)
    began = time.monotonic()
    (outcome,) = send(stub, sms())
    assert isinstance(outcome, Unknown), outcome
    assert len(stub.requests) == 1
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("name", [one for one in BY_NAME if one != "apprise"])
def test_where_no_connection_came_up_the_message_surely_did_not_leave(name):
    stub = GATEWAYS[name]()
    stub.url = f"http://127.0.0.1:{free_port()}"
    outcome = stub.channel().send(sms())
    assert isinstance(outcome, Deferred), outcome
    assert outcome.code == CONNECT


@pytest.mark.parametrize("name", [one for one in BY_NAME if one != "apprise"])
def test_a_host_that_is_none_is_no_connection_either(name):
    outcome = GATEWAYS[name]().channel(endpoint="http://no-such-host.invalid").send(sms())
    assert isinstance(outcome, Deferred), outcome
    assert outcome.code == CONNECT


def test_of_apprise_a_no_is_unknown_for_it_gives_no_reason():
    stub = AppriseJson()
    stub.url = f"http://127.0.0.1:{free_port()}"
    assert isinstance(stub.channel().send(sms()), Unknown)
    assert stub.channel().send(sms()).text  # what it logged


def test_apprise_neither_sleeps_nor_tries_again_though_the_address_says_so():
    stub = AppriseJson(500)
    began = time.monotonic()
    send(stub, sms("a"), sms("b"), sms("c"))
    assert len(stub.requests) == 3
    assert time.monotonic() - began < 2


CODES = [
    ("aliyun", "isv.MOBILE_NUMBER_ILLEGAL", Rejected, None),
    ("aliyun", "isv.TEMPLATE_MISSING_PARAMETERS", Rejected, None),
    ("aliyun", "isv.PARAM_NOT_SUPPORT_URL", Rejected, None),
    ("aliyun", "isv.SOMETHING_NEW", Rejected, None),
    ("aliyun", "isv.BUSINESS_LIMIT_CONTROL", Deferred, timedelta(hours=14, minutes=5)),  # NOW is 10:00 in China
    ("aliyun", "isp.SYSTEM_ERROR", Deferred, None),
    ("aliyun", "isv.AMOUNT_NOT_ENOUGH", ACCOUNT, None),
    ("aliyun", "isv.DAY_LIMIT_CONTROL", ACCOUNT, None),
    ("tencent", "InvalidParameterValue.IncorrectPhoneNumber", Rejected, None),
    ("tencent", "FailedOperation.PhoneNumberInBlacklist", Rejected, None),
    ("tencent", "LimitExceeded.PhoneNumberThirtySecondLimit", Deferred, None),
    ("tencent", "LimitExceeded.PhoneNumberOneHourLimit", Deferred, timedelta(hours=1)),
    ("tencent", "LimitExceeded.PhoneNumberDailyLimit", Deferred, timedelta(hours=14, minutes=5)),
    ("tencent", "FailedOperation.InsufficientBalanceInSmsPackage", ACCOUNT, None),
    ("tencent", "InternalError.Timeout", Unknown, None),
]


@pytest.mark.parametrize(("name", "code", "kind", "wait"), CODES)
def test_a_refusal_comes_as_200_and_its_code_says_what_becomes_of_the_message(name, code, kind, wait):
    (outcome,) = send(GATEWAYS[name]((code,)), sms())
    if kind is ACCOUNT:
        assert isinstance(outcome, Deferred)
        assert (outcome.code, code in outcome.text) == (ACCOUNT, True)
        assert outcome.code in CHANNEL_DOWN
        return
    assert isinstance(outcome, kind), outcome
    if kind is Deferred:
        assert (outcome.code, outcome.not_before) == (code, NOW + wait if wait else None)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ((400, "InvalidAccessKeyId.NotFound"), ACCOUNT),
        ((400, "Throttling.User"), "Throttling.User"),
        ((500, "InternalError"), Unknown),
        ((503, "ServiceUnavailable"), Unknown),
        ((400, "MissingPhoneNumbers"), Rejected),
    ],
)
def test_aliyun_says_some_things_by_status(answer, kind):
    (outcome,) = send(Aliyun(answer), sms())
    if isinstance(kind, str):
        assert isinstance(outcome, Deferred), outcome
        assert outcome.code == kind
    else:
        assert isinstance(outcome, kind), outcome


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("AuthFailure.SignatureFailure", ACCOUNT),
        ("RequestLimitExceeded", "RequestLimitExceeded"),
        ("InternalError", Unknown),
    ],
)
def test_tencent_may_refuse_the_whole_request(code, kind):
    (outcome,) = send(Tencent(("whole", code)), sms())
    if isinstance(kind, str):
        assert isinstance(outcome, Deferred), outcome
        assert outcome.code == kind
    else:
        assert isinstance(outcome, kind), outcome


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ((400, 21211), Rejected),
        ((400, 21610), Rejected),
        ((429, 20429), Deferred),
        ((401, 20003), ACCOUNT),
        ((500, 20500), Unknown),
    ],
)
def test_twilio_refuses_by_number(answer, kind):
    (outcome,) = send(Twilio(answer), sms())
    if kind is ACCOUNT:
        assert (type(outcome), outcome.code) == (Deferred, ACCOUNT)
    else:
        assert isinstance(outcome, kind), outcome


@pytest.mark.parametrize("name", ["aliyun", "tencent"])
def test_a_wrong_key_is_no_fault_of_the_message(name, monkeypatch):
    monkeypatch.setattr("tests.contract.sms_stubs.KEY_ID", "another")
    stub = GATEWAYS[name]()
    with serving(stub):
        channel = stub.channel()
        monkeypatch.undo()
        outcome = channel.send(sms())
    assert stub.complaints
    assert (type(outcome), outcome.code) == (Deferred, ACCOUNT)


def test_every_variable_travels_as_text_and_our_key_as_out_id():
    stub = Aliyun()
    send(stub, sms(letter=Letter("", "x", template="SMS_1", variables={"1": 3, "b": "二"})))
    (_, path, _, body) = stub.requests[0]
    query = dict(parse_qsl(urlsplit(path).query))
    assert json.loads(query["TemplateParam"]) == {"1": "3", "b": "二"}
    assert query["OutId"] == our_id(sms().key)
    assert (query["PhoneNumbers"], query["SignName"], body) == ("13800138000", "安居", b"")


def test_numbered_variables_travel_in_their_order():
    stub = Tencent()
    send(stub, sms(letter=Letter("", "x", template="SMS_1", variables={"1": "一", "2": 2})))
    said = json.loads(stub.requests[0][3])
    assert said["TemplateParamSet"] == ["一", "2"]
    assert said["SessionContext"] == our_id(sms().key)
    assert said["PhoneNumberSet"] == ["+8613800138000"]


@pytest.mark.parametrize("name", ["aliyun", "tencent"])
def test_a_text_that_was_not_approved_never_leaves(name):
    stub = GATEWAYS[name]()
    (outcome,) = send(stub, sms(letter=Letter("", "free text")))
    assert (type(outcome), stub.requests) == (Rejected, [])


@pytest.mark.parametrize("name", ["aliyun", "tencent"])
def test_a_template_that_the_gateway_does_not_know_is_refused_for_good(name):
    (outcome,) = send(GATEWAYS[name](), sms(letter=Letter("", "x", template="SMS_9", variables={"1": "x"})))
    assert isinstance(outcome, Rejected)


@pytest.mark.parametrize("name", BY_NAME)
def test_a_library_that_is_not_installed_is_named_with_its_extra_and_nothing_is_lost(name, monkeypatch):
    real = builtins.__import__

    def without(module, *more, **kwargs):
        if module.partition(".")[0] in ("alibabacloud_dysmsapi20170525", "tencentcloud", "twilio", "apprise"):
            raise ImportError(module)
        return real(module, *more, **kwargs)

    stub = GATEWAYS[name]()
    stub.url = "http://127.0.0.1:1"
    monkeypatch.setattr(builtins, "__import__", without)
    outcome = stub.channel().send(sms())
    assert (type(outcome), outcome.code) == (Deferred, NOT_INSTALLED)
    assert f"aftersales-toolkit[{'apprise' if name == 'apprise' else f'sms-{name}'}]" in outcome.text


@pytest.mark.parametrize("name", BY_NAME)
@pytest.mark.parametrize("rude", [None, RESET, HANG, 500])
def test_neither_the_number_nor_the_text_nor_a_key_is_in_what_is_noted(name, rude):
    stub = GATEWAYS[name](rude)
    if rude is None:
        stub.url = f"http://127.0.0.1:{free_port()}"
        outcome = stub.channel().send(sms())
    else:
        (outcome,) = send(stub, sms())
    for secret in ("13800138000", "您好", "%E6%82%A8", "test-key-secret", "TemplateParam"):
        assert secret not in outcome.text


def test_what_the_other_side_says_is_masked():
    assert (
        shown("The number +8613800138000 is wrong, see https://x.example/?To=1 ")
        == "The number +861****8000 is wrong, see"
    )
    assert len(shown("x" * 5000)) == 300


def test_secrets_are_not_shown():
    for stub in (Aliyun(), Tencent(), Twilio()):
        stub.url = "http://127.0.0.1:1"
        assert "test-key-secret" not in repr(stub.channel()._config)


# -- what became of it ---------------------------------------------------------------------------------------------


def asked(stub, *, taken=True, with_id=True, at=NOW, arrange=None):
    with serving(stub):
        channel = stub.channel()
        outcome = channel.send(sms()) if taken else Accepted()
        if arrange:
            arrange(stub)
        receipt = channel.lookup(sms(), outcome.provider_id if with_id else "", at)
        channel.close()
    assert stub.complaints == []
    return receipt


@pytest.mark.parametrize("name", ["aliyun", "tencent"])
@pytest.mark.parametrize("with_id", [True, False])
def test_a_receipt_is_found_by_their_id_and_without_it_by_ours(name, with_id):
    assert isinstance(asked(GATEWAYS[name](), with_id=with_id), Delivered)


@pytest.mark.parametrize("with_id", [True, False])
def test_a_message_cut_off_after_it_was_taken_is_found_by_our_key(with_id):
    stub = Aliyun(RESET)
    with serving(stub):
        channel = stub.channel()
        assert isinstance(channel.send(sms()), Unknown)
        assert isinstance(channel.lookup(sms(), "", NOW), Delivered)
        assert isinstance(channel.lookup(sms("T2"), "", NOW), NotFound)


def test_aliyun_tells_waiting_from_failed():
    def status(number):
        return lambda stub: stub.taken[0].update(SendStatus=number, ErrCode="MOBILE_SWITCHED_OFF")

    assert isinstance(asked(Aliyun(), arrange=status(1)), StillOpen)
    assert asked(Aliyun(), arrange=status(2)) == Undelivered("MOBILE_SWITCHED_OFF", "", "biz-0")


def test_aliyun_is_asked_by_the_day_in_china_and_around_midnight_by_both():
    before_midnight = NOW.replace(hour=15, minute=55)  # 23:55 in China, still the 23rd
    tomorrow = asked(
        Aliyun(), at=before_midnight, with_id=False, arrange=lambda stub: stub.taken[0].update(day="20261124")
    )
    assert isinstance(tomorrow, Delivered)
    assert isinstance(asked(Aliyun(), at=NOW.replace(hour=17), with_id=False), NotFound)  # the 24th there


def test_of_a_text_that_was_sent_again_the_newest_answers():
    def twice(stub):
        (one,) = stub.taken
        stub.taken = [
            one | {"at": "2026-11-23 10:00:00", "SendStatus": 2, "ErrCode": "OFF"},
            one | {"at": "2026-11-23 12:00:00", "SendStatus": 3},
            one | {"at": "2026-11-23 11:00:00", "SendStatus": 1},
        ]

    assert isinstance(asked(Aliyun(), with_id=False, arrange=twice), Delivered)


def test_aliyun_is_asked_page_by_page():
    def crowd(stub):
        mine = stub.taken.pop()
        stub.taken += [mine | {"OutId": f"other-{i}", "BizId": f"o{i}"} for i in range(120)] + [mine]

    assert isinstance(asked(Aliyun(), with_id=False, arrange=crowd), Delivered)


def test_tencent_says_nothing_of_receipts_that_could_be_anybodys():
    stub = Tencent()
    stub.keeps_context = False
    assert asked(stub, with_id=False) is None
    assert isinstance(asked(Tencent(), taken=False, with_id=False), NotFound)
    failed = asked(Tencent(), arrange=lambda stub: stub.taken[0].update(status="FAIL"))
    assert failed == Undelivered("MK:0001", "", "serial-0")


def test_twilio_is_asked_by_its_id_and_without_it_by_number_and_text():
    def status(word):
        return lambda stub: stub.taken[0].update(status=word, error_code=30003 if word == "undelivered" else None)

    assert asked(Twilio(), arrange=status("delivered")) == Delivered("SM0")
    assert asked(Twilio(), arrange=status("sent")) == StillOpen("SM0")
    assert asked(Twilio(), arrange=status("undelivered")) == Undelivered("30003", "", "SM0")
    assert asked(Twilio(), with_id=False, arrange=status("delivered")) == Delivered("SM0")
    assert isinstance(asked(Twilio(), taken=False, with_id=False), NotFound)


@pytest.mark.parametrize("name", ["aliyun", "tencent", "twilio"])
def test_a_gateway_that_cannot_be_asked_says_nothing(name):
    stub = GATEWAYS[name]()
    stub.url = f"http://127.0.0.1:{free_port()}"
    assert stub.channel().lookup(sms(), "id", NOW) is None
