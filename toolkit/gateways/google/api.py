"""One spreadsheet as the Sheets API shows it: four calls, and errors that say what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from gspread.urls import SPREADSHEET_VALUES_BATCH_URL
from requests.exceptions import JSONDecodeError

from toolkit.gateways.google.address import in_a_path, is_loopback, location
from toolkit.gateways.google.client import SheetsHTTP
from toolkit.gateways.google.credentials import Account, account
from toolkit.gateways.google.errors import UnknownOutcomeError, explained, translated
from toolkit.gateways.google.quota import Pace, pace_file

T = TypeVar("T")
_RENDER = {"dateTimeRenderOption": "SERIAL_NUMBER"}


class SheetsApi:
    """One spreadsheet as the Sheets API shows it. Raises BookError (core), LayoutChangedError, UnknownOutcomeError.

    Not for several threads at once. `http` stands in for the usual client.
    """

    def __init__(
        self,
        book: str,
        spreadsheet_id: str,
        account: Account,
        *,
        endpoint: str | None = None,
        deadline: float = 180.0,
        http: SheetsHTTP | None = None,
    ) -> None:
        self.location = location(spreadsheet_id, endpoint)
        self.account_email = account.email
        self._book = book
        self._id = in_a_path(spreadsheet_id)
        pace = None if is_loopback(endpoint) else Pace(pace_file(account.identity))
        self._http = http or SheetsHTTP(account.credentials, endpoint=endpoint, deadline=deadline, pace=pace)

    @property
    def calls(self) -> int:
        """Requests of the API so far, tries again included; tokens are not counted."""
        return self._http.calls

    def metadata(self, fields: str, ranges: Sequence[str] = ()) -> dict[str, Any]:
        """What the field mask names; members that are 0 or empty are absent (facts B2)."""
        params: dict[str, Any] = {"fields": fields, "ranges": list(ranges)}
        return self._ask(lambda: dict(self._http.fetch_sheet_metadata(self._id, params)))

    def read(self, ranges: Sequence[str], *, formulas: bool = False) -> bytes:
        """The JSON text of `{"valueRanges": [{"range", "values"}]}` in the asked order; an empty range has no "values"."""
        if not ranges:  # gspread drops empty ranges, Google refuses to read none
            return b'{"valueRanges":[]}'
        render = "FORMULA" if formulas else "UNFORMATTED_VALUE"
        params = {"ranges": list(ranges), "majorDimension": "ROWS", "valueRenderOption": render, **_RENDER}
        url = SPREADSHEET_VALUES_BATCH_URL % self._id
        return self._ask(lambda: bytes(self._http.request("get", url, params=params).content))

    def write(self, data: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Values as they are, None left alone; what stands in each range after that, in order."""
        if not data:
            return []
        body = {
            "valueInputOption": "RAW",
            "includeValuesInResponse": True,
            "responseValueRenderOption": "UNFORMATTED_VALUE",
            "responseDateTimeRenderOption": "SERIAL_NUMBER",
            "data": [dict(one) for one in data],
        }
        reply = self._ask(lambda: _told(lambda: self._http.values_batch_update(self._id, body)))
        return _echoes(reply, len(data))

    def change(self, requests: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """All the requests or none of them; a reply for each."""
        if not requests:
            return []
        body = {"requests": [dict(one) for one in requests]}
        reply = self._ask(lambda: _told(lambda: self._http.batch_update(self._id, body)))
        replies = reply.get("replies")
        if not isinstance(replies, list) or len(replies) != len(requests):
            raise UnknownOutcomeError("the reply does not say what became of each change")
        return [dict(one or {}) for one in replies]

    def close(self) -> None:
        """Give the connections back."""
        self._http.session.close()

    def _ask(self, call: Callable[[], T]) -> T:
        try:
            return call()
        except Exception as error:
            known = translated(error, self._book, self.location, self.account_email)
            if known is None:
                raise
            raise known from error


def open_api(
    name: str, google: str, credentials: Path | None = None, endpoint: str | None = None, *, deadline: float = 180.0
) -> SheetsApi:
    """The spreadsheet of a book's setting. Raises BookError where its credentials cannot be used; asks nothing yet."""
    with explained(name, location(google, endpoint), ""):
        return SheetsApi(name, google, _account(credentials, endpoint), endpoint=endpoint, deadline=deadline)


def _account(path: Path | None, endpoint: str | None) -> Account:
    """Books of one account share its token; a key file that was replaced is read anew."""
    changed = path.stat().st_mtime_ns if path and path.exists() else 0
    return _account_as_of(path, endpoint, changed)


@lru_cache(maxsize=16)
def _account_as_of(path: Path | None, endpoint: str | None, changed: int) -> Account:
    del changed
    return account(path, endpoint)


def _told(call: Callable[[], Any]) -> dict[str, Any]:
    """The reply of a write. One that cannot be read leaves open what was written."""
    try:
        return dict(call())
    except JSONDecodeError as error:
        raise UnknownOutcomeError("the reply cannot be read") from error


def _echoes(reply: Mapping[str, Any], count: int) -> list[dict[str, Any]]:
    responses = reply.get("responses")
    echoes = [one.get("updatedData") for one in responses] if isinstance(responses, list) else []
    if len(echoes) != count or not all(isinstance(one, dict) for one in echoes):
        raise UnknownOutcomeError("the reply does not show all that was to be written")
    return [dict(one) for one in echoes if isinstance(one, dict)]
