"""The parts that a vendor brings along: those of the ticket that nobody sent to the customer to fit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from toolkit.core.reason import Reason, because
from toolkit.jobs.ticket.case import Case
from toolkit.registers.snapshot import Snapshot


def parts_to_carry(snapshot: Snapshot, case: Case) -> tuple[Reason, ...]:
    """What to carry to a visit, in the order of the register."""
    return snapshot.once("parts to carry", lambda: _parts(snapshot)).get(id(case.row), ())


def _parts(snapshot: Snapshot) -> Mapping[int, tuple[Reason, ...]]:
    found: dict[int, list[Reason]] = defaultdict(list)
    for table, part in snapshot.rows("parts"):
        is_sent = part.sent_on is not None and part.fitted_by != "vendor"
        if part.part and not is_sent and part.fitted_by != "customer":
            ticket = snapshot.ticket(part.ticket_no, table.book)
            if ticket is not None:
                code = "carried.several" if part.quantity not in (None, 1) else "carried.one"
                found[id(ticket[1])].append(because(code, part=part.part, n=part.quantity))
    return {row: tuple(parts) for row, parts in found.items()}
