"""`aftersales forget`: removes a person from the state database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli.options import Config, Quiet, Verbose

if TYPE_CHECKING:
    from toolkit.app.forgetting import Sought
    from toolkit.gateways.state import Trail
    from toolkit.settings.model import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("forget", help="Remove a person from the state database: texts, addresses, names, what was seen.")(
        forget
    )


def forget(
    contact: Annotated[str, typer.Argument(metavar="PHONE|EMAIL", help="A number or an address of theirs.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    config: Config = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Show what is known of a person, ask, remove it."""
    from toolkit.app.desk import opened
    from toolkit.app.forgetting import sought
    from toolkit.app.locking import lock_of
    from toolkit.cli.session import real_clock, settings_of
    from toolkit.cli.show import complain, say

    settings = settings_of(config, quiet=quiet, verbose=verbose)
    with opened(settings) as desk:
        found = sought(desk, contact, real_clock())
        trail = desk.state.trail(found.person)
        if not quiet:
            for line in (*_known(trail), *_elsewhere(found, settings)):
                say(line)
        # Asked before the lock is taken: a run does not wait for a person's answer.
        if trail and not yes and not typer.confirm("Remove it for good?", err=True):
            raise typer.Exit(1)
        if trail:
            with lock_of(settings):
                removed = desk.state.forget(found.person, real_clock())
            complain(f"forgotten: {len(removed.to_them) + len(removed.about_them)} messages emptied")
    for refused in found.refused:
        complain(str(refused))
    raise typer.Exit(3 if found.refused else 0)


def _known(trail: Trail) -> list[str]:
    if not trail:
        return ["The state database knows nothing of this person."]
    waiting = f", {len(trail.waiting)} of them unsent: these are cancelled" if trail.waiting else ""
    return [
        "The state database holds:",
        f"  {len(trail.to_them)} messages to them and {len(trail.about_them)} to others that name them{waiting}",
        f"  {len(trail.person.rows)} rows that tell of them, with {trail.seen} remembered values",
        f"  {sum(trail.writes.values())} cells in the journals of what runs wrote",
        "Texts, addresses, names and these values are removed; when what kind of message went stays, by ticket number.",
    ]


def _elsewhere(found: Sought, settings: Settings) -> list[str]:
    lines = [f"  {book}: {tab}, row {row}" for book, tab, row in found.cells]
    if lines:
        lines.insert(0, "In the sheets they stay until you remove them there, and the next run sees them anew:")
    if settings.outbox.is_dir():
        lines.append(f"Letters that were laid into {settings.outbox} and backups of workbooks are yours to delete.")
    return lines
