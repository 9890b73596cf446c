"""A workbook file as a Book: read whole, written in one atomic swap, never while someone has it open."""

from __future__ import annotations

import errno
import hashlib
import os
import time
from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from toolkit.core.book import Conflict, RawBook, TabWrites, Written
from toolkit.core.errors import BookChangedError, BookError, BookLockedError
from toolkit.core.reason import because
from toolkit.gateways.excel.alone import BusyError, writing_alone
from toolkit.gateways.excel.atomic import sync_folder, take_after, written_beside
from toolkit.gateways.excel.backups import backup_folder, keep_backup
from toolkit.gateways.excel.conflicts import conflict_copies
from toolkit.gateways.excel.locks import who_has_open
from toolkit.gateways.excel.package import Package
from toolkit.gateways.excel.patch import Patch
from toolkit.gateways.excel.patience import is_held, read_whole
from toolkit.gateways.excel.read import explained, read_tabs
from toolkit.gateways.excel.sheet_patch import SheetOutcome, SheetPatch
from toolkit.gateways.excel.unsafe import UnsafeWorkbook
from toolkit.gateways.excel.verify import must_read_back

_WAITS = (0.1, 0.3, 0.6, 1.0, 2.0)  # seconds between tries of the swap: a virus scanner or indexer lets go soon
_CURES = {
    errno.ENOSPC: "free some space",
    errno.EDQUOT: "free some space",
    errno.ENAMETOOLONG: "give it a shorter name or path",
    errno.ELOOP: "mend the links, they lead in a circle",
    errno.EROFS: "the disk is read-only, let this computer write to it",
}


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
        self.api_calls = 0
        self._given = Path(path)
        self._backups = backups
        self._left: str | None = None
        """The hash of the file as this object left it."""

    def read(self, titles: Container[str] | None = None) -> RawBook:
        """The named tabs (all, if None) that exist, and the stamp of exactly the bytes that were read."""
        with self._explained("read"):
            content, stamp = self._content()
            tabs, all_titles = read_tabs(content, titles)
        late = partial(self._explained, "read")  # a big tab is read when its rows are asked for
        return RawBook({title: explained(tab, late) for title, tab in tabs.items()}, stamp, all_titles)

    def write(self, writes: Sequence[TabWrites], stamp: object) -> Written:
        """All tabs' cells and rows in one swap of the file; cells that hold formulas and the like come back as conflicts.

        Order: locks, stamp, temporary file, read back, backup, stamp and locks again, swap.
        """
        writes = [one for one in writes if one.cells or one.appends]
        if not writes:
            return Written(stamp=stamp, notes=self._sync_conflicts())
        self._refuse_if_open()
        with self._explained("written"):
            path = self._given.resolve()
            with _opened(path) as handle, writing_alone(path, handle):
                now = self._stamp_of(handle)
                is_same = isinstance(stamp, Stamp) and stamp.sha256 == now.sha256
                if not is_same or self._glance() != (now.mtime_ns, now.size, now.inode):
                    raise self._changed()
                wishes = [_patch_of(one) for one in writes]
                package = Package(handle)
                patch = Patch(package, wishes)
                temporary = written_beside(path, patch.write)
                try:
                    if not patch.is_changed:
                        return self._written(writes, patch.outcomes, now, None)
                    with temporary.open("rb") as new:
                        must_read_back(new, tuple(package.names()), wishes, patch.outcomes)
                        after = self._stamp_of(new)
                    take_after(temporary, path)
                    is_ours = now.sha256 == self._left  # a run's second write: how it was before is kept already
                    backup = None if is_ours else keep_backup(path, handle, self._backups)
                    if os.name == "nt":
                        handle.close()  # Windows replaces no file that is open
                    self._swap(temporary, path, now)
                    self._left = after.sha256
                finally:
                    temporary.unlink(missing_ok=True)
            sync_folder(path.parent)
        return self._written(writes, patch.outcomes, after, backup)

    def _stamp_of(self, handle: IO[bytes]) -> Stamp:
        """The stamp of an open file; a rename keeps all of it."""
        handle.seek(0)
        digest = hashlib.file_digest(handle, "sha256").hexdigest()  # type: ignore[arg-type]
        status = os.fstat(handle.fileno())
        return Stamp(status.st_mtime_ns, status.st_size, status.st_ino, digest)

    def _content(self) -> tuple[bytes, Stamp]:
        content = read_whole(self._given)
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

    def _swap(self, temporary: Path, path: Path, now: Stamp) -> None:
        """Put the new file in place; on Windows this fails while any program holds the old one, even for reading.

        Whether somebody saved or opened the old one is looked at last, before each try.
        """
        for wait in (*_WAITS, None):
            if self._glance() != (now.mtime_ns, now.size, now.inode):
                raise self._changed()
            self._refuse_if_open()
            try:
                temporary.replace(path)
            except PermissionError as error:
                if wait is None:
                    raise self._held("written", error) from error
                time.sleep(wait)
            else:
                return

    def _written(
        self, writes: Sequence[TabWrites], outcomes: Sequence[SheetOutcome], stamp: Stamp, backup: Path | None
    ) -> Written:
        conflicts: list[Conflict] = []
        for one, outcome in zip(writes, outcomes, strict=True):
            conflicts += [
                Conflict(cell, because(f"conflict.{outcome.blocked[cell.row, cell.column]}"))
                for cell in one.cells
                if (cell.row, cell.column) in outcome.blocked
            ]
        appends = sum(len(outcome.appended) for outcome in outcomes)
        edits = sum(outcome.edits for outcome in outcomes)
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
        copies = conflict_copies(path)
        return tuple(
            f"{name} looks like a conflict copy of {path.name}: compare the two and remove it" for name in copies
        )

    def _held(self, doing: str, error: OSError) -> BookLockedError:
        return BookLockedError(
            self.name,
            f"{self.location} is held by another program ({error.strerror}); nothing was {doing}, "
            "close it there, the next run catches up",
        )

    def _changed(self) -> BookChangedError:
        return BookChangedError(
            self.name, f"{self.location} was changed since it was read; nothing was written, plan anew"
        )

    def _cure(self, error: UnsafeWorkbook, doing: str) -> str:
        """What to do about a file that is no plain workbook, where its refusal does not say so."""
        if doing != "read" or "save it" in str(error):
            return ""
        return f"; save it anew as .xlsx in Excel or WPS, or restore it from {backup_folder(self._given)}"

    @contextmanager
    def _explained(self, doing: str) -> Iterator[None]:
        """Whatever the file system or the file refuses becomes one sentence: what, where, what to do."""
        try:
            yield
        except BusyError as error:
            text = (
                f"{self.location} is being written by another desk all the time; nothing was written, try again later"
            )
            raise BookLockedError(self.name, text) from error
        except UnsafeWorkbook as error:
            text = f"{self.location} cannot be {doing}: {error}{self._cure(error, doing)}"
            raise BookError(self.name, text) from error
        except (ValueError, LookupError) as error:  # a number or a text in it is none: damaged, or written by hand
            raise BookError(self.name, f"{self.location} cannot be {doing}: it is damaged ({error})") from error
        except FileNotFoundError as error:
            where = f" is a link to {self._given.readlink()}, which" if self._given.is_symlink() else ""
            text = f"{self.location}{where} does not exist: mend its path in config.yaml, or restore it"
            raise BookError(self.name, text) from error
        except IsADirectoryError as error:
            text = f"{self.location} is a folder, not a workbook: name the file in it in config.yaml"
            raise BookError(self.name, text) from error
        except PermissionError as error:
            if is_held(error):
                raise self._held(doing, error) from error
            folder = self._given.resolve().parent
            cure = "let this user read it" if doing == "read" else f"let this user write to the folder {folder}"
            raise BookError(self.name, f"{self.location} cannot be {doing}, permission is missing: {cure}") from error
        except OSError as error:
            cure = _CURES.get(error.errno or 0, "see to the disk or share")
            raise BookError(
                self.name, f"{self.location} cannot be {doing} ({error.strerror or error}): {cure}"
            ) from error


def _opened(path: Path) -> IO[bytes]:
    """Open to be read; as if to be written where that is allowed, since NFS locks nothing that is open to be read."""
    try:
        return path.open("r+b")
    except OSError:
        return path.open("rb")


def _patch_of(one: TabWrites) -> SheetPatch:
    rows: dict[int, dict[int, object]] = {}
    for cell in one.cells:
        rows.setdefault(cell.row, {})[cell.column] = cell.new
    return SheetPatch(one.title, sorted(rows.items()), one.appends, one.header)
