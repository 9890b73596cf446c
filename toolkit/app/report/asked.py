"""Which month somebody means, and its report in the desk's words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime

from toolkit.core.errors import UsageError
from toolkit.jobs.figures.month import figures
from toolkit.jobs.figures.shape import Month
from toolkit.jobs.figures.worded import Report, Wording
from toolkit.registers.snapshot import Snapshot
from toolkit.settings.model import Settings

THIS, LAST = "this", "last"
BEGINS = {"tickets": "opened_at", "orders": "ordered_on", "returns": "applied_at", "surveys": "called_at"}
"""When a case of each register began: before the first of them there is nothing to count."""
_MONTH = re.compile(r"(\d{4})\s*(?:[-/.]\s*(\d{1,2})|年\s*(\d{1,2})\s*月)")


def asked_month(text: str | None, snapshot: Snapshot, settings: Settings, now: datetime) -> Month:
    """The month: `2026-11`, `this`, `last`; the last one where nothing is said (UsageError)."""
    current = Month.of(now.astimezone(settings.timezone).date())
    said = LAST if text is None else text.strip().casefold()
    if said in (THIS, LAST):
        return current if said == THIS else current.before
    return _there(_read(said), current, snapshot)


def _read(text: str) -> Month:
    found = _MONTH.fullmatch(unicodedata.normalize("NFKC", text))
    try:
        return Month.of(date(int(found[1]), int(found[2] or found[3]), 1)) if found else _unread(text)
    except ValueError:
        return _unread(text)


def _unread(text: str) -> Month:
    raise UsageError(f"“{text}” is not a month: write it like 2026-11, or say {THIS} or {LAST}")


def _there(month: Month, current: Month, snapshot: Snapshot) -> Month:
    """A month of which there is something to tell. With a register that could not be read nobody knows its first row."""
    if month > current:
        raise UsageError(f"{month} has not begun yet; the newest report is that of {current} ({THIS})")
    first = min((Month.of(day) for day in _beginnings(snapshot)), default=None)
    if first is not None and month < first and not snapshot.is_unread(*BEGINS):
        raise UsageError(f"There is nothing of {month}: the first row of the registers is of {first}")
    return month


def _beginnings(snapshot: Snapshot) -> Iterator[date]:
    for table in (*snapshot.tables, *snapshot.archives):
        column = BEGINS.get(table.register.name)
        yield from (day for row in table.rows if column and (day := getattr(row, column)) is not None)


def made(snapshot: Snapshot, settings: Settings, now: datetime, month: Month, wording: Wording) -> Report:
    """The report of a month."""
    return wording.report(figures(snapshot, settings, month, now), snapshot.unread)
