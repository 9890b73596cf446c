"""Durations as policies write them."""

from decimal import Decimal

import pytest

from toolkit.worktime import Duration, Unit


@pytest.mark.parametrize(
    ("text", "amount", "unit", "written"),
    [
        ("30min", "30", Unit.MINUTE, "30min"),
        ("24h", "24", Unit.HOUR, "24h"),
        ("90bmin", "90", Unit.BUSINESS_MINUTE, "90bmin"),
        ("2bh", "2", Unit.BUSINESS_HOUR, "2bh"),
        ("3bd", "3", Unit.BUSINESS_DAY, "3bd"),
        ("7d", "7", Unit.DAY, "7d"),
        ("3mo", "3", Unit.MONTH, "3mo"),
        ("1y", "1", Unit.YEAR, "1y"),
        ("1.5bh", "1.5", Unit.BUSINESS_HOUR, "1.5bh"),
        ("0.75bmin", "0.75", Unit.BUSINESS_MINUTE, "0.75bmin"),
        (".5h", "0.5", Unit.HOUR, "0.5h"),
        ("  1.50 BH ", "1.5", Unit.BUSINESS_HOUR, "1.5bh"),
        ("10 Bd", "10", Unit.BUSINESS_DAY, "10bd"),
        ("2.0d", "2", Unit.DAY, "2d"),
        ("100h", "100", Unit.HOUR, "100h"),
        ("0bh", "0", Unit.BUSINESS_HOUR, "0bh"),
        ("00.0h", "0", Unit.HOUR, "0h"),
    ],
)
def test_a_duration_is_read_and_written_back(text, amount, unit, written):
    duration = Duration.parse(text)
    assert (duration.amount, duration.unit) == (Decimal(amount), unit)
    assert str(duration) == written
    assert Duration.parse(str(duration)) == duration


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not a duration"),
        ("2", "not a duration"),
        ("bh", "not a duration"),
        ("-2bh", "not a duration"),
        ("1e3h", "not a duration"),
        ("２bh", "not a duration"),
        ("1,5bh", "not a duration"),
        ("2bh 30min", "not a duration"),
        (None, "not a duration"),
        (2, "not a duration"),
        ("2hours", "Unknown unit 'hours'"),
        ("3m", "Unknown unit 'm'"),
        ("1.5bd", "bd counts whole ones, found 1.5"),
        ("0.5d", "d counts whole ones"),
        ("1.5mo", "mo counts whole ones"),
        ("99999999999999h", "beyond any calendar"),
    ],
)
def test_anything_else_is_refused_with_what_was_found(text, words):
    with pytest.raises(ValueError, match=words) as refused:
        Duration.parse(text)
    assert str(text) in str(refused.value) or "counts whole" in str(refused.value)


def test_the_refusal_names_the_units_that_are_allowed():
    with pytest.raises(ValueError, match="min, h, bmin, bh, bd, d, mo, y"):
        Duration.parse("5 fortnights")


@pytest.mark.parametrize("amount", [Decimal("NaN"), Decimal("Infinity"), Decimal(-1)])
def test_an_amount_is_finite_and_not_negative(amount):
    with pytest.raises(ValueError, match="zero or more"):
        Duration(amount, Unit.HOUR)


def test_a_float_is_no_exact_amount():
    with pytest.raises(TypeError, match="exactly"):
        Duration(0.1, Unit.HOUR)


def test_a_duration_may_be_built_from_a_whole_number_and_a_units_name():
    assert Duration(2, "bh") == Duration.parse("2bh")
    assert hash(Duration(2, "bh")) == hash(Duration.parse("2.0bh"))


def test_decimal_amounts_are_exact_to_the_microsecond():
    assert Duration.parse("0.75bmin").working == 45_000_000
    assert Duration.parse("0.1h").clock == 360_000_000
    assert Duration.parse("0.1bd".replace("0.1", "1")).working is None
