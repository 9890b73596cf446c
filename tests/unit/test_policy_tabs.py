"""The tabs `policies` and `examples`: a manager changes a target in the sheet, and examples watch over every change."""

from __future__ import annotations

import dataclasses
from datetime import datetime

import pytest

from tests.unit.small_desk import Plan, SmallDesk, ticket, wall
from toolkit.jobs import tickets
from toolkit.jobs.examples import example_findings
from toolkit.rules.worktime.duration import Duration
from toolkit.settings.policy_tab import with_policies

TABS = "tabs: [policies, examples]"


def read(
    *rows: dict[str, object], preset: str = "dorm-furniture", **more: object
) -> tuple[object, list[tuple[str, str, str]]]:
    """The settings with the tab's policies, and what is wrong in it: code, column, value."""
    desk = SmallDesk(preset, TABS, **more).with_rows("policies", *rows)
    settings, findings = with_policies(desk.settings, desk.snapshot().tables)
    return settings, [(one.code, one.column, one.value) for one in findings]


def named(settings: object) -> dict[str, object]:
    return {one.id: one for one in settings.policies}


def test_a_row_changes_the_target_of_a_policy_and_leaves_the_rest_as_it_is():
    settings, wrong = read({"id": "P-01", "target": "12h"})
    before = named(SmallDesk("dorm-furniture").settings)["P-01"]
    assert wrong == []
    assert named(settings)["P-01"] == dataclasses.replace(before, target=Duration.parse("12h"))


@pytest.mark.parametrize(
    "row",
    [
        {
            "id": "P-90",
            "clock": "resolve",
            "start": "opened_at",
            "stop": "finished_at",
            "target": "3bd",
            "when": "kind = complaint, repair; urgency = urgent",
            "pause_on": "waiting_for_customer",
            "warn": "50%",
            "ladder": "4bh manager, end of day head",
        },
        {
            "id": "P-90",
            "clock": "解决问题",
            "start": "登记时间",
            "stop": "完成时间",
            "target": "3BD",
            "when": "类型＝投诉，维修；紧急性＝紧急",
            "pause_on": "等待客户",
            "warn": "50%",
            "ladder": "4bh 主管，end of day：总监",
            "register": "售后登记表",
        },
        {
            "id": "P-90",
            "clock": "Resolution",
            "start": "Opened at",
            "stop": "Finished at",
            "target": "3 bd",
            "when": "Kind = Complaint, Repair; Urgency = Urgent",
            "pause_on": "Waiting for customer",
            "warn": "50 %",
            "ladder": "4bh → manager, end of day → head",
            "register": "Tickets",
        },
    ],
)
def test_a_policy_is_added_in_keys_or_in_the_words_of_the_sheet_in_either_language(row):
    settings, wrong = read(row)
    assert wrong == []
    one = named(settings)["P-90"]
    said = (one.clock, one.starts, one.stops, str(one.target), one.when, one.pause_on, one.warn_share)
    assert said == (
        "resolve",
        ("opened_at",),
        "finished_at",
        "3bd",
        {"kind": ("complaint", "repair"), "urgency": ("urgent",)},
        ("waiting_for_customer",),
        0.5,
    )
    assert [(str(rung.after), rung.role) for rung in one.ladder] == [("4bh", "manager"), ("end of day", "head")]


@pytest.mark.parametrize(
    "cells",
    [
        {"when": "kind = complaint, repair; urgency = urgent", "pause_on": "waiting_for_customer; waiting_for_parts"},
        {
            "when": "{kind: [complaint, repair], urgency: urgent}",
            "pause_on": "[waiting_for_customer, waiting_for_parts]",
        },
        {"when": "类型：投诉、维修；紧急性：紧急", "pause_on": "等待客户；等待配件"},
        {"when": "kind: complaint, repair, urgency: urgent", "pause_on": "Waiting for customer, Waiting for parts"},
    ],
)
@pytest.mark.parametrize("ladder", ["4bh manager; 1bd head", "manager after 4bh, head after 1bd"])
def test_conditions_and_lists_are_read_with_the_signs_that_people_use_and_as_config_yaml_has_them(cells, ladder):
    settings, wrong = read({"id": "P-01", "ladder": ladder, **cells})
    one = named(settings)["P-01"]
    assert wrong == []
    assert (one.when, one.pause_on, [(str(rung.after), rung.role) for rung in one.ladder]) == (
        {"kind": ("complaint", "repair"), "urgency": ("urgent",)},
        ("waiting_for_customer", "waiting_for_parts"),
        [("4bh", "manager"), ("1bd", "head")],
    )


def test_an_added_policy_sets_the_due_time_of_a_ticket():
    row = {"id": "P-90", "clock": "resolve", "start": "opened_at", "stop": "finished_at", "target": "1bd"}
    desk = SmallDesk("dorm-furniture", TABS).with_rows("policies", row).with_rows("tickets", ticket())
    snapshot = desk.snapshot()
    settings, _ = with_policies(desk.settings, snapshot.tables)
    assert Plan(tickets.plan(snapshot, settings, desk.now), snapshot, settings).cells("resolve_due") == wall("24 18:00")


def test_a_row_that_is_not_active_switches_a_policy_off():
    settings, wrong = read({"id": "P-04", "active": False}, {"id": "P-23", "active": False}, preset="furniture-retail")
    assert wrong == []
    kept = {one.id for one in settings.policies if one.register == "tickets"}
    assert kept == {"P-01", "P-01.urgent", "P-13", "P-13.visit", "P-17", "P-25", "P-25.urgent", "P-26"}


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ({"id": "P-01", "target": "soon"}, ("not-a-choice", "target", "soon")),
        ({"id": "urgent ones", "target": "1h"}, ("not-a-choice", "id", "urgent ones")),
        ({"id": "P-90", "clock": "resolve", "start": "opened_at", "stop": "finished_at"}, ("required", "target", None)),
        ({"id": "P-01", "clock": "resolved"}, ("not-a-choice", "clock", "resolved")),
        ({"id": "P-01", "start": "problem"}, ("not-a-choice", "start", "problem")),
        ({"id": "P-01", "stop": "resolve_due"}, ("not-a-choice", "stop", "resolve_due")),
        ({"id": "P-01", "when": "complaint"}, ("not-a-choice", "when", "complaint")),
        ({"id": "P-01", "when": "kind ="}, ("not-a-choice", "when", "kind =")),
        ({"id": "P-01", "when": "kind = cmplaint"}, ("not-a-choice", "when", "kind = cmplaint")),
        ({"id": "P-01", "pause_on": "resting"}, ("not-a-choice", "pause_on", "resting")),
        ({"id": "P-01", "warn": "800%"}, ("not-a-choice", "warn", "800%")),
        ({"id": "P-01", "ladder": "manager in time"}, ("not-a-choice", "ladder", "manager in time")),
        ({"id": "P-01", "register": "Ticketts"}, ("not-a-choice", "register", "Ticketts")),
    ],
)
def test_a_mistake_is_a_finding_at_its_cell_and_the_row_changes_nothing(row, wrong):
    settings, found = read(row)
    assert found == [wrong]
    assert named(settings) == named(SmallDesk("dorm-furniture", TABS).settings)


@pytest.mark.parametrize(
    ("policy", "opened", "due", "codes"),
    [
        ("P-01", wall("23 10:00"), wall("24 10:00"), []),
        ("P-01", wall("23 10:00"), wall("24 10:00").date(), []),
        ("P-01", wall("23 10:00"), wall("24 10:01"), ["broken-example"]),
        ("P-01.urgent", wall("23 10:00"), wall("23 14:00"), []),
        ("P-99", wall("23 10:00"), wall("23 14:00"), ["not-a-choice"]),
    ],
)
def test_examples_say_what_was_opened_then_is_due_then(policy, opened, due, codes):
    row = {"policy": policy, "opened": opened, "due": due}
    desk = SmallDesk("dorm-furniture", TABS).with_rows("examples", row)
    assert [one.code for one in example_findings(desk.snapshot(), desk.settings)] == codes


def test_an_example_may_be_about_the_end_of_a_shift():
    row = {"policy": "P-24", "opened": datetime(2026, 11, 24, 11), "due": datetime(2026, 11, 24, 16)}
    desk = SmallDesk("mall", TABS).with_rows("examples", row)
    assert list(example_findings(desk.snapshot(), desk.settings)) == []
