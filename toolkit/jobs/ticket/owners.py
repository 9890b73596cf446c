"""Who could take a ticket that nobody answers for: by level, department or region, store, and open load (20, Triage)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from toolkit.core.reason import Name, Reason, because
from toolkit.core.words import LOCALES
from toolkit.jobs.recipients import present
from toolkit.jobs.ticket.case import Judge
from toolkit.registers.fold import fold
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table
from toolkit.registers.tickets import FINISHED, FROZEN, Ticket
from toolkit.rules.triage import Route, suggested_level
from toolkit.settings.lexicons import lexicon_of


def suggested_owners(judge: Judge) -> Mapping[tuple[str, int], Reason]:
    """(book, row) -> who is suggested, and why, for the open tickets without an owner.

    Row by row, urgent ones first: whom one ticket is suggested to is counted before the next is looked at, so that new
    tickets are spread. Of two who have as little to do the one who stands first in the staff register is taken.
    """
    desk = _Desk(judge)
    waiting = [
        (table, row)
        for table in judge.snapshot.of("tickets")
        for row in table.rows
        if not row.owner and row.opened_at is not None and row.status not in FROZEN | FINISHED
    ]
    found = {}
    for table, row in sorted(waiting, key=lambda one: one[1].urgency != "urgent"):
        suggestion = desk.suggested(row)
        if suggestion is not None:
            found[table.book, row.row] = suggestion
    return found


@dataclass(frozen=True, slots=True)
class _Where:
    """Who may take it, and what they are: a department, a role, a store."""

    people: tuple[Any, ...]
    what: object


class _Desk:
    """Staff and stores with what they have to do."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._snapshot: Snapshot = judge.snapshot
        self._triage = judge.settings.triage
        self._members: dict[str, tuple[Any, ...]] = {}

    @cached_property
    def _people(self) -> tuple[tuple[Table, Any], ...]:
        """Who is there today, in the order of the register."""
        return tuple(
            (table, one)
            for table, one in self._snapshot.rows("staff")
            if one.active is not False
            and present(self._snapshot, one, self._snapshot.today(table, self._judge.now)) is one
        )

    @cached_property
    def _load(self) -> Counter[int]:
        """Open tickets by person (by identity: names may be spelt in several ways)."""
        named = Counter(
            (table.book, row.owner)
            for table in self._snapshot.of("tickets")
            for row in table.rows
            if row.owner and row.status not in FROZEN | FINISHED
        )
        found: Counter[int] = Counter()
        for (book, name), count in named.items():
            person = self._snapshot.person(name, book)
            if person is not None:
                found[id(person)] += count
        return found

    def suggested(self, row: Ticket) -> Reason | None:
        """Who could take a ticket; the department alone where nobody of it is there."""
        route = self._triage.route_of(row) or Route()
        department = row.department or route.department
        where = next((one for one in self._places(row, route, department) if one.people), None)
        if where is None:
            return because("suggest.nobody", what=Name("tickets", "department", department)) if department else None
        best = min(self._near(where.people, row), key=lambda one: self._load[id(one)])
        load = self._load[id(best)]
        self._load[id(best)] += 1
        return because("suggest.owner", name=best.name, what=where.what, n=load)

    def _places(self, row: Ticket, route: Route, department: str | None) -> Iterable[_Where]:
        """Where to look, in this order: the store of the region, the route's roles, the level's, the department."""
        if route.to_store and (store := self._store_of(row)) is not None:
            manager = self._snapshot.person(store.manager)
            people = tuple(one for _, one in self._people)
            yield _Where((manager,) if any(one is manager for one in people) else self._of_store(store), store.name)
        yield from map(self._of_role, route.roles)
        level = row.level or suggested_level(self._triage, row)
        known = self._triage.levels.get(level or "")
        for role in known.roles if known is not None else ():
            yield self._of_role(role)
        if department is not None:
            if department not in self._members:
                self._members[department] = self._of_department(department)
            yield _Where(self._members[department], Name("tickets", "department", department))

    def _of_role(self, role: str) -> _Where:
        return _Where(tuple(one for _, one in self._people if one.role == role), Name("staff", "role", role))

    def _of_department(self, department: str) -> tuple[Any, ...]:
        """Staff write their department as they like: any of its names counts, in either language.

        Whose department is blank, or one that no ticket goes to (售后部), belongs where the role says.
        """
        names = self._names("tickets", "department", department)
        roles = {one.role for _, one in self._people if one.role}
        fitting = {role for role in roles if names & self._names("staff", "role", role)}

        def belongs(one: Any) -> bool:
            known = fold(one.department or "")
            return known in names if known in self._departments else one.role in fitting

        return tuple(one for _, one in self._people if belongs(one))

    @cached_property
    def _departments(self) -> frozenset[str]:
        """All that the departments are called which tickets go to."""
        column = self._snapshot.of("tickets")[0].register.by_key["department"]
        keys = lexicon_of(self._judge.settings).choice_keys("tickets", column)
        return frozenset().union(*(self._names("tickets", "department", key) for key in keys))

    def _names(self, register: str, column: str, key: str) -> frozenset[str]:
        """All that a choice is called, in either language."""
        spoken = (lexicon_of(self._judge.settings, locale) for locale in LOCALES)
        return frozenset(
            {fold(key), *(fold(name) for one in spoken for name in one.choice_names(register, column, key))}
        )

    def _of_store(self, store: Any) -> tuple[Any, ...]:
        """The people of a store; its managers, where there are some."""
        names = {fold(one) for one in (store.name, store.store_no) if one}
        own = tuple(one for _, one in self._people if one.store and fold(one.store) in names)
        return tuple(one for one in own if one.role == "store_manager") or own

    def _near(self, people: tuple[Any, ...], row: Ticket) -> tuple[Any, ...]:
        """Those of the ticket's own store, where there are some; either may write its name or its number."""
        own = tuple(
            one for one in people if row.store and one.store and self._store(one.store) == self._store(row.store)
        )
        return own or people

    def _store(self, said: str) -> str:
        """A store by its number, where the register knows it."""
        return self._store_numbers.get(fold(said), fold(said))

    @cached_property
    def _store_numbers(self) -> Mapping[str, str]:
        return {
            fold(name): fold(one.store_no)
            for _, one in self._snapshot.rows("stores")
            for name in (one.store_no, one.name)
            if one.store_no and name
        }

    def _store_of(self, row: Ticket) -> Any:
        """The store of the customer's city or province; a dealer only where there is no other."""
        stores = [one for _, one in self._snapshot.rows("stores") if one.active is not False]
        place = fold(f"{row.city or ''} {row.address or ''}")
        for column in ("city", "province"):
            here = [one for one in stores if one.get(column) and fold(one.get(column)) in place]
            if here:
                return min(here, key=lambda one: one.kind == "dealer")
        return None
