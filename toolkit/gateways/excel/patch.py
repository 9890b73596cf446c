"""The lossless writer: some cells of some sheets change, every other byte of the workbook's content stays.

A patch streams: the rows of a sheet pass through once, and what is learnt on the way (new styles, formulas, grown
tables) goes into the small parts, which are written after it. What can only be known at a sheet's end and matters
before it (merged areas, comments among the cells) is rare; where it turns up the patch begins anew, knowing it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from toolkit.core.place import Place
from toolkit.gateways.excel.atomic import put_in_place, replaced, written_beside
from toolkit.gateways.excel.cells import BLOCKED
from toolkit.gateways.excel.package import Package
from toolkit.gateways.excel.present import SharedStrings
from toolkit.gateways.excel.sheet_patch import Again, SheetJob, SheetOutcome, SheetPatch
from toolkit.gateways.excel.styles import Styles
from toolkit.gateways.excel.unsafe import UnsafeWorkbook
from toolkit.gateways.excel.workbook import Workbook

_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f[\s/>]")
_OVERLAP = 64  # a tag cut by the end of a piece
Check = Callable[[IO[bytes], Sequence[str], Sequence[SheetPatch], Sequence[SheetOutcome]], None]
"""Looks at a new file, the names that its members shall have, what was wished for, what was done."""


def patch_rows(src: str | Path, dst: str | Path, wishes: Sequence[SheetPatch], check: Check = lambda *_: None) -> None:
    """`patch_workbook` for any number of sheets and rows: rows that are made as they are asked for are never held.

    `check` may refuse the new file before it takes its place (`verify.must_read_back` takes half as long as the patch).
    """
    source, target = Path(src).resolve(), Path(dst).resolve()
    with source.open("rb") as handle:
        package = Package(handle)
        patch = Patch(package, wishes)

        def write(out: IO[bytes]) -> None:
            for outcome in patch.write(out):
                for (row, column), reason in outcome.blocked.items():
                    raise UnsafeWorkbook(
                        f"{Place(outcome.title, row, column).cell} cannot be written: {BLOCKED[reason]}"
                    )

        temporary = written_beside(target, write)
        try:
            with temporary.open("rb") as new:
                if patch.is_changed:
                    check(new, tuple(package.names()), wishes, patch.outcomes)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    if patch.is_changed:
        put_in_place(temporary, target, like=source)
        return
    temporary.unlink()
    if target != source:
        replaced(target, lambda out: out.write(source.read_bytes()), like=source)


class Patch:
    """A patch of a workbook, all sheets in one go. Raises UnsafeWorkbook for a workbook, value or append that cannot be."""

    def __init__(self, package: Package, wishes: Sequence[SheetPatch]) -> None:
        self._package = package
        self._workbook = Workbook(package)
        strings = self._workbook.part_of("sharedStrings")
        self._strings = SharedStrings(lambda: package.pieces(strings) if strings else ())
        self._jobs = [SheetJob(self._workbook, one) for one in wishes]
        self._parts = {job.entry.part: job for job in self._jobs}
        if len(self._parts) < len(self._jobs):
            raise UnsafeWorkbook("a sheet is named twice in one patch")
        self._styles_part = self._workbook.part_of("styles")
        tables = [table.part for job in self._jobs for table in job.tables]
        self._late = [one for one in (self._styles_part, self._workbook.part, *tables) if one]
        self._has_formulas = self._looked_over()
        self.outcomes: tuple[SheetOutcome, ...] = ()

    @property
    def is_changed(self) -> bool:
        """Whether what was written differs: False if every wished value stood there already."""
        return any(one.edits or one.appended for one in self.outcomes)

    def _looked_over(self) -> bool:
        """Check the members that will only be copied; whether there is a formula in them, or a calculation chain."""
        sheets = {entry.part for entry in self._workbook.sheets}
        found = self._workbook.part_of("calcChain") is not None
        for name in self._package.names():
            if name in self._parts:
                continue
            end = b""
            for piece in self._package.raw_pieces(name):
                found = found or (name in sheets and bool(_FORMULA.search(end + piece)))
                end = piece[-_OVERLAP:]
        return found

    def write(self, out: IO[bytes]) -> tuple[SheetOutcome, ...]:
        """Write the new workbook where `out` stands; what changed in each sheet."""
        begin = out.tell()
        while True:
            try:
                return self._write(out)
            except Again:
                out.seek(begin)
                out.truncate()

    def _write(self, out: IO[bytes]) -> tuple[SheetOutcome, ...]:
        styles = Styles(self._package.read(self._styles_part) if self._styles_part else None)
        streams = {job.entry.part: job.pieces(styles, self._strings) for job in self._jobs}
        self._package.write(out, streams, self._late, lambda: self._small_parts(styles))
        self.outcomes = tuple(job.outcome for job in self._jobs)
        return self.outcomes

    def _small_parts(self, styles: Styles) -> Mapping[str, bytes]:
        """The parts besides the sheets that change."""
        parts: dict[str, bytes] = {}
        for job in self._jobs:
            parts.update(job.grown_tables())
        if styles.is_changed and self._styles_part:
            parts[self._styles_part] = styles.written()
        filters = {job.entry.index: job.filter for job in self._jobs if job.filter}
        has_formulas = self._has_formulas or any(job.has_formulas for job in self._jobs)
        parts[self._workbook.part] = self._workbook.written(filters, recalculate=has_formulas)
        return {name: new for name, new in parts.items() if new != self._package.read(name)}
