"""The staff job: open and late work, satisfaction, proposals; the same for stores."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from tests.small_desk import SmallDesk, cells, settings_of

LAMPS = "preset: lighting-factory\nchannels: {only_since: 2020-01-01}\n"
NOW = "2026-11-23T10:00"
JOBS = ("staff",)


def ticket(n, opened, **more):
    return {
        "ticket_no": f"T{n}", "opened_at": datetime.fromisoformat(opened), "kind": "repair", "customer": "Ann",
        "phone": "13800138000", "problem": "dark", "status": "new", "owner": "Li", "store": "North", **more,
    }  # fmt: skip


def call(n, day, satisfaction):
    return {
        "survey_no": f"C{n}",
        "ticket_no": "T1",
        "called_at": datetime.fromisoformat(day),
        "satisfaction": satisfaction,
    }


def desk(tickets, surveys=(), config=LAMPS):
    return SmallDesk(
        settings_of(config),
        {
            "tickets": list(tickets),
            "surveys": list(surveys),
            "staff": [{"staff_no": "S1", "name": "Li", "role": "customer_service"}],
            "stores": [{"store_no": "N1", "name": "North"}],
        },
    )


def test_staff_open_and_overdue_work_is_counted_for_people_and_stores():
    small = desk([
        ticket(1, "2026-11-10T09:00"),
        ticket(2, "2026-11-23T09:00"),
        ticket(3, "2026-11-10T09:00", status="closed", responded_at=datetime(2026, 11, 11, 9)),
        ticket(4, "2026-11-10T09:00", owner="Nobody", store="Elsewhere"),
    ])  # fmt: skip
    assert cells(small.run(NOW, JOBS).edits) == {
        "staff.open[0]": 2,
        "staff.overdue[0]": 1,
        "stores.open[0]": 2,
        "stores.overdue[0]": 1,
    }
    assert small.plan(NOW, JOBS).edits == ()


def test_a_stores_satisfaction_counts_this_month_and_a_colleagues_the_three_that_are_over():
    calls = [call(1, "2026-11-20T10:00", "not_satisfied"), call(2, "2026-10-20T10:00", "quite_satisfied")]
    calls.append(call(3, "2026-07-31T10:00", "not_satisfied"))  # further back than counts
    small = desk([ticket(1, "2026-07-10T09:00", status="closed")], calls)
    found = cells(small.run(NOW, JOBS).edits)
    assert (found["stores.satisfaction[0]"], found["staff.satisfaction_3_months[0]"]) == (0.5, 1.0)


def test_a_ticket_of_a_store_that_no_register_knows_says_so_and_goes_on_all_the_same():
    rows = [ticket(1, "2026-11-23T09:00", store="Nord"), ticket(2, "2026-11-23T09:00", store="n1")]
    small = desk([*rows, ticket(3, "2026-11-23T09:00", store=None)])
    small.run(NOW)
    known = "Store: “Nord” is not in “Stores”"
    assert [(row.get("check") or "")[: len(known)] for row in small.rows["tickets"]] == [known, "", ""]
    assert small.row("tickets")["response_due"] == datetime(2026, 11, 24, 9)


def test_p_23_a_case_whose_customer_hears_of_it_by_this_very_run_is_late_for_nobody():
    row = ticket(1, "2026-11-16T09:00", kind="complaint", responded_at=datetime(2026, 11, 16, 10), status="planned")
    row |= {"solution": "swap", "solved_at": datetime(2026, 11, 16, 11), "last_told_at": datetime(2026, 11, 17, 9)}
    small = desk([row])
    first = small.run(NOW)
    assert [one.notice for one in first.occasions] == ["solution", "progress"]
    assert {cell: new for cell, new in cells(first.edits).items() if "overdue" in cell} == {
        "staff.overdue[0]": 0,
        "stores.overdue[0]": 0,
    }
    assert small.plan(NOW).edits == ()
    telling_nobody = desk([row | {"phone": None, "email": None}])
    assert cells(telling_nobody.run(NOW).edits)["staff.overdue[0]"] == 1


def months(shares):
    """Call-backs of the months before November 2026: so many of twenty satisfied."""
    return [
        call(
            month * 100 + n, f"2026-{month:02}-1{n % 10}T10:00", "quite_satisfied" if n < satisfied else "not_satisfied"
        )
        for month, satisfied in shares.items()
        for n in range(20)
    ]


def test_staff_satisfaction_of_95_percent_three_months_running_proposes_a_bonus():
    done = [ticket(1, "2026-07-10T09:00", status="closed")]
    good = desk(done, months({8: 19, 9: 20, 10: 19}))
    found = cells(good.run(NOW, JOBS).edits)
    assert found["staff.satisfaction_3_months[0]"] == 0.967
    assert found["staff.reward[0]"] == "bonus: at least 95 % satisfied 3 months running"
    once_less = desk(done, months({8: 18, 9: 20, 10: 20}))
    assert "staff.reward[0]" not in cells(once_less.run(NOW, JOBS).edits)
    one_without = desk(done, months({8: 20, 10: 20}))
    assert "staff.reward[0]" not in cells(one_without.run(NOW, JOBS).edits)


def test_staff_nobody_asked_is_no_data_and_this_month_does_not_count_yet():
    small = desk([ticket(1, "2026-07-10T09:00", status="closed")], [call(1, "2026-11-02T10:00", "not_satisfied")])
    small.run(NOW, JOBS)
    assert small.row("staff").get("satisfaction_3_months") is None


def test_staff_a_confirmed_quality_problem_earns_500_and_a_late_complaint_costs_200():
    small = desk([
        ticket(1, "2026-11-02T09:00", kind="quality_report", customer="Li", cause="product_quality", status="confirmed"),
        ticket(2, "2026-11-02T09:00", kind="quality_report", customer="Li", status="new"),
        ticket(3, "2026-11-03T09:00", kind="complaint", responded_at=datetime(2026, 11, 9, 9)),
        ticket(
            4,
            "2026-11-03T09:00",
            kind="complaint",
            responded_at=datetime(2026, 11, 3, 10),
            solved_at=datetime(2026, 11, 5, 18),
        ),
        ticket(5, "2026-10-03T09:00", kind="complaint", responded_at=datetime(2026, 10, 9, 10)),
        ticket(6, "2026-11-04T09:00", kind="complaint", status="closed", responded_at=datetime(2026, 11, 12, 9)),
    ])  # fmt: skip
    found = cells(small.run(NOW, JOBS).edits)
    assert found["staff.reward[0]"] == "500 and public praise: 1 quality problem reported and confirmed"
    assert found["staff.penalty[0]"] == "400: 2 complaints not handled in time this month"


@pytest.mark.parametrize(
    ("opened", "told", "penalty"),
    [
        ("2026-11-02T09:00", {"solved_at": datetime(2026, 11, 5, 9)}, 1),  # P-07: due 4 November, end of the day
        ("2026-11-02T09:00", {"solved_at": datetime(2026, 11, 4, 18)}, 0),
        ("2026-10-31T17:00", {"responded_at": datetime(2026, 11, 2, 9), "solved_at": datetime(2026, 11, 2, 9)}, 1),
        ("2026-10-31T17:00", {"solved_at": datetime(2026, 11, 4, 9)}, 1),  # P-07: due 3 November
        ("2026-10-30T17:00", {"responded_at": datetime(2026, 11, 2, 9)}, 0),  # late in October, whatever follows
        ("2026-11-22T17:00", {}, 0),  # P-07: due 24 November
    ],
)
def test_staff_a_complaint_is_counted_once_in_the_month_in_which_it_became_late(opened, told, penalty):
    at = datetime.fromisoformat(opened)
    row = ticket(1, opened, kind="complaint") | {"responded_at": at.replace(hour=18)} | told
    said = f"{penalty * 200}: 1 complaint not handled in time this month" if penalty else None
    assert cells(desk([row]).run(NOW, JOBS).edits).get("staff.penalty[0]") == said


def test_staff_the_calls_of_other_months_do_not_move_the_month_of_a_quality_report():
    report = ticket(
        1, "2026-11-02T09:00", kind="quality_report", customer="Li", cause="product_quality", status="confirmed"
    )
    found = cells(desk([report], months({10: 20})).run(NOW, JOBS).edits)
    assert found["staff.reward[0]"] == "500 and public praise: 1 quality problem reported and confirmed"


def test_staff_a_managers_decision_needs_its_day():
    small = desk([])
    small.row("staff").update(decision="both", decided_on=None)
    (finding,) = small.plan(NOW, JOBS).findings
    assert (finding.code, finding.column) == ("required", "decided_on")
    small.row("staff")["decided_on"] = date(2026, 11, 20)
    assert small.plan(NOW, JOBS).findings == ()


def test_staff_other_amounts_and_a_desk_without_rewards():
    late = [ticket(3, "2026-11-03T09:00", kind="complaint", responded_at=datetime(2026, 11, 9, 9))]
    dearer = desk(late, config=LAMPS + "rewards: {late_complaint: 50, bonus: 800}\n")
    assert dearer.settings.rewards.bonus == Decimal(800)
    assert cells(dearer.run(NOW, JOBS).edits)["staff.penalty[0]"] == "50: 1 complaint not handled in time this month"
    assert "staff.penalty[0]" not in cells(desk(late, config="tabs: [stores]\n").run(NOW, JOBS).edits)


def test_past_months_begin_with_the_one_before_this():
    from toolkit.jobs.staff import past_months

    assert past_months(date(2026, 1, 31), 3) == ((2025, 12), (2025, 11), (2025, 10))


def test_staff_a_manager_decides_about_what_is_proposed_in_a_column_of_their_own_and_on_a_day():
    small = desk([])
    small.row("staff").update(decision="reward")
    assert cells(small.run(NOW, JOBS).edits)["staff.check[0]"].startswith("Decided on: a decision needs its day")
    small.row("staff")["decided_on"] = date(2026, 11, 20)
    assert cells(small.run(NOW, JOBS).edits) == {"staff.check[0]": None}
    assert small.row("staff")["decision"] == "reward"
