"""Group chat for staff: one bot posts into one room by its webhook. WeCom, DingTalk, Feishu, Slack."""

from __future__ import annotations

from toolkit.gateways.senders.chat.channel import ChatChannel
from toolkit.gateways.senders.chat.dingtalk import DINGTALK
from toolkit.gateways.senders.chat.feishu import FEISHU
from toolkit.gateways.senders.chat.service import Room, Service
from toolkit.gateways.senders.chat.slack import SLACK
from toolkit.gateways.senders.chat.wecom import WECOM

SERVICES: dict[str, Service] = {"wecom": WECOM, "dingtalk": DINGTALK, "feishu": FEISHU, "slack": SLACK}
"""By the word that stands for them in config.yaml."""

__all__ = ["SERVICES", "ChatChannel", "Room", "Service"]
