"""How a supplier stands by its complaints."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.rules.standing import Complaint, Limits, Step, standing

TODAY = date(2026, 11, 23)


def complaints(text):
    """`11-02 surface; 10-03` -> complaints of 2026 unless a year is given; without an issue nobody said."""
    found = []
    for n, one in enumerate(text.split(";")) if text else ():
        day, _, issue = one.strip().partition(" ")
        day = day if len(day) == 10 else f"2026-{day}"
        found.append(Complaint(date.fromisoformat(day), (issue,) if issue else (), f"T{n}"))
    return found


@pytest.mark.parametrize(
    ("said", "this_month", "same", "steps"),
    [
        ("", 0, 0, ()),
        ("11-01 surface; 11-02 surface; 11-03 size", 3, 2, ()),
        ("11-01 surface; 11-02 surface; 11-23 surface", 3, 3, (Step.WARNING,)),
        ("11-01 a; 11-02 a; 11-03 a; 11-04 a", 4, 4, (Step.NOTICE,)),
        ("11-01; 11-02; 11-03; 11-04", 4, 0, ()),
        ("10-01 a; 10-02 a; 10-03 a; 10-31 a; 11-01 a; 11-02 a; 11-03 a", 3, 3, (Step.REMOVAL,)),
        ("10-01 a; 10-02 a; 10-03 a; 10-31 a; 11-01 a; 11-02 a", 2, 2, ()),
        ("10-01 b; 10-02 b; 10-03 b; 10-31 b; 11-01 a; 11-02 a; 11-03 a", 3, 3, (Step.WARNING,)),
        ("10-01 a; 10-02 a; 10-03 a; 11-01 a; 11-02 a; 11-03 a", 3, 3, (Step.WARNING,)),
        ("09-01 a; 09-02 a; 09-03 a; 09-04 a; 11-01 a; 11-02 a; 11-03 a", 3, 3, (Step.WARNING,)),
        ("11-24 a; 11-25 a; 11-26 a", 0, 0, ()),
        # Most complaints are about a; those about b went on after the notice, and that is the graver.
        (
            "10-01 b; 10-02 b; 10-03 b; 10-04 b; 11-01 b; 11-02 b; 11-03 b; " + "11-05 a; " * 4 + "11-06 a",
            8,
            3,
            (Step.REMOVAL,),
        ),
    ],
)
def test_suppliers_same_issue_in_one_month_warning_notice_removal(said, this_month, same, steps):
    found = standing(complaints(said), TODAY, Limits(), since=None, has_paid_fund=False)
    assert (found.this_month, found.same_issue, found.steps) == (this_month, same, steps)


@pytest.mark.parametrize(("total", "paid", "is_due"), [(25, False, False), (26, False, True), (26, True, False)])
def test_suppliers_more_than_25_complaints_in_all_owe_the_fund(total, paid, is_due):
    made = [Complaint(date(2024, 1, 1 + n % 28)) for n in range(total)]
    found = standing(made, TODAY, Limits(), since=None, has_paid_fund=paid)
    assert (found.total, Step.FUND in found.steps) == (total, is_due)


@pytest.mark.parametrize(
    ("since", "said", "is_awarded"),
    [
        ("2025-11-23", "", True),
        ("2025-11-24", "", False),
        ("2020-01-01", "2025-11-22 a", True),
        ("2020-01-01", "2025-11-24 a", False),
        (None, "2025-01-01 a", True),  # when it began or not: since then there was none
        (None, "", False),
    ],
)
def test_suppliers_a_year_with_no_complaint_is_awarded(since, said, is_awarded):
    begun = date.fromisoformat(since) if since else None
    found = standing(complaints(said), TODAY, Limits(), since=begun, has_paid_fund=False)
    assert (Step.AWARD in found.steps) == is_awarded


@pytest.mark.parametrize(
    ("awarded_on", "is_awarded"),
    [("2026-11-02", True), ("2026-10-31", False), ("2025-11-24", False), ("2025-11-23", True)],
)
def test_suppliers_an_award_that_was_decided_is_not_proposed_again_for_a_year(awarded_on, is_awarded):
    found = standing(
        complaints("2024-01-01 a"),
        TODAY,
        Limits(),
        since=None,
        has_paid_fund=False,
        awarded_on=date.fromisoformat(awarded_on),
    )
    assert (Step.AWARD in found.steps) == is_awarded


@given(
    st.lists(
        st.builds(Complaint, st.dates(date(2026, 9, 1), date(2026, 12, 31)), st.sampled_from([(), ("a",), ("b",)]))
    ),
    st.randoms(),
)
def test_the_order_of_complaints_does_not_matter_and_only_one_rung_is_proposed(made, random):
    shuffled = list(made)
    random.shuffle(shuffled)
    found = standing(made, TODAY, Limits(), since=None, has_paid_fund=False)
    assert found.steps == standing(shuffled, TODAY, Limits(), since=None, has_paid_fund=False).steps
    assert len({Step.WARNING, Step.NOTICE, Step.REMOVAL} & set(found.steps)) <= 1
    assert found.same_issue <= found.this_month <= found.total
    assert len(found.about_issue) == found.same_issue
