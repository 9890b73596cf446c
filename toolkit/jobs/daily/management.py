"""What managers are told besides rows: figures by register, late steps by person, returns that wait, proposals, weak vendors."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from toolkit.core.reason import Name, Reason, because
from toolkit.core.words import Words
from toolkit.jobs.callback.calls import NEEDED
from toolkit.jobs.daily.board import Board
from toolkit.jobs.daily.days import working_days
from toolkit.jobs.returning.desk import QUEUES
from toolkit.jobs.supplier.accounts import ANSWERS, Account, accounts_of, standing_of
from toolkit.registers.every import REGISTERS
from toolkit.registers.table import Table
from toolkit.rules.clock import Clock

PROPOSALS: Mapping[str, tuple[str, ...]] = {"suppliers": ("action", "award"), "staff": ("reward", "penalty")}
"""The columns in which the toolkit proposes and a manager decides."""
Row = tuple[Reason, Table | None, int, str | None]
"""A sentence, and the cell that it is about: table, row, column."""


def figures(board: Board) -> list[tuple[str, int | None]]:
    """The desk at a glance; None where a register that counts could not be read."""
    snapshot = board.snapshot
    is_blind = bool(snapshot.unread)
    return [
        ("open", None if snapshot.is_unread("tickets") else board.open("tickets")),
        ("overdue", None if is_blind else _rows(board, "overdue")),
        ("today", None if is_blind else _rows(board, "today")),
        ("callbacks", None if snapshot.is_unread(*NEEDED) else sum(1 for _ in board.whole.of("callbacks"))),
        ("held", snapshot.memory.outbox.get("held", 0)),
    ]


def by_register(board: Board) -> Iterator[dict[str, Any]]:
    """Open, overdue, due today and to mend of each register that has any of these; None throughout where it is not read."""
    for register in REGISTERS:
        name = register.name
        counts = {
            "open": board.open(name),
            "overdue": board.whole.count("overdue", name),
            "today": board.whole.count("today", name),
            "mend": board.found.get(name, 0),
        }
        if board.snapshot.is_unread(name):
            yield {"register": name, **dict.fromkeys(counts)}
        elif any(counts.values()):
            yield {"register": name, **counts}


def sentences(board: Board, words: Words) -> Iterator[tuple[str, Reason, list[Row]]]:
    """Sections of sentences with name and heading, those with something in them."""
    stars = {"weak-vendors": {"stars": board.settings.vendors.minimum_stars}}
    made = {
        "breaches": list(_breaches(board, words)),
        "returns": list(_returns(board)),
        "proposals": list(_proposals(board)),
        "weak-vendors": list(_weak_vendors(board)),
    }
    for name, rows in made.items():
        if rows:
            yield name, because(f"digest.{name}", **stars.get(name, {})), rows


def _rows(board: Board, section: str) -> int:
    return len({line.at for line in board.whole.of(section)})


def _breaches(board: Board, words: Words) -> Iterator[Row]:
    """Late steps by person and kind, the most frequent first; calls that are late are the callers'."""
    late: Counter[tuple[str, str]] = Counter()
    nobody = words.say(because("next.unassigned"))
    for line in board.whole.of("overdue"):
        late.update((line.owner or nobody, one.policy.clock) for one in line.clocks)
    caller = words.label(Name("staff", "role", "caller")) if board.has_role("caller") else None
    for line in board.whole.of("callbacks"):
        if line.call is not None and line.call.clock is not None and line.call.is_overdue:
            late[caller or line.owner or nobody, line.call.clock.policy.clock] += 1
    for (owner, step), n in sorted(late.items(), key=lambda one: (-one[1], one[0])):
        yield because("digest.breach", owner=owner, step=because(f"step.{step}"), n=n), None, 0, None


def _returns(board: Board) -> Iterator[Row]:
    """Cases that wait, by the role whose work comes next, with the age of the oldest."""
    queues: dict[str, dict[str, Clock]] = defaultdict(dict)
    for number, one in board.queues:
        role = QUEUES.get(one.policy.clock)
        if role is not None and one.policy.clock != "goods":  # those it is the customer who has to send
            oldest = queues[role].get(number)
            queues[role][number] = one if oldest is None or one.started_at < oldest.started_at else oldest
    for role, cases in queues.items():
        since = min(one.started_at for one in cases.values())
        days = working_days(board.snapshot.calendar, since, board.now)
        who = Name("staff", "role", role)
        yield because("digest.queue", role=who, n=len(cases), since=since.date(), days=days), None, 0, None


def _proposals(board: Board) -> Iterator[Row]:
    for register, columns in PROPOSALS.items():
        for table, row in board.snapshot.rows(register):
            if row.active is False or _is_decided(board, table, row):
                continue
            for column in columns:
                if row.get(column):
                    said = because("digest.proposal", name=row.name or "", what=row[column])
                    yield said, table, row.row, column


def _is_decided(board: Board, table: Table, row: Any) -> bool:
    """What was decided this month answers what is proposed for it; of a supplier only what the decision is about."""
    decided_on, today = row.decided_on, board.snapshot.today(table, board.now)
    if decided_on is None or (decided_on.year, decided_on.month) != (today.year, today.month):
        return False
    if table.register.name != "suppliers":
        return True
    account = accounts_of(board.snapshot, board.settings, board.now).get((table.book, row.row), Account())
    found = standing_of(board.snapshot, board.settings, table, row, account, board.now)
    return ANSWERS.get(row.decision or "", frozenset()).issuperset(found.steps)


def _weak_vendors(board: Board) -> Iterator[Row]:
    least = board.settings.vendors.minimum_stars
    weak = [
        (row.rating, table, row)
        for table, row in board.snapshot.rows("vendors")
        if row.rating is not None and row.rating < least and row.active is not False
    ]
    for rating, table, row in sorted(weak, key=lambda one: one[0]):
        said = because("digest.weak-vendor", name=row.name or "", rating=rating, n=int(row.surveys or 0))
        yield said, table, row.row, "rating"
