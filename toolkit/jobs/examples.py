"""The manager's examples: opened then, so due then. A change of a policy or a holiday that breaks one is told (40, Clocks)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from toolkit.core.finding import Finding
from toolkit.core.reason import because
from toolkit.jobs.shifts import ends_at
from toolkit.registers.order import day_of
from toolkit.registers.schema import Fault
from toolkit.registers.snapshot import Snapshot
from toolkit.rules.clock import Dues
from toolkit.rules.policy import Policy
from toolkit.settings.model import Settings

BROKEN = "broken-example"
"""The code of an example that does not come out: `run` refuses to go on."""


def example_findings(snapshot: Snapshot, settings: Settings) -> Iterator[Finding]:
    """The examples that do not come out, each at its cell; nothing while the holidays cannot be read."""
    if snapshot.is_unread("holidays", "policies"):
        return
    policies = {one.id: one for one in settings.policies}
    for table, row in snapshot.rows("examples"):
        if row.policy is None or row.opened is None or row.due is None:
            continue
        policy = policies.get(row.policy)
        if policy is None or policy.is_typed:
            known = tuple(one.id for one in settings.policies if not one.is_typed)
            fault = Fault("not-a-choice", "policy", because("fault.policy-word", found=row.policy, allowed=known))
            yield table.finding(row, fault)
            continue
        due = _due(snapshot, settings, policy, snapshot.at(table, row.opened))
        if not _is_same(row, snapshot.wall(table, due)):
            said = because("fault.broken-example", policy=row.policy, due=snapshot.wall(table, due))
            yield table.finding(row, Fault("broken-example", "due", said))


def _due(snapshot: Snapshot, settings: Settings, policy: Policy, opened: datetime) -> datetime:
    if policy.end is not None:
        return ends_at(snapshot, settings, policy.end, opened)
    dues = Dues(policy, snapshot.calendar)
    return dues.due(opened, dues.pauses(opened))


def _is_same(row: Any, due: datetime) -> bool:
    """To the minute, as people write it; an example without a time asks for the day."""
    if isinstance(row.due, datetime):
        return bool(row.due.replace(second=0, microsecond=0) == due.replace(second=0, microsecond=0))
    return bool(row.due == day_of(due))
