"""Money that is open as tables: each sum with its age, and the sums of each kind by age (20, Digest and reports).

They tell how things stand when they are asked for, whatever the month: no register says what was open on an earlier day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from toolkit.core.reason import because
from toolkit.jobs.figures.asked import Asked
from toolkit.jobs.figures.money import Bracket, Open, Sum, bracket_of, sums
from toolkit.jobs.figures.owed import SOURCES, open_money
from toolkit.jobs.figures.rows import unread_lines
from toolkit.jobs.figures.shape import Column, Line, Table, Unit


def money_by_age(asked: Asked) -> Table:
    """The sums of each kind by age, in the desk's currency; a sum of which nobody knows the amount counts, and is told."""
    brackets = (
        Column(one if one is Bracket.UNDATED else f"days_{one}".replace("-", "_"), Unit.MONEY) for one in Bracket
    )
    table = Table("money-by-age", ("money", "currency"), (Column("cases"), *brackets, Column("amount", Unit.MONEY)))
    currency = asked.settings.currency
    lines = tuple(_sum_line(one, currency) for one in sums(_found(asked), _today(asked)))
    return replace(table, lines=(*lines, *unread_lines(asked, table, *SOURCES)))


def money_open(asked: Asked) -> Table:
    """Each sum with its age in days, the oldest first."""
    columns = (
        Column("bracket", Unit.TEXT),
        Column("owner", Unit.TEXT),
        Column("since", Unit.DAY),
        Column("age"),
        Column("amount", Unit.MONEY),
    )
    table = Table("money-open", ("money", "case", "who"), columns)
    lines = tuple(_line(one, _today(asked)) for one in _found(asked))
    return replace(table, lines=(*lines, *unread_lines(asked, table, *SOURCES)))


def _found(asked: Asked) -> Sequence[Open]:
    return open_money(asked.snapshot, asked.settings, asked.now)


def _today(asked: Asked) -> date:
    return asked.now.astimezone(asked.settings.timezone).date()


def _line(one: Open, today: date) -> Line:
    age = one.age(today)
    values = (because(f"figures.days-{bracket_of(age)}"), one.owner, one.since, age, one.amount)
    return Line((because(f"figures.money-{one.kind}"), one.case, one.who), values, remarks=one.notes)


def _sum_line(one: Sum, currency: str) -> Line:
    unknown = (because("figures.amounts-unknown", n=one.unknown),) if one.unknown else ()
    return Line(
        (because(f"figures.money-{one.kind}"), currency), (one.count, *one.by_bracket, one.total), remarks=unknown
    )
