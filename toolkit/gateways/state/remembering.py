"""What runs saw: spans of values, numbers given, and the memory that rules read (60, 3 and 7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from toolkit.core.memory import Memory, Sent, Span
from toolkit.core.message import State
from toolkit.gateways.state.engine import Connected, insert_new
from toolkit.gateways.state.tables import message, occasion, reservation, row_left, row_seen, run

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from toolkit.core.actions import Observation, Reservation

CANCELLED = "cancelled"
"""An occasion whose message was withdrawn unsent: it may be queued anew when it stands again."""

_Cell = tuple[str, str, str, str]


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
            told = tx.execute(select(occasion.c.key, occasion.c.book, occasion.c.outcome)).all()
            served = {*books, ""}
            return Memory(
                spans=_spans(tx, books),
                occasions=frozenset(key for key, book, outcome in told if book in served and outcome != CANCELLED),
                ever=frozenset(key for key, _, _ in told),
                sent=_sent(tx, books),
                reservations=_reservations(tx, books),
                marks=_marks(tx, books),
                first_run_at=ends[0],
                last_run_at=ends[1],
            )

    def leave(self, marks: Iterable[tuple[tuple[str, str, str], int]]) -> int:
        """Keep how a run left the toolkit cells of its rows; how many were new or different."""
        with self.transaction() as tx:
            known = _marks(tx, None)
            fresh = [(row, mark) for row, mark in marks if known.get(row) != mark]
            insert = insert_new(tx, row_left)
            replace = insert.on_conflict_do_update(
                index_elements=["book", "register", "key"], set_={"mark": insert.excluded.mark}
            )
            rows = [
                {"book": book, "register": register, "key": key, "mark": mark} for (book, register, key), mark in fresh
            ]
            if rows:
                tx.execute(replace, rows)
        return len(fresh)

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
            standing = _standing(tx, {cell[0] for cell in seen})
            fresh = [(cell, value) for cell, value in seen.items() if standing.get(cell, (0, None))[1] != value]
            closing = [standing[cell][0] for cell, _ in fresh if cell in standing]
            _close(tx, closing, seen_before or at)
            _open(tx, fresh, at)
            reserved = _reserve(tx, reservations, run_id, at)
        return Recorded(opened=len(fresh), closed=len(closing), reserved=reserved)


def _standing(tx: Connection, books: set[str]) -> dict[_Cell, tuple[int, str | None]]:
    c = row_seen.c
    query = select(c.id, c.book, c.register, c.key, c.column, c.value).where(
        c.book.in_(books), c.last_seen_at.is_(None)
    )
    return {
        (book, register, key, column): (number, value)
        for number, book, register, key, column, value in tx.execute(query)
    }


def _close(tx: Connection, ids: Sequence[int], at: datetime) -> None:
    if ids:
        closing = row_seen.update().where(row_seen.c.id == bindparam("span")).values(last_seen_at=bindparam("until"))
        tx.execute(closing, [{"span": number, "until": at} for number in ids])


def _open(tx: Connection, fresh: Sequence[tuple[_Cell, str]], at: datetime) -> None:
    if fresh:
        tx.execute(
            row_seen.insert(),
            [
                {"book": book, "register": register, "key": key, "column": column, "value": value, "first_seen_at": at}
                for (book, register, key, column), value in fresh
            ],
        )


def _reserve(tx: Connection, reservations: Iterable[Reservation], run_id: int, at: datetime) -> int:
    # The conflict is named: a repeat of the same promise is silent, one number promised to two rows is an error.
    once = insert_new(tx, reservation).on_conflict_do_nothing(index_elements=["book", "register", "fingerprint", "nth"])
    count = 0
    for r in reservations:
        row = {"book": r.book, "register": r.register, "fingerprint": r.fingerprint, "nth": r.nth, "key": r.key}
        count += tx.execute(once, row | {"run_id": run_id, "created_at": at}).rowcount
    return count


def _spans(tx: Connection, books: Sequence[str]) -> dict[tuple[str, str, str], dict[str, tuple[Span, ...]]]:
    c = row_seen.c
    query = (
        select(c.book, c.register, c.key, c.column, c.value, c.first_seen_at, c.last_seen_at)
        .where(c.book.in_(books))
        .order_by(c.id)
    )
    spans: dict[tuple[str, str, str], dict[str, tuple[Span, ...]]] = {}
    for book, register, key, column, value, first, last in tx.execute(query):
        row = spans.setdefault((book, register, key), {})
        row[column] = (*row.get(column, ()), Span(value, first, last))
    return spans


def _sent(tx: Connection, books: Sequence[str]) -> dict[tuple[str, str, str], Sent]:
    # By occasion, not by message: a letter that was merged from three rows reached somebody about each of them.
    o, m = occasion.c, message.c
    query = (
        select(o.book, o.register, o.row_key, o.notice, m.role, m.channel, m.sent_at)
        .join_from(occasion, message, o.message_id == m.id)
        .where(o.book.in_([*books, ""]), m.state.in_([State.SENT, State.DELIVERED]), m.sent_at.is_not(None))
        .order_by(m.sent_at, m.id)
    )
    return {
        (book, register, row_key): Sent(notice, role, channel, at)
        for book, register, row_key, notice, role, channel, at in tx.execute(query)
    }


def _marks(tx: Connection, books: Sequence[str] | None) -> dict[tuple[str, str, str], int]:
    c = row_left.c
    query = select(c.book, c.register, c.key, c.mark)
    if books is not None:
        query = query.where(c.book.in_(books))
    return {(book, register, key): mark for book, register, key, mark in tx.execute(query)}


def _reservations(tx: Connection, books: Sequence[str]) -> dict[tuple[str, str, str, int], str]:
    c = reservation.c
    query = select(c.book, c.register, c.fingerprint, c.nth, c.key).where(c.book.in_(books))
    return {(book, register, print_, nth): key for book, register, print_, nth, key in tx.execute(query)}
