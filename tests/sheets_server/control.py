"""The same control over HTTP, for other processes: POST /_control/<word> with a JSON object, JSON comes back."""

from __future__ import annotations

import json

from tests.sheets_server.errors import ApiError
from tests.sheets_server.faults import Fault
from tests.sheets_server.service import Answer, as_json

_STAFF = {
    "fill",
    "type",
    "put",
    "clear",
    "insert_rows",
    "delete_rows",
    "insert_columns",
    "delete_columns",
    "move_rows",
    "move_columns",
    "sort",
    "cut_paste",
    "rename",
    "merge",
    "protect",
    "hide_rows",
    "values",
    "cell",
    "formula",
    "shown",
}


def answer(server, method: str, path: str, data: bytes) -> Answer:
    """Words: create, books, tab, staff, delete_tab, fault, before, deny, office_mode, allow, clock, log, reset."""
    word = path.removeprefix("/_control/").strip("/")
    if word not in WORDS:
        return as_json(404, {"error": f"no such word: {word}", "words": sorted(WORDS)})
    try:
        body = json.loads(data) if data.strip() else {}
        return as_json(200, WORDS[word](server, body))
    except ApiError as error:
        return as_json(400, {"error": error.message})
    except (KeyError, TypeError, ValueError) as error:
        return as_json(400, {"error": f"{type(error).__name__}: {error}"})


def _create(server, body: dict) -> dict:
    return _told(server.create(**body))


def _told(book) -> dict:
    tabs = [{"title": tab.title, "id": tab.id, "rows": tab.rows, "columns": tab.columns} for tab in book.tabs]
    return {"id": book.id, "title": book.title, "tabs": tabs}


def _tab(server, body: dict) -> dict:
    """{book, title, rows?, columns?, values?}: a new tab, filled at once."""
    content = body.pop("values", None)
    tab = server.book(body.pop("book")).add_tab(**body)
    if content is not None:
        tab.fill(content)
    return {"id": tab.id, "title": tab.title}


def _staff(server, body: dict) -> dict:
    """{book, tab, do, ...}: `do` is a method of Tab, the rest are its arguments by name."""
    tab, do = server.book(body.pop("book")).tab(body.pop("tab")), body.pop("do")
    if do not in _STAFF:
        raise ValueError(f"no such edit: {do}")
    result = getattr(tab, do)(**body)
    return {"result": result if isinstance(result, str | int | float | list | bool) else None}


def _delete_tab(server, body: dict) -> dict:
    server.book(body["book"]).delete_tab(body["tab"])
    return {}


def _fault(server, body: dict) -> dict:
    """{on: 3 or "values.batchUpdate", fault: "RATE_LIMITED", times?, seconds?, retry_after?}."""
    on, fault = body.pop("on"), Fault[body.pop("fault")]
    server.faults.on(on, fault, **body)
    return {}


def _before(server, body: dict) -> dict:
    """{on: n or kind, after?: true, edit: {book, tab, do, ...}}: a staff edit beside a request to come."""
    edit, on = body["edit"], body["on"]
    server.service.hooks.add(on, lambda one: _staff(one, dict(edit)), after=bool(body.get("after")))
    return {}


def _clock(server, body: dict) -> dict:
    if "set" in body:
        server.clock.set(body["set"])
    server.clock.advance(body.get("advance", 0))
    return {"now": server.clock.now().timestamp()}


def _log(server, body: dict) -> dict:
    return {"calls": [{**vars(call), "at": call.at.timestamp()} for call in server.log]}


def _reset(server, body: dict) -> dict:
    server.reset_script()
    if body.get("books"):
        server.service.store.books.clear()
    return {}


def _state(name: str):
    def change(server, body: dict) -> dict:
        getattr(server, name)(body["book"])
        return {}

    return change


WORDS = {
    "create": _create,
    "books": lambda server, body: {"books": [_told(book) for book in server.books if book.state.sheets]},
    "tab": _tab,
    "staff": _staff,
    "delete_tab": _delete_tab,
    "fault": _fault,
    "before": _before,
    "deny": _state("deny"),
    "office_mode": _state("office_mode"),
    "allow": _state("allow"),
    "clock": _clock,
    "log": _log,
    "reset": _reset,
}
