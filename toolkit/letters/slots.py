"""Data kept apart from templates.

A customer's name may read `**x**`, `<script>` or `{{ 7*7 }}`. So a value never enters the text that Markdown and HTML
read: the template's output holds a slot in its place, and the value is put back at the very end, in the manner of the
place it lands in. A slot's mark is random for each letter, so that data cannot imitate one.
"""

from __future__ import annotations

import html
import re
import secrets
from collections.abc import Callable, Iterable
from urllib.parse import quote

from toolkit.core.link import OwnLink, own_link

SUBJECT_LIMIT = 200
LINE_LIMIT = 120  # of one value in a subject or chat line: a pasted novel must not become the subject
SMS_LIMIT = 100  # of one value in an SMS: an address fits, a complaint does not

_NEWLINES = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")
_SPACES = re.compile(r"\s+")
# Control characters but for the line feed, halves of a pair, marks that turn the reading direction of what follows, and
# invisible ones. The joiners stay: emoji need them.
_UNWANTED = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
_NOT_IN_SMS = str.maketrans(
    {"【": "[", "】": "]", "¥": "RMB ", "￥": "RMB ", "★": "", "☆": "", "✓": "", "✔": "", "…": "..."}
)
# Feishu, WeCom and Slack read <at …>, <@…> and <!channel> in a plain text.
_NOT_IN_CHAT = str.maketrans({"<": "＜", ">": "＞"})
_DOMAIN_DOT = re.compile(r"(?<=[A-Za-z0-9-])\.(?=[A-Za-z]{2})")
# Read in one go, read out, tapped: numbers of rows, phone numbers, days and times in the words of a locale.
_UNBROKEN = re.compile(
    r"[A-Z]{1,4}(?:-[A-Z0-9]{1,12}){1,3}|\+?\d[\d ()-]{4,}"
    r"|(?:\d{4}年)?\d{1,2}月\d{1,2}日(?:（周.）)?(?:\d\d:\d\d)?|[A-Z][a-z]{2} \d{1,2} [A-Z][a-z]{2}(?: \d{4})?(?:, \d\d:\d\d)?"
)
_UNBROKEN_LIMIT = 24  # characters that a column of facts on a phone takes
_WRITTEN_HOST = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d+)?[/?#]", re.IGNORECASE)
_BARE = re.compile(r"https?://[^\s<>\"'`\\()\[\]|]+", re.IGNORECASE)
_HREF = re.compile(r"(?:https?://|mailto:|tel:)[^\s<>\"'`\\]+", re.IGNORECASE)


class Written(str):
    """Text that a template wrote: macros and includes hand it on as it stands. Any operation on it gives plain data."""

    __slots__ = ()


def written(parts: Iterable[str]) -> Written:
    """Join what a template wrote (the `concat` of the template environment)."""
    return Written("".join(parts))


def clean(value: str) -> str:
    """Without control, direction and invisible characters; line breaks as LF, tabs as spaces."""
    return _UNWANTED.sub("", _NEWLINES.sub("\n", value).replace("\t", " "))


def clipped(value: str, limit: int, ending: str = "…") -> str:
    """At most `limit` characters; what is cut shows by the ending."""
    return value if len(value) <= limit else value[: limit - len(ending)].rstrip() + ending


def one_line(value: str) -> str:
    """All white space, line breaks too, as single spaces."""
    return _SPACES.sub(" ", clean(value)).strip()


def in_html(value: str) -> str:
    """Escaped; a number like AS-20261122-0007, a phone number, a day with its time stand on one line."""
    text = html.escape(clean(value)).replace("\n", "<br>")
    is_one = len(text) <= _UNBROKEN_LIMIT and _UNBROKEN.fullmatch(text)
    return f'<span style="white-space:nowrap">{text}</span>' if is_one else text


def in_text(value: str) -> str:
    return clean(value).strip()


def in_subject(value: str) -> str:
    return clipped(one_line(value), LINE_LIMIT)


def in_sms(value: str) -> str:
    """Without the signs that mainland gateways refuse."""
    return clipped(one_line(value).translate(_NOT_IN_SMS), SMS_LIMIT, "...")


def in_variable(value: str) -> str:
    """The same of any length: a variable has a limit, and rules for shortening, of its own."""
    return one_line(value).translate(_NOT_IN_SMS)


def in_chat(value: str) -> str:
    """Without the brackets in which chat services look for commands, and without what they make a link of: but for a link
    of our own, which stands apart from whatever is said beside it.
    """
    if isinstance(value, OwnLink):
        return f" {value} "
    return clipped(_no_link(one_line(value).translate(_NOT_IN_CHAT)), LINE_LIMIT)


def in_chat_text(value: str) -> str:
    """The same of any length."""
    if isinstance(value, OwnLink):
        return f" {value} "
    return _no_link(in_text(value).translate(_NOT_IN_CHAT))


def _no_link(value: str) -> str:
    """Chat programs make a link of whatever looks like one; a customer's text may hold none (full-width signs)."""
    return _DOMAIN_DOT.sub("．", value.replace("://", "：//"))


class Slots:
    """The values of one letter, each behind its mark."""

    def __init__(self) -> None:
        mark = secrets.token_hex(8)
        self._form = f"v{mark}n{{}}e"  # letters and digits only: neither Markdown nor a URL parser touches them
        self._mark = re.compile(rf"v{mark}n(\d+)e")
        self._values: list[str] = []
        self._own: list[str] = []

    @property
    def links(self) -> tuple[str, ...]:
        """The letter's own links, as far as they were put back or are to be."""
        return tuple(dict.fromkeys([*self._own, *(one for one in self._values if isinstance(one, OwnLink))]))

    def put(self, value: str) -> Written:
        """Keep the value, and give what stands for it."""
        self._values.append(value)
        return Written(self._form.format(len(self._values) - 1))

    def fill(self, text: str, put_back: Callable[[str], str]) -> str:
        """The text with each value put back. A value that was put together from slots is filled first, as text."""
        return self._mark.sub(lambda found: put_back(self._value(found)), text)

    def href(self, address: str) -> str:
        """A link's target, or nothing where it is no web, mail or phone address."""
        whole = self._mark.fullmatch(address)
        filled = (
            one_line(self._value(whole)) if whole else self.fill(address, lambda value: quote(clean(value), safe=""))
        )
        if not _HREF.fullmatch(filled):
            return ""
        if self.is_own(address):
            self._own += [filled] if isinstance(own_link(filled), OwnLink) and own_link(filled) == filled else []
        return filled

    def is_own(self, address: str) -> bool:
        """Whether a link's target is ours: written by a template up to the end of its host at least, where values in the path
        are encoded; or a value that is a link of our own.
        """
        whole = self._mark.fullmatch(address)
        if whole is not None:
            return isinstance(self._value(whole), OwnLink)
        return _WRITTEN_HOST.match(self._mark.split(address)[0]) is not None or not self._mark.search(address)

    def note_own(self, text: str) -> None:
        """Keep the web addresses that a template wrote out in full: they are the desk's own."""
        for found in _BARE.findall(text):
            address = found.rstrip(".,;:!?")
            if not self._mark.search(found) and own_link(address) == address:
                self._own.append(address)

    def _value(self, found: re.Match[str]) -> str:
        value = self._values[int(found[1])]
        if isinstance(value, OwnLink):
            return value
        return self.fill(self._values[int(found[1])], str)
