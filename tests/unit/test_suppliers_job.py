"""The suppliers job: cells, proposals, letters after a decision, complaints and recoveries."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from tests.small_desk import SmallDesk, cells, new_letters, settings_of

CONFIG = "channels: {only_since: 2020-01-01, quiet_hours: none}\n"
SUPPLIER = {
    "supplier_no": "SP1",
    "name": "Evergreen",
    "contact": "Paul",
    "email": "paul@example.com",
    "deposit": Decimal(5000),
    "joined_on": date(2020, 1, 1),
}
NOW = "2026-11-23T10:00"
JOBS = ("suppliers",)


def ticket(n, day, **more):
    return {
        "ticket_no": f"T{n}",
        "opened_at": datetime.combine(date.fromisoformat(day), datetime.min.time().replace(hour=9)),
        "kind": "complaint",
        "customer": "Ann",
        "phone": "13800138000",
        "problem": "scratched",
        "status": "confirmed",
        "fault": "surface",
        "supplier": "SP1",
        **more,
    }


def desk(*tickets, **more):
    return SmallDesk(settings_of(CONFIG), {"suppliers": [{**SUPPLIER, **more}], "tickets": list(tickets)})


def test_suppliers_counts_and_the_proposal_stand_in_the_row_and_a_second_run_plans_nothing():
    small = desk(
        *(ticket(n, f"2026-11-0{n}") for n in range(1, 5)),
        ticket(5, "2026-10-05"),
        ticket(6, "2026-11-06", status="cancelled"),
    )
    plan = small.run(NOW, JOBS)
    assert cells(plan.edits) == {
        "suppliers.complaints_this_month[0]": 4,
        "suppliers.same_issue_this_month[0]": 4,
        "suppliers.complaints_total[0]": 5,
        "suppliers.deposit_left[0]": Decimal(5000),
        "suppliers.standing[0]": "written notice due",
        "suppliers.action[0]": "written notice: 4 complaints about Surface this month",
    }
    assert (small.plan(NOW, JOBS).edits, new_letters(small, small.plan(NOW, JOBS))) == ((), [])


def test_suppliers_what_was_paid_for_them_is_recovered_or_comes_out_of_the_deposit():
    owed = {"paid_in_advance": Decimal(300), "recovered": Decimal(100)}
    small = desk(
        ticket(
            1,
            "2026-09-01",
            status="closed",
            finished_at=datetime(2026, 9, 3, 10),
            closed_at=datetime(2026, 9, 4, 10),
            **owed,
        ),
        ticket(2, "2026-11-20", paid_in_advance=Decimal("80.50")),
    )
    found = cells(small.run(NOW, JOBS).edits)
    assert {
        name: found[f"suppliers.{name}[0]"]
        for name in ("paid_in_advance", "recovered", "outstanding", "deposit_left", "action")
    } == {
        "paid_in_advance": Decimal("380.5"),
        "recovered": Decimal(100),
        "outstanding": Decimal("280.5"),
        "deposit_left": Decimal(4800),
        "action": "take 200 that was not settled from the deposit, and 20 from the person concerned",
    }


def test_suppliers_letters_wait_for_the_managers_decision():
    tickets = [ticket(n, f"2026-11-0{n}") for n in range(1, 4)]
    small = desk(*tickets)
    first = new_letters(small, small.plan(NOW, JOBS))
    assert [(one.notice, one.at.key, one.to.role) for one in first] == [
        ("supplier-complaint", f"T{n}", "supplier:SP1") for n in (1, 2, 3)
    ]
    small.run(NOW, JOBS)
    small.row("suppliers").update(decision="oral_warning", decided_on=date(2026, 11, 23))
    (letter,) = new_letters(small, small.plan("2026-11-23T11:00", JOBS))
    assert (letter.notice, letter.cause, letter.to.role) == ("supplier-warning", "2026-11-23", "supplier:SP1")
    told = letter.values()
    assert (told["issue"], told["supplier"]["same_issue_this_month"]) == ("Surface", 3)
    assert [row["ticket_no"] for row in told["rows"]] == ["T1", "T2", "T3"]
    small.run("2026-11-23T11:00", JOBS)
    assert new_letters(small, small.plan("2026-11-24T11:00", JOBS)) == []


def test_suppliers_a_month_that_is_judged_once_it_is_over_gets_its_letter():
    tickets = [ticket(n, f"2026-10-2{n}") for n in range(1, 5)]
    small = desk(*tickets, ticket(5, "2026-11-01", fault="size"))
    small.run("2026-11-02T10:00", JOBS)
    small.row("suppliers").update(decision="written_notice", decided_on=date(2026, 11, 2))
    (letter,) = new_letters(small, small.plan("2026-11-02T11:00", JOBS))
    told = letter.values()
    assert (letter.notice, told["month"], told["issue"]) == ("supplier-notice", "October 2026", "Surface")
    assert told["supplier"]["same_issue_this_month"] == told["supplier"]["complaints_this_month"] == 4
    assert [row["ticket_no"] for row in told["rows"]] == ["T1", "T2", "T3", "T4"]


def test_suppliers_a_decision_without_its_day_is_a_finding_and_writes_nothing():
    small = desk(decision="fund")
    plan = small.plan(NOW, JOBS)
    assert [(one.code, one.column) for one in plan.findings] == [("required", "decided_on")]
    assert new_letters(small, plan) == []
    assert cells(plan.edits)["suppliers.check[0]"].startswith("Decided on: a decision needs its day")


def test_suppliers_the_fund_and_the_award_letters_say_what_was_decided():
    many = [ticket(n, f"2024-{1 + n % 12:02}-05", status="closed", responded_at=None) for n in range(26)]
    small = desk(*many, decision="fund", decided_on=date(2026, 11, 23))
    (fund,) = [one for one in new_letters(small, small.plan(NOW, JOBS)) if one.notice == "supplier-fund"]
    told = fund.values()
    assert (told["amount"], told["pay_by"], told["supplier"]["complaints_total"]) == (
        Decimal(1000),
        date(2026, 12, 7),
        26,
    )
    quiet = desk(decision="award", decided_on=date(2026, 11, 23))
    assert cells(quiet.plan(NOW, JOBS).edits)["suppliers.award[0]"] == "award: no complaint since 2020-01-01"
    (award,) = new_letters(quiet, quiet.plan(NOW, JOBS))
    assert (award.notice, award.values()["since"], award.values()["until"]) == (
        "supplier-award", date(2020, 1, 1), date(2026, 11, 23),
    )  # fmt: skip


def test_suppliers_a_recovery_is_asked_for_and_again_when_more_is_paid():
    small = desk(ticket(1, "2026-11-20", paid_in_advance=Decimal(80)))
    found = [one for one in new_letters(small, small.plan(NOW, JOBS)) if one.notice == "supplier-recovery"]
    assert [(one.values()["paid"], one.values()["outstanding"], one.values()["pay_by"]) for one in found] == [
        (Decimal(80), Decimal(80), date(2026, 12, 23))
    ]
    small.run(NOW, JOBS)
    small.row("tickets")["paid_in_advance"] = Decimal(120)
    assert [one.notice for one in new_letters(small, small.plan(NOW, JOBS))] == ["supplier-recovery"]
    small.row("tickets")["recovered"] = Decimal(120)
    assert new_letters(small, small.plan(NOW, JOBS)) == []


def test_suppliers_one_who_left_is_neither_judged_nor_written_to():
    small = desk(
        *(ticket(n, f"2026-11-0{n}") for n in range(1, 5)),
        active=False,
        decision="removal",
        decided_on=date(2026, 11, 23),
    )
    plan = small.plan(NOW, JOBS)
    assert cells(plan.edits)["suppliers.standing[0]"] == "no longer with us"
    assert "suppliers.action[0]" not in cells(plan.edits)
    assert new_letters(small, plan) == []
