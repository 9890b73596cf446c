"""Vendors that the toolkit enters for staff, where the configuration says so (60, 1)."""

from __future__ import annotations

import dataclasses

from toolkit.core.actions import Edit
from toolkit.core.reason import because
from toolkit.jobs.dispatching.outcomes import found_for, vendor_to_fill, why_best
from toolkit.jobs.edits import edit
from toolkit.jobs.ticket.case import Case


def entering(case: Case) -> tuple[Case, tuple[Edit, ...]]:
    """The ticket as it stands once a vendor is entered, and the edit; the ticket itself where none is.

    What the cells say follows at once; letters wait until the vendor was read back from the sheet.
    """
    number = vendor_to_fill(case)
    found = found_for(case) if number is not None else None
    if found is None or found.best is None or number is None:
        return case, ()
    made = edit(case.table, case.row, "vendor", number, because("edit.auto-vendor", best=why_best(found.best)))
    if not made:
        return case, ()
    row = dataclasses.replace(case.row, vendor=number)
    return Case(case.table, row, case.number, case.is_doubled, case.judge, case.seen), made
