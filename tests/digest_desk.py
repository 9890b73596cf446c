"""A small desk in memory for tests of the daily digest: who works there, and what each of them reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from tests.small_desk import BOOK, SmallDesk, settings_of
from toolkit.core.actions import Occasion
from toolkit.core.reason import Name
from toolkit.core.words import Words
from toolkit.jobs import digest
from toolkit.jobs.daily.board import Board
from toolkit.jobs.daily.readers import Readers
from toolkit.jobs.daily.values import values_for
from toolkit.registers.snapshot import Snapshot
from toolkit.settings.lexicons import lexicon_of

NOW = "2026-03-05T08:30"
"""A Thursday morning."""
HEAD = "timezone: Europe/London\ncalendar: {week: {mon-fri: ['09:00-18:00']}, holidays: none}\nchannels: {only_since: 2020-01-01}\n"
STAFF = [
    {"staff_no": "S1", "name": "Nina", "role": "customer_service", "email": "nina@example.com", "manager": "Mary"},
    {"staff_no": "S2", "name": "Omar", "role": "customer_service", "email": "omar@example.com", "manager": "Mary"},
    {"staff_no": "S3", "name": "Mary", "role": "manager", "email": "mary@example.com"},
    {"staff_no": "S4", "name": "Jean", "role": "caller", "email": "jean@example.com", "manager": "Mary"},
    {"staff_no": "S5", "name": "Tess", "role": "order_tracker", "email": "tess@example.com", "manager": "Mary"},
]
Sections = list[tuple[str, int, list[str]]]


def desk(config: str = "preset: furniture-retail\n", **rows: list[dict[str, Any]]) -> SmallDesk:
    """A desk with these rows besides its people."""
    return SmallDesk(
        settings_of(config + HEAD),
        {name: [dict(one) for one in its] for name, its in ({"staff": STAFF} | rows).items()},
    )


def ticket(number: str | None, owner: str | None = "Nina", **cells: Any) -> dict[str, Any]:
    """A repair of Wednesday noon that nobody has answered: the first response is due on Thursday at noon."""
    return {
        "ticket_no": number,
        "opened_at": datetime(2026, 3, 4, 12),
        "kind": "repair",
        "customer": "Ellen Shaw",
        "phone": "13800138001",
        "problem": "Broken",
        "status": "new",
        "owner": owner,
        **cells,
    }


def occasions(small: SmallDesk, now: str = NOW, **changes: Any) -> tuple[Occasion, ...]:
    """The digests of a morning."""
    return digest.plan(read(small, now, **changes), small.settings, small.moment(now)).occasions


def read(small: SmallDesk, now: str = NOW, unread: tuple[str, ...] = ()) -> Snapshot:
    """The desk as read, but for some registers."""
    found = small.snapshot(small.moment(now))
    tables = tuple(one for one in found.tables if one.register.name not in unread)
    return replace(found, tables=tables, unread=tuple((BOOK, one) for one in unread))


def letters(small: SmallDesk, now: str = NOW, **changes: Any) -> dict[str, Mapping[str, Any]]:
    """Address -> what the digest that goes there is told."""
    return {one.to.address: one.values() for one in occasions(small, now, **changes)}


def whole(small: SmallDesk, now: str = NOW, **changes: Any) -> dict[str, Any]:
    """The digest of the whole desk."""
    snapshot, moment = read(small, now, **changes), small.moment(now)
    board, words = Board(snapshot, small.settings, moment), Words("en", lexicon_of(small.settings).label)
    return values_for(board, Readers(board).desk(), words)


def sections(values: Mapping[str, Any]) -> Sections:
    """Heading, count, lines: a digest at a glance."""
    return [(one["title"], one["count"], [row["text"] for row in one["rows"]]) for one in values["sections"]]


def label(small: SmallDesk, register: str) -> str:
    """What the sheet calls a register."""
    return lexicon_of(small.settings).label(Name(register))
