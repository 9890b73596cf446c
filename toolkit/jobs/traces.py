"""What a run leaves on the rows besides its results: what was last sent, and when the row was last changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from toolkit.core.actions import Append, Edit
from toolkit.core.memory import Sent
from toolkit.core.message import masked_address
from toolkit.core.private import masked_text
from toolkit.core.reason import because
from toolkit.core.words import Words
from toolkit.jobs.edits import edit
from toolkit.registers.schema import Row
from toolkit.registers.snapshot import Snapshot

Keys = Mapping[tuple[str, str, int], str]
"""(book, register, sheet row) -> the key that a row gets in this very run."""


def numbered(snapshot: Snapshot, edits: Iterable[Edit]) -> Keys:
    """The rows to which these edits give a number, with their whole key."""
    found: dict[tuple[str, str, int], str] = {}
    tables = {(table.book, table.register.name): table for table in snapshot.tables}
    rows: dict[tuple[str, str], dict[int, Row]] = {}
    for one in edits:
        here = (one.at.book, one.at.register)
        if here not in tables or one.column != tables[here].register.key[0]:
            continue
        register = tables[here].register
        if here not in rows:
            rows[here] = {row.row: row for row in tables[here].rows}
        more = (rows[here][one.at.row].get(name) or register.key_default.get(name) for name in register.key[1:])
        found[*here, one.at.row] = "#".join([str(one.new), *(str(part) for part in more)])
    return found


def last_messages(snapshot: Snapshot, words: Words, numbers: Keys | None = None) -> Iterator[Edit]:
    """`last_message` of every row that was written about: what, when, on which channel (from the outbox, which is the
    truth). `numbers` are the keys of rows that were numbered in this very run.
    """
    given = numbers or {}
    told_of: dict[tuple[str, str], dict[str, Sent]] = defaultdict(dict)
    for (book, register, row_key), sent in snapshot.memory.sent.items():
        told_of[book, register][row_key] = sent
    for table in snapshot.tables:
        told = told_of.get((table.book, table.register.name), {})
        for row in table.rows if told and "last_message" in table.columns else ():
            key = row.key
            if key not in told and not (given and (table.book, table.register.name, row.row) in given):
                continue
            if key not in table.by_key:
                key = given.get((table.book, table.register.name, row.row))
            message = told.get(key or "")
            if message is None:
                continue
            text = because(
                "trace.last",
                notice=because(f"notice.{message.notice}"),
                channel=because(f"channel.{message.channel}"),
                at=snapshot.wall(table, message.at),
            )
            yield from edit(table, row, "last_message", words.say(text), because("edit.last-message"))


def touched(snapshot: Snapshot, edits: Iterable[Edit], now: datetime) -> Iterator[Edit]:
    """`updated_at` of every ticket of which another cell changes."""
    changed: dict[str, set[int]] = defaultdict(set)
    for one in edits:
        if one.at.register == "tickets":
            changed[one.at.book].add(one.at.row)
    why = because("edit.updated")
    for table in snapshot.of("tickets"):
        rows, at = changed[table.book], snapshot.wall(table, now)
        for row in table.rows if rows else ():
            if row.row in rows:
                yield from edit(table, row, "updated_at", at, why)


def log_rows(snapshot: Snapshot, words: Words, appended: frozenset[str] = frozenset()) -> Iterator[Append]:
    """A line of the messages tab for each message that it does not tell of yet. The log is found by key: no line twice.

    `appended` are the keys of lines that this very run has put there since it read the tab.
    """
    logs = snapshot.of("messages")
    there = appended | {row.message_key for table in logs for row in table.rows}
    for stored in snapshot.memory.unlogged if logs else ():
        message = stored.message
        if message.key in there:
            continue
        table = next((one for one in logs if one.book == message.book), logs[0])
        values = {
            "at": snapshot.wall(table, stored.changed_at),
            "message_key": message.key,
            "channel": words.say(because(f"channel.{message.channel}")),
            "to": masked_address(message.to) if message.to else None,
            "ticket": message.row_key if message.register == "tickets" else None,
            "subject": masked_text(message.letter.subject) or words.say(because(f"notice.{message.notice}")),
            "result": words.say(because(f"state.{stored.state}")),
        }
        yield Append(table.book, "messages", values, because("edit.log"))


def log_edits(snapshot: Snapshot, words: Words) -> Iterator[Edit]:
    """A line whose message has ended otherwise since (tried again, settled by a person) is put right."""
    ended = {one.message.key: one for one in snapshot.memory.unlogged}
    for table in snapshot.of("messages") if ended else ():
        for row in table.rows:
            stored = ended.get(row.message_key or "")
            if stored is not None:
                result = words.say(because(f"state.{stored.state}"))
                yield from edit(table, row, "result", result, because("edit.log"))
