"""Bounces: reports by RFC 3464, and the free-hand ones of QQ, 163 and old servers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message
from email.utils import parseaddr

from toolkit.gateways.mailbox.parts import clean, from_html, header, ids, outer, payload, texts

DAEMONS = ("mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon", "microsoftexchange")
SUBJECTS = re.compile(
    r"退信|系统退|投递失败|发送失败|无法送达|未送达|undeliver|delivery (status notification|failure|has failed|problem)"
    r"|returned mail|mail delivery|failure notice|could not be delivered|nicht zugestellt|unzustellbar",
    re.IGNORECASE,
)
DELAYS = re.compile(
    r"延迟|延误|稍后重试|继续尝试|delayed|delay\)|will (continue|keep|be retried|retry)|warning: could not send|still being retried",
    re.IGNORECASE,
)
OURS = re.compile(r"[0-9a-f]{40}@[A-Za-z0-9.\-]+")
"""How the ids of our letters look, wherever somebody repeats one."""
WORDS = re.compile(
    r"不存在|已满|拒收|拒绝|停用|冻结|无法|does ?n.t exist|not exist|not found|unknown|no such|full|over quota|rejected"
    r"|refused|disabled|unavailable|blocked|denied|invalid",
    re.IGNORECASE,
)
_STATUS = re.compile(r"(?<![\d.])([245])\.\d{1,3}\.\d{1,3}(?![\d.])")
_REPLY = re.compile(r"(?<![\d.])([45])\d\d(?=[ \-])(?!-\d{3})")
_EMAIL = re.compile(r"<?[A-Za-z0-9._%+\-=]+@[A-Za-z0-9.\-]+>?")
_FAILED, _PATIENT = "failed", ("delayed", "relayed", "delivered", "expanded")
LENGTH = 160
LOOKED_AT = 50_000
"""Characters of the words of a report that are searched."""

Verdict = tuple[bool, str]
"""Whether the address is stopped, and why in words."""


def is_bounce(mail: Message) -> bool:
    """Whether this is a server's word on a letter that did not arrive (or not yet)."""
    if mail.get_content_type() == "multipart/report":
        return str(mail.get_param("report-type") or "").lower() == "delivery-status"
    if (
        any(part.get_content_type() == "message/delivery-status" for part in outer(mail))
        or "X-Failed-Recipients" in mail
    ):
        return True
    name, address = parseaddr(header(mail, "From"))
    local = address.partition("@")[0].lower()
    is_server = any(word in local or word in name.lower().replace(" ", "") for word in DAEMONS)
    is_nobody = header(mail, "Return-Path") in ("<>", "")
    return SUBJECTS.search(header(mail, "Subject")) is not None and (is_server or (is_nobody and "Return-Path" in mail))


def verdict(mail: Message) -> Verdict | None:
    """What the report says; None for a delay, or a report that all went well."""
    reports = list(_recipients(mail))
    if reports:
        return _by_fields(reports, mail)
    text = _words(mail)
    status = next((found[0] for found in _STATUS.finditer(text) if found[1] != "2"), "")
    reply = _REPLY.search(text)
    kind = status[:1] or (reply[1] if reply is not None else "")
    if DELAYS.search(header(mail, "Subject") + "\n" + text) and kind != "5":
        return None
    return kind != "4", _short(_telling(text) or header(mail, "Subject"))


def named(mail: Message) -> tuple[str, ...]:
    """The ids of the letter that came back: as enclosed, else as they stand anywhere in the mail."""
    found: list[str] = []
    for part in outer(mail):
        if part.get_content_type() in ("message/rfc822", "message/rfc822-headers", "text/rfc822-headers"):
            found += _enclosed(part)
    for part in outer(mail):
        if not part.is_multipart():
            found += (f"<{one}>" for one in OURS.findall(payload(part)))
    return tuple(dict.fromkeys(found))


def _enclosed(part: Message) -> Iterator[str]:
    inside = part.get_payload()
    if isinstance(inside, list) and inside and isinstance(inside[0], Message):
        yield from ids(str(inside[0].get("Message-ID", "")))
        yield from (f"<{one}>" for one in OURS.findall(payload(inside[0])[:20_000]))
    else:
        lines = re.sub(r"\n[ \t]+", " ", clean(payload(part)))
        for line in lines.split("\n"):
            if line.lower().startswith("message-id:"):
                yield from ids(line)


def _recipients(mail: Message) -> Iterator[Message]:
    """The blocks of a delivery report that speak of a recipient."""
    for part in outer(mail):
        if part.get_content_type() == "message/delivery-status":
            blocks = part.get_payload()
            for block in blocks if isinstance(blocks, list) else ():
                if isinstance(block, Message) and ("Action" in block or "Status" in block):
                    yield block


def _by_fields(reports: list[Message], mail: Message) -> Verdict | None:
    for report in reports:
        action = header(report, "Action").lower()
        found = _STATUS.search(header(report, "Status"))
        status = found[0] if found else ""
        if action in _PATIENT or (not action and not status.startswith("5")):
            continue
        said = header(report, "Diagnostic-Code").partition(";")
        words = (said[2] or said[0]).strip() or _telling(_words(mail))
        diagnosed = _STATUS.search(words) or _REPLY.search(words)
        kind = status[:1] or (diagnosed[1] if diagnosed else "5")
        is_said = bool(status) and status in words
        return kind == "5", _short(words if is_said else f"{status} {words}")
    return None


def _words(mail: Message) -> str:
    plain = "\n".join(texts(mail, "plain"))
    return (plain if plain.strip() else "\n".join(map(from_html, texts(mail, "html"))))[:LOOKED_AT]


def _telling(text: str) -> str:
    """The line that says why: one with a code, else one with a telling word."""
    lines = [" ".join(line[:1000].split()) for line in text.split("\n", 1000)[:1000]]
    for sign in (_STATUS, _REPLY, WORDS):
        for line in lines:
            if sign.search(line):
                return line
    return ""


def _short(text: str) -> str:
    """Without addresses, which are personal, and not longer than a cell bears."""
    words = " ".join(_EMAIL.sub("", clean(text[:1000])).split())
    return words if len(words) <= LENGTH else words[: LENGTH - 1] + "…"
