"""Who reads a digest: everybody at work with what is theirs and whose deputy they are, the managers, the stores."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from toolkit.core.actions import Recipient, RowId
from toolkit.jobs.daily.board import Board, Store
from toolkit.jobs.daily.heap import Heap, together
from toolkit.jobs.recipients import present, reached, role_of_person
from toolkit.jobs.stores import StoreDesk, desks_of, manager_for
from toolkit.registers.fold import fold
from toolkit.registers.table import Table
from toolkit.settings.sections.notices import Notice

MANAGERS = frozenset({"manager", "head"})
"""Who sees the whole desk; a store's manager does where nobody knows which store it is."""
STORE_MANAGER = "store_manager"


@dataclass(frozen=True, slots=True)
class Reader:
    """One digest: whose, what of it, and for whom else they stand in today."""

    name: str
    heap: Heap
    is_manager: bool = False
    standing_in: tuple[str, ...] = ()


class Readers:
    """The readers of one day."""

    def __init__(self, board: Board) -> None:
        self._board, self._snapshot = board, board.snapshot
        self._to = frozenset(board.settings.digest.to)

    # One by one.

    def desk(self) -> Reader:
        """Everything: what `aftersales digest` shows."""
        return Reader("", self._board.whole, is_manager=True)

    def person(self, person: Any) -> Reader:
        """A member of staff, with what waits for those whose deputy they are today."""
        absent = self._absent.get(id(person), ())
        return self._reader(person, (person, *absent), absent)

    def store(self, table: Table, row: Any) -> Reader:
        """A store."""
        return Reader(row.name or row.store_no, self._board.stores.get((table.book, row.row), Heap()))

    def is_manager(self, person: Any) -> bool:
        """Whether somebody is told of the whole desk; who is gone leaves rows behind, and no post."""
        has_post = person.role in MANAGERS or (person.role == STORE_MANAGER and not self._managed.get(id(person)))
        return has_post and person.active is not False

    def _parts(self, person: Any) -> list[Heap]:
        board = self._board
        found = [board.people.get(fold(person.name)), board.roles.get(person.role)]
        if self.is_manager(person):
            found += [board.people.get(""), self._late]
        stores = self._managed if person.role == STORE_MANAGER else self._instead
        found += [board.stores.get(one) for one in stores.get(id(person), ())]
        return [one for one in found if one]

    @cached_property
    def _late(self) -> Heap:
        return together([self._board.whole], only={"overdue"})

    # Stores.

    @cached_property
    def _managed(self) -> Mapping[int, list[Store]]:
        """Person (by identity) -> the stores that they answer for."""
        found: dict[int, list[Store]] = defaultdict(list)
        for table, row in self._snapshot.rows("stores"):
            person = manager_for(self._snapshot, row.store_no or row.name, table.book)
            if person is not None and row.active is not False:
                found[id(person)].append((table.book, row.row))
        return found

    @cached_property
    def _instead(self) -> Mapping[int, list[Store]]:
        """Person (by identity) -> the stores of which they hear because the store has no address of its own."""
        found: dict[int, list[Store]] = defaultdict(list)
        for table, row, own, person in self._store_desks():
            if own is None and person is not None:
                found[id(person)].append((table.book, row.row))
        return found

    def _store_desks(self) -> Iterator[tuple[Table, Any, StoreDesk | None, Any]]:
        """Every store that gets a digest: its own address, if that is nobody's of the staff, and who answers for it today."""
        if "stores" not in self._to:
            return
        for table, row in self._snapshot.rows("stores"):
            if row.active is False:
                continue
            name = row.store_no or row.name
            person = present(self._snapshot, manager_for(self._snapshot, name, table.book), self._board.today)
            own, *_ = desks_of(self._snapshot, table, name, self._board.today) or (None,)
            is_own = own is not None and own.key.startswith("store:") and own.email is not None
            is_shared = person is not None and own is not None and own.email == person.email
            yield table, row, own if is_own and not is_shared else None, person

    # Everybody.

    def recipients(self, notice: Notice) -> Iterator[tuple[RowId, Recipient, Reader]]:
        """Each digest of the day with the row that it is about and where it goes."""
        for table, person in self._people:
            absent = self._absent.get(id(person), ())
            own = (person,) if self._at_work.get(id(person)) is person and self._is_told(person) else ()
            if own or absent:
                at = RowId(table.book, "staff", person.key or person.name, person.row)
                reader = self._reader(person, (*own, *absent), absent)
                for to in self._reached(notice, person, role_of_person(person), person.name):
                    yield at, to, reader
        for table, row, own_desk, _ in self._store_desks():
            if own_desk is not None:
                at = RowId(table.book, "stores", row.key or row.name, row.row)
                for to in self._reached(notice, own_desk, own_desk.key, own_desk.name):
                    yield at, to, self.store(table, row)

    def _reader(self, person: Any, every: tuple[Any, ...], absent: tuple[Any, ...]) -> Reader:
        heap = together([part for one in every for part in self._parts(one)])
        stood_in = tuple(one.name for one in absent if self.is_manager(one) or self._parts(one))
        return Reader(person.name, heap, any(map(self.is_manager, every)), stood_in)

    @cached_property
    def _people(self) -> list[tuple[Table, Any]]:
        return [(table, person) for table, person in self._snapshot.rows("staff") if person.name]

    @cached_property
    def _at_work(self) -> Mapping[int, Any]:
        """Person (by identity) -> who gets their letters today."""
        return {id(person): present(self._snapshot, person, self._board.today) for _, person in self._people}

    @cached_property
    def _absent(self) -> Mapping[int, tuple[Any, ...]]:
        """Person (by identity) -> those who would get a digest and are away, or gone."""
        found: dict[int, list[Any]] = defaultdict(list)
        for _, person in self._people:
            there = self._at_work[id(person)]
            if there is not None and there is not person and self._is_told(person):
                found[id(there)].append(person)
        return {one: tuple(people) for one, people in found.items()}

    def _is_told(self, person: Any) -> bool:
        has_post = person.role in MANAGERS or person.role == STORE_MANAGER
        return ("managers" if has_post else "staff") in self._to or id(person) in self._instead

    def _reached(self, notice: Notice, who: Any, role: str, name: str) -> tuple[Recipient, ...]:
        bounced = self._snapshot.memory.bounced
        return reached(notice, self._board.settings, who, role, name, frozenset(), bounced)
