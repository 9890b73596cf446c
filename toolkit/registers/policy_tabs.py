"""Two settings tabs of a manager: policies that win over those of config.yaml, and examples that every policy must keep."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.registers.schema import Register, Row, Type, When, Writer, column


@dataclass(slots=True, kw_only=True, eq=False)
class PolicyRow(Row):
    """A policy as config.yaml knows it, in words. Blank cells of a number that the preset knows stay as they are there."""

    id: str | None = column(Type.ID, required=True)
    clock: str | None = column(Type.TEXT)
    start: str | None = column(Type.TEXT)
    stop: str | None = column(Type.TEXT)
    target: str | None = column(Type.TEXT)
    when: str | None = column(Type.TEXT)
    pause_on: str | None = column(Type.TEXT)
    warn: str | None = column(Type.TEXT)
    ladder: str | None = column(Type.TEXT)
    register: str | None = column(Type.TEXT)
    active: bool | None = column(Type.YES_NO)
    notes: str | None = column(Type.TEXT)
    check: str | None = column(Type.TEXT, by=Writer.TOOLKIT)


@dataclass(slots=True, kw_only=True, eq=False)
class Example(Row):
    """What must come out: opened then, so due then."""

    policy: str | None = column(Type.ID, required=True)
    opened: When | None = column(Type.DATETIME, required=True)
    due: When | None = column(Type.DATETIME, required=True)
    notes: str | None = column(Type.TEXT)
    check: str | None = column(Type.TEXT, by=Writer.TOOLKIT)


POLICIES = Register("policies", PolicyRow, key=("id",))
EXAMPLES = Register("examples", Example, key=("policy", "opened"))
