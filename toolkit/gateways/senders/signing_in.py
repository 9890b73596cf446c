"""Somebody signs in to a Gmail account, once, in a browser; what comes of it is kept beside the OAuth client."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from toolkit.gateways.senders import CONNECT, LOGIN
from toolkit.gateways.senders.oauth2 import SCOPE, TokenError, content, token_file

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE = 300
"""Seconds for a person to find their password."""
_ASK = "Sign in to the mailbox that the letters are from, in the browser; if none opens, go to:\n{url}"
_DONE = "Signed in. This page can be closed."


def sign_in(client: Path, account: str, server: str = "", *, patience: int = PATIENCE) -> Path:
    """Open the browser, wait for the answer on a port of this computer, write the sign-in; its file (TokenError)."""
    found, file = content(client), token_file(client)
    kind = next((one for one in ("installed", "web") if isinstance(found.get(one), dict)), None)
    if kind is None:
        raise TokenError(
            LOGIN,
            f"{client} is a sign-in already; to make a new one name the OAuth client under oauth2, as it was downloaded "
            "from the Google Cloud console",
        )
    info = {kind: found[kind] | ({"token_uri": server} if server else {})}
    signed_in = _through_the_browser(client, info, account, patience)
    if not signed_in.refresh_token:
        raise TokenError(
            LOGIN, "Google gave no lasting sign-in: withdraw the old one under myaccount.google.com, again"
        )
    kept = json.loads(signed_in.to_json(strip=["token", "expiry"]))
    _write(file, kept | {"type": "authorized_user", "account": account})
    return file


def _through_the_browser(client: Path, info: dict[str, Any], account: str, patience: int) -> Any:
    from google_auth_oauthlib.flow import InstalledAppFlow, WSGITimeoutError
    from oauthlib.oauth2 import OAuth2Error

    try:
        flow = InstalledAppFlow.from_client_config(info, scopes=[SCOPE])
        # Without `consent` Google gives a lasting sign-in the first time only.
        return flow.run_local_server(
            port=0,
            prompt="consent",
            login_hint=account,
            authorization_prompt_message=_ASK,
            success_message=_DONE,
            timeout_seconds=patience,
        )
    except WSGITimeoutError:
        raise TokenError(CONNECT, f"nobody signed in within {patience // 60} minutes") from None
    except OAuth2Error as error:
        raise TokenError(LOGIN, f"Google refused the sign-in: {error.error}") from None
    except OSError as error:  # those of requests too
        raise TokenError(CONNECT, f"the sign-in could not be completed: {type(error).__name__}") from None
    except Warning:  # what oauthlib raises where another right was given than was asked for
        raise TokenError(
            LOGIN, "the right to send mail was not given: sign in again and leave its box ticked"
        ) from None
    except (KeyError, ValueError):  # no context: it may quote the secret
        raise TokenError(LOGIN, f"{client} is no OAuth client: download it anew") from None


def _write(file: Path, found: dict[str, Any]) -> None:
    """For this user's eyes only; whole, or not at all."""
    fresh = file.with_name(f".{file.name}.part")
    try:
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            json.dump(found, out)
        fresh.replace(file)
    except OSError as error:
        raise TokenError(LOGIN, f"{file} cannot be written: {error.strerror or error}") from error
