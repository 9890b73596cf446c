"""Who has a workbook open: the owner files that Excel, WPS and LibreOffice leave beside it. They are never removed."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

STALE_AFTER_HOURS = 12.0
_LONGEST_NAME, _WIDE_LENGTH, _WIDE_NAME = 52, 55, 57
_NOBODY = "someone"
_FIELD = re.compile(r"((?:\\.|[^\\,;])*)[,;]")


@dataclass(frozen=True, slots=True)
class Owner:
    """Who has the book open, since when (aware, UTC); `is_stale` if that is so long ago that a crash left the file."""

    name: str
    since: datetime
    is_stale: bool


def who_has_open(path: Path, stale_after_hours: float = STALE_AFTER_HOURS) -> Owner | None:
    """The owner of a workbook, None if no one has it open. A link is looked at on both sides.

    Co-authoring (OneDrive, SharePoint) leaves no file, so the stamp of the workbook must be compared besides.
    """
    for one in dict.fromkeys((path, path.resolve())):
        for lock, named in _locks_of(one):
            try:
                status = lock.stat()
            except OSError:  # it is not there; or its name would be longer than names can be
                continue
            try:
                content = lock.read_bytes()
            except OSError:  # Excel on Windows holds its owner file so that it cannot be read
                content = b""
            since = datetime.fromtimestamp(status.st_mtime, UTC)
            is_stale = time.time() - status.st_mtime > stale_after_hours * 3600
            name = named(content)
            return Owner(name if name.isprintable() and name else _NOBODY, since, is_stale)
    return None


def _locks_of(path: Path) -> list[tuple[Path, Callable[[bytes], str]]]:
    """Excel and WPS put `~$` (older WPS `.~`) before the name; LibreOffice `.~lock.` and a `#` behind."""
    names = [(f"~${path.name}", _excel_name), (f".~{path.name}", _excel_name), (f".~lock.{path.name}#", _libre_name)]
    return [(path.with_name(name), kind) for name, kind in names]


def _excel_name(content: bytes) -> str:
    """The name in Excel's owner file: 165 bytes, the name in 8 bits padded to 55, then its length and it in UTF-16."""
    length = int.from_bytes(content[_WIDE_LENGTH:_WIDE_NAME], "little")
    wide = content[_WIDE_NAME : _WIDE_NAME + 2 * length] if length <= _LONGEST_NAME else b""
    if wide:
        return wide.decode("utf-16-le", "replace").strip("\0 ")
    short = content[1 : 1 + content[0]] if content else b""
    return short.decode("utf-8", "replace").strip("\0 ")


def _libre_name(content: bytes) -> str:
    r"""The name in LibreOffice's lock: `name,system user,host,date,profile;`, commas escaped by `\`."""
    fields = [re.sub(r"\\(.)", r"\1", one) for one in _FIELD.findall(content.decode("utf-8", "replace"))]
    return next((one.strip() for one in fields[:3] if one.strip()), "")
