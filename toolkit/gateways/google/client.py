"""gspread's HTTP client with time-outs, patience, a pace and a log: what gspread's own back-off lacks (facts A1, A3)."""

from __future__ import annotations

import json as jsons
import logging
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import gspread
import requests
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import AuthorizedSession, Request
from gspread.exceptions import APIError
from requests.exceptions import RequestException

from toolkit.gateways.google.address import at, is_loopback
from toolkit.gateways.google.errors import CutOffError, StrangeReplyError, UnknownOutcomeError
from toolkit.gateways.google.quota import Kind, Pace
from toolkit.gateways.google.refusals import ForeignError, is_rate_limit
from toolkit.gateways.google.retries import Spent, error_kind, patiently, was_not_made

LOG = logging.getLogger("toolkit.google")
_PIECE = 64 * 1024
_SOON = 5.0  # seconds that a read gets at least, however late it is


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. Google gives up on a request after 180 s; a write that we gave up on earlier might still be made after
    its cells were read again, so writes are waited for as long as big reads.
    """

    connect: float = 5.0
    read: float = 60.0
    long: float = 180.0


class Pieces:
    """A body in pieces that can be sent again.

    Sent whole, all of it would have to leave within the connect time-out (urllib3 and sendall count it once): 2 MB in
    5 s. A file object would be empty when google-auth sends it again after a 401.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __len__(self) -> int:
        return len(self._content)

    def __iter__(self) -> Iterator[bytes]:
        view = memoryview(self._content)
        return (bytes(view[start : start + _PIECE]) for start in range(0, len(view), _PIECE))


class LoggedSession(AuthorizedSession):
    """One connection pool that counts and logs what goes over the wire: never tokens, queries or bodies."""

    def __init__(self, credentials: Credentials, *, is_local: bool = False) -> None:
        tokens = requests.Session()  # the token server's; its own retries are google-auth's
        super().__init__(credentials, max_refresh_attempts=1, auth_request=Request(tokens))  # type: ignore[no-untyped-call]
        self.calls = 0
        self.max_redirects = 0  # Google sends nobody elsewhere: that is a network which wants a sign-in first
        self.trust_env = tokens.trust_env = not is_local
        self.headers["User-Agent"] = "aftersales-toolkit (gzip)"  # without the word Google does not compress

    def send(self, request: requests.PreparedRequest, **how: Any) -> requests.Response:
        self.calls += 1
        start = time.monotonic()
        what, size = "no reply", 0
        try:
            response = super().send(request, **how)
            what, size = str(response.status_code), len(response.content)
        finally:
            path = urlsplit(request.url or "").path
            LOG.debug("%s %s: %s, %d bytes, %.2f s", request.method, path, what, size, time.monotonic() - start)
        return response


class SheetsHTTP(gspread.HTTPClient):
    """Every call of gspread goes through `request` here. Raises what gspread, requests and google-auth raise, and
    UnknownOutcomeError for a write of which nobody knows whether it was made.
    """

    def __init__(
        self,
        auth: Credentials,
        session: requests.Session | None = None,
        *,
        endpoint: str | None = None,
        deadline: float = 180.0,
        pace: Pace | None = None,
        timeouts: Timeouts | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        super().__init__(auth, session or LoggedSession(auth, is_local=is_loopback(endpoint)))
        self.auth = auth
        self._endpoint, self._deadline, self._pace = endpoint, deadline, pace
        self._timeouts = timeouts or Timeouts()
        self._clock, self._sleep, self._jitter = clock, sleep, jitter

    @property
    def calls(self) -> int:
        """Requests that were made, tries again included; tokens are not counted."""
        return int(getattr(self.session, "calls", 0))

    def request(
        self,
        method: str,
        endpoint: str,
        params: Any = None,
        data: Any = None,
        json: Mapping[str, Any] | None = None,
        files: Any = None,
        headers: Any = None,
    ) -> requests.Response:
        """A request of the API: its turn awaited, made again where that is safe, its reply whole."""
        if json is not None:
            data = Pieces(_encoded(json))
            headers = {**(headers or {}), "Content-Type": "application/json; charset=utf-8"}
        kind: Kind = "read" if method.lower() == "get" else "write"
        is_long = kind == "write" or endpoint.endswith(":batchGet")
        spent = Spent(self._clock, self._deadline, self._clock())
        url = at(endpoint, self._endpoint)
        send = partial(self._sent, method, url, params=params, data=data, files=files, headers=headers)
        attempt = partial(self._attempt, send, kind, spent, is_long=is_long)
        return patiently(attempt, spent, sleep=self._sleep, jitter=self._jitter)

    def _sent(self, method: str, url: str, **what: Any) -> requests.Response:
        """What HTTPClient.request does, but that a foreign error's JSON makes gspread's own APIError fail."""
        response = self.session.request(method, url, timeout=self.timeout, **what)
        if response.ok:
            return _whole(response)
        try:
            raise APIError(response)
        except (KeyError, TypeError):
            raise ForeignError(response) from None

    def _attempt(
        self, send: Callable[[], requests.Response], kind: Kind, spent: Spent, *, is_long: bool
    ) -> requests.Response:
        if self._pace:
            queued = self._pace.take(kind)
            spent.queued += 0 if spent.is_refused else queued  # the minute after a 429 is Google's, not our queue
        long = self._timeouts.long if is_long else self._timeouts.read
        self.timeout = (self._timeouts.connect, long if kind == "write" else min(long, max(spent.left(), _SOON)))
        try:
            return send()
        except _FAILURES as error:
            if isinstance(error, APIError) and is_rate_limit(error):
                spent.is_refused = True
                if self._pace:
                    self._pace.refused(kind)
            if kind == "write" and not was_not_made(error):
                raise UnknownOutcomeError(
                    f"no reply says whether Google made the change ({error_kind(error)})"
                ) from error
            raise


def _encoded(body: Mapping[str, Any]) -> bytes:
    """Once for all attempts, as UTF-8: escaped, Chinese text would be three times as long; half a character is a "?"."""
    return jsons.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode(errors="replace")


_FAILURES = (APIError, RequestException, GoogleAuthError, CutOffError, StrangeReplyError)


def _whole(response: requests.Response) -> requests.Response:
    """A reply that is what the API sends, to its end. Raises StrangeReplyError, CutOffError."""
    kind = response.headers.get("Content-Type", "no content type").split(";")[0].strip().lower()
    if response.status_code != HTTPStatus.OK or kind != "application/json":
        raise StrangeReplyError(f"{response.status_code}, {kind}")
    if not response.content[-16:].rstrip().endswith(b"}"):  # a body without a length may end anywhere
        raise CutOffError
    return response
