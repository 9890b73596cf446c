"""HTTP: keep-alive, one thread a connection, every path on one port; and the ways in which a connection dies."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.sheets_server import control, page
from tests.sheets_server.service import Answer, as_json

TOKEN = {"access_token": "ya29.local", "expires_in": 3599, "token_type": "Bearer"}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, service):
        super().__init__(("127.0.0.1", port), _Handler)
        self.service = service
        self.closing = threading.Event()
        self.connections: set[socket.socket] = set()

    def handle_error(self, request, client_address) -> None:
        """A client that went away is no news."""

    def process_request(self, request, client_address) -> None:
        self.connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request) -> None:
        self.connections.discard(request)
        super().shutdown_request(request)

    def stop(self) -> None:
        """Open connections end too, so that no thread waits for a request that will not come."""
        self.closing.set()
        self.shutdown()
        self.server_close()
        for connection in list(self.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each small answer waits for the last one's acknowledgement
    wbufsize = -1

    def _serve(self) -> None:
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            answer = self._answer(data)
        except Exception as error:  # noqa: BLE001 - a bug here shall be seen by the test that met it
            answer = as_json(500, {"error": {"code": 500, "message": f"{error!r}", "status": "INTERNAL", "bug": True}})
            import traceback

            traceback.print_exc()
        self._send(answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

    def _answer(self, data: bytes) -> Answer:
        path = self.path.partition("?")[0]
        if path in {"/token", "/oauth2/v4/token"}:
            return as_json(200, TOKEN)
        if path.startswith("/_control/"):
            return control.answer(self.server.service.server, self.command, path, data)
        if self.command == "GET" and (path == "/" or path.startswith("/_page/")):
            return page.answer(self.server.service, self.path)
        return self.server.service.handle(self.command, self.path, data)

    def _send(self, answer: Answer) -> None:
        if answer.hang:
            self.server.closing.wait(answer.hang)
        if answer.hang or answer.broken:
            self._reset()
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)
        self.wfile.flush()

    def _reset(self) -> None:
        """Lingering for no time makes the close a reset: the client sees `connection reset by peer`."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.server.connections.discard(self.connection)
        self.rfile.close()
        self.connection.close()

    def log_message(self, format, *args) -> None:  # noqa: A002 - the base class names it so
        """The log is kept by the service."""


def serve(port: int, service) -> _Server:
    server = _Server(port, service)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return server
