"""`aftersales template copy NAME`: a packaged letter into the desk's own folder, to be changed there."""

from __future__ import annotations

from typing import Annotated

import typer

from toolkit.cli.options import Config, Quiet, Verbose


def register(app: typer.Typer) -> None:
    """Add the commands."""
    template = typer.Typer(no_args_is_help=True, help="The texts of the letters: copy one to change it.")
    template.command("copy", help="Copy a packaged letter into templates/, to be changed there; never overwrites.")(
        copy
    )
    app.add_typer(template, name="template")


def copy(
    name: Annotated[str, typer.Argument(help="The letter, e.g. received; or _footer, _hello, layout.")],
    locale: Annotated[
        str | None, typer.Option("--locale", help="zh-CN or en (default: the desk's).", show_default=False)
    ] = None,
    config: Config = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """One letter into the user's folder."""
    from toolkit.app.own_letters import copy_template
    from toolkit.cli.session import locale_of, settings_of
    from toolkit.cli.show import say, shortened

    settings = settings_of(config, quiet=quiet, verbose=verbose)
    file = copy_template(settings, name, locale_of(locale, settings))
    if not quiet:
        shown = file.stem if file.suffix == ".md" and not file.stem.startswith("_") else "received"
        say(f"wrote {shortened(file)}\nChange it, then: aftersales preview {shown} --open")
