"""Whose account opens the sheets: the credentials file, in the forms that Google hands out."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from google.auth.credentials import Credentials
from google.oauth2.credentials import Credentials as UserCredentials
from google.oauth2.service_account import Credentials as ServiceCredentials

from toolkit.gateways.google.errors import AccountError

_SCOPES = ("https://www.googleapis.com/auth/spreadsheets",)  # no Drive: sheets are opened by id
_TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105
_HOW = (
    "download the JSON key of a service account (Google Cloud console > IAM > Service accounts > Keys) and name it under "
    "`credentials` in config.yaml"
)


@dataclass(frozen=True, slots=True)
class Account:
    """Who asks. `email` is "" where it is not known; `identity` tells accounts apart whose quota is not shared."""

    credentials: Credentials = field(repr=False)
    email: str
    identity: str = field(repr=False)


class _Key(ServiceCredentials):
    """A service account that signs with its key, and talks to its token server only."""

    def _after_refresh(self, *_: object) -> None:
        """google-auth would ask iamcredentials.googleapis.com in a thread, with the token, where the account may be used;
        a desk's network may let it through to the API and the token server alone.
        """


def account(path: Path | None, endpoint: str | None) -> Account:
    """The account of a credentials file; for a local endpoint a stand-in where there is no file. Raises AccountError."""
    if path is None:
        if not endpoint:
            raise AccountError(f"a Google sheet needs credentials: {_HOW}")
        return Account(UserCredentials("local"), "", "local")  # type: ignore[no-untyped-call]
    info = _content(path)
    match info:
        case {"type": "service_account"}:
            return _service(path, info)
        case {"type": "authorized_user"}:
            return _user(path, info)
        case {"installed": dict()} | {"web": dict()}:
            return _through_a_browser(path, info)
    kind = info.get("type")
    found = f"of type {kind}" if isinstance(kind, str) else "of another kind"
    raise AccountError(f"{path} is JSON {found}, not a key that the desk can use: {_HOW}")


def _content(path: Path) -> dict[str, Any]:
    try:
        info = json.loads(path.read_text(encoding="utf-8-sig"))  # a BOM: it was opened in Notepad
    except FileNotFoundError:
        raise AccountError(f"the credentials file {path} does not exist: {_HOW}") from None
    except OSError as error:
        raise AccountError(
            f"the credentials file {path} cannot be read ({error.strerror}): let this user read it"
        ) from error
    except ValueError:  # no context: the error would carry the file's text
        raise AccountError(f"the credentials file {path} is no JSON, or damaged: {_HOW}") from None
    if not isinstance(info, dict):
        raise AccountError(f"the credentials file {path} is no key file: {_HOW}")
    return info


def _service(path: Path, info: dict[str, Any]) -> Account:
    _must_hold(path, info, ("client_email", "private_key", "token_uri"))
    try:
        credentials = _Key.from_service_account_info(info, scopes=_SCOPES)  # type: ignore[no-untyped-call]
    except (ValueError, TypeError):  # no context: it may quote the key
        raise AccountError(f"the private key in {path} is damaged: {_HOW}") from None
    return Account(credentials, info["client_email"], info["client_email"])


def _user(path: Path, info: Mapping[str, Any]) -> Account:
    """Scopes stay as the file has them: a refresh that asks for others is refused."""
    _must_hold(path, info, ("client_id", "client_secret", "refresh_token"))
    credentials = UserCredentials(  # type: ignore[no-untyped-call]
        None,
        refresh_token=info["refresh_token"],
        token_uri=info.get("token_uri") or _TOKEN_URI,
        client_id=info["client_id"],
        client_secret=info["client_secret"],
    )
    email = str(info.get("account") or "")
    return Account(credentials, email, email or str(info["client_id"]))


def _must_hold(path: Path, info: Mapping[str, Any], names: tuple[str, ...]) -> None:
    missing = [one for one in names if not isinstance(info.get(one), str) or not info[one]]
    if missing:
        raise AccountError(f"the credentials file {path} lacks {', '.join(missing)}: {_HOW}")


def _through_a_browser(path: Path, info: Mapping[str, Any]) -> Account:
    """An OAuth client is no account yet: somebody signs in once, at a terminal, and the token is kept beside the file."""
    token = path.with_name(f"{path.stem}-token.json")
    if token.exists():
        return _user(token, _content(token))
    if not sys.stdin.isatty():
        raise AccountError(
            f"{path} is an OAuth client, somebody has to sign in once: run `aftersales check` in a terminal on a computer "
            f"with a browser, which writes {token.name} beside it; or use a service account, which needs no sign-in"
        )
    from gspread.auth import local_server_flow

    signed_in: Any = local_server_flow(info, list(_SCOPES))
    made = json.loads(signed_in.to_json(strip=["token", "expiry"]))
    made["type"] = "authorized_user"
    with os.fdopen(os.open(token, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(made, file)
    return _user(token, made)
