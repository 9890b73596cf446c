"""The process that does the work of many cases: makes, patches, judges; says each step on stdout, a JSON a line.

It may hang, crash or swell: whoever started it watches the clock and starts another (`pool.py`).
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any, Self

from tests.contract.fuzz import judging
from tests.contract.fuzz.cases import Case, a_case
from toolkit.core.book import CellWrite, TabWrites
from toolkit.core.errors import BookError
from toolkit.excel import UnsafeWorkbook, patch_workbook
from toolkit.gateways.excel.book import ExcelBook

ADDRESS_SPACE = 1536 << 20
MOST_GROWTH_MB = 300
OTHER_CONTENT = b"a file that stood there before"


# some reader prints now and then: what it says must not come between the lines
_ANSWERS = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")


def say(**what: object) -> None:
    """One line for whoever watches."""
    _ANSWERS.write(json.dumps(what, default=str) + "\n")
    _ANSWERS.flush()


class Peak:
    """The greatest growth of this process's memory within a block, in MB; 0 where the system does not tell."""

    def __enter__(self) -> Self:
        with contextlib.suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5", "ascii")
        self._before = _memory("VmRSS")
        self.mb = 0.0
        return self

    def __exit__(self, *_: object) -> None:
        self.mb = max(0.0, _memory("VmHWM") - self._before)


def _memory(which: str) -> float:
    with contextlib.suppress(OSError, StopIteration):
        status = Path("/proc/self/status").read_text("ascii").splitlines()
        return int(next(one for one in status if one.startswith(which)).split()[1]) / 1024
    return 0.0


class Trial:
    """One case carried out in a folder of its own."""

    def __init__(self, case: Case, folder: Path, originals: Path) -> None:
        self.case, self.folder, self.originals = case, folder, originals
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        self.src = folder / "desk.xlsx"
        self.src.write_bytes(case.content)
        self.dst = self.src if case.way in ("in place", "book") else folder / "out.xlsx"
        if case.way == "over":
            self.dst.write_bytes(OTHER_CONTENT)
        self.before = self._files()
        self.blocked: frozenset[tuple[int, int]] = frozenset()

    def _files(self) -> dict[str, bytes]:
        return {
            str(one.relative_to(self.folder)): one.read_bytes()
            for one in sorted(self.folder.rglob("*"))
            if one.is_file()
        }

    def write(self) -> str | None:
        """Carry the wish out; the words of the refusal, None if it was written."""
        wish = self.case.wish
        try:
            if self.case.way == "book":
                self._by_the_book()
            else:
                patch_workbook(self.src, self.dst, sheet=wish.sheet, writes=wish.writes, appends=wish.appends)
        except UnsafeWorkbook as refusal:
            if self.case.way == "book":
                raise
            return str(refusal)
        except BookError as refusal:
            if self.case.way != "book":
                raise
            return str(refusal)
        return None

    def _by_the_book(self) -> None:
        wish, book = self.case.wish, ExcelBook("desk", self.src, backups=1)
        read = book.read()
        cells = tuple(CellWrite(*judging.place_of(name), None, value) for name, value in wish.writes.items())
        letters = tuple({judging.place_of(f"{k}1")[1]: v for k, v in row.items()} for row in wish.appends)
        written = book.write([TabWrites(wish.sheet, cells, letters)], read.stamp)
        self.blocked = frozenset((one.write.row, one.write.column) for one in written.conflicts)
        if written.stamp.sha256 != ExcelBook("desk", self.src).read([]).stamp.sha256:
            raise judging.WrongError("the stamp that the write gave is not that of the file")

    def would_be_written_as_it_was(self) -> bool:
        """Whether the same wish is carried out in the workbook to which nothing was done."""
        wish = self.case.wish
        try:
            patch_workbook(
                self.originals / self.case.original,
                self.folder / "plain.xlsx",
                sheet=wish.sheet,
                writes=wish.writes,
                appends=wish.appends,
            )
        except Exception:  # noqa: BLE001
            return False
        return True

    def traces(self, *, refused: bool) -> None:
        """Raises WrongError for files that should not be there, or not be so."""
        after = self._files()
        may_differ = set() if refused else {self.dst.name}
        new = after.keys() - self.before.keys() - may_differ
        backups = {one for one in new if one.startswith(".backups")}
        if new - (set() if refused else backups):
            raise judging.WrongError(f"files were left behind: {sorted(new)}")
        for name, content in self.before.items():
            if after.get(name) != content and name not in may_differ:
                raise judging.WrongError(f"{name} is no longer what it was")
        if any(after[one] != self.case.content for one in backups):
            raise judging.WrongError("the backup is not what stood there before")
        if not refused and self.dst.name not in after:
            raise judging.WrongError("nothing was written")


def carry_out(case: Case, folder: Path, originals: Path, readers: tuple[str, ...]) -> dict[str, Any]:
    """The verdict on a case: `refused` (with the words), `right` (and who read it), or `wrong`."""
    trial = Trial(case, folder, originals)
    told: dict[str, Any] = {
        "case": case.number,
        "original": case.original,
        "steps": case.steps,
        "way": case.way,
        "lawful": case.is_lawful,
    }
    say(phase="patching", **told)
    began = time.perf_counter()
    with Peak() as peak:
        try:
            refusal = trial.write()
        except judging.WrongError as error:
            return {**told, "verdict": "wrong", "why": str(error)}
        except BaseException as error:  # noqa: BLE001  any other exception is what is looked for
            return {**told, "verdict": "wrong", "why": f"raised {type(error).__name__}: {error!s:.200} at {_at(error)}"}
    told |= {"seconds": time.perf_counter() - began, "peak": peak.mb}
    if peak.mb > MOST_GROWTH_MB:
        return {**told, "verdict": "wrong", "why": f"memory grew by {peak.mb:.0f} MB"}
    say(phase="judging", **told)
    try:
        trial.traces(refused=refusal is not None)
        if refusal is not None:
            is_strange = case.is_lawful and trial.would_be_written_as_it_was()
            return {**told, "verdict": "refused", "why": refusal, "is_strange": is_strange}
        if not case.wish.is_sane:
            return {**told, "verdict": "wrong", "why": f"nonsense was accepted: {case.wish.writes}"}
        new = trial.dst.read_bytes()
        found = judging.judge(case.content, new, case.wish, readers=_bearable(new, readers), blocked=trial.blocked)
    except judging.WrongError as error:
        return {**told, "verdict": "wrong", "why": str(error)}
    except (MemoryError, judging.TooMuchError):
        return {**told, "verdict": "right", "readers": ["(too much for the judge)"]}
    except Exception as error:  # noqa: BLE001  the judge met what it does not know: a person must look
        return {**told, "verdict": "wrong", "why": f"the judge fell over: {type(error).__name__}: {error!s:.200}"}
    return {**told, "verdict": "right", "readers": found.readers}


def _bearable(content: bytes, readers: tuple[str, ...]) -> tuple[str, ...]:
    """Those that bear it: calamine lays a sheet out as one block, openpyxl fills its gaps: neither is asked where that block is a giant."""
    packed = judging.members(content)
    far = sum(map(len, packed.values())) > 8 << 20
    for name in packed:
        if far or "worksheets/" not in name.replace("\\", "/").lower():
            continue
        try:
            grid = judging.Grid(judging._read(content, name))
        except Exception:  # noqa: BLE001  another sheet than the one that was patched may be anything
            continue
        right = max((c for _, cells, _ in grid.rows.values() for c, _ in cells if c), default=0)
        far = far or right * max(grid.rows, default=0) > judging.MOST_DENSE
    return () if far else readers


def _at(error: BaseException) -> str:
    place, trace = "", error.__traceback__
    while trace is not None:
        name = Path(trace.tb_frame.f_code.co_filename)
        place = f"{name.name}:{trace.tb_lineno}" if "toolkit" in name.parts else place
        trace = trace.tb_next
    return place


def main() -> None:
    """`worker FOLDER SEED`: orders on stdin, one a line: `NUMBER READER,READER`."""
    originals, scratch, seed = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    folder = scratch / f"work-{os.getpid()}"
    os.dup2(2, 1)
    say(phase="ready")
    for line in sys.stdin:
        number, _, readers = line.strip().partition(" ")
        say(phase="making", case=int(number))
        case = a_case(seed, int(number), originals)
        verdict = carry_out(case, folder, originals, tuple(readers.split(",")) if readers else ())
        say(phase="done", **verdict)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
