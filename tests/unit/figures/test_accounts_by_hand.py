"""Vendors, suppliers, staff and satisfaction in small cases, each table as a whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from tests.small_desk import SmallDesk, settings_of
from toolkit.core.reason import Name, because
from toolkit.jobs.figures.month import figures
from toolkit.jobs.figures.shape import Line, Month

REPAIRS = settings_of("preset: furniture-retail\n")
MALL = settings_of("preset: mall\n")
LAMPS = settings_of("preset: lighting-factory\n")
NOW = "2026-11-23T10:00"
OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)
VENDORS = [
    {"vendor_no": f"V{n}", "name": name, "city": "Shanghai", "phone": "13800138000", "qualified": "yes"}
    for n, name in ((1, "One"), (2, "Two"))
]


def ticket(n, opened="2026-10-05T09:00", **more):
    return {
        "ticket_no": f"T{n}", "opened_at": datetime.fromisoformat(opened), "kind": "repair", "customer": "A",
        "phone": f"1380013{n:04d}", "problem": "x", "status": "confirmed", "owner": "Ann", **more,
    }  # fmt: skip


def table(name, desk, config, month=NOVEMBER, now=NOW):
    at = desk.moment(now)
    return figures(desk.snapshot(at), config, month, at).table(name)


def test_digest_vendor_table_p_25_share_is_of_the_answers_that_were_due_in_the_month():
    """Within two business hours: One answers in time, then late; Two is silent."""
    desk = SmallDesk(
        REPAIRS, {"tickets": [ticket(n) for n in range(3)], "vendors": VENDORS, "staff": [{"name": "Ann"}]}
    )
    for n, vendor in enumerate(("V1", "V1", "V2")):
        desk.row("tickets", n).update(status="dispatched", vendor=vendor, responded_at=datetime(2026, 10, 5, 10))
    desk.run("2026-11-03T09:00")
    desk.row("tickets", 0).update(vendor_reply="accepted", vendor_replied_at=datetime(2026, 11, 3, 10))
    desk.row("tickets", 1).update(vendor_reply="accepted", vendor_replied_at=datetime(2026, 11, 3, 15))
    desk.run("2026-11-03T15:30")
    found = table("vendors", desk, REPAIRS)
    at = [one.name for one in found.columns].index("replied_on_time")
    assert [(one.labels, one.values[at], one.before[at]) for one in found.lines] == [
        (("One (V1)",), 0.5, None), (("Two (V2)",), 0.0, None),
    ]  # fmt: skip


def test_digest_vendor_table_names_who_had_most_jobs_first():
    done = {"status": "done", "finished_at": datetime(2026, 11, 5, 9)}
    rows = [ticket(0, vendor="V1", **done), *(ticket(n, vendor="V2", **done) for n in (1, 2))]
    desk = SmallDesk(REPAIRS, {"tickets": rows, "vendors": VENDORS, "staff": [{"name": "Ann"}]})
    assert [(one.labels, one.values[0]) for one in table("vendors", desk, REPAIRS).lines] == [
        (("Two (V2)",), 2), (("One (V1)",), 1),
    ]  # fmt: skip


def complaint(n, day, **more):
    return ticket(n, f"{day}T09:00", kind="complaint", supplier="S1", **more)


SUPPLIERS = [
    {"supplier_no": "S1", "name": "Acme", "deposit": 500.0, "joined_on": date(2025, 1, 1)},
    {"supplier_no": "S2", "name": "Quiet", "joined_on": date(2026, 6, 1)},
]


def supplier_desk(*complaints):
    return SmallDesk(MALL, {"tickets": list(complaints), "suppliers": SUPPLIERS})


def test_digest_supplier_issues_are_counted_by_what_the_agreement_calls_the_same_issue():
    desk = supplier_desk(
        complaint(1, "2026-11-02", fault="surface"),
        complaint(2, "2026-11-03", fault="surface"),
        complaint(3, "2026-11-04", fault="fittings"),
        complaint(4, "2026-11-05"),
        complaint(5, "2026-10-05", fault="fittings"),
        complaint(6, "2026-11-06", fault="surface", status="merged"),
    )
    assert [(one.labels, one.values, one.before) for one in table("supplier-issues", desk, MALL).lines] == [
        (("Acme (S1)", Name("tickets", "fault", "surface")), (2,), (0,)),
        (("Acme (S1)", Name("tickets", "fault", "fittings")), (1,), (1,)),
        (("Acme (S1)", None), (1,), (0,)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("count", "paid_on", "fund"),
    [
        (25, None, None),
        (26, None, because("figures.fund-due", amount=Decimal(1000))),
        (26, date(2026, 11, 1), because("figures.fund-paid", on=date(2026, 11, 1))),
    ],
)
def test_digest_supplier_accounts_show_fund_and_what_is_left_of_the_deposit(count, paid_on, fund):
    rows = [complaint(n, "2026-05-05", status="closed", closed_at=datetime(2026, 6, 1, 9)) for n in range(count)]
    rows[0] |= {"paid_in_advance": 120.0, "recovered": 20.0}
    desk = SmallDesk(MALL, {"tickets": rows, "suppliers": [{**SUPPLIERS[0], "fund_paid_on": paid_on}]})
    found = table("supplier-accounts", desk, MALL)
    shown = dict(zip((one.name for one in found.columns), found.lines[0].values, strict=True))
    assert shown == {
        "complaints_in_all": count, "standing": because("standing.good"), "fund": fund, "deposit": Decimal(500),
        "deposit_left": Decimal(400), "compensated": Decimal(120), "recovered": Decimal(20), "outstanding": Decimal(100),
    }  # fmt: skip


def test_digest_staff_no_bonus_is_proposed_for_a_month_that_is_not_over():
    """95 per cent three months running: September to November, of which the last ends on the 30th."""
    rows = [
        ticket(n, f"2026-{n:02d}-02T09:00", status="done", finished_at=datetime(2026, n, 3, 9)) for n in (9, 10, 11)
    ]
    calls = [
        {
            "survey_no": f"C{n}",
            "ticket_no": f"T{n}",
            "called_at": datetime(2026, n, 5, 9),
            "satisfaction": "quite_satisfied",
        }
        for n in (9, 10, 11)
    ]
    desk = SmallDesk(LAMPS, {"tickets": rows, "surveys": calls, "staff": [{"name": "Ann"}]})
    bonus = because("reward.bonus", share=95, months=3)
    by_moment = {
        now: [one.values for one in table("staff-proposals", desk, LAMPS, now=now).lines]
        for now in (NOW, "2026-12-01T09:00")
    }
    assert by_moment == {NOW: [], "2026-12-01T09:00": [(bonus, None)]}


def test_digest_satisfaction_a_questionnaire_that_we_know_is_called_by_its_name():
    rows = [ticket(1, status="done", finished_at=datetime(2026, 11, 2, 9))]
    calls = [
        {
            "ticket_no": "T1",
            "called_at": datetime(2026, 11, 3, 9),
            "came_on_time": "no",
            "satisfaction": "not_satisfied",
        }
    ]
    own = settings_of(
        "preset: furniture-retail\nquestionnaires: {our-own: {when: {kind: repair}, questions: {came_on_time: {weight: 1}}}, service-visit: {when: {kind: install}}}\n"
    )
    for config, label in ((REPAIRS, because("figures.questionnaire-service-visit")), (own, "our-own")):
        desk = SmallDesk(config, {"tickets": rows, "surveys": calls})
        assert [one.labels for one in table("satisfaction", desk, config).lines] == [(label,)]
        assert table("answers", desk, config).lines == (
            Line((label, Name("surveys", "came_on_time")), (0, 1, 1.0), (0, 0, None)),
        )


def test_digest_staff_table_tells_of_a_register_whose_clocks_it_could_not_count():
    """Ann's tickets are known; how her returns ran is not."""
    desk = SmallDesk(
        REPAIRS,
        {
            "tickets": [ticket(1, "2026-11-20T09:00", responded_at=datetime(2026, 11, 20, 10))],
            "staff": [{"name": "Ann"}],
        },
    )
    at = desk.moment(NOW)
    lost = replace(desk.snapshot(at), unread=(("main", "returns"),))
    assert figures(lost, REPAIRS, NOVEMBER, at).table("staff").lines == (
        Line(("Ann",), (1, 0, 1, 1.0, 0, None), (0, 0, 0, None, 0, None)),
        Line((because("figures.unread", register=Name("returns")),), (None,) * 6, (None,) * 6),
    )
