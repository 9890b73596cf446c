"""A month's figures in words: units, changes, what is blank, and which month somebody means."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from tests.month_report import FIGURES, OCTOBER, UNREAD, report_of, wording_of
from tests.small_desk import SmallDesk, settings_of
from toolkit.app.report.asked import asked_month
from toolkit.core.errors import UsageError
from toolkit.core.reason import Name
from toolkit.jobs.figures.shape import Month, Unit


@pytest.mark.parametrize(
    ("value", "unit", "english", "chinese"),
    [
        (1234567, Unit.COUNT, "1,234,567", "1,234,567"),
        (0, Unit.COUNT, "0", "0"),
        (0.93333, Unit.SHARE, "93.3%", "93.3%"),
        (1, Unit.SHARE, "100.0%", "100.0%"),
        (0.0, Unit.SHARE, "0.0%", "0.0%"),
        (timedelta(days=2, hours=3, minutes=20), Unit.SPAN, "2 d 3 h", "2天3小时"),
        (timedelta(days=2, hours=3, minutes=40), Unit.SPAN, "2 d 4 h", "2天4小时"),
        (timedelta(days=1), Unit.SPAN, "1 d", "1天"),
        (timedelta(hours=23, minutes=59, seconds=50), Unit.SPAN, "1 d", "1天"),
        (timedelta(hours=23, minutes=59), Unit.SPAN, "23 h 59 min", "23小时59分钟"),
        (timedelta(hours=5), Unit.SPAN, "5 h", "5小时"),
        (timedelta(minutes=4, seconds=31), Unit.SPAN, "5 min", "5分钟"),
        (timedelta(), Unit.SPAN, "0 min", "0分钟"),
        (timedelta(minutes=-90), Unit.SPAN, "−1 h 30 min", "−1小时30分钟"),
        (timedelta(seconds=-5), Unit.SPAN, "0 min", "0分钟"),
        (timedelta(days=2, hours=3, minutes=20), Unit.WORK, "51 h 20 min", "51小时20分钟"),
        (timedelta(hours=8), Unit.WORK, "8 h", "8小时"),
        (Decimal("12345.5"), Unit.MONEY, "CN¥12,345.50", "¥12,345.50"),
        (4.25, Unit.STARS, "4.2", "4.2"),
        (2, Unit.NUMBER, "2", "2"),
        (2.5, Unit.NUMBER, "2.5", "2.5"),
        (1200, Unit.NUMBER, "1,200", "1,200"),
        (date(2026, 10, 5), Unit.DAY, "2026-10-05", "2026-10-05"),
        ("Corner guards", Unit.TEXT, "Corner guards", "Corner guards"),
        (Name("tickets", "kind", "repair"), Unit.TEXT, "Repair", "维修"),
        (None, Unit.COUNT, "no data", "无数据"),
        (None, Unit.SHARE, "no data", "无数据"),
        (None, Unit.STARS, "no data", "无数据"),
        (None, Unit.DAY, "", ""),
        (None, Unit.TEXT, "", ""),
    ],
)
def test_report_a_value_is_said_in_its_unit_and_no_data_is_not_zero(value, unit, english, chinese):
    assert (wording_of("en").value(value, unit), wording_of("zh-CN").value(value, unit)) == (english, chinese)


@pytest.mark.parametrize(
    ("value", "before", "unit", "english", "chinese"),
    [
        (12, 10, Unit.COUNT, "+2", "+2"),
        (10, 1200, Unit.COUNT, "−1,190", "−1,190"),
        (5, 5, Unit.COUNT, "±0", "±0"),
        (0.9, 0.95, Unit.SHARE, "−5.0 points", "−5.0个百分点"),
        (0.95, 0.9, Unit.SHARE, "+5.0 points", "+5.0个百分点"),
        (0.9001, 0.9, Unit.SHARE, "±0", "±0"),
        (timedelta(hours=5), timedelta(hours=3, minutes=30), Unit.SPAN, "+1 h 30 min", "+1小时30分钟"),
        (timedelta(hours=3), timedelta(days=2), Unit.SPAN, "−1 d 21 h", "−1天21小时"),
        (timedelta(hours=3), timedelta(hours=3, seconds=5), Unit.SPAN, "±0", "±0"),
        (timedelta(hours=3), timedelta(days=2), Unit.WORK, "−45 h", "−45小时"),
        (Decimal("1.10"), Decimal("2.20"), Unit.MONEY, "−CN¥1.10", "−¥1.10"),
        (Decimal("1.10"), 0, Unit.MONEY, "+CN¥1.10", "+¥1.10"),
        (4.5, 4.4, Unit.STARS, "+0.1", "+0.1"),
        (2, 1.5, Unit.NUMBER, "+0.5", "+0.5"),
        (None, 0.5, Unit.SHARE, "", ""),
        (0.5, None, Unit.SHARE, "", ""),
        (date(2026, 10, 5), date(2026, 9, 5), Unit.DAY, "", ""),
        ("a", "b", Unit.TEXT, "", ""),
    ],
)
def test_report_what_changed_against_the_month_before_has_its_sign(value, before, unit, english, chinese):
    said = [wording_of(locale).change(value, before, unit) for locale in ("en", "zh-CN")]
    assert said == [english, chinese]


@pytest.mark.parametrize(
    ("locale", "title", "notes"),
    [
        (
            "en",
            "After-sales report, October 2026",
            (
                "Changes are against September 2026.",
                "October 2026 is not over: what stands here goes on changing.",
                "“Orders” (main) could not be read: what it would have counted is missing here.",
            ),
        ),
        (
            "zh-CN",
            "售后月报 2026年10月",
            (
                "增减均与2026年9月相比。",
                "2026年10月尚未结束，数字还会变动。",
                "“订单跟踪”（main）读不到，相关数字缺失。",
            ),
        ),
    ],
)
def test_report_says_of_a_running_month_and_of_registers_that_were_not_read_that_figures_are_missing(
    locale, title, notes
):
    report = report_of(locale)
    assert (report.title, report.notes) == (title, notes)
    whole = wording_of(locale).report(replace(FIGURES, is_running=False))
    assert whole.notes == notes[:1]
    assert report.unread == UNREAD


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
def test_report_each_month_of_the_year_has_a_name(locale):
    names = [wording_of(locale).month(Month(2027, month)) for month in range(1, 13)]
    assert len(set(names)) == 12
    assert wording_of(locale).month(OCTOBER) == {"en": "October 2026", "zh-CN": "2026年10月"}[locale]


# Which month

NOW = datetime(2026, 11, 30, 23, 30)


def ticket(opened_at):
    return {
        "ticket_no": "AS-1", "opened_at": opened_at, "kind": "repair", "customer": "Anna", "phone": "13800138000",
        "problem": "A spring is broken", "status": "new",
    }  # fmt: skip


def asked(text, *opened, now=NOW, config="", **more):
    desk = SmallDesk(settings_of(config), {"tickets": [ticket(one) for one in opened], **more})
    moment = desk.moment(now)
    return str(asked_month(text, desk.snapshot(moment), desk.settings, moment))


FIRST = datetime(2026, 3, 31, 9)


@pytest.mark.parametrize(
    ("text", "month"),
    [
        (None, "2026-10"),
        ("last", "2026-10"),
        ("LAST", "2026-10"),
        ("this", "2026-11"),
        ("2026-11", "2026-11"),
        ("2026-3", "2026-03"),
        ("2026-03", "2026-03"),
        ("2026/09", "2026-09"),
        ("2026.9", "2026-09"),
        ("2026年9月", "2026-09"),
        ("２０２６－０９", "2026-09"),
    ],
)
def test_report_a_month_is_named_as_people_write_it(text, month):
    assert asked(text, FIRST) == month


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2026-13", "“2026-13” is not a month: write it like 2026-11, or say this or last"),
        ("2026-00", "“2026-00” is not a month: write it like 2026-11, or say this or last"),
        ("0000-01", "“0000-01” is not a month: write it like 2026-11, or say this or last"),
        ("11/2026", "“11/2026” is not a month: write it like 2026-11, or say this or last"),
        ("2026-11-05", "“2026-11-05” is not a month: write it like 2026-11, or say this or last"),
        ("november", "“november” is not a month: write it like 2026-11, or say this or last"),
        ("", "“” is not a month: write it like 2026-11, or say this or last"),
        ("2026-12", "2026-12 has not begun yet; the newest report is that of 2026-11 (this)"),
        ("2026-02", "There is nothing of 2026-02: the first row of the registers is of 2026-03"),
    ],
)
def test_report_what_is_no_month_or_has_nothing_to_tell_is_said(text, told):
    with pytest.raises(UsageError) as caught:
        asked(text, FIRST)
    assert str(caught.value) == told


def test_report_the_month_is_the_desks_own_not_that_of_utc():
    assert asked("this", FIRST, now="2026-12-01T01:00") == "2026-12"
    assert asked("this", FIRST, now="2026-12-01T01:00+00:00", config="timezone: America/New_York\n") == "2026-11"


def test_report_the_first_row_may_stand_in_any_register():
    order = {"order_no": "SO-1", "ordered_on": date(2025, 12, 31), "promised_by": date(2026, 1, 9), "customer": "Anna"}
    assert asked("2025-12", FIRST, orders=[order], config="tabs: [orders]\n") == "2025-12"
    assert asked("2020-01") == "2020-01"  # a desk without rows has no first one
