"""SMS through Tencent Cloud: texts approved beforehand with numbered variables, signed TC3-HMAC-SHA256 by its library."""

from __future__ import annotations

from collections.abc import Callable
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
from toolkit.gateways.senders.sms.codes import outcome_of

ENDPOINT = "https://sms.tencentcloudapi.com"
REGION = "ap-guangzhou"
BEFORE, AFTER = timedelta(minutes=10), timedelta(days=3)
"""Receipts that were made so long before and after the sending are looked through (they are kept for seven days)."""
PAGE = 100


@dataclass(frozen=True, slots=True)
class TencentConfig:
    """Whose account and application. `endpoint` may be a stub's with `http://`; `timeout` is in seconds."""

    secret_id: str
    secret_key: str = field(repr=False)
    app_id: str
    sign_name: str
    region: str = ""
    endpoint: str = ""
    timeout: float = 15.0


class TencentChannel:
    """A refusal comes as HTTP 200 with a code for each number; the key travels as SessionContext."""

    name = "sms"
    is_folder = False
    only_unknown = False

    def __init__(self, config: TencentConfig, now: Callable[[], datetime], *, limits: Limits = NO_LIMITS) -> None:
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
            return not_installed("sms-tencent")
        request = models.SendSmsRequest()
        request.PhoneNumberSet = [international(message.to)]
        request.SmsSdkAppId = self._config.app_id
        request.SignName = self._config.sign_name
        request.TemplateId = message.letter.template
        request.TemplateParamSet = [plain(str(value)) for value in message.letter.variables.values()]
        request.SessionContext = our_id(message.key)
        try:
            answer = client.SendSms(request)
        except Exception as error:  # noqa: BLE001  network errors while the body is read come through unwrapped
            return self._failure(error)
        if not answer.SendStatusSet:
            return broken(ValueError("an answer without a status"), "tencent")
        status = answer.SendStatusSet[0]
        if status.Code != "Ok":
            return outcome_of("tencent", str(status.Code), status.Message or "", self._now())
        return Accepted(status.SerialNo or "")

    def lookup(self, message: Message, provider_id: str, sent_at: datetime) -> Receipt | None:
        """What became of it, by number and time. Only receipts are shown: what is still on its way is not.

        Without their id it is known by our SessionContext, which receipts carry only where Tencent has switched that on.
        Receipts that carry none could be any message's: then nothing is said.
        """
        request = self._models.PullSmsSendStatusByPhoneNumberRequest()
        request.BeginTime = int((sent_at - BEFORE).timestamp())
        request.EndTime = int(min(sent_at + AFTER, self._now()).timestamp())
        request.Offset, request.Limit = 0, PAGE
        request.PhoneNumber = international(message.to)
        request.SmsSdkAppId = self._config.app_id
        try:
            found = self._client.PullSmsSendStatusByPhoneNumber(request).PullSmsSendStatusSet or []
        except Exception:  # noqa: BLE001  asking is repeated by a later run, whatever went wrong
            return None
        ours = our_id(message.key)
        mine = [one for one in found if (one.SerialNo == provider_id if provider_id else one.SessionContext == ours)]
        if mine:  # one that a person had sent again is there twice under one key: the newest answers
            return _receipt(max(mine, key=lambda one: one.UserReceiveTime or 0))
        if provider_id:
            return StillOpen(provider_id)
        return None if any(not one.SessionContext for one in found) else NotFound("tencent shows no receipt of it")

    def close(self) -> None:
        """The library keeps no connection."""

    def _failure(self, error: Exception) -> Outcome:
        # What the library itself ran into has a code as well (ClientNetworkError, JSONDecodeError), but no request id.
        code = getattr(error, "code", None)
        if not code or not getattr(error, "requestId", None):
            return broken(error, "tencent")
        return outcome_of("tencent", str(code), str(getattr(error, "message", "") or ""), self._now())

    @cached_property
    def _models(self) -> Any:
        from tencentcloud.sms.v20210111 import models

        return models

    @cached_property
    def _client(self) -> Any:
        from tencentcloud.common.credential import Credential
        from tencentcloud.common.profile.client_profile import ClientProfile
        from tencentcloud.common.profile.http_profile import HttpProfile
        from tencentcloud.sms.v20210111.sms_client import SmsClient

        endpoint = self._config.endpoint or ENDPOINT
        place = urlsplit(endpoint if "://" in endpoint else f"https://{endpoint}")
        profile = ClientProfile(
            signMethod="TC3-HMAC-SHA256",
            httpProfile=HttpProfile(
                protocol=place.scheme, endpoint=place.netloc, reqTimeout=self._config.timeout, reqMethod="POST"
            ),
        )
        # The breaker would send a second request to another region, and swallows the error of the first.
        profile.disable_region_breaker = True
        credential = Credential(self._config.secret_id, self._config.secret_key)
        return SmsClient(credential, self._config.region or REGION, profile)


def _receipt(one: Any) -> Receipt:
    if one.ReportStatus == "SUCCESS":
        return Delivered(one.SerialNo or "")
    return Undelivered(shown(str(one.Description or one.ReportStatus or "failed")), "", one.SerialNo or "")
