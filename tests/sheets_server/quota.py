"""Requests a minute, reads and writes apart, refilled at each full minute of the server's clock."""

from __future__ import annotations

from tests.sheets_server.errors import ApiError

_PROJECT = "123456789012"


class Quota:
    def __init__(self, limits: tuple[int | None, int | None] | int | None, clock):
        if isinstance(limits, int):
            limits = (limits, limits)
        self.limits = dict(zip(("Read", "Write"), limits or (None, None), strict=True))
        self._clock, self._minute, self._spent = clock, None, {}

    def spend(self, *, write: bool) -> None:
        """Counts the request; 429 when the minute's budget is gone. A refused request costs nothing more."""
        minute = int(self._clock.now().timestamp() // 60)
        if minute != self._minute:
            self._minute, self._spent = minute, {}
        kind = "Write" if write else "Read"
        limit, spent = self.limits[kind], self._spent.get(kind, 0)
        if limit is not None and spent >= limit:
            raise exceeded(kind, limit)
        self._spent[kind] = spent + 1


def exceeded(kind: str, limit: int = 60) -> ApiError:
    consumer = f"project_number:{_PROJECT}"
    message = (
        f"Quota exceeded for quota metric '{kind} requests' and limit '{kind} requests per minute per user' "
        f"of service 'sheets.googleapis.com' for consumer '{consumer}'."
    )
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "RATE_LIMIT_EXCEEDED",
        "domain": "googleapis.com",
        "metadata": {
            "consumer": f"projects/{_PROJECT}",
            "quota_limit": f"{kind}RequestsPerMinutePerUser",
            "quota_limit_value": str(limit),
            "quota_location": "global",
            "quota_metric": f"sheets.googleapis.com/{kind.lower()}_requests",
            "quota_unit": "1/min/{project}/{user}",
            "service": "sheets.googleapis.com",
        },
    }
    link = {
        "description": "Request a higher quota limit.",
        "url": "https://cloud.google.com/docs/quotas/help/request_increase",
    }
    help_ = {"@type": "type.googleapis.com/google.rpc.Help", "links": [link]}
    return ApiError(429, "RESOURCE_EXHAUSTED", message, [info, help_])
