"""Tables for other systems: CSV that spreadsheets open rightly, workbooks that are written row by row, JSON."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from toolkit.core.errors import OutsideError
from toolkit.core.layout import FORMATS, STAFF_HEAD, TOOLKIT_HEAD, TabSpec, width_of
from toolkit.core.place import column_letters
from toolkit.gateways.excel.atomic import replaced
from toolkit.gateways.tables.guard import guarded

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_READABLE = 0o664


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """UTF-8 with its mark, which Excel asks for; text that looks like a formula is guarded, numbers are not text."""

    def write(out: IO[bytes]) -> None:
        text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", errors="replace")
        lines = csv.writer(text)
        lines.writerow([guarded(one) for one in header])
        lines.writerows([_shown(cell) for cell in row] for row in rows)
        text.flush()
        text.detach()

    _put(path, write)


def write_json(path: Path, tables: Mapping[str, Iterable[Mapping[str, object]]]) -> None:
    """`{"tickets": [{…}, …], …}`, a row a line."""

    def write(out: IO[bytes]) -> None:
        for number, (name, rows) in enumerate(tables.items()):
            out.write(f"{',' if number else '{'}\n{json.dumps(name)}: [".encode())
            for place, row in enumerate(rows):
                line = json.dumps(row, ensure_ascii=False)
                out.write(f"{',' if place else ''}\n{line}".encode("utf-8", "replace"))
            out.write(b"\n]")
        out.write(b"\n}\n" if tables else b"{}\n")

    _put(path, write)


def write_workbook(path: Path, tabs: Sequence[TabSpec], rows: Sequence[Iterable[Sequence[object]]]) -> None:
    """A tab for each of `tabs`, whose own rows are only samples for the widths; all of `rows` pass one by one."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for tab, its in zip(tabs, rows, strict=True):
        _add(book, tab, its)
    _put(path, book.save)


def _add(book: Any, tab: TabSpec, rows: Iterable[Sequence[object]]) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font, PatternFill

    sheet = book.create_sheet(tab.title)
    sheet.freeze_panes = tab.freeze
    sheet.sheet_view.showGridLines = False
    for index in range(len(tab.columns)):
        sheet.column_dimensions[column_letters(index + 1)].width = width_of(tab, index)
    head = []
    for column in tab.columns:
        cell = WriteOnlyCell(sheet, column.label)
        cell.font = Font(bold=True, color="FFFFFFFF")
        cell.fill = PatternFill("solid", fgColor=f"FF{TOOLKIT_HEAD if column.is_toolkit else STAFF_HEAD}")
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        head.append(cell)
    sheet.append(head)
    formats = [FORMATS[column.kind] for column in tab.columns]
    height = 1
    for row in rows:
        sheet.append([_cell(sheet, value, form, WriteOnlyCell) for value, form in zip(row, formats, strict=True)])
        height += 1
    sheet.auto_filter.ref = f"A1:{column_letters(len(tab.columns))}{height}"


def _cell(sheet: Any, value: object, form: str, make: Any) -> Any:
    """Text is a text cell, whatever it begins with."""
    if value is None:
        return None
    cell = make(sheet, _FORBIDDEN.sub("�", value) if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.data_type = "s"
        cell.number_format = FORMATS["text"]
    elif not isinstance(value, bool):
        cell.number_format = _format_of(value, form)
    return cell


def _format_of(value: object, form: str) -> str:
    """A moment shows its time also in a column of days, and the other way round."""
    match value:
        case datetime():
            return FORMATS["datetime"]
        case date():
            return FORMATS["date"]
        case _:
            return form if form not in (FORMATS["text"], FORMATS["date"], FORMATS["datetime"]) else FORMATS["number"]


def _shown(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return guarded(value.replace("\x00", "�"))
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M:%S").removesuffix(":00")
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
        case _:
            return str(value)


def _put(path: Path, write: Any) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replaced(path, write, like=path.parent)
        path.chmod(_READABLE)
    except OSError as error:
        raise OutsideError(f"{path} cannot be written: {error.strerror or error}") from None
