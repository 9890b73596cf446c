"""The call-backs job: scores of the calls made, ratings of the vendors, the list of calls to make, thanks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from toolkit.core.actions import Edit, Occasion, Plan, Reservation, RowId
from toolkit.core.reason import Name, because
from toolkit.jobs.edits import edit, holds, picked
from toolkit.jobs.recipients import ROLE, opted_out, present, reached, role_of_person
from toolkit.jobs.ticket.case import Case, judge_of
from toolkit.jobs.ticket.numbers import Numbers, number_rows
from toolkit.jobs.ticket.view import Views
from toolkit.jobs.workload import NONE, workload
from toolkit.registers.order import day_of
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table
from toolkit.registers.tickets import FINISHED
from toolkit.rules.policy import Choice, fits
from toolkit.rules.questionnaire import Questionnaire, Rated, one_decimal, score_of, stars, weighted_rating
from toolkit.settings.lexicons import lexicon_of
from toolkit.settings.model import Settings

FINGERPRINT = ("ticket_no", "order_no", "called_at", "caller")
STILL_CALLED = timedelta(days=30)
"""Nobody is rung up about a job whose call-back was due longer ago than this °: the list stays one to work through."""
SHOWN_EVIDENCE = 5


@dataclass(frozen=True, slots=True)
class Call:
    """A call-back as it counts. `computed` is the questionnaire's rating, `rating` the manager's where one overrides."""

    table: Table
    row: Any
    number: str | None
    ticket_table: Table | None
    ticket: Any
    vendor: Any
    computed: float | None
    rating: float | None

    @property
    def counts(self) -> bool:
        """Whether it bears on ratings."""
        return self.rating is not None

    @property
    def name(self) -> str:
        """The call's number, or its cell while it has none."""
        return self.number or self.table.place(self.row.row, None).cell


def plan(snapshot: Snapshot, settings: Settings, now: datetime) -> Plan:
    """All that the call-back and vendor registers ask for at `now`; nothing while one that counts cannot be read."""
    if snapshot.is_unread("tickets", "surveys", "vendors"):
        return Plan()
    _, reservations = _numbers(snapshot, settings)
    views = Views(lambda locale: lexicon_of(settings, locale))
    made = calls_made(snapshot, settings)
    edits: list[Edit] = []
    for call in made:
        edits += _survey_edits(call)
    edits += _ticket_edits(snapshot, made)
    edits += _vendor_edits(snapshot, settings, made, now, views)
    occasions = [*_answers(snapshot, settings, made, views), *_call_list(snapshot, settings, now, views)]
    return Plan(tuple(edits), (), tuple(occasions), (), (), reservations)


def _numbers(snapshot: Snapshot, settings: Settings) -> tuple[Numbers, tuple[Reservation, ...]]:
    """The numbers of new call-backs, dated by the day of the call."""
    return snapshot.once(
        "survey numbers",
        lambda: number_rows(snapshot, "surveys", settings.numbers["surveys"], FINGERPRINT, lambda row: row.called_at),
    )


def calls_made(snapshot: Snapshot, settings: Settings) -> tuple[Call, ...]:
    """Every call-back, in the order of the sheet; worked out once a run."""
    return snapshot.once("calls made", lambda: tuple(_calls(snapshot, settings, _numbers(snapshot, settings)[0])))


def _calls(snapshot: Snapshot, settings: Settings, numbers: Numbers) -> Iterator[Call]:
    """Every call-back with its ticket, its vendor and its rating."""
    asked = Choice((one.when for one in settings.questionnaires), partial(questionnaire_for, settings))
    rated: dict[tuple[Any, ...], float | None] = {}  # a few answers to a few questions
    for table in snapshot.of("surveys"):
        answers = picked(table.register, tuple({q.key: None for one in settings.questionnaires for q in one.questions}))
        for row in table.rows:
            where, ticket = snapshot.ticket(row.ticket_no, table.book) or (None, None)
            questionnaire = asked.of(ticket, tuple(ticket.get(one) if ticket else None for one in asked.columns))
            key = (questionnaire.name if questionnaire else None, *answers(row))
            if key not in rated:
                rated[key] = (
                    questionnaire.rating({one.key: row.get(one.key) for one in questionnaire.questions})
                    if questionnaire
                    else None
                )
            computed = rated[key]
            vendor = snapshot.vendor(row.vendor, table.book) or (
                snapshot.vendor(ticket.vendor, where.book) if ticket is not None and where is not None else None
            )
            rating = row.adjusted_rating if row.adjusted_rating is not None else computed
            number = row.key or numbers.get((table.book, row.row))
            yield Call(table, row, number, where, ticket, vendor, computed, rating)


def questionnaire_for(settings: Settings, ticket: Any) -> Questionnaire | None:
    """The questionnaire that was asked after a job: the first that fits the ticket."""
    return next((one for one in settings.questionnaires if fits(one.when, ticket or {})), None)


def _survey_edits(call: Call) -> Iterator[Edit]:
    table, row = call.table, call.row
    if row.key is None and call.number is not None:
        yield from edit(table, row, "survey_no", call.number, because("edit.number"))
    score = one_decimal(score_of(call.rating)) if call.rating is not None else None
    rating = one_decimal(call.rating) if call.rating is not None else None
    if call.vendor is not None and row.called_at is not None and not holds(row, "vendor", call.vendor.vendor_no):
        yield from edit(
            table, row, "vendor", call.vendor.vendor_no, because("edit.survey-vendor", ticket=row.ticket_no)
        )
    if holds(row, "score", score) and holds(row, "rating", rating):
        return
    if row.adjusted_rating is not None:
        why = because("edit.adjusted", rating=row.adjusted_rating, reason=row.adjusted_reason)
    else:
        why = _SCORE if call.rating is not None else _NO_ANSWERS
    yield from edit(table, row, "score", score, why)
    yield from edit(table, row, "rating", rating, why)


_SCORE = because("edit.score")
_NO_ANSWERS = because("edit.no-answers")
_NO_SURVEY = because("edit.no-survey")


def _ticket_edits(snapshot: Snapshot, made: tuple[Call, ...]) -> Iterator[Edit]:
    """The newest call's score stands on its ticket."""
    newest: dict[str, dict[int, Call]] = defaultdict(dict)
    for call in made:
        if call.ticket is None or call.ticket_table is None or call.rating is None or call.row.called_at is None:
            continue
        its, at = newest[call.ticket_table.book], call.ticket.row
        if at not in its or _called(its[at]) <= _called(call):
            its[at] = call
    for table in snapshot.of("tickets"):
        its = newest[table.book]
        for row in table.rows:
            found = its.get(row.row) if its else None
            if found is None and row.survey_score is None and not row.bad:
                continue
            score = one_decimal(score_of(found.rating)) if found is not None and found.rating is not None else None
            if holds(row, "survey_score", score):
                continue
            why = because("edit.ticket-score", survey=found.name) if found is not None else _NO_SURVEY
            yield from edit(table, row, "survey_score", score, why)


def _called(call: Call) -> str:
    return str(call.row.called_at)


def _vendor_edits(
    snapshot: Snapshot,
    settings: Settings,
    made: tuple[Call, ...],
    now: datetime,
    views: Views,
) -> Iterator[Edit]:
    words = views.words(settings.locale)
    by_vendor: dict[int, list[Call]] = defaultdict(list)
    for call in made:
        if call.vendor is not None and call.rating is not None and call.row.called_at is not None:
            by_vendor[id(call.vendor)].append(call)
    loads = workload(snapshot)
    for table, vendor in snapshot.rows("vendors"):
        calls = sorted(by_vendor.get(id(vendor), ()), key=_called)
        load = loads.get(id(vendor), NONE)
        today = snapshot.today(table, now)
        rating = rating_of(vendor, calls, today, settings.vendors.half_life_days)
        shown = one_decimal(rating) if rating is not None else None
        evidence = (
            because(
                "edit.rating",
                n=len(calls),
                surveys=tuple(call.name for call in calls[-SHOWN_EVIDENCE:]),
                half_life=settings.vendors.half_life_days,
                initial=vendor.initial_rating,
            )
            if calls
            else because("edit.rating-initial" if rating is not None else "edit.no-data")
        )
        yield from edit(table, vendor, "rating", shown, evidence)
        yield from edit(
            table,
            vendor,
            "stars",
            stars(rating) if rating is not None else words.say(because("vendor.no-data")),
            evidence,
        )
        yield from edit(table, vendor, "surveys", len(calls), evidence)
        last = _last_service(calls)
        yield from edit(table, vendor, "last_service", words.say(last) if last else None, because("edit.last-service"))
        yield from edit(table, vendor, "jobs", load.done, because("edit.jobs"))
        yield from edit(table, vendor, "open_jobs", load.open, because("edit.open-jobs"))
        answers = [answer for call in calls if (answer := call.row.get("came_on_time")) is not None]
        share = round(sum(answers) / len(answers), 2) if answers else None
        yield from edit(table, vendor, "on_time_rate", share, because("edit.on-time", n=len(answers)))
        yield from edit(table, vendor, "payment", words.say(load.payment), because("edit.payment", jobs=load.done))


def rating_of(vendor: Any, calls: list[Call], today: date, half_life_days: float) -> float | None:
    """The weighted mean of a vendor's call-backs; the initial rating counts as one at the vendor's start (60, 25)."""
    rated = [Rated(day_of(call.row.called_at), call.rating) for call in calls if call.rating is not None]
    if vendor.initial_rating is not None:
        start = vendor.joined_on or (rated[0].on if rated else today)
        rated.append(Rated(start, vendor.initial_rating))
    return weighted_rating(rated, today, half_life_days)


def _last_service(calls: list[Call]) -> Any:
    if not calls:
        return None
    call = calls[-1]
    finished = call.ticket.finished_at if call.ticket is not None else None
    verdict = (
        Name("surveys", "satisfaction", call.row.satisfaction)
        if call.row.satisfaction
        else because("vendor.no-verdict")
    )
    return because(
        "vendor.last-service",
        on=day_of(finished or call.row.called_at),
        ticket=call.row.ticket_no or call.row.order_no,
        verdict=verdict,
    )


def _answers(snapshot: Snapshot, settings: Settings, made: tuple[Call, ...], views: Views) -> Iterator[Occasion]:
    """After the call: thanks, or an apology to one who was not satisfied."""
    closed_ears = opted_out(snapshot, settings)
    for call in made:
        if (
            call.ticket is None
            or call.ticket_table is None
            or call.number is None
            or call.row.has_fault
            or call.ticket.has_fault
        ):
            continue
        name = next(
            (
                one
                for one in ("thanks", "sorry")
                if one in settings.notices and fits(settings.notices[one].when, call.row)
            ),
            None,
        )
        if name is None or call.row.called_at is None:
            continue
        notice = settings.notices[name]
        case = Case(call.ticket_table, call.ticket, call.ticket.key)
        called_at = snapshot.at(call.table, call.row.called_at)
        for to in reached(
            notice, settings, call.ticket, "customer", call.ticket.customer or "", closed_ears, snapshot.memory.bounced
        ):
            yield Occasion(
                at=RowId(call.table.book, "surveys", call.number, call.row.row),
                notice=name,
                to=to,
                reason=because(f"message.{name}", survey=call.name),
                event_at=called_at,
                values=partial(_answer_values, case, call.vendor, views, to.locale),
                expires_at=snapshot.calendar.add(called_at, notice.expires) if notice.expires else None,
            )


def calls_due(snapshot: Snapshot, settings: Settings, now: datetime) -> tuple[Case, ...]:
    """The tickets whose call-back is due today or was lately, the oldest first."""
    judge, long_ago = judge_of(snapshot, settings, now), now - STILL_CALLED

    def may_be_due(table: Table, row: Any) -> bool:
        return row.status in FINISHED and judge.callback_due(table, row) > long_ago

    due = [
        (one.due_at, case)
        for case in judge.cases(may_be_due)
        if case.number
        and not case.is_doubled
        and (one := case.clock("callback")) is not None
        and one.is_open
        and one.due_at > long_ago
        and snapshot.wall(case.table, one.due_at).date() <= snapshot.today(case.table, now)
    ]
    return tuple(case for _, case in sorted(due, key=lambda pair: pair[0]))


def _call_list(snapshot: Snapshot, settings: Settings, now: datetime, views: Views) -> Iterator[Occasion]:
    """Each caller's list of the day, from the opening of a working day on."""
    notice = settings.notices.get("callback-list")
    if notice is None:
        return
    due = calls_due(snapshot, settings, now)
    day = now.astimezone(snapshot.calendar.timezone).date()
    morning = datetime.combine(day, time(0), tzinfo=snapshot.calendar.timezone)
    tomorrow = morning + timedelta(days=1)
    if not due or not snapshot.calendar.elapsed(morning, tomorrow):
        return
    for table, person in snapshot.rows("staff"):
        if person.role != notice.to.removeprefix(ROLE) or present(snapshot, person, day) is not person:
            continue
        for to in reached(
            notice, settings, person, role_of_person(person), person.name, frozenset(), snapshot.memory.bounced
        ):
            yield Occasion(
                at=RowId(table.book, "staff", person.key or person.name, person.row),
                notice="callback-list",
                to=to,
                step=day.isoformat(),
                reason=because("message.callback-list", n=len(due)),
                event_at=now,
                expires_at=tomorrow,
                values=partial(_list_values, snapshot, due, views, to.locale),
            )


def _answer_values(case: Case, vendor: Any, views: Views, locale: str) -> dict[str, Any]:
    return {"ticket": views.ticket(case, locale), "vendor": views.vendor(vendor)}


def _list_values(snapshot: Snapshot, due: tuple[Case, ...], views: Views, locale: str) -> dict[str, Any]:
    return {"rows": [line(snapshot, case, views, locale) for case in due]}


def line(snapshot: Snapshot, case: Case, views: Views, locale: str) -> dict[str, Any]:
    """One customer of the caller's list."""
    clock = case.clock("callback")
    view = views.ticket(case, locale)
    vendor = snapshot.vendor(case.row.vendor, case.table.book)
    return {
        **{name: view[name] for name in ("ticket_no", "customer", "phone", "product")},
        "finished_at": case.row.finished_at,
        "callback_due": snapshot.wall(case.table, clock.due_at) if clock else None,
        "vendor": vendor.name if vendor is not None else case.row.vendor,
        "is_overdue": clock is not None and clock.is_overdue,
    }
