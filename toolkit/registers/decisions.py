"""What a manager decides about a supplier or a colleague: the toolkit only proposes (20, Suppliers and staff)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from toolkit.core.reason import because
from toolkit.registers.schema import Check, Columns, Facts, Fault


def check_of_decision(why: str) -> Check:
    """The check that a decision has its day; `why` is the word of the fault that says what counts from it."""
    return Check(partial(_without_a_day, why), _decided)


def _without_a_day(why: str, row: Any, facts: Facts) -> Iterator[Fault]:
    if row.decision and row.decided_on is None and "decided_on" in facts.present - set(row.bad):
        yield Fault("required", "decided_on", because(why))


def _decided(columns: Columns, _facts: Facts) -> list[int]:
    """The rows about which something was decided."""
    return columns.where("decision", lambda decision: decision is not None)
