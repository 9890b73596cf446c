"""Who is meant by a number, an address or a name; of several customers with one name nobody is chosen."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.core.errors import UsageError
from toolkit.core.message import masked_address
from toolkit.core.reason import Name
from toolkit.core.words import Words
from toolkit.registers.fold import closest
from toolkit.registers.people import Customer, People

_MOST = 20
"""A list of more candidates helps nobody: the number is the way."""


def found(people: People, text: str, words: Words) -> Customer:
    """The one customer (UsageError where there is none, or several)."""
    direct = people.by_number(text) or people.by_contact(text)
    if direct is not None:
        return direct
    named = people.by_name(text)
    if not named and people.way_of(text) is None:
        named = [one for name in people.names_with(text) for one in people.by_name(name)]
    if len(named) == 1:
        return named[0]
    if named:
        raise UsageError("\n".join([_several(text, named), *(_candidate(one, words) for one in named[:_MOST])]))
    if people.way_of(text) is not None:
        raise UsageError("No row of the desk has this number or address")
    near = closest(text, people.names())
    raise UsageError(f"There is no customer and no number “{text}”" + (f"; do you mean {near}?" if near else ""))


def _several(text: str, named: Sequence[Customer]) -> str:
    more = f" (the first {_MOST} are shown)" if len(named) > _MOST else ""
    return f"There are {len(named)} customers called “{text}”{more}; ask by telephone number, mail address or ticket:"


def _candidate(one: Customer, words: Words) -> str:
    """`Ann Lee  138****1234  Shanghai  Tickets AS-…`: enough to tell which one is meant."""
    ways = ", ".join(sorted(masked_address(way) for way in one.ways))
    numbers = (f"{words.label(Name(at.table.register.name))} {at.row.key}" for at in one.own if at.row.key is not None)
    names, cities = ", ".join(one.values("customer")), ", ".join(one.values("city"))
    return "  ".join(part for part in (f"  {names}", ways, cities, *list(numbers)[:3]) if part)
