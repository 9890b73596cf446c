"""Occasions into messages: rendered letters with an address, held or ready. A template's fault stops its message only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from toolkit.app.channels import NOBODY
from toolkit.app.discreet import discreet, discreet_text
from toolkit.app.enclosing import Enclosing
from toolkit.app.limits import after_quiet, is_urgent
from toolkit.app.merging import TABLE, Write
from toolkit.app.texting import Texts
from toolkit.core.actions import Occasion
from toolkit.core.finding import Finding
from toolkit.core.memory import Memory
from toolkit.core.message import Letter, Message, State
from toolkit.core.picture import LOGO, Picture
from toolkit.core.reason import because
from toolkit.core.words import Words
from toolkit.jobs.since import go_live, is_news
from toolkit.letters.calendar import appointment_ics
from toolkit.letters.faults import LetterError
from toolkit.letters.library import Library
from toolkit.registers.snapshot import Snapshot
from toolkit.settings.lexicons import lexicon_of
from toolkit.settings.model import Settings

INVITES: Mapping[str, str] = {
    "appointment": "REQUEST",
    "appointment-vendor": "REQUEST",
    "visit-moved": "REQUEST",
    "visit-moved-vendor": "REQUEST",
    "visit-cancelled": "CANCEL",
    "visit-cancelled-vendor": "CANCEL",
}
"""Mails about a visit carry it as a calendar file (40, Messages)."""
LOGO_FRAME = (240, 48)
"""Pixels that a logo is fitted into °: as wide as half a phone, no higher than two lines."""
VISIT_HOURS = 2
"""How long a visit is taken to last where no hours were estimated."""


@dataclass(frozen=True, slots=True)
class Written:
    """`messages` are all that stand and are new or still unsent; `new` are those not in the outbox yet.

    `standing` are the keys of every occasion that stands, `skipped` those recorded without a message. `together` makes one mail of several of the messages, by
    key, the most important first.
    """

    messages: tuple[Message, ...]
    new: tuple[Message, ...]
    standing: frozenset[str]
    skipped: tuple[Occasion, ...]
    findings: tuple[Finding, ...]
    together: Write = field(compare=False)


def write_letters(
    occasions: Iterable[Occasion],
    snapshot: Snapshot,
    settings: Settings,
    now: datetime,
    unsent: frozenset[str],
) -> Written:
    """Render what is new, and what still waits (so that its text can be compared)."""
    since = go_live(settings, snapshot, now)
    standing = [one for one in occasions if one.event_at is None or is_news(one.event_at, settings, since)]
    desk = _Desk(settings, now, snapshot.zones)
    messages: list[Message] = []
    findings: list[Finding] = []
    for one in standing:
        if one.skip or (one.key in snapshot.memory.occasions and one.key not in unsent):
            continue
        if _was_told_before_mail_came_back(one, snapshot.memory):
            continue
        if one.expires_at is not None and one.expires_at <= now:
            continue  # it would be pointless by now; never queued, never late
        try:
            messages.append(desk.message(one))
        except (LetterError, ValueError, ArithmeticError) as error:  # one letter's fault never stops the others
            findings.append(
                Finding(
                    "template-error",
                    because("fault.template", error=getattr(error, "reason", None) or str(error)),
                    one.at.book,
                    one.at.register,
                    one.at.key,
                )
            )
    messages = _held(messages, settings.channels.hold_above, snapshot.memory.occasions)
    return Written(
        tuple(messages),
        tuple(one for one in messages if one.key not in snapshot.memory.occasions),
        frozenset(one.key for one in standing),
        tuple(one for one in standing if one.skip),
        tuple(findings),
        desk.together,
    )


def _was_told_before_mail_came_back(one: Occasion, memory: Memory) -> bool:
    """A channel that stands in for e-mail tells what came back or was not sent yet, not what had arrived by then."""
    if not one.to.instead_of:
        return False
    by_mail = replace(one, to=replace(one.to, channel=one.to.instead_of)).key
    return by_mail in memory.occasions and by_mail not in memory.came_back


def _held(messages: list[Message], hold_above: int, known: frozenset[str]) -> list[Message]:
    """More than `hold_above` new letters of one notice to customers or vendors: all of that notice wait (60, 16)."""
    new = Counter(one.notice for one in messages if one.audience != "staff" and one.key not in known)
    return [
        replace(one, state=State.HELD)
        if one.audience != "staff" and one.key not in known and new[one.notice] > hold_above
        else one
        for one in messages
    ]


def library(settings: Settings, locale: str) -> Library:
    """The letters of a locale: the user's own folder first."""
    return Library(folders(settings), locale, standing(settings))


def standing(settings: Settings) -> dict[str, Any]:
    """What every letter and paper may name."""
    return {
        "company": {
            "name": settings.company.name,
            "brand": settings.company.brand,
            "hotline": settings.company.hotline,
            "logo": _logo(settings.company.logo),
        },
        "currency": settings.currency,
        "timezone": settings.timezone,
    }


def _logo(logo: Picture | None) -> dict[str, Any] | None:
    """What the layout is told of the logo."""
    if logo is None:
        return None
    width, height = logo.fitted(*LOGO_FRAME)
    return {"src": LOGO, "width": width, "height": height}


def folders(settings: Settings) -> tuple[Path, ...]:
    """Where letters are looked for, in order."""
    return tuple(one for one in (settings.templates, packaged_templates()) if one is not None)


def packaged_templates() -> Path:
    """The letters that come with the toolkit: inside the wheel, else beside the package in a checkout (60, 32)."""
    inside = Path(__file__).parent.parent / "templates"
    return inside if inside.is_dir() else Path(__file__).parent.parent.parent / "templates"


class _Desk:
    """What rendering shares within a run."""

    def __init__(self, settings: Settings, now: datetime, zones: Mapping[str, ZoneInfo]) -> None:
        self.settings, self.zones = settings, zones
        self.now = now
        self._libraries: dict[str, Library] = {}
        self.texts = Texts(settings, lambda name: library(settings, name))
        self._told: dict[str, tuple[str, str, Mapping[str, Any]]] = {}
        self._words = Words(settings.locale, lexicon_of(settings).label)
        self._enclosing = Enclosing(settings)

    def message(self, one: Occasion) -> Message:
        """The message for an occasion (LetterError)."""
        locale = one.to.locale or self.settings.locale
        if locale not in self._libraries:
            self._libraries[locale] = library(self.settings, locale)
        wall = self.now.astimezone(self.settings.timezone).replace(tzinfo=None)
        # A letter's text is compared from run to run: it is dated by the day, never by the minute.
        given, files = one.values(), self._enclosing.files(one, locale)
        if one.workbook is not None and not files:
            given = {**given, "is_attached": False}  # the letter speaks of no file that does not come with it
        values = {**given, "to_name": one.to.name, "now": datetime.combine(wall.date(), time(0))}
        what = f"{one.at.register} {one.at.key}"
        if one.to.channel == "chat":
            values = discreet(values)  # whoever is in the room reads it
        if one.to.channel == "sms":
            letter = self.texts.letter(one.notice, self._libraries[locale], values, what)
        else:
            letter = self._libraries[locale].render(one.notice, one.to.channel, values, what=what)
        if one.to.channel == "chat":
            letter = replace(letter, text=discreet_text(letter.text, self.settings.company.hotline, letter.links))
        if one.to.channel == "email":
            self._told[one.key] = locale, one.notice, values
        if one.to.channel == "email" and one.notice in INVITES:
            letter = self._with_invitation(letter, one, given)
        letter = replace(letter, attachments=(*letter.attachments, *files))
        message = Message(
            key=one.key,
            occasions=(one.key,),
            notice=one.notice,
            channel=one.to.channel,
            role=one.to.role,
            audience=one.to.audience,
            to=one.to.address,
            to_name=one.to.name,
            letter=letter,
            book=one.at.book,
            register=one.at.register,
            row_key=one.at.key or "",
            not_before=one.not_before,
            expires_at=one.expires_at,
            thread=f"{one.at.book}|{one.at.key}" if one.at.register == "tickets" else None,
            why=self._words.say(one.reason),
        )
        ends = after_quiet(self.settings, self.now, message.audience)
        if ends is not None and not is_urgent(self.settings, message):
            return replace(message, not_before=max(ends, one.not_before or ends))
        return message

    def together(self, keys: Sequence[str], *, is_table: bool) -> Letter:
        """One mail for the notices of several messages (LetterError): a section each, or a line each."""
        its = [self._told[key] for key in keys]
        texts = self._libraries[its[0][0]]
        if not is_table:
            return texts.render_together([(notice, values) for _, notice, values in its])
        first = {name: its[0][2][name] for name in ("to_name", "now")}
        rows = [alert_line(values) for _, _, values in its]
        return texts.render(TABLE, "email", {**first, "rows": rows}, what=f"{len(rows)} alerts")

    def _with_invitation(self, letter: Letter, one: Occasion, values: Mapping[str, Any]) -> Letter:
        ticket: Mapping[str, Any] = values["ticket"]
        visit_at = (
            ticket["visit_at"]
            if one.notice not in ("visit-cancelled", "visit-cancelled-vendor")
            else values["old_visit_at"]
        )
        if not isinstance(visit_at, datetime):
            return letter
        organizer = parseaddr(self.settings.channels.email.from_ or NOBODY)[1]
        domain = organizer.rpartition("@")[2]
        starts_at = visit_at.replace(tzinfo=self.zones[one.at.book])
        file = appointment_ics(
            uid=f"{one.at.book}-{one.at.key}-{one.to.role.replace(':', '-')}@{domain}",
            stamp=starts_at - timedelta(days=1),
            starts_at=starts_at,
            hours=float(ticket["estimated_hours"] or VISIT_HOURS),
            summary=letter.subject,
            location=" ".join(str(part) for part in (ticket["city"], ticket["address"]) if part),
            description=letter.text.partition("\n\n")[2],
            organizer=organizer,
            organizer_name=self.settings.company.name,
            attendee=one.to.address,
            method="CANCEL" if INVITES[one.notice] == "CANCEL" else "REQUEST",
            sequence=one.round,  # the turn grows with every change of the visit, to an earlier time too
        )
        return replace(letter, attachments=(*letter.attachments, file))


def alert_line(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a table of alerts shows of one: a warning has time left, the others are late."""
    ticket = values["ticket"]
    line = {name: values.get(name) or "" for name in ("step", "due", "late", "left", "next_step")}
    return {"ticket_no": ticket["ticket_no"], "customer": ticket["customer"], **line}
