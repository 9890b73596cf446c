"""What stands out among its like: the limits to the case."""

from __future__ import annotations

import pytest

from toolkit.rules.outliers import Limits, Outlier, outlying_counts, outlying_rates

LIMITS = Limits(deviations=2, least=5, least_orders=20)


@pytest.mark.parametrize(
    ("counts", "orders", "expected"),
    [
        # the others have 4 of 100: 4 expected of 100, a spread of √4; 2 of them are 4
        ({"a": 8, "b": 4}, {"a": 100, "b": 100}, [Outlier("a", 8, 4.0)]),
        ({"a": 7, "b": 4}, {"a": 100, "b": 100}, []),
        # nobody else had any: 0 expected, and a spread of one case at least
        ({"a": 5}, {"a": 100, "b": 100}, [Outlier("a", 5, 0.0)]),
        ({"a": 4}, {"a": 100, "b": 100}, []),
        ({"a": 9}, {"a": 19, "b": 100}, []),
        ({"a": 9}, {"a": 20, "b": 100}, [Outlier("a", 9, 0.0)]),
        ({"a": 9}, {"a": 100}, []),
        ({"a": 9}, {"b": 100}, []),
        # more cases than orders, here and among the others: as much is expected
        ({"a": 60, "b": 200}, {"a": 30, "b": 100}, []),
        ({}, {}, []),
    ],
)
def test_triage_products_stand_out_by_their_rate_against_all_others_together(counts, orders, expected):
    assert list(outlying_rates(counts, orders, LIMITS)) == expected


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        # the others have 4 on average, a spread of 2: from 8 on
        ({"a": 8, "b": 4, "c": 4}, [Outlier("a", 8, 4.0)]),
        ({"a": 7, "b": 4, "c": 4}, []),
        ({"a": 4, "b": 1, "c": 1}, []),
        ({"a": 5, "b": 1, "c": 1}, [Outlier("a", 5, 1.0)]),
        ({"a": 50}, []),
        ({}, []),
    ],
)
def test_triage_products_stand_out_by_their_number_where_nobody_knows_how_many_were_ordered(counts, expected):
    assert list(outlying_counts(counts, LIMITS)) == expected
