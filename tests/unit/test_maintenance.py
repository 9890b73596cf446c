"""P-20: visits entered from the contracts, letters, what is late."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from tests.small_desk import SmallDesk, cells, new_letters, settings_of
from toolkit.settings.faults import ConfigError
from toolkit.settings.load import read

OFFICE = "preset: office-furniture\nchannels: {only_since: 2020-01-01, quiet_hours: none}\n"
CONTRACT = {
    "contract_no": "MC-1",
    "customer": "Union Studio",
    "email": "office@example.com",
    "city": "Bristol",
    "accepted_on": date(2025, 11, 30),
    "owner": "Li",
    "quarterly": True,
}
STAFF = [
    {"staff_no": "S1", "name": "Li", "role": "customer_service", "email": "li@example.com", "manager": "Wu"},
    {"staff_no": "S2", "name": "Wu", "role": "manager", "email": "wu@example.com"},
]


def desk(*contracts, visits=(), config=OFFICE):
    return SmallDesk(
        settings_of(config),
        {"contracts": [dict(one) for one in contracts], "maintenance": [dict(one) for one in visits], "staff": STAFF},
    )


def due(desk):
    return [(row["visit_no"], row["kind"], row["due_on"].isoformat()) for row in desk.rows["maintenance"]]


def test_p_20_a_visit_is_entered_ahead_of_its_day_with_all_that_the_contract_says():
    small = desk({**CONTRACT, "vendor": None})
    plan = small.run("2026-01-29T10:00")
    assert [dict(one.values) for one in plan.appends] == [
        {
            "visit_no": "MC-1-20260228-Q",
            "contract_no": "MC-1",
            "customer": "Union Studio",
            "kind": "Quarterly",
            "checklist": "Check frames and fittings, Tighten loose screws, Check drawers and doors",
            "due_on": date(2026, 2, 28),
            "next_step": "arrange the visit with the customer, to be made by 2026-02-28: Li",
        }
    ]
    assert small.say(plan.appends[0].reason) == "contract MC-1, counted from the acceptance on 2025-11-30"


@pytest.mark.parametrize(
    ("now", "contract", "entered"),
    [
        ("2026-01-28T10:00", {}, []),
        ("2026-01-29T10:00", {}, ["2026-02-28"]),
        ("2026-02-28T10:00", {}, ["2026-02-28"]),
        ("2026-03-01T10:00", {}, ["2026-02-28"]),  # missed, and nothing came after it
        ("2026-04-30T10:00", {}, ["2026-02-28", "2026-05-30"]),
        ("2026-05-31T10:00", {}, ["2026-05-30"]),  # the check of February is history
        ("2026-12-01T10:00", {"yearly": True}, ["2026-11-30"]),
        ("2026-03-01T10:00", {"ends_on": date(2026, 2, 28)}, []),
        ("2026-03-01T10:00", {"quarterly": False}, []),
        ("2027-03-01T10:00", {"accepted_on": date(2024, 2, 29), "yearly": True, "quarterly": False}, ["2027-02-28"]),
        ("2028-02-01T10:00", {"accepted_on": date(2024, 2, 29), "yearly": True, "quarterly": False}, ["2027-02-28", "2028-02-29"]),
    ],
)  # fmt: skip
def test_p_20_a_desk_that_begins_enters_what_is_owed_now_and_no_older_visit_and_nothing_before_its_time(
    now, contract, entered
):
    assert [one.values["due_on"].isoformat() for one in desk({**CONTRACT, **contract}).plan(now).appends] == entered


@pytest.mark.parametrize(
    ("visit", "entered"),
    [
        ({"due_on": date(2026, 2, 25), "done_on": date(2026, 2, 26)}, []),  # it was made, planned for another day
        ({"due_on": date(2026, 2, 28)}, []),  # it stands there already
        ({"due_on": date(2025, 11, 29), "done_on": date(2025, 11, 30)}, ["2026-02-28"]),
    ],
)
def test_p_20_a_visit_that_is_past_is_not_entered_where_a_row_says_what_became_of_it(visit, entered):
    small = desk(CONTRACT, visits=[{"visit_no": "OLD-1", "contract_no": "MC-1", "kind": "quarterly", **visit}])
    assert [one.values["due_on"].isoformat() for one in small.plan("2026-03-01T10:00").appends] == entered


def test_p_20_a_visit_of_next_year_that_was_planned_by_hand_puts_off_none_before_it():
    planned = {"visit_no": "OWN-1", "contract_no": "MC-1", "kind": "yearly", "due_on": date(2026, 11, 30)}
    small = desk(CONTRACT, visits=[planned])
    for day in ("2026-02-02", "2026-05-04"):
        small.run(f"{day}T10:00")
    assert [one[2] for one in due(small)] == ["2026-11-30", "2026-02-28", "2026-05-30"]


def test_p_20_a_contract_that_is_entered_later_brings_what_it_owes_now_and_no_customer_is_written_to_of_what_was_before_the_desk():
    small = desk()
    small.run("2026-01-05T10:00")
    small.rows["contracts"].append({**CONTRACT, "accepted_on": date(2025, 1, 31)})
    told = [one.notice for one in new_letters(small, small.plan("2026-11-02T10:00"))]
    small.run("2026-11-02T10:00")
    assert (due(small), told) == ([("MC-1-20261031-Q", "quarterly", "2026-10-31")], ["overdue", "maintenance-due"])
    again = small.plan("2026-11-02T10:00")
    assert (again.appends, new_letters(small, again)) == ((), [])
    young = desk(CONTRACT, config="preset: office-furniture\nchannels: {quiet_hours: none}\n")
    young.run("2026-03-02T10:00")
    assert young.row("maintenance")["due_on"] == date(2026, 2, 28)
    young.run("2026-03-02T10:10")
    assert young.row("maintenance")["overdue"] == (
        "maintenance visit is less than 1 working day late (was due 2026-02-28 23:59)"
    )
    assert young.row("maintenance")["next_step"] == (
        "it was due on 2026-02-28: arrange the visit with the customer soon, Li"
    )
    assert [one for one in young.memory.occasions if "customer" in one] == []


def test_p_20_over_a_year_each_visit_is_entered_once_and_the_full_service_takes_the_place_of_the_check():
    small = desk({**CONTRACT, "accepted_on": date(2025, 12, 31), "yearly": True, "first_cleaning": True})
    for month in range(1, 13):
        for day in (2, 16):
            small.run(datetime(2026, month, day, 10))
            assert small.plan(datetime(2026, month, day, 10, 1)).appends == ()
    assert due(small) == [
        ("MC-1-20260107-F", "first_cleaning", "2026-01-07"),
        ("MC-1-20260331-Q", "quarterly", "2026-03-31"),
        ("MC-1-20260630-Q", "quarterly", "2026-06-30"),
        ("MC-1-20260930-Q", "quarterly", "2026-09-30"),
        ("MC-1-20261231-Y", "yearly", "2026-12-31"),
    ]


def test_p_20_a_visit_that_staff_moved_or_took_out_is_not_entered_again():
    small = desk(CONTRACT, {**CONTRACT, "contract_no": "MC-2"})
    small.run("2026-02-02T10:00")
    small.run("2026-02-02T11:00")
    small.row("maintenance")["due_on"] = date(2026, 3, 5)
    del small.rows["maintenance"][1]
    assert [small.run(f"2026-02-{day:02}T10:00").appends for day in (3, 4)] == [(), ()]
    assert due(small) == [("MC-1-20260228-Q", "quarterly", "2026-03-05")]


def test_p_20_a_visit_entered_by_hand_counts_and_gets_a_number():
    by_hand = {"contract_no": "MC-1", "kind": "quarterly", "due_on": date(2026, 2, 28)}
    small = desk(CONTRACT, visits=[by_hand])
    plan = small.run("2026-02-02T10:00")
    assert plan.appends == ()
    assert cells(plan.edits) == {
        "maintenance.visit_no[0]": "MT-20260228-0001",
        "maintenance.customer[0]": "Union Studio",
        "maintenance.checklist[0]": "Check frames and fittings, Tighten loose screws, Check drawers and doors",
        "maintenance.next_step[0]": "arrange the visit with the customer, to be made by 2026-02-28: Li",
    }


def test_p_20_no_visit_after_the_end_of_the_contract_or_for_a_wrong_row():
    ended = {**CONTRACT, "ends_on": date(2026, 2, 27)}
    wrong = {**CONTRACT, "contract_no": "MC-9", "accepted_on": "soon"}
    assert desk(ended, wrong).plan("2026-02-02T10:00").appends == ()


def test_p_20_the_customer_is_written_to_14_days_before_and_the_owner_is_warned_once():
    small = desk(CONTRACT)
    small.run("2026-02-02T10:00")
    early = small.run("2026-02-13T10:00")
    assert new_letters(small, early) == []
    plan = small.plan("2026-02-16T10:00")
    assert [(one.notice, one.to.role, one.cause) for one in new_letters(small, plan)] == [
        ("warning", "staff:S1", "2026-02-28"),
        ("maintenance-due", "customer", "2026-02-28"),
    ]
    letter = new_letters(small, plan)[1].values()
    assert letter["visit"] == {
        "visit_no": "MC-1-20260228-Q",
        "contract_no": "MC-1",
        "customer": "Union Studio",
        "phone": None,
        "city": "Bristol",
        "address": None,
        "product": None,
        "kind": "Quarterly",
        "kind_key": "quarterly",
        "due_on": date(2026, 2, 28),
    }
    small.run("2026-02-16T10:00")
    assert new_letters(small, small.plan("2026-02-17T10:00")) == []


def test_p_20_a_late_visit_shows_and_climbs_to_the_manager_until_it_is_done():
    small = desk(CONTRACT)
    for day in ("2026-02-02", "2026-02-16"):
        small.run(f"{day}T10:00")
    late = [one.notice for one in new_letters(small, small.plan("2026-03-03T10:00"))]
    small.run("2026-03-03T10:00")
    assert late == ["overdue"]
    assert small.row("maintenance")["overdue"] == ("maintenance visit is 1 working day late (was due 2026-02-28 23:59)")
    later = small.run("2026-03-10T10:00")
    assert [(one.notice, one.to.role) for one in later.occasions if one.notice == "escalation"] == [
        ("escalation", "staff:S2")
    ]
    small.row("maintenance")["done_on"] = date(2026, 3, 10)
    done = small.run("2026-03-10T11:00")
    assert (small.row("maintenance")["overdue"], small.row("maintenance")["next_step"]) == (None, None)
    assert done.occasions == ()


def test_p_20_the_next_step_follows_the_visit():
    small = desk(CONTRACT)
    small.run("2026-02-02T10:00")
    small.run("2026-02-02T10:01")
    row = small.row("maintenance")
    row["visit_at"] = datetime(2026, 2, 20, 14)
    small.run("2026-02-02T10:02")
    assert row["next_step"] == "visit at 2026-02-20 14:00 by not chosen"
    small.run("2026-02-21T10:00")
    assert row["next_step"] == "enter that the visit was made: Li"
    row.update(done_on=date(2026, 2, 20), result="ticket")
    small.run("2026-02-21T10:01")
    assert row["next_step"] == "enter the ticket that the visit led to"
    assert small.plan("2026-02-21T10:02").edits == ()


def test_p_20_a_result_needs_the_day_on_which_it_was_made_or_refused():
    visit = {"visit_no": "V-1", "contract_no": "MC-1", "kind": "quarterly", "due_on": date(2026, 2, 28)}
    small = desk(CONTRACT, visits=[{**visit, "result": "refused"}])
    small.run("2026-03-02T10:00")
    row = small.row("maintenance")
    assert row["check"] == ("Done on: a result is entered: fill in the day (of a refusal, the day of the refusal)")
    row["done_on"] = date(2026, 3, 1)
    small.run("2026-03-02T10:01")
    assert [row[one] for one in ("check", "overdue", "next_step")] == [None, None, None]


def test_a_kind_of_visit_comes_every_so_often_or_once_and_never_by_the_hour():
    said = """
        locale: en
        preset: office-furniture
        maintenance: {kinds: {quarterly: {after: 3d}, yearly: {every: 2h}, monthly: {every: 1mo}}}
    """
    with pytest.raises(ConfigError) as told:
        read(said, Path("/desk"), Path("config.yaml"))
    text = str(told.value)
    assert "maintenance.kinds.quarterly" in text
    assert "maintenance.kinds.yearly" in text
    assert "maintenance.kinds.monthly: unknown key; allowed: quarterly, yearly, first_cleaning" in text
