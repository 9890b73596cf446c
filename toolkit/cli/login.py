"""`aftersales login`: somebody signs in to the Gmail account that letters are from, once, in a browser."""

from __future__ import annotations

import typer

from toolkit.cli.options import Config, Quiet, Verbose


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("login", help="Sign in to Gmail in the browser, once, so that letters can be sent without a password.")(
        login
    )


def login(config: Config = None, quiet: Quiet = False, verbose: Verbose = False) -> None:
    """Sign in, and keep the sign-in beside the OAuth client."""
    from toolkit.cli.session import settings_of
    from toolkit.cli.show import complain
    from toolkit.core.errors import UsageError
    from toolkit.gateways.senders.signing_in import sign_in

    email = settings_of(config, quiet=quiet, verbose=verbose).channels.email
    if email.oauth2 is None:
        raise UsageError(
            "config.yaml names no OAuth client: write `oauth2: gmail.json` under `channels.email`, the file of an OAuth "
            "client of type “Desktop app”"
        )
    file = sign_in(email.oauth2.file, email.user or "", email.oauth2.endpoint)
    if not quiet:
        complain(f"signed in as {email.user}; written to {file}. `aftersales doctor` tries it")
