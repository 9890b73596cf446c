"""Whose a case is among the stores, and where the store is reached: the stores register first, else its manager (60, 18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from toolkit.jobs.recipients import manager_of_store, present, role_of_person
from toolkit.registers.directory import Directory
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table


@dataclass(frozen=True, slots=True)
class StoreDesk:
    """A store as somebody to write to: an address of its own, or a person who answers for it."""

    key: str
    name: str
    email: str | None
    phone: str | None
    language: str | None
    role: str = "store_manager"
    department: str | None = None


def store_of(snapshot: Snapshot, name: str | None, book: str) -> Any:
    """The store's row by number or unique name; None where the register has none."""
    found = snapshot.once("stores", lambda: Directory(snapshot.of("stores"), "name")).find(name, book)
    return found[1] if found else None


def desks_of(snapshot: Snapshot, table: Table, name: str | None, today: date) -> tuple[StoreDesk, ...]:
    """Where a letter to a store may go, best first: its own address, then who answers for it.

    None where nobody knows: a letter to somebody else would not have told the store.
    """
    row = store_of(snapshot, name, table.book)
    found = []
    if row is not None:
        who = row.manager or row.name
        found.append(StoreDesk(f"store:{row.store_no}", who, row.email, row.phone, row.language))
    person = present(snapshot, manager_for(snapshot, name, table.book), today)
    if person is not None:
        own = (person.email, person.phone, person.language, person.role, person.department)
        found.append(StoreDesk(role_of_person(person), person.name, *own))
    return tuple(found)


def manager_for(snapshot: Snapshot, name: str | None, book: str) -> Any:
    """Who of the staff answers for a store: as the stores register says, else as the staff register does."""
    row = store_of(snapshot, name, book)
    if row is None:
        return manager_of_store(snapshot, name)
    return snapshot.person(row.manager, book) or manager_of_store(snapshot, row.name)
