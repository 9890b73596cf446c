"""The money that is open, to look at: as text, a workbook, lines for another program, or JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from toolkit.app.report.text import as_text
from toolkit.core.reason import Reason, because
from toolkit.core.words import Words
from toolkit.gateways.excel.sheets import drawn
from toolkit.jobs.figures.asked import Asked
from toolkit.jobs.figures.money import NOTHING, Bracket, Kind, Open, Sum, bracket_of, sums
from toolkit.jobs.figures.money_tables import money_by_age, money_open
from toolkit.jobs.figures.owed import SOURCES, open_money
from toolkit.jobs.figures.shape import Figures, Month, Value
from toolkit.jobs.figures.sheets import workbook
from toolkit.jobs.figures.worded import Report, Wording
from toolkit.registers.snapshot import Snapshot
from toolkit.settings.model import Settings

OURS_TO_PAY = frozenset({Kind.ADVANCE, Kind.REFUND})
BOM = "\ufeff"
"""By which a spreadsheet knows that a text file is UTF-8."""
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so would be worked out by the spreadsheet that opens the file."""


class MoneyWording(Wording):
    """The words of a report, but for what is said where nothing is open."""

    def say(self, code: str, **args: object) -> str:
        """A text of the report's own."""
        return self.words.say(because("money.empty")) if code == "empty" else super().say(code, **args)


@dataclass(frozen=True, slots=True)
class MoneyList:
    """What is open on one day, and the words that it is told in."""

    today: date
    found: tuple[Open, ...]
    report: Report
    wording: Wording


def money_list(snapshot: Snapshot, settings: Settings, now: datetime, words: Words) -> MoneyList:
    """What is open now, in the archives of earlier years too."""
    whole, today = snapshot.with_archives(), now.astimezone(settings.timezone).date()
    found, wording = open_money(whole, settings, now), MoneyWording(words, settings.currency)
    asked = Asked(whole, settings, Month.of(today), now)
    tables = (money_by_age(asked), money_open(asked))
    unread = tuple((book, name) for book, name in snapshot.unread if name in SOURCES)
    balance, *notes = (words.say(one) for one in _balance(found, wording))
    report = Report(
        title=words.say(because("money.title", on=today)),
        month="",
        before="",
        compared=balance,
        warnings=tuple(notes),
        tables=tuple(wording.table(one) for one in tables),
        figures=Figures(asked.month, tables, is_running=True),
        unread=unread,
    )
    return MoneyList(today, found, report, wording)


def _balance(found: tuple[Open, ...], wording: Wording) -> list[Reason]:
    amounts = dict.fromkeys((True, False), NOTHING)
    for one in found:
        amounts[one.kind in OURS_TO_PAY] += one.amount or NOTHING
    ours, theirs = (wording.money(amounts[is_ours]) for is_ours in (True, False))
    unknown = sum(one.amount is None for one in found)
    return [
        because("money.balance", ours=ours, theirs=theirs),
        *([because("money.unknown", n=unknown)] if unknown else ()),
    ]


def money_text(made: MoneyList) -> str:
    """Lines for a terminal, or to print."""
    return as_text(made.report, made.wording)


def money_data(made: MoneyList) -> dict[str, Any]:
    """The list for machines: amounts as text, days in ISO form, kinds and brackets by their keys."""
    say = made.wording.words.say
    return {
        "on": made.today.isoformat(),
        "currency": made.wording.currency,
        "unread": [{"book": book, "register": register} for book, register in made.report.unread],
        "sums": [_sum(one) for one in sums(made.found, made.today)],
        "rows": [
            {
                "kind": str(one.kind),
                "case": one.case,
                "register": one.register,
                "book": one.book,
                "row": one.row,
                "who": one.who,
                "owner": one.owner,
                "since": one.since.isoformat() if one.since is not None else None,
                "days": one.age(made.today),
                "bracket": str(bracket_of(one.age(made.today))),
                "amount": f"{one.amount:f}" if one.amount is not None else None,
                "remarks": [say(note) for note in one.notes],
            }
            for one in made.found
        ],
    }


def _sum(one: Sum) -> dict[str, Any]:
    brackets = {str(key): f"{amount:f}" for key, amount in zip(Bracket, one.by_bracket, strict=True)}
    whole = {"kind": str(one.kind), "count": one.count, "unknown": one.unknown, "amount": f"{one.total:f}"}
    return {**whole, "by_bracket": brackets}


def _csv(made: MoneyList) -> bytes:
    """Each sum on a line, with the numbers as they are."""
    table = made.report.tables[-1]
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow([*table.by, *table.columns, made.wording.say("remarks")])
    for raw, line in zip(table.raw.lines, table.lines, strict=True):
        values = (_cell(value, said) for value, said in zip(raw.values, line.values, strict=True))
        labels = ("" if label is None else said for label, said in zip(raw.labels, line.labels, strict=True))
        rows.writerow([*map(_harmless, labels), *values, _harmless("; ".join(line.remarks))])
    return (BOM + out.getvalue()).encode("utf-8", "replace")


def _cell(value: Value, said: str) -> object:
    if value is None:
        return ""
    return _harmless(said) if isinstance(value, Reason | str) else value


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


FILES: Mapping[str, Callable[[MoneyList], bytes]] = {
    ".xlsx": lambda made: drawn(workbook(made.report, made.wording)),
    ".csv": _csv,
    ".txt": lambda made: money_text(made).encode("utf-8", "replace"),
}
"""How it is written, by the ending of the file."""
