"""The letters that are looked at: each notice about its sample row, about a bare row and about an awkward one; several
notices in one mail; the lists with much in them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from toolkit.core.message import Letter
from toolkit.letters import sample
from toolkit.letters.library import Library
from toolkit.letters.lint import Subject

ROOT = Path(__file__).parents[2]
LOCALES = ("zh-CN", "en")
MANY = 40
# What a sheet may hold at its worst without being a mistake.
AWKWARD: Mapping[str, Mapping[str, str]] = {
    "zh-CN": {
        "name": "阿依古丽·买买提江·吐尔逊娜依（杭州云栖文化创意产业发展有限公司行政部）",
        "text": "右侧扶手开裂，坐垫下陷约三厘米，照片见 https://pan.example.com/s/1xYkQ8vN2mZrT0bWc7LdPfA_very-long-name?pwd=a1b2c3 ，"
        "型号 SF208LEFTARMFRAMEWALNUTVENEER2026REV3，请尽快联系。",
        "address": "浙江省杭州市余杭区五常街道文一西路969号西溪湿地南门云栖小镇国际会展中心东侧海创园3幢2单元1201室（近地铁5号线）",
        "number": "AS-20261122-000000123",
    },
    "en": {
        "name": "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh & Partners (Facilities Department)",
        "text": "The right arm is cracked; pictures at https://photos.example.com/album/1xYkQ8vN2mZrT0bWc7LdPfA_very-long-name?key=a1b2c3 "
        "for model SF208LEFTARMFRAMEWALNUTVENEER2026REV3. Please call soon.",
        "address": "Flat 4, The Old Granary at Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch, Isle of Anglesey LL61 5UJ",
        "number": "AS-20261122-000000123",
    },
}
_NAMES = ("customer", "contact", "name", "owner", "caller", "salesperson", "factory", "carrier", "vendor", "product")
_NUMBERS = ("ticket_no", "order_no", "return_no", "waybill", "return_waybill", "resent_waybill", "visit_no")
_AMOUNT = Decimal("1234567890.50")


class Shown(NamedTuple):
    """One letter to look at."""

    name: str
    locale: str
    letter: Letter

    @property
    def label(self) -> str:
        return f"{self.locale} {self.name}"


@cache
def subjects() -> Mapping[str, Subject]:
    """Every notice as the base preset has it."""
    base = yaml.safe_load((ROOT / "toolkit/settings/presets/base.yaml").read_text("utf-8"))
    return {
        name: Subject(name, one.get("register", "tickets"), one["to"], one["channels"])
        for name, one in base["notices"].items()
    }


@cache
def library(locale: str) -> Library:
    """The packaged letters of a locale, for the sample's company."""
    return Library((ROOT / "templates",), locale, sample.standing(locale))


def values(name: str, locale: str) -> dict[str, Any]:
    """What the notice is told, about sample rows."""
    one = subjects()[name]
    return sample.sample(name, one.register, one.to, locale)


def every_letter() -> Iterator[Shown]:
    """Each notice in both locales about its sample row."""
    return _each("", lambda _name, _locale, given: given)


def bare_letters() -> Iterator[Shown]:
    """The same about rows in which all is blank that may be."""
    return _each(" (bare)", lambda name, _locale, given: sample.sparse(given, sample.sure(name)))


def awkward_letters() -> Iterator[Shown]:
    """The same about rows with long names, addresses, links and numbers, and amounts of ten digits."""
    return _each(" (awkward)", lambda _name, locale, given: awkward(given, AWKWARD[locale]))


def _each(suffix: str, change: Callable[[str, str, dict[str, Any]], dict[str, Any]]) -> Iterator[Shown]:
    for name in subjects():
        for locale in LOCALES:
            given = change(name, locale, values(name, locale))
            yield Shown(f"{name}{suffix}", locale, library(locale).render(name, "email", given))


def awkward(value: Any, worst: Mapping[str, str], column: str = "") -> Any:
    """The values with each text as long as its column allows; dates, choices, phone numbers and counts stay."""
    match value:
        case dict():
            return {key: awkward(part, worst, key) for key, part in value.items()}
        case list():
            return [awkward(part, worst, column) for part in value]
        case Decimal() if column not in {"estimated_hours", "volume_m3"}:
            return _AMOUNT
        case str() if not value or column.endswith(("_key", "phone")):
            return value
        case str() if column in _NUMBERS:
            return worst["number"]
        case str() if column.endswith("address"):
            return worst["address"]
        case str() if column in _NAMES or column == "to_name":
            return worst["name"]
        case str() if column in {"problem", "solution", "delay_reason", "reject_reason", "what_went_wrong", "text"}:
            return worst["text"]
        case _:
            return value


TOGETHER: Mapping[str, tuple[str, ...]] = {
    "customer": ("visit-moved", "fee", "solution", "received"),
    "vendor": ("visit-moved-vendor", "appointment-vendor", "reminder-vendor"),
    "manager": ("escalation", "overdue", "warning"),
}
"""Who may get which notices in one mail, the most important first."""


def letters_together() -> Iterator[Shown]:
    """Several notices in one mail: to a customer, to a vendor, to a colleague."""
    for locale in LOCALES:
        for to in TOGETHER:
            yield Shown(f"together, {to}", locale, together(to, locale))


def together(to: str, locale: str) -> Letter:
    """What such a person gets in one mail."""
    to_name = {"to_name": sample.rows_of(locale)["to_name"][to]}
    return library(locale).render_together([(name, values(name, locale) | to_name) for name in TOGETHER[to]])


def long_lists() -> Iterator[Shown]:
    """The lists with much in them: forty alerts, a digest of many parts, a full day of calls and of jobs."""
    for locale in LOCALES:
        for name in ("alerts", "callback-list", "vendor-day"):
            given = values(name, locale)
            rows = [_later(given["rows"][n % len(given["rows"])], n) for n in range(MANY if name == "alerts" else 12)]
            yield Shown(f"{name} (long)", locale, library(locale).render(name, "email", {**given, "rows": rows}))
        given = values("digest", locale)
        parts = [
            {
                **part,
                "title": f"{part['title']} {n + 1}",
                "count": len(part["rows"]) * (n + 1),
                "rows": [{**row, "cell": f"'{part['title']} 2026'!AK{n + 1}123"} for row in part["rows"] * (n + 1)],
            }
            for n, part in enumerate(given["sections"] * 4)
        ]
        counts = [{**one, "value": one["value"] * 1789} for one in given["counts"]]
        full = {**given, "sections": parts, "counts": counts, "warnings": given["warnings"] * 3}
        yield Shown("digest (long)", locale, library(locale).render("digest", "email", full))


def _later(row: Mapping[str, Any], n: int) -> dict[str, Any]:
    return {key: part + timedelta(minutes=5 * n) if isinstance(part, datetime) else part for key, part in row.items()}


def all_letters() -> list[Shown]:
    """Every letter that there is to look at."""
    return [*every_letter(), *letters_together(), *long_lists(), *bare_letters(), *awkward_letters()]
