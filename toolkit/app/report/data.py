"""The report for machines: the figures in full, with their words beside them (docs/report.md tells the shape)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from toolkit.core.reason import Name, Reason
from toolkit.jobs.figures.shape import Label, Value
from toolkit.jobs.figures.worded import Report, WordedLine, WordedTable


def as_data(report: Report, currency: str) -> dict[str, Any]:
    """The whole report."""
    return {
        "month": str(report.figures.month),
        "before": str(report.figures.month.before),
        "is_running": report.figures.is_running,
        "currency": currency,
        "unread": [{"book": book, "register": register} for book, register in report.unread],
        "tables": [_table(one) for one in report.tables],
    }


def _table(table: WordedTable) -> dict[str, Any]:
    raw = table.raw
    columns = zip(raw.columns, table.columns, strict=True)
    return {
        "name": table.name,
        "title": table.title,
        "about": table.about,
        "by": [{"name": name, "heading": heading} for name, heading in zip(raw.by, table.by, strict=True)],
        "columns": [{"name": one.name, "heading": heading, "unit": str(one.unit)} for one, heading in columns],
        "lines": [_line(table, index, line) for index, line in enumerate(table.lines)],
    }


def _line(table: WordedTable, index: int, line: WordedLine) -> dict[str, Any]:
    raw = table.raw.lines[index]
    return {
        "keys": [_key(one) for one in raw.labels],
        "labels": list(line.labels),
        "values": _plain_values(raw.values, line.values),
        "before": _plain_values(raw.before, line.before) if raw.before else None,
        "remarks": list(line.remarks),
    }


def _key(label: Label) -> str | None:
    """What a line is about, the same in every locale: a choice's key, a text's code, None for a blank cell."""
    match label:
        case Name():
            return label.choice or label.column or label.register
        case Reason():
            return label.code
        case date():
            return label.isoformat()
        case _:
            return label


def _plain_values(values: Sequence[Value], said: Sequence[str]) -> list[Any]:
    return [_plain(value, words) for value, words in zip(values, said, strict=True)]


def _plain(value: Value, said: str) -> Any:
    """Spans in seconds, money as text, days in ISO form; what has a label in its words."""
    match value:
        case timedelta():
            return value.total_seconds()
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
        case Name() | Reason():
            return said
        case _:
            return value
