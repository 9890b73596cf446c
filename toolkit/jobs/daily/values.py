"""What a digest's letter is told, and what `--json` gives: figures, warnings, sections with their rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from heapq import nsmallest
from typing import Any

from toolkit.core.reason import Name, Reason, because
from toolkit.core.words import Words
from toolkit.jobs.daily.board import Board
from toolkit.jobs.daily.lines import Line, shown
from toolkit.jobs.daily.management import Row, by_register, figures, sentences
from toolkit.jobs.daily.readers import Reader
from toolkit.jobs.daily.warnings import gaps, warnings

MOST_ROWS = 30
"""A mail stays readable: so many rows a section °, the rest is counted."""
LAST = ("open", "mend")
"""The sections that stand behind what only managers are told."""


def values_for(board: Board, reader: Reader, words: Words) -> dict[str, Any]:
    """The values for one reader, in their words."""
    is_manager, snapshot = reader.is_manager, board.snapshot
    parts = [*reader.heap.parts(), *(board.unassigned.parts() if is_manager else ())]
    made = [(name, _of_lines(board, reader, words, name, *part)) for name, *part in parts]
    sections = [one for name, one in made if name not in LAST]
    if is_manager:
        sections += (_of_sentences(name, title, rows, words) for name, title, rows in sentences(board, words))
    sections += (one for name, one in made if name in LAST)
    return {
        "person": reader.name or words.say(because("digest.desk")),
        "day": board.today,
        "standing_in": list(reader.standing_in),
        "counts": list(_counts(board, words)) if is_manager else [],
        "registers": list(_registers(board, words)) if is_manager else [],
        "warnings": [words.say(one) for one in (warnings(snapshot) if is_manager else gaps(snapshot))],
        "sections": sections,
    }


def has_something(values: dict[str, Any]) -> bool:
    """Whether a digest says anything that its reader must know; figures without anything to do are for managers."""
    return bool(values["sections"] or values["warnings"] or values["registers"])


def _of_lines(
    board: Board, reader: Reader, words: Words, section: str, register: str, lines: list[Line]
) -> dict[str, Any]:
    first = nsmallest(MOST_ROWS, lines, key=lambda one: one.pressing)
    return {
        "kind": section,
        "register": register,
        "title": words.say(because("digest.title", section=_title(board, section), register=Name(register))),
        "count": len(lines),
        "rows": [shown(board.snapshot, one, words, reader.name) for one in first],
        "more": max(len(lines) - MOST_ROWS, 0),
    }


def _title(board: Board, section: str) -> Reason:
    """Before days off, what is due on them is to be done by the next working day, and the heading says which that is."""
    if section == "tomorrow" and board.tomorrow != board.today + timedelta(days=1):
        return because("digest.next-working-day", day=board.tomorrow)
    return because(f"digest.{section}")


def _of_sentences(name: str, title: Reason, rows: list[Row], words: Words) -> dict[str, Any]:
    return {
        "kind": name,
        "register": None,
        "title": words.say(title),
        "count": len(rows),
        "rows": [_sentence(*row, words) for row in rows[:MOST_ROWS]],
        "more": max(len(rows) - MOST_ROWS, 0),
    }


def _sentence(said: Reason, table: Any, number: int, column: str | None, words: Words) -> dict[str, Any]:
    place = table.place(number, column) if table is not None else None
    return {
        "text": words.say(said),
        "cell": place.cell if place is not None else None,
        "link": table.link(place) if place is not None else None,
        "register": table.register.name if table is not None else None,
        "key": None,
    }


def _counts(board: Board, words: Words) -> Iterator[dict[str, Any]]:
    for name, value in figures(board):
        yield {"label": words.say(because(f"digest.count-{name}")), "value": value}


def _registers(board: Board, words: Words) -> Iterator[dict[str, Any]]:
    for one in by_register(board):
        yield {"label": words.label(Name(one["register"])), **one}
