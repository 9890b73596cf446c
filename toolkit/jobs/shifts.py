"""When a day or a shift ends, for the person who answers for something (P-24), and whose shift cannot be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from toolkit.core.reason import because
from toolkit.registers.fold import fold
from toolkit.registers.schema import Fault
from toolkit.registers.snapshot import Snapshot
from toolkit.rules.worktime.ends import End, end_of_day, end_of_shift
from toolkit.rules.worktime.week import Span, parse_spans
from toolkit.settings.model import Settings


def ends_at(
    snapshot: Snapshot,
    settings: Settings,
    end: End,
    moment: datetime,
    owner: str | None = None,
    book: str | None = None,
) -> datetime:
    """The end of the day or the shift in which the moment lies."""
    if end is End.DAY:
        return end_of_day(snapshot.calendar, moment)
    return end_of_shift(snapshot.calendar, moment, _shifts(snapshot, settings, owner, book))


def _shifts(snapshot: Snapshot, settings: Settings, owner: str | None, book: str | None) -> Sequence[Span]:
    """The owner's own shift, by its name or its hours; all of the desk's where they have none."""
    person = snapshot.person(owner, book) if owner else None
    own = shift_of(person.shift, settings.shifts) if person is not None and person.shift else ()
    return own or tuple(span for spans in settings.shifts.values() for span in spans)


def goes_by_shifts(settings: Settings) -> bool:
    """Whether anybody's shift bears on anything: elsewhere the column is a note of the staff's own."""
    ends = (end for one in settings.policies for end in (one.end, *(rung.after for rung in one.ladder)))
    return bool(settings.shifts) or End.SHIFT in ends


def unread_shift(text: str, shifts: Mapping[str, tuple[Span, ...]]) -> Fault | None:
    """What is wrong with a person's shift; None where it is understood. Until it is mended theirs is the desk's."""
    if shift_of(text, shifts):
        return None
    code = "fault.not-a-shift" if shifts else "fault.not-hours-of-a-shift"
    return Fault("not-a-choice", "shift", because(code, found=text, names=tuple(shifts)))


def shift_of(text: str, shifts: Mapping[str, tuple[Span, ...]]) -> tuple[Span, ...]:
    """A shift as the staff register names it: one of the configured names, or hours such as `10:00-16:00`."""
    named = next((spans for name, spans in shifts.items() if fold(name) == fold(text)), None)
    if named is not None:
        return named
    try:
        return parse_spans(text, "")
    except ValueError:
        return ()
