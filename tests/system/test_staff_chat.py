"""A whole desk whose alerts go to a chat room: one post a run, each occasion once, nothing of a customer's numbers."""

from __future__ import annotations

import re

import pytest

from tests.contract.chat_stubs import RESET, SECRET, Dingtalk, serving
from tests.system.desks import CAN_FORK, demo
from toolkit.jobs.every import JOBS

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="turns the clock of a forked run")
PHONE = re.compile(r"1[3-9]\d{9}")


def at(clock, day=24):
    return [("clock", {"at": f"2026-11-{day}T{clock}:00+08:00"})]


@pytest.fixture
def bot():
    return Dingtalk(secret=SECRET)


@pytest.fixture
def desk(tmp_path, bot):
    made = demo(tmp_path)
    with serving(bot) as port:
        configure(made, port)
        yield made


def configure(desk, port, secret=SECRET):
    config = desk.folder / "config.yaml"
    text = config.read_text("utf-8")
    chat = (
        f"  chat: {{via: dingtalk, webhook: 'https://oapi.dingtalk.com${{HOOK}}', secret: '${{SIGN}}', "
        f"endpoint: 'http://127.0.0.1:{port}'}}\n"
    )
    text = re.sub(r"(?m)^  chat: .*\n", chat, text)
    chatted = ", ".join(
        f"{one}: {{channels: [chat, email]}}" for one in ("warning", "overdue", "escalation", "callback-list")
    )
    config.write_text(f"{text}\nnotices: {{{chatted}}}\n", "utf-8")
    (desk.folder / ".env").write_text(f"HOOK={Dingtalk.path}\nSIGN={secret}\n")


def chats(desk):
    return [one for one in desk.outbox() if one["channel"] == "chat"]


def unclocked(bot):
    """The stub must not compare signatures with its own clock: the desk's stands at another day."""
    bot.is_signed = lambda query: "sign" in query


def test_the_alerts_of_a_run_are_one_post_for_each_job_and_come_once(desk, bot):
    unclocked(bot)
    done = desk("run", hooks=at("10:00"))
    assert done.code == 0, done.err
    posts = bot.texts()
    assert 1 <= len(posts) <= len(JOBS), "one for each job that has something to say"
    whole = "\n".join(posts)
    assert not PHONE.search(re.sub(r"@1\d{10}", "", whole))
    assert {one["state"] for one in chats(desk)} == {"sent"}
    assert {mobile for body in bot.posts for mobile in bot.called(body)}, "somebody is called"
    desk("run", hooks=at("10:10"))
    assert len(bot.posts) == len(posts)
    numbers = set(re.findall(r"AS-\d{8}-\d{4}", whole))
    assert len(numbers) > 1
    shown = desk("explain", min(numbers), hooks=at("10:11"))
    assert "#default" in shown.out


def test_a_post_cut_off_is_never_repeated_and_what_comes_later_goes_by_itself(desk, bot):
    unclocked(bot)
    bot.next = [RESET] * len(JOBS)
    desk("run", hooks=at("10:00"))
    states = {one["state"] for one in chats(desk)}
    assert "unknown" in states
    assert states <= {"unknown", "ready"}, "after two cut lines the room rests"
    assert bot.posts == []
    bot.next = []
    desk("run", hooks=at("12:00", 25))
    later = [one for one in chats(desk) if one["state"] == "sent"]
    told = "\n".join(bot.texts())
    assert later
    assert all(one["row_key"] in told for one in later if one["row_key"].startswith("AS-"))


def test_a_wrong_secret_keeps_everything_and_says_what_to_do(desk, bot):
    bot.is_signed = lambda query: False
    done = desk("run", hooks=at("10:00"))
    assert "chat #default rested until the next run" in done.err
    assert "channels.chat.secret" in done.err
    waiting = chats(desk)
    assert {one["state"] for one in waiting} == {"ready"}
    unclocked(bot)
    desk("run", hooks=at("10:10"))
    apart = [one for one in chats(desk) if not one["note"].startswith("told together")]
    assert {one["state"] for one in apart} == {"sent"}
    assert len(chats(desk)) == len(waiting)
