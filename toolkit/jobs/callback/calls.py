"""The call-backs made: what each is about, how it was answered, which of them count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

from toolkit.core.actions import Reservation
from toolkit.jobs.callback.finishes import finishes_of, last_before
from toolkit.jobs.edits import picked
from toolkit.jobs.ordered import order_of
from toolkit.jobs.ticket.numbers import Numbers, number_rows
from toolkit.registers.fold import fold
from toolkit.registers.schema import When
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table
from toolkit.rules.policy import Choice, fits
from toolkit.rules.questionnaire import Questionnaire
from toolkit.settings.model import Settings

FINGERPRINT = ("ticket_no", "order_no", "called_at", "caller")
NEEDED = ("tickets", "surveys", "vendors", "contacts", "orders", "stores")
"""While one of them is in use and cannot be read, who was called, about what, and where the store is, is not known."""
VERDICT = "satisfaction"
WORST = "not_satisfied"


class Answered(NamedTuple):
    """What the answers of a row amount to: stars, the questions that open a follow-up, whether anything was answered."""

    rating: float | None
    complaints: tuple[str, ...]
    is_written: bool


@dataclass(frozen=True, slots=True)
class Call:
    """A call-back. `about` is the ticket, or the order where it names no ticket. `rating` is the manager's, where one
    overrides. Of several calls after one finish the first with a rating `counts`; `twin_of` is the row that this one
    repeats (a form that was sent twice), `second_to` the call that counts in its place.
    """

    table: Table
    row: Any
    number: str | None
    ticket_table: Table | None
    ticket: Any
    order_table: Table | None
    order: Any
    vendor: Any
    answered: Answered
    rating: float | None
    twin_of: Call | None = None
    second_to: Call | None = None

    @property
    def name(self) -> str:
        """The call's number, or its cell while it has none."""
        return self.number or self.table.place(self.row.row, None).cell

    @property
    def is_doubled(self) -> bool:
        """Its number stands twice and names no row: nobody is told of it."""
        return self.row.key is not None and self.row.key not in self.table.by_key

    @property
    def counts(self) -> bool:
        """Whether it bears on ratings."""
        return self.rating is not None and self.twin_of is None and self.second_to is None

    @property
    def about(self) -> Any:
        """The row of the customer who was called."""
        return self.ticket if self.ticket is not None else self.order

    @property
    def verdict(self) -> str | None:
        """How satisfied the customer was: as said, else as the answers tell."""
        if self.row.satisfaction is not None or not self.answered.is_written:
            said: str | None = self.row.satisfaction
            return said
        return WORST if self.answered.complaints else "quite_satisfied"

    @property
    def needs_follow_up(self) -> bool:
        """A "no" to a question of the service, or "not satisfied", is the store's to see to."""
        return bool(self.answered.complaints) and self.twin_of is None


def survey_numbers(snapshot: Snapshot, settings: Settings) -> tuple[Numbers, tuple[Reservation, ...]]:
    """The numbers of new call-backs, dated by the day of the call."""
    return snapshot.once(
        "survey numbers",
        lambda: number_rows(snapshot, "surveys", settings.numbers["surveys"], FINGERPRINT, lambda row: row.called_at),
    )


def calls_made(snapshot: Snapshot, settings: Settings) -> tuple[Call, ...]:
    """Every call-back, in the order of the sheet; worked out once a run."""
    return snapshot.once("calls made", lambda: _settled(snapshot, settings, list(_read(snapshot, settings))))


def questionnaire_for(settings: Settings, ticket: Any) -> Questionnaire | None:
    """The questionnaire that was asked after a job: the first that fits the ticket."""
    return next((one for one in settings.questionnaires if fits(one.when, ticket or {})), None)


def _read(snapshot: Snapshot, settings: Settings) -> Iterator[Call]:
    numbers, _ = survey_numbers(snapshot, settings)
    asked = Choice((one.when for one in settings.questionnaires), partial(questionnaire_for, settings))
    known: dict[tuple[Any, ...], Answered] = {}  # a few answers to a few questions
    columns = tuple({**{q.key: None for one in settings.questionnaires for q in one.questions}, VERDICT: None})
    for table in snapshot.of("surveys"):
        answers = picked(table.register, columns)
        for row in table.rows:
            where, ticket = snapshot.ticket(row.ticket_no, table.book) or (None, None)
            placed, order = order_of(snapshot, row.order_no, table.book) if ticket is None else (None, None)
            questionnaire = asked.of(ticket, tuple(ticket.get(one) if ticket else None for one in asked.columns))
            given = answers(row)
            key = (questionnaire.name if questionnaire else None, *given)
            if key not in known:
                known[key] = _answered(questionnaire, dict(zip(columns, given, strict=True)))
            found = known[key]
            yield Call(
                table,
                row,
                row.key or numbers.get((table.book, row.row)),
                where,
                ticket,
                placed,
                order,
                _vendor(snapshot, table, row, where, ticket),
                found,
                row.adjusted_rating if row.adjusted_rating is not None else found.rating,
            )


def _answered(questionnaire: Questionnaire | None, answers: dict[str, Any]) -> Answered:
    complaints = questionnaire.complaints(answers) if questionnaire else ()
    if answers[VERDICT] == WORST and VERDICT not in complaints:
        complaints = (*complaints, VERDICT)
    is_written = any(value is not None for value in answers.values())
    return Answered(questionnaire.rating(answers) if questionnaire else None, complaints, is_written)


def _vendor(snapshot: Snapshot, table: Table, row: Any, where: Table | None, ticket: Any) -> Any:
    """Who it counts for: frozen in the row's own cell, else whose job it was at the last finish before the call."""
    if row.vendor is not None:
        return snapshot.vendor(row.vendor, table.book)
    if ticket is None or where is None:
        return None
    finish = last_before(finishes_of(snapshot, where, ticket), row.called_at) if row.called_at is not None else None
    return snapshot.vendor(finish.vendor if finish is not None else ticket.vendor, where.book)


def _settled(snapshot: Snapshot, settings: Settings, calls: list[Call]) -> tuple[Call, ...]:
    """The calls with what becomes of those that repeat another: one survey a visit (40)."""
    groups: dict[object, list[int]] = defaultdict(list)
    for place, call in enumerate(calls):
        if call.row.called_at is not None:
            same = id(call.about) if call.about is not None else (call.table.book, fold(call.row.order_no or ""))
            groups[same].append(place)
    for places in groups.values():
        if len(places) > 1:
            places.sort(key=lambda place: _when(snapshot, calls[place]))
            _find_twins(snapshot, settings, calls, places)
            _find_seconds(snapshot, calls, places)
    return tuple(calls)


def _find_twins(snapshot: Snapshot, settings: Settings, calls: list[Call], places: Sequence[int]) -> None:
    within = settings.callbacks.same_within
    if within is None:
        return
    for earlier, later in pairwise(places):
        one, other = calls[earlier], calls[later]
        apart = _when(snapshot, other) - _when(snapshot, one)
        if _has_time(one, other) and apart <= within and _said(one.row) == _said(other.row):
            calls[later] = replace(other, twin_of=one.twin_of or one)


def _find_seconds(snapshot: Snapshot, calls: list[Call], places: Iterable[int]) -> None:
    first: dict[When, Call] = {}
    for place in places:
        call = calls[place]
        if not call.counts or call.ticket_table is None:
            continue
        finish = last_before(finishes_of(snapshot, call.ticket_table, call.ticket), call.row.called_at)
        if finish is None:
            continue
        counted = first.setdefault(finish.at, call)
        if counted is not call:
            calls[place] = replace(call, second_to=counted)


def _when(snapshot: Snapshot, call: Call) -> datetime:
    return snapshot.at(call.table, call.row.called_at)


def _has_time(*calls: Call) -> bool:
    return all(isinstance(one.row.called_at, datetime) for one in calls)


def _said(row: Any) -> tuple[object, ...]:
    """All that the customer said."""
    return (row.caller, row.satisfaction, row.what_went_wrong, row.suggestion, tuple(row.extra.items()))
