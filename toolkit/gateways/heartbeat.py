"""A small file beside the state database that says when the clock last ticked, so that its silence can be noticed."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The file `path`; one writer, any number of readers."""

    path: Path

    def beat(self, at: datetime) -> None:
        """Note that the clock ticks. A disk that is full must not stop a job: the beat is then left out."""
        fresh = self.path.with_name(self.path.name + ".new")
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_text(json.dumps({"at": at.isoformat(), "pid": os.getpid()}), encoding="utf-8")
            fresh.replace(self.path)

    def last(self) -> datetime | None:
        """The moment of the last beat; None where there was none, or where it cannot be read."""
        try:
            at = datetime.fromisoformat(json.loads(self.path.read_text(encoding="utf-8"))["at"])
        except (OSError, ValueError, TypeError, KeyError):
            return None
        return at if at.tzinfo is not None else None
