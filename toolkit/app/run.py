"""A run: read, plan, commit what is promised, write cells, deliver, note what was sent (60, 6)."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from time import perf_counter

from toolkit.app.applied import Applied
from toolkit.app.channels import open_channels
from toolkit.app.companions import keep_companions
from toolkit.app.deliver import deliver
from toolkit.app.desk import Desk
from toolkit.app.limits import DailyCap, after_quiet, is_urgent
from toolkit.app.losses import counted
from toolkit.app.mailbox import collect
from toolkit.app.merging import rows_of
from toolkit.app.noting import leave_marks, note_sent, tick_off
from toolkit.app.planned import Planned, Sheets, job_of, planned, state_is_lost
from toolkit.app.planning import words_of
from toolkit.app.receipts import ask_for_receipts
from toolkit.app.write_books import write_books
from toolkit.core.errors import UsageError
from toolkit.core.memory import RowKey, figures
from toolkit.core.message import Message, State
from toolkit.core.words import Words
from toolkit.jobs.examples import BROKEN
from toolkit.jobs.recipients import opted_out
from toolkit.jobs.traces import numbered

TRIES = 3
"""A book that changes under the plan is read and planned anew, so many times."""
CLOCK_SLACK = timedelta(minutes=10)
"""`--now` further off the real clock than this is a rehearsal: only folders deliver (60, 10)."""


def run(desk: Desk, now: datetime, jobs: Sequence[str], clock: Callable[[], datetime]) -> tuple[Planned, Applied]:
    """Plan and apply. The caller holds the run lock. `clock` is the real time, `now` what the rules see."""
    began = perf_counter()
    last = desk.state.last_run_at()
    if last is not None and now < last:
        raise UsageError(
            f"--now {now.isoformat()} lies before the last run ({last.astimezone(now.tzinfo).isoformat()}): "
            "a run cannot go back in time; `plan` can"
        )
    applied, calls = Applied(), _api_calls(desk)
    run_id = desk.state.begin_run(now, clock(), jobs)
    if abs(clock() - now) <= CLOCK_SLACK:  # a rehearsal takes nothing out of the real mailbox
        applied.post = collect(desk.state, desk.settings.mailbox, run_id, clock())
        applied.notes += applied.post.notes()
    new: dict[str, Message] = {}
    for attempt in range(1, TRIES + 1):
        made = _planned_in_run(desk, now, jobs, run_id, clock)
        new.update({one.key: one for one in made.letters.new})
        applied.refused.clear()
        applied.unsure.clear()
        applied.conflicts.clear()  # what the new plan still wants and cannot have is told once
        _commit(desk, made, run_id, last, applied)
        changed = write_books(desk, made.read, made.plan, applied, run_id, is_last=attempt == TRIES)
        if not changed:
            break
    made = replace(made, letters=replace(made.letters, new=tuple(new.values())))
    applied.refused += made.read.refused
    _count(desk, made)
    _deliver(desk, made, applied, clock)
    note_sent(desk, made, applied, run_id)
    leave_marks(desk, made, applied)
    keep_companions(desk, made, applied, run_id, last)
    tick_off(desk, made, applied)
    desk.state.prune(now)
    desk.state.prune_bodies(min(now, clock()), desk.settings.keep_bodies)  # a rehearsal of next year prunes nothing
    applied.waiting = {str(state): n for state, n in desk.state.counts().items()}
    applied.seconds, applied.api_calls = perf_counter() - began, _api_calls(desk) - calls
    desk.state.end_run(
        run_id,
        clock(),
        "refused" if applied.refused else "done",
        {"edits": applied.edits, "sent": len(applied.delivery.sent)},
    )
    return made, applied


def _api_calls(desk: Desk) -> int:
    return sum(one.api_calls for one in desk.books.values())


def _planned_in_run(
    desk: Desk, now: datetime, jobs: Sequence[str], run_id: int, clock: Callable[[], datetime]
) -> Planned:
    try:
        made = planned(desk, now, jobs)
        _refuse_broken_examples(made, words_of(desk.settings))
    except UsageError:
        desk.state.end_run(run_id, clock(), "refused")
        raise
    return made


def _refuse_broken_examples(made: Planned, words: Words) -> None:
    """A change that breaks one of the manager's examples writes nothing and tells nobody anything (40, Clocks)."""
    broken = [one for one in made.findings if one.code == BROKEN]
    if broken:
        told = "\n".join(f"{one.place.cell if one.place else ''}  {words.say(one.reason)}" for one in broken)
        raise UsageError(f"examples that do not come out any more:\n{told}")


def _count(desk: Desk, made: Planned) -> None:
    """Remember how many rows each register had that was read whole; a loss is measured by it."""
    desk.state.leave(figures(counted(made.snapshot.tables), made.now).items())


def _commit(desk: Desk, made: Planned, run_id: int, last: datetime | None, applied: Applied) -> None:
    """Promised numbers, what was seen, and the outbox: all before anything leaves or is written."""
    # With a register missing nobody can tell whether an occasion is gone: then nothing is withdrawn.
    is_whole = not made.snapshot.unread and not made.read.refused
    books = {table.book for table in made.snapshot.tables}

    def in_scope(message: Message) -> bool:
        return is_whole and message.book in books and job_of(message) in made.jobs

    with desk.state.transaction():
        desk.state.record(run_id, made.now, made.plan.observations, made.plan.reservations, seen_before=last)
        queued = desk.state.queue(
            made.letters.messages,
            at=made.now,
            skipped=made.letters.skipped,
            standing=made.letters.standing,
            scope=in_scope,
        )
    applied.queued += len(queued.new)
    applied.held += sum(1 for one in made.letters.new if one.state is State.HELD)


def _deliver(desk: Desk, made: Planned, applied: Applied, clock: Callable[[], datetime]) -> None:
    settings, snapshot = desk.settings, made.snapshot
    is_rehearsal = abs(clock() - made.now) > CLOCK_SLACK
    closed_ears = opted_out(snapshot, settings)
    there = _keys_in_sheets(made, applied)
    applied.is_lost = state_is_lost(snapshot)
    is_deaf = snapshot.is_unread("contacts_opt_out")  # who wants no messages is not known: nobody outside gets one

    def may_send(message: Message) -> bool:
        if message.channel == "email" and message.to.casefold() in snapshot.memory.bounced:
            return False
        if message.audience != "staff" and (is_deaf or applied.is_lost or message.to in closed_ears):
            return False
        if after_quiet(settings, made.now, message.audience) is not None and not is_urgent(settings, message):
            return False
        return all(register == "staff" or (book, register, key) in there for book, register, key in rows_of(message))

    channels = open_channels(settings, lambda: made.now)
    shift = made.now - clock()
    cap = DailyCap.begun(settings, desk.state, made.now)
    try:
        applied.delivery = deliver(
            desk.state,
            channels,
            lambda: clock() + shift,
            may_send=may_send,
            cap=cap,
            only_folders=is_rehearsal,
            alone=True,
        )
        if not is_rehearsal:
            applied.receipts = ask_for_receipts(desk.state, channels, lambda: clock() + shift)
    finally:
        for channel in channels.values():
            channel.close()


def _keys_in_sheets(made: Planned, applied: Applied) -> Container[RowKey]:
    """Rows whose number stands in the sheet: a letter that shows a number waits for that (60, 3)."""
    refused = {error.book for error in applied.refused}
    lost = {id(one.edit) for one in applied.conflicts}
    written = (one for one in made.plan.edits if one.at.book not in refused and id(one) not in lost)
    given = {(book, register, key) for (book, register, _), key in numbered(made.snapshot, written).items()}
    return Sheets(made.snapshot, given)
