"""A script of faults: which request meets which, how often; and what each of them answers."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from tests.sheets_server.errors import ApiError
from tests.sheets_server.quota import exceeded

HTML_503 = (
    "<!DOCTYPE html>\n<html lang=en>\n<title>Error 503 (Service Unavailable)!!1</title>\n"
    "<p><b>503.</b> <ins>That's an error.</ins>\n<p>The service you requested is not available at this time."
    "<p>Service error -27.\n</html>\n"
)


class Fault(enum.Enum):
    RATE_LIMITED = "429"
    INTERNAL = "500"
    UNAVAILABLE = "503"
    UNAVAILABLE_HTML = "503 html"
    APPLIED_THEN_UNAVAILABLE = "applied, then 503"
    APPLIED_THEN_RESET = "applied, then the connection breaks"
    HANG = "no answer"
    RESET = "the connection breaks"
    UNAUTHENTICATED = "401"

    @property
    def applies(self) -> bool:
        return self in {Fault.APPLIED_THEN_UNAVAILABLE, Fault.APPLIED_THEN_RESET}


@dataclass
class Planned:
    fault: Fault
    number: int | None
    kind: str | None
    times: int
    seconds: float
    retry_after: int | None

    def meets(self, number: int, kind: str) -> bool:
        if self.times <= 0:
            return False
        return number >= self.number if self.number is not None else kind_matches(self.kind, kind)


def kind_matches(asked: str, kind: str) -> bool:
    """`spreadsheets.batchUpdate` means every batch; with requests named it means just those."""
    return kind == asked or kind.startswith(asked + ":")


class Faults:
    def __init__(self, count):
        self._count, self._planned = count, []

    def on(self, n_or_kind, fault: Fault, *, times: int = 1, seconds: float = 3600, retry_after: int | None = None):
        """From the n-th request on (1 is the next), or for a kind; as often as `times` says."""
        if isinstance(n_or_kind, int):
            plan = Planned(fault, self._count() + n_or_kind, None, times, seconds, retry_after)
        else:
            plan = Planned(fault, None, n_or_kind, times, seconds, retry_after)
        self._planned.append(plan)

    def clear(self) -> None:
        self._planned.clear()

    def take(self, number: int, kind: str) -> Planned | None:
        for plan in self._planned:
            if plan.meets(number, kind):
                plan.times -= 1
                return plan
        return None


def error_of(fault: Fault, *, write: bool) -> ApiError:
    match fault:
        case Fault.RATE_LIMITED:
            return exceeded("Write" if write else "Read")
        case Fault.INTERNAL:
            return ApiError(500, "INTERNAL", "Internal error encountered.")
        case Fault.UNAUTHENTICATED:
            return ApiError(
                401,
                "UNAUTHENTICATED",
                "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie "
                "or other valid authentication credential. See "
                "https://developers.google.com/identity/sign-in/web/devconsole-project.",
            )
    return ApiError(503, "UNAVAILABLE", "The service is currently unavailable.")
