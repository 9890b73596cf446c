"""A calendar's working time without end: timetables that grow as far as somebody asks, and walks along them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from datetime import date, tzinfo

from toolkit.rules.worktime.pauses import Interval
from toolkit.rules.worktime.timetable import TEN_YEARS, Timetable, build
from toolkit.rules.worktime.week import Spans
from toolkit.rules.worktime.zone import local, midnight

_FIRST_YEAR, _LAST_YEAR = 3, 9990  # datetime's own ends, less what zones and spans across midnight reach over
_LATEST = midnight(date(_LAST_YEAR, 1, 1).toordinal())


class NoWorkingTimeError(ValueError):
    """No working time ahead within ten years, so there is no due moment."""


class Timeline:
    """Instants are microseconds since 1970 UTC, days are ordinals, pauses are in order and disjoint."""

    def __init__(self, zone: tzinfo, spans_of: Callable[[int], Spans]) -> None:
        self._zone = zone
        self._spans_of = spans_of
        self._years = (_LAST_YEAR, _FIRST_YEAR)  # none yet
        # Replaced as a whole, never changed: who holds a table, in whatever thread, may go on with it.
        self.current = Timetable(start=_LATEST, end=-_LATEST)

    def covering(self, start: int, end: int) -> Timetable:
        """A timetable that answers for both instants and all between."""
        table = self.current
        if start < table.start or end >= table.end:
            table = self._grow(local(start, self._zone).year - 1, local(end, self._zone).year + 1)
            if start < table.start or end >= table.end:
                raise NoWorkingTimeError(f"The calendar has no days before year {_FIRST_YEAR} or after {_LAST_YEAR}")
        return table

    def forwards(self, at: int, amount: int, pauses: Iterable[Interval] = ()) -> int:
        """The instant by which `amount` of working time has passed since `at`, each pause's working part not counted."""
        if not amount:
            return self._opening(at)
        if at + amount > _LATEST:
            raise self._nothing(at, "ahead")  # at once: to lay out all years first takes half a minute
        for begin, end in pauses:
            if end <= at:
                continue
            stopped = max(begin, at)
            table = self.covering(at, stopped)
            if table.worked(stopped) - table.worked(at) >= amount:
                break
            if end - stopped > TEN_YEARS:
                raise self._nothing(stopped, "ahead")
            table = self.covering(at, end)
            amount += table.worked(end) - table.worked(stopped)
        table = self.covering(at, at)
        while table.sums[-1] < table.worked(at) + amount:
            table = self._grow_ahead(table, at)
        due = table.reached(table.worked(at) + amount)
        return self._without_desert(table, at, due, due, "ahead")

    def backwards(self, at: int, amount: int) -> int:
        """The latest instant from which `amount` (more than 0) of working time leads to `at`."""
        table = self.covering(at, at)
        while table.worked(at) <= amount:
            table = self._grow_back(table, at)
        start = table.left(table.worked(at) - amount)
        return self._without_desert(table, start, at, start, "before")

    def day_after(self, day: int, at: int, count: int, pauses: Iterable[Interval] = ()) -> int:
        """The close of the `count`th working day after `day`, days whose working time is wholly paused not counted."""
        pauses = list(pauses)
        table = self.covering(at, at)
        last = day
        while True:
            # Without pauses all days count, so that one look is enough.
            i = bisect_right(table.days, last) + (0 if pauses else count - 1)
            if i >= len(table.days):
                table = self._grow_ahead(table, at)
                continue
            last = table.days[i]
            if not pauses or not _is_paused(table.day_opens[i], table.day_closes[i], table, pauses):
                count -= 1 if pauses else count
            if not count:
                return self._without_desert(table, at, table.day_opens[i], table.day_closes[i], "ahead")

    def day_before(self, day: int, at: int, count: int) -> int:
        """The opening of the `count`th working day before `day`."""
        table = self.covering(at, at)
        while (i := bisect_left(table.days, day) - count) < 0:
            table = self._grow_back(table, at)
        return self._without_desert(table, table.day_opens[i], at, table.day_opens[i], "before")

    def _opening(self, at: int) -> int:
        """The instant itself if it is working time, else the next opening."""
        table = self.covering(at, at)
        if table.is_open(at):
            return at
        while (i := bisect_left(table.opens, at)) == len(table.opens):
            table = self._grow_ahead(table, at)
        return self._without_desert(table, at, table.opens[i], table.opens[i], "ahead")

    def _without_desert(self, table: Timetable, start: int, end: int, found: int, way: str) -> int:
        """`found`, unless the walk crosses ten years without an opening, however much is laid out already."""
        if table.has_desert or end - start > TEN_YEARS:
            first, last = bisect_right(table.closes, start), bisect_left(table.opens, end)
            closes = [start, *table.closes[first:last]]
            opens = [*table.opens[first:last], end]
            if any(opened - closed > TEN_YEARS for closed, opened in zip(closes, opens, strict=True)):
                raise self._nothing(start if way == "ahead" else end, way)
        return found

    def _grow_ahead(self, table: Timetable, at: int) -> Timetable:
        first, last = self._years
        if table.end - max([at, *table.closes[-1:]]) > TEN_YEARS or last >= _LAST_YEAR:
            raise self._nothing(at, "ahead")
        return self._grow(first, last + max(2, last - first))

    def _grow_back(self, table: Timetable, at: int) -> Timetable:
        first, last = self._years
        if min([at, *table.opens[:1]]) - table.start > TEN_YEARS or first <= _FIRST_YEAR:
            raise self._nothing(at, "before")
        return self._grow(first - max(2, last - first), last)

    def _grow(self, first: int, last: int) -> Timetable:
        """Lay out these years too, in one piece with what there is."""
        first = max(_FIRST_YEAR, min(first, self._years[0]))
        last = min(_LAST_YEAR, max(last, self._years[1]))
        days = range(date(first, 1, 1).toordinal(), date(last + 1, 1, 1).toordinal())
        self.current = table = build(self._zone, days, self._spans_of)
        self._years = (first, last)
        return table

    def _nothing(self, at: int, way: str) -> NoWorkingTimeError:
        moment = local(at, self._zone).strftime("%Y-%m-%d %H:%M")
        where = f"ahead of {moment}" if way == "ahead" else f"before {moment}"
        return NoWorkingTimeError(f"No working time {where} within ten years: check the calendar's week and holidays")


def _is_paused(opened: int, closed: int, table: Timetable, pauses: Iterable[Interval]) -> bool:
    """Whether no working time of a day is left outside the pauses."""
    left = table.worked(closed) - table.worked(opened)
    for begin, end in pauses:
        first, last = max(begin, opened), min(end, closed)
        if first < last:
            left -= table.worked(last) - table.worked(first)
    return left <= 0
