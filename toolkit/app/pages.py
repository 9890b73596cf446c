"""Letters to look at, not to send: the digest of the desk or a person, and previews."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from toolkit.app.texting import Texts
from toolkit.app.writing import library
from toolkit.core.errors import UsageError
from toolkit.core.message import Letter
from toolkit.core.reason import because
from toolkit.jobs import callbacks, digest
from toolkit.jobs.ticket.case import Case, cases
from toolkit.jobs.ticket.view import Views
from toolkit.jobs.workload import NONE, workload
from toolkit.letters.faults import LetterError
from toolkit.registers.fold import closest, fold
from toolkit.registers.snapshot import Snapshot
from toolkit.settings.lexicons import lexicon_of
from toolkit.settings.model import Settings


def digest_letter(snapshot: Snapshot, settings: Settings, now: datetime, name: str | None) -> Letter:
    """The digest of one person, or of the whole desk."""
    person = snapshot.person(name)
    if name is not None and person is None:
        raise UsageError(f"There is no “{name}” in the staff register")
    views = Views(lambda locale: lexicon_of(settings, locale))
    heaps = digest.gather(snapshot, settings, now)
    values = digest.values_for(snapshot, settings, person, heaps, now, views.words(settings.locale))
    return _rendered(settings, "digest", "email", {**values, "to_name": values["person"], "now": _wall(settings, now)})


def preview_letter(
    snapshot: Snapshot,
    settings: Settings,
    now: datetime,
    notice: str,
    number: str | None,
    channel: str,
) -> Letter:
    """One notice with a real row: the named ticket, else the first that a letter of this kind could be about."""
    known = library(settings, settings.locale).names()
    if notice not in known:
        near = closest(notice, list(known))
        raise UsageError(
            f"There is no template “{notice}”"
            + (f"; do you mean {near}?" if near else "")
            + f" There are: {', '.join(known)}"
        )
    if notice == "digest":
        return digest_letter(snapshot, settings, now, None)
    views = Views(lambda locale: lexicon_of(settings, locale))
    case = _chosen(snapshot, settings, now, number)
    values = {
        **_values(snapshot, case, views, settings, now),
        "to_name": _name(case, notice, snapshot),
        "now": _wall(settings, now),
    }
    return _rendered(settings, notice, channel, values)


def _rendered(settings: Settings, notice: str, channel: str, values: dict[str, Any]) -> Letter:
    known = library(settings, settings.locale)
    try:
        if channel == "sms":  # as it is, fit to be sent or not: the command says what is wrong with it
            return Texts(settings, lambda locale: library(settings, locale)).draft(notice, known, values, "")
        return known.render(notice, channel, values)
    except LetterError as error:
        raise UsageError(str(error)) from None


def _wall(settings: Settings, now: datetime) -> datetime:
    return datetime.combine(now.astimezone(settings.timezone).date(), time(0))


def _chosen(snapshot: Snapshot, settings: Settings, now: datetime, number: str | None) -> Case:
    every = cases(snapshot, settings, now)
    if number is not None:
        found = next((one for one in every if one.row.key and fold(one.row.key) == fold(number)), None)
        if found is None:
            raise UsageError(f"There is no ticket “{number}”")
        return found
    usable = [one for one in every if one.number and not one.row.has_fault and one.row.opened_at]
    if not usable:
        raise UsageError("The ticket register has no row that a letter could be written about")
    return max(
        usable,
        key=lambda one: (
            one.row.visit_at is not None and one.row.vendor is not None,
            bool(one.row.solution),
            str(one.row.opened_at),
        ),
    )


def _name(case: Case, notice: str, snapshot: Snapshot) -> str:
    if notice.endswith("-vendor"):
        vendor = snapshot.vendor(case.row.vendor, case.table.book)
        return (vendor.contact or vendor.name) if vendor is not None else ""
    return (
        (case.row.owner or "")
        if notice in ("warning", "overdue", "escalation", "callback-list")
        else case.row.customer or ""
    )


def _values(snapshot: Snapshot, case: Case, views: Views, settings: Settings, now: datetime) -> dict[str, Any]:
    """Every value that any notice uses; what the row lacks is shown with a likely stand-in."""
    words = views.words(settings.locale)
    vendor = snapshot.vendor(case.row.vendor, case.table.book) or next(
        (row for _, row in snapshot.rows("vendors")), None
    )
    clock = next((one for one in case.clocks if one.is_open), case.clocks[0] if case.clocks else None)
    due = snapshot.wall(case.table, clock.due_at if clock else now + timedelta(days=1))
    ticket = views.ticket(case, settings.locale)
    ticket["visit_at"] = ticket["visit_at"] or _wall(settings, now) + timedelta(days=1, hours=14)
    due_calls = callbacks.calls_due(snapshot, settings, now) or (replace(case),)
    return {
        "ticket": ticket,
        "vendor": views.vendor(vendor),
        "response_due": due,
        "due": due,
        "payment": words.say(workload(snapshot).get(id(vendor), NONE).payment) if vendor is not None else "",
        "old_visit_at": ticket["visit_at"] - timedelta(days=1),
        "step": words.say(because(f"step.{clock.policy.clock if clock else 'response'}")),
        "policy_no": clock.policy.no if clock else "P-01",
        "left": words.say(because("left.hours", hours=2)),
        "late": words.say(because("late.under-a-day", days=0)),
        "next_step": case.row.next_step or "",
        "owner": case.row.owner or words.say(because("next.unassigned")),
        "level_of": words.say(because("level-of.manager")),
        "rows": [callbacks.line(snapshot, one, views, settings.locale) for one in due_calls],
        "care": [],
        "person": case.row.owner or "",
        "day": _wall(settings, now).date(),
        "sections": [],
        "counts": [],
        "warnings": [],
    }
