"""One request's way through the server: hooks, faults, quota, who may, the method itself, the log."""

from __future__ import annotations

import gc
import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.sheets_server import routes
from tests.sheets_server.errors import (
    ApiError,
    bad_field,
    denied,
    drive_denied,
    drive_missing,
    not_found,
    office_file,
)
from tests.sheets_server.faults import HTML_503, Fault, Faults, Planned, error_of
from tests.sheets_server.hooks import Hooks
from tests.sheets_server.quota import Quota
from tests.sheets_server.sheets_api import Call as MethodCall
from tests.sheets_server.store import Store

JSON = "application/json; charset=UTF-8"


@dataclass(frozen=True)
class Call:
    """A line of the log. Status 0: the connection broke or hung."""

    n: int
    method: str
    path: str
    kind: str
    status: int
    bytes_in: int
    bytes_out: int
    at: object


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes = b""
    kind: str = JSON
    headers: dict = field(default_factory=dict)
    broken: bool = False  # reset the connection
    hang: float = 0  # seconds without an answer, then reset


def as_json(status: int, body, headers: dict | None = None) -> Answer:
    return Answer(status, json.dumps(body, ensure_ascii=False).encode(), headers=headers or {})


@contextmanager
def without_collector():
    """A register of 100,000 rows is walked over and over by Python's collector while a big reply is built."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class Service:
    def __init__(self, server, clock, sort_carries_metadata: bool, quota):
        self.server = server
        self.store = Store(clock, sort_carries_metadata)
        self.lock = threading.RLock()
        self.log: list[Call] = []
        self.count = 0
        self.faults, self.hooks = Faults(lambda: self.count), Hooks(lambda: self.count)
        self.quota = Quota(quota, clock)

    def handle(self, verb: str, target: str, data: bytes) -> Answer:
        route = routes.find(verb, target)
        if route is None:
            return as_json(404, not_found().body)
        body, fault = _parsed(route, data)
        kind = _kind(route, body)
        with self.lock:
            self.count += 1
            number = self.count
            before = self.hooks.due(number, kind, after=False)
        for function in before:
            function(self.server)
        with self.lock:
            planned = self.faults.take(number, kind)
            answer = self._answer(route, body, fault, planned)
            self._note(number, verb, target, kind, answer, len(data))
            after = self.hooks.due(number, kind, after=True)
        for function in after:
            function(self.server)
        return answer

    def _answer(self, route, body: dict, fault: ApiError | None, planned: Planned | None) -> Answer:
        if planned is not None and not planned.fault.applies:
            return _faulty(planned, route)
        try:
            if fault is not None:
                raise fault
            with without_collector():
                answer = self._method(route, body)
        except ApiError as error:
            answer = as_json(error.code, error.body)
        return answer if planned is None else _faulty(planned, route)

    def _method(self, route, body: dict) -> Answer:
        self.quota.spend(write=route.writes)
        book = self._book(route)
        reply = route.method(MethodCall(self.store, book, route.query, body, route.path))
        if reply is None:
            return Answer(204, kind="text/html")
        if isinstance(reply, tuple):
            return Answer(200, reply[1], reply[0])
        return as_json(200, reply)

    def _book(self, route):
        if "id" not in route.path:
            return None
        book = self.store.books.get(route.path["id"])
        if book is None:
            raise drive_missing(route.path["id"]) if route.is_drive else not_found()
        if book.state == "denied":
            raise drive_denied() if route.is_drive else denied()
        if book.state == "office" and not route.is_drive:
            raise office_file()
        return book

    def _note(self, number: int, verb: str, target: str, kind: str, answer: Answer, bytes_in: int) -> None:
        status = 0 if answer.broken or answer.hang else answer.status
        path = target.partition("?")[0]
        size = len(answer.body)
        self.log.append(Call(number, verb, path, kind, status, bytes_in, size, self.store.now()))


def _parsed(route, data: bytes) -> tuple[dict, ApiError | None]:
    """The body; a broken one is an answer of its own, but it counts as a request."""
    if route.kind == "drive.files.import":
        return {"text": data.decode()}, None
    if not data.strip():
        return {}, None
    try:
        body = json.loads(data)
        if not isinstance(body, dict):
            raise ValueError
    except ValueError:
        message = 'Invalid JSON payload received. Unknown name "": Root element must be a message.'
        return {}, bad_field("", message)
    return body, None


def _kind(route, body: dict) -> str:
    if route.kind != "spreadsheets.batchUpdate":
        return route.kind
    kinds = [next(iter(one), "") for one in body.get("requests") or [] if isinstance(one, dict)]
    return f"{route.kind}:{','.join(dict.fromkeys(kinds))}"


def _faulty(planned: Planned, route) -> Answer:
    headers = {} if planned.retry_after is None else {"Retry-After": str(planned.retry_after)}
    match planned.fault:
        case Fault.HANG:
            return Answer(0, hang=planned.seconds)
        case Fault.RESET | Fault.APPLIED_THEN_RESET:
            return Answer(0, broken=True)
        case Fault.UNAVAILABLE_HTML:
            return Answer(503, HTML_503.encode(), "text/html; charset=UTF-8", headers)
    error = error_of(planned.fault, write=route.writes)
    return as_json(error.code, error.body, headers)
