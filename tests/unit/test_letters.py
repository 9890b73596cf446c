"""Letters: both locales alike, whole texts, hostile values, faults with their place, SMS lengths, calendar files."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest

from toolkit.letters.calendar import appointment_ics
from toolkit.letters.faults import LetterError
from toolkit.letters.library import Library
from toolkit.letters.sms import sms_parts

TEMPLATES = Path(__file__).parents[2] / "templates"
LOCALES = ("zh-CN", "en")
NOTICES = (
    "appointment", "appointment-vendor", "callback-list", "care", "digest", "escalation", "overdue", "received",
    "reminder", "reminder-vendor", "solution", "sorry", "thanks", "visit-cancelled", "visit-cancelled-vendor",
    "visit-moved", "visit-moved-vendor", "warning",
)  # fmt: skip
STANDING = {
    "company": {"name": "云栖家居有限公司", "brand": "云栖", "hotline": "400-820-1234"},
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
}
HOSTILE = (
    "王\r\nBcc: all@example.com",
    "{{ 7*7 }}{% raw %}",
    "<script>alert(1)</script>",
    "**bold** _it_ `code` # head",
    "[x](javascript:alert(1)) ![p](http://evil.example/p.png)",
    "abc\u202egnp.exe\u200f\u2066",
    "长" * 10_000,
    '=HYPERLINK("http://evil.example","x")',
    "👩‍👧 🛋️ 家",
    "| a | b |\n|---|---|\n- 1. > x",
    "\x00\x07\x1b[31m\ud800",
    '" onmouseover="alert(1)" \'',
    "v0123456789abcdefn0e",
    "&lt;b&gt; &amp; &#60;",
)


def library(locale: str = "zh-CN", *folders: Path) -> Library:
    return Library([*folders, TEMPLATES], locale, STANDING)


def values(**changes: object) -> dict[str, object]:
    ticket = {
        "what": "Ticket",
        "ticket_no": "AS-20261121-0007", "customer": "王晓燕", "product": "布艺沙发", "category": "沙发",
        "problem": "扶手开裂。\n有异响。", "city": "杭州", "address": "文三路 188 号", "phone": "13800138000",
        "kind": "维修", "kind_key": "repair", "level": 3, "status": "已派工", "owner": "李娜", "vendor": "安心家修",
        "visit_at": datetime(2026, 11, 23, 14), "promised_by": date(2026, 11, 30), "solution": "上门缝合扶手。",
        "coverage": "保修期内", "warranty_until": date(2027, 8, 14), "order_no": "SO-1",
        "opened_at": datetime(2026, 11, 21, 10, 22), "fee": Decimal(180), "fee_agreed": False, "estimated_hours": 1.5,
        "repair_class": "routine",
    }  # fmt: skip
    row = {
        "what": "Ticket",
        "ticket_no": "AS-20261118-0001", "customer": "周建国", "phone": "0571-88001234", "product": None,
        "finished_at": datetime(2026, 11, 18, 16), "callback_due": datetime(2026, 11, 21, 18), "vendor": "安心家修",
        "is_overdue": True, "about": "", "tries": 1, "last_try_at": datetime(2026, 11, 21, 16), "again_at": None,
    }  # fmt: skip
    given: dict[str, object] = {
        "now": datetime(2026, 11, 22, 9), "to_name": "王晓燕", "ticket": ticket,
        "vendor": {"vendor_no": "V012", "name": "安心家修", "contact": "陈师傅", "phone": "13911112222"},
        "response_due": datetime(2026, 11, 23, 10, 22), "old_visit_at": datetime(2026, 11, 22, 9, 30),
        "payment": "转账", "parts": "", "step": "首次回复", "due": datetime(2026, 11, 22, 10, 22), "policy_no": "P-01",
        "left": "1 小时", "late": "2 个工作日", "next_step": "致电客户", "owner": "李娜", "level_of": "第一级",
        "rows": [row, {**row, "is_overdue": False}], "care": ["避免阳光直射"], "person": "李娜",
        "day": date(2026, 11, 22), "counts": [{"label": "在办", "value": 48}, {"label": "已逾期", "value": 3}],
        "warnings": ["2028 年的节假日还没有公布。"],
        "sections": [
            {"title": "已逾期 · 售后", "count": 32, "more": 31,
             "rows": [{"text": "周建国：首次回复", "cell": "售后!P12", "link": "https://x.example/#P12"}]},
            {"title": "待补正 · 售后", "count": 1, "more": 0,
             "rows": [{"text": "不是日期", "cell": "售后!B4", "link": None}]},
        ],
        "standing_in": ["赵雅婷"],
        "registers": [
            {"label": "售后登记表", "open": 48, "overdue": 32, "today": 0, "mend": 1},
            {"label": "退换货", "open": None, "overdue": None, "today": None, "mend": None},
        ],
    }  # fmt: skip
    for name in set(changes) & set(ticket):
        ticket[name] = changes.pop(name)  # type: ignore[assignment]
    return given | changes


def own(folder: Path, source: str, name: str = "received") -> Library:
    """A library in which the customer wrote the template."""
    (folder / "zh-CN").mkdir(exist_ok=True)
    (folder / "zh-CN" / f"{name}.md").write_text(source, encoding="utf-8")
    return library("zh-CN", folder)


class Page(HTMLParser):
    """Which elements and links a page has, and its words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        self.words += data


def spoiled(value: object, text: str) -> object:
    """Every text in the values replaced."""
    match value:
        case str():
            return text
        case dict():
            return {name: spoiled(part, text) for name, part in value.items()}
        case list():
            return [spoiled(part, text) for part in value]
        case _:
            return value


# Both locales


def test_every_notice_exists_in_both_locales() -> None:
    assert library("zh-CN").names() == library("en").names()
    assert set(NOTICES) <= set(library("en").names())


@pytest.mark.parametrize("notice", NOTICES)
def test_a_notice_has_the_same_blocks_and_variables_in_both_locales(notice: str) -> None:
    chinese, english = library("zh-CN"), library("en")

    def used(lib: Library) -> set[str]:
        # An English SMS names the brand, which the gateway's sign does in China.
        return {name for name in lib.variables(notice) if not name.startswith("company")}

    assert sorted(chinese.blocks(notice)) == sorted(english.blocks(notice))
    assert used(chinese) == used(english)
    assert {name.partition(".")[0] for name in used(chinese)} <= set(values())


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("notice", NOTICES)
def test_every_notice_renders_with_only_what_is_always_there(notice: str, locale: str) -> None:
    lib = library(locale)
    optional = ("product", "problem", "city", "address", "phone", "owner", "vendor", "promised_by", "coverage",
                "warranty_until", "order_no", "fee", "estimated_hours", "visit_at", "solution", "category", "level")  # fmt: skip
    for given in (values(), values(**dict.fromkeys(optional)) | {"vendor": None, "to_name": "", "next_step": None}):
        if notice == "digest" and given["vendor"] is None:
            given |= {"sections": [], "counts": [], "registers": [], "standing_in": [], "warnings": []}
        letter = lib.render(notice, "email", given)
        assert letter.html
        assert letter.subject
        assert not re.search(r"None|\*\*|\||\bv[0-9a-f]{16}n|Undefined|\n\n\n", letter.text)
        for block in {"sms", "chat"} & set(lib.blocks(notice)):
            assert lib.render(notice, block, given).text


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("notice", [name for name in NOTICES if "sms" in library().blocks(name)])
def test_an_sms_is_one_short_line_without_links_and_refused_signs(notice: str, locale: str) -> None:
    text = library(locale).render(notice, "sms", values(product="【新品】★ ¥1")).text
    assert not re.search(r"https?:|[【】★✓¥\n]", text)
    # Chinese names in an English text are counted as Chinese.
    assert sms_parts(text, mainland=locale == "zh-CN").parts <= (2 if locale == "zh-CN" else 3)


# Whole texts


def test_the_received_letter_as_the_customer_reads_it() -> None:
    letter = library().render("received", "email", values())
    assert letter.subject == "已收到您的服务请求 AS-20261121-0007"
    assert letter.text == (
        """\
您的服务请求已登记
==================

王晓燕，您好：

感谢您联系云栖。我们会在 11月23日（周一）10:22 前与您联系，告知下一步安排。

服务编号：AS-20261121-0007
服务类型：维修
产品：    布艺沙发
订单号：  SO-1
您的描述：扶手开裂。
          有异响。
登记时间：11月21日（周六）10:22

如有记录不符或需要补充（例如照片），直接回复本邮件即可。联系我们时报服务编号，查找更快。

-- \n"""
        "云栖家居有限公司 · 服务热线 400-820-1234\n\n本邮件由售后系统自动发出。如有疑问，直接回复或拨打热线即可。\n"
    )


def test_the_english_appointment_for_the_phone() -> None:
    given = values(visit_at=datetime(2027, 1, 4, 9)) | {"to_name": "Ellen"}
    letter = library("en").render("appointment", "sms", given)
    assert letter.text == (
        "云栖: 陈师傅 will visit you on Mon 4 Jan 2027, 09:00 and call first. Ref AS-20261121-0007. To change: 400-820-1234"
    )
    assert letter.subject == ""
    assert letter.html is None


def test_the_digest_as_text() -> None:
    text = library().render("digest", "email", values()).text.partition("-- \n")[0]
    assert (
        text
        == """\
售后日报 · 11月22日（周日）
===========================

李娜，今天请留意这些：

  您今天代理赵雅婷的工作，对应的事项已列在下面，并注明姓名。

在办：  48
已逾期：3

  2028 年的节假日还没有公布。

售后登记表：未结 48 · 逾期 32 · 待改正 1
退换货：    读不到

已逾期 · 售后 32
----------------

- 周建国：首次回复 售后!P12 (https://x.example/#P12)
- ……另有 31 行

待补正 · 售后 1
---------------

- 不是日期 售后!B4

"""
    )


def test_the_overdue_notice_for_a_group_chat() -> None:
    assert library().render("overdue", "chat", values() | {"to_name": "李娜"}).text == (
        "首次回复逾期：2 个工作日\n"
        "AS-20261121-0007 王晓燕 · 布艺沙发\n"
        "期限 11月22日（周日）10:22（P-01），负责人 李娜\n"
        "下一步：致电客户"
    )


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("notice", ["warning", "overdue", "escalation"])
def test_an_alert_shows_each_fact_on_its_own_line(notice: str, locale: str) -> None:
    facts = {"zh-CN": r"当前状态：已派工\n依据：    P-01\n", "en": r"Status:   已派工\nRule:     P-01\n"}
    assert re.search(facts[locale], library(locale).render(notice, "email", values()).text)


def test_a_chat_line_that_the_template_lacks_is_made_of_subject_and_body() -> None:
    text = library().render("thanks", "chat", values()).text
    assert text.startswith("谢谢您的意见\n\n谢谢您抽空接听\n")


def test_the_page_dials_numbers_and_fetches_nothing() -> None:
    page = Page(library().render("appointment-vendor", "email", values()).html or "")
    assert page.links == ["tel:13800138000", "tel:4008201234"]
    assert not {"img", "script", "link", "iframe"} & set(page.tags)


def test_money_and_moments_follow_locale_currency_and_zone(tmp_path: Path) -> None:
    source = (
        "{% block sms %}{{ a | when }} {{ b | day }} {{ c | money }} {{ d }} {{ e }} {{ f | masked }}{% endblock %}"
    )
    given = {
        "now": datetime(2026, 11, 22, 9),
        "a": datetime(2026, 12, 31, 17, 30, tzinfo=UTC), "b": date(2026, 12, 31), "c": Decimal("1200.5"),
        "d": 2.0, "e": ("甲", "乙"), "f": "13800138000",
    }  # fmt: skip
    text = own(tmp_path, source).render("received", "sms", given).text
    assert text == "2027年1月1日（周五）01:30 12月31日（周四） RMB 1,200.50 2 甲、乙 138****8000"


# Hostile values


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("locale", LOCALES)
def test_values_are_never_read_as_markdown_html_or_jinja(text: str, locale: str) -> None:
    lib = library(locale)
    tame, wild = values(), spoiled(values(), text)
    assert isinstance(wild, dict)
    for notice in NOTICES:
        letter, usual = lib.render(notice, "email", wild), Page(lib.render(notice, "email", tame).html or "")
        page = Page(letter.html or "")
        assert not [tag for tag in page.tags if tag not in {*usual.tags, "br", "span"}]
        assert page.attributes <= usual.attributes
        assert all(re.match(r"tel:\+?\d+$|https?://", link) for link in page.links)
        assert not re.search(r"[\r\n]", letter.subject)
        for part in (letter.subject, letter.text, letter.html or ""):
            assert not re.search("[\x00-\x09\x0b-\x1f\u202a-\u202e\u2066-\u2069\u200e\u200f\ud800-\udfff]", part)
        assert len(letter.subject) <= 200
        for block in {"sms", "chat"} & set(lib.blocks(notice)):
            short = lib.render(notice, block, wild).text
            assert len(short) < (1500 if block == "chat" else 500)
            assert block == "chat" or "\n" not in short


@pytest.mark.parametrize(
    ("value", "html"),
    [
        ("**b** [x](javascript:alert(1))", "**b** [x](javascript:alert(1))"),
        ("<script>", "&lt;script&gt;"),
        ("{{ 7*7 }}", "{{ 7*7 }}"),
        ("a\r\nb", "a<br>b"),
        ("&lt;", "&amp;lt;"),
    ],
)
def test_values_are_shown_as_they_were_typed(value: str, html: str) -> None:
    assert html in (library().render("received", "email", values(problem=value)).html or "")


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ("https://x.example/?a=1&b=2", ["https://x.example/?a=1&b=2"]),
        ("javascript:alert(1)", []),
        ("data:text/html,x", []),
        ('https://x.example/" onclick="x', []),
        ("//evil.example", []),
        ("JaVaScRiPt:alert(1)", []),
        ("java\nscript:alert(1)", []),
    ],
)
def test_only_web_mail_and_phone_links_are_links(link: str, shown: list[str]) -> None:
    given = values() | {
        "sections": [{"title": "x", "count": 1, "more": 0, "rows": [{"text": "t", "cell": "A1", "link": link}]}]
    }
    page = Page(library().render("digest", "email", given).html or "")
    assert [found for found in page.links if not found.startswith("tel:")] == shown


def test_chat_commands_in_values_are_disarmed() -> None:
    text = library().render("overdue", "chat", values(customer='<at user_id="all"></at>')).text
    assert "<" not in text


def test_macros_and_captured_text_keep_values_apart(tmp_path: Path) -> None:
    source = (
        "{% macro bold(x) %}**{{ x }}**{% endmacro %}{% block subject %}s{% endblock %}"
        "{% block body %}{% macro strong(x) %}**{{ x }}**{% endmacro %}{% set held %}*{{ name }}*{% endset %}"
        "{{ strong(name) }} and {{ held ~ name }}{% endblock %}"
    )
    letter = own(tmp_path, source).render("received", "email", {"name": "**x**", "now": datetime(2026, 1, 1)})
    assert ">**x**</strong>" in (letter.html or "")
    assert letter.text.startswith("**x** and ***x*****x**\n")


# Faults


@pytest.mark.parametrize(
    ("source", "line", "problem"),
    [
        ("{% block subject %}x{% endblock %}\n{% block sms %}\n{{ tikcet }}{% endblock %}", 3, "unknown name 'tikcet'"),
        (
            "{% block sms %}{{ ticket.tiket_no }}{% endblock %}", 1,
            "unknown name 'tiket_no', did you mean 'ticket_no'?",
        ),
        ("{% block sms %}\n{% if x %}{% endblock %}", 2, "cannot be read: Encountered unknown tag 'endblock'"),
        ("{% block sms %}{{ ticket | nofilter }}{% endblock %}", 1, "cannot be read: No filter named 'nofilter'"),
        ("{% block sms %}\n\n{{ 1 + ticket }}{% endblock %}", 3, "unsupported operand"),
        ("{% block sms %}{{ ().__class__.__mro__ }}{% endblock %}", 1, "access to attribute '__class__'"),
        ("{% block sms %}{% include '_gone.md' %}{% endblock %}", 1, "there is no template 'zh-CN/_gone.md'"),
        ("{% block sms %}{% include 'received.md' %}{% endblock %}", 1, "maximum recursion depth"),
        ("{% block subject %}x{% endblock %}", None, "the block 'sms' is missing"),
        ("{% block sms %}{% for n in range(10**9) %}.{% endfor %}{% endblock %}", 1, "Range too big"),
    ],
)  # fmt: skip
def test_a_template_fault_names_file_line_and_row(tmp_path: Path, source: str, line: int | None, problem: str) -> None:
    lib = own(tmp_path, source)
    with pytest.raises(LetterError) as caught:
        lib.render("received", "sms", values(), what="AS-1")
    file = tmp_path / "zh-CN" / "received.md"
    assert (caught.value.file, caught.value.line, caught.value.what) == (file, line, "AS-1")
    assert caught.value.problem.startswith(problem)
    assert str(caught.value).startswith(f"{file}:{line}: " if line else f"{file}: ")
    assert str(caught.value).endswith(" (AS-1)")


def test_a_template_that_is_not_there_or_not_text_is_a_letter_error(tmp_path: Path) -> None:
    with pytest.raises(LetterError, match="no template 'nope' in zh-CN"):
        library().render("nope", "email", values())
    with pytest.raises(LetterError, match=r"no template '\.\./\.\./secret'"):
        library().render("../../secret", "email", values())
    with pytest.raises(LetterError, match="channel 'fax'"):
        library().render("received", "fax", values())
    with pytest.raises(LetterError, match="tone is one of"):
        own(tmp_path, "{% block subject %}{% endblock %}{% block tone %}x{% endblock %}").render(
            "received", "email", {}
        )
    (tmp_path / "zh-CN" / "received.md").write_bytes("编号".encode("gb18030"))
    with pytest.raises(LetterError, match="not UTF-8"):
        library("zh-CN", tmp_path).render("received", "email", values())
    with pytest.raises(LetterError, match="not UTF-8"):
        library("zh-CN", tmp_path).blocks("received")


def test_the_customers_own_template_wins_and_may_use_packaged_parts(tmp_path: Path) -> None:
    source = '\ufeff{% block subject %}新{% endblock %}{% block body %}{% include "_hello.md" %}{% endblock %}'
    lib = own(tmp_path, source)
    assert lib.source("received") == tmp_path / "zh-CN" / "received.md"
    assert lib.source("thanks") == TEMPLATES / "zh-CN" / "thanks.md"
    letter = lib.render("received", "email", values())
    assert (letter.subject, letter.text.splitlines()[0]) == ("新", "王晓燕，您好：")
    assert lib.variables("received") == {"to_name"}


# Lengths and calendars


@pytest.mark.parametrize(
    ("text", "mainland", "size"),
    [
        ("", False, (0, 0)),
        ("a" * 160, False, (160, 1)),
        ("a" * 161, False, (161, 2)),
        ("a" * 306, False, (306, 2)),
        ("a" * 307, False, (307, 3)),
        ("€" * 80, False, (160, 1)),
        ("a" * 152 + "€" + "a" * 152, False, (306, 3)),     # the euro does not fit the first part's last septet
        ("字" * 70, False, (70, 1)),
        ("字" * 71, False, (71, 2)),
        ("字" * 134, False, (134, 2)),
        ("字" * 135, False, (135, 3)),
        ("字" * 66 + "🛋" + "字" * 66, False, (134, 3)),     # a pair is not split
        ("a" * 70, True, (70, 1)),
        ("a" * 71, True, (71, 2)),
        ("`", False, (1, 1)),                               # not in GSM-7
    ],
)  # fmt: skip
def test_sms_lengths_as_networks_count_them(text: str, mainland: bool, size: tuple[int, int]) -> None:
    assert sms_parts(text, mainland=mainland) == size


def ics(**changes: object) -> str:
    given: dict[str, object] = {
        "uid": "AS-1@shop.example", "stamp": datetime(2026, 11, 22, 9, tzinfo=UTC),
        "starts_at": datetime(2026, 11, 23, 14, tzinfo=timezone(timedelta(hours=8))), "hours": 1.5,
        "summary": "上门服务", "location": "文三路 188 号", "description": "a\nb", "organizer": "care@shop.example",
    }  # fmt: skip
    file = appointment_ics(**(given | changes))  # type: ignore[arg-type]
    assert file.name == "appointment.ics"
    return file.content.decode()


def test_an_appointment_is_the_same_bytes_each_time() -> None:
    assert ics() == ics()
    assert (
        ics().replace("\r\n", "\n")
        == """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//aftersales-toolkit//appointments//EN
CALSCALE:GREGORIAN
METHOD:REQUEST
BEGIN:VEVENT
SUMMARY:上门服务
DTSTART:20261123T060000Z
DTEND:20261123T073000Z
DTSTAMP:20261122T090000Z
UID:AS-1@shop.example
SEQUENCE:0
DESCRIPTION:a\\nb
LOCATION:文三路 188 号
ORGANIZER:mailto:care@shop.example
STATUS:CONFIRMED
TRANSP:OPAQUE
END:VEVENT
END:VCALENDAR
"""
    )


def test_a_cancelled_appointment_says_so_and_hostile_values_add_no_line() -> None:
    text = ics(
        method="CANCEL", sequence=2, summary="x\r\nATTENDEE:evil", organizer_name='A"\r\nB', attendee="a@b.c\nX:1"
    )
    lines = text.split("\r\n")
    assert {"METHOD:CANCEL", "STATUS:CANCELLED", "SEQUENCE:2"} <= set(lines)
    assert not [
        line for line in lines if line.startswith(("ATTENDEE:evil", "X:1", "B")) and not line.startswith("BEGIN")
    ]


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        ics(starts_at=datetime(2026, 11, 23, 14))
