"""Which tab is which: the register's own, a new spreadsheet's empty first one, the id of one that is still to come."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from toolkit.gateways.google.making.there import TabThere, There

FIRST_TABS = ("Sheet", "工作表", "シート", "시트", "Tabellenblatt", "Feuille", "Hoja", "Página", "Foglio", "Лист")
"""What Google calls the first tab, but for its number."""


def tab_of(there: There, register: str, titles: Sequence[str]) -> TabThere | None:
    """The tab of a register: the one that bears its mark, else one of its names."""
    grids = [one for one in there.tabs if one.is_grid]
    marked = next((one for one in grids if register and one.register == register), None)
    names = [one.casefold().strip() for one in titles]
    named = (one for name in names for one in grids if one.title.casefold().strip() == name and not one.register)
    return marked or next(named, None)


def is_empty(there: There) -> bool:
    """A spreadsheet as Google makes it: one tab with a usual name and nothing in it."""
    return len(there.tabs) == 1 and is_leftover(there.tabs[0])


def is_leftover(tab: TabThere) -> bool:
    """The empty tab that a new spreadsheet comes with. Its first rows must have been read."""
    is_named = tab.title.rstrip("1").strip() in FIRST_TABS
    return tab.is_grid and is_named and tab.is_blank and not tab.has_things and not (tab.dropdowns or tab.has_notes)


def new_id(name: str, taken: set[int]) -> int:
    """The same id each time: a batch that is sent twice by a bad line is refused the second time, and adds no second tab."""
    wanted = zlib.crc32(f"aftersales {name}".encode()) & 0x7FFFFFFF
    while wanted in taken:
        wanted = (wanted + 1) & 0x7FFFFFFF
    return wanted
