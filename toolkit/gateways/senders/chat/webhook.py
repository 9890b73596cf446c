"""One POST of JSON: one attempt, time-outs, verified TLS, no redirects; and the truth about what may have arrived."""

from __future__ import annotations

import json
import ssl
from typing import Any

import requests
import urllib3

from toolkit.core.message import Deferred, Unknown
from toolkit.gateways.senders import CONNECT
from toolkit.gateways.senders.chat.service import Answer

CONNECT_TIMEOUT, READ_TIMEOUT = 10.0, 20.0
"""Seconds; together well under half of a message's lease."""
SHOWN = 2000
TAKEN_AS_READ = 64 * 1024
"""Bytes of an answer that are read; a bot says `ok` in a hundred."""


class Webhook:
    """Posts over connections that are kept. `read_timeout` is for tests."""

    def __init__(self, read_timeout: float = READ_TIMEOUT) -> None:
        self._session = requests.Session()
        self._timeout = (CONNECT_TIMEOUT, read_timeout)

    def post(self, address: str, payload: dict[str, Any]) -> Answer | Deferred | Unknown:
        """The answer; Deferred where nothing was sent for sure; Unknown where the line broke after it was.

        No error's text is passed on whole: it would repeat the address, and with it the bot's key.
        """
        try:
            with self._session.post(
                address, json=payload, timeout=self._timeout, allow_redirects=False, stream=True
            ) as answer:
                text = answer.raw.read(TAKEN_AS_READ, decode_content=True).decode("utf-8", "replace")
                return Answer(answer.status_code, _json(text), text[:SHOWN], _seconds(answer))
        except (requests.ConnectTimeout, requests.exceptions.ProxyError) as error:
            return Deferred(CONNECT, _why(error))
        except requests.exceptions.SSLError as error:
            # A strange certificate is found before anything is said; a line that ends inside TLS may have been heard.
            return Unknown(_why(error)) if _has(error, ssl.SSLEOFError) else Deferred(CONNECT, _why(error))
        except requests.ConnectionError as error:
            begun = not _has(error, urllib3.exceptions.NewConnectionError)
            return Unknown(_why(error)) if begun else Deferred(CONNECT, _why(error))
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, requests.exceptions.MissingSchema):
            return Deferred(CONNECT, "the webhook is no web address")
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            return Unknown(_why(error))

    def close(self) -> None:
        """Let go of connections."""
        self._session.close()


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _seconds(answer: requests.Response) -> int | None:
    value = answer.headers.get("Retry-After", "")
    return int(value) if value.isdecimal() and len(value) < len("100000") else None


def _has(error: BaseException, kind: type[BaseException]) -> bool:
    """Whether an error of this kind is among the causes, which requests and urllib3 keep as arguments and reasons."""
    seen: list[object] = [error]
    for one in seen:
        if isinstance(one, kind):
            return True
        if isinstance(one, BaseException):
            below = (*one.args, getattr(one, "reason", None), one.__cause__, one.__context__)
            seen += [each for each in below if isinstance(each, BaseException) and each not in seen]
    return False


def _why(error: Exception) -> str:
    """The kind of an error in words; its own text holds the address."""
    if isinstance(error, requests.ConnectTimeout):
        return "no connection within the time-out"
    if isinstance(error, requests.exceptions.SSLError):
        return "no safe connection: the certificate or TLS was refused"
    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy cannot be reached"
    if isinstance(error, requests.Timeout):
        return "no answer within the time-out: it may have arrived"
    if _has(error, urllib3.exceptions.NewConnectionError):
        return "the server cannot be reached"
    return f"the line broke before the answer: it may have arrived ({type(error).__name__})"
