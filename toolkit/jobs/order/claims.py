"""Claims against carriers: what is asked for, what came back, what is outstanding (20, the “money open” list)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from toolkit.registers.order import day_of
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table

ENDED = frozenset({"refused"})


@dataclass(frozen=True, slots=True)
class OpenClaim:
    """A claim of which money is outstanding. `since` is the day it was filed, else the day the damage was found.

    `claimed` is None while nobody has written down how much is asked for; amounts are in the desk's currency.
    """

    table: Table
    row: Any
    carrier: str | None
    since: date | None
    is_filed: bool
    claimed: Decimal | None
    received: Decimal

    @property
    def outstanding(self) -> Decimal | None:
        """What the carrier still owes."""
        return None if self.claimed is None else max(self.claimed - self.received, Decimal(0))


def open_claims(snapshot: Snapshot) -> Iterator[OpenClaim]:
    """Every claim that is not settled: damaged on pick-up or filed, neither refused nor paid in full."""
    for table, row in snapshot.rows("orders"):
        if not (row.damaged_on_pickup or row.claim_filed_at is not None) or row.claim_result in ENDED:
            continue
        received = row.claim_received or Decimal(0)
        is_paid = row.claim_amount is not None and received >= row.claim_amount
        if is_paid or (row.claim_result == "paid" and row.claim_amount is None and received):
            continue
        found_on = row.claim_filed_at or row.picked_up_on or row.arrived_on
        yield OpenClaim(
            table,
            row,
            row.carrier,
            day_of(found_on) if found_on is not None else None,
            row.claim_filed_at is not None,
            row.claim_amount,
            received,
        )
