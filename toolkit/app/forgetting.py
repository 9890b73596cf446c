"""Who is meant by a number or an address, and which rows of the sheets tell of them: what `forget` starts from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from toolkit.app.desk import Desk, remembered
from toolkit.app.reading import read_desk
from toolkit.core.errors import BookError, UsageError
from toolkit.gateways.state import Person
from toolkit.registers.table import Table
from toolkit.rules.contact import read_email, read_phone

NOT_CUSTOMERS = ("vendors", "staff", "contacts_opt_out")
"""Registers whose rows tell of others than customers, or exist to keep somebody from being written to."""


@dataclass(frozen=True)
class Sought:
    """A person, the cells in the sheets that name them (book, tab, row), and the books that could not be looked into."""

    person: Person
    cells: tuple[tuple[str, str, int], ...]
    refused: tuple[BookError, ...]


def contact_of(text: str, country: str) -> str:
    """A phone number or an address in the spelling of the registers (UsageError)."""
    found = read_email(text) if "@" in text or "＠" in text else read_phone(text, country)
    if found is None:
        raise UsageError("forget takes a phone number or an email address, as it stands in the sheet")
    return found


def sought(desk: Desk, text: str, now: datetime) -> Sought:
    """Look for a person in the sheets; the state database is asked by the caller.

    A row knows the other ways to reach the same person: whoever asks to be forgotten by phone had mails too.
    """
    contact = contact_of(text, desk.settings.country)
    read = read_desk(desk, remembered(desk, now), now)
    rows = [(table, row) for table in read.snapshot.tables for row in table.rows if contact.casefold() in _ways(row)]
    customers = [(table, row) for table, row in rows if table.register.name not in NOT_CUSTOMERS]
    others = {one for _, row in customers for one in _ways(row)}
    names = {str(row.customer) for _, row in customers if getattr(row, "customer", None)}
    keys = {(table.book, table.register.name, row.key) for table, row in customers if row.key}
    person = Person(frozenset({contact, *others}), frozenset(names), frozenset(keys))
    return Sought(person, tuple(_cells(rows)), read.refused)


def _ways(row: Any) -> frozenset[str]:
    found = (getattr(row, name, None) for name in ("phone", "email", "contact"))
    return frozenset(str(one).casefold() for one in found if one)


def _cells(rows: list[tuple[Table, Any]]) -> Iterator[tuple[str, str, int]]:
    for table, row in rows:
        yield table.book, table.tab, row.row
