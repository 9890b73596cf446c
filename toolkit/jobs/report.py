"""The report job: each manager gets last month's figures once, in short, with the workbook (20, Digest and reports)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time
from functools import partial
from typing import Any

from toolkit.core.actions import Occasion, Plan, RowId
from toolkit.core.reason import because
from toolkit.core.sheets import Workbook
from toolkit.jobs.figures.month import figures
from toolkit.jobs.figures.shape import Month, Unit
from toolkit.jobs.figures.sheets import workbook
from toolkit.jobs.figures.worded import Report, WordedLine, WordedTable, Wording
from toolkit.jobs.recipients import present, reached, role_of_person
from toolkit.jobs.ticket.view import Views
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table
from toolkit.settings.lexicons import lexicon_of
from toolkit.settings.model import Settings
from toolkit.settings.sections.notices import Notice

MANAGERS = frozenset({"manager", "head"})
"""Who answers for the whole desk; a store manager answers for one store."""
SUMMARY, ON_TIME, CAUSES = "summary", "on-time", "top-causes"
SHOWN = frozenset({SUMMARY, ON_TIME, CAUSES})
"""The tables that the mail itself shows: how the month went, and (20, Upkeep of the process) the three largest causes."""
MOST_REMARKS = 12
"""° A mail stays readable: so much of what stands out, the rest is in the workbook."""


def plan(snapshot: Snapshot, settings: Settings, now: datetime) -> Plan:
    """One letter for each manager who can be reached, about last month, once."""
    notice = settings.notices.get("report")
    if notice is None:
        return Plan()
    desk = _Desk(snapshot, settings, now)
    return Plan(occasions=tuple(desk.occasions(notice)))


class _Desk:
    """What the letters of one run share: the month is counted once, and worded once for each language."""

    def __init__(self, snapshot: Snapshot, settings: Settings, now: datetime) -> None:
        self.snapshot, self.settings, self.now = snapshot, settings, now
        self.today = now.astimezone(settings.timezone).date()
        self.month = Month.of(self.today).before
        self._views = Views(lambda locale: lexicon_of(settings, locale))
        self._reports: dict[str, Report] = {}

    def occasions(self, notice: Notice) -> Iterator[Occasion]:
        """Nothing is counted yet: only where a letter is to be written (a second run writes none)."""
        midnight = datetime.combine(self.today, time(0), tzinfo=self.settings.timezone)
        for table, person in managers(self.snapshot, self.now):
            for to in reached(
                notice,
                self.settings,
                person,
                role_of_person(person),
                person.name,
                frozenset(),
                self.snapshot.memory.bounced,
            ):
                yield Occasion(
                    at=RowId(table.book, "staff", person.key or person.name, person.row),
                    notice="report",
                    to=to,
                    step=str(self.month),
                    reason=because("message.report", month=str(self.month)),
                    values=partial(self.values, to.locale),
                    event_at=self.now,
                    expires_at=self.snapshot.calendar.add(midnight, notice.expires) if notice.expires else None,
                    workbook=partial(self.workbook, to.locale),
                )

    def values(self, locale: str) -> dict[str, Any]:
        """What the letter tells in one language."""
        return told(self._report(locale), self._wording(locale))

    def workbook(self, locale: str) -> Workbook:
        """What goes with it."""
        return workbook(self._report(locale), self._wording(locale))

    def _wording(self, locale: str) -> Wording:
        return Wording(self._views.words(locale), self.settings.currency)

    def _report(self, locale: str) -> Report:
        if locale not in self._reports:
            asked = self.snapshot, self.settings, self.month, self.now
            found = self.snapshot.once(("figures", self.month), lambda: figures(*asked))
            self._reports[locale] = self._wording(locale).report(found, self.snapshot.unread)
        return self._reports[locale]


def managers(snapshot: Snapshot, now: datetime) -> Iterator[tuple[Table, Any]]:
    """Who gets the report, each once: the managers, for one who is away the deputy."""
    tables = {id(row): table for table, row in snapshot.rows("staff")}
    day = now.astimezone(snapshot.calendar.timezone).date()
    here = (present(snapshot, row, day) for _, row in snapshot.rows("staff") if row.role in MANAGERS)
    for person in {id(one): one for one in here if one is not None}.values():
        yield tables[id(person)], person


def told(report: Report, wording: Wording) -> dict[str, Any]:
    """The values of the letter: what can be read on a phone; all else is in the workbook."""
    tables = {one.name: one for one in report.tables}
    return {
        "month": report.month,
        "before": report.before,
        "unread": list(report.warnings),
        "summary": _figures(tables.get(SUMMARY), None),
        "on_time": _figures(tables.get(ON_TIME), Unit.SHARE),
        "causes": _figures(tables.get(CAUSES), None),
        "remarks": list(_remarks(report, wording)),
        "is_attached": True,
    }


def _figures(table: WordedTable | None, unit: Unit | None) -> list[dict[str, Any]]:
    """Each line with its first figure, or with the first one of a unit; without the lines that have nothing to tell."""
    if table is None:
        return []
    units = [one.unit for one in table.raw.columns]
    at = units.index(unit) if unit in units else 0
    raw = zip(table.raw.lines, table.lines, strict=True)
    return [_figure(line, at) for numbers, line in raw if numbers.values[at] is not None]


def _figure(line: WordedLine, at: int) -> dict[str, Any]:
    return {"label": _about(line), "value": line.values[at], "change": line.changes[at]}


def _about(line: WordedLine) -> str:
    return " · ".join(line.labels)


def _remarks(report: Report, wording: Wording) -> Iterable[str]:
    """What stands out in the tables that the mail does not show, in their order."""
    found = [
        wording.say("stands-out", table=table.title, what=_about(line), why=remark)
        for table in report.tables
        if table.name not in SHOWN
        for line in table.lines
        for remark in line.remarks
    ]
    yield from found[:MOST_REMARKS]
    if len(found) > MOST_REMARKS:
        yield wording.say("more-remarks", n=len(found) - MOST_REMARKS)
