"""Numbers for new valid rows, the same again after a killed run (60, 3)."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from toolkit.core.actions import Reservation
from toolkit.registers.order import day_of
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table
from toolkit.settings.model import Settings

Numbers = Mapping[tuple[str, int], str]
"""(book, sheet row) -> the number reserved for it."""

FINGERPRINT = ("opened_at", "customer", "phone", "email", "problem")
"""What makes a new ticket the same row again after a killed run (60, 3)."""


def ticket_numbers(snapshot: Snapshot, settings: Settings) -> tuple[Numbers, tuple[Reservation, ...]]:
    """The numbers of new tickets, dated by the day they were opened."""
    return snapshot.once(
        "ticket numbers",
        lambda: number_rows(snapshot, "tickets", settings.numbers["tickets"], FINGERPRINT, lambda row: row.opened_at),
    )


def number_rows(
    snapshot: Snapshot,
    register: str,
    pattern: str,
    fingerprint: tuple[str, ...],
    day: Callable[[Any], Any],
) -> tuple[Numbers, tuple[Reservation, ...]]:
    """Numbers for the rows of a register that have none and nothing wrong with them, and what is newly reserved.

    `pattern` like `AS-{date:%Y%m%d}-{n:04d}`; the date is the day of `day(row)`. A number is never given twice: next =
    the highest in the sheet or ever reserved for that day, plus one. Where a key has a second part (the line of a return),
    rows that are alike but for that part are one case and get one number.
    """
    numbers: dict[tuple[str, int], str] = {}
    reserved: list[Reservation] = []
    for table in snapshot.of(register):
        fresh = [row for row in table.rows if row.key is None and _is_fresh(table, row) and day(row) is not None]
        if not fresh:
            continue
        highest = _highest(snapshot, table, pattern)
        there = {row.key for row in table.rows if row.key}
        seen: Counter[tuple[str, str]] = Counter()
        given: dict[tuple[str, int], str] = {}
        for row in fresh:
            mark, part = _fingerprint(row, fingerprint), _part(table, row)
            seen[mark, part] += 1
            # A copy of a row that has its number already is a row of its own: the next nth.
            while (known := _reserved(snapshot, table, mark, seen[mark, part])) and f"{known}{part}" in there:
                seen[mark, part] += 1
            nth = seen[mark, part]
            number = known or given.get((mark, nth)) or _next(pattern, day_of(day(row)), highest)
            numbers[table.book, row.row] = number
            if known is None and (mark, nth) not in given:
                reserved.append(Reservation(table.book, register, mark, nth, number))
            given[mark, nth] = number
    return numbers, tuple(reserved)


def _part(table: Table, row: Any) -> str:
    """What follows the number in the row's key; nothing where the number is the whole of it."""
    register = table.register
    return "".join(f"#{row.get(name) or register.key_default.get(name)}" for name in register.key[1:])


def _is_fresh(table: Table, row: Any) -> bool:
    return not row.has_fault and not any(name in row.bad for name in table.register.key)


def _reserved(snapshot: Snapshot, table: Table, mark: str, nth: int) -> str | None:
    return snapshot.memory.reservations.get((table.book, table.register.name, mark, nth))


def _fingerprint(row: Any, columns: tuple[str, ...]) -> str:
    return sha256("\x1f".join(str(row.get(column)) for column in columns).encode()).hexdigest()[:32]


def _highest(snapshot: Snapshot, table: Table, pattern: str) -> dict[str, int]:
    """For each text that the pattern can begin with, the highest counter in the sheet, ever reserved or ever seen."""
    shape = re.compile(_shape(pattern))
    highest: dict[str, int] = defaultdict(int)
    first, parts = table.register.key[0], len(table.register.key) - 1
    keys = [number for row in table.rows if (number := row.get(first))]
    keys += [
        key
        for (book, register, *_), key in snapshot.memory.reservations.items()
        if (book, register) == (table.book, table.register.name)
    ]
    keys += [key.rsplit("#", parts)[0] for key in snapshot.memory.spans.of(table.book, table.register.name)]
    for key in keys:
        if (match := shape.fullmatch(key)) is not None:
            highest[match["before"]] = max(highest[match["before"]], int(match["n"]))
    return highest


def _shape(pattern: str) -> str:
    before, _, rest = pattern.partition("{n")
    after = rest.partition("}")[2]
    head = "".join(".+?" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^}]*\})", before))
    return f"(?P<before>{head})(?P<n>[0-9]+){re.escape(after)}"


def _next(pattern: str, day: date, highest: dict[str, int]) -> str:
    before = pattern.partition("{n")[0].format(date=day)
    highest[before] += 1
    return pattern.format(date=day, n=highest[before])
