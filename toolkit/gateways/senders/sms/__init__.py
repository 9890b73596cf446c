"""SMS gateways by their own libraries: one attempt each, time-outs, and outcomes that tell the truth."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from toolkit.core.message import Deferred, Outcome, Unknown
from toolkit.gateways.senders import CONNECT, NOT_INSTALLED

ID_LENGTH = 32
MOST_SHOWN = 300
_REQUEST = re.compile(r"(?:Max retries exceeded )?with url: \S+|[a-z]{3,}://\S+|/\?\S*=\S*")
_NUMBER = re.compile(r"(?<!\d)(\+?\d{3})\d{4,8}(\d{4})(?!\d)")
_NEVER_LEFT = (
    "NewConnectionError",
    "ConnectTimeoutError",
    "ConnectTimeout",
    "NameResolutionError",
    "SSLCertVerificationError",
)
"""Errors of urllib3, requests and ssl that come before anything was said: by name, for each library wraps them anew."""
_LINKS = ("__cause__", "__context__", "reason", "inner_exception", "original_error")


def our_id(key: str) -> str:
    """What we ask the other side to keep with a message, to find it by again."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:ID_LENGTH]


def international(phone: str) -> str:
    """E.164 of a number as the registers spell it: `13800138000` is a mainland mobile."""
    return phone if phone.startswith("+") else f"+86{phone}"


def plain(text: str) -> str:
    """Text that can be encoded: half a pair that somebody pasted must not stop a message."""
    return text.encode("utf-8", "replace").decode("utf-8")


def shown(text: str) -> str:
    """What the other side said, fit for logs and notes: numbers masked, no address of a request, for that holds the text."""
    bare = _REQUEST.sub("", " ".join(text.split()))
    return _NUMBER.sub(r"\1****\2", bare).strip()[:MOST_SHOWN]


def broken(error: BaseException, where: str) -> Outcome:
    """A request without an answer: surely not sent where no connection came up, else nobody knows."""
    words = shown(f"{where}: {_innermost(error)}")
    if any(type(one).__name__ in _NEVER_LEFT for one in _chain(error)):
        return Deferred(CONNECT, words)
    return Unknown(words)


def not_installed(extra: str) -> Deferred:
    """What a channel answers whose library is not there: nothing is lost, everything waits."""
    return Deferred(NOT_INSTALLED, f"the library is not installed: pip install 'aftersales-toolkit[{extra}]'")


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and everything that it was made of."""
    todo, seen = [error], set[int]()
    while todo:
        one = todo.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        below = [getattr(one, name, None) for name in _LINKS] + list(one.args)
        todo += [each for each in below if isinstance(each, BaseException)]


def _innermost(error: BaseException) -> str:
    texts = [str(one) for one in _chain(error) if str(one)]
    return min(texts, key=len) if texts else type(error).__name__
