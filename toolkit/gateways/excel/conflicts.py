"""Copies that a sync client makes when two people saved one workbook at once: what stands there is in no register.

Each client has its own way to name them; `登记表 2025.xlsx` and `登记表 (1).xlsx` are nobody's conflict, but for the two
clients that use such names, in their own folders.
"""

from __future__ import annotations

import platform
import re
from pathlib import Path

_WORD = r"(?:conflict|case conflict|冲突|衝突|競合|konflikt|conflit|conflicto|conflitto)"
_SURELY = re.compile(
    rf"""
      [(（\[【] [^)）\]】]* {_WORD} [^)）\]】]* [)）\]】]        # Dropbox, Nextcloud, Box, Seafile, Nutstore, WPS
    | [._\ -] (?:sync-)? conflict (?:ed)? [-_\ .]? \d{{6,8}}   # Syncthing, ownCloud, and `_conflict-20261122-101500`
    | [-_\ .]\ ?conflicted\ copy
    | [-_\ .]? (?:冲突|衝突) (?:副本|文件|版本)                 # WPS cloud, Baidu
    | _conf \( \d+ \) \Z                                      # Google Drive
    """,
    re.VERBOSE | re.IGNORECASE,
)
_COMPUTER = re.compile(  # OneDrive puts the computer's name behind, and a number behind that
    r"""-(?: (?:DESKTOP|LAPTOP|WIN|PC|NB|SURFACE|MINI|SRV)-[A-Z0-9]{4,15}
         | [\w’'. -]*(?:MacBook|iMac|Mac-?mini|Mac-?Studio)[\w. -]*
       )(?:-\d+)?\Z""",
    re.VERBOSE,
)
_IN_FOLDER = (
    (re.compile(r"Mobile Documents|com~apple~CloudDocs|iCloud ?Drive", re.IGNORECASE), re.compile(r" \d{1,2}\Z")),
    (re.compile(r"Google ?Drive|My Drive|我的云端硬盘", re.IGNORECASE), re.compile(r" ?\(\d{1,2}\)\Z")),
)


def conflict_copies(path: Path) -> list[str]:
    """The names of the conflict copies beside a workbook."""
    stem, suffix = path.stem, path.suffix.casefold()
    try:
        beside = sorted(one.name for one in path.parent.iterdir() if one.name != path.name)
    except OSError:  # a folder that may not be listed hides them
        return []
    return [
        name
        for name in beside
        if name.startswith(stem)
        and name.casefold().endswith(suffix)
        and is_conflict(name[len(stem) : len(name) - len(suffix)], path.parent)
    ]


def is_conflict(behind: str, folder: Path) -> bool:
    """Whether these characters behind a workbook's name are a sync client's."""
    if _SURELY.search(behind) or _COMPUTER.match(behind):
        return True
    host = platform.node().partition(".")[0]
    if host and re.fullmatch(rf"-{re.escape(host)}(-\d+)?", behind, re.IGNORECASE):
        return True
    return any(where.search(str(folder)) and how.match(behind) for where, how in _IN_FOLDER)
