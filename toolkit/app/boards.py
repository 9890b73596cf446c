"""The day board as values for its page, as lines for a terminal, and as a workbook fit to print."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from toolkit.app.papers import page
from toolkit.app.story import DAY
from toolkit.core.errors import UsageError
from toolkit.core.layout import ColumnSpec, TabSpec
from toolkit.core.reason import because
from toolkit.core.words import Words
from toolkit.gateways.excel.build import build_workbook
from toolkit.jobs.dispatching.board import Cell, Day, Line, Waiting
from toolkit.jobs.dispatching.crew import Stop
from toolkit.settings.model import Settings


def first_day(text: str | None, settings: Settings, now: datetime) -> date:
    """The board's first day: as asked for, else today (UsageError)."""
    if text is None:
        return now.astimezone(settings.timezone).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"“{text}” is not a day: write it like 2026-11-24") from None


def slot_names(settings: Settings) -> list[str]:
    """`09:00-11:00`, in order."""
    return [f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in settings.dispatch.slots]


def board_page(settings: Settings, now: datetime, days: Sequence[Day], words: Words) -> str:
    """The board as a page in the desk's language."""
    shown = [board_values(one, words) for one in days]
    return page(settings, now, "board", settings.locale, {"days": shown, "slots": slot_names(settings)})


def board_values(day: Day, words: Words) -> dict[str, Any]:
    """One day as plain values, for the page and for machines."""
    return {
        "day": day.day,
        "is_open": day.is_open,
        "visits": day.visits,
        "clashes": day.clashes,
        "rows": [_row(one, words) for one in day.lines],
        "waiting": [_waiting(one, words) for one in day.waiting],
    }


def _row(line: Line, words: Words) -> dict[str, Any]:
    return {
        "no": line.vendor.no,
        "name": line.vendor.name,
        "city": line.vendor.serves,
        "taken": line.taken,
        "capacity": line.vendor.capacity,
        "cells": [_cell(one, words) for one in line.cells],
        "other": [_visit(one, words) for one in line.other],
    }


def _cell(cell: Cell, words: Words) -> dict[str, Any]:
    visits = [_visit(one, words) for one in cell.stops]
    return {"visits": visits, "is_clash": cell.is_clash, "is_free": cell.is_free}


def _visit(stop: Stop, words: Words) -> dict[str, Any]:
    row = stop.case.row
    at = f"{row.visit_at:%H:%M}" if isinstance(row.visit_at, datetime) else words.say(because("board.day-only"))
    return {"ticket_no": stop.case.number or "", "text": f"{at} {stop.case.number or ''} {row.customer or ''}".strip()}


def _waiting(one: Waiting, words: Words) -> dict[str, Any]:
    case = one.found.wanted.case
    at = words.word(case.row.visit_at) if case.row.visit_at is not None else words.say(because("board.any-time"))
    return {
        "ticket_no": case.number or "",
        "customer": case.row.customer or "",
        "city": case.row.city or "",
        "at": at,
        "advice": words.say(one.advice),
    }


def board_table(settings: Settings, day: Day, words: Words) -> tuple[list[str], list[list[str]]]:
    """Headers and rows of one day as text."""
    say = {name: words.say(because(f"board.{name}")) for name in ("vendor", "city", "jobs", "other", "free", "clash")}
    headers = [say["vendor"], say["city"], say["jobs"], *slot_names(settings), say["other"]]
    rows = []
    for line in day.lines:
        shown = _row(line, words)
        cells = []
        for cell in shown["cells"]:
            texts = [visit["text"] for visit in cell["visits"]]
            head = [say["clash"]] if cell["is_clash"] else []
            cells.append(" / ".join(head + texts) if texts else say["free"] if cell["is_free"] else "")
        other = " / ".join(visit["text"] for visit in shown["other"])
        name = f"{shown['no']} {shown['name']}"
        rows.append([name, shown["city"], f"{shown['taken']}/{shown['capacity']}", *cells, other])
    return headers, rows


def waiting_lines(day: Day, words: Words) -> list[str]:
    """What is still to be given to somebody, as text."""
    found = [_waiting(one, words) for one in day.waiting]
    lines = [f"  {row['ticket_no']}  {row['city']}  {row['at']}  {row['customer']}  {row['advice']}" for row in found]
    return [words.say(because("board.waiting")), *lines] if lines else []


def board_title(day: Day, words: Words) -> str:
    """`2026-11-24 Tue: 3 visits, 0 clashing`."""
    title = day_name(day.day, words)
    off = "" if day.is_open else f" ({words.say(because('board.off'))})"
    counts = words.say(because("board.visits", n=day.visits, clashes=day.clashes))
    return f"{title}{off}  {counts}"


def day_name(day: date, words: Words) -> str:
    """A day with its weekday."""
    return words.say(because("board.day", day=day, weekday=because(f"day.{DAY[day.weekday()]}")))


def board_workbook(path: Path, settings: Settings, days: Sequence[Day], words: Words) -> None:
    """A tab a day, landscape on A4."""
    tabs = []
    for day in days:
        headers, rows = board_table(settings, day, words)
        columns = tuple(ColumnSpec(one) for one in headers)
        title = f"{day.day:%m-%d} {words.say(because(f'day.{DAY[day.day.weekday()]}'))}"
        waiting = [[one["ticket_no"], one["city"], one["at"], one["customer"], one["advice"]]
            for one in board_values(day, words)["waiting"]]  # fmt: skip
        below = [[], [words.say(because("board.waiting"))], *waiting] if waiting else []
        tabs.append(TabSpec(title, columns, [*rows, *below]))
    path.unlink(missing_ok=True)
    build_workbook(path, tabs)
