"""What the form alone cannot see: files that the configuration names and that go into letters, a section that leans on another."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from toolkit.core.picture import Picture, picture_of
from toolkit.settings.among import entries, mistake, word_at
from toolkit.settings.faults import Mistake, shown_text
from toolkit.settings.layers import is_off
from toolkit.settings.yaml_source import Node, Way

LOGO_MOST = 100 * 1024
"""Bytes of a logo at most °: it goes with every letter, and mail makes a third more of it."""
KEY_MOST = 64 * 1024
LOGO: Way = ("company", "logo")
DKIM_KEY: Way = ("channels", "email", "dkim", "key")
SENT: Way = ("channels", "email", "sent")
_PEM = re.compile(r"-----BEGIN ([A-Z ]+)-----(.*?)-----END \1-----", re.DOTALL)
_SEQUENCE = 0x30
"""How every key in DER begins."""


@dataclass(frozen=True, slots=True)
class Beyond:
    """What the files held, and what is wrong with them."""

    logo: Picture | None = None
    dkim_key: str = field(default="", repr=False)
    mistakes: tuple[Mistake, ...] = ()


def beyond(tree: Node, home: Path) -> Beyond:
    """Read what is named. Values of a wrong shape are passed over: the form complains of them."""
    found: list[Mistake] = []
    logo = _logo(tree.find(LOGO), home, found)
    key = _key(tree.find(DKIM_KEY), home, found)
    found += _sent(tree)
    return Beyond(logo, key, tuple(found))


def _logo(node: Node | None, home: Path, found: list[Mistake]) -> Picture | None:
    if node is None or not isinstance(node.value, str):
        return None
    content = _content(node, LOGO, home, LOGO_MOST, found)
    if content is None:
        return None
    try:
        return picture_of(content)
    except ValueError as error:
        found.append(mistake(node, LOGO, f"found {shown_text(node.shown)}; {error}"))
        return None


def _key(node: Node | None, home: Path, found: list[Mistake]) -> str:
    """The text of a private key: as it stands there (from the environment), else of the file that is named."""
    if node is None or not isinstance(node.value, str) or not node.value:
        return ""
    text = node.value.replace("\\n", "\n")  # an environment has no lines
    is_text = "-----BEGIN" in text
    if not is_text:
        content = _content(node, DKIM_KEY, home, KEY_MOST, found)
        if content is None:
            return ""
        text = content.decode("utf-8", "replace")
    wrong = _wrong_key(text)
    if wrong:
        found.append(mistake(node, DKIM_KEY, wrong if is_text else f"found {shown_text(node.shown)}; {wrong}"))
        return ""
    return text


def _wrong_key(text: str) -> str | None:
    """What is wrong with a key, as far as its form tells; nothing of it is repeated."""
    match = _PEM.search(text)
    if match is None:
        return "no private key: expected the text -----BEGIN PRIVATE KEY----- … (PEM), or a file with it"
    kind, body = match[1], match[2]
    if "ENCRYPTED" in kind or "ENCRYPTED" in body:
        return "the key has a passphrase, which nobody could type at night: make one without"
    if kind not in ("PRIVATE KEY", "RSA PRIVATE KEY"):
        return f"a {kind.lower()}; DKIM signs with an RSA private key: openssl genrsa -out dkim.pem 2048"
    try:
        der = base64.b64decode("".join(body.split()), validate=True)
    except ValueError:  # binascii.Error too
        der = b""
    return None if der[:1] == bytes([_SEQUENCE]) else "the private key is damaged: was it copied whole?"


def _content(node: Node, way: Way, home: Path, most: int, found: list[Mistake]) -> bytes | None:
    path = home / Path(str(node.value)).expanduser()
    try:
        size = path.stat().st_size
        if size <= most:
            return path.read_bytes()
        why = f"the file has {-(-size // 1024)} KB; at most {most // 1024} KB"
    except OSError as error:
        why = f"the file cannot be read: {error.strerror or error}"
    except ValueError:  # a null byte
        why = "no name of a file"
    found.append(mistake(node, way, f"found {shown_text(node.shown)}; {why}"))
    return None


def _sent(tree: Node) -> Iterator[Mistake]:
    """Without a server of its own it looks into the mailbox, if there is one; with one it has to get in."""
    node = tree.find(SENT)
    if node is None or node.value is None or (isinstance(node.value, str) and not node.value):
        return
    box = tree.child("mailbox")
    if not word_at(node.child("host"), ""):
        if {key for key, _ in entries(node)} - {"folder", "security"}:
            return  # the form says that the host is missing, or that a key is unknown
        if box is None or box.value is None or is_off(box):
            yield mistake(
                node, SENT, "needs host (the IMAP server of the account), or the section mailbox to look into"
            )
        return
    if not word_at(node.child("user"), word_at(tree.find((*SENT[:-1], "user")), "")):
        yield mistake(node, SENT, "needs user: the account whose sent mail is looked into")
    if node.child("password") is None and tree.find((*SENT[:-1], "oauth2")) is None:
        yield mistake(node, SENT, "needs password: ${NAME}, often an app password")
