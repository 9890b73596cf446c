"""Dispatching on a small desk: who is suggested in the sheet, what comes next, who is entered (20, Vendors)."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.dispatch_desk import CONFIG, TUESDAY, desk, in_row, ticket, vendor
from tests.small_desk import cells, new_letters
from toolkit.app.story import story
from toolkit.app.story_vendors import vendors_told
from toolkit.jobs.ticket.case import judge_of
from toolkit.registers.schema import Writer
from toolkit.settings.lexicons import registers_of

AUTO = CONFIG + "dispatch: {auto_assign: true}\n"


def suggested(small, now=TUESDAY, n=0):
    small.run(now)
    text = small.row("tickets", n).get("suggested_vendor")
    return text.partition(" ")[0] if text else None


def test_vendors_the_cell_names_the_best_match_and_why_in_the_desks_words():
    small = desk(ticket(), vendors=[vendor(district="Pudong")])
    small.run(TUESDAY)
    assert in_row(small, "suggested_vendor") == ("V1 Firm V1, 75 points (4 stars, same district, 0 open jobs)",)
    chinese = desk(ticket(), vendors=[vendor(initial_rating=None, is_firm=False)], config=CONFIG + "locale: zh-CN\n")
    chinese.run(TUESDAY)
    assert in_row(chinese, "suggested_vendor") == ("V1 Firm V1，50 分（新合作，暂无评分、在途 0 单、个人师傅）",)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, "V1"),
        ({"kind": "complaint"}, None),
        ({"kind": "complaint", "service_mode": "on_site"}, "V1"),
        ({"level": "4"}, None),
        ({"level": "4", "service_mode": "on_site"}, "V1"),
        ({"level": "2"}, "V1"),
        ({"level": "3"}, "V1"),
        ({"level": "1"}, None),
        ({"service_mode": "remote"}, None),
        ({"service_mode": "courier"}, None),
        ({"status": "waiting_for_customer"}, None),
        ({"status": "in_progress"}, None),
        ({"status": "closed", "finished_at": datetime(2026, 11, 23, 12)}, None),
        ({"status": "rework"}, "V1"),
        ({"started_at": datetime(2026, 11, 23, 12)}, None),
        ({"started_at": datetime(2026, 11, 23, 12), "status": "rework"}, "V1"),
        ({"vendor": "V1"}, None),
    ],
)
def test_triage_the_level_and_the_way_of_service_decide_whether_a_vendor_is_needed(said, expected):
    assert suggested(desk(ticket(**said))) == expected


@pytest.mark.parametrize(
    ("said", "of_vendor", "fits"),
    [
        ({"city": "上海市"}, {"city": "上海"}, True),
        ({"city": "上海市浦东新区"}, {"city": "上海"}, True),
        ({"city": "重庆"}, {"city": "重慶市"}, True),
        ({"city": "Suzhou"}, {"city": "Shanghai、Suzhou"}, True),
        ({"city": "Suzhou"}, {}, False),
        ({"city": None}, {}, False),
        ({}, {"skills": ("沙发维修",)}, True),
        ({}, {"skills": ("沙發",)}, True),
        ({}, {"skills": ("Sofas and beds",)}, True),
        ({}, {"skills": ("全部",)}, True),
        ({}, {"skills": ("Wardrobe",)}, False),
        ({}, {"skills": None}, False),
        ({"category": "bed"}, {"skills": ("床垫",)}, False),
        ({"category": "other"}, {"skills": ("Wardrobe",)}, True),
        ({"kind": "install"}, {"skills": ("Sofa",)}, False),
        ({"kind": "install"}, {"skills": ("Sofa", "安装")}, True),
        ({}, {"qualified": None}, False),
        ({}, {"active": None}, True),
        ({}, {"phone": "12"}, False),  # a row with a fault
    ],
)
def test_vendors_city_district_and_skills_compare_folded(said, of_vendor, fits):
    assert suggested(desk(ticket(**said), vendors=[vendor(**of_vendor)])) == ("V1" if fits else None)


def test_vendors_the_equipment_that_the_preset_asks_for_is_needed():
    config = CONFIG + "preset: home-repair\n"
    plain, sprayer = vendor("V1", equipment=("Drill",)), vendor("V2", equipment=("喷漆工具",), initial_rating=3)
    assert suggested(desk(ticket(), vendors=[plain, sprayer], config=config)) == "V1"
    assert suggested(desk(ticket(fault="surface"), vendors=[plain, sprayer], config=config)) == "V2"


def test_vendors_with_at_least_three_stars_by_the_call_backs_not_by_yesterdays_cell():
    small = desk(
        ticket(),
        ticket(
            "AS-0",
            customer="Bob",
            phone="13900139000",
            status="closed",
            vendor="V1",
            finished_at=datetime(2026, 11, 20, 12),
        ),
        vendors=[vendor(initial_rating=None, rating=5)],
        surveys=[
            {"ticket_no": "AS-0", "called_at": datetime(2026, 11, 21, 9), "caller": "Shirley", "came_on_time": True,
             "satisfaction": "not_satisfied"}
        ],
    )  # fmt: skip
    small.run(TUESDAY)
    assert in_row(small, "suggested_vendor", "next_step") == (
        None,
        "find a new vendor (V1 Firm V1: 1 stars, fewer than 3): Shirley",
    )


def test_vendors_none_fits_the_next_step_is_to_find_a_new_vendor_with_the_reasons():
    small = desk(ticket(), vendors=[vendor(active=False), vendor("V2", qualified=False)])
    small.run(TUESDAY)
    assert in_row(small, "suggested_vendor", "next_step") == (
        None,
        "find a new vendor (V1 Firm V1: not active, V2 Firm V2: not qualified): Shirley",
    )
    empty = desk(ticket(city="Chengdu"))
    empty.run(TUESDAY)
    assert in_row(empty, "next_step") == ("find a new vendor (no vendor in Chengdu): Shirley",)
    nowhere = desk(ticket(city=None))
    nowhere.run(TUESDAY)
    assert in_row(nowhere, "next_step") == ("find a new vendor (the ticket has no city: fill it in first): Shirley",)


def test_vendors_explain_tells_the_points_of_each_and_why_each_other_one_fell_out():
    small = desk(
        ticket(visit_at=datetime(2026, 11, 26, 10)),
        ticket("AS-2", phone="13900139000", vendor="V2", visit_at=datetime(2026, 11, 26, 11), status="dispatched"),
        vendors=[
            vendor("V1", district="Pudong"), vendor("V2"), vendor("V3", initial_rating=5, rate="200"),
            vendor("V4", is_firm=False), vendor("V5", city="Suzhou"),
        ],
    )  # fmt: skip
    now = small.moment(TUESDAY)
    snapshot = small.snapshot(now)
    case = next(one for one in judge_of(snapshot, small.settings, now).cases() if one.number == "AS-1")
    from toolkit.app.planning import words_of

    told = vendors_told(snapshot, small.settings, case, now, words_of(small.settings))
    assert [(one["vendor"], one["total"]) for one in told["fit"]] == [("V1", 75.0), ("V3", 55.0)]
    assert told["fit"][0]["points"] == {
        "stars": 30.0,
        "near": 20.0,
        "load": 15.0,
        "price": 10.0,
        "skill": 0.0,
        "known": 0.0,
    }
    assert {one["vendor"]: one["why"] for one in told["passed"]} == {
        "V2": "has AS-2 at 2026-11-26 11:00",
        "V4": "an individual, and a firm fits",
        "V5": "serves Suzhou, not Shanghai",
    }
    assert told["lines"][0] == "Vendors for this job"
    assert story.__doc__


def test_vendors_tickets_of_one_run_share_the_days_capacity_urgent_ones_first():
    day = datetime(2026, 11, 27, 9)
    small = desk(
        ticket("AS-1", visit_at=day, estimated_hours=1),
        ticket("AS-2", phone="13900139001", visit_at=day.replace(hour=13), estimated_hours=1),
        ticket("AS-3", phone="13900139002", visit_at=day.replace(hour=16), estimated_hours=1, urgency="urgent"),
        vendors=[vendor(day_capacity=2)],
    )
    small.run(TUESDAY)
    found = [bool(one.get("suggested_vendor")) for one in small.rows["tickets"]]
    assert found == [True, False, True]
    assert in_row(small, "next_step", n=1) == (
        "find a new vendor (V1 Firm V1: 2 of 2 jobs taken on 2026-11-27): Shirley",
    )


def test_vendors_jobs_without_a_time_count_for_the_day_on_which_they_are_given():
    small = desk(*(ticket(f"AS-{n}", phone=f"1390013900{n}") for n in range(4)), vendors=[vendor(day_capacity=2)])
    small.run(TUESDAY)
    assert [bool(one.get("suggested_vendor")) for one in small.rows["tickets"]] == [True, True, False, False]
    for n in (0, 1):
        small.row("tickets", n).update(vendor="V1", status="dispatched")
    small.run("2026-11-24T11:00")
    assert [bool(one.get("suggested_vendor")) for one in small.rows["tickets"]] == [False] * 4, "the day is full"
    small.run("2026-11-25T09:00")
    assert [bool(one.get("suggested_vendor")) for one in small.rows["tickets"]] == [False, False, True, True]


def test_vendors_a_customers_own_history_speaks_for_or_against_a_vendor():
    def surveyed(verdict):
        return desk(
            ticket(),
            ticket("AS-0", status="closed", vendor="V1", finished_at=datetime(2026, 11, 20, 12)),
            vendors=[vendor("V1", initial_rating=5), vendor("V2", initial_rating=5)],
            surveys=[
                {"ticket_no": "AS-0", "called_at": datetime(2026, 11, 21, 9), "caller": "Shirley",
                 "came_on_time": True, "satisfaction": verdict}
            ],
            config=CONFIG + "vendors: {minimum_stars: 1}\ndispatch: {points: {stars: 0, known: 10}}\n",
        )  # fmt: skip

    assert suggested(surveyed("quite_satisfied")) == "V1"
    assert suggested(surveyed("not_satisfied")) == "V2"


@pytest.mark.parametrize("named", [True, False])
def test_triage_a_complaint_about_manners_prefers_another_vendor_at_the_second_dispatch(named):
    before = ticket("AS-0", opened_at=datetime(2026, 11, 16, 9), status="closed", vendor="V1", finished_at=datetime(2026, 11, 20, 12))  # fmt: skip
    rude = ticket(
        "AS-2", kind="complaint", cause="service_dispute", opened_at=datetime(2026, 11, 21, 9), vendor="V1" if named else None
    )  # fmt: skip
    vendors = [vendor("V1", initial_rating=5), vendor("V2", initial_rating=3)]
    assert suggested(desk(ticket(), before, rude, vendors=vendors)) == "V2"
    assert suggested(desk(ticket(), before, rude, vendors=vendors[:1])) == "V1", "preferred, not excluded"
    assert suggested(desk(ticket(), before, vendors=vendors)) == "V1"


def test_vendors_a_visit_on_a_sunday_or_holiday_is_a_day_like_any_other():
    for day in (29, 22):
        sunday = datetime(2026, 11, day, 10)
        assert suggested(desk(ticket(visit_at=sunday)), now="2026-11-20T10:00") == "V1" or day == 22
    spring = datetime(2027, 2, 7, 10)  # in the week of the Spring Festival
    assert suggested(desk(ticket(visit_at=spring))) == "V1"


def test_vendors_while_a_register_cannot_be_read_nothing_is_concluded_about_vendors():
    small = desk(ticket())
    small.run(TUESDAY)
    assert in_row(small, "suggested_vendor")[0]
    now = small.moment("2026-11-24T11:00")
    snapshot = small.snapshot(now)
    from dataclasses import replace

    from toolkit.jobs import tickets

    blind = replace(
        snapshot,
        tables=tuple(one for one in snapshot.tables if one.register.name != "vendors"),
        unread=(("main", "vendors"),),
    )
    plan = tickets.plan(blind, small.settings, now)
    assert [one for one in plan.edits if one.column in ("suggested_vendor", "next_step")] == []


def test_vendors_a_second_run_plans_nothing_and_the_order_of_rows_changes_nothing():
    tickets = [ticket(f"AS-{n}", phone=f"1390013900{n}", visit_at=datetime(2026, 11, 26, 9 + n)) for n in range(5)]
    vendors = [vendor(f"V{n}", day_capacity=2) for n in range(1, 4)]
    there, back = desk(*tickets, vendors=vendors), desk(*tickets[::-1], vendors=vendors[::-1])
    there.run(TUESDAY)
    back.run(TUESDAY)
    chosen = [
        {one["ticket_no"]: one.get("suggested_vendor") for one in small.rows["tickets"]} for small in (there, back)
    ]
    assert chosen[0] == chosen[1]
    again = there.plan(TUESDAY)
    assert (again.edits, new_letters(there, again)) == ((), [])


# -- the toolkit enters vendors itself --------------------------------------------------------------------------


def test_vendors_auto_assign_fills_the_best_where_none_stands_and_makes_the_column_one_that_it_fills():
    small = desk(ticket(), ticket("AS-2", status="new", responded_at=None), config=AUTO)
    register = next(one for one in registers_of(small.settings) if one.name == "tickets")
    assert register.by_key["vendor"].written_by is Writer.FILL
    plan = small.run(TUESDAY)
    assert cells(plan.edits)["tickets.vendor[0]"] == "V1"
    assert in_row(small, "vendor", "suggested_vendor") == ("V1", None)
    assert in_row(small, "vendor", "suggested_vendor", n=1)[0] is None, "not confirmed yet"
    assert not [one for one in plan.occasions if one.to.audience == "vendor"], "told once it was read back"
    again = small.run(TUESDAY)
    assert [(one.at.register, one.column) for one in again.edits] == [("vendors", "open_jobs")]
    assert {one.to.role for one in again.occasions if one.notice == "appointment-vendor"} == {"vendor:V1"}
    small.row("tickets")["vendor"] = "V9"
    assert "tickets.vendor[0]" not in cells(small.plan("2026-11-24T10:10").edits), "from then on it is staff's"


def test_vendors_without_the_setting_the_column_is_staffs():
    register = next(one for one in registers_of(desk().settings) if one.name == "tickets")
    assert register.by_key["vendor"].written_by is Writer.STAFF


def test_vendors_auto_assign_enters_nobody_where_none_fits_or_the_row_is_wrong():
    small = desk(ticket(city="Chengdu"), ticket("AS-2", delivered_on="2026.13.5"), config=AUTO)
    assert not [one for one in small.run(TUESDAY).edits if one.column == "vendor"]


# -- two visits at one time -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("other", "clashes"),
    [
        ({"visit_at": datetime(2026, 11, 26, 11)}, True),
        ({"visit_at": datetime(2026, 11, 26, 12)}, False),  # two hours, where nobody estimated
        ({"visit_at": datetime(2026, 11, 26, 9), "estimated_hours": 0.5}, False),
        ({"visit_at": datetime(2026, 11, 26, 9), "estimated_hours": 3}, True),
        ({"visit_at": date(2026, 11, 26)}, False),
        ({"visit_at": datetime(2026, 11, 26, 11), "vendor": "V2"}, False),
        ({"visit_at": datetime(2026, 11, 26, 11), "status": "cancelled"}, False),
        ({"visit_at": datetime(2026, 11, 26, 11), "vendor_reply": "declined"}, False),
    ],
)
def test_vendors_two_visits_of_one_vendor_at_one_time_are_found(other, clashes):
    small = desk(
        ticket(vendor="V1", status="dispatched", visit_at=datetime(2026, 11, 26, 10)),
        ticket("AS-2", **{"phone": "13900139000", "vendor": "V1", "status": "dispatched", **other}),
        vendors=[vendor(), vendor("V2")],
    )
    plan = small.run(TUESDAY)
    found = [(one.key, one.column, small.say(one.reason)) for one in plan.findings if one.code == "visit-clash"]
    assert found == (
        [
            ("AS-1", "visit_at", "overlaps with AS-2: one vendor cannot be in two places"),
            ("AS-2", "visit_at", "overlaps with AS-1: one vendor cannot be in two places"),
        ]
        if clashes
        else []
    )
    assert small.plan(TUESDAY).edits == ()
