"""The demo desk of each preset: rows for each register, dated around `now`, a few of them wrong on purpose.

The rows are data (`demo_desk/PRESET/REGISTER.yaml`); here their short forms become cells. A file is a list of rows, or a
mapping: `every` stands under each row, `patterns` under the rows that name them (`like`), `rows` are the rows.

- moments: `-3bd 10:12` (working days from today), `+1d 10:00` (calendar days), `-2h5min` (from now), and the same from
  another cell of the row, `opened_at +1h24min`;
- `id` names a row for others: `ticket: ID`, `order: ID` put its number into the row, and its moments may be counted from;
- `who` takes over a customer's cells (`customers.yaml`), `{zh: …, en: …}` is a text in both languages, a word of `names.yaml`
  its name; `{ID}` in a text is a ticket's number;
- `typed: …` is put as a clerk typed it, `wrong: {COLUMN: CODE}` names what `check` finds in the row and nothing else;
- a number that is left out is given by the day, `null` leaves it to the toolkit; the rows of one `case` share a number.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from toolkit.registers.every import REGISTERS
from toolkit.registers.schema import Register, Type, When
from toolkit.rules.worktime.country import calendar_for
from toolkit.rules.worktime.days import DayKind, Days
from toolkit.settings.layers import DEFAULT_PRESET

Cells = Mapping[str, object]
"""One row: column key -> typed value, or `Typed`. Blank cells are left out."""

NUMBERED: Mapping[str, tuple[str, str]] = {
    "tickets": ("AS", "opened_at"),
    "surveys": ("CB", "called_at"),
    "returns": ("RT", "applied_at"),
    "contacts": ("CT", "at"),
}
"""Registers whose rows are numbered by their day: the prefix, and the column that says the day. They stand in its order."""
LINKS: Mapping[str, tuple[str, str]] = {"ticket": ("tickets", "ticket_no"), "order": ("orders", "order_no")}
"""What names a row of another register, and the column that gets its number."""
_FIRST_ORDER = 101
BOUGHT_ON: Mapping[str, str] = {"tickets": "bought_on", "orders": "ordered_on", "returns": "ordered_on"}
"""The day of the order that a row is about: its number follows from it, where the row names none."""
_NOT_CELLS = frozenset({"id", "case", "like", "who", "wrong", *LINKS})
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
    register: str = "tickets"


def demo_rows(
    locale: str, now: datetime, preset: str = DEFAULT_PRESET, days: Days | None = None
) -> Mapping[str, tuple[Cells, ...]]:
    """The rows of each register of a preset's demo desk, in the order of the sheet; the same for the same locale and moment.

    Locales other than `zh-CN` get the English desk. `now` is read as the desk's wall clock; its zone is dropped. `days` are
    the desk's working days; a shop open from Monday to Saturday in China where nothing is said.
    """
    return _Desk(preset, locale, now, days or _usual_days()).rows()


def demo_faults(
    locale: str, now: datetime, preset: str = DEFAULT_PRESET, days: Days | None = None
) -> tuple[DemoFault, ...]:
    """Every finding that the wrong rows of `demo_rows` show: other rows of the desk have none."""
    desk = _Desk(preset, locale, now, days or _usual_days())
    return tuple(
        DemoFault(row, column, code, register)
        for register, rows in desk.written.items()
        for row, one in enumerate(rows)
        for column, code in one.get("wrong", {}).items()
    )


class _Desk:
    """One desk: a preset, a locale and a moment."""

    def __init__(self, preset: str, locale: str, now: datetime, days: Days) -> None:
        self._preset, self._days = preset, days
        self._language = "zh" if locale.startswith("zh") else "en"
        self._now = now.replace(tzinfo=None, second=0, microsecond=0)
        shared, own = _data("", "names"), _data(preset, "names")
        # A preset's own word wins over a shared one of any group: `foshan` is a city here and a factory there.
        self._names = {key: name for names in (shared, own) for group in names.values() for key, name in group.items()}
        self._staff = {one["staff_no"]: self._local(one["name"]) for one in _data(preset, "staff")}
        self._customers = _data(preset, "customers")
        self._types = {(one.name, column.key): column.type for one in REGISTERS for column in one.columns}

    def rows(self) -> Mapping[str, tuple[Cells, ...]]:
        """Every register that the demo fills."""
        return {name: tuple(self._row(name, one) for one in rows) for name, rows in self.written.items()}

    @cached_property
    def written(self) -> Mapping[str, tuple[Mapping[str, Any], ...]]:
        """The rows of every register as written, patterns and customers put in, in the order of the sheet."""
        small = _data(self._preset, "small_tabs")
        found: dict[str, tuple[Mapping[str, Any], ...]] = {}
        for register in REGISTERS:
            data = small[register.name] if register.name in small else _data(self._preset, register.name)
            if data or register.name in small:
                found[register.name] = tuple(self._whole(register, data))
        # Only now are all rows there that others count from.
        for name, (_, column) in NUMBERED.items():
            if name in found:
                found[name] = tuple(sorted(found[name], key=lambda one: str(self._moments(one, found)(column))))
        return found

    def _whole(self, register: Register, data: Any) -> Iterator[dict[str, Any]]:
        """The rows of a file: what stands under every row, a customer, the patterns; the later of several wins."""
        rows = data if isinstance(data, list) else data["rows"]
        every, patterns = ({}, {}) if isinstance(data, list) else (data.get("every", {}), data.get("patterns", {}))
        for one in rows:
            like = one.get("like", [])
            customer = self._customers[one["who"]] if "who" in one else {}
            below = {**every, **{key: value for key, value in customer.items() if key in register.by_key}}
            if "ordered_on" in register.by_key and "bought_on" in customer:
                below.setdefault("ordered_on", customer["bought_on"])
            for name in [like] if isinstance(like, str) else like:
                below |= patterns[name]
            yield below | dict(one)

    @cached_property
    def _numbers(self) -> Mapping[tuple[str, str], str]:
        """(register, id) -> number, for the rows that leave it to their day, and the numbers that stand there."""
        found: dict[tuple[str, str], str] = {}
        for register in REGISTERS:
            rows = self.written.get(register.name, ())
            column = register.key[0]
            for row, one in enumerate(rows):
                if column in one and one[column] is not None:
                    found[register.name, _name(one, row)] = self._local(one[column])
            if register.name in NUMBERED:
                prefix, day = NUMBERED[register.name]
                counted: Counter[str] = Counter()
                for row, one in enumerate(rows):
                    if column not in one and (register.name, _name(one, row)) not in found:
                        on = f"{self._moments(one)(day):%Y%m%d}"
                        counted[on] += 1
                        found[register.name, _name(one, row)] = f"{prefix}-{on}-{counted[on]:04}"
        return found

    @cached_property
    def _ticket_nos(self) -> Mapping[str, str]:
        return {name: number for (register, name), number in self._numbers.items() if register == "tickets"}

    def _row(self, name: str, one: Mapping[str, Any]) -> Cells:
        moments = self._moments(one)
        row = next(index for index, other in enumerate(self.written[name]) if other is one)
        key = next(register.key[0] for register in REGISTERS if register.name == name)
        number = {} if key in one else {key: self._numbers.get((name, _name(one, row)))}
        for link, (register, column) in LINKS.items():
            if link in one and column not in one:
                number[column] = self._numbers.get((register, one[link]))
        cells = {
            column: self._cell(self._types.get((name, column), Type.YES_NO), column, value, one, moments)
            for column, value in {**number, **one}.items()
            if value is not None and column not in _NOT_CELLS
        }
        if name not in BOUGHT_ON:
            return cells
        place = list(self._customers).index(one["who"]) if "who" in one else len(self._customers) + row
        return self._bought(one, cells, BOUGHT_ON[name], place if "who" in one or name == "orders" else None)

    def _bought(self, one: Mapping[str, Any], cells: dict[str, Any], day: str, place: int | None) -> Cells:
        """The category follows from the product, the order from the purchase, where the row says nothing else."""
        product = self._names.get(one.get("product"))
        if isinstance(product, Mapping) and "category" in product:
            cells.setdefault("category", product["category"])
        if isinstance(bought := cells.get(day), date) and "order_no" not in cells and place is not None:
            cells["order_no"] = f"SO{bought:%y%m%d}{_FIRST_ORDER + place}"
        return cells

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
                return self._staff.get(value, value)
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

    def _moments(
        self, one: Mapping[str, Any], written: Mapping[str, tuple[Mapping[str, Any], ...]] | None = None
    ) -> Callable[[str], When]:
        """What each of a row's time cells holds; a cell may count from another, or from one of the row that it names."""
        known: dict[str, Any] = {}
        for link, (register, _) in LINKS.items():
            if link in one:
                rows = (self.written if written is None else written).get(register, ())
                known |= next((other for other in rows if other.get("id") == one[link]), {})
        cells = {**known, **one}

        def moment(column: str) -> When:
            text = cells[column]
            if match := _DAYS_OFF.fullmatch(text):
                start = moment(match["anchor"]) if match["anchor"] else self._now
                day = self._shifted(
                    start.date() if isinstance(start, datetime) else start, int(match["count"]), match["unit"]
                )
                return datetime.combine(day, time.fromisoformat(match["time"])) if match["time"] else day
            if match := _HOURS_OFF.fullmatch(text):
                since = moment(match["anchor"]) if match["anchor"] else self._now
                off = timedelta(hours=int(match["hours"] or 0), minutes=int(match["minutes"] or 0))
                return since + off if match["sign"] == "+" else since - off
            raise ValueError(f"{one.get('id')}: {column}: {text!r} is not a moment of the demo desk")

        return moment

    def _shifted(self, day: date, count: int, unit: str) -> date:
        """So many days away: calendar days, working days (`bd`), or days closed by their weekday (`cd`)."""
        if unit == "d":
            return day + timedelta(days=count)
        days, step = self._days, 1 if count > 0 else -1
        for _ in range(abs(count)):
            day += timedelta(days=step)
            while not (
                days.spans(day.toordinal()) if unit == "bd" else days.plan(day.toordinal()).kind is DayKind.CLOSED
            ):
                day += timedelta(days=step)
        return day


def _name(one: Mapping[str, Any], row: int) -> str:
    """What a row is known by among its register's: its case, its id, its place."""
    return str(one.get("case", one.get("id", row)))


@cache
def _usual_days() -> Days:
    return calendar_for({"mon-sat": ["09:00-18:00"]}, "Asia/Shanghai", "CN").days


@cache
def _data(preset: str, name: str) -> Any:
    """A file of the demo desk; nothing where the preset has none."""
    from ruamel.yaml import YAML

    file = Path(__file__).with_name("demo_desk") / preset / f"{name}.yaml"
    return YAML(typ="safe").load(file) if file.is_file() else {}
