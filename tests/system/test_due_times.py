"""The due times of closed tickets, which are had without their clocks, are those that the clocks would tell."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.system.desks import NOW, demo
from toolkit.app.desk import opened
from toolkit.app.planned import planned
from toolkit.app.planning import chosen_jobs
from toolkit.jobs.ticket.case import Case, Judge
from toolkit.settings.load import load


def edits(folder):
    settings = load(folder / "config.yaml")
    with opened(settings) as desk:
        made = planned(desk, datetime.fromisoformat(NOW).replace(tzinfo=settings.timezone), chosen_jobs(()))
    return [one[:4] for one in made.plan.edits]


def from_the_clock(case, name):
    one = case.clock(name)
    return None if one is None else one.due_at


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_a_due_time_is_its_clocks(tmp_path, monkeypatch, locale):
    desk = demo(tmp_path, locale=locale)
    closed = [one for one in desk.rows() if one["status"] == desk.said("tickets", "status", "closed")]
    early, late, *_ = closed
    desk.type(early["row"], promised_by=early["opened_at"])  # an earlier promise is the deadline
    desk.type(late["row"], promised_by=datetime(2027, 1, 1))
    asked, quick = [], Judge.plain_due
    monkeypatch.setattr(Judge, "plain_due", lambda *one: asked.append(one) or quick(*one))
    found = edits(desk.folder)
    monkeypatch.setattr(Case, "due_of", from_the_clock)
    assert edits(desk.folder) == found
    assert len(asked) > 2 * len(closed), "few are asked so: the test shows nothing"
