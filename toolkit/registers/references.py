"""Cells that name a row of another register."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter

from toolkit.core.finding import Finding, Severity
from toolkit.core.reason import Name, Reason, because
from toolkit.registers.fold import closest, fold
from toolkit.registers.schema import Column, Fault, Type
from toolkit.registers.table import Table


def known_names(tables: tuple[Table, ...], register: str) -> Mapping[str, str] | None:
    """Folded keys and unique names of a register -> the row's key; '' where a name stands twice. None: not read.

    A register whose key has a second part (the lines of an order) is named by the first: a return names its order.
    """
    of_register = [one for one in tables if one.register.name == register]
    if not of_register:
        return None
    known: dict[str, str] = {}
    for table in of_register if "name" in of_register[0].register.by_key else ():
        for row in table.rows:
            if row.name is not None:
                known[fold(row.name)] = "" if fold(row.name) in known else (row.key or row.name)
    first = of_register[0].register.key[0]
    for table in of_register if len(of_register[0].register.key) > 1 else ():  # an order is named without its line
        known.update({fold(number): number for row in table.rows if (number := row.get(first))})
    for table in of_register:
        number = table.register.key[0] if len(table.register.key) > 1 else "key"
        known.update({fold(value): value for row in table.rows if (value := getattr(row, number))})
    return known


def reference_findings(table: Table, names: Callable[[str], Mapping[str, str] | None]) -> list[Finding]:
    """Cells that name a row of another register which is not there (or is there twice).

    `names(register)` maps every folded key and unique name of a register to the row's key ('' where a name is
    doubled); None where no such register was read.
    """
    found: list[Finding] = []
    for column in table.register.columns:
        if column.refers_to is None or column.key not in table.columns:
            continue
        known = names(column.refers_to)
        if not known:
            continue
        fine: set[str | None] = {None}
        for row, value in zip(table.rows, map(attrgetter(column.key), table.rows), strict=True):
            if value in fine:
                continue
            if known.get(fold(value)):
                fine.add(value)
                continue
            found.append(table.finding(row, _reference_fault(column, value, known)))
            if column.type not in _FREE:
                row.has_fault = True
    return found


def _reference_fault(column: Column, value: str, known: Mapping[str, str]) -> Fault:
    target = Name(str(column.refers_to))
    if fold(value) in known:
        return _fault(column, because("fault.ambiguous-reference", found=value, register=target))
    near = closest(value, list(known))
    reason: Reason = because(
        "fault.unknown-near" if near else "fault.unknown",
        found=value,
        register=target,
        near=known.get(near, "") if near else "",
    )
    return _fault(column, reason)


def _fault(column: Column, reason: Reason) -> Fault:
    """A free name that the register does not tell is a warning (60, 26), a missing number an error."""
    if column.type in _FREE:
        return Fault("unknown-name", column.key, reason, Severity.WARNING)
    return Fault("unknown-reference", column.key, reason)


_FREE = frozenset({Type.PERSON, Type.TEXT})
"""Names that staff type freely: a person, a store."""
