"""The server's clock: real until it is set; then it stands still, and moves when it is told to."""

from __future__ import annotations

import datetime as dt


class Clock:
    def __init__(self, start: dt.datetime | float | None = None):
        self._ahead = dt.timedelta()
        self._fixed: dt.datetime | None = None
        if start is not None:
            self.set(start)

    def now(self) -> dt.datetime:
        """Aware, in UTC."""
        return (self._fixed or dt.datetime.now(dt.UTC)) + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += dt.timedelta(seconds=seconds)

    def set(self, moment: dt.datetime | float) -> None:
        if isinstance(moment, int | float):
            moment = dt.datetime.fromtimestamp(moment, dt.UTC)
        self._fixed = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
        self._ahead = dt.timedelta()
