"""Which requests may be made again, and when: a read nearly always, a write only where it certainly was not made."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TypeVar

from google.auth.exceptions import RefreshError, TransportError
from gspread.exceptions import APIError
from requests.exceptions import (
    ChunkedEncodingError,
    ContentDecodingError,
    ProxyError,
    TooManyRedirects,
)
from requests.exceptions import ConnectionError as NoConnectionError
from requests.exceptions import Timeout as NoReplyError
from tenacity import RetryCallState, Retrying, retry_if_exception

from toolkit.gateways.google.errors import CutOffError, UnknownOutcomeError
from toolkit.gateways.google.refusals import is_rate_limit
from toolkit.gateways.google.troubles import is_untrusted, was_never_sent

LOG = logging.getLogger("toolkit.google")
T = TypeVar("T")
_PASSING = frozenset({408, 429, 500, 502, 503, 504})
_CAP = 32.0
_SERVER_FAULT = 500
_TIMED_OUT = 408


def was_not_made(error: Exception) -> bool:
    """Whether a write that failed so certainly changed nothing: refused by the API, or never sent."""
    if isinstance(error, APIError):
        return error.response.status_code < _SERVER_FAULT and error.response.status_code != _TIMED_OUT
    return was_never_sent(error)


def may_repeat(error: BaseException) -> bool:
    """Whether the same request may bring more luck. Writes of unknown outcome are UnknownOutcomeError before this."""
    match error:
        case APIError():
            return error.response.status_code in _PASSING or is_rate_limit(error)
        case RefreshError():
            return bool(error.retryable)
        case UnknownOutcomeError() | TooManyRedirects():
            return False
        case CutOffError() | ChunkedEncodingError() | ContentDecodingError() | NoReplyError() | ProxyError():
            return True
        case NoConnectionError() | TransportError():
            return not is_untrusted(error)
    return False


@dataclass(slots=True)
class Spent:
    """What one call has cost so far of its `deadline`; waiting for its turn (`queued`) does not count."""

    clock: Callable[[], float]
    deadline: float
    started: float
    queued: float = 0.0
    is_refused: bool = False

    def seconds(self) -> float:
        return self.clock() - self.started - self.queued

    def left(self) -> float:
        return self.deadline - self.seconds()


def patiently(
    attempt: Callable[[], T], spent: Spent, *, sleep: Callable[[float], None], jitter: Callable[[], float]
) -> T:
    """Try until it works, fails for good, or the next try would come after the deadline; then the last error is raised."""
    retrying = Retrying(
        sleep=sleep,
        retry=retry_if_exception(may_repeat),
        wait=lambda state: _pause(state, jitter()),
        stop=lambda state: state.upcoming_sleep >= spent.left(),
        before_sleep=lambda state: LOG.info(
            "try %d failed (%s), the next one in %.0f s",
            state.attempt_number,
            error_kind(_error(state)),
            state.upcoming_sleep,
        ),
        reraise=True,
    )
    return retrying(attempt)


def _pause(state: RetryCallState, jitter: float) -> float:
    """1, 2, 4 … 32 seconds and a random part of one, so that many desks do not come back all at once."""
    own: float = min(2.0 ** (state.attempt_number - 1), _CAP) + jitter
    error = _error(state)
    return max(own, retry_after(error.response.headers)) if isinstance(error, APIError) else own


def retry_after(headers: Mapping[str, str]) -> float:
    """Seconds that a server asks to be left alone: a number, or a date. 0 where it does not, or nobody can read it."""
    text = headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        until, now = parsedate_to_datetime(text), parsedate_to_datetime(headers.get("Date", ""))  # its clock, not ours
        return max(0.0, (until - now).total_seconds())
    except (ValueError, TypeError):
        return 0.0


def _error(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def error_kind(error: BaseException | None) -> str:
    """The status or the kind of error: texts of requests hold the address with its query."""
    return str(error.response.status_code) if isinstance(error, APIError) else type(error).__name__
