"""What a run leaves on the rows besides its results: what was last sent, and when the row was last changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from toolkit.core.actions import Append, Edit
from toolkit.core.message import masked_address
from toolkit.core.private import masked_text
from toolkit.core.reason import because
from toolkit.core.words import Words
from toolkit.jobs.edits import edit
from toolkit.registers.snapshot import Snapshot


def last_messages(
    snapshot: Snapshot, words: Words, numbers: dict[tuple[str, int], str] | None = None
) -> Iterator[Edit]:
    """`last_message` of every ticket: what, when, on which channel (from the outbox, which is the truth)."""
    given = numbers or {}
    for table in snapshot.of("tickets"):
        told = {
            key: sent
            for (book, register, key), sent in snapshot.memory.sent.items()
            if book == table.book and register == "tickets"
        }
        for row in table.rows if told else ():
            key = row.key
            if key not in told and not (given and (table.book, row.row) in given):
                continue
            if key not in table.by_key:
                key = given.get((table.book, row.row))
            sent = told.get(key) if key else None
            if sent is None:
                continue
            text = because(
                "trace.last",
                notice=because(f"notice.{sent.notice}"),
                channel=because(f"channel.{sent.channel}"),
                at=snapshot.wall(table, sent.at),
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
