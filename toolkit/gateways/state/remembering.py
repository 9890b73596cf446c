"""What runs saw: spans of values, numbers given, and the memory that rules read (60, 3 and 7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from toolkit.core.memory import KEPT, ByRow, Memory, Sent, Span
from toolkit.core.message import State
from toolkit.gateways.state.bulk import in_bulk, plain_rows
from toolkit.gateways.state.engine import Connected, insert_new
from toolkit.gateways.state.inbound import bounced, came_back, replied
from toolkit.gateways.state.tables import UTC_TIME, message, occasion, reservation, row_left, row_seen, run

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from toolkit.core.actions import Observation, Reservation
    from toolkit.core.memory import RowKey

CANCELLED = "cancelled"
"""An occasion whose message was withdrawn unsent: it may be queued anew when it stands again."""

_UNSENT = (State.HELD, State.READY, State.CLAIMED, State.SENDING)
_Cell = tuple[str, str, str, str]
_CELL = ("book", "register", "key", "column")


@dataclass(frozen=True, slots=True)
class Recorded:
    """How many spans a run opened and closed, and how many numbers it gave for the first time."""

    opened: int
    closed: int
    reserved: int


class Remembering(Connected):
    """Memory out, observations in."""

    def memory(self, books: Sequence[str]) -> Memory:
        """Everything known about the rows of `books`, and of occasions that belong to no book (digest, report)."""
        with self.transaction() as tx:
            ends = [
                tx.execute(select(run.c.now).order_by(end).limit(1)).scalar() for end in (run.c.id, run.c.id.desc())
            ]
            sent = _sent(tx, books)
            told = tx.execute(select(occasion.c.key, occasion.c.book, occasion.c.outcome)).all()
            served = {*books, ""}
            return Memory(
                spans=_spans(tx, books),
                occasions=frozenset(key for key, book, outcome in told if book in served and outcome != CANCELLED),
                ever=frozenset(key for key, _, _ in told),
                sent={row: Sent(notice, role, channel, at) for row, notice, role, channel, at in sent},
                told={
                    (*row, notice): at
                    for row, notice, _, _, at in reversed(sent)  # the first of several stands
                    if notice in KEPT
                },
                pending=_pending(tx, books),
                heard={row: at for row, _, role, _, at in sent if role == "customer"},
                replied=replied(tx, books),
                reservations=_reservations(tx, books),
                marks=_marks(tx, books),
                bounced=bounced(tx),
                came_back=came_back(tx),
                first_run_at=ends[0],
                last_run_at=ends[1],
            )

    def leave(self, marks: Iterable[tuple[tuple[str, str, str], int]]) -> int:
        """Keep how a run left the toolkit cells of its rows; how many were new or different."""
        with self.transaction() as tx:
            insert = insert_new(tx, row_left)
            replace = insert.on_conflict_do_update(
                index_elements=["book", "register", "key"],
                set_={"mark": insert.excluded.mark},
                where=row_left.c.mark != insert.excluded.mark,
            )
            return in_bulk(tx, replace, ("book", "register", "key", "mark"), ((*row, mark) for row, mark in marks))

    def record(
        self,
        run_id: int,
        at: datetime,
        observations: Iterable[Observation],
        reservations: Iterable[Reservation] = (),
        *,
        seen_before: datetime | None = None,
    ) -> Recorded:
        """Keep what this run saw and the numbers it promised, in one transaction.

        A new value opens a span at `at`, a changed one also closes the old span at `seen_before` (the run that last saw
        it; `at` where there was none), an unchanged one writes nothing. A row that was not seen keeps its spans.
        Rows without a key cannot be followed and are passed over; of a key that stands twice the lower row counts.
        """
        seen: dict[_Cell, str] = {
            (o.at.book, o.at.register, o.at.key, o.column): o.value for o in observations if o.at.key is not None
        }
        with self.transaction() as tx:
            closed = _close(tx, seen, seen_before or at)
            opened = _open(tx, seen, at)
            reserved = _reserve(tx, reservations, run_id, at)
        return Recorded(opened, closed, reserved)


def _close(tx: Connection, seen: Mapping[_Cell, str], at: datetime) -> int:
    """End the spans that stand open with another value."""
    c = row_seen.c
    if tx.execute(select(c.id).limit(1)).first() is None:
        return 0  # the first run of all: a hundred thousand rows need not be looked for in an empty table
    closing = (
        row_seen.update()
        .where(
            *(c[name] == bindparam(f"its_{name}") for name in _CELL),
            c.last_seen_at.is_(None),
            c.value != bindparam("its_value"),
        )
        .values(last_seen_at=bindparam("until"))
    )
    until = UTC_TIME.process_bind_param(at, tx.dialect)
    names = (*(f"its_{name}" for name in _CELL), "its_value", "until")
    return in_bulk(tx, closing, names, ((*cell, value, until) for cell, value in seen.items()))


def _open(tx: Connection, seen: Mapping[_Cell, str], at: datetime) -> int:
    """Begin spans where none with this value stands open."""
    opening = insert_new(tx, row_seen).on_conflict_do_nothing(
        index_elements=list(_CELL), index_where=row_seen.c.last_seen_at.is_(None)
    )
    first = UTC_TIME.process_bind_param(at, tx.dialect)
    names = (*_CELL, "value", "first_seen_at")
    return in_bulk(tx, opening, names, ((*cell, value, first) for cell, value in seen.items()))


def _reserve(tx: Connection, reservations: Iterable[Reservation], run_id: int, at: datetime) -> int:
    # The conflict is named: a repeat of the same promise is silent, one number promised to two rows is an error.
    once = insert_new(tx, reservation).on_conflict_do_nothing(index_elements=["book", "register", "fingerprint", "nth"])
    count = 0
    for r in reservations:
        row = {"book": r.book, "register": r.register, "fingerprint": r.fingerprint, "nth": r.nth, "key": r.key}
        count += tx.execute(once, row | {"run_id": run_id, "created_at": at}).rowcount
    return count


_Spans = Mapping[str, tuple[Span, ...]]


def _spans(tx: Connection, books: Sequence[str]) -> ByRow[_Spans]:
    """What was seen in each row. Most rows have the same story: rows that were seen alike share one object."""
    c = row_seen.c
    query = (
        select(c.book, c.register, c.key, c.column, c.value, c.first_seen_at, c.last_seen_at)
        .where(c.book.in_(books))
        .order_by(c.id)
    )
    registers: dict[tuple[str, str], dict[str, _Spans]] = defaultdict(dict)
    grown: dict[tuple[int, str, str, Any, Any], _Spans] = {}
    nothing: _Spans = {}
    for book, register, key, column, value, first, last in plain_rows(tx, query):
        rows = registers[book, register]
        before = rows.get(key, nothing)
        step = (id(before), column, value, first, last)
        after = grown.get(step)
        if after is None:
            span = Span(value, _moment(first, tx), None if last is None else _moment(last, tx))
            after = grown[step] = {**before, column: (*before.get(column, ()), span)}
        rows[key] = after
    return ByRow(registers)


def _moment(stored: Any, tx: Connection) -> datetime:
    moment = UTC_TIME.process_result_value(stored, tx.dialect)
    if moment is None:
        raise ValueError("a moment is missing")
    return moment


def _sent(tx: Connection, books: Sequence[str]) -> list[tuple[RowKey, str, str, str, datetime]]:
    """Every message that reached somebody, by the rows it was about, the newest last: notice, role, channel, when."""
    # By occasion, not by message: a letter that was merged from three rows reached somebody about each of them.
    o, m = occasion.c, message.c
    query = (
        select(o.book, o.register, o.row_key, o.notice, m.role, m.channel, m.sent_at)
        .join_from(occasion, message, o.message_id == m.id)
        .where(
            o.book.in_([*books, ""]),
            o.outcome != CANCELLED,  # it was taken out of the message before that left
            m.state.in_([State.SENT, State.DELIVERED]),
            m.sent_at.is_not(None),
        )
        .order_by(m.sent_at, m.id)
    )
    return [
        ((book, register, row_key), notice, role, channel, at)
        for book, register, row_key, notice, role, channel, at in tx.execute(query)
    ]


def _pending(tx: Connection, books: Sequence[str]) -> frozenset[str]:
    """The occasions whose message has not left yet, and may."""
    o, m = occasion.c, message.c
    query = (
        select(o.key)
        .join_from(occasion, message, o.message_id == m.id)
        .where(o.book.in_([*books, ""]), o.outcome != CANCELLED, m.state.in_(_UNSENT))
    )
    return frozenset(tx.execute(query).scalars())


def _marks(tx: Connection, books: Sequence[str]) -> ByRow[int]:
    # All of them in the order in which they lie there, then the books: by the index SQLite takes three times as long.
    c = row_left.c
    registers: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for book, register, key, mark in plain_rows(tx, select(c.book, c.register, c.key, c.mark)):
        registers[book, register][key] = mark
    return ByRow({(book, register): rows for (book, register), rows in registers.items() if book in books})


def _reservations(tx: Connection, books: Sequence[str]) -> dict[tuple[str, str, str, int], str]:
    c = reservation.c
    query = select(c.book, c.register, c.fingerprint, c.nth, c.key).where(c.book.in_(books))
    return {(book, register, print_, nth): key for book, register, print_, nth, key in tx.execute(query)}
