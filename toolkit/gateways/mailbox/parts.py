"""The parts of a mail as text, whatever its charset says and however it is broken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from html.parser import HTMLParser

AS_GB18030 = frozenset({"gb2312", "gbk", "gb_2312-80", "cp936", "x-gbk", "hz-gb-2312"})
"""Said of texts that hold more than these sets do; gb18030 reads them all."""
_ID = re.compile(r"<[^<>\s@]{1,250}@[^<>\s]{1,250}>")
_HIDDEN = frozenset({"script", "style", "head", "title"})
_BREAKS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "table", "ul", "ol", "hr"})
_EMPTY = ("br", "hr", "img", "meta", "link", "input")
_QUOTES = ("gmail_quote", "moz-cite-prefix", "yahoo_quoted", "qmbox", "divrplyfwdmsg", "ntes_not_fresh_mail")
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def header(mail: Message, name: str) -> str:
    """A header's words in one line, decoded."""
    value = mail.get(name)
    if value is None:
        return ""
    try:
        parts = decode_header(str(value))
    except (ValueError, LookupError, MessageError):
        return " ".join(str(value).split())
    words = "".join(part if isinstance(part, str) else decoded(part, charset) for part, charset in parts)
    return " ".join(_CONTROL.sub("", words).split())


def ids(text: str) -> tuple[str, ...]:
    """The Message-IDs in a text."""
    return tuple(dict.fromkeys(_ID.findall(text)))


def decoded(content: bytes, charset: str | None) -> str:
    """Bytes as text by the charset said, else by what fits."""
    said = (charset or "").strip().strip("\"'").lower()
    for one in dict.fromkeys(("gb18030" if said in AS_GB18030 else said, "utf-8", "gb18030")):
        try:
            return content.decode(one)
        except (LookupError, UnicodeDecodeError):
            continue
    return content.decode("utf-8", "replace")


def texts(mail: Message, kind: str) -> Iterator[str]:
    """The text of every part of a kind (`plain`, `html`) that is not a file; enclosed mails are left closed."""
    for part in outer(mail):
        is_file = part.get_content_disposition() == "attachment"
        if part.get_content_type() == f"text/{kind}" and not is_file:
            yield clean(payload(part))


def outer(mail: Message) -> Iterator[Message]:
    """The parts of a mail, not those of the mails that it encloses."""
    yield mail
    if mail.is_multipart() and mail.get_content_maintype() == "multipart":
        for part in mail.get_payload():
            if isinstance(part, Message):
                yield from outer(part)


def payload(part: Message) -> str:
    """A part's content as text."""
    content = part.get_payload(decode=True)
    charset = part.get_param("charset")
    return decoded(content, charset if isinstance(charset, str) else None) if isinstance(content, bytes) else ""


def clean(text: str) -> str:
    """Without control and invisible signs; line breaks as LF."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))


def from_html(markup: str) -> str:
    """The words of a page, without what it quotes of another mail."""
    reader = _Words()
    reader.feed(markup)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.found).split("\n"))
    return "\n".join(line for line in lines if line)


class _Words(HTMLParser):
    """Collects text; inside of what is hidden or quoted it is deaf until that element ends."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._deaf: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BREAKS:
            self.found.append("\n")
        named = " ".join(value or "" for name, value in attrs if name in ("class", "id")).lower()
        begins = tag in _HIDDEN or tag == "blockquote" or any(word in named for word in _QUOTES)
        goes_deeper = begins or (self._deaf and tag == self._deaf[-1])
        if goes_deeper and tag not in _EMPTY:
            self._deaf.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._deaf and self._deaf[-1] == tag:
            self._deaf.pop()
        if tag in _BREAKS:
            self.found.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._deaf:
            self.found.append(data)
