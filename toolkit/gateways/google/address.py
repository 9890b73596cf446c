"""Where the API lives: at Google, or at an `endpoint` on this very computer that speaks like it."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import quote, urlsplit

_GOOGLE = ("https://sheets.googleapis.com", "https://www.googleapis.com")


def is_loopback(endpoint: str | None) -> bool:
    """Whether an endpoint is this computer: then there is no quota, and a proxy would only be in the way."""
    host = (urlsplit(endpoint).hostname or "") if endpoint else ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def at(url: str, endpoint: str | None) -> str:
    """A Google address as it is called: paths of Sheets and Drive do not collide, one endpoint serves both."""
    if endpoint:
        for base in _GOOGLE:
            if url.startswith(base + "/"):
                return endpoint.rstrip("/") + url.removeprefix(base)
    return url


def location(spreadsheet_id: str, endpoint: str | None) -> str:
    """Where a person opens the spreadsheet."""
    if endpoint:
        return f"{endpoint.rstrip('/')}/spreadsheets/d/{spreadsheet_id}"
    return f"https://docs.google.com/spreadsheets/d/{spreadsheet_id}/edit"


def in_a_path(spreadsheet_id: str) -> str:
    """An id as one step of a path: a whole address pasted in its place must not lead elsewhere."""
    return quote(spreadsheet_id, safe="")
