"""Opening hours as people write them, `{mon-sat: ["09:00-18:00"]}`, into microseconds of the day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import time

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 86_400_000_000  # microseconds

# A span in microseconds from its day's 00:00; a close beyond DAY lies after midnight.
Span = tuple[int, int]
Spans = tuple[Span, ...]
SpanText = str | tuple[str | time, str | time] | list[str | time]
WeekText = Mapping[str, Iterable[SpanText] | str | None]

_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)
_DASH = re.compile(r"\s*[-–—~～至]\s*")
_LIST = re.compile(r"[,;，；、\n]")
_FULL_WIDTH_COLON = str.maketrans("：", ":")


def parse_week(week: WeekText) -> tuple[Spans, ...]:
    """The spans of Monday to Sunday. Keys are `mon`, ranges `mon-sat` (also `fri-mon`), lists `mon, wed-fri`."""
    found: list[list[SpanText]] = [[] for _ in WEEKDAYS]
    for key, spans in week.items():
        for weekday in _weekdays(key):
            found[weekday].extend(_listed(spans, key))
    return tuple(parse_spans(spans, WEEKDAYS[i]) for i, spans in enumerate(found))


def parse_spans(spans: Iterable[SpanText] | None, where: str) -> Spans:
    """Spans of one day, sorted, overlapping and touching ones merged. `where` names the day in the ValueError."""
    merged: list[Span] = []
    for opened, closed in sorted(parse_span(span, where) for span in _listed(spans, where)):
        if merged and opened <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(closed, merged[-1][1]))
        else:
            merged.append((opened, closed))
    return tuple(merged)


def parse_span(span: SpanText, where: str) -> Span:
    """`"09:00-18:00"` or `("22:00", "06:00")`: a close before the opening is the next day's. 24:00 ends a day."""
    parts = _DASH.split(span.strip()) if isinstance(span, str) else list(span)
    if len(parts) != 2:  # noqa: PLR2004  (an opening and a close)
        raise ValueError(f"{where}: {span!r} is not a span of opening hours; write 09:00-18:00")
    opened, closed = (_time_of_day(part, span, where) for part in parts)
    if opened in {closed, DAY}:
        raise ValueError(f"{where}: the span {span!r} is empty; a whole day is 00:00-24:00, a closed day has no span")
    return (opened, closed if closed > opened else closed + DAY)


def _listed(spans: Iterable[SpanText] | None, where: str) -> list[SpanText]:
    """A day's spans, also as one text, as a cell holds them: `09:00-12:00, 13:00-18:00`."""
    if isinstance(spans, str):
        return [part for part in _LIST.split(spans) if part.strip()]
    if spans is not None and not isinstance(spans, Iterable):
        raise ValueError(f'{where}: {spans!r} is not a list of spans; write ["09:00-18:00"]')
    return list(spans or ())


def _time_of_day(text: str | time, span: SpanText, where: str) -> int:
    if isinstance(text, time):
        return ((text.hour * 60 + text.minute) * 60 + text.second) * 1_000_000 + text.microsecond
    match = _TIME.fullmatch(text.strip().translate(_FULL_WIDTH_COLON)) if isinstance(text, str) else None
    if match is None:
        raise ValueError(f"{where}: {text!r} in {span!r} is not a time of day; write 09:00, the end of a day 24:00")
    hour, minute, second = (int(part or 0) for part in match.groups())
    found = ((hour * 60 + minute) * 60 + second) * 1_000_000
    if minute > 59 or second > 59 or found > DAY:  # noqa: PLR2004  (minutes and seconds of a clock)
        raise ValueError(f"{where}: {text!r} in {span!r} is not a time of day; it lies between 00:00 and 24:00")
    return found


def _weekdays(key: str) -> list[int]:
    days: list[int] = []
    for part in str(key).lower().split(","):
        first, *last = [_weekday(name, key) for name in _DASH.split(part.strip())]
        if len(last) > 1:
            raise ValueError(f"{key!r} is not a weekday or a range of two, such as mon-sat")
        length = (last[0] - first) % 7 if last else 0
        days += [(first + i) % 7 for i in range(length + 1)]
    return days


def _weekday(name: str, key: str) -> int:
    if len(name) < 3 or not _FULL_NAMES.get(name[:3], "").startswith(name):  # noqa: PLR2004  (mon, tues, thursday)
        raise ValueError(
            f"{name!r} in {key!r} is not a weekday; allowed: {', '.join(WEEKDAYS)} and ranges such as mon-sat"
        )
    return WEEKDAYS.index(name[:3])


_FULL_NAMES = {
    "mon": "monday",
    "tue": "tuesday",
    "wed": "wednesday",
    "thu": "thursday",
    "fri": "friday",
    "sat": "saturday",
    "sun": "sunday",
}
