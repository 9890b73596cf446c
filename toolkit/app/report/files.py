"""The report as a file, by its ending."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from toolkit.app.papers import page, written_to
from toolkit.app.report.data import as_data
from toolkit.app.report.text import as_text
from toolkit.core.errors import UsageError
from toolkit.gateways.excel.atomic import replaced
from toolkit.gateways.excel.sheets import drawn
from toolkit.jobs.figures.sheets import workbook
from toolkit.jobs.figures.worded import Report, Wording
from toolkit.settings.model import Settings

MODE = 0o664


@dataclass(frozen=True, slots=True)
class Paper:
    """A report, and what it is written with."""

    report: Report
    wording: Wording
    settings: Settings
    now: datetime


def _text(paper: Paper) -> bytes:
    return as_text(paper.report, paper.wording).encode("utf-8", "replace")


def _page(paper: Paper) -> bytes:
    values = {"report": paper.report, "nothing": paper.wording.say("empty")}
    return page(paper.settings, paper.now, "report-month", paper.settings.locale, values).encode("utf-8", "replace")


def _workbook(paper: Paper) -> bytes:
    return drawn(workbook(paper.report, paper.wording))


def _json(paper: Paper) -> bytes:
    return dumped(paper).encode("utf-8", "replace")


def dumped(paper: Paper) -> str:
    """The report for machines."""
    return json.dumps(as_data(paper.report, paper.settings.currency), ensure_ascii=False, indent=1) + "\n"


ENDINGS: Mapping[str, Callable[[Paper], bytes]] = {
    ".xlsx": _workbook,
    ".html": _page,
    ".htm": _page,
    ".txt": _text,
    ".json": _json,
}


def fit_target(settings: Settings, to: Path, endings: Iterable[str] = ENDINGS) -> Path:
    """Where a report may be written: a file of an ending that is known, in a folder that is there, never a register (UsageError)."""
    if to.suffix.lower() not in endings:
        raise UsageError(f"{to}: a report is written to a file that ends in {', '.join(endings)}")
    if not to.parent.is_dir():
        raise UsageError(f"{to}: there is no folder {to.parent}")
    if to.is_dir():
        raise UsageError(f"{to} is a folder")
    return written_to(settings, to)


def write(target: Path, paper: Paper) -> None:
    """Write the report (UsageError where the system does not let us)."""
    put(target, ENDINGS[target.suffix.lower()](paper))


def put(target: Path, content: bytes) -> None:
    """Write a file, whole or not at all (UsageError where the system does not let us)."""
    file = target.resolve()  # where a link points to
    is_new = not file.exists()
    try:
        replaced(file, lambda out: out.write(content), like=file.parent)
        if is_new:
            file.chmod(MODE)
    except OSError as error:
        raise UsageError(f"{target} cannot be written ({error.strerror or error}): is it open elsewhere?") from None
