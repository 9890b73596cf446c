"""`aftersales outbox`: the messages, and what a person may do with them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli.options import AsJson, Config, Quiet, Verbose

if TYPE_CHECKING:
    from toolkit.gateways.state import StateDatabase

Ids = Annotated[
    list[int] | None, typer.Argument(metavar="[ID]...", help="Numbers from `outbox list`.", show_default=False)
]
Notice = Annotated[str | None, typer.Option("--notice", help="Only this notice.", show_default=False)]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    outbox = typer.Typer(no_args_is_help=True, help="The messages: list, show, approve, retry, cancel, settle, adopt.")
    outbox.command("list", help="Messages by state, newest last.")(list_)
    outbox.command("show", help="One message whole: text, attempts.")(show)
    outbox.command("approve", help="Let held messages go.")(approve)
    outbox.command("cancel", help="Never send these.")(cancel)
    outbox.command("retry", help="Try failed, unknown or expired ones again.")(retry)
    outbox.command("settle", help="An unknown one did arrive: count it as sent.")(settle)
    outbox.command("adopt", help="Take over what the messages tab says another computer sent.")(adopt)
    app.add_typer(outbox, name="outbox")


def list_(
    state: Annotated[
        str | None,
        typer.Option("--state", help="held, ready, sent, failed, unknown, expired, cancelled …", show_default=False),
    ] = None,
    notice: Notice = None,
    limit: Annotated[int, typer.Option("--limit", help="At most so many.")] = 100,
    config: Config = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Messages by state."""
    from toolkit.cli import as_json as json
    from toolkit.cli.session import settings_of
    from toolkit.cli.show import complain, say, table
    from toolkit.core.errors import UsageError
    from toolkit.core.message import State, masked_address
    from toolkit.core.private import masked_text
    from toolkit.gateways.state import open_state

    if state is not None and state not in set(State):
        raise UsageError(f"“{state}” is no state; there are {', '.join(State)}")
    settings = settings_of(config, quiet=quiet, verbose=verbose)
    with open_state(settings.state, settings.home) as database:
        found = database.messages((State(state),) if state else None, notice=notice, limit=limit)
        counts = database.counts()
    if as_json:
        say(json.dumped([json.stored(one) for one in found]))
        return
    table(
        ("id", "state", "channel", "to", "ticket", "subject", "note"),
        (
            (
                one.id,
                one.state,
                one.message.channel,
                masked_address(one.message.to) if one.message.to else "",
                one.message.row_key,
                masked_text(one.message.letter.subject) or one.message.notice,
                masked_text(one.note),
            )
            for one in found
        ),
        styles=("cyan", "bold"),
    )
    if not quiet:
        complain(", ".join(f"{n} {name}" for name, n in counts.items() if n) or "the outbox is empty")


def show(
    message_id: Annotated[int, typer.Argument(metavar="ID", help="A number from `outbox list`.")],
    full: Annotated[bool, typer.Option("--full", help="The text as it was sent, nothing masked.")] = False,
    config: Config = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """One message whole."""
    from toolkit.cli import as_json as json
    from toolkit.cli.session import settings_of
    from toolkit.cli.show import say
    from toolkit.core.message import masked_address
    from toolkit.core.private import masked_text
    from toolkit.gateways.state import open_state

    settings = settings_of(config, quiet=quiet, verbose=verbose)
    with open_state(settings.state, settings.home) as database:
        one = database.message(message_id)
        attempts = database.attempts(message_id)
    if as_json:
        say(
            json.dumped(
                {
                    **json.stored(one, full=full),
                    "attempts_made": [
                        {"outcome": each.outcome, "note": masked_text(each.text), "at": each.started_at.isoformat()}
                        for each in attempts
                    ],
                }
            )
        )
        return
    message = one.message
    for name, value in (
        ("id", one.id),
        ("state", one.state),
        ("key", message.key),
        ("to", masked_address(message.to) if message.to else ""),
        ("subject", masked_text(message.letter.subject)),
        ("template", message.letter.template),
        ("why", masked_text(message.why)),
        ("not before", message.not_before),
        ("expires", message.expires_at),
        ("note", masked_text(one.note)),
    ):
        if value:
            say(f"{name + ':':<12}{value}")
    for each in attempts:
        said = masked_text(each.text)
        say(f"{'attempt:':<12}{each.started_at:%Y-%m-%d %H:%M} {each.outcome} {said}".rstrip())
    say()
    say(message.letter.text if full else masked_text(message.letter.text))


def _change(
    config: Path | None, ids: list[int] | None, notice: str | None, state: str, move: str, reason: str = ""
) -> None:
    from toolkit.cli.session import settings_of
    from toolkit.cli.show import complain
    from toolkit.core.errors import UsageError
    from toolkit.core.message import State
    from toolkit.gateways.state import open_state

    if not ids and notice is None:
        raise UsageError(
            f"Say which: numbers from `aftersales outbox list`, or --notice NAME for every {state} one of it"
        )
    settings = settings_of(config)
    with open_state(settings.state, settings.home) as database:
        chosen = list(ids or ()) or [one.id for one in database.messages((State(state),), notice=notice, limit=100_000)]
        for number in chosen:
            _move(database, move, number, reason)
    complain(f"{len(chosen)} message(s): {move}")


def _move(database: StateDatabase, move: str, number: int, reason: str) -> None:
    from toolkit.cli.session import real_clock

    match move:
        case "approve":
            database.approve(number, real_clock())
        case "retry":
            database.retry(number, real_clock())
        case "cancel":
            database.cancel(number, real_clock(), reason)
        case "settle":
            database.settle_as_sent(number, real_clock())


def approve(ids: Ids = None, notice: Notice = None, config: Config = None) -> None:
    """Let held messages go with the next run."""
    _change(config, ids, notice, "held", "approve")


def cancel(
    ids: Ids = None,
    notice: Notice = None,
    config: Config = None,
    reason: Annotated[str, typer.Option("--reason", help="Why, for the record.")] = "cancelled by hand",
) -> None:
    """Never send these."""
    _change(config, ids, notice, "held", "cancel", reason)


def retry(ids: Ids = None, notice: Notice = None, config: Config = None) -> None:
    """Try again with the next run."""
    _change(config, ids, notice, "failed", "retry")


def settle(ids: Ids = None, notice: Notice = None, config: Config = None) -> None:
    """Count as sent."""
    _change(config, ids, notice, "unknown", "settle")


def adopt(config: Config = None) -> None:
    """Take over the keys of the messages tab as sent."""
    from toolkit.app.desk import opened, remembered
    from toolkit.app.reading import read_desk
    from toolkit.cli.session import real_clock, settings_of
    from toolkit.cli.show import complain

    settings = settings_of(config)
    with opened(settings) as desk:
        read = read_desk(desk, remembered(desk, real_clock()), real_clock())
        keys = [row.message_key for _, row in read.snapshot.rows("messages") if row.message_key]
        taken = desk.state.adopt(keys, real_clock())
    complain(f"{taken} message(s) taken over as sent")
    raise typer.Exit(3 if read.refused else 0)
