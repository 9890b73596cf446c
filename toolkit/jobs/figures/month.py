"""The figures of a month, each table beside the month before. A new table is a function of `Asked` and a line here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from toolkit.jobs.figures.asked import Asked
from toolkit.jobs.figures.audit import audit_sample
from toolkit.jobs.figures.calls import answers, satisfaction
from toolkit.jobs.figures.counts import causes, kinds, levels
from toolkit.jobs.figures.money_tables import money_by_age, money_open
from toolkit.jobs.figures.on_time import on_time
from toolkit.jobs.figures.pdca import lost_by_owner, lost_by_status, lost_by_step, top_causes
from toolkit.jobs.figures.people import staff, staff_proposals
from toolkit.jobs.figures.products import fault_products, faults
from toolkit.jobs.figures.repeats import repeat_tickets, repeats
from toolkit.jobs.figures.returned import returns_by_product, returns_by_region
from toolkit.jobs.figures.shape import Figures, Month, Table
from toolkit.jobs.figures.summary import summary
from toolkit.jobs.figures.suppliers import supplier_accounts, supplier_issues, suppliers
from toolkit.jobs.figures.times import times_by_kind, times_by_level
from toolkit.jobs.figures.vendors import vendor_standing, vendors
from toolkit.registers.snapshot import Snapshot
from toolkit.settings.model import Settings

MakeTable = Callable[[Asked], Table]

TABLES: tuple[MakeTable, ...] = (
    summary,
    kinds,
    causes,
    levels,
    fault_products,
    faults,
    returns_by_product,
    returns_by_region,
    times_by_kind,
    times_by_level,
    on_time,
    repeats,
    repeat_tickets,
    satisfaction,
    answers,
    vendors,
    vendor_standing,
    suppliers,
    supplier_issues,
    supplier_accounts,
    staff,
    staff_proposals,
    money_by_age,
    money_open,
    top_causes,
    lost_by_step,
    lost_by_owner,
    lost_by_status,
    audit_sample,
)
"""In the order in which a manager reads them."""
LISTS: frozenset[MakeTable] = frozenset(
    {repeat_tickets, vendor_standing, supplier_accounts, staff_proposals, money_by_age, money_open, audit_sample}
)
"""Tables of single rows, or of what stands now, which have no month before to stand beside."""


def figures(snapshot: Snapshot, settings: Settings, month: Month, now: datetime) -> Figures:
    """The month beside the one before, the archives of earlier years counted with the rest."""
    whole = snapshot.with_archives()
    asked, earlier = (Asked(whole, settings, one, now) for one in (month, month.before))
    tables = (make(asked) if make in LISTS else make(asked).compared(make(earlier)) for make in TABLES)
    today = now.astimezone(settings.timezone).date()
    return Figures(month, tuple(tables), is_running=month.last >= today)
