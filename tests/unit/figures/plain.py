"""A table of figures as plain values, to be held against what was counted otherwise."""

from __future__ import annotations

from tests.unit.figures.recount import city, same
from toolkit.core.reason import Name, Reason
from toolkit.jobs.figures.shape import Table

FOLDED = {"product": same, "region": city}


def plain(table: Table, *, with_remarks: bool = False) -> dict[tuple[object, ...], tuple[object, ...]]:
    """Labels -> values: choices by their key, reasons by their code; `with_remarks` adds whether the line has any."""
    found = {}
    for line in table.lines:
        labels = tuple(FOLDED.get(by, _word)(one) for by, one in zip(table.by, line.labels, strict=True))
        assert labels not in found, labels
        found[labels] = tuple(_word(one) for one in line.values) + ((bool(line.remarks),) if with_remarks else ())
    return found


def _word(value: object) -> object:
    match value:
        case Name(register, None, None):
            return register
        case Name():
            return value.choice
        case Reason():
            return value.code
        case _:
            return value
