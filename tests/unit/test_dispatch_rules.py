"""Who is sent, as a pure rule: each filter, each kind of point, and what holds for any desk (20, Vendors)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.core.reason import because
from toolkit.rules.candidates import ANY_SKILL, Ask, Job, Rules, Vendor
from toolkit.rules.diary import Diary, Visit
from toolkit.rules.dispatch import assign, busy, points_of, unfit

DAY = date(2026, 11, 24)
RULES = Rules(
    points={"stars": 40, "near": 20, "load": 15, "price": 10, "skill": 15, "known": 10},
    minimum_stars=3,
    neutral_stars=3.5,
    full_load=10,
    travel=timedelta(minutes=30),
)
SOFA, DRILL, LEATHER = Ask(frozenset({"sofa"}), "Sofa"), Ask(frozenset({"drill"}), "drill"), Ask(frozenset({"l"}), "l")


def vendor(no="V1", **said):
    base = {"cities": frozenset({"shanghai"}), "is_firm": True, "skills": frozenset({"sofa"}), "capacity": 3}
    return Vendor(no, no, no, **{**base, "stars": 4.0, "price": 100.0, **said})


def at(hour, minute=0, day=DAY):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def job(key="J1", hour=None, hours=2, **said):
    base = {"city": "shanghai", "day": DAY, "skills": (SOFA,)}
    if hour is not None:
        base |= {"starts_at": at(hour), "ends_at": at(hour) + timedelta(hours=hours)}
    return Job(key, **{**base, **said})


@pytest.mark.parametrize(
    ("said", "asked", "expected"),
    [
        ({}, {}, None),
        ({"is_active": False}, {}, because("passed.inactive")),
        ({"is_qualified": False}, {}, because("passed.unqualified")),
        ({"stars": 2.9}, {}, because("passed.stars", stars=2.9, minimum=3)),
        ({"stars": 3.0}, {}, None),
        ({"stars": None}, {}, None),  # no data passes, with neutral points
        ({"skills": frozenset({"bed"})}, {}, because("passed.skill", skill="Sofa")),
        ({"skills": frozenset({ANY_SKILL})}, {}, None),
        ({}, {"equipment": (DRILL,)}, because("passed.equipment", equipment="drill")),
        ({"equipment": frozenset({"drill"})}, {"equipment": (DRILL,)}, None),
        ({"fault": because("passed.row")}, {}, because("passed.row")),
    ],
)
def test_vendors_only_active_qualified_ones_with_the_stars_the_skill_and_the_equipment(said, asked, expected):
    assert unfit(vendor(**said), job(**asked), RULES) == expected


@pytest.mark.parametrize(
    ("visits", "asked", "expected"),
    [
        ([], {"hour": 9}, None),
        ([(9, 11)], {"hour": 10}, because("passed.slot", job="A0", at=at(9))),
        ([(9, 11)], {"hour": 11}, because("passed.slot", job="A0", at=at(9))),  # the way takes half an hour
        ([(9, 10)], {"hour": 11}, None),
        ([(13, 15)], {"hour": 9}, None),
        ([None, None], {"hour": 9}, None),
        ([(8, 9), (10, 11), None], {"hour": 14}, because("passed.capacity", taken=3, capacity=3, day=DAY)),
        ([], {"out": {"V1": because("passed.declined")}}, because("passed.declined")),
    ],
)
def test_vendors_with_a_free_slot_at_the_appointment_and_room_on_the_day(visits, asked, expected):
    diary = Diary()
    for n, one in enumerate(visits):
        diary.add("V1", DAY, Visit(f"A{n}", *(map(at, one) if one else ())))
    assert busy(vendor(), job(**asked), RULES, diary) == expected


def test_a_visit_that_runs_past_midnight_takes_the_next_morning_too():
    diary = Diary()
    diary.add("V1", DAY, Visit("A", at(22), at(22) + timedelta(hours=4)))
    tomorrow = DAY + timedelta(days=1)
    early = job(day=tomorrow, starts_at=at(1, day=tomorrow), ends_at=at(3, day=tomorrow))
    assert busy(vendor(), early, RULES, diary) == because("passed.slot", job="A", at=at(22))


@pytest.mark.parametrize(
    ("said", "asked", "prices", "expected"),
    [
        ({}, {}, (100, 100), (30.0, 0, 15.0, 10.0, 0, 0)),
        ({"stars": 5.0}, {}, (100, 100), (40.0, 0, 15.0, 10.0, 0, 0)),
        ({"stars": None}, {}, (100, 100), (25.0, 0, 15.0, 10.0, 0, 0)),  # as 3.5 stars
        ({"district": "pudong"}, {"near": frozenset({"pudong"})}, (100, 100), (30.0, 20, 15.0, 10.0, 0, 0)),
        ({"load": 4}, {}, (100, 100), (30.0, 0, 9.0, 10.0, 0, 0)),
        ({"load": 40}, {}, (100, 100), (30.0, 0, 0.0, 10.0, 0, 0)),
        ({"price": 150.0}, {}, (100, 200), (30.0, 0, 15.0, 5.0, 0, 0)),
        ({"price": 200.0}, {}, (100, 200), (30.0, 0, 15.0, 0.0, 0, 0)),
        ({"price": None}, {}, (100, 200), (30.0, 0, 15.0, 5.0, 0, 0)),
        ({"skills": frozenset({"l"})}, {"extra": (LEATHER, SOFA)}, (100, 100), (30.0, 0, 15.0, 10.0, 7.5, 0)),
        ({}, {"known": {"V1": 5.0}}, (100, 100), (30.0, 0, 15.0, 10.0, 0, 10.0)),
        ({}, {"known": {"V1": 1.0}}, (100, 100), (30.0, 0, 15.0, 10.0, 0, -10.0)),
    ],
)
def test_vendors_points_for_stars_district_load_price_skill_and_history(said, asked, prices, expected):
    assert points_of(vendor(**said), job(**asked), RULES, 0, prices) == expected


def best(jobs, vendors, **rules):
    found = assign(jobs, vendors, replace(RULES, **rules), Diary())
    return {key: one.best.vendor.no if one.best else None for key, one in found.items()}


def test_vendors_in_the_customers_city_only_the_nearest_first():
    near, far = vendor("V2", district="pudong"), vendor("V1", stars=4.2)
    elsewhere = vendor("V0", cities=frozenset({"suzhou"}), stars=5.0)
    assert best([job(near=frozenset({"pudong"}))], [far, elsewhere, near]) == {"J1": "V2"}
    assert best([job(city="")], [near]) == {"J1": None}


def test_vendors_firms_before_individuals_and_individuals_only_where_no_firm_fits():
    firm, person = vendor("V2", stars=3.0), vendor("V1", is_firm=False, stars=5.0)
    found = assign([job()], [firm, person], RULES, Diary(), {"J1"})["J1"]
    assert found.best.vendor is firm
    assert [(one.vendor.no, one.why) for one in found.passed] == [("V1", because("passed.individual"))]
    assert best([job()], [replace(firm, is_active=False), person]) == {"J1": "V1"}
    assert best([job()], [firm, person], firms_first=False) == {"J1": "V1"}


def test_vendors_ties_are_settled_by_number_always_the_same_way():
    twins = [vendor("V3"), vendor("V1"), vendor("V2")]
    assert best([job()], twins) == best([job()], twins[::-1]) == {"J1": "V1"}


def test_triage_another_vendor_is_preferred_after_a_complaint_about_manners_even_an_individual():
    rude, other = vendor("V1", stars=5.0), vendor("V2", is_firm=False, stars=3.0)
    shunned = job(shunned={"V1"})
    assert best([shunned], [rude, other]) == {"J1": "V2"}
    assert best([shunned], [rude]) == {"J1": "V1"}, "preferred is not excluded"


def test_vendors_urgent_tickets_come_first_then_the_earlier_appointment_then_the_older_ticket():
    only = vendor(capacity=1)
    late, early, urgent = job("J1", 14), job("J2", 9), job("J3", 16, is_urgent=True)
    assert best([late, early], [only]) == {"J1": None, "J2": "V1"}
    assert best([late, early, urgent], [only]) == {"J1": None, "J2": None, "J3": "V1"}
    old, new = job("J5", opened_at=at(8)), job("J4", opened_at=at(9))
    assert best([new, old], [only]) == {"J4": None, "J5": "V1"}


def test_vendors_tickets_of_one_run_respect_each_other():
    first, second = vendor("V1", stars=5.0), vendor("V2", stars=3.0)
    assert best([job("J1", 9), job("J2", 10)], [first, second]) == {"J1": "V1", "J2": "V2"}
    assert best([job("J1", 9), job("J2", 14)], [first, second]) == {"J1": "V1", "J2": "V1"}


def test_vendors_none_fits_tells_why_for_each_of_the_city():
    found = assign([job()], [vendor("V1", is_active=False), vendor("V2", stars=1.0)], RULES, Diary())["J1"]
    assert found.best is None
    assert [(one.vendor.no, one.why.code) for one in found.passed] == [
        ("V1", "passed.inactive"),
        ("V2", "passed.stars"),
    ]


VENDORS = st.lists(
    st.builds(
        lambda n, **said: vendor(f"V{n}", **said),
        st.integers(0, 999),
        capacity=st.integers(1, 4),
        is_firm=st.booleans(),
        stars=st.one_of(st.none(), st.floats(1, 5)),
        load=st.integers(0, 12),
        price=st.one_of(st.none(), st.floats(50, 300)),
        cities=st.sampled_from([frozenset({"shanghai"}), frozenset({"suzhou"}), frozenset({"shanghai", "suzhou"})]),
    ),
    max_size=8,
    unique_by=lambda one: one.key,
)
JOBS = st.lists(
    st.builds(
        lambda n, hour, **said: job(f"J{n}", hour, **said),
        st.integers(0, 999),
        st.one_of(st.none(), st.integers(8, 17)),
        is_urgent=st.booleans(),
        city=st.sampled_from(["shanghai", "suzhou", ""]),
        opened_at=st.one_of(st.none(), st.integers(0, 23).map(at)),
    ),
    max_size=15,
    unique_by=lambda one: one.key,
)


@settings(max_examples=150, deadline=None)
@given(JOBS, VENDORS, st.randoms())
def test_vendors_the_same_result_whatever_the_order_of_the_rows(jobs, vendors, dice):
    mixed_jobs, mixed_vendors = dice.sample(jobs, len(jobs)), dice.sample(vendors, len(vendors))
    assert best(jobs, vendors) == best(mixed_jobs, mixed_vendors)


@settings(max_examples=150, deadline=None)
@given(JOBS, VENDORS)
def test_vendors_capacity_is_never_exceeded_and_nobody_is_in_two_places(jobs, vendors):
    found = assign(jobs, vendors, RULES, Diary())
    for one in vendors:
        its = [each for each in jobs if found[each.key].best and found[each.key].best.vendor.key == one.key]
        assert len(its) <= one.capacity
        assert all(each.city in one.cities for each in its)
        timed = sorted((each.starts_at, each.ends_at) for each in its if each.starts_at)
        assert all(earlier[1] + RULES.travel <= later[0] for earlier, later in pairwise(timed))
    sent = [(each, found[each.key].best) for each in jobs if found[each.key].best is not None]
    assert [unfit(choice.vendor, each, RULES) for each, choice in sent] == [None] * len(sent)


@settings(max_examples=100, deadline=None)
@given(JOBS, VENDORS)
def test_vendors_an_urgent_ticket_gets_what_it_would_get_alone_among_the_urgent(jobs, vendors):
    urgent = [one for one in jobs if one.is_urgent]
    together, alone = best(jobs, vendors), best(urgent, vendors)
    assert {key: together[key] for key in alone} == alone
