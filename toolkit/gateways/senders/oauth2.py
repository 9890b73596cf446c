"""Access tokens for a Gmail account, from a sign-in that is kept in a file.

yagmail has this built in, but asks on stdin where the file is missing, waits for the token server without end, asks it
anew for each mail, speaks to an address that Google keeps for old programs only, and takes no notice of what the mail
server answers to the sign-in.
"""

from __future__ import annotations

import binascii
import json
import smtplib
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import requests

from toolkit.core.errors import OutsideError
from toolkit.gateways.senders import CONNECT, LOGIN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

TOKEN_SERVER = "https://oauth2.googleapis.com/token"  # noqa: S105
SCOPE = "https://mail.google.com/"
"""SMTP and IMAP: Google has no narrower one that SMTP takes."""
MARGIN = 60.0
"""Seconds before its end in which a token counts as over °: a mail with files takes its time."""
LIFE = 300.0
"""Seconds that a token is taken to hold where the server does not say °."""
TIMEOUT = 20.0
"""Seconds for the token server."""
SIGN_IN = "run `aftersales login` on a computer with a browser"
_OURS = ("client_id", "client_secret", "refresh_token")
_CHALLENGE = 334
_BUSY = 429
_BROKEN = 500


class TokenError(OutsideError):
    """There is no access token to be had. `code` says whether a person must see to it (login) or time will (connect)."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True)
class Grant:
    """What a sign-in left: the right of a client to ask for access tokens, until somebody withdraws it."""

    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    server: str = TOKEN_SERVER


class Tokens:
    """The access token of an account: fetched when it is first needed, kept while it holds.

    The file is read anew for each one, so that a new sign-in counts without a new start. `server` takes the place of the
    token server that the file names.
    """

    def __init__(
        self, path: Path, server: str = "", *, timeout: float = TIMEOUT, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._path = path
        self._server = server
        self._timeout = timeout
        self._clock = clock
        self._token = ""
        self._ends = 0.0

    @property
    def is_kept(self) -> bool:
        """Whether the next one is one that was given out before: a server may know that it is over already."""
        return bool(self._token) and self._clock() < self._ends

    def token(self) -> str:
        """A token that holds (TokenError)."""
        if not self.is_kept:
            self._token, life = fetched(grant_in(self._path, self._server), self._timeout)
            self._ends = self._clock() + life - min(MARGIN, life / 2)
        return self._token

    def drop(self) -> None:
        """The mail server does not take it."""
        self._token = ""


def sign_in_beside(client: Path) -> Path:
    """Where the sign-in of an OAuth client is kept."""
    return client.with_name(f"{client.stem}-token.json")


def token_file(path: Path) -> Path:
    """The file of the sign-in: beside an OAuth client, or the file itself where it is one."""
    return sign_in_beside(path) if _is_client(content(path)) else path


def grant_in(path: Path, server: str = "") -> Grant:
    """The sign-in that a file holds, in Google's form or in yagmail's (TokenError)."""
    file = token_file(path)
    if file != path and not file.exists():
        raise TokenError(
            LOGIN, f"{path} is an OAuth client with which nobody has signed in yet: {SIGN_IN}, which writes {file.name}"
        )
    found = content(file)
    values = {name: found.get(name) or found.get(f"google_{name}") for name in _OURS}
    lacking = [name for name, value in values.items() if not isinstance(value, str) or not value]
    if lacking:
        raise TokenError(LOGIN, f"{file} lacks {', '.join(lacking)}: {SIGN_IN}")
    told = str(found.get("token_uri") or TOKEN_SERVER)
    return Grant(str(values["client_id"]), str(values["client_secret"]), str(values["refresh_token"]), server or told)


def content(path: Path) -> dict[str, Any]:
    """The JSON of a file (TokenError)."""
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))  # a BOM: it was opened in Notepad
    except FileNotFoundError:
        raise TokenError(
            LOGIN,
            f"the file {path} does not exist: download the OAuth client of type “Desktop app” (Google Cloud console > "
            f"APIs & Services > Credentials), then {SIGN_IN}",
        ) from None
    except OSError as error:
        raise TokenError(LOGIN, f"{path} cannot be read ({error.strerror}): let this user read it") from error
    except ValueError:  # no context: the error would carry the file's text
        raise TokenError(LOGIN, f"{path} is no JSON, or damaged: {SIGN_IN}") from None
    if not isinstance(found, dict):
        raise TokenError(LOGIN, f"{path} is neither an OAuth client nor a sign-in: {SIGN_IN}")
    return found


def fetched(grant: Grant, timeout: float) -> tuple[str, float]:
    """A new access token and the seconds it holds (TokenError)."""
    asked = {
        "grant_type": "refresh_token",
        "client_id": grant.client_id,
        "client_secret": grant.client_secret,
        "refresh_token": grant.refresh_token,
    }
    try:
        # Not redirected: the secrets are for this server alone.
        answer = requests.post(grant.server, data=asked, timeout=timeout, allow_redirects=False)
    except requests.RequestException as error:
        words = "no answer in time" if isinstance(error, requests.Timeout) else type(error).__name__
        raise TokenError(CONNECT, f"the token server {grant.server} cannot be reached: {words}") from None
    said = _json(answer)
    if answer.ok and isinstance(said.get("access_token"), str) and said["access_token"]:
        life = said.get("expires_in")
        return said["access_token"], float(life) if isinstance(life, int | float) and life > 0 else LIFE
    raise _refusal(grant.server, answer.status_code, said)


def show(smtp: smtplib.SMTP, user: str, token: str) -> None:
    """Sign in to a mail server (smtplib.SMTPAuthenticationError). A refusal comes as a challenge with JSON in it; only an
    empty answer brings the code.
    """
    said: list[str] = []

    def answer(challenge: bytes | None = None) -> str:
        if challenge is None:
            return f"user={user}\1auth=Bearer {token}\1\1"
        said.append(challenge.decode("utf-8", "replace"))
        return ""

    try:
        smtp.ehlo_or_helo_if_needed()  # yagmail greets for STARTTLS only; smtplib takes the 503 that follows for a yes
        smtp.auth("XOAUTH2", answer)
    except smtplib.SMTPAuthenticationError as error:
        words = error.smtp_error.decode("utf-8", "replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        raise smtplib.SMTPAuthenticationError(error.smtp_code, " ".join((words, *said))) from None
    except binascii.Error:
        raise smtplib.SMTPAuthenticationError(_CHALLENGE, "a challenge that is not base64") from None


def _refusal(server: str, status: int, said: Mapping[str, Any]) -> TokenError:
    code = str(said.get("error") or "")
    words = f"{code}: {said['error_description']}" if said.get("error_description") else code or f"HTTP {status}"
    words = " ".join(words.split())[:200]
    match code:
        case "invalid_grant":
            return TokenError(
                LOGIN,
                f"Google does not accept the sign-in any more ({words}). {SIGN_IN.capitalize()} once more. It ends when "
                "the password changes, when somebody withdraws it, after six months unused, and after seven days as "
                "long as the OAuth consent screen is in “testing”: publish it",
            )
        case "invalid_client" | "unauthorized_client":
            return TokenError(
                LOGIN,
                f"Google does not know the OAuth client ({words}): was it deleted, or its secret changed? Download it "
                f"anew from the Google Cloud console, then {SIGN_IN}",
            )
    is_said = bool(code) and status < _BROKEN and status != _BUSY
    return TokenError(LOGIN if is_said else CONNECT, f"the token server {server} gave no token ({words})")


def _is_client(found: Mapping[str, Any]) -> bool:
    return isinstance(found.get("installed") or found.get("web"), dict)


def _json(answer: requests.Response) -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
