"""What the API's error replies mean. Google tells most of them apart by their message alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gspread.exceptions import APIError
from requests import Response

_LAYOUT = re.compile(
    r"Unable to parse range|exceeds grid limits|No (?:grid|sheet) with id|(?:row|column|dimension) that doesn't exist"
)
_SCOPES = "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
_SHOWN = 200  # characters of a message that nobody foresaw; it may quote what was sent
_CONSOLE = "https://console.cloud.google.com/apis/library/sheets.googleapis.com"


class ForeignError(APIError):
    """An error reply in JSON that is not Google's."""

    def __init__(self, response: Response) -> None:
        Exception.__init__(self, response.status_code)
        self.response, self.error, self.code = response, {"code": -1, "message": ""}, -1


def layout_moved(error: APIError) -> bool:
    """Whether a 400 says that a range, tab or grid is not there: staff renamed or removed it since it was looked at."""
    return error.response.status_code == 400 and bool(_LAYOUT.search(_message(error)))  # noqa: PLR2004


def is_rate_limit(error: APIError) -> bool:
    """429, and Drive's way to say it: 403 with a reason of the domain usageLimits."""
    if error.response.status_code != 403:  # noqa: PLR2004
        return error.response.status_code == 429  # noqa: PLR2004
    reasons = error.error.get("errors") or ()
    return (
        any(
            isinstance(one, Mapping)
            and one.get("domain") == "usageLimits"
            and one.get("reason") != "accessNotConfigured"  # the API is switched off: waiting does not help
            for one in reasons
        )
        or _reason(error) == "RATE_LIMIT_EXCEEDED"
    )


def refusal_text(error: APIError, location: str, account: str) -> str:
    """One sentence: what, where, what to do."""
    status, message = error.response.status_code, _message(error)  # never error.code: -1 where the body is no JSON
    who = account or "the account of the credentials file"
    if "operation is not supported for this document" in message:
        return (
            f"{location} is an Excel file that was opened in Drive, not a Google sheet: choose File > Save as Google "
            "Sheets there, and put the new sheet's id into config.yaml"
        )
    if "protected cell or object" in message:
        return (
            f"{location}: a cell to be written is protected: let {who} edit it (Data > Protect sheets and ranges); "
            "nothing of this step was written"
        )
    if "increase the number of cells" in message:
        return (
            f"{location} is full, a Google sheet holds 10 million cells: delete tabs, empty rows and columns that "
            "nobody needs, or move old rows to another sheet"
        )
    if is_rate_limit(error):
        return (
            f"{location}: Google's quota is exceeded all the time: something else uses it up (other desks, other "
            "programs of the same Cloud project); the next run tries again"
        )
    if status == 403 and _is_switched_off(error, message):  # noqa: PLR2004
        found = re.search(r"https://console\.\S+", message)
        return (
            f"{location} cannot be opened: the Google Sheets API is not enabled in the Cloud project of {who}: "
            f"enable it at {found.group().rstrip('.,') if found else _CONSOLE} and wait a few minutes"
        )
    if status == 403 and ("insufficient authentication scopes" in message or _reason(error) == _SCOPES):  # noqa: PLR2004
        return (
            f"{location} cannot be opened: the token of {who} was made without the right to spreadsheets: "
            "remove the token file and make it anew"
        )
    match status:
        case 404:
            return (
                f"{location} does not exist: is `google` in config.yaml the sheet's id? It stands in its address "
                "between /d/ and /edit"
            )
        case 403 if _is_googles(error):
            share = f"share the sheet with {account}" if account else f"share the sheet with {who}"
            return f"{location} is not open to {who}: {share} as editor (Share, at the top right)"
        case 401:
            return (
                f"{location}: Google does not accept the token of {who}: the key was revoked, or this computer's clock "
                "is wrong: set the clock, or make a new key"
            )
        case _ if status == 413 or "payload size exceeds" in message:  # noqa: PLR2004
            return f"{location}: too much was sent at once; report this, it is a fault of the toolkit"
        case _ if status >= 500 or status == 408:  # noqa: PLR2004
            return f"{location}: Google answers {status} all the time, it is out of order; the next run tries again"
        case _ if not _is_googles(error):
            return (
                f"{location}: something on the way to Google refuses ({status} {error.response.reason}): see to the "
                "proxy or firewall"
            )
    found_text = message if len(message) <= _SHOWN else message[:_SHOWN] + "…"
    return f"{location}: Google refuses ({status}: {found_text}): if it stays so, report it with this text"


def _is_googles(error: APIError) -> bool:
    return "status" in error.error and error.error.get("code") != -1


def _is_switched_off(error: APIError, message: str) -> bool:
    return (
        _reason(error) == "SERVICE_DISABLED" or "it is disabled" in message or "accessNotConfigured" in str(error.error)
    )


def _message(error: APIError) -> str:
    return str(error.error.get("message", ""))


def _reason(error: APIError) -> str:
    details: Any = error.error.get("details") or ()
    return next((str(one["reason"]) for one in details if isinstance(one, Mapping) and "reason" in one), "")
