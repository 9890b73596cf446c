"""One line of the digest: a row, and what waits of it: its open steps, a call, a cell to mend, or that it is open at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from toolkit.core.actions import RowId
from toolkit.core.finding import Finding
from toolkit.core.place import Place
from toolkit.core.reason import Name, Reason, because
from toolkit.core.words import Words
from toolkit.jobs.callback.wanted import Wanted
from toolkit.jobs.checks import in_row
from toolkit.jobs.clocked import late_reason
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table
from toolkit.rules.clock import Clock

View = Callable[[str], Mapping[str, Any]]
"""A row by locale, shaped as a ticket is."""
_CALLED = ("name", "customer", "product", "part")
"""What says which row is meant to somebody who does not know its number."""
_ONLY_PART = re.compile(r"#(?:1|\*)\Z")
"""The end of a key that has one line, or counts for every line: nobody calls the row by it."""


@dataclass(slots=True, eq=False)
class Line:
    """A row with one of: open clocks, a call to make, a finding, or none of these, where it is only said to be open.

    `owner` is who answers for it as the sheet names them. `view` tells what people call the row; `status` is that of
    a row of which no more is said.
    """

    table: Table
    at: RowId
    owner: str | None
    view: View
    clocks: list[Clock] = field(default_factory=list)
    call: Wanted | None = None
    finding: Finding | None = None
    status: str | None = None

    @property
    def pressing(self) -> tuple[float, int]:
        """What to sort by: due first, then as the sheet stands."""
        due = min((one.due_at for one in self.clocks), default=self.call.due_at if self.call else None)
        return (due.timestamp() if due is not None else 0.0, self.at.row)


def called(row: Any, number: str | None = None) -> View:
    """The view of a row that no job has one for; `number` is the one that it is to get, where it has none."""
    values = [str(value) for name in _CALLED if (value := row.get(name)) and value != row.key]
    named = {"ticket_no": row.key or number, "customer": " ".join(values[:2]), "product": None}
    return lambda _: named


def place_of(line: Line) -> Place:
    """The cell that the line is about: of a clock the one that shows or holds its due time, else the one that stops it."""
    if line.finding is not None and line.finding.place is not None:
        return line.finding.place
    table, clocks = line.table, sorted(line.clocks, key=lambda one: one.due_at)
    clock = clocks[0] if clocks else line.call.clock if line.call is not None else None
    if clock is None:
        return table.place(line.at.row, table.register.key[0])
    policy = clock.policy
    named = table.register.clocks.get(policy.clock, "")
    wanted = (named, *policy.starts) if policy.is_typed else (named, policy.stops, *policy.starts)
    return table.place(line.at.row, next((one for one in wanted if one in table.columns), table.register.key[0]))


def shown(snapshot: Snapshot, line: Line, words: Words, reader: str | None) -> dict[str, Any]:
    """The line as letters and machines get it. Whose it is stands behind it where that is not the reader's own name."""
    place, owner = place_of(line), line.owner
    texts = {"row": _named(line, words), "said": _said(snapshot, line, words)}
    if owner == reader if owner else line.finding is not None:
        text = words.say(because("digest.own", **texts))
    else:
        text = words.say(because("digest.line", **texts, owner=owner or because("next.unassigned")))
    return {
        "text": text,
        "cell": place.cell,
        "link": line.table.link(place),
        "register": line.at.register,
        "key": line.at.key,
    }


def _named(line: Line, words: Words) -> str:
    view = line.view(words.locale)
    number = _ONLY_PART.sub("", view["ticket_no"] or "").replace("#", "-") or words.say(because("digest.no-number"))
    return " ".join(str(one) for one in (number, view["customer"], view["product"]) if one)


def _said(snapshot: Snapshot, line: Line, words: Words) -> str:
    if line.finding is not None:
        return words.say(in_row(line.finding))
    if line.call is not None:
        return words.say(_call(snapshot, line.table, line.call))
    if line.clocks:
        clocks = sorted(line.clocks, key=lambda one: one.due_at)
        return _joined(tuple(_due(snapshot, line.table, one) for one in clocks), words)
    return words.say(because("digest.is", status=Name(line.at.register, "status", line.status)))


def _call(snapshot: Snapshot, table: Table, call: Wanted) -> Reason:
    """A call after a job is a step like others; one after a delivery says which, and when it was to be made."""
    if call.about is not None:
        return because("digest.call", about=call.about, due=snapshot.wall(table, call.due_at).date())
    if call.clock is None:
        raise ValueError(f"a call to make about {call.number} has a clock")
    return _due(snapshot, table, call.clock)


def _joined(said: tuple[Reason, ...], words: Words) -> str:
    """Several sentences in one line: a comma would run into those within them."""
    return words.say(because("digest.then")).join(words.say(one) for one in said)


def _due(snapshot: Snapshot, table: Table, one: Clock) -> Reason:
    due = snapshot.wall(table, one.due_at)
    if one.is_overdue:
        return late_reason(one, due)
    return because("digest.due", step=because(f"step.{one.policy.clock}"), due=due)
