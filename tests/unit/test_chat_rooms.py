"""Who is reached in which room, what a room may read of a customer, and which room rests."""

from __future__ import annotations

from datetime import UTC, datetime
from textwrap import dedent
from types import SimpleNamespace

import pytest

from tests.contract.chat_stubs import BOTS, serving
from tests.contract.outbox_samples import NOW, database, key, letter
from tests.unit.test_settings import mistakes, settings
from toolkit.app.channels import open_channels
from toolkit.app.deliver import deliver
from toolkit.app.discreet import discreet, discreet_text
from toolkit.core.message import Letter, masked_address, room_address, room_of
from toolkit.jobs.recipients import reached, room_for
from toolkit.letters.slots import in_chat, in_chat_text

ROOMS = """
channels:
  chat:
    via: wecom
    webhook: https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=${KEY}
    rooms:
      managers: {webhook: "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=${KEY}2", roles: [manager, head]}
      dispatch: {webhook: "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=${KEY}3", departments: 配送部}
"""


def person(**more):
    base = {"role": "caller", "department": None, "phone": "13800138000", "email": None, "language": None}
    return SimpleNamespace(**base | more)


@pytest.mark.parametrize(
    ("who", "room"),
    [
        (person(), "#default 13800138000"),
        (person(role="manager"), "#managers 13800138000"),
        (person(department="配送部 ", phone="021-62345678"), "#dispatch"),
        (person(role="head", department="配送部", phone=None), "#managers"),
    ],
)
def test_a_person_is_in_the_room_of_their_role_or_department(who, room):
    assert room_for(settings(ROOMS, KEY="k"), who) == room


def test_only_staff_are_reached_by_chat_and_only_where_it_is_on():
    made = settings(
        ROOMS + "notices: {overdue: {channels: [chat, email]}, received: {channels: [chat, email]}}", KEY="k"
    )
    (one,) = reached(made.notices["overdue"], made, person(email="a@b.example"), "staff:S1", "李", frozenset())
    assert (one.channel, one.address) == ("chat", "#default 13800138000")
    (one,) = reached(made.notices["received"], made, person(email="a@b.example"), "customer", "李", frozenset())
    assert one.channel == "email"
    off = settings("notices: {overdue: {channels: [chat, email]}}")
    assert room_for(off, person()) is None


def test_nobody_is_called_where_that_is_switched_off():
    made = settings(ROOMS.replace("via: wecom", "via: wecom\n    mention: false"), KEY="k")
    assert room_for(made, person()) == "#default"


def test_an_address_of_a_room_is_shown_masked():
    assert room_of(room_address("managers", ["13800138000", "13800138000"])) == ("managers", ("13800138000",))
    assert masked_address("#managers 13800138000 13900139000") == "#managers 138****8000 139****9000"
    assert masked_address("#default") == "#default"


MISTAKES = [
    ("channels: {chat: wecom}", "needs webhook"),
    ("channels: {chat: {via: wecom, webhook: http://x.example/y}}", "begins with https://"),
    ("channels: {chat: {via: wecom, webhook: nonsense}}", "web address"),
    ("channels: {chat: {via: wechat, webhook: https://x.example}}", "wecom"),
    ("channels: {chat: {via: slack, webhook: https://x.example, rooms: {a: {webhook: https://y.example}}}}", "roles"),
    ("channels: {chat: {via: slack, webhook: https://x.example, rooms: {default: {webhook: https://y.example, roles: head}}}}", "default"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), MISTAKES)
def test_a_mistake_in_the_rooms_is_named(text, said):
    (one,) = mistakes(text)
    assert said in one


def test_a_webhook_is_a_secret():
    (one,) = mistakes("channels: {chat: {via: wecom, webhook: ftp://bot.example/KEY-0815}}")
    assert "0815" not in one
    made = settings("channels: {chat: {via: wecom, webhook: https://bot.example/KEY-0815}}")
    assert any("in the open" in one for one in made.warnings)
    assert "0815" not in repr(made.channels.chat)


MASKED = [
    ("请回 13800138000", "请回 138****8000"),
    ("+86 138-0013-8000 转", "138****8000 转"),
    ("座机 021-62345678", "座机 021****5678"),
    ("zhang@shop.example 和 li＠a．cn", "z***@shop.example 和 l***@a．cn"),
    ("美国 +1 415 555 2671", "美国 +14****2671"),
    ("AS-20261107-0001 已逾期", "AS-20261107-0001 已逾期"),
    ("订单 202611070001380013800012", "订单 202611070001380013800012"),
    ("热线 400-820-1234", "热线 400-820-1234"),
]


@pytest.mark.parametrize(("text", "wanted"), MASKED)
def test_numbers_and_addresses_in_a_text_are_masked(text, wanted):
    assert discreet_text(text) == wanted


def test_the_desks_own_number_stays():
    assert discreet_text("热线 021-62345678", "021-62345678") == "热线 021-62345678"


def test_values_are_masked_at_whatever_depth():
    given = {
        "ticket": {"phone": "13800138000", "address": "幸福路12号3单元501", "customer": "王先生", "n": 3},
        "rows": [{"email": "zhang@shop.example", "phone": None}],
    }
    assert discreet(given) == {
        "ticket": {"phone": "138****8000", "address": "幸福路****", "customer": "王先生", "n": 3},
        "rows": [{"email": "z***@shop.example", "phone": None}],
    }


@pytest.mark.parametrize(
    "text", ["https://evil.example/x", "www.evil.com", "evil.cn", "HTTP://1.2.3.4/a", "<b>x.io</b>"]
)
def test_a_value_leaves_nothing_that_a_chat_program_would_link(text):
    for said in (in_chat(text), in_chat_text(text)):
        assert "://" not in said
        assert not any(tail[:2].isalpha() and tail[:2].isascii() for tail in said.split(".")[1:])


def test_a_room_that_was_closed_rests_and_the_others_go(tmp_path):
    bot = BOTS["wecom"]()
    with serving(bot) as port, database(tmp_path) as state:
        text = f"""
            channels:
              chat:
                via: wecom
                webhook: https://qyapi.example/cgi-bin/webhook/send?key=${{KEY}}
                endpoint: http://127.0.0.1:{port}
                rooms:
                  managers: {{webhook: "https://qyapi.example/cgi-bin/webhook/send?key=gone", roles: manager}}
            """
        channels = open_channels(settings(dedent(text), KEY="KEY"), lambda: NOW)
        plan = [
            letter(key(row, channel="chat"), channel="chat", to=to, letter=Letter("", row))
            for row, to in (("a", "#managers"), ("b", "#default"), ("c", "#managers"), ("d", "#default"))
        ]
        state.queue(plan, at=NOW)
        report = deliver(state, {"chat": channels["chat"]}, lambda: datetime.now(UTC))
        assert (report.sent, report.deferred, set(report.rested)) == ((2, 4), (1,), {"chat #managers"})
        assert "copy the webhook" in report.rested["chat #managers"]
        assert [one.attempts for one in reversed(state.messages())] == [0, 1, 0, 1]
    assert bot.texts() == ["b", "d"]
    assert bot.requests == 3
