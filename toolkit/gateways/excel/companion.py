"""The read-only workbook that stands in for one that is open too long: made afresh, swapped in whole, ours to remove (60, 31).

It is known by its name, `NAME.toolkit.xlsx`, and by a mark in its document properties: a file of that name without the
mark is somebody's, and is never touched.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.gateways.excel.atomic import sync_folder, take_after, written_beside

if TYPE_CHECKING:
    from toolkit.gateways.excel.companion_tab import Tab

END = ".toolkit.xlsx"
MARK = "aftersales-toolkit companion"
_PROPERTIES = "docProps/core.xml"
_READ_ONLY = 0o444


class NotOursError(Exception):
    """A file of the companion's name is there that the toolkit did not make."""


def companion_of(book: Path) -> Path:
    """Where the companion of a workbook stands: beside the file itself, also where `book` is a link to it."""
    path = book.resolve()
    return path.with_name(path.stem + END)


def write_companion(book: Path, tabs: Sequence[Tab], about: str) -> Path:
    """Make the companion anew and swap it in; `about` stands above every header. Raises NotOursError, OSError."""
    from toolkit.gateways.excel.companion_sheets import sheets  # openpyxl takes a tenth of a second to load

    target = companion_of(book)
    if target.exists() and not is_companion(target):
        raise NotOursError
    temporary = written_beside(target, sheets(tabs, about, MARK).save)
    try:
        take_after(temporary, book.resolve())
        temporary.chmod(temporary.stat().st_mode & _READ_ONLY)
        _let_go(target)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(target.parent)
    return target


def remove_companion(book: Path) -> bool:
    """Remove the companion of a workbook, if it is there and ours; whether it was. Raises OSError."""
    target = companion_of(book)
    if not is_companion(target):
        return False
    _let_go(target)
    target.unlink(missing_ok=True)
    return True


def is_companion(path: Path) -> bool:
    """Whether the toolkit made this file as a companion."""
    try:
        with zipfile.ZipFile(path) as package:
            return MARK.encode() in package.read(_PROPERTIES)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return False


def _let_go(target: Path) -> None:
    """Windows neither replaces nor removes a file that is read-only."""
    if os.name == "nt" and target.exists():
        target.chmod(0o666)
