"""What is passed over for speed changes nothing: a plan is the same where every ticket is judged in full."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.system.desks import NOW, demo
from toolkit.app.desk import opened
from toolkit.app.planned import planned
from toolkit.app.planning import chosen_jobs, words_of
from toolkit.jobs.ticket.settled import Settled
from toolkit.settings.load import load

MOMENTS = ("2026-11-24T10:05", "2026-11-25T10:00", "2026-12-30T10:00")


def shown(folder, when):
    settings = load(folder / "config.yaml")
    with opened(settings) as desk:
        made = planned(desk, datetime.fromisoformat(when).replace(tzinfo=settings.timezone), chosen_jobs(()))
    words = words_of(settings)
    edits = [(*one[:4], words.say(one.reason)) for one in made.plan.edits]
    return edits, made.findings, made.plan.observations, made.letters.messages, made.letters.standing


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_settled_tickets_would_have_had_nothing_to_say(tmp_path, monkeypatch, locale):
    desk = demo(tmp_path, locale=locale, ran_at=NOW)
    closed = [
        one for one in desk.rows() if one["status"] == desk.said("tickets", "status", "closed") and one["ticket_no"]
    ]
    typed_over, reopened, blanked, *_ = closed
    desk.type(typed_over["row"], coverage="mine", reopened=3)
    desk.type(reopened["row"], status="rework")
    desk.type(blanked["row"], callback_due="soon")
    passed, judge = [], Settled.__contains__
    monkeypatch.setattr(Settled, "__contains__", lambda *one: passed.append(judge(*one)) or passed[-1])
    quick = [shown(desk.folder, when) for when in MOMENTS]
    monkeypatch.setattr(Settled, "__contains__", lambda *_: False)
    assert [shown(desk.folder, when) for when in MOMENTS] == quick
    assert sum(passed) > len(closed) / 2, "few are passed over: the test shows nothing"
