"""The one list of what is open, and of what is wrong, beyond the cells of a row: a job with clocks has a line here.

It stands apart from the list of jobs, of which the digest is one: whoever reads all agendas is a job, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from toolkit.core.finding import Finding
from toolkit.jobs import callbacks, chores, maintenance, orders, parts, returns, staff, tickets
from toolkit.jobs.agenda import Due
from toolkit.registers.snapshot import Snapshot
from toolkit.settings.model import Settings

Agenda = Callable[[Snapshot, Settings, datetime], Iterator[Due]]
Faults = Callable[[Snapshot, Settings, datetime], Iterator[Finding]]

AGENDAS: tuple[Agenda, ...] = (
    tickets.agenda,
    parts.agenda,
    callbacks.agenda,
    returns.agenda,
    orders.agenda,
    maintenance.agenda,
    chores.agenda,
)
FAULTS: tuple[Faults, ...] = (
    tickets.faults_found,
    returns.faults_found,
    orders.faults_found,
    chores.faults_found,
    staff.faults_found,
)
"""What jobs find wrong with rows by other rows, or by what they were; what is wrong with a cell stands in the snapshot."""
