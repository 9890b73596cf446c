"""What Google, the net or the key file refuses, as one sentence for whoever sets the desk up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from google.auth.exceptions import GoogleAuthError, RefreshError
from gspread.exceptions import APIError
from requests.exceptions import RequestException, TooManyRedirects

from toolkit.core.errors import BookChangedError, BookError
from toolkit.gateways.google.refusals import layout_moved, refusal_text
from toolkit.gateways.google.troubles import network_text, token_text


class UnknownOutcomeError(Exception):
    """A write was sent and no reply said whether it was made: only reading the cells again tells. Never sent again."""


class LayoutChangedError(Exception):
    """A tab or the grid is not what it was when it was looked at: look again, plan anew."""


class AccountError(Exception):
    """The credentials file cannot be used; the text says which, why and what to do."""


class StrangeReplyError(Exception):
    """Something else answered in Google's place: a sign-in page, a proxy's error page."""


class CutOffError(Exception):
    """A reply broke off before its end."""


def translated(error: Exception, book: str, location: str, account: str) -> Exception | None:
    """An error of gspread, requests or google-auth as BookError or LayoutChangedError; None: it is none of theirs."""
    match error:
        case AccountError():
            return BookError(book, str(error))
        case APIError() if layout_moved(error):
            return LayoutChangedError(str(error.error.get("message", "")))
        case APIError():
            return BookError(book, refusal_text(error, location, account))
        case RefreshError():
            return BookError(book, token_text(error, location, account))
        case CutOffError():
            return BookError(
                book, f"{location}: every reply broke off before its end: see to the network, or its proxy"
            )
        case StrangeReplyError() | TooManyRedirects():
            return BookError(
                book,
                f"{location}: something else answered in Google's place ({_strange(error)}): a network that wants a sign-in "
                "first, or a proxy: open the sheet in a browser on this computer",
            )
        case GoogleAuthError() | RequestException():
            return BookError(book, network_text(error, location))
    return None


def _strange(error: StrangeReplyError | TooManyRedirects) -> str:
    if isinstance(error, TooManyRedirects):
        return "it sends elsewhere"
    return str(error)


@contextmanager
def explained(book: str, location: str, account: str) -> Iterator[None]:
    """Whatever refuses becomes a BookError, a moved layout a BookChangedError. UnknownOutcomeError is the caller's."""
    try:
        yield
    except Exception as error:
        known = error if isinstance(error, LayoutChangedError) else translated(error, book, location, account)
        if known is None:
            raise
        if isinstance(known, LayoutChangedError):
            known = BookChangedError(
                book,
                f"{location} was changed since it was read: a tab was renamed, removed or cut ({known}); plan anew",
            )
        raise known from error
