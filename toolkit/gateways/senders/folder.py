"""Messages as files in a folder: the default of a new desk, of rehearsals and of demos."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.core.message import NO_LIMITS, Accepted, Deferred, Message, Outcome, Rejected
from toolkit.gateways.senders.mail import MailFrom, UnmailableError, build_mail, one_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

PART = 60
"""Bytes of the notice and of the row key in a file name; a name may have 255."""
FORBIDDEN = frozenset('<>:"/\\|?*')


class FolderChannel:
    """Writes `FOLDER/<date>/<time>-<notice>-<row key>-<hash>.eml` for mail, `.txt` for what is only text.

    The hash is the message's key: a repeat overwrites the file that is there, on whatever day it comes, so that there
    are never two files for one key. The file is whole and synced before it has its name. `now` gives the day and hour
    in the zone that the folder shall show.
    """

    is_folder = True
    limits = NO_LIMITS

    def __init__(
        self, folder: Path, now: Callable[[], datetime], *, name: str = "email", sender: MailFrom | None = None
    ) -> None:
        self.name = name
        self._folder = folder
        self._now = now
        self._sender = sender
        self._known: dict[str, Path] | None = None

    def send(self, message: Message) -> Outcome:
        """Write the file; its path below the folder is the provider id."""
        at = self._now()
        try:
            content = self._text(message) if self._sender is None else self._mail(message, self._sender, at)
        except UnmailableError as error:
            return Rejected("address", str(error))
        try:
            path = self._path(message, at)
            _write_whole(path, content)
        except OSError as error:
            return Deferred("folder", f"{self._folder}: {error.strerror or error}")
        return Accepted(path.relative_to(self._folder).as_posix())

    def close(self) -> None:
        """Nothing is held open."""

    def _path(self, message: Message, at: datetime) -> Path:
        mark = hashlib.sha256(f"{self.name}|{message.key}".encode()).hexdigest()[:16]
        known = self._files()
        if mark not in known:
            ending = ".txt" if self._sender is None else ".eml"
            name = f"{at:%H%M%S}-{_part(message.notice)}-{_part(message.row_key)}-{mark}{ending}"
            known[mark] = self._folder / f"{at:%Y-%m-%d}" / name
        return known[mark]

    def _files(self) -> dict[str, Path]:
        """What lies in the folder, by mark: looked through once, not for each message."""
        if self._known is None:
            found = sorted(self._folder.glob("*/*-*.eml")) + sorted(self._folder.glob("*/*-*.txt"))
            self._known = {path.stem.rpartition("-")[2]: path for path in found}
        return self._known

    def _mail(self, message: Message, sender: MailFrom, at: datetime) -> bytes:
        return build_mail(message, sender, at).as_bytes()

    def _text(self, message: Message) -> bytes:
        head = (
            ("To", f"{message.to_name} {message.to}"),
            ("Channel", self.name),
            ("Notice", message.notice),
            ("Key", message.key),
            *((("Template", message.letter.template),) if message.letter.template else ()),
            *((f"Variable {name}", value) for name, value in message.letter.variables.items()),
        )
        lines = [f"{label}: {one_line(value)}" for label, value in head]
        return ("\n".join(lines) + "\n\n" + message.letter.text + "\n").encode("utf-8", "replace")


def _part(text: str) -> str:
    """A piece of a file name that every system takes."""
    kept = "".join("_" if c in FORBIDDEN or c == "-" or not c.isprintable() or c.isspace() else c for c in text)
    return kept.encode()[:PART].decode(errors="ignore").strip(". ") or "_"


def _write_whole(path: Path, content: bytes) -> None:
    """Under a name of its own, synced, then swapped in: a reader, or a power cut, never meets half a letter."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.part")
    try:
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise
