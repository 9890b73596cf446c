"""Customers over all registers and books: whose rows are whose, by number, address, name; in one pass over the rows."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from toolkit.registers.fold import fold
from toolkit.registers.table import Table
from toolkit.rules.contact import read_email, read_phone

LINKS = ("ticket_no", "order_no", "contract_no", "return_no")
"""Columns by which a row names what it is about."""
_WAYS = ("phone", "email")
_NO_WAY: frozenset[str] = frozenset()
_NUMBERS = re.compile(r"\+?[0-9](?:[ \-]?[0-9]){6,14}")


Place = tuple[str, str, int]


class At(NamedTuple):
    """A row with its table."""

    table: Table
    row: Any

    @property
    def place(self) -> Place:
        """Book, register and sheet row: what tells it from every other."""
        return self.table.book, self.table.register.name, self.row.row


@dataclass(frozen=True)
class Customer:
    """One customer: the rows that say so themselves, and those about them (call-backs, contacts, parts, visits)."""

    own: tuple[At, ...]
    about: tuple[At, ...]
    ways: frozenset[str]
    """Numbers and addresses, in the spelling of the registers, addresses in small letters."""
    shared: frozenset[str] = frozenset()
    """Those that rows of others bear as well, a shop's or a household's."""
    others: tuple[str, ...] = ()
    """The names of these others."""

    @property
    def rows(self) -> tuple[At, ...]:
        """All of them."""
        return (*self.own, *self.about)

    def values(self, column: str) -> list[str]:
        """What stands in a column of their own rows, each once, the commonest first."""
        seen: dict[str, list[str]] = defaultdict(list)
        for at in self.own:
            if (value := at.row.get(column)) is not None:
                seen[fold(str(value))].append(str(value))
        return [spelt[0] for spelt in sorted(seen.values(), key=lambda one: -len(one))]


class People:
    """The index. `tables` are all that were read; `country` says how numbers without a code are read."""

    def __init__(self, tables: Iterable[Table], country: str) -> None:
        self._country = country
        self._by_way: dict[str, list[At]] = defaultdict(list)
        self._by_name: dict[str, list[At]] = defaultdict(list)
        self._by_key: dict[tuple[str, str], list[At]] = defaultdict(list)
        self._linked: dict[tuple[str, str], list[At]] = defaultdict(list)
        for table in tables:
            columns = table.register.by_key
            links = [one for one in LINKS if one in columns]
            if _tells_of_a_customer(columns):
                self._add_own(table, links)
            elif links:
                self._add_about(table, links)

    def by_number(self, text: str) -> Customer | None:
        """Whoever a ticket, an order, a return or a contract with this number is about."""
        wanted = fold(text)
        for link in LINKS:
            if found := self._by_key.get((link, wanted)):
                naming = (at for at in self._linked.get((link, wanted), ()) if _is_own(at))
                return self._customer((*found, *naming))
        return None

    def by_contact(self, text: str) -> Customer | None:
        """Whoever this number or address belongs to, however it is spelt."""
        way = self.way_of(text)
        found = self._by_way.get(way, []) if way is not None else []
        return self._customer((), frozenset({way})) if found and way is not None else None

    def by_name(self, text: str) -> list[Customer]:
        """Everybody of that name: rows that share a number or an address are one customer's."""
        rows = self._by_name.get(fold(text), [])
        reached = [(at, self._ways(at.row)) for at in rows]
        groups = _joined([ways for _, ways in reached])
        if len(groups) < 2:  # noqa: PLR2004  rows without a number are of the only one of that name
            return [self._customer(rows)] if rows else []
        return [self._customer([at for at, ways in reached if not group.isdisjoint(ways)]) for group in groups]

    def way_of(self, text: str) -> str | None:
        """A number or an address in the form in which it is looked up."""
        if "@" in text or "＠" in text:
            found = read_email(text)
            return found.casefold() if found else None
        return read_phone(text, self._country)

    def names_with(self, text: str) -> list[str]:
        """The names that hold a text, as they are spelt."""
        part = fold(text)
        return [rows[0].row.customer for name, rows in self._by_name.items() if part and part in name]

    def names(self) -> Iterator[str]:
        """Every name as it is spelt."""
        return (rows[0].row.customer for rows in self._by_name.values())

    def _add_own(self, table: Table, links: Sequence[str]) -> None:
        own = next((one for one in table.register.key if one in LINKS), None)
        for row in table.rows:
            at = At(table, row)
            for way in self._ways(row):
                self._by_way[way].append(at)
            if row.customer:
                self._by_name[fold(row.customer)].append(at)
            for link in links:
                if (number := row.get(link)) is not None:
                    (self._by_key if link == own else self._linked)[link, fold(number)].append(at)

    def _add_about(self, table: Table, links: Sequence[str]) -> None:
        for row in table.rows:
            for link in links:
                if (number := row.get(link)) is not None:
                    self._linked[link, fold(number)].append(At(table, row))

    def _ways(self, row: Any) -> frozenset[str]:
        """How a row's customer is reached; of a cell with several numbers each that can be read."""
        found = {str(value).casefold() for one in _WAYS if (value := row.get(one)) is not None}
        if "phone" in row.bad:
            told = (read_phone(one, self._country) for one in _NUMBERS.findall(str(row.bad["phone"])))
            found |= {one for one in told if one is not None}
        return frozenset(found)

    def _customer(self, rows: Iterable[At], asked: frozenset[str] = _NO_WAY) -> Customer:
        """These rows and all of what was `asked` for, those that their numbers and addresses lead to under the same name,
        and what is linked to any of them. Under another name a number may be a shop's: that one's rows are named, not told.
        """
        own = {at.place: at for at in (*rows, *(at for way in asked for at in self._by_way.get(way, ())))}
        names = {fold(at.row.customer) for at in own.values() if at.row.customer}
        ways = asked.union(*(self._ways(at.row) for at in own.values()))
        strangers: dict[str, str] = {}
        shared = set()
        for way in sorted(ways - asked):
            for at in self._by_way.get(way, ()):
                if at.place in own:
                    continue
                if at.row.customer and fold(at.row.customer) in names:
                    own[at.place] = at
                else:
                    strangers.setdefault(fold(at.row.customer or ""), at.row.customer or "")
                    shared.add(way)
        near = self._near(own, names, ways)
        mine = {**own, **near}
        return Customer(
            _in_order(mine.values()),
            _in_order(self._about(mine).values()),
            ways,
            frozenset(shared),
            tuple(name for name in strangers.values() if name),
        )

    def _near(self, own: Mapping[Place, At], names: Collection[str], ways: Collection[str]) -> dict[Place, At]:
        """The order that a ticket names, whoever gave it; and rows that name one of these, under the same name or reached
        the same way: an order number that strangers share leads from one to the other no more than a telephone number does.
        """
        found: dict[Place, At] = {}
        for at in own.values():
            for link, number in _links(at.row):
                found |= {one.place: one for one in _of_the_book(at, self._by_key.get((link, number), ()))}
                for one in _of_the_book(at, self._linked.get((link, number), ())):
                    is_theirs = fold(one.row.get("customer") or "") in names or not self._ways(one.row).isdisjoint(ways)
                    if _is_own(one) and is_theirs:
                        found[one.place] = one
        return {place: at for place, at in found.items() if place not in own}

    def _about(self, mine: Mapping[Place, At]) -> dict[Place, At]:
        """The rows that name one of these and no ticket of somebody else's."""
        tickets = {fold(at.row.key) for at in mine.values() if at.table.register.name == "tickets" and at.row.key}
        return {
            one.place: one
            for at in mine.values()
            for link, number in _links(at.row)
            for one in _of_the_book(at, self._linked.get((link, number), ()))
            if not _is_own(one) and (one.row.get("ticket_no") is None or fold(one.row.ticket_no) in tickets)
        }


def _links(row: Any) -> Iterator[tuple[str, str]]:
    for link in LINKS:
        if (number := row.get(link)) is not None:
            yield link, fold(number)


def _of_the_book(at: At, rows: Sequence[At]) -> Sequence[At]:
    """The rows of its own book, where there are any: numbers begin anew in each."""
    here = [one for one in rows if one.table.book == at.table.book]
    return here or rows


def _tells_of_a_customer(columns: Mapping[str, object]) -> bool:
    return "customer" in columns and any(way in columns for way in _WAYS)


def _is_own(at: At) -> bool:
    return _tells_of_a_customer(at.table.register.by_key)


def _in_order(rows: Iterable[At]) -> tuple[At, ...]:
    """As they stand in the sheets; the newest rows of a register stand last."""
    return tuple(sorted(rows, key=lambda at: at.place))


def _joined(rows: Iterable[frozenset[str]]) -> list[set[str]]:
    """The ways of some rows, put together where rows share one."""
    leader: dict[str, str] = {}

    def find(way: str) -> str:
        while leader[way] != way:
            leader[way] = leader[leader[way]]
            way = leader[way]
        return way

    for ways in rows:
        first = next(iter(ways), None)
        for way in ways:
            leader.setdefault(way, way)
        for way in ways:
            leader[find(way)] = find(str(first))
    groups: dict[str, set[str]] = defaultdict(set)
    for way in leader:
        groups[find(way)].add(way)
    return list(groups.values())
