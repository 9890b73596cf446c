"""After the letters left: what was sent, on its row and in the log, and how the cells stand now (60, 6)."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

from toolkit.app.applied import Applied
from toolkit.app.desk import Desk, remembered
from toolkit.app.planned import Planned
from toolkit.app.planning import words_of
from toolkit.app.reading import Read
from toolkit.app.write_books import write_books
from toolkit.core.actions import Plan
from toolkit.core.reason import because
from toolkit.jobs.callback.noted import passed_on
from toolkit.jobs.every import NOT_IN_A_PLAIN_RUN
from toolkit.jobs.traces import last_messages, log_edits, log_rows, numbered, touched
from toolkit.jobs.typed_over import marks


def note_sent(desk: Desk, made: Planned, applied: Applied, run_id: int) -> None:
    """The second small write: what was sent, on its row and in the log; only if something was (60, 6)."""
    if not applied.delivery.has_delivered and not applied.receipts.has_news:
        return
    snapshot = replace(made.snapshot, memory=remembered(desk, made.now))
    words = words_of(desk.settings)
    is_for_rows = not NOT_IN_A_PLAIN_RUN.issuperset(made.jobs)
    edits = list(last_messages(snapshot, words, numbered(snapshot, made.plan.edits))) if is_for_rows else []
    if "callbacks" in made.jobs:
        edits += passed_on(snapshot, desk.settings, made.now, made.plan.edits)
    edits += log_edits(snapshot, words)
    edits += touched(snapshot, edits, made.now)
    refused = {error.book for error in applied.refused}
    stamps = {name: stamp for name, stamp in made.read.stamps.items() if name not in refused}
    read = Read(snapshot, stamps, made.read.settings)
    appended = frozenset(str(one.values["message_key"]) for one in made.plan.appends if one.register == "messages")
    after = Plan(edits=tuple(edits), appends=tuple(log_rows(snapshot, words, appended)))
    write_books(desk, read, after, applied, run_id, is_last=False)
    applied.noted += [one for one in after.edits if one.at.book not in applied.unsure]
    applied.logged += after.appends


def leave_marks(desk: Desk, made: Planned, applied: Applied) -> None:
    """Remember how the toolkit cells stand now, so that the next run sees who typed over them."""
    refused = {error.book for error in applied.refused}
    lost = {id(one.edit) for one in applied.conflicts}
    edits = (one for one in chain(made.plan.edits, applied.noted) if id(one) not in lost)
    desk.state.leave((row, mark) for row, mark in marks(made.snapshot, edits) if row[0] not in refused)


def tick_off(desk: Desk, made: Planned, applied: Applied) -> None:
    """Tick off the messages of which the messages tab now tells how they ended; the next run sees to the others."""
    if applied.refused or made.snapshot.unread:
        return
    words = words_of(desk.settings)
    told = {row.message_key: row.result for _, row in made.snapshot.rows("messages")}
    rows = {row.row: row.message_key for _, row in made.snapshot.rows("messages")}
    told |= {
        rows[one.at.row]: str(one.new)
        for one in chain(made.plan.edits, applied.noted)
        if one.at.register == "messages" and one.at.book not in applied.unsure
    }
    told |= {
        str(one.values["message_key"]): str(one.values["result"])
        for one in (*made.plan.appends, *applied.logged)
        if one.register == "messages" and one.book not in applied.unsure
    }
    has_log = bool(made.snapshot.of("messages"))
    ended = [
        one.id
        for one in desk.state.unlogged()
        if not has_log or told.get(one.message.key) == words.say(because(f"state.{one.state}"))
    ]
    desk.state.note_messages(ended, made.now)
