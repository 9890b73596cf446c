"""The share of each P-number that was kept in the month, over all registers (20, Digest and reports)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace

from toolkit.core.reason import Name, Reason, because
from toolkit.jobs.figures.asked import Asked
from toolkit.jobs.figures.judged import RENEWED, SOURCES, is_due_within, judged
from toolkit.jobs.figures.rows import share, unread_lines
from toolkit.jobs.figures.shape import Column, Line, Table, Unit
from toolkit.registers.every import REGISTERS
from toolkit.rules.clock import Running

COLUMNS = (Column("met"), Column("late"), Column("overdue"), Column("on_time", Unit.SHARE))
Rule = tuple[str, str, str]
"""P-number, clock, register."""


def on_time(asked: Asked) -> Table:
    """Each rule of the desk with the clocks that were due in the month: met, late, still open and overdue."""
    table = Table("on-time", ("policy", "step", "register"), COLUMNS)
    counts = _counts(asked)
    rules = dict.fromkeys((one.no, one.clock, one.register) for one in asked.settings.policies)
    lines = [_line(asked, rule, counts[rule]) for rule in sorted(rules, key=_in_order) if _is_kept(asked, rule)]
    return replace(table, lines=(*lines, *unread_lines(asked, table, *SOURCES)))


def _in_order(rule: Rule) -> tuple[str, str, int]:
    """By number; of one number the steps in the order of their register."""
    no, clock, name = rule
    register = next(one for one in REGISTERS if one.name == name)
    return no, name, tuple(register.clocks).index(clock)


def _counts(asked: Asked) -> Mapping[Rule, Counter[Running]]:
    found: dict[Rule, Counter[Running]] = defaultdict(Counter)
    for one in judged(asked):
        running = one.running
        if running is not None and is_due_within(asked, one):
            policy = one.clock.policy
            found[policy.no, policy.clock, policy.register][running] += 1
    return found


def _is_kept(asked: Asked, rule: Rule) -> bool:
    """A rule of a register that the desk does not have, or that could not be read, is told of otherwise or not at all."""
    return bool(asked.snapshot.of(rule[2])) and not asked.snapshot.is_unread(rule[2])


def _line(asked: Asked, rule: Rule, count: Counter[Running]) -> Line:
    no, clock, register = rule
    labels = (no, because(f"step.{clock}"), Name(register))
    if clock in RENEWED:
        return Line(labels, (None, None, None, None), remarks=(because("figures.renewed"),))
    met, late, overdue = (count[one] for one in (Running.MET, Running.LATE, Running.OVERDUE))
    remarks: tuple[Reason, ...] = ()
    if clock == "callback" and asked.snapshot.is_unread("surveys", "contacts"):
        return Line(labels, (None, None, None, None), remarks=(because("figures.calls-unread"),))
    return Line(labels, (met, late, overdue, share(met, met + late + overdue)), remarks=remarks)
