"""Chat services on the loopback that check what the real ones check: address, signature, form, size, keyword, pace."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from urllib.parse import parse_qs, urlsplit

from toolkit.gateways.senders.chat import SERVICES, ChatChannel, Room

SECRET = "SEC-0123456789"
HOUR = 3600
HANG, RESET = "hang", "reset"


class Bot:
    """One service. `next` holds answers that are given before it looks: (status, body), HANG or RESET."""

    per_minute = 1000

    def __init__(self, secret="", keyword=""):
        self.secret, self.keyword = secret, keyword
        self.next = []
        self.posts = []
        self.requests = 0

    def answer(self, path, query, body):
        """Status, body and headers for a post."""
        self.requests += 1
        if self.next:
            return self.next.pop(0)
        refused = self.refusal(path, query, body)
        if refused is None:
            self.posts.append(body)
            return 200, self.taken
        return refused

    def tapped(self):
        """The links that a client makes of the last post: (words, address)."""
        return self.links(self.posts[-1])

    def links(self, body):
        return re.findall(r"\[([^\[\]]*)\]\((https?://[^\s()]+)\)", self.text(body))

    def texts(self):
        return [self.text(body) for body in self.posts]


class Wecom(Bot):
    path = "/cgi-bin/webhook/send?key=KEY"
    taken = MappingProxyType({"errcode": 0, "errmsg": "ok"})

    def refusal(self, path, query, body):
        if path != "/cgi-bin/webhook/send" or query.get("key") != ["KEY"]:
            return 200, {"errcode": 93000, "errmsg": "invalid webhook url"}
        kind = body.get("msgtype")
        if kind not in ("text", "markdown") or not body[kind].get("content"):
            return 200, {"errcode": 40008, "errmsg": "invalid message type"}
        if len(body[kind]["content"].encode()) > {"text": 2048, "markdown": 4096}[kind]:
            return 200, {"errcode": 40058, "errmsg": f"{kind}.content exceed max length"}
        if self.requests > self.per_minute:
            return 200, {"errcode": 45009, "errmsg": "api freq out of limit"}
        return None

    def text(self, body):
        return body[body["msgtype"]]["content"].replace("**", "")

    def links(self, body):
        if body["msgtype"] == "text":
            return [(one, one) for one in re.findall(r"https?://\S+", self.text(body))]
        return super().links(body)

    def called(self, body):
        return body.get("text", {}).get("mentioned_mobile_list", [])


class Dingtalk(Bot):
    path = "/robot/send?access_token=KEY"
    taken = MappingProxyType({"errcode": 0, "errmsg": "ok"})

    def refusal(self, path, query, body):
        if path != "/robot/send" or query.get("access_token") != ["KEY"]:
            return 200, {"errcode": 300005, "errmsg": "token is not exist"}
        if self.secret and not self.is_signed(query):
            return 200, {"errcode": 310000, "errmsg": "sign not match"}
        said = json.dumps(body, ensure_ascii=False)
        if self.keyword and self.keyword not in said:
            return 200, {"errcode": 310000, "errmsg": "keywords not in content"}
        if body.get("msgtype") != "markdown" or not body["markdown"]["title"] or body["at"]["isAtAll"] is not False:
            return 200, {"errcode": 40035, "errmsg": "缺少参数 json"}
        if len(body["markdown"]["text"].encode()) > 20_000:
            return 200, {"errcode": 460101, "errmsg": "message too long"}
        if self.requests > self.per_minute:
            return 200, {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"}
        return None

    def is_signed(self, query):
        stamp = query.get("timestamp", ["0"])[0]
        made = hmac.new(self.secret.encode(), f"{stamp}\n{self.secret}".encode(), hashlib.sha256).digest()
        is_fresh = abs(time.time() * 1000 - int(stamp)) < HOUR * 1000
        return is_fresh and query.get("sign") == [base64.b64encode(made).decode()]

    def text(self, body):
        text = body["markdown"]["text"].removeprefix("#### ").replace("  \n", "\n")
        called = " ".join(f"@{one}" for one in self.called(body))
        return text.removesuffix(called).replace("\n\n", "\n", 1).rstrip("\n")

    def called(self, body):
        return body["at"]["atMobiles"]


class Feishu(Bot):
    path = "/open-apis/bot/v2/hook/KEY"
    taken = MappingProxyType({"code": 0, "msg": "success", "data": {}})

    def refusal(self, path, query, body):
        if path != "/open-apis/bot/v2/hook/KEY":
            return 200, {"code": 19001, "msg": "param invalid: incoming webhook access token invalid"}
        if self.secret and not self.is_signed(body):
            return 200, {"code": 19021, "msg": "sign match fail or timestamp is not within one hour from current time"}
        if self.keyword and self.keyword not in json.dumps(body, ensure_ascii=False):
            return 200, {"code": 19024, "msg": "Key Words Not Found"}
        if body.get("msg_type") != "post" or len(json.dumps(body)) > 20 * 1024:
            return 200, {"code": 9499, "msg": "Bad Request"}
        if self.requests > self.per_minute:
            return 200, {"code": 11232, "msg": "frequency limited psm[lark.oapi.app_platform_runtime]appID"}
        return None

    def is_signed(self, body):
        stamp = body.get("timestamp", "0")
        made = hmac.new(f"{stamp}\n{self.secret}".encode(), b"", hashlib.sha256).digest()
        return abs(time.time() - int(stamp)) < HOUR and body.get("sign") == base64.b64encode(made).decode()

    def text(self, body):
        post = body["content"]["post"]["zh_cn"]
        assert all(part["tag"] in ("text", "a") for line in post["content"] for part in line)
        return "\n".join([post["title"], *("".join(part["text"] for part in line) for line in post["content"])])

    def links(self, body):
        parts = [part for line in body["content"]["post"]["zh_cn"]["content"] for part in line]
        return [(part["text"], part["href"]) for part in parts if part["tag"] == "a"]

    def called(self, body):
        return []


class Slack(Bot):
    path = "/services/T0/B0/KEY"
    taken = "ok"

    def refusal(self, path, query, body):
        if path != "/services/T0/B0/KEY":
            return 404, "no_service"
        blocks = body.get("blocks", [])
        limits = {"header": 150, "section": 3000}
        kinds = {"header": ["plain_text"], "section": ["plain_text", "mrkdwn"]}
        if not 0 < len(blocks) <= 50 or any(
            block["text"]["type"] not in kinds[block["type"]]
            or not 0 < len(block["text"]["text"]) <= limits[block["type"]]
            for block in blocks
        ):
            return 400, "invalid_blocks"
        if self.requests > self.per_minute:
            return 429, "rate_limited", {"Retry-After": "30"}
        return None

    def text(self, body):
        return "\n".join(block["text"]["text"] for block in body["blocks"])

    def links(self, body):
        marked = "\n".join(one["text"]["text"] for one in body["blocks"] if one["text"]["type"] == "mrkdwn")
        return [(words, unescape(address)) for address, words in re.findall(r"<([^|<>]+)\|([^<>]+)>", marked)]

    def called(self, body):
        return []


BOTS = {"wecom": Wecom, "dingtalk": Dingtalk, "feishu": Feishu, "slack": Slack}


@contextmanager
def serving(bot):
    """The bot behind a real HTTP server; gives its port."""
    done = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            parts = urlsplit(self.path)
            answer = bot.answer(parts.path, parse_qs(parts.query), body)
            if answer == HANG:
                done.wait(10)
                self.close_connection = True
            elif answer == RESET:
                # linger of zero: what closes is a reset, as of a router that forgot the connection
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True
            else:
                self.say(*answer)

        def say(self, status, body, headers=None):
            content = (body if isinstance(body, str) else json.dumps(dict(body))).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        done.set()
        server.shutdown()
        server.server_close()


def channel_to(
    name: str, port: int, clock: Callable, *, read_timeout: float = 2.0, path: str | None = None, **room: str
) -> ChatChannel:
    """The channel, with one room at the stub."""
    address = f"http://127.0.0.1:{port}{path or BOTS[name].path}"
    more = "……另有 {} 行".format
    return ChatChannel(SERVICES[name], {"default": Room(address, **room)}, clock, more, read_timeout=read_timeout)
