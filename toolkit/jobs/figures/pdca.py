"""What to do better next month: the largest causes with their remedies, and where time was lost (20, Digest and reports)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from toolkit.core.reason import Name, because
from toolkit.jobs.figures.asked import Asked
from toolkit.jobs.figures.judged import SOURCES, Judged, judged, month_span
from toolkit.jobs.figures.rows import share, tickets_opened, unread_lines
from toolkit.jobs.figures.shape import Column, Label, Line, Table, Unit
from toolkit.registers.fold import fold

LOST = (Column("cases"), Column("lost", Unit.WORK))


def top_causes(asked: Asked) -> Table:
    """The largest causes of the month's tickets: what was done for most of them, and a blank for the remedy against the cause.

    No register has a column for that remedy, since it is none of a single ticket: a person writes it into the report.
    """
    columns = (
        Column("count"),
        Column("share", Unit.SHARE),
        Column("usual_remedy", Unit.TEXT),
        Column("proposed_remedy", Unit.TEXT),
    )
    table = Table("top-causes", ("cause",), columns)
    if asked.snapshot.is_unread("tickets"):
        return replace(table, lines=unread_lines(asked, table, "tickets"))
    counts: Counter[str] = Counter()
    remedies: dict[str, Counter[str]] = defaultdict(Counter)
    total = 0
    for _, row in tickets_opened(asked):
        total += 1
        if row.cause is not None:
            counts[row.cause] += 1
            if row.remedy is not None:
                remedies[row.cause][row.remedy] += 1
    top = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[: asked.settings.figures.causes]
    lines = (
        Line(
            (Name("tickets", "cause", cause),),
            (n, share(n, total), _usual(remedies[cause]), because("figures.to-fill-in")),
        )
        for cause, n in top
    )
    return replace(table, lines=tuple(lines))


def _usual(remedies: Counter[str]) -> Name | None:
    chosen = min(remedies.items(), key=lambda one: (-one[1], one[0]), default=None)
    return Name("tickets", "remedy", chosen[0]) if chosen is not None else None


def lost_by_step(asked: Asked) -> Table:
    """The working time beyond the targets that fell into the month, by the clock that ran out."""
    table = Table("lost-by-step", ("policy", "step", "register"), LOST)
    return _lost(asked, table, lambda one: (_policy(one), because(f"step.{one.clock.policy.clock}"), _register(one)))


def lost_by_owner(asked: Asked) -> Table:
    """The same by the one who answers for the row."""
    table = Table("lost-by-owner", ("owner",), LOST)
    names: dict[str, str] = {}
    return _lost(asked, table, lambda one: (names.setdefault(fold(one.owner), one.owner) if one.owner else None,))


def lost_by_status(asked: Asked) -> Table:
    """The same by the status in which the row stands now, of what is still open."""
    table = Table("lost-by-status", ("register", "status"), LOST)
    return _lost(asked, table, lambda one: (_register(one), _status(one)), lambda one: one.clock.is_open)


def _lost(
    asked: Asked,
    table: Table,
    labelled: Callable[[Judged], tuple[Label, ...]],
    counts: Callable[[Judged], bool] = lambda _: True,
) -> Table:
    cases: Counter[tuple[Label, ...]] = Counter()
    lost: dict[tuple[Label, ...], timedelta] = defaultdict(timedelta)
    since, until = month_span(asked)
    for one in judged(asked):
        late = one.late_within(since, until)
        if late and counts(one):
            labels = labelled(one)
            cases[labels] += 1
            lost[labels] += late
    ordered = sorted(lost.items(), key=lambda item: (-item[1], str(item[0])))
    lines = tuple(Line(labels, (cases[labels], span)) for labels, span in ordered)
    return replace(table, lines=(*lines, *unread_lines(asked, table, *SOURCES)))


def _policy(one: Judged) -> str:
    return one.clock.policy.no


def _register(one: Judged) -> Name:
    return Name(one.table.register.name)


def _status(one: Judged) -> Name | None:
    status = one.row.get("status")
    return Name(one.table.register.name, "status", status) if status else None
