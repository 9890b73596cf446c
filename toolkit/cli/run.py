"""`aftersales run`: plans and applies; a summary at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from toolkit.cli.options import AcceptLoss, AsJson, BookName, Config, Jobs, Now, Quiet, Verbose

if TYPE_CHECKING:
    from toolkit.app.applied import Applied
    from toolkit.app.planned import Planned
    from toolkit.settings.model import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("run", help="Plan and apply: write the cells, send the messages, show a summary.")(run)


def run(
    jobs: Jobs = None,
    config: Config = None,
    book: BookName = None,
    now: Now = None,
    accept_loss: AcceptLoss = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Plan and apply."""
    from toolkit.app.desk import opened
    from toolkit.app.dispatch import take_by_hand
    from toolkit.app.locking import lock_of
    from toolkit.app.planning import chosen_jobs, words_of
    from toolkit.app.run import run as apply
    from toolkit.cli import as_json as json
    from toolkit.cli.session import moment, real_clock, settings_of
    from toolkit.cli.show import complain, say, working

    settings = settings_of(config, quiet=quiet, verbose=verbose)
    chosen = chosen_jobs(jobs or ())
    with lock_of(settings), opened(settings, book, accept_loss or ()) as desk, working("working", quiet=quiet):
        made, applied = apply(desk, moment(now, settings), chosen, real_clock)
        if now is None and book is None and not applied.refused:
            take_by_hand(desk.state, settings, chosen, real_clock())
    if as_json:
        shown = json.Shown(made.snapshot, words_of(settings))
        say(json.dumped({**shown.plan(made, full=False), "applied": json.applied(applied, shown)}))
    elif not quiet:
        summary(made, applied, settings)
    for refused in applied.refused:
        complain(str(refused))
    for note in applied.notes:
        complain(note)
    raise typer.Exit(exit_code(made, applied))


def exit_code(made: Planned, applied: Applied) -> int:
    """2 over 3 over 1 (60, 11); rows that need mending alone leave it at 0."""
    from toolkit.core.message import NEEDS_A_PERSON

    if applied.refused:
        return 3
    skipped = any(one.code in ("missing-column", "duplicate-column") for one in made.findings)
    waiting = any(applied.waiting.get(str(state)) for state in NEEDS_A_PERSON)
    return 1 if skipped or waiting or applied.conflicts or applied.is_lost or made.letters.findings else 0


COMMANDS = (
    ("check", "what is wrong with which cell"),
    ("explain TICKET", "the whole story of one ticket"),
    ("digest", "what is late, due and to be called"),
    ("report", "the figures of last month"),
    ("outbox list", "the messages"),
)
"""Where to go on from the summary."""


def summary(made: Planned, applied: Applied, settings: Settings) -> None:
    """What was done, where to look, what waits for a person."""
    from toolkit.cli.show import table
    from toolkit.core.finding import Severity
    from toolkit.core.message import State

    late = {(table.book, row.row): row.overdue for table, row in made.snapshot.rows("tickets")}
    written = (one for one in made.plan.edits if one.at.register == "tickets" and one.column == "overdue")
    late |= {(one.at.book, one.at.row): one.new for one in written}
    overdue = sum(1 for one in late.values() if one)
    waiting = applied.waiting
    rows: list[tuple[str, object]] = [
        ("rows read", sum(len(one.rows) for one in made.snapshot.tables)),
        ("findings (errors)", sum(one.severity is Severity.ERROR for one in made.findings)),
        ("tickets overdue", overdue),
        ("cells written", applied.edits),
        ("rows appended", applied.appends),
        ("messages sent", len(applied.delivery.sent)),
    ]
    rows += [("messages delivered", len(ids))] if (ids := applied.receipts.settled.get(State.DELIVERED)) else []
    states = ("ready", "held", "failed", "unknown", "undelivered")
    rows += ((f"messages {state}", waiting[state]) for state in states if waiting.get(state))
    rows += [("conflicts", len(applied.conflicts))] if applied.conflicts else []
    table(("run", made.now.strftime("%Y-%m-%d %H:%M")), [*rows, ("seconds", f"{applied.seconds:.1f}")])
    _where_to_look(made, applied, settings)
    _what_waits(made, applied, settings)


def _where_to_look(made: Planned, applied: Applied, settings: Settings) -> None:
    from pathlib import Path

    from toolkit.cli.show import say, shortened
    from toolkit.settings.load import find_config

    say("Look at:")
    for location in made.locations.values():
        say(f"  {shortened(location)}  (the registers: check, overdue, next step)")
    for location in applied.companions:
        say(f"  {shortened(location)}  (read-only: what waits for a workbook to be closed)")
    if applied.delivery.sent and settings.outbox.is_dir():
        say(f"  {shortened(settings.outbox)}  (the letters)")
    is_found = settings.file is None or find_config(Path.cwd()) == settings.file
    option = "" if is_found else f" -c {shortened(str(settings.file))}"
    for command, tells in COMMANDS:
        say(f"  aftersales {command}{option}  ({tells})")


def _what_waits(made: Planned, applied: Applied, settings: Settings) -> None:
    from toolkit.app.limits import AUDIENCES, after_quiet
    from toolkit.app.planned import lost_state_finding
    from toolkit.app.planning import words_of
    from toolkit.cli.show import complain

    waiting, words = applied.waiting, words_of(settings)
    ends = {after_quiet(settings, made.now, one) for one in AUDIENCES} - {None}
    if waiting.get("ready") and ends:
        until = " and ".join(sorted(f"{one:%H:%M}" for one in ends if one is not None))
        complain(f"{waiting['ready']} messages wait for the end of the quiet hours, {until}")
    if capped := len(applied.delivery.capped):
        complain(f"{capped} messages wait for tomorrow: their recipients had enough today (channels.daily_cap)")
    if waiting.get("held"):
        complain(
            f"{waiting['held']} messages wait for you: see `aftersales outbox list --state held`, then `outbox approve`"
        )
    if applied.is_lost:
        complain(words.say(lost_state_finding().reason))
    for channel, why in applied.delivery.rested.items():
        complain(f"{channel} rested until the next run: {why}")
    tables = {(one.book, one.register.name): one for one in made.snapshot.tables}
    for one in applied.conflicts:
        at = one.edit.at
        cell = tables[at.book, at.register].place(at.row, one.edit.column).cell
        found = f" (found there: {one.found})" if one.found is not None else ""
        complain(f"not written: {cell} of {at.key or 'a new row'}: {words.say(one.why)}{found}")
