"""channels.sms: gateways and what they need, approved texts, mistakes with their lines."""

from __future__ import annotations

import pytest

from tests.unit.test_settings import mistakes, settings
from toolkit.core.approved import Variable

ALIYUN = """
    channels:
      sms:
        via: aliyun
        access_key_id: ${AK}
        access_key_secret: ${SK}
        sign_name: 安居
        templates:
          appointment:
            code: SMS_1
            text: 尊敬的${name}，师傅将于${time}上门。
            variables:
              name: customer
              time: {from: visit, max: 20, shorten: never}
    """


def test_a_gateway_with_its_approved_texts():
    sms = settings(ALIYUN, AK="a", SK="s").channels.sms
    assert (sms.via, sms.keys["access_key_secret"], sms.keys["sign_name"]) == ("aliyun", "s", "安居")
    one = sms.templates["appointment"]
    assert (one.code, one.text, one.dialect, one.sign) == (
        "SMS_1",
        "尊敬的${name}，师傅将于${time}上门。",
        "aliyun",
        "安居",
    )
    assert one.variables == {"name": Variable("name", "customer", 35), "time": Variable("time", "visit", 20, ())}


def test_a_variable_of_the_text_is_no_variable_of_the_environment():
    assert (
        settings(ALIYUN, AK="a", SK="s", name="WRONG")
        .channels.sms.templates["appointment"]
        .text.startswith("尊敬的${name}")
    )


def test_a_notice_without_an_approved_text_goes_by_its_other_ways():
    found = settings(ALIYUN, AK="a", SK="s")
    assert (found.notices["appointment"].channels, found.notices["reminder"].channels) == (("email", "sms"), ("email",))
    assert "reminder" in found.channels.sms.untold
    assert "appointment" not in found.channels.sms.untold
    assert settings("").channels.sms.untold == ()


def test_texts_may_be_rehearsed_with_the_folder_and_tell_their_gateway_by_their_holes():
    text = "channels: {sms: {via: folder, sign_name: 安居, templates: {received: {code: '1', text: '编号{1}已登记', variables: {1: ticket_no}}}}}"
    sms = settings(text).channels.sms
    assert (sms.templates["received"].dialect, sms.templates["received"].variables["1"].longest) == ("tencent", 6)
    assert settings(text).notices["reminder"].channels == ("sms", "email")


def test_mainland_gateways_take_mainland_mobiles_only():
    assert settings(ALIYUN, AK="a", SK="s").channels.sms.takes("13800138000")
    assert not settings(ALIYUN, AK="a", SK="s").channels.sms.takes("+85261234567")
    assert settings("").channels.sms.takes("+85261234567")


def test_secrets_are_neither_shown_nor_left_in_the_open_unsaid():
    assert "s3cret" not in repr(settings(ALIYUN, AK="a", SK="s3cret").channels)
    open_ = settings(ALIYUN.replace("${SK}", "s3cret"), AK="a")
    assert ["access_key_secret" in one for one in open_.warnings] == [True]
    assert "s3cret" not in str(open_.warnings)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("{via: aliyn}", 'channels.sms.via: found "aliyn"; allowed: folder, none, aliyun, tencent, twilio, apprise; did you mean "aliyun"?'),
        ("{via: aliyun, sign_name: x}", "channels.sms: via: aliyun needs access_key_id, access_key_secret"),
        ("{via: tencent}", "channels.sms: via: tencent needs secret_id, secret_key, app_id, sign_name"),
        ("{via: twilio, account_sid: A}", "channels.sms: via: twilio needs auth_token, from"),
        ("{via: apprise}", "channels.sms: via: apprise needs url"),
        ("{via: folder, timeout: 0}", 'channels.sms.timeout: found "0"; expected more than 0'),
        ("{via: folder, sign_nam: x}", 'channels.sms.sign_nam: unknown key; allowed: via, sign_name, access_key_id, access_key_secret, secret_id, secret_key, app_id, account_sid, auth_token, from, url, endpoint, region, timeout, per_minute, max_parts, variable_max, allow_words, templates; did you mean "sign_name"?'),
    ],
)  # fmt: skip
def test_what_a_gateway_needs_is_named(said, expected):
    assert mistakes(f"channels:\n  sms: {said}") == [f"config.yaml:2: {expected}"]


def test_an_address_of_apprise_says_where_the_number_goes_and_is_not_repeated():
    (told,) = mistakes("channels:\n  sms: {via: apprise, url: 'vonage://KEY:SECRET@FROM'}")
    assert "{to}" in told
    assert "KEY:SECRET@FROM'" not in told


def test_texts_are_for_gateways_that_want_them():
    said = "{via: twilio, account_sid: A, auth_token: b, from: '+15005550006', templates: {thanks: {code: a, text: b}}}"
    (told,) = mistakes(f"channels:\n  sms: {said}")
    assert told.endswith("templates are for aliyun and tencent")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("name: customer", "name: custmer", '.variables.name.from: found "custmer"; '),
        ("shorten: never", "shorten: [no_yeer]", '.variables.time.shorten.1: found "no_yeer"; allowed: surname, master, short_name, no_year, cut; did you mean "no_year"?'),
        ("max: 20", "max: 0", '.variables.time.max: found "0"; expected at least 1'),
        ("max: 20", "maxx: 20", '.variables.time.maxx: unknown key; allowed: from, max, shorten; did you mean "max"?'),
        ("code: SMS_1", "cod: SMS_1", 'appointment.cod: unknown key; allowed: code, text, variables; did you mean "code"?'),
        ("appointment:", "appointmnt:", "templates.appointmnt: unknown key; allowed: received, "),
    ],
)  # fmt: skip
def test_a_mistake_in_a_text_has_its_line_and_the_nearest_word(old, new, expected):
    told = mistakes(ALIYUN.replace(old, new), AK="a", SK="s")
    line = next(number for number, one in enumerate(ALIYUN.splitlines(), 1) if old in one)
    assert any(one.startswith(f"config.yaml:{line}: channels.sms.templates.") and expected in one for one in told), told
    if "custmer" in new:
        assert told[0].endswith('did you mean "customer"?')


def test_a_source_may_be_a_template_of_its_own():
    found = settings(ALIYUN.replace("name: customer", "name: '{{ ticket.customer | clip(3) }}'"), AK="a", SK="s")
    assert found.channels.sms.templates["appointment"].variables["name"].source == "{{ ticket.customer | clip(3) }}"
