"""Satisfaction, vendors' stars, staff and suppliers' issues on generated desks equal what plain loops over the cells count."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.figures import recount
from tests.unit.figures.test_accounts_recounted import NOW, SET_ASIDE, SHOP, desks, is_in, made, plain

APART = timedelta(hours=19)
STARS = {"not_satisfied": 1, "basically_satisfied": 3, "quite_satisfied": 5}
HALF_LIFE = 180
VENDOR = {"V1": "One (V1)", "V2": "Two (V2)", "Two": "Two (V2)"}


@st.composite
def with_calls(draw):
    """Calls far enough apart that none is another sent twice."""
    rows = draw(desks())
    del rows["orders"]  # whose clocks are counted elsewhere
    numbers = [one["ticket_no"] for one in rows["tickets"]]
    rows["surveys"] = [
        {
            "survey_no": f"C{n}", "ticket_no": draw(st.sampled_from(numbers)), "called_at": NOW - n * APART,
            "came_on_time": draw(st.sampled_from([None, "yes", "no"])), "satisfaction": draw(st.sampled_from([None, *STARS])),
            "adjusted_rating": draw(st.sampled_from([None, None, None, 4.5])), "adjusted_reason": "as agreed",
        }
        for n in (range(draw(st.integers(0, 70))) if numbers else ())
    ]  # fmt: skip
    return rows


def judged_calls(rows):
    """(call, ticket, stars, verdict, whether its stars count), the oldest call first."""
    tickets = {one["ticket_no"]: one for one in rows["tickets"]}
    found, rated = [], set()
    for call in sorted(rows["surveys"], key=lambda one: one["called_at"]):
        ticket = tickets[call["ticket_no"]]
        on_time, said = call["came_on_time"], call["satisfaction"]
        stars = None
        if ticket["kind"] == "repair" and said:
            stars = max(1, STARS[said] - (on_time == "no"))
        stars = call["adjusted_rating"] or stars
        verdict = said
        if said is None and on_time is not None:
            is_asked = ticket["kind"] == "repair"
            verdict = "not_satisfied" if is_asked and on_time == "no" else "quite_satisfied"
        counts = stars is not None
        if counts and ticket["finished_at"] and ticket["finished_at"] <= call["called_at"]:
            counts = call["ticket_no"] not in rated
            rated.add(call["ticket_no"])
        found.append((call, ticket, stars, verdict, counts))
    return found


def mean(values):
    values = list(values)
    return sum(values) / len(values) if values else None


def near(values):
    return [pytest.approx(one) if isinstance(one, float) else one for one in values]


@settings(max_examples=60, deadline=None)
@given(with_calls())
def test_digest_satisfaction_equals_an_independent_recomputation(rows):
    groups = defaultdict(list)
    for one in judged_calls(rows):
        if is_in(one[0]["called_at"], (2026, 11)):
            groups["questionnaire-service-visit" if one[1]["kind"] == "repair" else "no-questionnaire"].append(one)
    expected = {}
    for name, its in groups.items():
        verdicts = [one[3] for one in its if one[3]]
        stars = mean(one[2] for one in its if one[4])
        follow_ups = sum(
            call["satisfaction"] == "not_satisfied" or (name != "no-questionnaire" and call["came_on_time"] == "no")
            for call, *_ in its
        )
        expected[name] = (
            len(its), sum(bool(call["came_on_time"] or call["satisfaction"]) for call, *_ in its),
            mean(one != "not_satisfied" for one in verdicts), None if stars is None else (stars - 1) * 25, stars, follow_ups,
        )  # fmt: skip
    found = made(rows)
    assert {name: tuple(values) for name, *values in plain(found.table("satisfaction"))} == {
        name: tuple(near(values)) for name, values in expected.items()
    }
    said = Counter(call["came_on_time"] for call, *_ in groups["questionnaire-service-visit"])
    asked = said["yes"] + said["no"]
    assert plain(found.table("answers")) == (
        [("questionnaire-service-visit", "came_on_time", said["yes"], said["no"], said["no"] / asked)] if asked else []
    )


@settings(max_examples=60, deadline=None)
@given(with_calls())
def test_digest_vendor_stars_and_ratings_equal_an_independent_recomputation(rows):
    calls = defaultdict(list)
    for call, ticket, stars, _, counts in judged_calls(rows):
        if counts and ticket["vendor"]:
            calls[VENDOR[ticket["vendor"]]].append((call, stars))
    found = made(rows)
    for name, _, _, _, punctual, stars, *_ in plain(found.table("vendors")):
        its = [one for one in calls[name] if is_in(one[0]["called_at"], (2026, 11))]
        said = [call["came_on_time"] == "yes" for call, _ in its if call["came_on_time"]]
        assert (punctual, stars) == tuple(near((mean(said), mean(stars for _, stars in its))))
    for name, rating, n, *_ in plain(found.table("vendor-standing")):
        weights = [0.5 ** ((NOW.date() - call["called_at"].date()).days / HALF_LIFE) for call, _ in calls[name]]
        weighted = sum(weight * stars for weight, (_, stars) in zip(weights, calls[name], strict=True))
        assert (rating, n) == (pytest.approx(weighted / sum(weights)) if weights else None, len(weights))


@settings(max_examples=60, deadline=None)
@given(with_calls())
def test_digest_staff_in_time_and_satisfaction_equal_an_independent_recomputation(rows):
    expected = defaultdict(lambda: [Counter(), []])

    def owner(ticket):
        return ticket["owner"].strip().title() if ticket["owner"] else None

    for _, step, due, stop, ticket in recount.clocks(rows):
        result, _ = recount.outcome(step, due, stop, ticket, NOW)
        if result is not None and is_in(due, (2026, 11)):
            expected[owner(ticket)][0][result] += 1
    for call, ticket, _, verdict, _ in judged_calls(rows):
        if is_in(call["called_at"], (2026, 11)):
            expected[owner(ticket)][1].append(verdict)
    found = {one[0]: one[3:] for one in plain(made(rows).table("staff"))}
    assert {name: values for name, values in found.items() if values[0] or values[2]} == {
        name: (
            clocks.total(), clocks["met"] / clocks.total() if clocks else None, len(calls),
            mean(one != "not_satisfied" for one in calls if one),
        )
        for name, (clocks, calls) in expected.items()
    }  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(desks())
def test_digest_supplier_issues_of_both_months_equal_an_independent_recomputation(rows):
    def recounted(month):
        return Counter(
            one["fault"]
            for one in rows["tickets"]
            if one["supplier"] in ("S1", "Acme") and one["status"] not in SET_ASIDE and is_in(one["opened_at"], month)
        )

    now, before = recounted((2026, 11)), recounted((2026, 10))
    found = made(rows).table("supplier-issues")
    assert {tuple(one[:2]): one[2] for one in plain(found)} == {("Acme (S1)", fault): n for fault, n in now.items()}
    assert [one.before for one in found.lines] == [(before[one[1]],) for one in plain(found)]


def test_digest_satisfaction_the_desk_that_is_recounted_has_the_settings_that_the_loops_take_for_granted():
    assert (SHOP.vendors.half_life_days, SHOP.callbacks.same_within < APART) == (HALF_LIFE, True)
    assert [(one.name, one.when) for one in SHOP.questionnaires] == [("service-visit", {"kind": ("repair", "install")})]
