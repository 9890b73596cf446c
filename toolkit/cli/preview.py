"""`aftersales preview TEMPLATE`: one letter to look at, about a sample row or a real ticket."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from toolkit.cli.options import AsJson, BookName, Config, Now, Quiet, Verbose

if TYPE_CHECKING:
    from toolkit.core.message import Letter
    from toolkit.settings.model import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("preview", help="One letter to look at, about a sample row or a real ticket.")(preview)


def preview(
    template: Annotated[str, typer.Argument(help="The notice, e.g. appointment.")],
    ticket: Annotated[
        str | None,
        typer.Option(
            "--ticket", help="About this ticket (default: a sample row, no book is read).", show_default=False
        ),
    ] = None,
    channel: Annotated[str, typer.Option("--channel", help="email, sms or chat.")] = "email",
    locale: Annotated[
        str | None, typer.Option("--locale", help="zh-CN or en (default: the desk's).", show_default=False)
    ] = None,
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
    from toolkit.app.pages import demo_letter, preview_letter
    from toolkit.cli.as_json import dumped
    from toolkit.cli.session import locale_of, looking, moment, settings_or_sample
    from toolkit.cli.show import complain, say
    from toolkit.core.picture import LOGO

    settings, code = settings_or_sample(config, quiet=quiet, verbose=verbose), 0
    where = locale_of(locale, settings)
    if ticket is None:
        letter = demo_letter(settings, moment(now, settings), template, channel, where)
    else:
        with looking(config, book, now, quiet=True, verbose=verbose) as session:
            letter = preview_letter(session.snapshot, session.settings, session.at, template, ticket, channel, where)
            code = session.exit_code
    if letter.html is not None and settings.company.logo is not None:
        letter = replace(letter, html=letter.html.replace(LOGO, settings.company.logo.link))
    if open_page or to is not None:
        file = to or Path(tempfile.mkdtemp(prefix="aftersales-")) / f"{template}.{'html' if letter.html else 'txt'}"
        file.write_text(letter.html or letter.text, encoding="utf-8")
        if not quiet:
            complain(f"written to {file}")
        if open_page:
            typer.launch(str(file))
    elif as_json:
        say(dumped(_as_json(settings, template, channel, letter)))
    else:
        if letter.subject:
            say(f"{letter.subject}\n")
        say(letter.text)
        if channel == "sms":
            _say_sms(settings, template, letter)
    raise typer.Exit(code)


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
