"""Who mends a row: who answers for it, else the role that keeps its register, else the managers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toolkit.registers.directory import Directory
from toolkit.registers.fold import fold
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table

ROLES: Mapping[str, str] = {
    "vendors": "dispatcher",
    "surveys": "caller",
    "contacts": "caller",
    "orders": "order_tracker",
    "outlook": "order_tracker",
    "returns": "operations",
    "parts": "warehouse",
    "contracts": "dispatcher",
    "maintenance": "dispatcher",
}
"""Whose work a register is where a row of it names nobody; every other register is the managers'."""


class Keepers:
    """Who is there, by name and by role, asked for each row anew and looked up once."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._contracts = Directory(snapshot.of("contracts"))
        self._people: dict[tuple[str, str], str] = {}
        self._roles = {row.role for _, row in snapshot.rows("staff") if row.role and row.active is not False}

    def person(self, name: str | None, book: str) -> str:
        """The folded name of a member of staff; '' where the sheet names nobody, or nobody that is known."""
        if not name:
            return ""
        if (book, name) not in self._people:
            found = self._snapshot.person(name, book)
            self._people[book, name] = fold(found.name) if found is not None and found.name else ""
        return self._people[book, name]

    def role(self, register: str) -> str | None:
        """The role that keeps a register, if anybody has it."""
        role = ROLES.get(register)
        return role if role is not None and self.has(role) else None

    def has(self, role: str) -> bool:
        """Whether anybody has a role."""
        return role in self._roles

    def owner(self, table: Table, row: Any) -> str | None:
        """Who answers for a row, as the sheet names them: a part is its ticket's, a visit its contract's."""
        register = table.register
        own = next((name for column in register.owner if (name := row.get(column))), None)
        if own is not None:
            return str(own)
        match register.name:
            case "parts":
                found = self._snapshot.ticket(row.ticket_no, table.book)
            case "maintenance":
                found = self._contracts.find(row.contract_no, table.book)
            case "contracts":
                found = table, row
            case _:
                found = None
        owner: str | None = found[1].owner if found is not None else None
        return owner
