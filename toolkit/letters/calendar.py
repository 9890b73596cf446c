"""An appointment as a calendar file that phones and mail programs offer to keep."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal

from toolkit.core.message import Attachment
from toolkit.letters.slots import clean, one_line

Method = Literal["REQUEST", "CANCEL"]


def appointment_ics(
    *,
    uid: str,
    stamp: datetime,
    starts_at: datetime,
    hours: float | Decimal,
    summary: str,
    location: str,
    description: str,
    organizer: str,
    organizer_name: str = "",
    attendee: str = "",
    method: Method = "REQUEST",
    sequence: int = 0,
) -> Attachment:
    """The visit as `.ics`; equal arguments give equal bytes.

    `uid` stays the same for all versions of one appointment and `sequence` grows, so that a moved visit replaces the
    old entry and a cancelled one takes it away. Moments are aware and written in UTC, which needs no VTIMEZONE and
    shows in the reader's own zone. `organizer` and `attendee` are mail addresses.
    """
    import icalendar

    event = icalendar.Event()
    event.add("uid", one_line(uid))
    event.add("dtstamp", _utc(stamp))
    event.add("dtstart", _utc(starts_at))
    event.add("dtend", _utc(starts_at) + timedelta(hours=float(hours)))
    event.add("summary", one_line(summary))
    event.add("sequence", sequence)
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event.add("transp", "OPAQUE")
    if location:
        event.add("location", one_line(location))
    if description:
        event.add("description", clean(description).strip())
    event.add("organizer", _mailbox(organizer, organizer_name))
    if attendee:
        event.add("attendee", _mailbox(attendee))
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//aftersales-toolkit//appointments//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add_component(event)
    return Attachment("appointment.ics", f"text/calendar; method={method}; charset=utf-8", calendar.to_ical())


def _utc(moment: datetime) -> datetime:
    """In whole seconds of UTC. A naive moment is a bug of the caller: it would shift with the machine's own zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(UTC).replace(microsecond=0)


def _mailbox(address: str, name: str = "") -> object:
    import icalendar

    box = icalendar.vCalAddress(f"mailto:{one_line(address)}")
    if name:
        # A quote would end the parameter; the format has no way to escape it.
        box.params["CN"] = one_line(name).replace('"', "'")
    return box
