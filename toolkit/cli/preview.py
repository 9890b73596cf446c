"""`aftersales preview TEMPLATE`: one letter rendered with a real row."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from toolkit.cli.options import AsJson, BookName, Config, Now, Quiet, Verbose

if TYPE_CHECKING:
    from toolkit.core.message import Letter
    from toolkit.settings.model import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("preview", help="One template rendered with a real row.")(preview)


def preview(
    template: Annotated[str, typer.Argument(help="The notice, e.g. appointment.")],
    ticket: Annotated[
        str | None, typer.Option("--ticket", help="With this ticket (default: one that fits).", show_default=False)
    ] = None,
    channel: Annotated[str, typer.Option("--channel", help="email, sms or chat.")] = "email",
    open_page: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    to: Annotated[Path | None, typer.Option("--to", help="Write the page to this file.", show_default=False)] = None,
    config: Config = None,
    book: BookName = None,
    now: Now = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """One letter, as it would look."""
    from toolkit.app.pages import preview_letter
    from toolkit.cli.as_json import dumped
    from toolkit.cli.session import looking
    from toolkit.cli.show import complain, say

    with looking(config, book, now, quiet=quiet, verbose=verbose) as session:
        letter = preview_letter(session.snapshot, session.settings, session.at, template, ticket, channel)
    if open_page or to is not None:
        file = to or Path(tempfile.mkdtemp(prefix="aftersales-")) / f"{template}.{'html' if letter.html else 'txt'}"
        file.write_text(letter.html or letter.text, encoding="utf-8")
        if not quiet:
            complain(f"written to {file}")
        if open_page:
            typer.launch(str(file))
    elif as_json:
        say(dumped(_as_json(session.settings, template, channel, letter)))
    else:
        if letter.subject:
            say(f"{letter.subject}\n")
        say(letter.text)
        if channel == "sms":
            _say_sms(session.settings, template, letter)
    raise typer.Exit(session.exit_code)


def _say_sms(settings: Settings, notice: str, letter: Letter) -> None:
    """Beside an SMS: its variables, its length as it is billed, and what the gateway would refuse."""
    from toolkit.app.planning import words_of
    from toolkit.app.texting import Texts, size
    from toolkit.app.writing import library
    from toolkit.cli.show import complain
    from toolkit.core.reason import because

    one = settings.channels.sms.templates.get(notice)
    for name, value in letter.variables.items():
        most = one.variables[name].longest if one else len(value)
        complain(f"{name} = {value} ({len(value)} of {most})")
    found = size(settings, notice, letter.text)
    sign = settings.channels.sms.keys.get("sign_name")
    complain(f"{found.length} characters{f' with the sign 【{sign}】' if sign else ''}, {found.parts} part(s)")
    words = words_of(settings)
    if notice in settings.channels.sms.untold:
        complain(words.say(because("sms.untold", notices=notice)))
    for fault in Texts(settings, lambda locale: library(settings, locale)).faults(notice, letter):
        complain(words.say(fault.reason))


def _as_json(settings: Settings, notice: str, channel: str, letter: Letter) -> dict[str, Any]:
    from toolkit.app.texting import size

    found: dict[str, Any] = {"subject": letter.subject, "text": letter.text, "html": letter.html}
    if channel == "sms":
        length, parts = size(settings, notice, letter.text)
        found |= {"characters": length, "parts": parts, "template": letter.template or None}
        found |= {"variables": dict(letter.variables)}
    return found
