"""Parts: numbers, what is late, what comes next, the letter with the fitting guide. Planned with the tickets they are for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from toolkit.core.actions import Edit, Occasion, Plan, Reservation, RowId
from toolkit.core.reason import Reason, because
from toolkit.jobs.agenda import Due
from toolkit.jobs.clocked import Clocks, overdue_edit
from toolkit.jobs.edits import edit
from toolkit.jobs.ladder import Ladder, Subject, subject_of
from toolkit.jobs.recipients import opted_out, reached
from toolkit.jobs.since import go_live, is_news
from toolkit.jobs.ticket.case import Case
from toolkit.jobs.ticket.numbers import number_rows
from toolkit.jobs.ticket.view import Views
from toolkit.registers.order import day_of
from toolkit.registers.schema import When
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table
from toolkit.registers.tickets import FINISHED, FROZEN
from toolkit.rules.clock import Clock
from toolkit.settings.lexicons import lexicon_of
from toolkit.settings.model import Settings

FINGERPRINT = ("ticket_no", "part", "quantity", "agreed_at", "ordered_on")
PART = ("part", "size", "quantity", "supplier", "sent_on", "expected_on", "carrier", "waybill", "fitted_by")
"""What a letter is told of a part."""
LETTER = "part-posted"


@dataclass(frozen=True, slots=True)
class Item:
    """A part with its ticket; `number` is its own or the one reserved for it, `clocks` what is open."""

    table: Table
    row: Any
    number: str | None
    where: Table | None
    ticket: Any
    clocks: tuple[Clock, ...]

    @property
    def is_over(self) -> bool:
        """The ticket is finished, and with it what was to be done about the part."""
        return self.ticket is not None and self.ticket.status in FINISHED | FROZEN


def plan(snapshot: Snapshot, settings: Settings, now: datetime) -> Plan:
    """All that the parts ask for at `now`; nothing while they or their tickets cannot be read."""
    if snapshot.is_unread("parts", "tickets") or not snapshot.of("parts"):
        return Plan()
    views = Views(lambda locale: lexicon_of(settings, locale))
    ladder, words = Ladder(snapshot, settings, now, views), views.words(settings.locale)
    items, reservations = _items(snapshot, settings, now)
    ears, since = opted_out(snapshot, settings), go_live(settings, snapshot, now)
    edits: list[Edit] = []
    occasions: list[Occasion] = []
    for item in items:
        table, row = item.table, item.row
        if row.key is None and item.number is not None:
            edits += edit(table, row, "part_no", item.number, because("edit.number"))
        edits += overdue_edit(item.clocks, snapshot, table, row, words)
        step = next_step(snapshot, item, now)
        edits += edit(table, row, "next_step", words.say(step) if step else None, because("edit.next-part"))
        if item.number is None or (row.key is not None and row.key not in table.by_key):
            continue
        occasions += ladder.alerts(_subject(snapshot, item, item.number, views, now), item.clocks)
        if row.sent_on is not None and is_news(snapshot.at(table, row.sent_on), settings, since):
            occasions += _letter(snapshot, settings, item, item.number, views, ears)
    return Plan(tuple(edits), (), tuple(occasions), (), (), reservations)


def agenda(snapshot: Snapshot, settings: Settings, now: datetime) -> Iterator[Due]:
    """The parts that are still to come."""
    if snapshot.is_unread("parts", "tickets"):
        return
    views = Views(lambda locale: lexicon_of(settings, locale))
    for item in _items(snapshot, settings, now)[0]:
        if item.number is not None:
            subject = _subject(snapshot, item, item.number, views, now)
            yield from (Due(subject, one) for one in item.clocks)


def _items(snapshot: Snapshot, settings: Settings, now: datetime) -> tuple[tuple[Item, ...], tuple[Reservation, ...]]:
    numbers, reservations = number_rows(
        snapshot, "parts", settings.numbers["parts"], FINGERPRINT, partial(_first_day, snapshot)
    )
    clocks = clocks_of(snapshot, settings, now)
    made = []
    for table, row in snapshot.rows("parts"):
        where, ticket = snapshot.ticket(row.ticket_no, table.book) or (None, None)
        number = row.key or numbers.get((table.book, row.row))
        item = Item(table, row, number, where, ticket, ())
        its = () if item.is_over else clocks.counted(row, clocks.of(table, row))
        made.append(replace(item, clocks=its))
    return tuple(made), reservations


def clocks_of(snapshot: Snapshot, settings: Settings, now: datetime) -> Clocks:
    """The clocks of the parts. One that was sent on has come, whether or not anybody wrote down when."""
    return Clocks(snapshot, settings, now, "parts", {"received_on": lambda row: row.received_on or row.sent_on})


def _first_day(snapshot: Snapshot, row: Any) -> When | None:
    """The day of a part's number: the first that is known of it, else its ticket's."""
    own = (row.agreed_at, row.ordered_on, row.received_on, row.sent_on)
    ticket = snapshot.ticket(row.ticket_no)
    return next((one for one in own if one is not None), ticket[1].opened_at if ticket is not None else None)


def next_step(snapshot: Snapshot, item: Item, now: datetime) -> Reason | None:
    """Agree, order, wait, chase; then post or fit."""
    row, ticket = item.row, item.ticket
    if ticket is None or item.is_over:
        return None
    who = because("next.owner", name=ticket.owner) if ticket.owner else because("next.unassigned")
    supplier = row.supplier or because("part.supplier")
    if row.sent_on is not None or row.received_on is not None:
        if row.fitted_by == "vendor":
            return _fitted_on_the_visit(snapshot, item, now) or because("part.visit", who=who)
        return because("part.post" if row.sent_on is None else "part.fitted", who=who)
    if row.ordered_on is None:
        return (
            because("part.agree", who=who)
            if row.agreed_at is None
            else because("part.order", supplier=supplier, who=who)
        )
    if row.expected_on is None:
        return because("part.ask-date", supplier=supplier, who=who)
    is_late = row.expected_on < snapshot.today(item.table, now)
    return because("part.chase" if is_late else "part.wait", on=row.expected_on, who=who)


def _fitted_on_the_visit(snapshot: Snapshot, item: Item, now: datetime) -> Reason | None:
    """A part that is here goes along with the visit that stands already; None where none does."""
    at = item.ticket.visit_at
    if at is None or item.where is None or day_of(at) < snapshot.today(item.where, now):
        return None
    return because("part.on-the-visit", at=at)


def _subject(snapshot: Snapshot, item: Item, number: str, views: Views, now: datetime) -> Subject:
    """The one who answers for the ticket answers for its parts."""
    made = subject_of(item.table, item.row, number, views, lambda: next_step(snapshot, item, now))
    if item.ticket is None:
        return made
    return replace(
        made, owner=item.ticket.owner, store=item.ticket.store, view=partial(_alert_view, item, number, views)
    )


def _alert_view(item: Item, number: str, views: Views, locale: str) -> dict[str, Any]:
    shown = views.row(item.table, item.row, number, locale)
    return {**shown, "customer": item.ticket.customer, "product": item.row.part, "order_no": item.ticket.order_no}


def _letter(
    snapshot: Snapshot, settings: Settings, item: Item, number: str, views: Views, ears: frozenset[str]
) -> Iterator[Occasion]:
    """What was posted to the customer, and how to fit it; a part that a vendor fits goes to the vendor.

    Often the ticket ends with the posting, so that of a finished one is told as well; not of one that was called off.
    """
    notice, row, ticket = settings.notices.get(LETTER), item.row, item.ticket
    if notice is None or ticket is None or row.has_fault or ticket.has_fault or row.fitted_by == "vendor":
        return
    if ticket.status in FROZEN - FINISHED:
        return
    sent_at = snapshot.at(item.table, row.sent_on)
    bounced = snapshot.memory.bounced
    for to in reached(notice, settings, ticket, "customer", ticket.customer or "", ears, bounced):
        yield Occasion(
            at=RowId(item.table.book, "parts", number, row.row),
            notice=LETTER,
            to=to,
            cause=row.sent_on.isoformat(),
            reason=because("message.part-posted", ticket=ticket.key),
            values=partial(_values, settings, item, views, to.locale),
            event_at=sent_at,
            expires_at=snapshot.calendar.add(sent_at, notice.expires) if notice.expires else None,
        )


def _values(settings: Settings, item: Item, views: Views, locale: str) -> dict[str, Any]:
    if item.where is None:
        raise ValueError("a letter about a part has its ticket")
    part = {name: views.value(item.table.register, item.row, name, locale) for name in PART}
    if part["quantity"] is not None and part["quantity"] == int(part["quantity"]):
        part["quantity"] = int(part["quantity"])
    ticket = views.ticket(Case(item.where, item.ticket, item.ticket.key), locale)
    guide = settings.parts.guides.get(item.ticket.category or "", {}).get(locale, ())
    return {"part": part, "ticket": ticket, "guide": list(guide)}
