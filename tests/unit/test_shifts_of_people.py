"""A person's shift that cannot be read is told at its cell, and not passed over in silence (P-24)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.small_desk import SmallDesk, settings_of
from toolkit.jobs import staff

NOW = "2026-11-23T10:00"
MALL = "preset: mall\n"
NAMED = "“morning” is no shift; write early, late, or hours such as 10:00-16:00"
UNNAMED = "“morning” says no hours; write them like 10:00-16:00"
LADDER = (
    "policies:\n  P-01: {clock: response, start: opened_at, stop: responded_at, target: 24h, "
    "ladder: [{after: end of shift, to: manager}]}\n"
)


def desk(shift, config=MALL, **more):
    rows = {"tickets": [], "staff": [{"staff_no": "S1", "name": "Li", "shift": shift, **more}]}
    return SmallDesk(settings_of(config), rows)


def told(small):
    """Code, column and words of what is wrong with the people of a desk, and the check cell that says so."""
    plan = small.plan(NOW)
    found = [(one.code, one.column, small.say(one.reason)) for one in plan.findings if one.register == "staff"]
    cells = [one.new for one in plan.edits if (one.at.register, one.column) == ("staff", "check")]
    return found, cells


@pytest.mark.parametrize(
    ("config", "shift", "expected"),
    [
        pytest.param(MALL, "Early", None, id="a name of the configuration"),
        pytest.param(MALL, "9:00-13:00、17:00-21:00", None, id="hours of one's own"),
        pytest.param(MALL, "morning", NAMED, id="neither"),
        pytest.param(MALL, None, None, id="none: the desk's shifts count"),
        pytest.param("locale: en\n" + LADDER, "morning", UNNAMED, id="an escalation at the end of the shift"),
        pytest.param("preset: furniture-retail\n", "morning", None, id="a desk on which nothing goes by shifts"),
    ],
)
def test_p_24_a_shift_that_cannot_be_read_is_a_finding_where_anything_goes_by_shifts(config, shift, expected):
    found = [("not-a-choice", "shift", expected)] if expected else []
    cells = [f"Shift: {expected}"] if expected else []
    assert told(desk(shift, config)) == (found, cells)


def test_p_24_of_somebody_who_left_no_shift_is_asked():
    assert told(desk("morning", active=False)) == ([], [])


def test_p_24_a_mended_shift_clears_the_check_cell_and_a_second_plan_plans_nothing():
    small = desk("morning")
    small.run(NOW)
    assert told(small)[1] == []
    small.row("staff")["shift"] = "late"
    assert told(small) == ([], [None])


def test_p_24_in_chinese_a_clerk_reads_which_shifts_there_are():
    small = desk("早班", "locale: zh-CN\n" + MALL)
    assert told(small)[1] == ["班次：“早班”不是已设的班次；请填写 early、late，或写成时段，如 10:00-16:00"]


def test_p_24_a_shift_is_told_of_also_while_the_tickets_cannot_be_read():
    small = desk("morning")
    moment = small.moment(NOW)
    unread = replace(small.snapshot(moment), unread=(("main", "tickets"),))
    plan = staff.plan(unread, small.settings, moment)
    assert ([one.column for one in plan.findings], plan.edits) == (["shift"], ())
