"""How a message becomes a row of the database and a row a message again."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from toolkit.core.message import Attachment, Letter, Message, State, Stored

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import RowMapping

LETTER = ("key", "occasions", "subject", "text", "html", "attachments", "template", "recipient_name")
"""The columns in which a change means that somebody would read something else."""


def columns_of(message: Message, occasions: Sequence[str]) -> dict[str, Any]:
    """What is stored of `message` where it serves `occasions`; its state and lease are the outbox's business.

    The key stays the message's own only while that occasion is among those served: two letters that share a key would
    share a Message-ID and a file name, and one would swallow the other.
    """
    letter = message.letter
    return {
        "key": message.key if message.key in occasions else occasions[0],
        "occasions": json.dumps(list(occasions), ensure_ascii=False),
        "subject": letter.subject,
        "text": letter.text,
        "html": letter.html,
        "attachments": _packed(letter.attachments),
        "template": _template(letter),
        "recipient": message.to,
        "recipient_name": message.to_name,
        "audience": message.audience,
        "role": message.role,
        "notice": message.notice,
        "channel": message.channel,
        "book": message.book,
        "register": message.register,
        "row_key": message.row_key,
        "thread": message.thread,
        "why": message.why,
        "not_before": message.not_before,
        "expires_at": message.expires_at,
    }


def keys_of(row: Mapping[str, Any] | RowMapping) -> tuple[str, ...]:
    """The occasions that a stored message serves."""
    return tuple(json.loads(row["occasions"]))


def message_of(row: Mapping[str, Any] | RowMapping) -> Message:
    """The message that a row holds."""
    return Message(
        key=row["key"],
        occasions=keys_of(row),
        notice=row["notice"],
        channel=row["channel"],
        role=row["role"],
        audience=row["audience"],
        to=row["recipient"],
        to_name=row["recipient_name"],
        letter=Letter(
            row["subject"], row["text"], row["html"], _unpacked(row["attachments"]), *_of_template(row["template"])
        ),
        book=row["book"],
        register=row["register"],
        row_key=row["row_key"],
        state=State(row["state"]),
        not_before=row["not_before"],
        expires_at=row["expires_at"],
        thread=row["thread"],
        why=row["why"],
    )


def stored_of(row: RowMapping) -> Stored:
    """The message and where it stands."""
    return Stored(
        id=row["id"],
        message=message_of(row),
        state=State(row["state"]),
        attempts=row["attempts"],
        created_at=row["created_at"],
        changed_at=row["changed_at"],
        note=row["note"],
    )


def occasion_columns(key: str, message: Message | None = None) -> dict[str, Any]:
    """An occasion's columns, read out of its key (60, 13).

    They are for people's queries, the key alone decides; so a key of another shape is filled from its message.
    """
    parts = [part.replace("%7C", "|").replace("%25", "%") for part in key.split("|")]
    names = ("book", "register", "row_key", "notice", "step", "round", "cause", "role", "channel")
    if len(parts) == len(names) and parts[5].isdecimal():
        return {"key": key, **dict(zip(names, parts, strict=True)), "round": int(parts[5])}
    shape: dict[str, Any] = dict.fromkeys(names, "") | {"round": 0}
    if message is not None:
        shape |= {name: getattr(message, name) for name in ("book", "register", "row_key", "notice", "role", "channel")}
    return {"key": key, **shape}


def _packed(attachments: Sequence[Attachment]) -> str:
    files = [
        {"name": file.name, "mime": file.mime, "content": base64.b64encode(file.content).decode("ascii")}
        for file in attachments
    ]
    return json.dumps(files, ensure_ascii=False)


def _unpacked(stored: str) -> tuple[Attachment, ...]:
    if stored == "[]":
        return ()
    return tuple(
        Attachment(file["name"], file["mime"], base64.b64decode(file["content"])) for file in json.loads(stored)
    )


def _template(letter: Letter) -> str | None:
    """Code and variables of an approved text, a chat text's own links; most letters have neither."""
    if not letter.template and not letter.variables and not letter.links:
        return None
    found = {"code": letter.template, "variables": dict(letter.variables)}
    return json.dumps(found | ({"links": letter.links} if letter.links else {}), ensure_ascii=False)


def _of_template(stored: str | None) -> tuple[str, Mapping[str, str], tuple[str, ...]]:
    if stored is None:
        return "", {}, ()
    found = json.loads(stored)
    return found["code"], found["variables"], tuple(found.get("links", ()))
