"""Plans, findings and results as JSON (30, JSON; 60, 19 and 26): literal contents, personal data masked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from toolkit.core.finding import Severity
from toolkit.core.inbound import Kind
from toolkit.core.message import Message, State, Stored, masked_address
from toolkit.core.private import masked_text
from toolkit.registers.schema import Type

if TYPE_CHECKING:
    from toolkit.app.applied import Applied, Unmade
    from toolkit.app.planned import Planned
    from toolkit.core.actions import Append, Edit
    from toolkit.core.errors import BookError
    from toolkit.core.finding import Finding
    from toolkit.core.words import Words
    from toolkit.registers.snapshot import Snapshot
    from toolkit.registers.table import Table

PRIVATE = frozenset({Type.PHONE, Type.EMAIL})
PRIVATE_COLUMNS = frozenset({"address", "contact"})


def literal(value: object) -> object:
    """What the cell holds: `2026-11-20`, wall time `2026-11-20T14:30:00`, numbers, money as text, null for empty."""
    match value:
        case datetime():
            return value.isoformat(timespec="seconds")
        case date() | time():
            return value.isoformat()
        case Decimal() | timedelta():
            return str(value)
        case tuple() | list():
            return "、".join(str(one) for one in value)
        case None | bool() | int() | float() | str():
            return value
        case _:
            return str(value)


def _plain(value: object) -> object:
    """A literal whose text, which may quote what somebody typed, shows no number or address."""
    found = literal(value)
    return masked_text(found) if isinstance(found, str) and isinstance(value, str) else found


def shielded(table: Table | None, column: str | None, value: object) -> object:
    """The value, masked where the column holds a phone, an email or an address; bad values too."""
    if table is not None and column is not None and column in table.register.by_key and value is not None:
        spec = table.register.by_key[column]
        if spec.type in PRIVATE or column in PRIVATE_COLUMNS:
            text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
            return masked_address(text)
    return _plain(value)


class Shown:
    """Everything of one plan as JSON."""

    def __init__(self, snapshot: Snapshot, words: Words) -> None:
        self.words = words
        self._tables = {(one.book, one.register.name): one for one in snapshot.tables}

    def finding(self, one: Finding) -> dict[str, Any]:
        """One finding."""
        table = self._tables.get((one.book or "", one.register or ""))
        return {
            "severity": str(one.severity),
            "code": one.code,
            "book": one.book,
            "register": one.register,
            "key": one.key,
            "column": one.column,
            "cell": one.place.cell if one.place else None,
            "value": shielded(table, one.column, one.value),
            "message": masked_text(self.words.say(one.reason)),
        }

    def edit(self, one: Edit) -> dict[str, Any]:
        """One cell."""
        table = self._tables[one.at.book, one.at.register]
        return {
            "book": one.at.book,
            "register": one.at.register,
            "key": one.at.key,
            "column": one.column,
            "cell": table.place(one.at.row, one.column).cell,
            "old": shielded(table, one.column, one.old),
            "new": shielded(table, one.column, one.new),
            "reason": masked_text(self.words.say(one.reason)),
        }

    def conflict(self, one: Unmade) -> dict[str, Any]:
        """A cell that was not written: what was planned, what was found, why it was left alone."""
        table = self._tables[one.edit.at.book, one.edit.at.register]
        found = shielded(table, one.edit.column, one.found)
        return {**self.edit(one.edit), "found": found, "conflict": masked_text(self.words.say(one.why))}

    def append(self, one: Append) -> dict[str, Any]:
        """One row for the end of a register."""
        table = self._tables.get((one.book, one.register))
        return {
            "book": one.book,
            "register": one.register,
            "reason": masked_text(self.words.say(one.reason)),
            "values": {key: shielded(table, key, value) for key, value in one.values.items()},
        }

    def plan(self, made: Planned, *, full: bool) -> dict[str, Any]:
        """The whole plan."""
        return {
            "now": made.now.isoformat(),
            "books": books(made),
            "edits": [self.edit(one) for one in made.plan.edits],
            "appends": [self.append(one) for one in made.plan.appends],
            "messages": [message(one, full=full) for one in made.letters.new],
            "findings": [self.finding(one) for one in made.findings],
        }


def books(made: Planned) -> list[dict[str, Any]]:
    """Each book with its registers: rows, and rows with nothing wrong."""
    wrong = {
        (one.book, one.register, one.place.row)
        for one in made.findings
        if one.severity is Severity.ERROR and one.place is not None
    }
    found: dict[str, dict[str, Any]] = {}
    for table in made.snapshot.tables:
        blank: dict[str, Any] = {"name": table.book, "location": made.locations.get(table.book), "registers": {}}
        entry = found.setdefault(table.book, blank)
        valid = sum((table.book, table.register.name, row.row) not in wrong for row in table.rows)
        entry["registers"][table.register.name] = {"rows": len(table.rows), "valid": valid}
    return list(found.values())


def refused(errors: Iterable[BookError]) -> list[dict[str, str]]:
    """Books that could not be read or written: `code` is refused, locked, changed or rows-lost."""
    return [{"book": one.book, "code": one.code, "message": str(one)} for one in errors]


def message(one: Message, *, full: bool = False) -> dict[str, Any]:
    """One message; the text only where it was asked for (60, 19)."""
    shown = {
        "key": one.key,
        "notice": one.notice,
        "channel": one.channel,
        "to": masked_address(one.to) if one.to else None,
        "subject": masked_text(one.letter.subject),
        "register": one.register,
        "row_key": one.row_key,
        "not_before": one.not_before.isoformat() if one.not_before else None,
        "state": "held" if one.state is State.HELD else "new",
        "reason": masked_text(one.why),
    }
    return {**shown, "text": one.letter.text} if full else shown


def stored(one: Stored, *, full: bool = False) -> dict[str, Any]:
    """A message of the outbox."""
    return {
        "id": one.id,
        **message(one.message, full=full),
        "state": str(one.state),
        "attempts": one.attempts,
        "created_at": one.created_at.isoformat(),
        "changed_at": one.changed_at.isoformat(),
        "note": masked_text(one.note),
    }


def applied(done: Applied, shown: Shown) -> dict[str, Any]:
    """What a run did."""
    delivery = done.delivery
    return {
        "edits": done.edits,
        "appends": done.appends,
        "conflicts": [shown.conflict(one) for one in done.conflicts],
        "messages": {
            "sent": len(delivery.sent),
            "queued": done.queued,
            "held": done.held,
            "failed": len(delivery.failed),
            "unknown": len(delivery.unknown),
            "expired": len(delivery.expired),
            "capped": len(delivery.capped),
            "delivered": len(done.receipts.settled.get(State.DELIVERED, ())),
            "undelivered": len(done.receipts.settled.get(State.UNDELIVERED, ())),
        },
        "mail": {"bounces": len(done.post.of(Kind.BOUNCE)), "replies": len(done.post.of(Kind.REPLY))},
        "seconds": round(done.seconds, 3),
        "api_calls": done.api_calls,
        "refused": refused(done.refused),
        "companions": list(done.companions),
    }


def digest_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a digest says, as data: its figures, warnings and sections; numbers and addresses that texts quote are masked."""
    return {name: _shielded(value) for name, value in values.items()}


def _shielded(value: Any) -> Any:
    match value:
        case Mapping():
            return {name: part if name in ("link", "cell") else _shielded(part) for name, part in value.items()}
        case list():
            return [_shielded(one) for one in value]
        case _:
            return _plain(value)


def dumped(value: Mapping[str, Any] | Iterable[Any]) -> str:
    """JSON as people can read it."""
    return json.dumps(value, ensure_ascii=False, indent=1)
