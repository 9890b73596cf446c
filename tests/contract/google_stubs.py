"""Google's sign-in on the loopback: a token server that checks what Google's checks, and an SMTP server that takes its tokens."""

from __future__ import annotations

import base64
import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from aiosmtpd.smtp import AuthResult

from tests.contract.sender_samples import Mailbox

USER = "care@shop.example"
CLIENT = {"client_id": "12-ab.apps.googleusercontent.com", "client_secret": "GOCSPX-s3cret"}
REFRESH = "1//refresh-s3cret"
CODE = "4/one-time-code"
SECRETS = (CLIENT["client_secret"], REFRESH, "ya29.")
SIGN_IN = {"type": "authorized_user", **CLIENT, "refresh_token": REFRESH}

CHALLENGE = '{"status": "400", "schemes": "Bearer", "scope": "https://mail.google.com/"}'


class Google:
    """Answers as told (status, body or seconds of silence), else as Google does. `asked` are the forms that came."""

    def __init__(self, *answers, life=3599):
        self.answers = list(answers)
        self.life = life
        self.asked = []
        self.given = []
        self.code = CODE
        self.refresh = REFRESH
        self.url = ""

    def answer(self, form):
        self.asked.append(form)
        if self.answers and (told := self.answers.pop(0)) is not None:
            return told
        if (form.get("client_id"), form.get("client_secret")) != tuple(CLIENT.values()):
            return 401, {"error": "invalid_client", "error_description": "The OAuth client was not found."}
        match form.get("grant_type"):
            case "refresh_token" if form.get("refresh_token") == self.refresh:
                return 200, self.token()
            case "authorization_code" if form.get("code") == self.code and form.get("redirect_uri"):
                return 200, self.token() | {"refresh_token": self.refresh}
            case "refresh_token" | "authorization_code":
                return 400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
        return 400, {"error": "unsupported_grant_type", "error_description": "Invalid grant_type"}

    def token(self):
        self.given.append(f"ya29.token-{len(self.given) + 1}")
        scope = "https://mail.google.com/"
        return {"access_token": self.given[-1], "expires_in": self.life, "scope": scope, "token_type": "Bearer"}


@contextmanager
def google(*answers, **more):
    """The token server, at `url`."""
    stub = Google(*answers, **more)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            assert self.headers["Content-Type"].startswith("application/x-www-form-urlencoded")
            form = {name: values[0] for name, values in parse_qs(body).items()}
            kind, _, basic = self.headers.get("Authorization", "").partition(" ")
            if kind == "Basic":  # Google takes the client's secret this way too
                form |= dict(zip(CLIENT, base64.b64decode(basic).decode().split(":", 1), strict=True))
            told = stub.answer(form)
            if isinstance(told, float):
                time.sleep(told)
                return
            status, said = told
            content = (said if isinstance(said, str) else json.dumps(said)).encode()
            self.send_response(status)
            if status in (301, 302, 307, 308):
                self.send_header("Location", stub.url)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    served = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stub.url = f"http://127.0.0.1:{served.server_port}/token"
    threading.Thread(target=served.serve_forever, daemon=True).start()
    try:
        yield stub
    finally:
        served.shutdown()
        served.server_close()


class Gmail(Mailbox):
    """Takes XOAUTH2 with a token of `taken` (all that `google` gave out, where that is given); else says no as Gmail does."""

    def __init__(self, google=None, taken=()):
        super().__init__()
        self.google = google
        self.taken = set(taken)
        self.shown = []
        self.answered = []

    async def auth_XOAUTH2(self, server, args):  # noqa: N802
        self.shown.append(base64.b64decode(args[1]))
        tokens = self.taken | set(self.google.given if self.google else ())
        if self.shown[-1] in {f"user={USER}\1auth=Bearer {one}\1\1".encode() for one in tokens}:
            return AuthResult(success=True)
        self.answered.append(await server.challenge_auth(CHALLENGE))
        await server.push("535 5.7.8 Username and Password not accepted")
        return AuthResult(success=False, handled=True)
