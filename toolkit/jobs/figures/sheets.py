"""A month's report as a workbook in plain data: a tab a table, real numbers, the month before and the change in columns of their own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from toolkit.core.sheets import Contents, Form, Plain, Sheet, SheetColumn, Workbook
from toolkit.jobs.figures.shape import Unit, Value
from toolkit.jobs.figures.worded import PER_CENT, Number, Report, WordedLine, WordedTable, Wording, difference
from toolkit.letters.filters import currency_symbol

FORMS: dict[Unit, Form] = {
    Unit.COUNT: "count",
    Unit.SHARE: "share",
    Unit.SPAN: "span",
    Unit.WORK: "span",
    Unit.MONEY: "money",
    Unit.STARS: "stars",
    Unit.NUMBER: "number",
    Unit.DAY: "day",
    Unit.TEXT: "text",
}
CHANGES = {Unit.SHARE: "change-points", Unit.SPAN: "change-hours", Unit.WORK: "change-hours"}
"""Differences that need a unit of their own: a share grows by points, and a workbook cannot show a negative span."""


def workbook(report: Report, wording: Wording) -> Workbook:
    """The whole report."""
    say = wording.say
    headings = (say("contents-table"), say("contents-about"), say("contents-rows"))
    contents = Contents(say("contents"), report.title, report.notes, headings)
    sheets = tuple(_sheet(table, report, wording) for table in report.tables)
    symbol = currency_symbol(wording.currency, wording.words.locale)
    return Workbook(wording.file(report), contents, sheets, symbol)


def _sheet(table: WordedTable, report: Report, wording: Wording) -> Sheet:
    columns = tuple(_columns(table, report, wording))
    rows = tuple(tuple(_row(table, index, line)) for index, line in enumerate(table.lines))
    return Sheet(table.title, table.about, columns, rows, wording.say("empty"))


def _columns(table: WordedTable, report: Report, wording: Wording) -> Iterator[SheetColumn]:
    yield from (SheetColumn(one, is_label=True) for one in table.by)
    before = wording.say(f"month-{report.figures.month.before.month}")
    for index, (heading, column) in enumerate(zip(table.columns, table.raw.columns, strict=True)):
        form = FORMS[column.unit]
        yield SheetColumn(heading, form)
        if table.compared[index]:
            yield SheetColumn(wording.say("before-of", column=heading, before=before), form)
            changed = wording.say(CHANGES.get(column.unit, "change-of"), column=heading)
            yield SheetColumn(changed, form, is_change=True)
    if table.has_remarks:
        yield SheetColumn(wording.say("remarks"))


def _row(table: WordedTable, index: int, line: WordedLine) -> Iterator[Plain]:
    raw = table.raw.lines[index]
    before = raw.before or (None,) * len(raw.values)
    yield from line.labels
    for at, column in enumerate(table.raw.columns):
        yield _plain(raw.values[at], line.values[at])
        if table.compared[at]:
            yield _plain(before[at], line.before[at])
            yield _by(difference(raw.values[at], before[at], column.unit), column.unit)
    if table.has_remarks:
        yield "\n".join(line.remarks) or None


def _plain(value: Value, said: str) -> Plain:
    """A number or a day as it is; all else, "no data" too, in words."""
    return value if isinstance(value, Plain) and value is not None else said or None


def _by(by: Number | None, unit: Unit) -> Plain:
    if isinstance(by, timedelta):
        return by / timedelta(hours=1)
    return by * PER_CENT if by is not None and unit is Unit.SHARE else by
