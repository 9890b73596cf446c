"""Every letter of the trade, in both locales and on each of its channels: complete, clean, and deaf to hostile data."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from email import message_from_bytes, policy
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml

from toolkit.core.message import Message
from toolkit.gateways.senders.mail import MailFrom, build_mail
from toolkit.jobs.ticket.view import TICKET, VENDOR
from toolkit.letters import sample
from toolkit.letters.calendar import appointment_ics
from toolkit.letters.library import Library
from toolkit.letters.lint import Subject, lint
from toolkit.letters.sms import sms_parts

ROOT = Path(__file__).parents[2]
LOCALES = ("zh-CN", "en")
BASE = yaml.safe_load((ROOT / "toolkit/settings/presets/base.yaml").read_text("utf-8"))
SUBJECTS = {
    name: Subject(name, one.get("register", "tickets"), one["to"], one["channels"])
    for name, one in BASE["notices"].items()
}
LONG_SMS = {
    "appointment-vendor", "reminder-vendor", "visit-moved-vendor",  # an address, a name and a phone number
    "solution", "return-approved", "return-rejected", "return-resent",  # what staff wrote, or two long numbers
}  # fmt: skip
HOSTILE = {
    "a header": "王\r\nBcc: all@evil.example\r\n\r\nbody",
    "Jinja": "{{ 7*7 }}{% raw %}{# x #}",
    "a script": "<script>alert(1)</script>",
    "Markdown": "**bold** [x](javascript:alert(1)) ![p](http://evil.example/p.png)",
    "a table": "| a | b |\n|---|---|\n# head\n- 1. > x",
    "direction": "abc\u202egnp.exe\u200f\u2066",
    "a novel": "长" * 10_000,
    "a formula": '=HYPERLINK("http://evil.example","x")',
    "emoji": "👩‍👧 🛋️ 家",
    "quotes": '12" Queen\'s Rd, "Flat 4"; <x> onmouseover="alert(1)"',
    "control": "\x00\x07\x1b[31m\ud800",
    "everybody": '<at user_id="all"></at> <!channel> <@here>',
    "entities": "&lt;b&gt; &amp; &#60;",
    "an SMS sign": "【别家】★✓¥100",
}


@cache
def library(locale: str) -> Library:
    return Library((ROOT / "templates",), locale, sample.standing(locale))


def values(name: str, locale: str) -> dict[str, object]:
    one = SUBJECTS[name]
    return sample.sample(name, one.register, one.to, locale)


def spoiled(value: object, text: str) -> object:
    """Every text in the values replaced, but for the keys of choices, which nobody types."""
    match value:
        case str():
            return text if value else value
        case dict():
            return {key: part if str(key).endswith("_key") else spoiled(part, text) for key, part in value.items()}
        case list():
            return [spoiled(part, text) for part in value]
        case _:
            return value


class Page(HTMLParser):
    """Which elements, attributes and links a page has."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in {"href", "src", "background"}]


# What there is


def test_there_are_letters_for_the_whole_trade_in_both_locales() -> None:
    assert len(SUBJECTS) >= 50
    assert set(library("zh-CN").names()) == set(library("en").names()) == set(SUBJECTS)


@pytest.mark.parametrize("locale", LOCALES)
def test_no_letter_has_a_fault(locale: str) -> None:
    assert [str(one) for one in lint(library(locale), SUBJECTS.values(), mainland=locale == "zh-CN")] == []


@pytest.mark.parametrize("name", SUBJECTS)
def test_both_locales_say_the_same_things(name: str) -> None:
    chinese, english = library("zh-CN"), library("en")
    assert sorted(chinese.blocks(name)) == sorted(english.blocks(name))

    def told(lib: Library) -> set[str]:
        # An English SMS names the brand, which the gateway's sign does in China.
        return {one for one in lib.variables(name) if not one.startswith("company")}

    assert told(chinese) == told(english)


def test_the_samples_have_the_columns_that_letters_are_told() -> None:
    assert set(sample.contract()["letters"]) <= set(SUBJECTS)
    for locale in LOCALES:
        made = sample.rows_of(locale)
        assert set(made["ticket"]) == {"what", "ticket_no", *TICKET, "kind_key", "warranty_until", "coverage"}
        assert set(made["vendor"]) == set(VENDOR)
        assert set(made["to_name"]) == {one.to for one in SUBJECTS.values()} | {"head", "staff"}
    assert _shape(sample.rows_of("zh-CN")) == _shape(sample.rows_of("en"))


def _shape(value: object) -> object:
    match value:
        case dict():
            return {key: _shape(part) for key, part in value.items()}
        case list():
            return [_shape(part) for part in value]
        case _:
            return type(value).__name__


def test_the_samples_days_move_with_the_calendar() -> None:
    given = sample.sample("vendor-day", "vendors", "vendor", "en", date(2028, 2, 29))
    assert given["now"] == datetime(2028, 2, 29)
    assert given["day"] == date(2028, 3, 1)
    assert given["rows"][0]["visit_at"] == datetime(2028, 3, 1, 9, 30)


# Short messages


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", [name for name, one in SUBJECTS.items() if "sms" in one.channels])
def test_an_sms_is_one_part_where_it_can_be(name: str, locale: str) -> None:
    text = library(locale).render(name, "sms", values(name, locale)).text
    sign = "【云栖家居】" if locale == "zh-CN" else ""
    parts = sms_parts(sign + text, mainland=locale == "zh-CN").parts
    assert parts == 1 or (name in LONG_SMS and parts == 2), f"{text} ({len(text)})"
    assert "{" not in text


def test_nothing_asks_for_an_opinion_by_sms() -> None:
    assert "sms" not in SUBJECTS["survey"].channels


# Third parties


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(
    ("name", "channel"),
    [
        (name, channel)
        for name, one in SUBJECTS.items()
        for channel in one.channels
        if one.to in {"store", "supplier"} or (channel == "chat" and one.to != "customer")
    ],
)
def test_stores_suppliers_and_group_chats_never_see_phone_or_address(name: str, channel: str, locale: str) -> None:
    given = values(name, locale)
    made = sample.rows_of(locale)
    private = [made["ticket"]["phone"], made["ticket"]["address"], made["order"]["phone"]]
    private += [row["phone"] for row in made["rows"]["callback-list"]]
    given["ticket"] = made["ticket"] | {"problem": f"call {made['ticket']['phone']} or ellen.shaw@home.example"}
    letter = library(locale).render(name, channel, given)
    for part in (letter.subject, letter.text, letter.html or ""):
        bare = re.sub(r"[ -]", "", part)
        assert not [one for one in private if one in part or re.sub(r"[ -]", "", one) in bare]
        assert "ellen.shaw@" not in part


@pytest.mark.parametrize("locale", LOCALES)
def test_a_supplier_never_learns_who_the_customer_is(locale: str) -> None:
    customer = sample.rows_of(locale)["ticket"]["customer"]
    for name, one in SUBJECTS.items():
        if one.to == "supplier":
            assert customer not in library(locale).render(name, "email", values(name, locale)).text


# Hostile values


WORST = {
    "in a row": " ".join(text for kind, text in HOSTILE.items() if kind != "a novel"),
    "in lines": "\r\n".join(text for kind, text in reversed(HOSTILE.items()) if kind != "a novel"),
    "a novel": HOSTILE["a novel"],
}
EXAMPLES = (
    "received",
    "appointment-vendor",
    "vendor-day",
    "return-approved",
    "store-followup",
    "supplier-warning",
    "digest",
)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *((name, text) for name in SUBJECTS for text in WORST.values()),
        *((name, text) for name in EXAMPLES for text in HOSTILE.values()),
    ],
    ids=[
        *(f"{name}, {kind}" for name in SUBJECTS for kind in WORST),
        *(f"{name}, {kind} alone" for name in EXAMPLES for kind in HOSTILE),
    ],
)
def test_data_stays_data(name: str, text: str) -> None:
    usual = usual_page()
    for locale in LOCALES:
        wild = spoiled(values(name, locale), text)
        assert isinstance(wild, dict)
        letter = library(locale).render(name, "email", wild)
        page = Page(letter.html or "")
        assert page.tags <= usual.tags
        assert page.attributes <= usual.attributes
        assert all(re.fullmatch(r"tel:\+?\d+", link) for link in page.links)
        assert "\n" not in letter.subject
        assert len(letter.subject) <= 200
        for part in (letter.subject, letter.text, letter.html or ""):
            assert not re.search("[\x00-\x09\x0b-\x1f\u202a-\u202e\u2066-\u2069\u200e\u200f\ud800-\udfff]", part)
            assert "49" not in re.sub(r"style=\"[^\"]*\"|<style>.*?</style>|\d{3,}", "", part, flags=re.DOTALL) or (
                "7*7" not in text
            )
        for channel in SUBJECTS[name].channels:
            short = library(locale).render(name, channel, wild).text if channel != "email" else ""
            assert len(short) < (1500 if channel == "chat" else 500)
            assert channel == "chat" or "\n" not in short
            assert channel != "sms" or not re.search(r"[【】★✓¥￥]", short)
            assert channel != "chat" or "<" not in short


@cache
def usual_page() -> Page:
    """The elements, attributes and links of all letters with tame values."""
    whole = "".join(
        library(locale).render(name, "email", values(name, locale)).html or ""
        for name in SUBJECTS
        for locale in LOCALES
    )
    return Page(whole + "<br><span></span>")


@pytest.mark.parametrize("text", WORST.values(), ids=WORST)
def test_a_mail_of_hostile_values_has_the_usual_headers(text: str) -> None:
    for name in SUBJECTS:
        wild = spoiled(values(name, "zh-CN"), text)
        assert isinstance(wild, dict)
        letter = library("zh-CN").render(name, "email", wild)
        message = Message(
            key="k", occasions=("k",), notice=name, channel="email", role="customer", audience="customer",
            to="ellen@home.example", to_name=text, letter=letter, book="main", register="tickets", row_key="AS-1",
        )  # fmt: skip
        raw = build_mail(message, MailFrom("care@shop.example", "云栖"), datetime(2026, 11, 22, tzinfo=UTC)).as_bytes()
        read = message_from_bytes(raw, policy=policy.default)
        assert sorted(key.lower() for key in read) == [
            "auto-submitted", "content-type", "date", "from", "message-id", "mime-version", "subject", "to",
        ]  # fmt: skip
        assert [one.addr_spec for one in read["To"].addresses] == ["ellen@home.example"]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_an_appointment_of_hostile_values_is_one_event(text: str) -> None:
    wild = spoiled(values("appointment", "en"), text)
    assert isinstance(wild, dict)
    letter = library("en").render("appointment", "email", wild)
    file = appointment_ics(
        uid="AS-1@shop.example", stamp=datetime(2026, 11, 22, tzinfo=UTC),
        starts_at=datetime(2026, 11, 24, 14, tzinfo=timezone(timedelta(hours=8))), hours=1.5, summary=letter.subject,
        location=text.encode("utf-8", "ignore").decode(), description=letter.text, organizer="care@shop.example",
        organizer_name=text.encode("utf-8", "ignore").decode(),
    )  # fmt: skip
    unfolded = file.content.decode().replace("\r\n ", "")
    names = [re.split("[:;]", line)[0] for line in unfolded.split("\r\n") if line]
    assert names.count("BEGIN") == 2
    assert set(names) <= {
        "BEGIN", "END", "VERSION", "PRODID", "CALSCALE", "METHOD", "SUMMARY", "DTSTART", "DTEND", "DTSTAMP", "UID",
        "SEQUENCE", "DESCRIPTION", "LOCATION", "ORGANIZER", "STATUS", "TRANSP",
    }  # fmt: skip


# Pages and inboxes


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", SUBJECTS)
def test_a_page_fetches_nothing_names_the_company_and_dials(name: str, locale: str) -> None:
    letter = library(locale).render(name, "email", values(name, locale))
    page = Page(letter.html or "")
    company = sample.standing(locale)["company"]
    hotline = "tel:" + re.sub(r"\D", "", company["hotline"])
    assert not page.tags & {"img", "script", "link", "iframe", "object", "form"}
    assert hotline in page.links
    assert company["name"] in letter.text
    assert company["hotline"] in letter.text
    preview = re.search(r'class="preview"[^>]*>([^<]*)<', letter.html or "")
    assert preview is not None
    assert len(preview[1]) > 8
    assert not preview[1].startswith(("Dear ", "Hello"))
    assert not preview[1].endswith("您好：")


# Filters


@pytest.mark.parametrize(
    ("filter_", "value", "chinese", "english"),
    [
        ("duration", Decimal("1.5"), "1 小时 30 分钟", "1 hour 30 minutes"),
        ("duration", 2, "2 小时", "2 hours"),
        ("duration", 0.25, "15 分钟", "15 minutes"),
        ("duration", timedelta(days=2, hours=1), "2 天 1 小时", "2 days 1 hour"),
        ("duration", None, "", ""),
        ("duration", 0, "0 分钟", "0 minutes"),
        ("price", Decimal(180), "180元", "CNY 180"),
        ("price", Decimal("1249.5"), "1,249.50元", "CNY 1,249.50"),
        ("price", None, "", ""),
        ("money", Decimal("1249.5"), "RMB 1,249.50", "CNRMB 1,249.50"),
        (
            "discreet",
            "打我13800138000或 0571-88001234",
            "打我138****8000或 057****1234",
            "打我138****8000或 057****1234",
        ),
        ("discreet", "+44 7700 900123, a.b@c.example", "+44****0123, a***@c.example", "+44****0123, a***@c.example"),
        ("discreet", "2026-11-22 AS-20261122-0007 3幢1201室", "2026-11-22 AS-20261122-0007 3幢1201室", None),
    ],
)
def test_filters(tmp_path: Path, filter_: str, value: object, chinese: str, english: str | None) -> None:
    for locale, wanted in (("zh-CN", chinese), ("en", english if english is not None else chinese)):
        (tmp_path / locale).mkdir()
        source = "{% block sms %}{{ x | " + filter_ + " }}{% endblock %}"
        (tmp_path / locale / "received.md").write_text(source, encoding="utf-8")
        lib = Library((tmp_path,), locale, {"currency": "CNY"})
        assert lib.render("received", "sms", {"x": value}).text == wanted
