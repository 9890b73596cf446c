"""A server that says what it is told to say, in order, and keeps what it was asked: for what no real server does on demand."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from requests.structures import CaseInsensitiveDict

HANG, RESET, CUT, SLOW = "hang", "reset", "cut", "slow"


@dataclass(frozen=True)
class Answer:
    """A status with a body; dicts go out as JSON. `trouble`: never answer, reset, or break off in the middle."""

    status: int = 200
    body: object = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    trouble: str = ""


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: dict[str, list[str]]
    headers: CaseInsensitiveDict
    body: bytes


class Script:
    """Answers in order; when they are used up the last one is said again."""

    def __init__(self, *answers):
        self.answers = list(answers) or [Answer()]
        self.asked: list[Asked] = []
        self.over = threading.Event()
        self.url = ""

    def next(self):
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def refusal(status, message="", kind="", **more):
    """An answer as Google words its errors."""
    return Answer(status, {"error": {"code": status, "message": message, "status": kind, **more}})


@contextmanager
def serving(script: Script):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args):
            pass

        def handle_one(self):
            answer = script.next()
            if answer.trouble == SLOW:
                body = _read_slowly(self)
            else:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = urlsplit(self.path)
            script.asked.append(
                Asked(self.command, parts.path, parse_qs(parts.query), CaseInsensitiveDict(self.headers.items()), body)
            )
            if answer.trouble == HANG:
                script.over.wait(5)
                self.close_connection = True
                return
            if answer.trouble == RESET:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True
                self.connection.close()
                return
            raw = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
            headers = {"Content-Type": "application/json; charset=UTF-8", **answer.headers}
            self.send_response(answer.status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            if answer.trouble == CUT:
                self.wfile.write(raw[: len(raw) // 2])
                self.close_connection = True
                return
            self.wfile.write(raw)

        do_GET = do_POST = do_PUT = handle_one  # noqa: N815

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None
    script.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield script
    finally:
        script.over.set()
        server.shutdown()
        server.server_close()


def _read_slowly(handler):
    """In small bites with rests, as a thin line does."""
    left, parts = int(handler.headers["Content-Length"]), []
    while left:
        parts.append(handler.rfile.read(min(left, 2**18)))
        left -= len(parts[-1])
        time.sleep(0.04)
    return b"".join(parts)


class Time:
    """A clock that only sleeping moves."""

    def __init__(self):
        self.now = 1000.0
        self.sleeps: list[float] = []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.sleeps.append(round(seconds, 3))
        self.now += seconds
