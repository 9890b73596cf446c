"""The demo desk of a furniture shop: rows for each register, dated around `now`, a few of them wrong on purpose.

The rows are data (`demo_desk/*.yaml`, whose heads say how they are written); here their short forms become cells.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeVar

from toolkit.registers.every import REGISTERS
from toolkit.registers.schema import Type, When
from toolkit.rules.worktime.country import calendar_for
from toolkit.rules.worktime.days import DayKind, Days

Cells = Mapping[str, object]
"""One row: column key -> typed value, or `Typed`. Blank cells are left out."""

_TYPES = {(register.name, column.key): column.type for register in REGISTERS for column in register.columns}
_Key = TypeVar("_Key", bound=Hashable)
_FIRST_ORDER = 101
PLAIN = ("parts", "outlook")
"""Registers whose rows are a list that takes nothing over from other files."""
_NOT_CELLS = frozenset({"id", "like", "who", "wrong", "ticket"})
_DAYS_OFF = re.compile(r"(?:(?P<anchor>[a-z_]+) )?(?P<count>[+-]?\d+)(?P<unit>bd|cd|d)(?: (?P<time>\d\d:\d\d))?")
_HOURS_OFF = re.compile(r"(?:(?P<anchor>[a-z_]+) )?(?P<sign>[+-])(?:(?P<hours>\d+)h)?(?:(?P<minutes>\d+)min)?")


@dataclass(frozen=True, slots=True)
class Typed:
    """What a clerk typed into a cell that is wrong on purpose: the writer puts this text there as it stands."""

    text: str


@dataclass(frozen=True, slots=True)
class DemoFault:
    """What `check` finds in a demo row: `row` counts from 0 in the rows of its register."""

    row: int
    column: str
    code: str


def demo_rows(locale: str, now: datetime) -> Mapping[str, tuple[Cells, ...]]:
    """The rows of each register of the demo desk, in the order of the sheet; the same for the same locale and moment.

    Locales other than `zh-CN` get the English desk. `now` is read as the desk's wall clock; its zone is dropped.
    """
    return _Desk(locale, now).rows()


def demo_faults(locale: str, now: datetime, register: str = "tickets") -> tuple[DemoFault, ...]:
    """Every finding that the wrong rows of `demo_rows` show: other rows of the register have none."""
    return tuple(
        DemoFault(row, column, code)
        for row, one in enumerate(_Desk(locale, now).tickets if register == "tickets" else _data(register))
        for column, code in one.get("wrong", {}).items()
    )


class _Desk:
    """One desk: a locale and a moment."""

    def __init__(self, locale: str, now: datetime) -> None:
        self._language = "zh" if locale.startswith("zh") else "en"
        self._now = now.replace(tzinfo=None, second=0, microsecond=0)
        names = _data("names")
        self._names = {key: name for group in names.values() for key, name in group.items()}
        self._staff = {one["staff_no"]: self._local(one["name"]) for one in _data("staff")}

    def rows(self) -> Mapping[str, tuple[Cells, ...]]:
        """Every register that the demo fills."""
        return {
            "tickets": tuple(self._ticket(one) for one in self.tickets),
            "vendors": tuple(self._row("vendors", one) for one in _data("vendors")),
            "surveys": tuple(self._surveys()),
            "staff": tuple(self._row("staff", one) for one in _data("staff")),
            "orders": tuple(self._order(one) for one in _data("orders")),
            **{tab: tuple(self._row(tab, one) for one in _data(tab)) for tab in PLAIN},
            **{tab: tuple(self._row(tab, one) for one in rows) for tab, rows in _data("small_tabs").items()},
        }

    @cached_property
    def tickets(self) -> tuple[Mapping[str, Any], ...]:
        """The tickets as written, patterns and customers put in, in the order in which they were opened."""
        data, customers = _data("tickets"), _data("customers")
        whole = (_merged(one, data["patterns"], customers) for one in data["rows"])
        return tuple(sorted(whole, key=lambda one: self._moments(one)("opened_at")))

    @cached_property
    def _ticket_nos(self) -> Mapping[str, str]:
        """Ticket id -> number, for the rows that leave it to their day."""
        counted = (one for one in self.tickets if "ticket_no" not in one)
        return _numbers("AS", ((one["id"], self._moments(one)("opened_at")) for one in counted))

    def _ticket(self, one: Mapping[str, Any]) -> Cells:
        cells = self._row("tickets", {"ticket_no": self._ticket_nos.get(one["id"]), **one})
        if product := self._names.get(one.get("product")):
            cells["category"] = product["category"]
        if bought := cells.get("bought_on"):
            cells["order_no"] = f"SO{bought:%y%m%d}{_FIRST_ORDER + list(_data('customers')).index(one['who'])}"
        return cells

    def _order(self, one: Mapping[str, Any]) -> Cells:
        """An order; one of a customer who has a ticket has the number that the ticket names."""
        customers = _data("customers")
        known = customers.get(one.get("who"), {})
        taken = {column: value for column, value in known.items() if ("orders", column) in _TYPES}
        row = {"ordered_on": known.get("bought_on"), **taken, **one}
        cells = self._row("orders", row)
        place = list(customers).index(one["who"]) if "who" in one else len(customers) + _data("orders").index(one)
        cells["order_no"] = f"SO{cells['ordered_on']:%y%m%d}{_FIRST_ORDER + place}"
        if product := self._names.get(row["product"]):
            cells["category"] = product["category"]
        return cells

    def _surveys(self) -> Iterator[Cells]:
        """The call-backs in order of time; their moments count from cells of the ticket."""
        data, tickets = _data("surveys"), {one["id"]: one for one in self.tickets}
        calls = []
        for one in data["rows"]:
            moments = self._moments({**tickets[one["ticket"]], **one})
            calls.append(
                (moments("called_at"), {"ticket_no": self._ticket_nos[one["ticket"]], **data["every"], **one}, moments)
            )
        calls.sort(key=lambda call: call[0])
        numbers = _numbers("CB", ((row, at) for row, (at, one, _) in enumerate(calls) if "survey_no" not in one))
        for row, (_, one, moments) in enumerate(calls):
            yield self._row("surveys", {"survey_no": numbers.get(row), **one}, moments)

    def _row(
        self, register: str, one: Mapping[str, Any], moments: Callable[[str], When] | None = None
    ) -> dict[str, Any]:
        moments = moments or self._moments(one)
        return {
            column: self._cell(_TYPES.get((register, column), Type.YES_NO), column, value, one, moments)
            for column, value in one.items()
            if value is not None and column not in _NOT_CELLS
        }

    def _cell(
        self, type_: Type, column: str, value: Any, one: Mapping[str, Any], moments: Callable[[str], When]
    ) -> object:
        if isinstance(value, Mapping) and "typed" in value:
            return Typed(self._local(value["typed"]).format(year=self._now.year))
        match type_:
            case Type.DATE:
                moment = moments(column)
                return moment.date() if isinstance(moment, datetime) else moment
            case Type.DATETIME:
                return moments(column)
            case Type.PERSON:
                return self._staff[value]
            case Type.LIST:
                return tuple(self._local(part) for part in value)
            case Type.URL_LIST:
                return tuple(f"https://photos.example.com/{one['id']}/{number + 1}.jpg" for number in range(value))
            case Type.MONEY:
                return Decimal(str(value))
            case Type.NUMBER:
                return float(value)
            case Type.YES_NO:
                return value
            case Type.CHOICE:
                return str(value[self._language] if isinstance(value, Mapping) else value)
            case _:
                text = self._local(value)
                return text.format_map(self._ticket_nos) if "{" in text else text

    def _local(self, value: Any) -> str:
        """A shared name or a text in both languages, as this desk says it; any other text as it is."""
        named = self._names.get(value, value) if isinstance(value, str) else value
        return str(named[self._language] if isinstance(named, Mapping) else named)

    def _moments(self, one: Mapping[str, Any]) -> Callable[[str], When]:
        """What each of a row's time cells holds; a cell may count from another."""

        def moment(column: str) -> When:
            text = one[column]
            if match := _DAYS_OFF.fullmatch(text):
                start = moment(match["anchor"]) if match["anchor"] else self._now
                day = _shifted(
                    start.date() if isinstance(start, datetime) else start, int(match["count"]), match["unit"]
                )
                return datetime.combine(day, time.fromisoformat(match["time"])) if match["time"] else day
            if match := _HOURS_OFF.fullmatch(text):
                since = moment(match["anchor"]) if match["anchor"] else self._now
                off = timedelta(hours=int(match["hours"] or 0), minutes=int(match["minutes"] or 0))
                return since + off if match["sign"] == "+" else since - off
            raise ValueError(f"{one.get('id')}: {column}: {text!r} is not a moment of the demo desk")

        return moment


def _merged(one: Mapping[str, Any], patterns: Mapping[str, Any], customers: Mapping[str, Any]) -> dict[str, Any]:
    """The row with its customer and its patterns below it; the later of several patterns wins."""
    like = one.get("like", [])
    below: dict[str, Any] = dict(customers[one["who"]])
    for name in [like] if isinstance(like, str) else like:
        below |= patterns[name]
    return below | dict(one)


def _numbers(prefix: str, moments: Iterable[tuple[_Key, When]]) -> dict[_Key, str]:
    """Numbers by the day of each moment, as they come: AS-20261120-0001."""
    days: Counter[str] = Counter()
    found: dict[_Key, str] = {}
    for key, moment in moments:
        day = f"{moment:%Y%m%d}"
        days[day] += 1
        found[key] = f"{prefix}-{day}-{days[day]:04}"
    return found


def _shifted(day: date, count: int, unit: str) -> date:
    """So many days away: calendar days, working days (`bd`), or days closed by their weekday (`cd`)."""
    if unit == "d":
        return day + timedelta(days=count)
    days, step = _days(), 1 if count > 0 else -1
    for _ in range(abs(count)):
        day += timedelta(days=step)
        while not (days.spans(day.toordinal()) if unit == "bd" else days.plan(day.toordinal()).kind is DayKind.CLOSED):
            day += timedelta(days=step)
    return day


@cache
def _days() -> Days:
    """The shop's week and country, as the demo's configuration has them."""
    return calendar_for({"mon-sat": ["09:00-18:00"]}, "Asia/Shanghai", "CN").days


@cache
def _data(name: str) -> Any:
    from ruamel.yaml import YAML

    return YAML(typ="safe").load(Path(__file__).with_name("demo_desk") / f"{name}.yaml")
