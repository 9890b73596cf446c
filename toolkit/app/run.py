"""A run: read, plan, commit what is promised, write cells, deliver, note what was sent (60, 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from time import perf_counter
from typing import cast

from toolkit.app.channels import open_channels
from toolkit.app.companions import keep_companions
from toolkit.app.deliver import DeliveryReport, deliver
from toolkit.app.desk import Desk, Read, read_desk, remembered
from toolkit.app.limits import DailyCap, after_quiet, is_urgent
from toolkit.app.losses import counted, refuse_in_vain
from toolkit.app.mailbox import Post, collect
from toolkit.app.merging import ROOM, ROOMS, TABLE, merged, one_letter_each, rows_of
from toolkit.app.planning import make_plan, words_of
from toolkit.app.receipts import ReceiptReport, ask_for_receipts
from toolkit.app.texting import text_findings
from toolkit.app.writing import Written, write_letters
from toolkit.core.actions import Append, Edit, Plan
from toolkit.core.book import CellWrite, Conflict, TabWrites
from toolkit.core.errors import BookChangedError, BookError, UsageError
from toolkit.core.finding import Finding, Severity
from toolkit.core.memory import RowKey, figures
from toolkit.core.message import Message, State
from toolkit.core.reason import Reason, because
from toolkit.core.words import Words
from toolkit.jobs.callback.noted import passed_on
from toolkit.jobs.every import CHECKS, COUNTS_ARCHIVES, NOT_IN_A_PLAIN_RUN
from toolkit.jobs.examples import BROKEN
from toolkit.jobs.recipients import opted_out
from toolkit.jobs.traces import last_messages, log_edits, log_rows, numbered, touched
from toolkit.jobs.typed_over import marks, suspects, typed_over
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table

TRIES = 3
"""A book that changes under the plan is read and planned anew, so many times."""
OF_TICKETS = frozenset({"vendor-day"})
"""Letters about rows of other registers that the tickets job plans."""
OF_CALLBACKS = frozenset({"survey"})
"""Letters about tickets that the call-backs job plans."""
CLOCK_SLACK = timedelta(minutes=10)
"""`--now` further off the real clock than this is a rehearsal: only folders deliver (60, 10)."""


@dataclass(frozen=True)
class Planned:
    """What `plan` shows and `run` applies."""

    now: datetime
    jobs: tuple[str, ...]
    read: Read
    plan: Plan
    letters: Written
    locations: Mapping[str, str]

    @property
    def snapshot(self) -> Snapshot:
        """What was read."""
        return self.read.snapshot

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything found wrong, in rows and in letters."""
        return (*self.plan.findings, *self.letters.findings)


@dataclass(frozen=True, slots=True)
class Unmade:
    """An edit that a book did not make, why not, and what was found in the cell."""

    edit: Edit
    why: Reason
    found: object = None


@dataclass
class Applied:
    """What a run did. `conflicts` are edits that were not made, and why; `refused` are books that could not be read or written;
        `companions` are the read-only workbooks that stand in for books which are open too long, `post` is what came back by mail,
    `unsure` are books that changed under their last write: the next run sees what of it stands.
    """

    edits: int = 0
    appends: int = 0
    conflicts: list[Unmade] = field(default_factory=list)
    noted: list[Edit] = field(default_factory=list)
    logged: list[Append] = field(default_factory=list)
    refused: list[BookError] = field(default_factory=list)
    unsure: set[str] = field(default_factory=set)
    backups: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    companions: list[str] = field(default_factory=list)
    delivery: DeliveryReport = field(default_factory=DeliveryReport)
    receipts: ReceiptReport = field(default_factory=ReceiptReport)
    queued: int = 0
    held: int = 0
    waiting: Mapping[str, int] = field(default_factory=dict)
    is_lost: bool = False
    post: Post = field(default_factory=Post)
    seconds: float = 0.0
    api_calls: int = 0


def planned(desk: Desk, now: datetime, jobs: Sequence[str]) -> Planned:
    """Read and plan; nothing is written anywhere."""
    memory = remembered(desk, now)
    read = read_desk(desk, memory, now, archives=bool(COUNTS_ARCHIVES & set(jobs)))
    plan = make_plan(read.snapshot, read.settings, now, jobs)
    refuse_in_vain(desk.accepts, read.lost)
    suspected = suspects(read.snapshot, plan.edits)
    if suspected:
        written = desk.state.last_written(suspected)
        plan += Plan(findings=tuple(typed_over(read.snapshot, plan.edits, suspected, written)))
    if state_is_lost(read.snapshot):
        plan += Plan(findings=(lost_state_finding(),))
    plan += Plan(findings=tuple(text_findings(desk.settings)))
    letters = write_letters(plan.occasions, read.snapshot, read.settings, now, desk.state.unsent())
    letters = _gathered(desk, read.snapshot, letters)
    return Planned(now, tuple(jobs), read, plan, letters, {name: book.location for name, book in desk.books.items()})


def _gathered(desk: Desk, snapshot: Snapshot, letters: Written) -> Written:
    """The letters with the notices to one chat room, and the mails to one person, put together."""
    there = _Sheets(snapshot, frozenset())

    def apart(message: Message) -> tuple[str, bool]:
        return _job_of(message), message.register == "staff" or rows_of(message)[0] in there

    known = snapshot.memory.occasions
    room = ROOMS.get(desk.settings.channels.chat.via, ROOM)
    frozen = desk.state.frozen()
    ways = desk.settings.channels
    messages = one_letter_each(
        letters.messages,
        letters.together,
        frozen=frozen,
        apart=apart,
        merge=ways.merge,
        alerts_above=ways.alerts_above if TABLE in desk.settings.notices else None,
    )
    messages = merged(messages, words_of(desk.settings), frozen=frozen, apart=apart, room=room)
    new = tuple(one for one in messages if any(key not in known for key in one.occasions))
    return replace(letters, messages=messages, new=new)


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
        changed = _write_books(desk, made.read, made.plan, applied, run_id, is_last=attempt == TRIES)
        if not changed:
            break
    made = replace(made, letters=replace(made.letters, new=tuple(new.values())))
    applied.refused += made.read.refused
    _count(desk, made)
    _deliver(desk, made, applied, clock)
    _note(desk, made, applied, run_id)
    _leave(desk, made, applied)
    keep_companions(desk, made, applied, run_id, last)
    _logged(desk, made, applied)
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
        return is_whole and message.book in books and _job_of(message) in made.jobs

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


def _job_of(message: Message) -> str:
    """The job that plans this message anew each run."""
    if message.notice in NOT_IN_A_PLAIN_RUN:
        return message.notice  # the digest and the report are each one letter
    if message.notice in OF_CALLBACKS:
        return "callbacks"
    if message.notice in OF_TICKETS:
        return "tickets"
    its = (job for job, registers in CHECKS.items() if message.register in registers and message.register != "staff")
    return next(its, "callbacks")


# -- cells ------------------------------------------------------------------------------------------------------


def _write_books(desk: Desk, read: Read, plan: Plan, applied: Applied, run_id: int, *, is_last: bool) -> bool:
    """Write every book; True where one changed since it was read and the plan is to be made anew."""
    changed = False
    for name, stamp in read.stamps.items():
        edits = [one for one in plan.edits if one.at.book == name]
        appends = [one for one in plan.appends if one.book == name]
        if not edits and not appends:
            continue
        try:
            is_outdated = _write_book(desk, read, name, stamp, edits, appends, applied, run_id)
        except BookChangedError as error:
            if is_last:
                applied.refused.append(error)
            is_outdated = True
        except BookError as error:
            applied.refused.append(error)
            continue
        changed |= is_outdated
        applied.unsure |= {name} if is_outdated else set()
    return changed and not is_last


def _write_book(
    desk: Desk,
    read: Read,
    name: str,
    stamp: object,
    edits: Sequence[Edit],
    appends: Sequence[Append],
    applied: Applied,
    run_id: int,
) -> bool:
    """Write one book; whether its plan is to be made anew."""
    by_register = _by_register(edits)
    writes = tab_writes(read.snapshot, name, by_register, appends)
    written = desk.books[name].write(writes, stamp)
    read.stamps[name] = written.stamp
    conflicts = _edits_of(written.conflicts, writes, by_register)
    applied.conflicts += [Unmade(conflicts[id(one.write)], one.why, one.found) for one in written.conflicts]
    applied.refused += [written.error] if written.error else []
    applied.edits += written.edits
    applied.appends += written.appends
    applied.notes += written.notes
    applied.backups += [written.backup] if written.backup else []
    del writes  # as many objects as there are cells: gone before the journal is packed
    lost = {id(one) for one in conflicts.values()}
    for register, its in by_register.items():
        if len(its) > len(lost) or any(id(one) not in lost for one in its):
            entries = (
                {"key": one.at.key, "row": one.at.row, "column": one.column, "old": one.old, "new": one.new}
                for one in its
                if id(one) not in lost
            )
            desk.state.journal(run_id, name, register, entries, datetime.now(UTC))
    return written.is_outdated


def _by_register(edits: Iterable[Edit]) -> dict[str, list[Edit]]:
    found: dict[str, list[Edit]] = defaultdict(list)
    for one in edits:
        found[one.at.register].append(one)
    return found


def tab_writes(
    snapshot: Snapshot,
    book: str,
    edits: Mapping[str, Sequence[Edit]],
    appends: Iterable[Append],
) -> list[TabWrites]:
    """The writes of each register's edits, in their order."""
    tables = {table.register.name: table for table in snapshot.tables if table.book == book}
    rows: dict[str, list[Mapping[int, object]]] = defaultdict(list)
    for append in appends:
        columns = tables[append.register].columns
        rows[append.register].append({columns[key]: value for key, value in append.values.items() if key in columns})
    return [
        TabWrites(
            tables[name].tab,
            tuple(
                CellWrite(at.row, tables[name].columns[column], old, new)
                for at, column, old, new, _ in edits.get(name, ())
            ),
            tuple(rows[name]),
            tables[name].header_row,
            *_columns_of(tables[name]),
        )
        for name in dict.fromkeys([*edits, *rows])
    ]


def _columns_of(table: Table) -> tuple[tuple[int, ...], frozenset[int]]:
    """The sheet columns that name a row, and those that the toolkit writes."""
    register, columns = table.register, table.columns
    keys = tuple(columns[one] for one in register.key if one in columns)
    return keys, frozenset(columns[one.key] for one in register.owned if one.key in columns)


def _edits_of(
    dropped: Sequence[Conflict], writes: Sequence[TabWrites], edits: Mapping[str, Sequence[Edit]]
) -> dict[int, Edit]:
    """The edits that the book did not make, by the id of their write: it hands back the very writes that it dropped."""
    wanted, found = {id(one.write) for one in dropped}, {}
    for tab, its in zip(writes, edits.values(), strict=False) if wanted else ():
        found.update({id(write): one for write, one in zip(tab.cells, its, strict=True) if id(write) in wanted})
    return found


# -- messages ---------------------------------------------------------------------------------------------------


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
    return _Sheets(made.snapshot, given)


@dataclass(frozen=True)
class _Sheets:
    """The keys that stand in the sheets, or were just given."""

    snapshot: Snapshot
    given: AbstractSet[RowKey]

    def __contains__(self, at: object) -> bool:
        return at in self.given or any(
            key in table.by_key or any(row.key == key for row in table.rows)  # a key that stands twice names no row
            for book, register, key in [cast(RowKey, at)]
            for table in self.snapshot.of(register)
            if table.book == book
        )


def state_is_lost(snapshot: Snapshot) -> bool:
    """The sheet's log knows messages that the database does not: lost, or a second computer at work (60, 17)."""
    return any(
        row.message_key not in snapshot.memory.occasions for _, row in snapshot.rows("messages") if row.message_key
    )


def _note(desk: Desk, made: Planned, applied: Applied, run_id: int) -> None:
    """The second small write: what was sent, on its row and in the log; only if something was (60, 6)."""
    if not applied.delivery.has_delivered and not applied.receipts.has_news:
        return
    snapshot = replace(made.snapshot, memory=remembered(desk, made.now))
    words = words_of(desk.settings)
    is_for_rows = not NOT_IN_A_PLAIN_RUN.issuperset(made.jobs)
    edits = list(last_messages(snapshot, words, numbered(snapshot, made.plan.edits))) if is_for_rows else []
    if "callbacks" in made.jobs:
        edits += passed_on(snapshot, desk.settings, made.now, made.plan.edits)
    edits += log_edits(snapshot, words)
    edits += touched(snapshot, edits, made.now)
    refused = {error.book for error in applied.refused}
    stamps = {name: stamp for name, stamp in made.read.stamps.items() if name not in refused}
    read = Read(snapshot, stamps, made.read.settings)
    appended = frozenset(str(one.values["message_key"]) for one in made.plan.appends if one.register == "messages")
    after = Plan(edits=tuple(edits), appends=tuple(log_rows(snapshot, words, appended)))
    _write_books(desk, read, after, applied, run_id, is_last=False)
    applied.noted += [one for one in after.edits if one.at.book not in applied.unsure]
    applied.logged += after.appends


def lost_state_finding() -> Finding:
    """What a person is told when the log knows more than the database."""
    return Finding("state-lost", because("fault.state-lost"), register="messages", severity=Severity.ERROR)


def _leave(desk: Desk, made: Planned, applied: Applied) -> None:
    """Remember how the toolkit cells stand now, so that the next run sees who typed over them."""
    refused = {error.book for error in applied.refused}
    lost = {id(one.edit) for one in applied.conflicts}
    edits = (one for one in chain(made.plan.edits, applied.noted) if id(one) not in lost)
    desk.state.leave((row, mark) for row, mark in marks(made.snapshot, edits) if row[0] not in refused)


def _logged(desk: Desk, made: Planned, applied: Applied) -> None:
    """Tick off the messages of which the messages tab now tells how they ended; the next run sees to the others."""
    if applied.refused or made.snapshot.unread:
        return
    words = words_of(desk.settings)
    told = {row.message_key: row.result for _, row in made.snapshot.rows("messages")}
    rows = {row.row: row.message_key for _, row in made.snapshot.rows("messages")}
    told |= {
        rows[one.at.row]: str(one.new)
        for one in chain(made.plan.edits, applied.noted)
        if one.at.register == "messages" and one.at.book not in applied.unsure
    }
    told |= {
        str(one.values["message_key"]): str(one.values["result"])
        for one in (*made.plan.appends, *applied.logged)
        if one.register == "messages" and one.book not in applied.unsure
    }
    has_log = bool(made.snapshot.of("messages"))
    ended = [
        one.id
        for one in desk.state.unlogged()
        if not has_log or told.get(one.message.key) == words.say(because(f"state.{one.state}"))
    ]
    desk.state.note_messages(ended, made.now)
