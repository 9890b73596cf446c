"""Letters to look at, not to send: the digest of the desk or a person, and previews."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from toolkit.app.texting import Texts
from toolkit.app.writing import folders, library
from toolkit.core.errors import UsageError
from toolkit.core.message import Letter
from toolkit.core.reason import because
from toolkit.jobs.callback.wanted import calls_due, line, wanted
from toolkit.jobs.daily.board import board_of
from toolkit.jobs.daily.readers import Reader, Readers
from toolkit.jobs.daily.values import values_for
from toolkit.jobs.ticket.case import Case, cases
from toolkit.jobs.ticket.view import Views
from toolkit.jobs.workload import NONE, workload
from toolkit.letters import sample
from toolkit.letters.faults import LetterError
from toolkit.letters.library import Library
from toolkit.registers.directory import Directory
from toolkit.registers.fold import closest, fold
from toolkit.registers.snapshot import Snapshot
from toolkit.settings.lexicons import lexicon_of
from toolkit.settings.model import Settings


def digest_letter(
    snapshot: Snapshot, settings: Settings, now: datetime, name: str | None
) -> tuple[Letter, dict[str, Any]]:
    """The digest of one person or store, or of the whole desk; and what it was told, as data."""
    board = board_of(snapshot, settings, now)
    reader, language = _reader(Readers(board), snapshot, name)
    locale = language or settings.locale
    words = Views(lambda words_of: lexicon_of(settings, words_of)).words(locale)
    values = values_for(board, reader, words)
    given = {**values, "to_name": values["person"], "now": _wall(settings, now)}
    return _rendered(settings, library(settings, locale), "digest", "email", given), values


def _reader(readers: Readers, snapshot: Snapshot, name: str | None) -> tuple[Reader, str | None]:
    """Whose digest is asked for, and their language (UsageError)."""
    if name is None:
        return readers.desk(), None
    person = snapshot.person(name)
    if person is not None:
        return readers.person(person), person.language
    store = Directory(snapshot.of("stores"), "name").find(name)
    if store is None:
        raise UsageError(f"There is no “{name}” in the staff register, nor among the stores")
    return readers.store(*store), store[1].language


def demo_letter(settings: Settings, now: datetime, notice: str, channel: str, locale: str) -> Letter:
    """One notice about sample rows: no workbook is read. A desk without a company's name borrows the sample's."""
    lib = library(settings, locale)
    if not settings.company.name:
        lib = Library(folders(settings), locale, sample.standing(locale))
    _asked(notice, channel, lib)
    one = settings.notices.get(notice)
    register, to = (one.register, one.to) if one else ("tickets", "customer")
    values = sample.sample(notice, register, to, locale, now.astimezone(settings.timezone).date())
    return _rendered(settings, lib, notice, channel, values)


ABOUT_TICKETS = frozenset({"tickets", "surveys", "parts", "vendors", "staff"})
"""Registers whose letters are about tickets, or list some."""


def preview_letter(
    snapshot: Snapshot, settings: Settings, now: datetime, notice: str, number: str, channel: str, locale: str
) -> Letter:
    """One notice about a real ticket; what the ticket lacks is shown with a likely stand-in."""
    lib = library(settings, locale)
    _asked(notice, channel, lib)
    about = settings.notices[notice].register if notice in settings.notices else "tickets"
    if about not in ABOUT_TICKETS or about not in {one.register.name for one in snapshot.tables}:
        raise UsageError(f"The letter “{notice}” is about the register {about}: without --ticket it shows a sample row")
    views = Views(lambda words_of: lexicon_of(settings, words_of))
    case = _chosen(snapshot, settings, now, number)
    to = settings.notices[notice].to if notice in settings.notices else "customer"
    stand_ins = sample.sample(notice, about, to, locale, now.astimezone(settings.timezone).date())
    known = _values(snapshot, case, views, settings, now, locale)
    if notice == "callback-list":
        known["rows"] = _due_calls(snapshot, settings, now, views, case, locale)
    for name in sample.sure(notice):
        root, _, column = name.partition(".")
        if root == "ticket" and known["ticket"].get(column) is None:
            known["ticket"][column] = stand_ins["ticket"].get(column)
    values = {**stand_ins, **{name: known[name] for name in known if name in stand_ins}}
    values |= {"to_name": _name(case, to, snapshot) or stand_ins["to_name"], "now": _wall(settings, now)}
    return _rendered(settings, lib, notice, channel, values)


def _asked(notice: str, channel: str, lib: Library) -> None:
    """What is asked for must be there (UsageError)."""
    known = lib.names()
    if notice not in known:
        near = closest(notice, list(known))
        raise UsageError(
            f"There is no template “{notice}”"
            + (f"; do you mean {near}?" if near else "")
            + f" There are: {', '.join(known)}"
        )
    if channel not in ("email", "sms", "chat"):
        raise UsageError(f"“{channel}” is no channel; there are email, sms, chat")


def _rendered(settings: Settings, lib: Library, notice: str, channel: str, values: dict[str, Any]) -> Letter:
    try:
        if channel == "sms":  # as it is, fit to be sent or not: the command says what is wrong with it
            return Texts(settings, lambda _: lib).draft(notice, lib, values, "")
        return lib.render(notice, channel, values)
    except LetterError as error:
        raise UsageError(str(error)) from None


def _wall(settings: Settings, now: datetime) -> datetime:
    return datetime.combine(now.astimezone(settings.timezone).date(), time(0))


def _chosen(snapshot: Snapshot, settings: Settings, now: datetime, number: str) -> Case:
    every = cases(snapshot, settings, now)
    found = next((one for one in every if one.row.key and fold(one.row.key) == fold(number)), None)
    if found is None:
        raise UsageError(f"There is no ticket “{number}”")
    return found


def _name(case: Case, to: str, snapshot: Snapshot) -> str:
    """Whom the letter would greet, as far as the ticket says."""
    match to:
        case "vendor":
            vendor = snapshot.vendor(case.row.vendor, case.table.book)
            return (vendor.contact or vendor.name) if vendor is not None else ""
        case "customer":
            return case.row.customer or ""
        case "supplier" | "store":
            return ""
        case _:
            return case.row.owner or ""


def _due_calls(
    snapshot: Snapshot, settings: Settings, now: datetime, views: Views, case: Case, locale: str
) -> list[dict[str, Any]]:
    due = calls_due(snapshot, settings, now) or (wanted(snapshot, case, case.clock("callback")),)
    return [line(snapshot, one, views, locale) for one in due]


def _values(
    snapshot: Snapshot, case: Case, views: Views, settings: Settings, now: datetime, locale: str
) -> dict[str, Any]:
    """What the desk knows of a ticket, and what of its clock; what the row lacks is shown with a likely stand-in."""
    words = views.words(locale)
    vendor = snapshot.vendor(case.row.vendor, case.table.book) or next(
        (row for _, row in snapshot.rows("vendors")), None
    )
    clock = next((one for one in case.clocks if one.is_open), case.clocks[0] if case.clocks else None)
    due = snapshot.wall(case.table, clock.due_at if clock else now + timedelta(days=1))
    ticket = views.ticket(case, locale)
    ticket["visit_at"] = ticket["visit_at"] or _wall(settings, now) + timedelta(days=1, hours=14)
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
    }
