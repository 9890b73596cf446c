"""The SMS gateway that the configuration names, opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from importlib.util import find_spec

from toolkit.core.message import NO_LIMITS, Channel, Limits
from toolkit.settings.sections.sms import SmsSetting

EXTRAS: Mapping[str, tuple[str, str]] = {
    "aliyun": ("sms-aliyun", "alibabacloud_dysmsapi20170525"),
    "tencent": ("sms-tencent", "tencentcloud"),
    "twilio": ("sms-twilio", "twilio"),
    "apprise": ("apprise", "apprise"),
}
"""The extra that brings each gateway's library, and the library's name."""


LIMITS: Mapping[str, Limits] = {
    "aliyun": Limits(characters=500),
    "tencent": Limits(characters=500),
    "twilio": Limits(characters=1600),
    "apprise": Limits(characters=1600),
}
"""What each takes in one message, the sign included."""


def limits_of(setting: SmsSetting) -> Limits:
    """What a message may be: the gateway's limits, and those that the desk sets itself."""
    known = LIMITS.get(setting.via, NO_LIMITS)
    return replace(known, per_minute=setting.per_minute, parts=setting.max_parts)


def missing_extra(via: str) -> str | None:
    """The extra that would have to be installed first."""
    extra, module = EXTRAS.get(via, ("", ""))
    return extra if extra and find_spec(module) is None else None


def open_sms(setting: SmsSetting, now: Callable[[], datetime]) -> Channel:
    """The gateway. Its library is loaded when the first message leaves, not before."""
    keys, limits = setting.keys, limits_of(setting)
    match setting.via:
        case "aliyun":
            from toolkit.gateways.senders.sms.aliyun import AliyunChannel, AliyunConfig

            return AliyunChannel(
                AliyunConfig(
                    keys["access_key_id"],
                    keys["access_key_secret"],
                    keys["sign_name"],
                    endpoint=keys.get("endpoint", ""),
                    timeout=setting.timeout,
                ),
                now,
                limits=limits,
            )
        case "tencent":
            from toolkit.gateways.senders.sms.tencent import TencentChannel, TencentConfig

            return TencentChannel(
                TencentConfig(
                    keys["secret_id"],
                    keys["secret_key"],
                    keys["app_id"],
                    keys["sign_name"],
                    region=keys.get("region", ""),
                    endpoint=keys.get("endpoint", ""),
                    timeout=setting.timeout,
                ),
                now,
                limits=limits,
            )
        case "twilio":
            from toolkit.gateways.senders.sms.twilio import TwilioChannel, TwilioConfig

            return TwilioChannel(
                TwilioConfig(
                    keys["account_sid"],
                    keys["auth_token"],
                    keys["from"],
                    endpoint=keys.get("endpoint", ""),
                    timeout=setting.timeout,
                ),
                now,
                limits=limits,
            )
        case _:
            from toolkit.gateways.senders.sms.apprise import AppriseChannel

            return AppriseChannel(keys["url"], timeout=setting.timeout, limits=limits)
