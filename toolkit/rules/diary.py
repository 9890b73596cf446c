"""Who has what on which day: the visits that stand, and those that a run gives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from toolkit.rules.candidates import Job


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit in a vendor's diary: of which job, from when to when (None: no time agreed)."""

    job: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None


class Diary:
    """Who has what on which day, what stands and what this run gives."""

    def __init__(self) -> None:
        self._days: dict[tuple[str, date], list[Visit]] = defaultdict(list)
        self._hours: dict[tuple[str, date], list[Visit]] = defaultdict(list)
        self._given: dict[str, int] = defaultdict(int)

    def add(self, vendor: str, day: date, visit: Visit) -> None:
        """A visit that stands already."""
        self._days[vendor, day].append(visit)
        for touched in _touched(visit.starts_at, visit.ends_at):
            self._hours[vendor, touched].append(visit)

    def give(self, vendor: str, job: Job) -> None:
        """A job that this run gives to a vendor."""
        self.add(vendor, job.day, Visit(job.key, job.starts_at, job.ends_at))
        self._given[vendor] += 1

    def given(self, vendor: str) -> int:
        """How many jobs this run has given to a vendor so far."""
        return self._given.get(vendor, 0)

    def of(self, vendor: str, day: date) -> Sequence[Visit]:
        """The visits of a day."""
        return self._days.get((vendor, day), ())

    def count(self, vendor: str, day: date, but: str) -> int:
        """How many jobs a vendor has on a day, one of them left out."""
        visits = self._days.get((vendor, day))
        return sum(1 for one in visits if one.job != but) if visits else 0

    def clash(self, vendor: str, job: Job, travel: timedelta) -> Visit | None:
        """The visit that leaves no time for the job."""
        if job.starts_at is None or job.ends_at is None:
            return None
        for day in _touched(job.starts_at, job.ends_at):
            for one in self._hours.get((vendor, day), ()):
                if one.job == job.key or one.starts_at is None or one.ends_at is None:
                    continue
                if one.starts_at < job.ends_at + travel and job.starts_at < one.ends_at + travel:
                    return one
        return None


def _touched(starts_at: datetime | None, ends_at: datetime | None) -> tuple[date, ...]:
    """The days of a visit: it may run past midnight."""
    if starts_at is None or ends_at is None:
        return ()
    first, last = starts_at.date(), ends_at.date()
    return (first,) if first == last else (first, last)
