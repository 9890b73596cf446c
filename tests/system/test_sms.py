"""A desk that sends SMS through a gateway: texts that were approved beforehand, what they may hold, what became of them."""

from __future__ import annotations

import re

import pytest

from tests.contract.sms_stubs import RESET, Aliyun, serving
from tests.system.desks import CAN_FORK, NOW, demo

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="the clock of a command is turned by a hook, which needs fork")

SMS = """sms:
    via: aliyun
    access_key_id: ${AK}
    access_key_secret: ${SK}
    sign_name: 安居
    endpoint: URL
    templates:
      appointment-vendor:
        code: SMS_1
        text: 派工${no}：${time}上门，请先致电客户。
        variables: {no: {from: ticket_no, max: 20}, time: {from: visit, max: LONGEST}}
      reminder:
        code: SMS_1
        text: 提醒：${who}将于${time}上门，出发前会来电。
        variables: {who: vendor, time: visit}
"""


class Gateway(Aliyun):
    """On the day of these tests."""

    day = "20261124"


def at(moment):
    return [("clock", {"at": f"{moment}:00+08:00"})]


def texting(tmp_path, url="http://127.0.0.1:1", longest=25):
    """A demo desk that sends through the gateway at `url`."""
    desk = demo(tmp_path, locale="zh-CN")
    config = desk.folder / "config.yaml"
    text = config.read_text("utf-8")
    (found,) = re.findall(r"(?m)^  sms: .*$", text)
    gateway = SMS.replace("URL", url).replace("LONGEST", str(longest)).rstrip()
    config.write_text(text.replace(found, f"  {gateway}", 1), "utf-8")
    (desk.folder / ".env").write_text("AK=test-key-id\nSK=test-key-secret\n", "utf-8")
    return desk


def test_the_preview_shows_the_text_its_variables_and_what_it_costs(tmp_path):
    desk = texting(tmp_path)
    done = desk("preview", "reminder", "--channel", "sms", now=NOW)
    assert done.code == 0, done.err
    assert re.fullmatch(r"提醒：\S+将于\S+上门，出发前会来电。\n", done.out)
    assert re.search(r"who = \S+ \(\d+ of 35\)", done.err)
    assert re.search(r"\d+ characters with the sign 【安居】, 1 part\(s\)", done.err)
    shown = desk("preview", "reminder", "--channel", "sms", "--json", now=NOW).json
    assert (shown["template"], set(shown["variables"]), shown["parts"]) == ("SMS_1", {"who", "time"}, 1)
    assert shown["characters"] == len("【安居】" + shown["text"])


def test_check_says_what_the_gateway_would_refuse_and_which_letters_have_no_text(tmp_path):
    desk = texting(tmp_path)
    desk.configure("出发前会来电。", "出发前会来电，拒收请回复R。★")
    done = desk("check", now=NOW)
    assert done.code == 1
    assert "sms-text" in done.out
    for words in ("channels.sms.templates.reminder", "拒收请回复", "★", "没有审核通过的短信文本"):
        assert words in done.out
    found = [one for one in desk("check", "--json", now=NOW).json["findings"] if one["code"] == "sms-text"]
    assert [one["severity"] for one in found].count("error") == 2


def test_a_text_that_would_be_refused_is_never_queued(tmp_path):
    desk = texting(tmp_path)
    desk.configure("请先致电客户。", "请先致电客户。优惠★")
    plan = desk.plan(NOW)
    assert {one["notice"] for one in plan["messages"] if one["channel"] == "sms"} == {"reminder"}
    stopped = [one for one in plan["findings"] if one["code"] == "template-error"]
    assert stopped
    assert all("channels.sms.templates.appointment-vendor" in one["message"] for one in stopped), stopped[:1]


def test_a_value_that_does_not_fit_stops_its_own_message_only(tmp_path):
    desk = texting(tmp_path, longest=5)
    found = desk.plan(NOW)
    stopped = [one for one in found["findings"] if one["code"] == "template-error"]
    assert stopped
    assert "短信变量 time" in stopped[0]["message"]
    assert [one for one in found["messages"] if one["channel"] == "email"]
    assert not [one for one in found["messages"] if one["notice"] == "appointment-vendor" and one["channel"] == "sms"]


@pytest.fixture
def sending(tmp_path, request):
    with serving(Gateway(*getattr(request, "param", ()))) as stub:
        yield stub, texting(tmp_path, stub.url)


def test_texts_leave_by_the_gateway_and_are_known_as_delivered_in_the_next_run(sending):
    stub, desk = sending
    done = desk("run", "--json", now=NOW, hooks=at(NOW))
    assert done.code == 0, done.err
    texts = [one for one in desk.outbox() if one["channel"] == "sms"]
    assert texts
    assert len(stub.taken) == len(texts)
    assert stub.complaints == []
    # The first answers come in the very run that sent them; a gateway that knows at once is believed at once.
    assert {one["state"] for one in texts} == {"delivered"}
    assert done.json["applied"]["messages"]["delivered"] == len(texts)
    told = [row for row in desk.rows("messages") if row["channel"] == "短信"]
    assert {row["result"] for row in told} == {"已送达"}
    again = desk("run", "--json", now="2026-11-24T10:10", hooks=at("2026-11-24T10:10"))
    assert again.json["applied"]["edits"] == 0, again.json["applied"]


@pytest.mark.parametrize("sending", [(RESET,)], indirect=True)
def test_a_cut_line_leaves_an_unknown_that_the_gateway_later_explains_without_a_second_text(sending):
    stub, desk = sending
    done = desk("run", "--json", now=NOW, hooks=at(NOW))
    assert done.code == 1, done.err
    assert [one["state"] for one in desk.outbox() if one["channel"] == "sms"].count("unknown") == 1
    taken = len(stub.taken)
    later = desk("run", "--json", now="2026-11-24T10:20", hooks=at("2026-11-24T10:20"))
    assert later.json["applied"]["messages"]["delivered"] >= 1
    assert {one["state"] for one in desk.outbox() if one["channel"] == "sms"} == {"delivered"}
    assert len(stub.taken) == taken
