"""Workbooks as other people make them, with typing mistakes at known cells and odd but right spellings everywhere else.

`MISTAKES` and `SPELLINGS` are data: what is typed where, and what `check` has to say about it (the spec's words, not
the toolkit's). `write_workbook` lays them out over rows that are right and answers where each mistake stands.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904, WINDOWS_EPOCH

NOW = datetime(2026, 11, 20, 10, 0)
TODAY = NOW.date()
TITLES = 3  # rows above a header


# ------------------------------------------------------------------------------------------------ what a cell holds


@dataclass(frozen=True)
class Shown:
    """A value with a number format of the clerk's own."""

    value: Any
    number_format: str


@dataclass(frozen=True)
class Formula:
    """A staff formula, and the value that the spreadsheet program stored with it."""

    text: str
    cached: Any


def error(code):
    return Formula(f'IFERROR(VLOOKUP("x",$A$1:$B$2,2,0),{code})' if code == "#N/A" else "A1+1", code)


def day(value):
    return value.date() if isinstance(value, datetime) else value


def noon(value):
    return value if isinstance(value, datetime) else datetime.combine(value, time())


# ---------------------------------------------------------------------------------------------------- the mistakes


@dataclass(frozen=True)
class Mistake:
    """One kind: `typed` are the contents tried in turn (a function is given the right row); `code` is what to find."""

    kind: str
    register: str
    column: str
    typed: tuple
    code: str
    stage: str = "in_progress"
    given: dict = field(default_factory=dict)  # what the rest of the row says
    twin: bool = False  # typed are pairs: both rows are found
    locale: str = ""  # in this locale only


def _mistakes(register):
    def of(column, code, *kinds, stage="in_progress", given=None, locale="", twin=False):
        return [
            Mistake(
                kind,
                register,
                column,
                typed if isinstance(typed, tuple) else (typed,),
                code,
                stage,
                given or {},
                twin,
                locale,
            )
            for kind, typed in kinds
        ]

    return of


T, V, S, P, H, OUT = (
    _mistakes(name) for name in ("tickets", "vendors", "surveys", "staff", "holidays", "contacts_opt_out")
)


def later(column, **by):
    return lambda row: row[column] + timedelta(**by)


def earlier(column, **by):
    return lambda row: row[column] - timedelta(**by)


def text_earlier(column, **by):
    return lambda row: f"{row[column] - timedelta(**by):%Y-%m-%d %H:%M}"


REMOTE = {
    "service_mode": "remote",
    "vendor": None,
    "vendor_reply": None,
    "vendor_replied_at": None,
    "visit_at": None,
    "vendor_fee": None,
    "paid_by": None,
    "vendor_paid_on": None,
    "advance_refunded_on": None,
}
NO_EMAIL, NO_PHONE = {"email": None}, {"phone": None}
BOUGHT = {"bought_on": date(2026, 3, 5), "delivered_on": None, "goods_accepted_on": None}
FREE_CASE = {"paid_in_advance": 1000, "recovered": None}

MISTAKES: list[Mistake] = [
    # required cells left empty
    *T("customer", "required", ("no customer", None), ("a customer of blanks only", ("  ", "\u3000", "\xa0"))),
    *T("kind", "required", ("no kind", None)),
    *T("status", "required", ("no status", None)),
    *T("problem", "required", ("no problem described", (None, " ", "\n"))),
    *T("opened_at", "required", ("no time of entry", None), stage="new"),
    *T("phone", "required", ("neither phone nor email", (None, " ")), given=NO_EMAIL),
    *T("responded_at", "required", ("done, never answered", None), stage="done", given={"kind": "repair"}),
    *T(
        "finished_at",
        "required",
        ("complaint closed, never finished", None),
        stage="closed",
        given={"kind": "complaint"},
    ),
    *T("acceptance_reason", "required", ("acceptance failed without a reason", (None, " ")), stage="rework"),
    # dates
    *T(
        "delivered_on",
        "not-a-date",
        ("month 13", ("2026.13.5", "2026-13-05", "2026年13月5日", "2026/00/10")),
        ("a day that the month lacks", ("2026-02-30", "2026/6/31", "2026年9月31日", "2025.2.29", "２０２６／２／３０")),
        ("a word for a date", ("待定", "已签收", "没有", "上周", "?", "TBD")),
        ("two readings of day and month", ("3/4/2026", "03-04-2026", "4.3.2026", "05/06/2026")),
        ("a year of two digits", ("5/6/26", "03/04/26", "1-2-26")),
        ("no day", ("2026-09", "2026年9月", "2026/9")),
        ("letters for digits", ("2O26-9-3", "2026/9/l3", "2026.I0.5")),
        ("two dates in a cell", ("2026/9/3-9/5", "2026-09-03、2026-09-05", "2026/9/3/5")),
        ("9.3 became a number", (9.3, 10.15, 9.03)),
        ("2026.9 became a number", (2026.9, 2026, 2026.1)),
        ("a time without a day", (time(14, 30), 0.25)),
        ("a tick in a date column", (True, "√")),
        ("a negative or endless number", (-5, 99999999999, 3500000)),
        given={"bought_on": None, "goods_accepted_on": None},
    ),
    *T(
        "bought_on",
        "not-a-date",
        ("an impossible day without a year", ("9月31日", "13月5日", "2月30日", "2月29日")),
        given={"delivered_on": None, "goods_accepted_on": None},
    ),
    *T(
        "opened_at",
        "not-a-date",
        ("an hour or minute that no clock has", ("2026-09-03 25:00", "2026/9/3 14:75", "2026年9月3日 9：60")),
        ("only a time as the moment", ("14:30", "下午两点")),
        ("a word for a moment", ("今天", "刚才", "yesterday", "同上")),
        stage="new",
    ),
    *T(
        "visit_at",
        "not-a-date",
        ("an appointment in words", ("明天下午", "周五前", "等客户电话", "尽快")),
        stage="planned",
    ),
    *T("promised_by", "not-a-date", ("a promise without a date", ("月底", "ASAP", "国庆后"))),
    *T("responded_at", "not-a-date", ("not yet, in a time column", ("未回复", "已回复", "n.a.")), stage="new"),
    *S("called_at", "not-a-date", ("a call-back on no date", ("2026.11.31", "未接通", "3/4/2026"))),
    *S("called_at", "required", ("a call-back without a time", (None, " "))),
    *P("away_from", "not-a-date", ("away since a word", ("国庆", "2026-9-31", "7/8/2026"))),
    *H("date", "not-a-date", ("a holiday on no day", ("中秋节", "2026-9-31", "10/1/2026"))),
    *H("date", "required", ("a holiday without a date", None)),
    *V("joined_on", "not-a-date", ("joined in no month", ("2025.13.1", "去年", "2024年"))),
    *OUT("since", "not-a-date", ("opted out at a word", ("以前", "2026.2.30"))),
    # the future
    *T(
        "delivered_on",
        "in-the-future",
        ("delivered tomorrow", (TODAY + timedelta(1), "2026/11/21", "2026年12月1日")),
        ("a slip in the year", ("2062-09-03", date(2027, 9, 3), "2106.9.3")),
        ("a serial number in the future", (Shown(TODAY + timedelta(40), "General"),)),
        given=BOUGHT,
    ),
    *T(
        "bought_on",
        "in-the-future",
        ("bought tomorrow", (TODAY + timedelta(1), "2026-11-21", "2027.1.1")),
        given={"delivered_on": None, "goods_accepted_on": None},
    ),
    *T(
        "goods_accepted_on",
        "in-the-future",
        ("accepted next year", (date(2027, 1, 5), "2027年1月5日")),
        given={"bought_on": None, "delivered_on": None},
    ),
    *T(
        "opened_at",
        "in-the-future",
        ("entered tomorrow", (NOW + timedelta(days=1), "2026-11-21 09:00", "2027/9/3 9:00")),
        stage="new",
        given={"last_told_at": None},
    ),
    # the order of times
    *T(
        "delivered_on",
        "out-of-order",
        ("delivered before it was bought", (earlier("bought_on", days=1), "2025.3.5", "2026年3月4日")),
        given=BOUGHT,
    ),
    *T(
        "responded_at",
        "out-of-order",
        (
            "answered before it was asked",
            (earlier("opened_at", days=1), text_earlier("opened_at", days=30), earlier("opened_at", minutes=10)),
        ),
        stage="confirmed",
    ),
    *T(
        "solved_at",
        "out-of-order",
        ("solved before it was asked", (earlier("opened_at", days=2), text_earlier("opened_at", days=3))),
        stage="planned",
    ),
    *T(
        "started_at",
        "out-of-order",
        ("started before it was asked", (earlier("opened_at", days=2), text_earlier("opened_at", hours=30))),
        given=REMOTE,
    ),
    *T(
        "finished_at",
        "out-of-order",
        ("finished before it was started", (earlier("started_at", minutes=30), text_earlier("started_at", minutes=45))),
        stage="done",
        given=REMOTE,
    ),
    *T(
        "accepted_at",
        "out-of-order",
        (
            "accepted before it was finished",
            (earlier("finished_at", minutes=20), text_earlier("finished_at", minutes=20)),
        ),
        stage="accepted",
        given=REMOTE,
    ),
    *T(
        "closed_at",
        "out-of-order",
        ("closed before it was asked", (earlier("opened_at", days=20), text_earlier("opened_at", days=365))),
        stage="closed",
        given=REMOTE,
    ),
    # numbers and money
    *T(
        "estimated_hours",
        "not-a-number",
        ("hours in words", ("半天", "两小时", "未知")),
        ("a span for a number", ("2-3", "2~3", "1.2.3")),
        ("a date where Excel took a number for one", (date(2026, 1, 5), datetime(2026, 2, 3))),
        ("words that computers take for numbers", ("nan", "inf", "1_000", "Infinity")),
        stage="planned",
    ),
    *T(
        "fee",
        "not-a-number",
        ("a fee in words", ("面议", "一百左右", "三百")),
        ("letters for noughts", ("1OO", "2O0", "l20")),
        ("a sum not worked out", ("100+50", "3*80")),
        given={"fee_agreed": True},
    ),
    *T("paid_in_advance", "not-a-number", ("an advance in words", ("已付", "待付", "无"))),
    *V("day_capacity", "not-a-number", ("jobs a day in words", ("很多", "两三单", "5-6"))),
    *V("initial_rating", "not-a-number", ("a rating in words", ("好", "四星", "A"))),
    *S("minutes", "not-a-number", ("minutes in words", ("几分钟", "三", "4'30"))),
    # choices
    *T("kind", "not-a-choice", ("a kind not listed", ("保修", "repairs", "维 修 安 装", "退换"))),
    *T("status", "not-a-choice", ("a status not listed", ("维修中", "OK", "已完成？", 3)), stage="new"),
    *T("urgency", "not-a-choice", ("an urgency not listed", ("很急", "!!!", "特急", "中"))),
    *T("level", "not-a-choice", ("a level beyond the scale", ("5", 0, "一级半", 1.5))),
    *T("channel", "not-a-choice", ("a channel not listed", ("抖音", "传呼机", "tel"))),
    *T("category", "not-a-choice", ("a category not listed", ("洗衣机", "sofaa", "沙发/床"))),
    *T("cause", "not-a-choice", ("a cause not listed", ("质量", "不知道", "产品质量、运输损坏"))),
    *T("acceptance", "not-a-choice", ("an acceptance not listed", ("还行", "90", "合格吗")), stage="accepted"),
    *T("vendor_reply", "not-a-choice", ("a reply not listed", ("再说", "考虑中", "maybe")), stage="dispatched"),
    *T("photos_usable", "not-a-choice", ("neither yes nor no", ("大概", "不清晰", "看情况", "是/否"))),
    *S("satisfaction", "not-a-choice", ("a satisfaction not listed", ("一般般", "5分", "so so"))),
    *S("came_on_time", "not-a-choice", ("a call-back answer neither yes nor no", ("迟到10分钟", "忘了", "?"))),
    *P("role", "not-a-choice", ("a role not listed", ("老板", "实习", "CEO"))),
    *V("qualified", "not-a-choice", ("qualified, or not", ("待考核", "一般", "80"))),
    *H("working", "not-a-choice", ("works, or not", ("半天", "看安排"))),
    # phones
    *T(
        "phone",
        "not-a-phone",
        ("ten digits of a mobile", ("1381234567", 1381234567, "138 1234 567")),
        ("twelve digits of a mobile", ("138123456789", 138123456789, "1381234567 89")),
        ("a number lost to scientific notation", ("1.38E+10", "1.38123E+10")),
        ("a letter in a phone", ("138-1234-567O", "1381234567l", "I3812345678")),
        ("a masked phone", ("138****5678", "138xxxx5678")),
        ("a mobile range that does not exist", ("23812345678", "10012345678", 22812345678)),
        ("half a hotline", ("400-123", "400-123-45678")),
        ("a word for a phone", ("没有", "同上", "微信联系", "call me")),
        ("a few digits", ("123456", 0, "1")),
        ("two phones in a cell", ("13812345678/13987654321", "13812345678、021-54321098")),
        ("a landline without its area", ("54321098", "5432-1098")),
        ("a foreign number too short", ("+86 1381234567", "+1 234", "+852 123")),
        given=NO_EMAIL,
    ),
    *T(
        "phone",
        "not-a-phone",
        ("a bad phone beside a good email", ("1381234567", "电话不详", "+86138123456")),
        given={"email": "wang.min@163.com"},
    ),
    *V("phone", "not-a-phone", ("a vendor's phone cut short", ("1390000", "021-123", "139 0000 000"))),
    *V("phone", "required", ("a vendor without a phone", (None, " "))),
    *P("phone", "not-a-phone", ("a colleague's phone of letters", ("分机802", "内线", "13x"))),
    # emails
    *T(
        "email",
        "not-an-email",
        ("an email without a domain", ("wangmin@", "wangmin", "wangmin@qq")),
        ("two at signs", ("wang@@qq.com", "wang@min@qq.com")),
        ("a blank inside an email", ("wang min@qq.com", "wang@ qq.com", "wang@qq .com")),
        ("a comma for a dot", ("wang@qq,com", "wang@163，com", "wang@qq。com。cn。")),
        ("dots out of place", ("wang@qq..com", "wang@.qq.com", ".wang@qq.com")),
        ("an ending that no address has", ("wang@qq.c0m", "wang@163.1", "wang@1.2.3.4", "wang@qq.com1")),
        ("two emails in a cell", ("wang@qq.com;li@qq.com", "wang@qq.com、li@qq.com", "wang@qq.com li@qq.com")),
        ("a word for an email", ("无", "没有邮箱", "-@-")),
    ),
    *P("email", "not-an-email", ("a colleague's email cut short", ("li@", "@company.com"))),
    *V("email", "not-an-email", ("a vendor's email is a QQ number", (81234567, "QQ81234567"))),
    # keys and references
    *T(
        "ticket_no",
        "duplicate-key",
        ("one ticket number twice", (("SH-2026-{n}", "SH-2026-{n}"),)),
        ("the twin is in full width", (("SH-2026-{n}", "ＳＨ－２０２６－{n}"),)),
        ("the twin has blanks", (("SH-2026-{n}", " SH-2026-{n} "), ("SH-2026-{n}", "SH-2026-{n}\xa0"))),
        ("a number and the same as text", ((99000000, "99000000"), ("99000001", 99000001.0))),
        twin=True,
    ),
    *V("vendor_no", "duplicate-key", ("one vendor number twice", (("D{n}", "D{n}"), ("D{n}", "D{n} "))), twin=True),
    *S("survey_no", "duplicate-key", ("one call-back number twice", (("HF{n}", "HF{n}"),)), twin=True),
    *P("staff_no", "duplicate-key", ("one staff number twice", (("E{n}", "E{n}"), ("E{n}", "E{n} "))), twin=True),
    *P(
        "name",
        "duplicate-key",
        ("two namesakes without a number", (("重名{n}", "重名{n}"),)),
        given={"staff_no": None},
        twin=True,
    ),
    *T("vendor", "unknown-reference", ("a vendor not in the register", ("V999", "VO12", 4711)), stage="dispatched"),
    *S("ticket_no", "unknown-reference", ("a call-back for no ticket", ("SH-0000-1", "AS-19990101-0001", 5))),
    *S("ticket_no", "required", ("a call-back for nothing", None), given={"order_no": None}),
    *V("vendor_no", "required", ("a vendor without a number", None)),
    *V("name", "required", ("a vendor without a name", (None, "\u3000"))),
    *V("city", "required", ("a vendor without a city", None)),
    *P("name", "required", ("a colleague without a name", None)),
    # sums and duties
    *T("recovered", "too-much", ("more recovered than paid", (1000.01, "1000.5", "２０００", 5000)), given=FREE_CASE),
    *T("fee_agreed", "needs-agreement", ("work began on a fee not agreed", (None, "否", "×", "N")), given={"fee": 200}),
    *T(
        "fee_agreed",
        "needs-agreement",
        ("finished on a fee not agreed", (None, False)),
        stage="done",
        given={"fee": "350.5"},
    ),
    *T("responsible", "needs-responsible", ("a human error of nobody", (None, "  ")), given={"cause": "human_error"}),
    *T(
        "photos", "needs-evidence", ("broken in transport, no photos", (None, " ")), given={"cause": "transport_damage"}
    ),
    # formulas gone wrong
    *T("product", "formula-error", ("a look-up that found nothing", (error("#N/A"), "#N/A"))),
    *T("order_no", "formula-error", ("a reference that is gone", (error("#REF!"), "#REF!"))),
    *T("fee", "formula-error", ("a sum over words", (error("#VALUE!"), "#VALUE!"))),
    *T("estimated_hours", "formula-error", ("a division by nothing", (error("#DIV/0!"), "#DIV/0!")), stage="planned"),
    *T("customer", "formula-error", ("a name that Excel does not know", (error("#NAME?"),))),
    *T("opened_at", "formula-error", ("a date that failed", (error("#NUM!"),)), stage="new"),
    *T("phone", "formula-error", ("a phone that failed", (error("#N/A"),)), given=NO_EMAIL),
    *V("city", "formula-error", ("a vendor's city that failed", (error("#N/A"),))),
]

# ------------------------------------------------------------------------------- unusual, but right (the decoys)


@dataclass(frozen=True)
class Spelling:
    """Another way to type the same value: right, so nobody may be accused. `spell` answers None where it can't."""

    name: str
    types: tuple[str, ...]
    spell: Any
    locale: str = ""
    columns: tuple[str, ...] = ()


WIDE = str.maketrans({chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)})


def ymd(sep, *, wide=False, pre="", post=""):
    def spell(value, _):
        text = f"{value.year}{sep}{value.month}{sep}{value.day}"
        return pre + (text.translate(WIDE) if wide else text) + post

    return spell


def stamp(pattern, *, wide=False):
    def spell(value, _):
        if not isinstance(value, datetime):
            return None
        text = pattern.format(v=value, y=value.year, m=value.month, d=value.day, H=value.hour, M=value.minute)
        return text.translate(WIDE) if wide else text

    return spell


def half_day(pattern, morning, afternoon):
    def spell(value, _):
        if not isinstance(value, datetime) or value.hour in (0, 12):
            return None
        return pattern.format(v=value, hour=value.hour % 12, half=morning if value.hour < 12 else afternoon)

    return spell


def recent(pattern):
    def spell(value, _):
        if not timedelta(0) <= TODAY - day(value) < timedelta(120):
            return None
        when = noon(value)
        return pattern.format(m=value.month, d=value.day, H=when.hour, M=when.minute)

    return spell


def as_is(number_format):
    return lambda value, _: Shown(value, number_format)


def phone(pattern, *, keep=True):
    """`pattern` over the parts of a mobile number; landlines and the like are numbers of their own."""

    def spell(value, _):
        return (
            pattern.format(v=value, a=value[:3], b=value[3:7], c=value[7:], d=value[3:6], e=value[6:9], f=value[9:])
            if keep
            else pattern
        )

    return spell


def word(which, change=lambda text: text):
    """The choice's label in its own (0) or the other (1) locale, typed differently."""
    return lambda value, labels: changed if (changed := change(labels[which])) is not None else None


def differs(change):
    return lambda text: changed if (changed := change(text)) != text else None


TRADITIONAL = {
    "维修": "維修",
    "投诉": "投訴",
    "安装": "安裝",
    "退货": "退貨",
    "换货": "換貨",
    "电话": "電話",
    "邮件": "郵件",
    "处理中": "處理中",
    "已关闭": "已關閉",
    "已验收": "已驗收",
    "产品质量": "產品質量",
    "运输损坏": "運輸損壞",
    "沙发": "沙發",
    "床垫": "床墊",
    "衣柜": "衣櫃",
    "结构": "結構",
    "五金": "五金",
    "紧急": "緊急",
    "技术支持": "技術支持",
    "等待配件": "等待配件",
    "客户": "客戶",
    "门店柜台": "門店櫃台",
    "很满意": "很滿意",
    "基本满意": "基本滿意",
    "上门": "上門",
    "更换": "更換",
    "主管": "主管",
    "店长": "店長",
}
DATES, MOMENTS, PHONES, CHOICES, YES_NO, NUMBERS = (
    ("date", "datetime"),
    ("datetime",),
    ("phone",),
    ("choice",),
    ("yes_no",),
    ("number", "money"),
)
TEXTS = ("text", "long_text")


def tick(yes, no):
    return lambda value, _: yes if value else no


def amount(change):
    return lambda value, _: change(value)


def break_inside(text):
    return text.replace(" ", "\n", 1) if " " in text else None


SPELLINGS: list[Spelling] = [
    Spelling("2026/9/3", DATES, ymd("/")),
    Spelling("2026.9.3", DATES, ymd(".")),
    Spelling("2026-9-3", DATES, ymd("-")),
    Spelling("2026-09-03", DATES, lambda v, _: f"{v:%Y-%m-%d}"),
    Spelling("2026/09/03", DATES, lambda v, _: f"{v:%Y/%m/%d}"),
    Spelling("2026.09.03", DATES, lambda v, _: f"{v:%Y.%m.%d}"),
    Spelling("2026年9月3日", DATES, lambda v, _: f"{v.year}年{v.month}月{v.day}日"),
    Spelling("2026年09月03日", DATES, lambda v, _: f"{v:%Y年%m月%d日}"),
    Spelling("9月3日", DATES, recent("{m}月{d}日")),
    Spelling("9月3日 14:30", MOMENTS, recent("{m}月{d}日 {H}:{M:02}")),
    Spelling("full-width 2026／9／3", DATES, ymd("/", wide=True)),
    Spelling("full-width ２０２６年９月３日", DATES, lambda v, _: f"{v.year}年{v.month}月{v.day}日".translate(WIDE)),
    Spelling("full-width ２０２６．９．３", DATES, ymd(".", wide=True)),
    Spelling("a date and trailing blanks", DATES, ymd("/", post="  ")),
    Spelling("a date and a hard blank", DATES, ymd("-", post="\xa0")),
    Spelling("a wide blank and a date", DATES, ymd("/", pre="\u3000")),
    Spelling("a date and a line break", DATES, ymd(".", post="\n")),
    Spelling("a serial number, General", DATES, as_is("General")),
    Spelling("a serial number, 0.00", DATES, as_is("0.00")),
    Spelling("a serial number as text", DATES, lambda v, _: str((day(v) - WINDOWS_EPOCH.date()).days), "zh-CN"),
    Spelling("a real date, d/m/yy", DATES, as_is("d/m/yy")),
    Spelling("a real date, 年月日", DATES, as_is('yyyy"年"m"月"d"日"')),
    Spelling("a real date, mm-dd-yy", DATES, as_is("mm-dd-yy")),
    Spelling("a real date, weekday", DATES, as_is("[$-804]dddd")),
    Spelling("a date with midnight", ("date",), lambda v, _: f"{v:%Y-%m-%d} 00:00:00"),
    Spelling("a formula's date", DATES, lambda v, _: Formula("TODAY()-1", v)),
    Spelling("2026年9月3日 14:30", MOMENTS, stamp("{y}年{m}月{d}日 {H}:{M:02}")),
    Spelling("2026年9月3日14:30", MOMENTS, stamp("{y}年{m}月{d}日{H}:{M:02}")),
    Spelling("2026/9/3 14:30", MOMENTS, stamp("{y}/{m}/{d} {H}:{M:02}")),
    Spelling("2026-09-03 14:30:00", MOMENTS, stamp("{v:%Y-%m-%d %H:%M:%S}")),
    Spelling("2026-09-03T14:30", MOMENTS, stamp("{v:%Y-%m-%dT%H:%M}")),
    Spelling("2026.9.3 14:30", MOMENTS, stamp("{y}.{m}.{d} {H}:{M:02}")),
    Spelling("2026-9-3  14：30", MOMENTS, stamp("{y}-{m}-{d}  {H}：{M:02}")),
    Spelling("a full-width moment", MOMENTS, stamp("{y}/{m}/{d} {H}:{M:02}", wide=True)),
    Spelling("138 1234 5678", PHONES, phone("{a} {b} {c}")),
    Spelling("138-1234-5678", PHONES, phone("{a}-{b}-{c}")),
    Spelling("+86 13812345678", PHONES, phone("+86 {v}")),
    Spelling("+8613812345678", PHONES, phone("+86{v}")),
    Spelling("+86-138-1234-5678", PHONES, phone("+86-{a}-{b}-{c}")),
    Spelling("0086 13812345678", PHONES, phone("0086 {v}")),
    Spelling("8613812345678", PHONES, phone("86{v}")),
    Spelling("a phone as a number", PHONES, lambda v, _: int(v)),
    Spelling("a phone as a float", PHONES, lambda v, _: float(v)),
    Spelling("a phone shown as 1.38E+10", PHONES, lambda v, _: Shown(int(v), "0.00E+00")),
    Spelling("a full-width phone", PHONES, lambda v, _: v.translate(WIDE)),
    Spelling("a phone with blanks around", PHONES, phone(" {v}\u3000")),
    Spelling("a phone with a hard blank", PHONES, phone("{v}\xa0")),
    Spelling("a phone in a formula", PHONES, lambda v, _: Formula('""&1', v)),
    Spelling("400-820-8820", PHONES, phone("400-820-8820", keep=False)),
    Spelling("4008208820", PHONES, lambda v, _: 4008208820),
    Spelling("400 820 8820", PHONES, phone("400 820 8820", keep=False)),
    Spelling("021-54321098", PHONES, phone("021-54321098", keep=False)),
    Spelling("0755 86541234", PHONES, phone("0755 86541234", keep=False)),
    Spelling("(010) 6552 9988", PHONES, phone("(010) 6552 9988", keep=False)),
    Spelling("（0571）87051234", PHONES, phone("（0571）87051234", keep=False)),
    Spelling("+86 21 5432 1098", PHONES, phone("+86 21 5432 1098", keep=False)),
    Spelling("a phone abroad", PHONES, phone("+852 9123 4567", keep=False)),
    Spelling("the other locale's word", CHOICES, word(1)),
    Spelling("a word with a trailing blank", CHOICES, word(0, lambda t: t + " ")),
    Spelling("a word with a wide blank", CHOICES, word(0, lambda t: "\u3000" + t)),
    Spelling("a word with a hard blank", CHOICES, word(0, lambda t: t + "\xa0")),
    Spelling("a word with a line break after", CHOICES, word(0, lambda t: t + "\n")),
    Spelling("a word with ：", CHOICES, word(0, lambda t: t + "：")),
    Spelling("a word with *", CHOICES, word(0, lambda t: t + "*")),
    Spelling("a word in traditional characters", CHOICES, word(0, TRADITIONAL.get), "zh-CN"),
    Spelling("the other word in capitals", CHOICES, word(1, differs(str.upper)), "zh-CN"),
    Spelling("the other word in small letters", CHOICES, word(1, differs(str.lower)), "zh-CN"),
    Spelling("the other word in full width", CHOICES, word(1, differs(lambda t: t.translate(WIDE))), "zh-CN"),
    Spelling("the other word broken in two lines", CHOICES, word(1, break_inside), "zh-CN"),
    Spelling("a word in capitals", CHOICES, word(0, differs(str.upper)), "en"),
    Spelling("a word in small letters", CHOICES, word(0, differs(str.lower)), "en"),
    Spelling("a word in full width", CHOICES, word(0, differs(lambda t: t.translate(WIDE))), "en"),
    Spelling("a word broken in two lines", CHOICES, word(0, break_inside), "en"),
    Spelling("a level as a number", CHOICES, lambda v, _: int(v) if v in "1234" else None),
    Spelling("a level as a float", CHOICES, lambda v, _: float(v) if v in "1234" else None),
    Spelling("a full-width level", CHOICES, lambda v, _: v.translate(WIDE) if v in "1234" else None),
    Spelling("是 / 否", YES_NO, tick("是", "否")),
    Spelling("√ / ×", YES_NO, tick("√", "×")),
    Spelling("Y / N", YES_NO, tick("Y", "N")),
    Spelling("y / n", YES_NO, tick("y", "n")),
    Spelling("Ｙ / Ｎ", YES_NO, tick("Ｙ", "Ｎ")),
    Spelling("Yes / No", YES_NO, tick("Yes", "No")),
    Spelling("TRUE / FALSE", YES_NO, lambda v, _: bool(v)),
    Spelling("是, blanks / 否, blanks", YES_NO, tick(" 是 ", "否\u3000")),
    Spelling("a number as text", NUMBERS, amount(str)),
    Spelling("a number in full width", NUMBERS, amount(lambda v: str(v).translate(WIDE))),
    Spelling("a number as text with blanks", NUMBERS, amount(lambda v: f" {v} ")),
    Spelling("a number with cents", NUMBERS, amount(lambda v: f"{v:.2f}")),
    Spelling("a number of a formula", NUMBERS, amount(lambda v: Formula("1+1", v))),
    Spelling("a number shown as a currency", NUMBERS, amount(lambda v: Shown(v, '"¥"#,##0.00'))),
    Spelling("1,200.00", ("money",), amount(lambda v: f"{v:,.2f}" if v >= 1000 else None)),
    Spelling("¥1,200", ("money",), amount(lambda v: f"¥{v:,}")),
    Spelling("1200元", ("money",), amount(lambda v: f"{v}元")),
    Spelling("20260903", ("date",), lambda v, _: f"{v:%Y%m%d}"),
    Spelling("20260903 as a number", ("date",), lambda v, _: int(f"{v:%Y%m%d}")),
    Spelling("2026年9月3号", DATES, lambda v, _: f"{v.year}年{v.month}月{v.day}号"),
    Spelling("2026/9/3（周四）", ("date",), lambda v, _: f"{v:%Y/%m/%d}（周{'一二三四五六日'[v.weekday()]}）"),
    Spelling("2026年9月3日 下午2:30", MOMENTS, half_day("{v:%Y年%m月%d日} {half}{hour}:{v:%M}", "上午", "下午")),
    Spelling("2026/9/3 2:30 PM", MOMENTS, half_day("{v:%Y/%m/%d} {hour}:{v:%M} {half}", "AM", "PM")),
    Spelling(
        "2026年9月3日14时30分",
        MOMENTS,
        lambda v, labels: stamp("{y}年{m}月{d}日{H}时{M:02}分")(v, labels) if noon(v).hour > 12 else None,
    ),
    Spelling("021-54321098转802", PHONES, phone("021-54321098转802", keep=False)),
    Spelling("an email in capitals", ("email",), lambda v, _: v.upper()),
    Spelling("an email with blanks around", ("email",), lambda v, _: f" {v}\u3000"),
    Spelling("an email with a hard blank", ("email",), lambda v, _: v + "\xa0"),
    Spelling("an email with a plus", ("email",), lambda v, _: v.replace("@", "+shop@")),
    Spelling("an email of digits", ("email",), lambda v, _: "81234567@qq.com"),
    Spelling("an email in a subdomain", ("email",), lambda v, _: v.replace("@", "@mail.sh.")),
    Spelling("a text of digits", ("text",), lambda v, _: 6088),
    Spelling("a text of lines", TEXTS, lambda v, _: f"{v}\n第二行\n\n"),
    Spelling(
        "a text in many styles", TEXTS, lambda v, _: CellRichText(TextBlock(InlineFont(b=True), v[:1]), v[1:] or "。")
    ),
    Spelling("a text with blanks around", TEXTS, lambda v, _: f"\u3000{v} "),
    Spelling("a text that looks like a date", ("long_text",), lambda v, _: "2026.13.5 送货,待定"),
    Spelling("a text of a formula", ("text",), lambda v, _: Formula('"a"&"b"', v)),
    Spelling("a long text", ("long_text",), lambda v, _: v * 300),
    Spelling("a text with emoji", ("long_text",), lambda v, _: v + " 😡👩‍👧 𠮷"),
    Spelling("a list with 、", ("list",), lambda v, _: "、".join(v)),
    Spelling("a list with ;", ("list",), lambda v, _: "; ".join(v)),
    Spelling("a list with ,", ("list",), lambda v, _: ",".join(v)),
    Spelling("a list with ，", ("list",), lambda v, _: "，".join(v)),
    Spelling("a reference with blanks around", ("id",), lambda v, _: f" {v}\u3000", columns=("vendor",)),
]


# ------------------------------------------------------------------------------------------------- rows that are right

STAGES = (
    "new",
    "confirmed",
    "planned",
    "dispatched",
    "in_progress",
    "waiting_for_customer",
    "waiting_for_parts",
    "done",
    "rework",
    "accepted",
    "closed",
    "cancelled",
    "out_of_scope",
    "merged",
)
DEPTH = dict(zip(STAGES, (0, 1, 2, 3, 4, 4, 4, 5, 5, 6, 7, 0, 1, 0), strict=True))
WORDS = {
    "zh-CN": {
        "people": ["王敏", "李雷", "欧阳娜娜", "阿不都·热合曼", "张先生", "陈女士(工程)", "O'Neil"],
        "cities": ["上海", "深圳市", "杭州", "成都"],
        "products": ["云朵三人沙发", "K-208 餐椅", "1.8米床", "A6"],
        "problems": ["扶手开线,要求更换", "抽屉滑轨卡住", "=门板掉漆?", "漏发螺丝包；客户催"],
        "skills": ["安装", "维修", "清洁", "搬运"],
        "staff": "员工",
        "vendor": "师傅",
        "holiday": "调休",
    },
    "en": {
        "people": ["Ann Lee", "J. O'Neil", "Müller, Jörg", "Wang Min"],
        "cities": ["Shanghai", "Shenzhen", "Hangzhou"],
        "products": ["Cloud sofa", "K-208", "1.8 m bed"],
        "problems": ["Seam open at the arm", "Drawer stuck; asks twice", "-5 screws missing"],
        "skills": ["install", "repair", "clean"],
        "staff": "Clerk ",
        "vendor": "Fitter ",
        "holiday": "Shift day",
    },
}
MOBILE_HEADS = ("138", "139", "150", "159", "177", "186", "188", "199", "135", "133")


class RightRows:
    """Rows nobody can object to, as canonical values (choice keys, dates, True and False, numbers)."""

    def __init__(self, rng: Random, locale: str):
        self.rng, self.words = rng, WORDS[locale]
        self.serial = count(1)
        self.vendors = [f"V{n:03}" for n in range(1, 30)] + [1001, 1002]
        self.staff = [f"{self.words['staff']}{n:02}" for n in range(1, 25)]
        self.finished: list[tuple[Any, datetime]] = []  # tickets that a call-back can speak of

    def mobile(self):
        return self.rng.choice(MOBILE_HEADS) + f"{self.rng.randrange(10**8):08}"

    def email(self):
        return f"{self.rng.choice(('wang', 'li.lei', 'o_neil', 'a-b'))}{next(self.serial)}@{self.rng.choice(('qq.com', '163.com', 'gmail.com', 'sina.com.cn'))}"

    def person(self):
        return self.rng.choice(self.words["people"])

    def tickets(self, stage=None, given=None):
        rng, n = self.rng, next(self.serial)
        stage = stage or rng.choice(STAGES)
        depth = DEPTH[stage]
        at = datetime(2026, 6, 1, 9, 0) + timedelta(days=rng.randrange(150), minutes=rng.randrange(540))
        moments = []
        for _ in range(10):
            at += timedelta(minutes=rng.randrange(65, 1000))
            moments.append(at)
        opened, told, responded, handed, solved, replied, started, finished, accepted, closed = moments
        bought = day(opened) - timedelta(days=rng.randrange(30, 300))
        delivered = bought + timedelta(days=rng.randrange(0, 20))
        row = {
            "ticket_no": rng.choice(
                (None, f"AS-{opened:%Y%m%d}-{n:04}", f"AS-{opened:%Y%m%d}-{n:04}", f"售后{n:05}", 2026000000 + n)
            ),
            "opened_at": opened,
            "status": stage,
            "kind": rng.choice(("repair", "complaint", "install", "exchange", "use_and_care", "quality_report")),
            "channel": rng.choice(("phone", "email", "wechat", "app", "store_counter", "letter")),
            "customer": self.person(),
            "phone": self.mobile(),
            "email": rng.choice((None, self.email())),
            "city": rng.choice(self.words["cities"]),
            "product": rng.choice(self.words["products"]),
            "category": rng.choice(("sofa", "bed", "mattress", "wardrobe", "dining_chair")),
            "order_no": rng.choice((f"SO{n:06}", 202609030000 + n, None)),
            "bought_on": rng.choice((bought, None)),
            "delivered_on": delivered,
            "goods_accepted_on": rng.choice((None, delivered)),
            "problem": rng.choice(self.words["problems"]),
            "photos": "https://img.example.com/1.jpg、https://img.example.com/2.jpg",
            "proof": "发票",
            "photos_usable": rng.choice((True, False, None)),
            "urgency": rng.choice(("urgent", "normal", None)),
            "owner": rng.choice(self.staff),
            "last_told_at": told,
            "promised_by": rng.choice((None, closed, day(NOW + timedelta(days=9)))),
        }
        if rng.random() < 0.1:  # one of phone and email is enough
            row |= {"phone": None, "email": self.email()} if rng.random() < 0.5 else {"email": None}
        if depth >= 1:
            row |= {
                "responded_at": responded,
                "level": rng.choice("1234"),
                "fault": rng.choice(("structure", "fittings", "smell", None)),
                "cause": rng.choice(("product_quality", "transport_damage", "human_error", "other", None)),
            }
            row["responsible"] = self.person() if row["cause"] == "human_error" else None
        if depth >= 2:
            row |= {
                "handed_over_at": handed,
                "department": rng.choice(("technical_support", "customer_service")),
                "solution": "更换配件",
                "solved_at": solved,
                "service_mode": rng.choice(("on_site", "remote")),
                "remedy": rng.choice(("repair", "replacement")),
                "estimated_hours": rng.choice((0.5, 1, 2, 3.5)),
            }
        on_site = row.get("service_mode") == "on_site" or stage == "dispatched"
        if depth >= 3 and on_site:
            row |= {
                "service_mode": "on_site",
                "vendor": rng.choice(self.vendors),
                "vendor_reply": "accepted",
                "vendor_replied_at": replied,
                "visit_at": started - timedelta(minutes=rng.randrange(1, 50))
                if depth > 3
                else NOW + timedelta(days=2, hours=4),
            }
        if depth >= 4:
            row |= {"started_at": started, "fee": rng.choice((None, 0, 120, 88.5, 1200, 12345.5))}
            row["fee_agreed"] = True if row["fee"] else rng.choice((None, False))
        elif rng.random() < 0.3:
            row |= {"fee": 260, "fee_agreed": rng.choice((None, False, True))}  # not agreed yet, and no work begun
        if depth >= 5:
            row |= {"finished_at": finished, "tested": "passed", "quality_check": "passed"}
            if "vendor" in row:
                row |= {"vendor_fee": 150, "paid_by": "us", "vendor_paid_on": day(finished)}
        if stage == "rework":
            row |= {"acceptance": "failed", "acceptance_reason": "仍有色差"}
        if depth >= 6:
            row |= {"acceptance": "passed", "accepted_at": accepted}
        if depth >= 7:
            row |= {"closed_at": closed}
        if rng.random() < 0.2:
            row |= {"paid_in_advance": 500, "recovered": rng.choice((500, 120.5, 0, None))}
        return row | (given or {})

    def edges(self):
        """Rows at the very edge of what is right, and rows that look wrong but are not."""
        opened, last_year = datetime(2026, 10, 12, 9, 30), date(2025, 12, 31)
        for stage, given in (
            ("new", {"opened_at": NOW, "last_told_at": None}),
            ("new", {"opened_at": TODAY, "last_told_at": None}),
            ("new", {"delivered_on": TODAY, "bought_on": TODAY, "goods_accepted_on": TODAY}),
            ("new", {"delivered_on": date(2024, 2, 29), "bought_on": date(2024, 2, 29), "goods_accepted_on": None}),
            ("confirmed", {"opened_at": opened, "responded_at": opened, "last_told_at": None}),
            ("confirmed", {"opened_at": opened, "responded_at": day(opened), "last_told_at": None}),
            ("confirmed", {"opened_at": day(opened), "responded_at": day(opened), "last_told_at": None}),
            ("planned", {"fee": 980, "fee_agreed": False}),
            ("planned", {"fee": 980, "fee_agreed": None}),
            ("in_progress", {"fee": 0, "fee_agreed": None}),
            ("in_progress", {"fee": None, "fee_agreed": False}),
            ("in_progress", {"paid_in_advance": 1000, "recovered": 1000}),
            ("in_progress", {"paid_in_advance": "1000.10", "recovered": "1,000.1"}),
            ("in_progress", {"paid_in_advance": 0, "recovered": 0}),
            ("in_progress", {"cause": "other", "responsible": None}),
            ("in_progress", {"cause": "human_error", "responsible": 7}),
            ("new", {"phone": None, "email": "wang.min@163.com"}),
            ("new", {"phone": 4008208820, "email": None}),
            ("new", {"owner": "路人甲"}),  # a name outside the register is a warning
            ("new", {"promised_by": last_year}),
            ("new", {"customer": "NULL", "product": "N/A", "order_no": "=1+1", "notes": "#REF"}),
            ("new", {"customer": "None", "product": 0, "order_no": "1E5", "problem": "-"}),
            ("new", {"customer": 10086, "product": date(2026, 9, 3), "problem": 404}),
            ("cancelled", {"responded_at": None}),
            ("out_of_scope", {"responded_at": None}),
        ):
            yield self.tickets(stage, given)

    def vendors_row(self, number=None):
        rng, n = self.rng, next(self.serial)
        return {
            "vendor_no": number or f"W{n:04}",
            "name": f"{self.words['vendor']}{n}",
            "is_firm": rng.choice((True, False)),
            "city": rng.choice(self.words["cities"]),
            "phone": self.mobile(),
            "email": rng.choice((None, self.email())),
            "skills": rng.sample(self.words["skills"], 2),
            "qualified": rng.choice((True, False)),
            "day_capacity": rng.choice((None, 3, 6)),
            "active": rng.choice((True, True, False)),
            "initial_rating": rng.choice((None, 3, 4.5)),
            "joined_on": date(2025, 5, rng.randrange(1, 29)),
        }

    def surveys_row(self):
        rng, n = self.rng, next(self.serial)
        number, finished = rng.choice(self.finished)
        return {
            "survey_no": rng.choice((None, f"C{n:05}")),
            "ticket_no": number,
            "called_at": finished + timedelta(hours=rng.randrange(1, 60)),
            "caller": rng.choice(self.staff),
            "minutes": rng.choice((3, 4.5, None)),
            "came_on_time": rng.choice((True, False)),
            "satisfaction": rng.choice(("quite_satisfied", "basically_satisfied", "not_satisfied")),
            "what_went_wrong": "没擦干净",
            "suggestion": None,
        }

    def staff_row(self, name=None):
        rng, n = self.rng, next(self.serial)
        away = date(2026, 12, rng.randrange(1, 20))
        return {
            "staff_no": rng.choice((f"G{n:04}", 70000 + n)),
            "name": name or f"{self.words['staff']}X{n}",
            "role": rng.choice(("customer_service", "caller", "manager", "store_manager")),
            "email": self.email(),
            "phone": self.mobile(),
            "active": rng.choice((True, False)),
            "away_from": away,
            "away_to": away + timedelta(days=rng.randrange(0, 9)),
        }

    def holidays_row(self):
        n = next(self.serial)
        return {
            "date": date(2026, 1, 1) + timedelta(days=n % 3000),
            "name": self.words["holiday"],
            "working": self.rng.choice((True, False)),
        }

    def contacts_opt_out_row(self):
        return {
            "contact": self.rng.choice((self.mobile(), self.email())),
            "since": date(2026, self.rng.randrange(1, 10), 7),
            "reason": None,
        }

    def row(self, register, stage=None, given=None):
        return (
            self.tickets(stage, given) if register == "tickets" else getattr(self, register + "_row")() | (given or {})
        )


# -------------------------------------------------------------------------------------------------- one line of a sheet


@dataclass
class Line:
    cells: dict[str, Any]  # column key: what is typed
    found: dict[str, Mistake] = field(default_factory=dict)
    spelled: dict[str, str] = field(default_factory=dict)


@dataclass
class Written:
    """What stands where: `expected` maps (cell, code) to the kind, `spelled` a cell to the spelling used there."""

    expected: dict[tuple[str, str], str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    spelled: dict[str, str] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    wrong_rows: dict[str, int] = field(default_factory=dict)
    kinds: Counter = field(default_factory=Counter)
    spellings: Counter = field(default_factory=Counter)
    hidden_mistakes: int = 0


class Lines:
    def __init__(self, registers, others, locale, rng):
        self.columns = {name: {c["key"]: c for c in r["columns"]} for name, r in registers.items()}
        self.labels = {
            name: {
                key: {
                    c["key"]: (c["label"], o["label"])
                    for c, o in zip(column["choices"] or (), others[name][key]["choices"] or (), strict=True)
                }
                for key, column in columns.items()
            }
            for name, columns in self.columns.items()
        }
        self.locale, self.rng = locale, rng
        self.spellings: dict[str, list[Spelling]] = {}
        for spelling in SPELLINGS:
            for kind in spelling.types:
                if spelling.locale in ("", locale):
                    self.spellings.setdefault(kind, []).append(spelling)
        self.used: Counter = Counter()

    def plain(self, register, key, value):
        """The value as the toolkit itself would show it."""
        column = self.columns[register][key]
        if column["type"] == "choice":
            return self.labels[register][key][value][0] if value in self.labels[register][key] else value
        if column["type"] == "yes_no":
            return ("是" if value else "否") if self.locale == "zh-CN" else ("Yes" if value else "No")
        if column["type"] == "list":
            return "、".join(value)
        return value

    def spell(self, register, key, value):
        """An unusual way to type it: the one used least so far, so that each has its turn."""
        column = self.columns[register][key]
        fit = [s for s in self.spellings.get(column["type"], ()) if not s.columns or key in s.columns]
        for spelling in sorted(fit, key=lambda s: (self.used[s.name], self.rng.random())):
            labels = self.labels[register][key].get(value) if column["type"] == "choice" else None
            if (typed := spelling.spell(value, labels)) is not None:
                self.used[spelling.name] += 1
                return typed, spelling.name
        return None

    def line(self, register, row, *, fixed=(), odds=0.25):
        line = Line({})
        for key, value in row.items():
            if value is None:
                continue
            spelled = self.spell(register, key, value) if key not in fixed and self.rng.random() < odds else None
            if spelled:
                line.cells[key], line.spelled[key] = spelled
            else:
                line.cells[key] = self.plain(register, key, value)
        return line


def wrong_lines(lines, right, register, mistakes, times):
    for mistake in mistakes:
        for nth in range(max(times, len(mistake.typed) if times > 2 else times)):
            typed = mistake.typed[nth % len(mistake.typed)]
            if not mistake.twin:
                yield [_wrong(lines, right, register, mistake, typed)]
            elif not (isinstance(typed[0], int) or (isinstance(typed[1], float))) or nth < len(mistake.typed):
                n = next(right.serial)
                yield [
                    _wrong(lines, right, register, mistake, one.format(n=n) if isinstance(one, str) else one)
                    for one in typed
                ]


def _wrong(lines, right, register, mistake, typed):
    row = right.row(register, mistake.stage, mistake.given)
    if callable(typed):
        typed = typed(row)
    is_exact = mistake.twin or mistake.code == "out-of-order"  # a moment without its hour would not be out of order
    odds = 0.0 if is_exact else 0.1
    row.pop(mistake.column, None)
    line = lines.line(register, row, fixed=set(mistake.given), odds=odds)
    if typed is not None:
        line.cells[mistake.column] = typed
    line.found[mistake.column] = mistake
    return line


# --------------------------------------------------------------------------------------------------------- the sheet

EXTRA_COLUMNS = {
    "zh-CN": [
        "序号",
        "旺旺昵称",
        "登记人",
        "区域经理",
        "内部备注",
        "快递公司",
        "发票号",
        "颜色/尺寸",
        "是否加急",
        "会员等级",
        "打印标记",
        "金额合计",
    ],
    "en": [
        "#",
        "Nick",
        "Entered by",
        "Region",
        "Internal remark",
        "Tracker colour",
        "Invoice",
        "Colour/size",
        "Rush?",
        "Tier",
        "Printed",
        "Total",
    ],
}
TRADITIONAL_HEADERS = {
    "客户姓名": "客戶姓名",
    "联系电话": "聯繫電話",
    "状态": "狀態",
    "类型": "類型",
    "问题描述": "問題描述",
    "负责人": "負責人",
    "产品型号": "產品型號",
    "邮箱": "郵箱",
    "验收结果": "驗收結果",
    "费用": "費用",
    "签收日期": "簽收日期",
    "购买日期": "購買日期",
    "紧急性": "緊急性",
    "级别": "級別",
    "完成时间": "完成時間",
    "服务商名称": "服務商名稱",
    "是否合格": "是否合格",
    "回访时间": "回訪時間",
    "满意度": "滿意度",
    "岗位": "崗位",
    "电话": "電話",
}


def disguised(rng, column, locale, taken):
    """The header as somebody else types it; an alias is used only where it names no other column of the tab."""
    label = column["label"]
    aliases = [a for a in column["aliases"] if a not in taken]
    if aliases and rng.random() < 0.35:
        label = rng.choice(aliases)
    elif locale == "zh-CN" and rng.random() < 0.5:
        label = TRADITIONAL_HEADERS.get(label, label)
    change = rng.randrange(9)
    if change == 0:
        return label + "*"
    if change == 1:
        return label + "："
    if change == 2:
        return f"  {label}\u3000"
    if change == 3:
        return (
            label.replace(" ", "\n", 1)
            if " " in label
            else label[:2] + "\n" + label[2:]
            if locale == "zh-CN" and len(label) > 3
            else label + "\n"
        )
    if change == 4:
        return label.translate(WIDE)
    if change == 5:
        return label.upper() + "＊"
    if change == 6:
        return label.lower() + " *"
    return label


class SheetWriter:
    def __init__(self, book, register, tab, columns, locale, rng, written):
        self.sheet = book.create_sheet(tab)
        self.tab = "'" + tab.replace("'", "''") + "'" if re.search(r"[^\w.]", tab) else tab
        self.register, self.locale, self.rng, self.written = register, locale, rng, written
        self.cached: dict[str, Any] = {}
        self.epoch = book.epoch
        keys = [c["key"] for c in columns]
        self.staff_keys = [c["key"] for c in columns if c["written_by"] == "staff"] or keys
        rng.shuffle(keys)
        by_key = {c["key"]: c for c in columns}
        extras = [(None, name) for name in EXTRA_COLUMNS[locale]]
        taken = Counter(name.casefold() for c in columns for name in {c["label"], *c["aliases"]})
        taken = {name for c in columns for name in (c["label"], *c["aliases"]) if taken[name.casefold()] > 1}
        order = [(key, disguised(rng, by_key[key], locale, taken)) for key in keys]
        for extra in extras[1:]:
            order.insert(rng.randrange(len(order) + 1), extra)
        self.order = [extras[0], *order]
        self.letters = {key: get_column_letter(n) for n, (key, _) in enumerate(self.order, 1) if key}
        self.extras = [(n, name) for n, (key, name) in enumerate(self.order, 1) if key is None]
        self._head()

    def _head(self):
        sheet, thin = self.sheet, Side(style="thin", color="999999")
        last = get_column_letter(min(len(self.order), 12))
        sheet["A1"] = "售后服务中心 2026 年度登记表" if self.locale == "zh-CN" else "After-sales desk, 2026"
        sheet["A1"].font = Font(name="黑体", size=20, bold=True, color="C00000")
        sheet.merge_cells(f"A1:{last}1")
        sheet["A2"] = (
            "填表说明：带*为必填；日期请填 年/月/日" if self.locale == "zh-CN" else "Please fill in all marked *"
        )
        sheet["D2"] = date(2026, 11, 1)
        for n, (_, header) in enumerate(self.order, 1):
            cell = sheet.cell(TITLES + 1, n, header)
            cell.font, cell.fill = Font(name="微软雅黑", bold=True), PatternFill("solid", start_color="FFF2CC")
            cell.alignment, cell.border = (
                Alignment(wrap_text=True, horizontal="center"),
                Border(bottom=thin, right=thin),
            )
        sheet.freeze_panes = f"C{TITLES + 2}"
        sheet.column_dimensions["E"].hidden = True
        self.at = TITLES + 1

    def _put(self, reference, value):
        shown = value.number_format if isinstance(value, Shown) else None
        value = value.value if isinstance(value, Shown) else value
        cell = self.sheet[reference]
        if isinstance(value, Formula):
            cell.value = "=" + value.text
            self.cached[reference] = self._stored(value.cached)
            if isinstance(value.cached, (date, datetime)):
                shown = "yyyy/m/d h:mm"
        elif isinstance(value, str) and not value.startswith("#"):
            cell.value, cell.data_type = value, "s"  # `=门板` is a text
            if value[:1] in "=-+":
                cell.quotePrefix = True
        else:
            cell.value = value
            if isinstance(value, (datetime, date)) and not shown:
                shown = (
                    self.rng.choice(("yyyy-mm-dd hh:mm", "yyyy/m/d h:mm"))
                    if isinstance(value, datetime)
                    else "yyyy/m/d"
                )
        if shown:
            cell.number_format = shown
        if self.at % 5 == 0:
            cell.fill = PatternFill("solid", start_color="EAF1DD")

    def _stored(self, value):
        if isinstance(value, (date, datetime)):
            return (noon(value) - self.epoch) / timedelta(days=1)
        return value

    def _staff_garbage(self, number):
        for n, _ in self.extras[1:]:
            if self.rng.random() < 0.12:
                self._put(
                    f"{get_column_letter(n)}{self.at}",
                    self.rng.choice(
                        (
                            "2026.13.5",
                            "待定",
                            "#N/A",
                            13,
                            "1381234",
                            "nobody@",
                            error("#REF!"),
                            "重复",
                            date(2031, 1, 1),
                        )
                    ),
                )
        self.sheet.cell(self.at, 1, number)

    def blank(self):
        """Nothing typed in our columns: a gap, a running number, blanks that nobody sees, or paint only."""
        self.at += 1
        what = self.rng.randrange(4)
        if what == 1:
            self.sheet.cell(self.at, 1, self.at)
        elif what == 2:
            self._put(
                f"{self.letters[self.rng.choice(self.staff_keys)]}{self.at}", self.rng.choice((" ", "\u3000", "\xa0"))
            )
        elif what == 3:
            self.sheet.cell(self.at, 3).fill = PatternFill("solid", start_color="FFFF00")

    def line(self, line, number):
        self.at += 1
        written = self.written
        for key, value in line.cells.items():
            self._put(f"{self.letters[key]}{self.at}", value)
        self._staff_garbage(number)
        hidden = number % 23 == 0
        if hidden:
            self.sheet.row_dimensions[self.at].hidden = True
        for key, mistake in line.found.items():
            cell = f"{self.tab}!{self.letters[key]}{self.at}"
            written.expected[cell, mistake.code] = mistake.kind
            written.typed[cell] = repr(line.cells.get(key))
            written.kinds[mistake.kind] += 1
            written.hidden_mistakes += hidden
        for key, name in line.spelled.items():
            cell = f"{self.tab}!{self.letters[key]}{self.at}"
            written.spelled[cell] = name
            written.typed[cell] = repr(line.cells[key])
            written.spellings[name] += 1
        written.rows[self.register] = written.rows.get(self.register, 0) + 1
        written.wrong_rows[self.register] = written.wrong_rows.get(self.register, 0) + bool(line.found)

    def end(self):
        for _ in range(40):
            self.blank()
        self.sheet.auto_filter.ref = f"A{TITLES + 1}:{get_column_letter(len(self.order))}{self.at}"


RIGHT = {"surveys": 300, "holidays": 12, "contacts_opt_out": 8}


def write_workbook(path: Path, locale: str, *, tickets: int, times: int, seed: int, registers, others) -> Written:
    """`registers`, `others`: what `registers --json` says in this locale and in the other one."""
    rng, written = Random(seed), Written()
    right = RightRows(rng, locale)
    others = {name: {c["key"]: c for c in register["columns"]} for name, register in others.items()}
    lines = Lines(registers, others, locale, rng)
    book = Workbook()
    book.remove(book.active)
    if locale == "en":
        book.epoch = CALENDAR_MAC_1904
    book.create_sheet("说明")["A1"] = "售后登记表 请勿改动"
    writers = []
    for register in ["tickets", "vendors", "surveys", "staff", "holidays", "contacts_opt_out", *registers]:
        if register not in registers or any(w.register == register for w in writers):
            continue
        mistakes = [m for m in MISTAKES if m.register == register and m.locale in ("", locale)]
        wrong = list(wrong_lines(lines, right, register, mistakes, times))
        good = _good_lines(lines, right, register, tickets - sum(map(len, wrong)), locale)
        together = [one for group in wrong for one in group] + good
        rng.shuffle(together)
        writer = SheetWriter(
            book, register, registers[register]["tab"], registers[register]["columns"], locale, rng, written
        )
        writers.append(writer)
        for number, line in enumerate(together, 1):
            if rng.random() < 0.02:
                writer.blank()
            writer.line(line, number)
        writer.end()
    book.save(path)
    _store_formula_values(path, {f"xl/worksheets/sheet{n}.xml": writer.cached for n, writer in enumerate(writers, 2)})
    return written


def _good_lines(lines, right, register, room, locale):
    if register == "tickets":
        good = [lines.line(register, row, odds=0) for _ in range(3 if room > 500 else 1) for row in right.edges()]
        room -= len(good)
        for _ in range(room):
            row = right.tickets()
            if row.get("finished_at") and row["ticket_no"]:
                right.finished.append((row["ticket_no"], row["finished_at"]))
            good.append(lines.line(register, row))
        return good
    if register == "vendors":
        return [lines.line(register, right.vendors_row(number), odds=0.7) for number in right.vendors]
    if register == "staff":
        return [lines.line(register, right.staff_row(name), fixed=("name",)) for name in right.staff]
    if register in RIGHT:
        return [lines.line(register, right.row(register)) for _ in range(RIGHT[register] if locale == "zh-CN" else 12)]
    return []


def _store_formula_values(path, cached_by_part):
    """Openpyxl writes formulas without values; a spreadsheet program stores both."""

    def valued(cached):
        def replace(match):
            value = cached[match[1]]
            kind = "e" if isinstance(value, str) and value.startswith("#") else "str" if isinstance(value, str) else "n"
            return f'<c r="{match[1]}"{match[2] or ""} t="{kind}"><f>{match[3]}</f><v>{value}</v></c>'

        return replace

    beside = path.with_suffix(".tmp")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for item in old.infolist():
            data = old.read(item)
            if cached := cached_by_part.get(item.filename):
                text, n = re.subn(
                    r'<c r="([A-Z]+\d+)"( s="\d+")?(?: t="\w+")?><f>([^<]*)</f><v ?/?>(?:</v>)?</c>',
                    valued(cached),
                    data.decode(),
                )
                assert n == len(cached), (item.filename, n, len(cached))
                data = text.encode()
            new.writestr(item.filename, data)
    beside.replace(path)


# ------------------------------------------------------------------------------------------------- the real entry point


def aftersales(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "toolkit", *arguments],
        cwd=folder,
        text=True,
        encoding="utf-8",
        capture_output=True,
        check=False,
    )


def registers(folder: Path):
    return json.loads(aftersales(folder, "registers", "--json").stdout)
