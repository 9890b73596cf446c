"""Warranty: terms by preset and category, start dates that stand in for others, what is not covered (20, Warranty)."""

from __future__ import annotations

from datetime import date

import pytest

from tests.unit.small_desk import SmallDesk, ticket

DAY = date(2026, 1, 31)


@pytest.mark.parametrize(
    ("preset", "row", "until", "coverage"),
    [
        ("furniture-retail", {"delivered_on": DAY}, date(2027, 1, 31), "in warranty"),
        ("furniture-retail", {"bought_on": DAY}, None, "needs a date: Delivered on"),
        ("furniture-retail", {"category": "dining_chair", "bought_on": DAY}, date(2027, 1, 31), "in warranty"),
        ("dining-chairs", {"bought_on": date(2025, 11, 22)}, date(2026, 11, 22), "out of warranty, paid"),
        ("dining-chairs", {"bought_on": date(2025, 11, 23)}, date(2026, 11, 23), "in warranty"),
        ("lighting-factory", {"bought_on": DAY}, date(2027, 1, 31), "in warranty"),
        ("office-furniture", {"goods_accepted_on": DAY}, date(2029, 1, 31), "in warranty"),
        ("office-furniture", {"delivered_on": DAY}, date(2029, 1, 31), "in warranty"),
        (
            "office-furniture",
            {"delivered_on": DAY, "goods_accepted_on": date(2026, 2, 28)},
            date(2029, 2, 28),
            "in warranty",
        ),
        ("office-furniture", {}, None, "needs a date: Goods accepted on, Delivered on"),
        (
            "furniture-retail",
            {"delivered_on": DAY, "cause": "customer_misuse"},
            date(2027, 1, 31),
            "not covered: misuse",
        ),
        (
            "furniture-retail",
            {"delivered_on": DAY, "cause": "installation_damage", "installed_by": "us"},
            date(2027, 1, 31),
            "in warranty",
        ),
        (
            "furniture-retail",
            {"delivered_on": DAY, "cause": "installation_damage", "installed_by": "customer"},
            date(2027, 1, 31),
            "not covered: misuse",
        ),
        (
            "furniture-retail",
            {"delivered_on": DAY, "cause": "product_quality", "installed_by": "customer"},
            date(2027, 1, 31),
            "in warranty",
        ),
        ("dining-chairs", {"bought_on": date(2024, 2, 29)}, date(2025, 2, 28), "out of warranty, paid"),
        ("office-furniture", {"goods_accepted_on": date(2024, 2, 29)}, date(2027, 2, 28), "in warranty"),
        ("furniture-retail", {"cause": "force_majeure"}, None, "not covered: natural disaster"),
    ],
)
def test_warranty_runs_by_preset_and_category_from_the_first_date_there_is(preset, row, until, coverage):
    plan = SmallDesk(preset).with_rows("tickets", ticket(**row)).plan()
    assert plan.cells("warranty_until", "coverage") == (until, coverage)


@pytest.mark.parametrize(
    ("category", "fault", "is_covered"),
    [
        ("desk", "structure", True),
        ("desk", "surface", True),
        ("table", "mechanism", True),
        ("desk", "fabric_leather", False),
        ("cabinet", "mechanism", True),
        ("cabinet", "surface", False),
        ("office_chair", "fabric_leather", True),
        ("office_chair", "surface", False),
        ("office_chair", None, True),
        ("sofa", "smell", True),
    ],
)
def test_warranty_of_office_furniture_covers_the_listed_faults_of_each_category(category, fault, is_covered):
    row = ticket(category=category, fault=fault, delivered_on=DAY)
    found = SmallDesk("office-furniture").with_rows("tickets", row).plan().cells("coverage")
    assert found == ("in warranty" if is_covered else "not covered: this fault, paid")
