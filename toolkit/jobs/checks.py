"""The `check` cell of every row: what is wrong with it, in the desk's words; empty where nothing is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from toolkit.core.actions import Edit
from toolkit.core.finding import Finding
from toolkit.core.reason import Name, Reason, because
from toolkit.core.words import Words
from toolkit.jobs.edits import edit
from toolkit.registers.snapshot import Snapshot


def check_cells(
    snapshot: Snapshot, findings: Iterable[Finding], registers: frozenset[str], words: Words
) -> Iterator[Edit]:
    """One edit for each row of these registers whose check cell says something else."""
    by_table: dict[tuple[str, str], dict[int, list[Finding]]] = defaultdict(lambda: defaultdict(list))
    for finding in findings:
        if finding.place is not None and finding.place.row is not None and finding.register and finding.book:
            by_table[finding.book, finding.register][finding.place.row].append(finding)
    for table in snapshot.tables:
        if table.register.name not in registers or "check" not in table.columns:
            continue
        by_row = by_table[table.book, table.register.name]
        for row in table.rows:
            if row.row in by_row:
                found = by_row[row.row]
                text = words.numbered([in_row(one) for one in found]) or None
                yield from edit(table, row, "check", text, because("edit.check", n=len(found)))
            elif row.check is not None or "check" in row.bad:
                yield from edit(table, row, "check", None, because("edit.check-clear", n=0))


def in_row(finding: Finding) -> Reason:
    """A finding with the name of its column before it."""
    if finding.column is None:
        return finding.reason
    return because("check.line", column=Name(str(finding.register), finding.column), fault=finding.reason)
