"""A workbook as a clerk of `tests.clerk` works on it: its rows with choices by their keys, and what was typed put back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.small_desk import Cells
from tests.system.desks import Desk
from toolkit.core.reason import Name
from toolkit.excel import patch_workbook
from toolkit.registers.schema import Register, Type
from toolkit.settings.lexicons import lexicon_of, registers_of
from toolkit.settings.model import Settings

WORKED_ON = ("tickets", "surveys", "parts", "staff")


@dataclass
class Sheets:
    """What a clerk needs of a desk: its settings and the rows of the registers that are worked on."""

    settings: Settings
    rows: dict[str, list[Cells]]


def read_sheets(desk: Desk, settings: Settings) -> Sheets:
    """The rows as they stand in the workbook now; `row` is a row's number in its tab."""
    rows = {one.name: _rows(desk, settings, one) for one in registers_of(settings) if one.name in WORKED_ON}
    return Sheets(settings, rows)


def _rows(desk: Desk, settings: Settings, register: Register) -> list[Cells]:
    lexicon = lexicon_of(settings)
    keys = {
        column.key: {lexicon.label(Name(register.name, column.key, key)): key for key in column.choices}
        for column in register.columns
        if column.type is Type.CHOICE
    }
    return [
        {key: keys.get(key, {}).get(value, value) for key, value in row.items() if value is not None}
        for row in desk.rows(register.name)
    ]


def typed_into(desk: Desk, before: Sheets, after: Sheets) -> None:
    """What the clerk changed and added, typed into the workbook: one save a register."""
    for name, rows in after.rows.items():
        letters = desk.letters_of(name)
        writes: dict[str, Any] = {}
        appends: list[dict[str, Any]] = []
        for place, row in enumerate(rows):
            old = before.rows[name][place] if place < len(before.rows[name]) else {}
            changed = {key: value for key, value in row.items() if value != old.get(key) and key in letters}
            cells = {letters[key]: _cell(desk, name, key, value) for key, value in changed.items()}
            if old:
                writes |= {f"{letter}{row['row']}": value for letter, value in cells.items()}
            elif cells:
                appends.append(cells)
        if writes or appends:
            patch_workbook(desk.workbook, desk.workbook, sheet=desk.tab(name), writes=writes, appends=appends)


def _cell(desk: Desk, register: str, column: str, value: Any) -> Any:
    match value:
        case tuple():
            return "\n".join(value)
        case datetime():
            return value.replace(microsecond=0)
        case str() if column in (
            "status",
            "service_mode",
            "vendor_reply",
            "acceptance",
            "tested",
            "quality_check",
            "satisfaction",
        ):
            return desk.said(register, column, value)
        case _:
            return value
