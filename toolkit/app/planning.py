"""From a snapshot to one plan: the jobs, then what every run adds: check cells, traces, the log. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from toolkit.app.entering import entered, with_rows
from toolkit.core.actions import Append, Observation, Plan, RowId
from toolkit.core.errors import UsageError
from toolkit.core.memory import TAB
from toolkit.core.words import Words
from toolkit.jobs.checks import check_cells
from toolkit.jobs.every import ADDS_ROWS, CHECKS, JOBS, NOT_IN_A_PLAIN_RUN
from toolkit.jobs.traces import last_messages, log_edits, log_rows, touched
from toolkit.registers.snapshot import Snapshot
from toolkit.settings.lexicons import lexicon_of
from toolkit.settings.model import Settings


def chosen_jobs(names: Sequence[str]) -> tuple[str, ...]:
    """The jobs by name; without names all of a plain run."""
    unknown = [one for one in names if one not in JOBS]
    if unknown:
        raise UsageError(f"There is no job “{unknown[0]}”; the jobs are {', '.join(JOBS)}")
    return tuple(names) or tuple(one for one in JOBS if one not in NOT_IN_A_PLAIN_RUN)


def make_plan(snapshot: Snapshot, settings: Settings, now: datetime, jobs: Sequence[str]) -> Plan:
    """All that these jobs would do at `now`. Two plans of one snapshot and one `now` are equal."""
    if snapshot.is_unread("holidays", "policies"):
        return Plan(findings=snapshot.findings)  # every due time would move, and back again once the tab is there
    known = {name: JOBS[name](snapshot, settings, now) for name in jobs if name in ADDS_ROWS}
    appends = [append for one in known.values() for append in one.appends]
    if appends:
        plan = _with_rows(snapshot, settings, now, jobs, known, appends)
    else:
        plan = _planned(snapshot, settings, now, jobs, known)
    return plan + Plan(appends=tuple(log_rows(snapshot, words_of(settings))))


def _with_rows(
    snapshot: Snapshot,
    settings: Settings,
    now: datetime,
    jobs: Sequence[str],
    first: Mapping[str, Plan],
    appends: Sequence[Append],
) -> Plan:
    """What these jobs would do on the desk with the rows in it. That a row stands there is remembered by the run that finds it in
    the sheet: so the jobs that enter rows remember what they saw without them.
    """
    there, new = with_rows(snapshot, appends, lexicon_of(settings))
    again = {
        name: replace(JOBS[name](there, settings, now), observations=plan.observations) for name, plan in first.items()
    }
    return entered(_planned(there, settings, now, jobs, again), new)


def _planned(
    snapshot: Snapshot, settings: Settings, now: datetime, jobs: Sequence[str], known: Mapping[str, Plan]
) -> Plan:
    """What these jobs would do (of some it is `known`), and the cells that every run adds."""
    words = words_of(settings)
    plan = Plan(findings=snapshot.findings)
    for name in jobs:
        plan += known[name] if name in known else JOBS[name](snapshot, settings, now)
    checked = frozenset(one for name in jobs for one in CHECKS.get(name, ())) - _unsure(snapshot)
    edits = [*plan.edits, *check_cells(snapshot, plan.findings, checked, words)]
    if not NOT_IN_A_PLAIN_RUN.issuperset(jobs):
        edits += last_messages(snapshot, words)
    edits += log_edits(snapshot, words)
    edits += touched(snapshot, edits, now)
    return plan + Plan(
        edits=tuple(edits[len(plan.edits) :]),
        observations=tuple(_registers_in_use(snapshot)),
    )


def _unsure(snapshot: Snapshot) -> frozenset[str]:
    """Registers with references into one that cannot be read: whether those stand is not known this time."""
    return frozenset(
        table.register.name
        for table in snapshot.tables
        if any(column.refers_to and snapshot.is_unread(column.refers_to) for column in table.register.columns)
    )


def _registers_in_use(snapshot: Snapshot) -> Iterator[Observation]:
    """Which registers the desk uses, so that one that goes missing is noticed and never taken for empty."""
    for table in snapshot.tables:
        if TAB not in snapshot.memory.spans.get((table.book, table.register.name, ""), {}):
            yield Observation(RowId(table.book, table.register.name, "", 0), TAB, table.tab)


def words_of(settings: Settings) -> Words:
    """The desk's own language."""
    return Words(settings.locale, lexicon_of(settings).label)
