"""SMS gateways on the loopback that check what the real ones check, and can be told to be rude."""

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
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, urlsplit

from tests.contract.outbox_samples import key, letter
from tests.contract.sender_samples import clock
from toolkit.core.message import Letter
from toolkit.gateways.senders.sms.aliyun import AliyunChannel, AliyunConfig
from toolkit.gateways.senders.sms.apprise import AppriseChannel
from toolkit.gateways.senders.sms.tencent import TencentChannel, TencentConfig
from toolkit.gateways.senders.sms.twilio import TwilioChannel, TwilioConfig

KEY_ID, SECRET, SIGN = "test-key-id", "test-key-secret", "安居"
PHONE = "13800138000"
TEMPLATE = "SMS_1"
TIMEOUT = 1.0
HANG, RESET, GARBAGE = "hang", "reset", "garbage"


class Stub:
    """A server with the requests that it got. `answers` are given, one a request, in place of what it would say:

    HANG and RESET after it took the message, a number for a bare HTTP status, anything else by the gateway itself.
    """

    def __init__(self, *answers):
        self.answers = list(answers)
        self.requests = []  # (method, url, headers, body)
        self.taken = []  # what was accepted, as the gateway keeps it
        self.complaints = []
        self.url = ""

    def answer(self, method, url, headers, body):
        raise NotImplementedError


@contextmanager
def serving(stub):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            stub.requests.append((self.command, self.path, self.headers, body))
            told = stub.answers.pop(0) if stub.answers else None
            status, content = stub.answer(told, self.path, self.headers, body)
            if told == HANG:
                time.sleep(TIMEOUT * 2)
            if told in (HANG, RESET):
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                self.close_connection = True
                return
            if isinstance(told, int):
                status, content = told, b"<html>no JSON</html>"
            elif told == GARBAGE:
                content = b"<html>no JSON</html>"
            else:
                content = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST  # noqa: N815

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    stub.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()


def sms(row="T1", text="张先生，您好", to=PHONE, **more):
    """A message that any of the gateways takes."""
    content = Letter("", text, template=TEMPLATE, variables={"1": text})
    return letter(key(row, channel="sms"), to=to, **({"letter": content} | more))


def dressed(message):
    """A message of the common suite, to a mobile, with its text as the one variable of the template."""
    text = message.letter.text
    content = Letter("", text, template=TEMPLATE, variables={"1": text})
    return letter(message.key, to=PHONE, to_name=message.to_name, letter=content, row_key=message.row_key)


def _hmac(secret, text):
    return hmac.new(secret, text.encode(), hashlib.sha256).digest()


class Aliyun(Stub):
    """POST with everything in the query; ACS3-HMAC-SHA256 over method, path, query, headers and the body's hash."""

    mobile = re.compile(r"1[3-9]\d{9}")
    day = "20261123"

    def channel(self, **more):
        config = {"endpoint": self.url, "timeout": TIMEOUT} | more
        return AliyunChannel(AliyunConfig(KEY_ID, SECRET, SIGN, **config), clock)

    def answer(self, told, path, headers, body):
        query = dict(parse_qsl(urlsplit(path).query, keep_blank_values=True))
        if fault := self._fault(query, headers, body):
            self.complaints.append(fault)
            return 400, {"Code": fault, "Message": fault, "RequestId": "R"}
        if headers["x-acs-action"] == "QuerySendDetails":
            return 200, self._details(query)
        if isinstance(told, tuple):
            status, code = told if isinstance(told[0], int) else (200, told[0])
            return status, {"Code": code, "Message": f"about {code}", "RequestId": "R"}
        values = json.loads(query["TemplateParam"])
        if query["TemplateCode"] != TEMPLATE:
            return 200, {"Code": "isv.SMS_TEMPLATE_ILLEGAL", "Message": "no such template", "RequestId": "R"}
        if not all(isinstance(value, str) for value in values.values()):
            return 200, {"Code": "isv.INVALID_JSON_PARAM", "Message": "strings", "RequestId": "R"}
        if not self.mobile.fullmatch(query["PhoneNumbers"]):
            return 200, {"Code": "isv.MOBILE_NUMBER_ILLEGAL", "Message": "phone", "RequestId": "R"}
        biz = f"biz-{len(self.taken)}"
        self.taken.append(
            query | {"text": " ".join(values.values()), "BizId": biz, "SendStatus": 3, "ErrCode": "DELIVERED"}
        )
        return 200, {"Code": "OK", "Message": "OK", "BizId": biz, "RequestId": "R"}

    def _details(self, query):
        self.complaints += [
            name for name in ("PhoneNumber", "SendDate", "PageSize", "CurrentPage") if name not in query
        ]
        day = query["SendDate"]
        found = [
            {
                "OutId": one["OutId"],
                "SendStatus": one["SendStatus"],
                "ErrCode": one["ErrCode"],
                "SendDate": one.get("at", ""),
                "PhoneNum": one["PhoneNumbers"],
            }
            for one in self.taken
            if one["PhoneNumbers"] == query["PhoneNumber"]
            and one.get("day", self.day) == day
            and query.get("BizId") in (None, one["BizId"])
        ]
        at = (int(query["CurrentPage"]) - 1) * int(query["PageSize"])
        page = found[at : at + int(query["PageSize"])]
        return {
            "Code": "OK",
            "Message": "OK",
            "TotalCount": len(found),
            "SmsSendDetailDTOs": {"SmsSendDetailDTO": page},
        }

    def _fault(self, query, headers, body):
        found = re.fullmatch(
            r"ACS3-HMAC-SHA256 Credential=([^,]+),\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]+)",
            headers["Authorization"] or "",
        )
        if not found or found[1] != KEY_ID:
            return "InvalidAccessKeyId.NotFound"
        if headers["x-acs-content-sha256"] != hashlib.sha256(body).hexdigest():
            return "IncompleteSignature"
        names = found[2].split(";")
        canonical = "\n".join(
            (
                "POST",
                "/",
                "&".join(f"{quote(name, safe='~')}={quote(query[name], safe='~')}" for name in sorted(query)),
                "".join(f"{name}:{headers[name].strip()}\n" for name in names),
                found[2],
                headers["x-acs-content-sha256"],
            )
        )
        to_sign = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
        if not {"host", "x-acs-action", "x-acs-date", "x-acs-signature-nonce", "x-acs-version"} <= set(names):
            return "IncompleteSignature"
        return "" if _hmac(SECRET.encode(), to_sign).hex() == found[3] else "SignatureDoesNotMatch"


class Tencent(Stub):
    """POST of JSON; TC3-HMAC-SHA256 with a key made of the day and the service; refusals by number in a 200."""

    mobile = re.compile(r"\+861[3-9]\d{9}")
    keeps_context = True

    def channel(self, **more):
        config = {"endpoint": self.url, "timeout": TIMEOUT} | more
        return TencentChannel(TencentConfig(KEY_ID, SECRET, "1400006666", SIGN, **config), clock)

    def answer(self, told, path, headers, body):
        said = json.loads(body)
        if fault := self._fault(headers, body):
            self.complaints.append(fault)
            return 200, {"Response": {"Error": {"Code": fault, "Message": fault}, "RequestId": "R"}}
        if headers["X-TC-Action"] == "PullSmsSendStatusByPhoneNumber":
            return 200, {"Response": {"PullSmsSendStatusSet": self._receipts(said), "RequestId": "R"}}
        if isinstance(told, tuple) and told[0] == "whole":
            return 200, {"Response": {"Error": {"Code": told[1], "Message": f"about {told[1]}"}, "RequestId": "R"}}
        code = told[0] if isinstance(told, tuple) else self._refusal(said)
        serial = "" if code else f"serial-{len(self.taken)}"
        if not code:
            self.taken.append(said | {"text": said["TemplateParamSet"][0], "SerialNo": serial, "status": "SUCCESS"})
        status = {"SerialNo": serial, "PhoneNumber": said["PhoneNumberSet"][0], "Fee": 1, "IsoCode": "CN"}
        status |= {"SessionContext": said["SessionContext"], "Code": code or "Ok", "Message": f"about {code}"}
        return 200, {"Response": {"SendStatusSet": [status], "RequestId": "R"}}

    def _refusal(self, said):
        if missing := {"PhoneNumberSet", "SmsSdkAppId", "SignName", "TemplateId"} - set(said):
            return f"MissingParameter.{missing}"
        if said["TemplateId"] != TEMPLATE:
            return "FailedOperation.TemplateUnapprovedOrNotExist"
        if not all(isinstance(value, str) for value in said["TemplateParamSet"]):
            return "InvalidParameter"
        return "" if self.mobile.fullmatch(said["PhoneNumberSet"][0]) else "InvalidParameterValue.IncorrectPhoneNumber"

    def _receipts(self, said):
        self.complaints += [name for name in ("BeginTime", "EndTime", "SmsSdkAppId") if name not in said]
        return [
            {
                "PhoneNumber": one["PhoneNumberSet"][0],
                "SerialNo": one["SerialNo"],
                "ReportStatus": one["status"],
                "Description": "DELIVRD" if one["status"] == "SUCCESS" else "MK:0001",
                "SessionContext": one["SessionContext"] if self.keeps_context else "",
            }
            for one in self.taken
            if one["PhoneNumberSet"] == [said["PhoneNumber"]]
        ]

    def _fault(self, headers, body):
        found = re.fullmatch(
            r"TC3-HMAC-SHA256 Credential=([^/]+)/([0-9-]+)/sms/tc3_request, SignedHeaders=([^,]+), Signature=([0-9a-f]+)",
            headers["Authorization"] or "",
        )
        if not found or found[1] != KEY_ID:
            return "AuthFailure.SecretIdNotFound"
        stamp = int(headers["X-TC-Timestamp"])
        if abs(stamp - time.time()) > 600 or datetime.fromtimestamp(stamp, UTC).strftime("%Y-%m-%d") != found[2]:
            return "AuthFailure.SignatureExpire"
        signed = "".join(f"{name}:{headers[name].strip()}\n" for name in found[3].split(";"))
        canonical = "\n".join(("POST", "/", "", signed, found[3], hashlib.sha256(body).hexdigest()))
        scope = f"{found[2]}/sms/tc3_request"
        to_sign = f"TC3-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        secret = _hmac(_hmac(_hmac(f"TC3{SECRET}".encode(), found[2]), "sms"), "tc3_request")
        return "" if _hmac(secret, to_sign).hex() == found[4] else "AuthFailure.SignatureFailure"


class Twilio(Stub):
    """A form; basic auth; refusals as HTTP 400 with a number."""

    def channel(self, **more):
        config = {"endpoint": self.url, "timeout": TIMEOUT} | more
        return TwilioChannel(TwilioConfig("AC1", SECRET, "+15005550006", **config), clock)

    def answer(self, told, path, headers, body):
        wanted = "Basic " + base64.b64encode(f"AC1:{SECRET}".encode()).decode()
        if headers["Authorization"] != wanted:
            return 401, {"code": 20003, "message": "Authenticate", "status": 401}
        if not body:
            return self._shown(urlsplit(path))
        said = dict(parse_qsl(body.decode(), keep_blank_values=True))
        if isinstance(told, tuple):
            return told[0], {"code": told[1], "message": f"about {told[1]}", "status": told[0]}
        if not re.fullmatch(r"\+[1-9]\d{6,14}", said.get("To", "")):
            return 400, {"code": 21211, "message": "no number", "status": 400}
        if len(said["Body"]) > 1600:
            return 400, {"code": 21617, "message": "too long", "status": 400}
        made = {"sid": f"SM{len(self.taken)}", "status": "queued", "body": said["Body"], "to": said["To"]}
        made |= {"error_code": None, "error_message": None, "date_created": "Mon, 23 Nov 2026 02:00:00 +0000"}
        self.taken.append(made | {"text": said["Body"]})
        return 201, made

    def _shown(self, url):
        if found := re.search(r"/Messages/(SM\d+)\.json", url.path):
            one = next((one for one in self.taken if one["sid"] == found[1]), None)
            return (200, one) if one else (404, {"code": 20404, "message": "not found", "status": 404})
        to = dict(parse_qsl(url.query))["To"]
        listed = [one for one in self.taken if one["to"] == to]
        return 200, {"messages": listed, "next_page_uri": None, "page": 0, "page_size": 50, "uri": url.path}


class AppriseJson(Stub):
    """A service of apprise's own: JSON to an address that holds the recipient."""

    def channel(self, **more):
        url = self.url.replace("http://", "json://") + "/{to}?retry=3"
        return AppriseChannel(url, **({"timeout": TIMEOUT} | more))

    def answer(self, told, path, headers, body):
        said = json.loads(body)
        if path.partition("?")[0] != "/%2B8613800138000" and path.partition("?")[0] != "/+8613800138000":
            self.complaints.append(path)
        self.taken.append({"text": said["message"]})
        return 200, {}


GATEWAYS = {"aliyun": Aliyun, "tencent": Tencent, "twilio": Twilio, "apprise": AppriseJson}
