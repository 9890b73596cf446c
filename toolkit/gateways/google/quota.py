"""The pace of one account: Google counts reads and writes a minute, over all programs that use the account."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Literal, TypeVar

from filelock import FileLock, Timeout

LOG = logging.getLogger("toolkit.google")
Kind = Literal["read", "write"]
T = TypeVar("T")
_KINDS = ("read", "write")
MINUTE = 60.0
_PATIENCE = 10.0  # seconds for the lock, which is held for milliseconds
_EARLY = 0.1  # seconds that a sleep may end before its time
_FAR = 15 * MINUTE  # no queue is that long: a moment beyond it was written before the clock was set back


@dataclass(slots=True)
class _Given:
    """Moments of one kind that were given away, and until when nothing goes at all."""

    moments: list[float] = field(default_factory=list)
    held: float = 0.0


Ledger = dict[str, _Given]


class Pace:
    """At most so many requests of a kind in any minute, shared through a file by all processes of this computer user.

    Whoever comes takes the next free moment, which may lie ahead, and waits for it: first come, first served. Where the
    file cannot be kept, the pace is kept for this process alone.
    """

    def __init__(
        self,
        path: Path,
        *,
        reads: int = 55,
        writes: int = 55,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._path = path
        self._limits = {"read": reads, "write": writes}
        self._clock, self._sleep = clock, sleep  # the wall clock: it is the only one that processes share everywhere
        self._alone: Ledger | None = None

    def take(self, kind: Kind) -> float:
        """Wait until one more request of this kind may go. Returns the seconds waited."""
        start = self._clock()
        while True:
            slot = self._with_ledger(lambda ledger: self._reserved(ledger[kind], self._limits[kind]))
            if slot <= self._clock():
                return self._clock() - start
            LOG.info(
                "waits %.0f s for its turn to %s: Google allows so many calls a minute", slot - self._clock(), kind
            )
            self._sleep(max(0.0, slot - self._clock()))
            held = self._with_ledger(lambda ledger: ledger[kind].held)
            if held <= self._clock() + _EARLY:  # else Google said no to somebody meanwhile: queue anew
                return self._clock() - start

    def refused(self, kind: Kind) -> None:
        """Google answered 429 though we kept the pace: somebody else uses the account too. All wait a minute."""

        def hold(ledger: Ledger) -> None:
            ledger[kind].held = self._clock() + MINUTE

        self._with_ledger(hold)

    def _reserved(self, given: _Given, limit: int) -> float:
        """The next free moment, noted down as taken."""
        now = self._clock()
        given.moments = sorted(one for one in given.moments if now - MINUTE < one < now + _FAR)
        given.held = given.held if now < given.held <= now + MINUTE else 0.0
        slot = max(now, given.held, *given.moments[-1:])
        if sum(one > slot - MINUTE for one in given.moments) >= limit:
            slot = max(slot, given.moments[-limit] + MINUTE)
        given.moments.append(slot)
        return slot

    def _with_ledger(self, change: Callable[[Ledger], T]) -> T:
        """Do something with what the file says, while nobody else does; a damaged file counts as empty."""
        if self._alone is None:
            try:
                with FileLock(f"{self._path}.lock", timeout=_PATIENCE, mode=0o600), _opened(self._path) as file:
                    before = file.read()
                    ledger = _parsed(before)
                    result = change(ledger)
                    after = json.dumps({kind: asdict(given) for kind, given in ledger.items()}).encode()
                    if after != before:
                        file.seek(0)
                        file.write(after)
                        file.truncate()
                    return result
            except (OSError, Timeout, NotImplementedError) as error:
                LOG.warning("%s cannot be used (%s): this run counts its Google calls for itself", self._path, error)
                self._alone = _parsed(b"")
        return change(self._alone)


def pace_file(identity: str) -> Path:
    """Where the processes of this computer user count the calls of one account; the name does not tell whose."""
    user = os.getuid() if hasattr(os, "getuid") else ""
    digest = hashlib.sha256(identity.encode()).hexdigest()[:20]
    return Path(tempfile.gettempdir()) / f"aftersales-google-{user}-{digest}.json"


def _opened(path: Path) -> IO[bytes]:
    # The folder is everybody's: a link that somebody else laid there is not followed.
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o600), "r+b")


def _parsed(content: bytes) -> Ledger:
    try:
        found = json.loads(content)
        return {one: _Given([float(at) for at in found[one]["moments"]], float(found[one]["held"])) for one in _KINDS}
    except (ValueError, TypeError, LookupError):
        return {one: _Given() for one in _KINDS}
