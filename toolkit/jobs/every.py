"""The one list of jobs. A new job is a file of its own and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from toolkit.core.actions import Plan
from toolkit.jobs import callbacks, chores, digest, maintenance, orders, report, returns, staff, suppliers, tickets
from toolkit.registers.snapshot import Snapshot
from toolkit.settings.model import Settings

Job = Callable[[Snapshot, Settings, datetime], Plan]

JOBS: Mapping[str, Job] = {
    "tickets": tickets.plan,
    "callbacks": callbacks.plan,
    "returns": returns.plan,
    "orders": orders.plan,
    "maintenance": maintenance.plan,
    "suppliers": suppliers.plan,
    "staff": staff.plan,
    "chores": chores.plan,
    "digest": digest.plan,
    "report": report.plan,
}
NOT_IN_A_PLAIN_RUN = frozenset({"digest", "report"})
"""Plain `run` = all but the digest and the report (60, 9)."""
ADDS_ROWS = frozenset({"orders", "maintenance"})
"""These enter rows in registers; they are asked first, and all others look at the desk with those rows in it (60, 6)."""
ADDS_ROWS = frozenset({"orders", "maintenance"})
"""These enter rows into registers: they are asked first, and all then look at the desk with those rows in it (60, 6)."""
COUNTS_ARCHIVES = frozenset({"report"})
"""For these the tabs of earlier years are read as well (60, 4)."""

CHECKS: Mapping[str, frozenset[str]] = {
    "tickets": frozenset({"tickets", "parts", "holidays", "contacts_opt_out", "policies", "examples"}),
    "callbacks": frozenset({"surveys", "vendors", "contacts"}),
    "returns": frozenset({"returns"}),
    "orders": frozenset({"orders"}),
    "maintenance": frozenset({"maintenance", "contracts"}),
    "suppliers": frozenset({"suppliers"}),
    "staff": frozenset({"staff", "stores"}),
    "chores": frozenset({"chores", "outlook"}),
}
"""Whose check cells a job keeps."""
