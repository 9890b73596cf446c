"""Answers of people: what they wrote, without what they quote; and machines that answer for them."""

from __future__ import annotations

import re
from email.message import Message

from toolkit.gateways.mailbox.parts import from_html, header, ids, texts

LENGTH = 500
LOOKED_AT = 20_000
"""Characters in which the beginning of a quotation is looked for."""
AUTOMATIC = re.compile(
    r"\s*(\[?(自动回复|自动答复|自動回覆|休假|外出)|automatic reply|auto(matic)?[ -]?(reply|response)|out of (the )?office"
    r"|autoreply|automatische antwort|abwesenheit|réponse automatique)",
    re.IGNORECASE,
)
TAILS = re.compile(
    r"^ *(?:"
    r"[-_=*—]{2}[-_=*— ]*(?:original message|原始邮件|原邮件|回复的原邮件|转发的?邮件|forwarded message)"
    r"|(?:在|于)?.{0,200}(?:写道|寫道)\s*[:：]"
    r"|(?:on|at|am|le)\s.{0,200}(?:wrote|schrieb|a écrit)\s*[:：]"
    r"|_{10,} *$"
    r"|(?:发件人|寄件者|from)\s*[:：].{0,200}$(?=\n{1,2} *(?:发送时间|发送日期|日期|时间|收件人|sent|date|to|寄件日期)\s*[:：])"
    r"|\|\s*发件人\s*\|"
    r"|(?:发自我的|来自我的|从我的.{0,20}发送|sent from my|get outlook for|获取 outlook|发送自)"
    r"|-- ?$"
    r")",
    re.IGNORECASE | re.MULTILINE,
)
_QUOTED = re.compile(r"^ *[>＞].*$", re.MULTILINE)
_WRAPPED = re.compile(
    r"^( *(?:on|at|在) [^\n]{5,150})\n([^\n]{0,100}(?:wrote|写道)\s*[:：])", re.IGNORECASE | re.MULTILINE
)


def is_automatic(mail: Message) -> bool:
    """Out of office, a ticket system's receipt, a list: no person's answer."""
    said = header(mail, "Auto-Submitted").lower()
    if said and not said.startswith("no"):
        return True
    if any(name in mail for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply", "List-Id")):
        return True
    if header(mail, "Precedence").lower() in ("auto_reply", "auto-reply", "bulk", "junk", "list"):
        return True
    if mail.get_content_type() == "multipart/report":  # a receipt that it was read
        return True
    return AUTOMATIC.match(header(mail, "Subject")) is not None


def answered(mail: Message) -> tuple[str, ...]:
    """The ids of the mails that this one answers, the nearest first."""
    references = ids(str(mail.get("References", "")))
    return tuple(dict.fromkeys((*ids(str(mail.get("In-Reply-To", ""))), *reversed(references))))


def written(mail: Message) -> str:
    """What the person wrote, short."""
    plain = "\n".join(texts(mail, "plain"))
    own = trimmed(plain if plain.strip() else "\n".join(map(from_html, texts(mail, "html"))))
    return own if len(own) <= LENGTH else own[: LENGTH - 1].rstrip() + "…"


def trimmed(text: str) -> str:
    """A text up to where another mail's begins, without quoted lines and without signature."""
    text = _WRAPPED.sub(r"\1 \2", text[:LOOKED_AT].replace("\u00a0", " "))
    tail = TAILS.search(text)
    own = _QUOTED.sub("", text if tail is None else text[: tail.start()])
    lines = [" ".join(line.split()) for line in own.strip().split("\n")]
    return "\n".join(line for at, line in enumerate(lines) if line or (at and lines[at - 1])).strip()
