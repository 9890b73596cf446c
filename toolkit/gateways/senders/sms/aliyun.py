"""SMS through Aliyun (Dysms): texts approved beforehand, signed ACS3-HMAC-SHA256 by its library."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from toolkit.core.message import (
    NO_LIMITS,
    Accepted,
    Delivered,
    Limits,
    Message,
    NotFound,
    Outcome,
    Receipt,
    Rejected,
    StillOpen,
    Undelivered,
)
from toolkit.gateways.senders.sms import broken, international, not_installed, our_id, plain, shown
from toolkit.gateways.senders.sms.codes import CHINA, meaning, outcome_of

ENDPOINT = "https://dysmsapi.aliyuncs.com"
SERVER_FAULT = 500
PAGE, MOST_PAGES = 50, 4
"""Messages of one number and day on a page, which is the most there may be; and pages looked through."""
MIDNIGHT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class AliyunConfig:
    """Whose account. `endpoint` may be another region's, or a stub's with `http://`; `timeout` is in seconds."""

    access_key_id: str
    access_key_secret: str = field(repr=False)
    sign_name: str
    endpoint: str = ""
    timeout: float = 15.0


class AliyunChannel:
    """A business error comes as HTTP 200 with a code; a request without an answer is Unknown; the key travels as OutId."""

    name = "sms"
    is_folder = False
    only_unknown = False

    def __init__(self, config: AliyunConfig, now: Callable[[], datetime], *, limits: Limits = NO_LIMITS) -> None:
        self.limits = limits
        self._config = config
        self._now = now

    def send(self, message: Message) -> Outcome:
        """Try once."""
        if not message.letter.template:
            return Rejected("no-template", "there is no approved text for this notice")
        try:
            client, models = self._client, self._models
        except ImportError:
            return not_installed("sms-aliyun")
        request = models.SendSmsRequest(
            phone_numbers=_national(message.to),
            sign_name=self._config.sign_name,
            template_code=message.letter.template,
            template_param=_json(message),
            out_id=our_id(message.key),
        )
        try:
            body = client.send_sms_with_options(request, self._runtime()).body
        except Exception as error:  # noqa: BLE001  its errors have no common type; what each means is told by `_failure`
            return self._failure(error)
        if body is None or body.code is None:
            return broken(ValueError("an answer without a code"), "aliyun")
        if body.code != "OK":
            return outcome_of("aliyun", body.code, body.message or "", self._now())
        return Accepted(body.biz_id or "")

    def lookup(self, message: Message, provider_id: str, sent_at: datetime) -> Receipt | None:
        """What became of it: by number and day, then by our OutId, for without an answer there is no id of theirs.

        It is looked for on the day in China, and just before midnight on the day after as well.
        """
        local = sent_at.astimezone(CHINA)
        days = dict.fromkeys((local.date(), (local + MIDNIGHT).date()))
        try:
            found = [
                detail
                for day in days
                for detail in self._details(_national(message.to), f"{day:%Y%m%d}", provider_id)
                if detail.out_id == our_id(message.key) or (provider_id and not detail.out_id)
            ]
        except Exception:  # noqa: BLE001  asking is repeated by a later run, whatever went wrong
            return None
        if not found:
            return NotFound("aliyun shows no such message")
        # One that a person had sent again is there twice under one key: the newest answers.
        return _receipt(max(found, key=lambda detail: str(detail.send_date or "")), provider_id)

    def close(self) -> None:
        """The library keeps its connections."""

    def _details(self, phone: str, day: str, provider_id: str) -> Iterator[Any]:
        for page in range(1, MOST_PAGES + 1):
            request = self._models.QuerySendDetailsRequest(
                phone_number=phone, send_date=day, page_size=PAGE, current_page=page, biz_id=provider_id or None
            )
            body = self._client.query_send_details_with_options(request, self._runtime()).body
            if body.code != "OK":
                raise ValueError(body.code)
            found = body.sms_send_detail_dtos.sms_send_detail_dto if body.sms_send_detail_dtos else []
            yield from found
            if len(found) < PAGE:
                return

    def _failure(self, error: Exception) -> Outcome:
        """HTTP 4xx has a code that the table knows; of 5xx nobody knows whether the message went."""
        code, status = getattr(error, "code", None), getattr(error, "status_code", None)
        if not status or not code:
            return broken(error, "aliyun")
        if status >= SERVER_FAULT and meaning("aliyun", code) == "permanent":
            return broken(error, f"aliyun {status}")
        return outcome_of("aliyun", str(code), str(getattr(error, "message", "")), self._now())

    @cached_property
    def _models(self) -> Any:
        from alibabacloud_dysmsapi20170525 import models

        return models

    @cached_property
    def _client(self) -> Any:
        from alibabacloud_dysmsapi20170525.client import Client
        from alibabacloud_tea_openapi.utils_models import Config

        place = urlsplit(_with_scheme(self._config.endpoint or ENDPOINT))
        return Client(
            Config(
                access_key_id=self._config.access_key_id,
                access_key_secret=self._config.access_key_secret,
                endpoint=place.netloc,
                protocol=place.scheme,
            )
        )

    def _runtime(self) -> Any:
        """Time-outs in milliseconds: seconds would be a request that nobody could answer. And no second attempt."""
        from darabonba.runtime import RuntimeOptions

        thousandths = int(self._config.timeout * 1000)
        return RuntimeOptions(
            autoretry=False, max_attempts=1, connect_timeout=min(thousandths, 5000), read_timeout=thousandths
        )


def _with_scheme(endpoint: str) -> str:
    return endpoint if "://" in endpoint else f"https://{endpoint}"


def _national(phone: str) -> str:
    return international(phone).removeprefix("+86").removeprefix("+")


def _json(message: Message) -> str:
    """The variables; every value a string, else `isv.INVALID_JSON_PARAM`."""
    return json.dumps({name: plain(str(value)) for name, value in message.letter.variables.items()}, ensure_ascii=False)


def _receipt(detail: Any, provider_id: str) -> Receipt:
    match int(detail.send_status or 0):
        case 3:
            return Delivered(provider_id)
        case 2:
            return Undelivered(shown(str(detail.err_code or "failed")), "", provider_id)
        case _:
            return StillOpen(provider_id)
