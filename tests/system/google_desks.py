"""The demo desk on a Google spreadsheet, kept by a local Sheets server: the same rows as in the workbook, the same hands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from tests.sheets_server import SheetsServer
from tests.system.desks import NOW, Desk, Done, aftersales, demo, sheets
from toolkit.core.place import column_letters
from toolkit.gateways.google.cells import sent


@dataclass
class GoogleDesk(Desk):
    """A desk whose registers are tabs of a spreadsheet."""

    server: SheetsServer = field(kw_only=True)
    book: Any = field(kw_only=True)

    def __call__(self, *words: object, now: str | None = None, hooks: Any = None) -> Done:
        assert not hooks, "the server has hooks of its own"
        return aftersales(*words, *(("--now", now) if now else ()), cwd=self.folder)

    def rows(self, register: str = "tickets", book: Any = None) -> list[dict[str, Any]]:
        keys = {label: key for key, label in self.labels(register).items()}
        header, *rows = self.book.tab(self.tab(register)).values()
        names = [keys.get(one, one) for one in header]
        return [
            {**dict(zip(names, [*row, *[None] * (len(names) - len(row))], strict=False)), "row": number}
            for number, row in enumerate(rows, 2)
            if any(one not in (None, "") for one in row)
        ]

    def letters_of(self, register: str) -> dict[str, str]:
        header = self.book.tab(self.tab(register)).values()[0]
        keys = {label: key for key, label in self.labels(register).items()}
        return {keys[one]: column_letters(n) for n, one in enumerate(header, 1) if one in keys}


def on_google(desk: Desk, server: SheetsServer) -> GoogleDesk:
    """The same desk with its workbook's tabs in a spreadsheet of the server."""
    book = server.create("Desk", time_zone="Asia/Shanghai", locale="zh_CN")
    for title, rows in sheets(desk.workbook).items():
        tab = book.add_tab(title, rows=max(len(rows) + 10, 100), columns=max(map(len, rows), default=1) + 2)
        tab.fill([[_cell(one) for one in row] for row in rows])
    book.delete_tab("Sheet1")
    desk.configure(
        "{name: main, path: workbooks/aftersales.xlsx}", f"{{name: main, google: {book.id}, endpoint: '{server.url}'}}"
    )
    desk.workbook.unlink()
    return GoogleDesk(desk.folder, desk.locale, server=server, book=book)


def google_demo(folder: Path, server: SheetsServer, *, locale: str = "en", now: str = NOW) -> GoogleDesk:
    """The demo desk before its first run."""
    return on_google(demo(folder, locale=locale, now=now), server)


def _cell(value: object) -> object:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return None if value is None else sent(value)


def as_google_shows(value: object) -> object:
    """A cell of the workbook as the Sheets API gives it."""
    return "" if value is None else sent(value) if isinstance(value, date | datetime) else _cell(value)
