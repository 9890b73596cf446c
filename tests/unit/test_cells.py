"""Raw cells read by type: what people type, and what they mistype."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import toolkit.core
import toolkit.registers
from toolkit.core.book import CellError
from toolkit.registers.fold import fold
from toolkit.registers.reading import cells
from toolkit.registers.reading.cells import Bad

TODAY = date(2026, 11, 20)
SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 9, 3)
AT = datetime(2026, 9, 3, 14, 30)


def moment(raw, **more):
    return cells.read_datetime(raw, TODAY, **more)


def ids(cases):
    return [f"{type(case[0]).__name__}:{case[0]!r}"[:50] for case in cases]


DAYS = """2026/9/3|2026.9.3|2026-09-03|2026-9-3|2026/09/03|2026年9月3日|2026年9月3号|2026年09月03日|2026 年 9 月 3 日|2026-9/3
9月3日|9月3号|9 月 3 日|09月03日|26年9月3日|20260903|2026 9 3|2026。9。3|2026、9、3|2026－09－03|２０２６－０９－０３|２０２６／９／３
2026–9–3|2026—9—3| 2026-09-03 |2026-09-03\u00a0|\u200b2026-09-03|\ufeff2026/9/3|'2026-09-03|46268|3 Sep 2026|3-Sep-2026|3 September 2026
3rd of September, 2026|Sep 3, 2026|September 3rd 2026|Sept. 3 2026|Sep 3|2026-09-03（周四）|2026年9月3日 星期四|週四 2026-09-03
Thursday, 3 September 2026|Thu 3 Sep 2026|2026年9月3""".replace("\n", "|").split("|")


@pytest.mark.parametrize("typed", DAYS)
def test_a_day_is_understood_and_stays_a_day(typed):
    assert type(moment(typed)) is date
    assert moment(typed) == DAY
    assert cells.read_date(typed, TODAY) == DAY


MOMENTS = """2026年9月3日 14:30|2026/9/3 14:30|2026-09-03 14:30:00|2026-09-03T14:30|2026-09-03T14:30:00|2026-9-3 14：30
2026年9月3日下午2点半|2026年9月3日下午2:30|2026-9-3 下午2点30分|2026-9-3 14点半|2026-9-3 14时30分|2026年09月03日14时30分|2026.9.3 14.30
2026年9月3日14:30|9月3日 14:30|9月3日下午2点半|20260903 1430|202609031430|20260903143000|3 Sep 2026 2:30 pm|Sep 3 14:30|Sep 3, 2026 2:30PM
2026-09-03（周四）14:30|2026-09-03, 14:30|2026-09-03 14:29:59.6|２０２６／９／３　１４：３０|Thu, 3 Sep 2026 14:30:00
2026-9-3 下午14:30|2026-9-3 14點30分""".replace("\n", "|").split("|")


@pytest.mark.parametrize("typed", MOMENTS)
def test_a_moment_is_understood(typed):
    assert moment(typed) == AT
    assert cells.read_date(typed, TODAY) == DAY


@pytest.mark.parametrize(
    ("typed", "hour", "minute"),
    [
        ("9点", 9, 0),
        ("上午9点一刻", 9, 15),
        ("早上8点", 8, 0),
        ("中午12点", 12, 0),
        ("中午1点", 13, 0),
        ("下午12:30", 12, 30),
        ("晚上8点三刻", 20, 45),
        ("傍晚6点整", 18, 0),
        ("凌晨1点", 1, 0),
        ("12:05 am", 0, 5),
        ("12:05 p.m.", 12, 5),
        ("0:00", 0, 0),
        ("2:30", 2, 30),
        ("14点5分", 14, 5),
    ],
)
def test_a_time_of_day_is_understood(typed, hour, minute):
    assert moment(f"2026-09-03 {typed}") == datetime(2026, 9, 3, hour, minute)


@pytest.mark.parametrize("typed", ["2026-09-03 24:00", "2026-09-03 24:00:00", "2026-09-03 晚上12点"])
def test_midnight_at_the_end_belongs_to_the_next_day_but_not_to_another_date(typed):
    assert moment(typed) == datetime(2026, 9, 4)
    assert cells.read_date(typed, TODAY) == DAY


RAW_DATES = [
    (DAY, DAY),
    (AT, AT),
    (datetime(2026, 9, 3), datetime(2026, 9, 3)),
    (datetime(2026, 9, 3, 14, 29, 59, 999000), AT),
    (datetime(2026, 9, 3, 6, 30, tzinfo=UTC), AT),
    (46268, DAY),
    (46268.0, DAY),
    (46268.604166666664, AT),
    (46268.60416667, AT),
    (46267.9999999999, DAY),
    (20260903, DAY),
    (20260903.0, DAY),
    ("46268.604166666664", AT),
    ("2026-09-03T06:30:00Z", AT),
    ("2026-09-03T14:30:00+08:00", AT),
    ("2026-09-03 06:30:00+00:00", AT),
    ("2026-09-03T02:30:00-04:00", AT),
    ("25/9/2026", date(2026, 9, 25)),
    ("9/25/2026", date(2026, 9, 25)),
    ("5.5.2026", date(2026, 5, 5)),
    ("2024-02-29", date(2024, 2, 29)),
    (None, None),
    ("", None),
    (" \u3000\u200b\n", None),
]


@pytest.mark.parametrize(("raw", "value"), RAW_DATES, ids=ids(RAW_DATES))
def test_cells_and_serial_numbers_are_understood(raw, value):
    read = moment(raw, zone=SHANGHAI)
    assert read == value
    assert type(read) is type(value)


BAD_DATES = [
    ("2026-13-05", "impossible"),
    ("2026.2.30", "impossible"),
    ("2026-9-31", "impossible"),
    ("2025-02-29", "impossible"),
    ("2026-00-10", "impossible"),
    ("2月30日", "impossible"),
    ("13月5日", "impossible"),
    ("31/31/2026", "impossible"),
    ("20261305", "impossible"),
    (20261305, "impossible"),
    ("3/9/2026", "ambiguous"),
    ("03.09.2026", "ambiguous"),
    ("26-9-3", "short_year"),
    ("3/9/26", "short_year"),
    ("3-Sep-26", "short_year"),
    ("9/3", "two_numbers"),
    ("9.3", "two_numbers"),
    ("9-3 14:30", "two_numbers"),
    ("2026年9月", "no_day_of_month"),
    ("2026/9", "no_day_of_month"),
    ("2026", "no_day_of_month"),
    ("14:30", "no_day"),
    ("下午3点", "no_day"),
    (time(14, 30), "no_day"),
    (timedelta(hours=30), "no_day"),
    (0.604, "no_day"),
    ("待定", "words"),
    ("TBD", "words"),
    ("明天", "words"),
    ("下周三", "words"),
    ("9月底", "words"),
    ("九月初三", "words"),
    ("?", "words"),
    ("-", "words"),
    ("2026/9/314:30", "words"),
    ("x" * 500, "words"),
    (True, "words"),
    (float("nan"), "words"),
    ("9月3日左右", "time_words"),
    ("大概2026-9-3", "around"),
    ("2026-9-3 14:3", "time_words"),
    ("2026-9-3 上午", "time_words"),
    ("2026-9-3、2026-9-5", "two"),
    ("9月3日-5日", "two"),
    ("9月3日或4日", "two"),
    ("2026-9-3 14:00-16:00", "time_two"),
    ("2026-9-3 9:00-11:00", "time_two"),
    ("2026-9-3 上午9点到11点", "time_two"),
    ("2026-9-3 25:00", "time_impossible"),
    ("2026-9-3 14:60", "time_impossible"),
    ("2026-9-3 24:30", "time_impossible"),
    ("2026-9-3 2点", "time_unclear"),
    ("2026-9-3 上午12点", "time_unclear"),
    ("2026-9-3 晚上2点", "time_unclear"),
    ("2026-9-3 上午14:30", "time_unclear"),
    ("2026-09-03 周五", "weekday"),
    ("3026-09-03", "far"),
    ("0226-09-03", "far"),
    (date(1900, 1, 3), "far"),
    (datetime(1899, 12, 31), "far"),
    (5, "number"),
    (-46268, "number"),
    (1e300, "number"),
    ("2026-09-03T06:30:00Z", "zone"),
]


@pytest.mark.parametrize(("raw", "why"), BAD_DATES, ids=ids(BAD_DATES))
def test_an_ambiguous_or_impossible_date_is_a_finding(raw, why):
    read = moment(raw)
    assert isinstance(read, Bad)
    assert (read.code, read.reason.code) == ("not-a-date", f"bad.date.{why}")


@pytest.mark.parametrize(
    ("typed", "today", "is_past", "value"),
    [
        ("12月28日", date(2027, 1, 3), False, date(2026, 12, 28)),
        ("1月5日", date(2026, 12, 28), False, date(2027, 1, 5)),
        ("11月20日", TODAY, True, TODAY),
        ("12月1日", TODAY, True, None),
        ("3月5日", TODAY, True, date(2026, 3, 5)),
        ("3月5日", TODAY, False, date(2027, 3, 5)),
        ("6月1日", TODAY, False, None),
        ("5月1日", TODAY, False, None),
        ("2月29日", date(2028, 1, 10), False, date(2028, 2, 29)),
        ("2月29日", TODAY, False, None),
        ("9月3日", date(2026, 9, 3), False, DAY),
    ],
)
def test_a_date_without_a_year_is_the_near_one_or_a_finding(typed, today, is_past, value):
    read = cells.read_date(typed, today, is_past=is_past)
    assert read == value or (value is None and read.reason.code == "bad.date.no_year")


NUMBERS = [
    (3, 3),
    (3.0, 3),
    (0.125, 0.125),
    (-2, -2),
    ("3", 3),
    ("３", 3),
    (" 3 ", 3),
    ("3.50", 3.5),
    ("3。5", None),
    (".5", 0.5),
    ("1,234.50", 1234.5),
    ("１，２３４", 1234),
    ("1 234 567", 1234567),
    ("12.5%", 0.125),
    ("80％", 0.8),
    ("-5", -5),
    ("－5", -5),
    ("−5", -5),
    ("+5", 5),
    ("(5)", -5),
    ("1.2万", 12000),
    ("1e999", None),
    (None, None),
    ("", None),
]


@pytest.mark.parametrize(("raw", "value"), [case for case in NUMBERS if case[0] not in ("3。5", "1e999")])
def test_a_number_is_understood(raw, value):
    read = cells.read_number(raw)
    assert read == value
    assert type(read) is type(value)


MONEY = [
    (1234.5, "1234.50"),
    (1234, "1234.00"),
    (0.1 + 0.2, "0.30"),
    (1.005, "1.01"),
    (-0.001, "0.00"),
    ("1,234.50", "1234.50"),
    ("￥1,234.5", "1234.50"),
    ("¥ 99", "99.00"),
    ("99元", "99.00"),
    ("99 元整", "99.00"),
    ("人民币99", "99.00"),
    ("RMB 99", "99.00"),
    ("$12.30", "12.30"),
    ("99块", "99.00"),
    ("1.5万元", "15000.00"),
    ("-￥5", "-5.00"),
    ("￥-5", "-5.00"),
    ("(5.00)", "-5.00"),
]


@pytest.mark.parametrize(("raw", "value"), MONEY)
def test_money_is_read_to_the_cent(raw, value):
    assert str(cells.read_money(raw)) == value


BAD_NUMBERS = [
    ("约3个", "unit"),
    ("3个", "unit"),
    ("3kg", "unit"),
    ("三", "words"),
    ("两件", "words"),
    ("待定", "words"),
    ("1,5", "comma"),
    ("1,50", "comma"),
    ("1,2345", "comma"),
    ("1.234,50", "comma"),
    ("1.2.3", "words"),
    ("3-5", "words"),
    ("3/4", "words"),
    ("--5", "unit"),
    ("1O", "unit"),
    ("1e999", "words"),
    ("3。5", "words"),
    ("(5", "unit"),
    ("9" * 100, "words"),
    (float("nan"), "none"),
    (float("inf"), "none"),
    (date(1900, 1, 3), "date"),
    (timedelta(hours=2), "date"),
    (True, "words"),
]


@pytest.mark.parametrize(("raw", "why"), BAD_NUMBERS, ids=ids(BAD_NUMBERS))
def test_what_is_no_number_is_a_finding(raw, why):
    for read in (cells.read_number(raw), cells.read_money(raw)):
        assert isinstance(read, Bad)
        assert (read.code, read.reason.code) == ("not-a-number", f"bad.number.{why}")


@pytest.mark.parametrize(("raw", "why"), [("12%", "percent"), (1e20, "too_big"), ("9" * 30, "too_big")])
def test_a_share_or_a_monster_is_no_money(raw, why):
    assert cells.read_money(raw).reason.code == f"bad.number.{why}"


YES = [True, 1, 1.0, "1", "是", "√", "✓", "✔️", "Y", "ｙ", "yes", "TRUE", "true", "有", "对", "對", " 是 ", "V"]
NO = [False, 0, 0.0, "0", "否", "×", "✗", "N", "Ｎ", "No", "FALSE", "无", "無", "错", "没有", "x"]


@pytest.mark.parametrize(("raw", "value"), [(raw, True) for raw in YES] + [(raw, False) for raw in NO])
def test_yes_and_no_are_understood(raw, value):
    assert cells.read_yes_no(raw) is value


@pytest.mark.parametrize("raw", ["也许", "?", "□", 2, "是/否", DAY, AT, "是*"])
def test_neither_yes_nor_no_is_a_finding(raw):
    assert cells.read_yes_no(raw).code == "not-a-choice"


TEXTS = [
    ("张三", "张三"),
    (" 张三 ", "张三"),
    ("张三\u00a0", "张三"),
    ("\ufeff张\u200b三", "张三"),
    ("Li\u00a0Na", "Li Na"),
    ("张\n三", "张 三"),
    (1001, "1001"),
    (1001.0, "1001"),
    (0.1, "0.1"),
    (46024.395833333336, "46024.3958333333"),
    (True, "TRUE"),
    (DAY, "2026-09-03"),
    (AT, "2026-09-03 14:30"),
    (time(14, 30), "14:30"),
    (timedelta(hours=30), "30:00"),
    ("=1+1", "=1+1"),
    ("👨‍👩‍👧", "👨‍👩‍👧"),
    (None, None),
    ("", None),
    ("\u3000", None),
]


@pytest.mark.parametrize(("raw", "value"), TEXTS, ids=ids(TEXTS))
def test_text_is_what_the_sheet_shows_without_the_unseen(raw, value):
    assert cells.read_text(raw) == value


def test_long_text_keeps_its_lines():
    assert cells.read_long_text(" 门关不上\r\n第二行\u00a0 \r\n") == "门关不上\n第二行"


@pytest.mark.parametrize("raw", [1001, "1001", 1001.0, "１００１", " 1001 ", "1001\u200b"])
def test_one_key_however_it_is_stored(raw):
    assert cells.read_id(raw) == "1001"


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("AS-20260903-0001", "AS-20260903-0001"),
        ("ＡＳ－２０２６", "AS-2026"),
        ("as–1", "as-1"),
        ("007", "007"),
        (" ", None),
    ],
)
def test_a_key_keeps_its_case_and_its_zeros(raw, value):
    assert cells.read_id(raw) == value


@pytest.mark.parametrize("raw", [1234567890123456, 1.2345678901234567e18, "1.23457E+15"])
def test_a_long_key_in_a_number_cell_has_lost_digits(raw):
    assert cells.read_id(raw).code == "lost-digits"


LOOKUP = {
    fold(label): key for label, key in [("已完成", "done"), ("进行中", "in_progress"), ("Done", "done"), ("2", "two")]
}


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ("已完成", "done"),
        (" 已完成 ", "done"),
        ("進行中", "in_progress"),
        ("DONE", "done"),
        ("已 完成：", "done"),
        (2, "two"),
        (2.0, "two"),
        (None, None),
        (" ", None),
    ],
)
def test_a_choice_is_found_however_it_is_typed(raw, key):
    assert cells.read_choice(raw, LOOKUP) == key


@pytest.mark.parametrize(
    ("raw", "near"),
    [("已完城", "已完成"), ("完成", "已完成"), ("dnoe", "done"), ("天气", None), ("*", None), (DAY, None)],
)
def test_a_wrong_choice_is_answered_with_the_nearest(raw, near):
    read = cells.read_choice(raw, LOOKUP)
    assert read.code == "not-a-choice"
    assert dict(read.reason.args).get("near") == near


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        ("沙发、床", ("沙发", "床")),
        ("沙发,床;椅", ("沙发", "床", "椅")),
        ("沙发，床； 椅；", ("沙发", "床", "椅")),
        ("沙发\n床\n沙发", ("沙发", "床")),
        (12, ("12",)),
        ("、", None),
        (None, None),
    ],
)
def test_a_list_splits_at_every_comma(raw, parts):
    assert cells.read_list(raw) == parts


@pytest.mark.parametrize(
    ("raw", "links"),
    [
        ("https://a.example/1.jpg", ("https://a.example/1.jpg",)),
        ("https://a.example/1.jpg https://a.example/2.jpg", ("https://a.example/1.jpg", "https://a.example/2.jpg")),
        ("https://a.example/1,2.jpg,https://b.example/", ("https://a.example/1,2.jpg", "https://b.example/")),
        ("https://a.example/1.jpg；\nhttp://b.example", ("https://a.example/1.jpg", "http://b.example")),
        ("www.a.example/1.jpg", ("https://www.a.example/1.jpg",)),
        (r"\\nas\photos\1.jpg", (r"\\nas\photos\1.jpg",)),
        ("IMG_001.jpg、IMG_002.HEIC", ("IMG_001.jpg", "IMG_002.HEIC")),
        ("", None),
    ],
)
def test_links_are_taken_apart(raw, links):
    assert cells.read_url_list(raw) == links


@pytest.mark.parametrize("raw", ["见微信", "有", "javascript:alert(1)", "https://", 12])
def test_what_is_no_link_is_a_finding(raw):
    assert cells.read_url_list(raw).code == "not-a-link"


@pytest.mark.parametrize(
    ("raw", "phone"),
    [
        (13800138000, "13800138000"),
        (13800138000.0, "13800138000"),
        ("13800138000.0", "13800138000"),
        ("1.3800138000E+10", "13800138000"),
        ("1.3800138123E10", "13800138123"),
        ("１３８００１３８０００", "13800138000"),
        (2162345678, "021-62345678"),
        (4008201234, "400-820-1234"),
        (95338, "95338"),
        (8613800138000, "13800138000"),
        (" ", None),
        (None, None),
    ],
)
def test_a_phone_is_read_from_text_and_number_cells(raw, phone):
    assert cells.read_phone(raw, "CN") == phone


BAD_PHONES = [
    ("1.38E+10", "lost_digits"),
    ("1.3800138E10", "lost_digits"),
    ("1380013800", "digits"),
    (1380013800, "digits"),
    ("138001380001", "digits"),
    ("62345678", "area"),
    (62345678, "area"),
    ("13800138000/13900139000", "two"),
    ("13800138000 13900139000", "two"),
    ("张先生13800138000", "words"),
    ("待补", "words"),
    ("-", "words"),
    (1.5, "words"),
    (-1, "words"),
    (float("nan"), "words"),
    (float("inf"), "words"),
    (True, "words"),
    (DAY, "words"),
]


@pytest.mark.parametrize(("raw", "why"), BAD_PHONES, ids=ids(BAD_PHONES))
def test_a_bad_phone_is_told_without_quoting_it(raw, why):
    read = cells.read_phone(raw, "CN")
    assert (read.code, read.reason.code) == ("not-a-phone", f"bad.phone.{why}")
    assert "found" not in dict(read.reason.args)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("li.na", "at"),
        ("a@example.com b@example.com", "two"),
        ("li na@example.com", "space"),
        ("李娜@example.com", "name"),
        ("li@example", "domain"),
        ("li@example,com", "domain"),
        ("li..na@example.com", "unknown"),
        (12, "at"),
    ],
)
def test_a_bad_address_is_told_without_quoting_it(raw, why):
    read = cells.read_email(raw)
    assert (read.code, read.reason.code) == ("not-an-email", f"bad.email.{why}")
    assert not read.reason.args


READERS = {
    "text": cells.read_text,
    "long_text": cells.read_long_text,
    "id": cells.read_id,
    "list": cells.read_list,
    "url_list": cells.read_url_list,
    "choice": lambda raw: cells.read_choice(raw, LOOKUP),
    "yes_no": cells.read_yes_no,
    "number": cells.read_number,
    "money": cells.read_money,
    "date": lambda raw: cells.read_date(raw, TODAY),
    "datetime": lambda raw: cells.read_datetime(raw, TODAY, zone=SHANGHAI),
    "phone": lambda raw: cells.read_phone(raw, "CN"),
    "email": cells.read_email,
}


@pytest.mark.parametrize("raw", [CellError("#REF!"), "#N/A", "#DIV/0! ", "Loading..."])
@pytest.mark.parametrize("reader", READERS)
def test_a_formula_error_is_never_a_value(reader, raw):
    assert READERS[reader](raw).code == "formula-error"


@pytest.mark.parametrize("raw", [None, "", " ", "\u00a0\u3000", "\u200b", "\r\n"])
@pytest.mark.parametrize("reader", READERS)
def test_a_blank_cell_is_none(reader, raw):
    assert READERS[reader](raw) is None


LIKE_CELLS = st.text("0123456789０１年月日号-/.:： 点半上下午,，%￥元万TZ+@()（）周四SepE是√\u200b\ud800", max_size=24)
RAW = st.one_of(
    st.text(st.characters()), LIKE_CELLS, st.integers(), st.floats(), st.booleans(), st.none(),
    st.dates(), st.datetimes(), st.datetimes(timezones=st.timezones()), st.times(), st.timedeltas(),
    st.builds(CellError, st.text()),
)  # fmt: skip


@pytest.mark.parametrize("reader", READERS)
@given(raw=RAW)
def test_no_cell_ever_crashes_a_reader(reader, raw):
    read = READERS[reader](raw)
    assert not isinstance(read, Bad) or read.reason.code in TEXT_CODES


def texts(locale):
    file = Path(toolkit.core.__file__).parent / "words" / f"bad.{locale}.toml"
    tree = tomllib.loads(file.read_text("utf-8"))["bad"]
    flat = {f"bad.{key}": text for key, text in tree.items() if isinstance(text, str)}
    nested = {
        f"bad.{key}.{name}": text for key, part in tree.items() if isinstance(part, dict) for name, text in part.items()
    }
    return flat | nested


TEXT_CODES = texts("en").keys()


def test_both_locales_word_every_reason_with_the_same_arguments():
    chinese, english = texts("zh-CN"), texts("en")
    assert chinese.keys() == english.keys()
    for code, text in english.items():
        assert set(re.findall(r"{(\w+)}", text)) >= set(re.findall(r"{(\w+)}", chinese[code])), code


def test_every_reason_is_given_the_arguments_that_its_text_names():
    cases = [moment(raw) for raw, _ in BAD_DATES] + [cells.read_number(raw) for raw, _ in BAD_NUMBERS]
    cases += [cells.read_phone(raw, "CN") for raw, _ in BAD_PHONES]
    for locale in ("zh-CN", "en"):
        worded = texts(locale)
        for case in cases:
            assert worded[case.reason.code].format_map(dict(case.reason.args))


def test_a_long_value_is_cut_where_a_finding_quotes_it():
    assert len(dict(moment("待" * 500).reason.args)["found"]) == 40


def test_money_is_decimal_and_blank_money_is_none():
    assert cells.read_money("5") == Decimal(5)
    assert cells.read_money(" ") is None
