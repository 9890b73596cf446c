"""`aftersales explain TICKET`: the whole story of one ticket."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from toolkit.cli.options import AsJson, BookName, Config, Now, Quiet, Verbose


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "explain",
        help="A ticket's timeline: each deadline with its policy and the days counted, pauses, messages, what is next.",
    )(explain)


def explain(
    ticket: Annotated[str, typer.Argument(help="The ticket number.")],
    config: Config = None,
    book: BookName = None,
    now: Now = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """One ticket's story."""
    from toolkit.app.story import story
    from toolkit.cli.as_json import dumped
    from toolkit.cli.session import looking
    from toolkit.cli.show import say

    with looking(config, book, now, quiet=quiet, verbose=verbose) as session:
        told = story(session.desk, session.snapshot, ticket, session.at)
        for line in [dumped(told)] if as_json else lines(told):
            say(line)
    raise typer.Exit(session.exit_code)


def lines(told: dict[str, Any]) -> list[str]:
    """The story as text."""
    found = [
        f"{told['ticket']}  {told['customer'] or ''}  {told['status'] or ''}  {told['owner'] or ''}  ({told['cell']})",
        "",
    ]
    found += [f"  {one['at']:<20} {one['what']}" for one in told["events"]]
    if len(told["stays"]) > 1:
        found += ["", *(f"  {one['since']} – {one['until'] or '…':<16} {one['status']}" for one in told["stays"])]
    for one in told["clocks"]:
        found += [
            "",
            f"{one['policy']}  {one['step']}  {one['target'] or ''}".rstrip(),
            f"  {one['started']} → {one['due']}   {one['state']}" + (f"  {one['stopped']}" if one["stopped"] else ""),
        ]
        found += [f"  {one['late']}"] if one["late"] else []
        found += [f"  {one['why']}"] if "why" in one else []
        found += [f"  ‖ {pause}" for pause in one["pauses"]]
        found += [f"  ‖ {one['paused_since']} …"] if one["paused_since"] else []
        found += [f"    {day}" for day in one.get("walk", ())]
    if told["vendors"]:
        found += ["", *told["vendors"]["lines"]]
    if told["messages"]:
        found += [
            "",
            *(
                f"  {one['at']}  {one['state']:<9} {one['channel']:<6} {one['to']}  {one['subject']}"
                for one in told["messages"]
            ),
        ]
    if told["contacts"]:
        found += ["", *(f"  {one['at']:<20} {one['by'] or '':<10} {one['what']}" for one in told["contacts"])]
    for one in told["mail"]:
        found += [
            "",
            f"  {one['at']}  {one['what']}: {one['from']}",
            *(f"    {line}" for line in one["text"].split("\n")),
        ]
    if told["findings"]:
        found += ["", *(f"  {one['cell']}  {one['code']}  {one['message']}" for one in told["findings"])]
    warranty = told["warranty"]
    if warranty["verdict"]:
        found += ["", f"  {warranty['verdict']} {warranty['until'] or ''}".rstrip()]
    if told["next"]:
        found += ["", f"→ {told['next']}"]
    return found
