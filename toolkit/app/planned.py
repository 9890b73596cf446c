"""What is to be done: read, planned, with the letters; what `plan` shows and `run` applies (60, 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from toolkit.app.desk import Desk, remembered
from toolkit.app.losses import refuse_in_vain
from toolkit.app.merging import ROOM, ROOMS, TABLE, merged, one_letter_each, rows_of
from toolkit.app.planning import make_plan, words_of
from toolkit.app.reading import Read, read_desk
from toolkit.app.texting import text_findings
from toolkit.app.writing import Written, write_letters
from toolkit.core.actions import Plan
from toolkit.core.finding import Finding, Severity
from toolkit.core.memory import RowKey
from toolkit.core.message import Message
from toolkit.core.reason import because
from toolkit.jobs.every import CHECKS, COUNTS_ARCHIVES, NOT_IN_A_PLAIN_RUN
from toolkit.jobs.typed_over import suspects, typed_over
from toolkit.registers.snapshot import Snapshot

OF_TICKETS = frozenset({"vendor-day"})
"""Letters about rows of other registers that the tickets job plans."""
OF_CALLBACKS = frozenset({"survey"})
"""Letters about tickets that the call-backs job plans."""


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
    there = Sheets(snapshot, frozenset())

    def apart(message: Message) -> tuple[str, bool]:
        return job_of(message), message.register == "staff" or rows_of(message)[0] in there

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


def job_of(message: Message) -> str:
    """The job that plans this message anew each run."""
    if message.notice in NOT_IN_A_PLAIN_RUN:
        return message.notice  # the digest and the report are each one letter
    if message.notice in OF_CALLBACKS:
        return "callbacks"
    if message.notice in OF_TICKETS:
        return "tickets"
    its = (job for job, registers in CHECKS.items() if message.register in registers and message.register != "staff")
    return next(its, "callbacks")


@dataclass(frozen=True)
class Sheets:
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


def lost_state_finding() -> Finding:
    """What a person is told when the log knows more than the database."""
    return Finding("state-lost", because("fault.state-lost"), register="messages", severity=Severity.ERROR)
