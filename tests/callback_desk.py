"""A small desk in memory for tests of call-backs: a curtain brand with stores, whose runs also make the second small write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from tests.small_desk import SmallDesk, settings_of
from toolkit.core.actions import Plan
from toolkit.core.memory import KEPT
from toolkit.jobs.callback.noted import passed_on
from toolkit.registers.snapshot import Snapshot

CONFIG = "channels: {only_since: 2020-01-01, quiet_hours: none}\n"
STAFF = [
    {"staff_no": "S1", "name": "Jean", "role": "caller", "email": "jean@example.com", "manager": "Mary"},
    {"staff_no": "S2", "name": "Nina", "role": "order_tracker", "email": "nina@example.com", "manager": "Mary"},
    {"staff_no": "S3", "name": "Mary", "role": "manager", "email": "mary@example.com"},
    {"staff_no": "S4", "name": "Ruth", "role": "store_manager", "email": "ruth@example.com", "store": "North"},
]
VENDORS = [
    {"vendor_no": "V1", "name": "Steady Hands", "city": "Bristol", "phone": "13800138002", "initial_rating": 4.0},
    {"vendor_no": "V2", "name": "Fine Joinery", "city": "Bristol", "phone": "13800138003"},
]
QUESTIONS = (
    "called_before",
    "polite_and_tidy",
    "materials_complete",
    "cleaned_up",
    "quality_and_effect",
    "use_explained",
    "asked_before_photos",
    "knew_the_brand",
    "would_recommend",
)


class CallbackDesk(SmallDesk):
    """A desk whose runs also write what was sent, as `run` does."""

    def run(self, now: datetime | str, jobs: Sequence[str] | None = None) -> Plan:
        """Plan, apply, note: every new message counts as sent at that moment."""
        moment = self.moment(now)
        before, known = self.snapshot(moment), self.memory.occasions
        plan = super().run(now, jobs)
        told, heard = dict(self.memory.told), dict(self.memory.heard)
        for one in plan.occasions:
            if one.skip or one.key in known or not one.at.key:
                continue
            if one.notice in KEPT:
                told.setdefault((one.at.book, one.at.register, one.at.key, one.notice), moment)
            if one.to.role == "customer":
                heard[one.at.book, one.at.register, one.at.key] = moment
        self.memory = replace(self.memory, told=told, heard=heard)
        after = Snapshot(before.tables, self.memory, before.calendar, before.zones)
        for one in passed_on(after, self.settings, moment, plan.edits):
            self.rows[one.at.register][one.at.row - 2][one.column] = one.new
        return plan


def curtains(**rows: list[dict[str, Any]]) -> CallbackDesk:
    """The curtain brand's desk with these rows besides its people and vendors."""
    return desk("preset: curtains\n", **rows)


def desk(config: str = "", **rows: list[dict[str, Any]]) -> CallbackDesk:
    """A desk of any preset, its locale and country English."""
    head = "timezone: Europe/London\ncalendar: {week: {mon-fri: ['09:00-18:00']}, holidays: none}\n"
    copied = {name: [dict(one) for one in its] for name, its in {"staff": STAFF, "vendors": VENDORS, **rows}.items()}
    return CallbackDesk(settings_of(config + head + CONFIG), {"surveys": [], **copied})


def ticket(number: str = "AS-1", **cells: Any) -> dict[str, Any]:
    """An installation by V1 in the store North, done on Monday 2026-03-02 at noon."""
    return {
        "ticket_no": number,
        "opened_at": datetime(2026, 3, 2, 13),
        "kind": "install",
        "customer": "Ellen Shaw",
        "phone": "13800138001",
        "problem": "Curtains",
        "status": "done",
        "store": "North",
        "owner": "Nina",
        "vendor": "V1",
        "started_at": datetime(2026, 3, 2, 10),
        "finished_at": datetime(2026, 3, 2, 12),
        "responded_at": datetime(2026, 3, 2, 13),
        **cells,
    }


def survey(about: str | None = "AS-1", called_at: datetime | None = None, **cells: Any) -> dict[str, Any]:
    """A call-back by Jean on Tuesday at ten."""
    return {"ticket_no": about, "called_at": called_at or datetime(2026, 3, 3, 10), "caller": "Jean", **cells}


def answers(*noes: str) -> dict[str, bool]:
    """The nine questions, yes but to these."""
    return {key: key not in noes for key in QUESTIONS}


def letters(plan: Plan, notice: str) -> list[Any]:
    """The letters of one notice that stand."""
    return [one for one in plan.occasions if one.notice == notice and not one.skip]
