"""Letters without a desk: one row of each register as data, and what each letter is told.

`samples/notices.toml` says which values a letter has: the jobs fill these, the preview shows them, the lint holds the
templates against them. `samples/<locale>.toml` has the rows.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from toolkit.core.message import Values

HOME = Path(__file__).with_name("samples")
ALWAYS = ("company", "currency", "timezone", "now", "to_name")
"""What every letter may name, whatever it is about."""


@cache
def contract() -> Mapping[str, Any]:
    """`rows` by register, `sure` by row, and `letters`: what each is told besides."""
    return tomllib.loads((HOME / "notices.toml").read_text(encoding="utf-8"))


@cache
def rows_of(locale: str) -> Mapping[str, Any]:
    """The sample rows of a locale; English ones where it has none of its own."""
    file = HOME / f"{locale}.toml"
    text = (file if file.is_file() else HOME / "en.toml").read_text(encoding="utf-8")
    return tomllib.loads(text, parse_float=Decimal)


def known(notice: str, register: str) -> tuple[str, ...]:
    """The values that a letter is told: `ticket`, `vendor`, `response_due`."""
    made = contract()
    return (*made["rows"].get(register, ()), *made["letters"].get(notice, {}).get("also", ()))


def sure(notice: str) -> frozenset[str]:
    """The names that are never blank in a letter: `ticket.ticket_no`, `due`."""
    made = contract()
    own = made["letters"].get(notice, {}).get("sure", ())
    return frozenset((*own, *(f"{row}.{column}" for row, columns in made["sure"].items() for column in columns)))


def standing(locale: str) -> dict[str, Any]:
    """Company, currency and time zone of the sample desk."""
    return dict(rows_of(locale)["standing"])


def sample(notice: str, register: str, to: str, locale: str, today: date | None = None) -> dict[str, Any]:
    """All that the letter is told, about sample rows (`own`: what is another in this letter); their days moved so that the sample's today is `today`."""
    made = rows_of(locale)
    own = made.get("own", {}).get(notice, {})
    values = {name: _value(made, notice, name) for name in known(notice, register)}
    values |= {name: {**values[name], **columns} for name, columns in own.items()}
    values |= {"to_name": made["to_name"].get(to, made["to_name"]["staff"]), "now": made["now"]}
    if today is None:
        return values
    found = moved(values, today - made["now"].date())
    return {**found, "now": datetime.combine(today, time(0))}


def _value(made: Mapping[str, Any], notice: str, name: str) -> Any:
    if name == "rows":
        rows = made["rows"]
        return rows["supplier"] if notice.startswith("supplier-") else rows[notice]
    if name in made["values"]:
        return made["values"][name]
    return made[name]


def moved(value: Any, by: timedelta) -> Any:
    """The value with every date in it later by some days."""
    match value:
        case date():
            return value + by
        case Mapping():
            return {name: moved(part, by) for name, part in value.items()}
        case list():
            return [moved(part, by) for part in value]
        case _:
            return value


def without(values: Values, name: str) -> dict[str, Any]:
    """The values with one of them blank: `ticket.product`, `vendor`."""
    root, _, column = name.partition(".")
    if not column:
        return {**values, root: _blank(values.get(root))}
    row = values.get(root)
    return {**values, root: {**row, column: _blank(row.get(column))}} if isinstance(row, Mapping) else dict(values)


def _blank(value: Any) -> Any:
    return [] if isinstance(value, list) else False if isinstance(value, bool) else None


def sparse(values: Values, keep: Iterable[str]) -> dict[str, Any]:
    """The values with everything blank that may be: only the names in `keep` stay."""
    kept = set(keep)
    found: dict[str, Any] = {}
    for name, value in values.items():
        columns = {column for root, _, column in (one.partition(".") for one in kept) if root == name and column}
        if isinstance(value, Mapping):
            stays = name in kept or (columns and name != "vendor")
            found[name] = (
                {key: part if key in columns else _blank(part) for key, part in value.items()} if stays else None
            )
        else:
            found[name] = value if name in kept or name in {"now", "to_name"} else _blank(value)
    return found
