"""A workbook file as a Book: read whole, written in one atomic swap, never while someone has it open."""

from __future__ import annotations

import errno
import hashlib
import platform
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from toolkit.core.book import CellWrite, RawBook, TabWrites, Written
from toolkit.core.errors import BookChangedError, BookError, BookLockedError
from toolkit.gateways.excel.atomic import sync_folder, take_after, written_beside
from toolkit.gateways.excel.backups import keep_backup
from toolkit.gateways.excel.locks import who_has_open
from toolkit.gateways.excel.package import Package
from toolkit.gateways.excel.patch import Patched, SheetPatch, patched_workbook
from toolkit.gateways.excel.read import differing, read_tabs
from toolkit.gateways.excel.unsafe import UnsafeWorkbook

_WAITS = (0.1, 0.3, 0.6, 1.0, 2.0)  # seconds between tries of the swap: a virus scanner or indexer lets go soon
_CONFLICT = re.compile(r"conflict|冲突|冲突副本", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells one state of a file from another. The hash decides; the rest saves reading the file again."""

    mtime_ns: int
    size: int
    inode: int
    sha256: str


class ExcelBook:
    """One .xlsx or .xlsm of the staff's. Raises BookError, BookLockedError, BookChangedError."""

    def __init__(self, name: str, path: str | Path, *, backups: int = 5) -> None:
        self.name = name
        self.location = str(path)
        self._given = Path(path)
        self._backups = backups

    def read(self, titles: Sequence[str] | None = None) -> RawBook:
        """The named tabs (all, if None) that exist, and the stamp of exactly the bytes that were read."""
        with self._explained("read"):
            content, stamp = self._content()
            tabs, all_titles = read_tabs(content, titles)
        return RawBook(tabs, stamp, all_titles)

    def write(self, writes: Sequence[TabWrites], stamp: object) -> Written:
        """All tabs' cells and rows in one swap of the file; cells that hold formulas and the like come back as conflicts.

        Order: locks, stamp, patch in memory, temporary file, read back, stamp and locks again, backup, swap.
        """
        writes = [one for one in writes if one.cells or one.appends]
        if not writes:
            return Written(stamp=stamp, notes=self._sync_conflicts())
        self._refuse_if_open()
        with self._explained("written"):
            content, now = self._content()
            if not isinstance(stamp, Stamp) or stamp.sha256 != now.sha256:
                raise self._changed()
            patched = patched_workbook(content, [_patch_of(one) for one in writes])
            if not patched.is_changed:
                return self._written(writes, patched, now, None)
            path = self._given.resolve()
            temporary = written_beside(path, patched.write)
            try:
                after = self._verified(temporary, writes, patched)
                take_after(temporary, path)
                if self._glance() != (now.mtime_ns, now.size, now.inode):
                    raise self._changed()
                self._refuse_if_open()
                backup = keep_backup(path, content, self._backups)
                self._swap(temporary, path)
            finally:
                temporary.unlink(missing_ok=True)
            sync_folder(path.parent)
        return self._written(writes, patched, after, backup)

    def _content(self) -> tuple[bytes, Stamp]:
        with self._given.open("rb") as handle:
            content = handle.read()
        mtime_ns, size, inode = self._glance()
        return content, Stamp(mtime_ns, size, inode, hashlib.sha256(content).hexdigest())

    def _glance(self) -> tuple[int, int, int]:
        status = self._given.stat()
        return status.st_mtime_ns, status.st_size, status.st_ino

    def _refuse_if_open(self) -> None:
        owner = who_has_open(self._given)
        if owner is None:
            return
        since = owner.since.astimezone().strftime("%Y-%m-%d %H:%M")
        hint = (
            " (so long ago that the lock may be left over from a crash: open and close the file once)" * owner.is_stale
        )
        raise BookLockedError(
            self.name,
            f"{self.location} is open since {since}: {owner.name} has it{hint}; nothing was written, "
            "the next run catches up once it is closed",
        )

    def _verified(self, temporary: Path, writes: Sequence[TabWrites], patched: Patched) -> Stamp:
        """Read the new file back before it may take the old one's place; the stamp that it will have there."""
        content = temporary.read_bytes()
        package = Package(content)
        for name in package.names():
            package.read(name) if name.endswith((".xml", ".rels")) else None
        tabs, _ = read_tabs(content, [one.title for one in writes])
        fault = differing(tabs, _wanted(writes, patched))
        if fault:
            raise UnsafeWorkbook(f"the new file did not read back as written ({fault})")
        status = temporary.stat()  # a rename keeps all three
        return Stamp(status.st_mtime_ns, status.st_size, status.st_ino, hashlib.sha256(content).hexdigest())

    def _swap(self, temporary: Path, path: Path) -> None:
        """Put the new file in place; on Windows this fails while any program holds the old one, even for reading."""
        for wait in (*_WAITS, None):
            try:
                temporary.replace(path)
            except PermissionError as error:
                if wait is None:
                    text = f"{self.location} is held by another program ({error.strerror}); nothing was written, close it there"
                    raise BookLockedError(self.name, text) from error
                time.sleep(wait)
            else:
                return

    def _written(self, writes: Sequence[TabWrites], patched: Patched, stamp: Stamp, backup: Path | None) -> Written:
        edits = appends = 0
        conflicts: list[CellWrite] = []
        for one, outcome in zip(writes, patched.sheets, strict=True):
            cells = {(cell.row, cell.column): cell for cell in one.cells}
            edits += sum(1 for place in outcome.edited if place in cells)
            appends += len(outcome.appended)
            conflicts += [cells[place] for place in outcome.blocked if place in cells]
        return Written(
            edits=edits,
            appends=appends,
            conflicts=tuple(conflicts),
            stamp=stamp,
            backup=str(backup) if backup else None,
            notes=self._sync_conflicts(),
        )

    def _sync_conflicts(self) -> tuple[str, ...]:
        """Copies that a sync client made because two people saved at once: what stands there is in no register."""
        path = self._given.resolve()
        host = platform.node().casefold()
        copies = [
            one.name
            for one in sorted(path.parent.glob(f"{_quoted(path.stem)}?*{_quoted(path.suffix)}"))
            if _CONFLICT.search(one.stem[len(path.stem) :])
            or (host and one.stem[len(path.stem) :].casefold() == f"-{host}")
        ]
        return tuple(
            f"{name} looks like a conflict copy of {path.name}: compare the two and remove it" for name in copies
        )

    def _changed(self) -> BookChangedError:
        return BookChangedError(
            self.name, f"{self.location} was changed since it was read; nothing was written, plan anew"
        )

    @contextmanager
    def _explained(self, doing: str) -> Iterator[None]:
        """Whatever the file system or the file refuses becomes one sentence: what, where, what to do."""
        try:
            yield
        except UnsafeWorkbook as error:
            raise BookError(self.name, f"{self.location} cannot be {doing}: {error}") from error
        except FileNotFoundError as error:
            raise BookError(
                self.name, f"{self.location} does not exist: mend its path in config.yaml, or restore it"
            ) from error
        except IsADirectoryError as error:
            raise BookError(self.name, f"{self.location} is a folder, not a workbook") from error
        except PermissionError as error:
            folder = self._given.resolve().parent
            cure = "let this user read it" if doing == "read" else f"let this user write to the folder {folder}"
            raise BookError(self.name, f"{self.location} cannot be {doing}, permission is missing: {cure}") from error
        except OSError as error:
            cure = "free some space" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "see to the disk or share"
            raise BookError(
                self.name, f"{self.location} cannot be {doing} ({error.strerror or error}): {cure}"
            ) from error


def _patch_of(one: TabWrites) -> SheetPatch:
    return SheetPatch(one.title, {(cell.row, cell.column): cell.new for cell in one.cells}, one.appends)


def _wanted(writes: Sequence[TabWrites], patched: Patched) -> Iterator[tuple[str, int, int, object]]:
    for one, outcome in zip(writes, patched.sheets, strict=True):
        for cell in one.cells:
            if (cell.row, cell.column) not in outcome.blocked:
                yield one.title, cell.row, cell.column, cell.new
        for number, row in zip(outcome.appended, filter(_has_content, one.appends), strict=True):
            for column, value in row.items():
                if value not in (None, ""):
                    yield one.title, number, column, value


def _has_content(row: Mapping[int, object]) -> bool:
    return any(value not in (None, "") for value in row.values())


def _quoted(text: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", text)
