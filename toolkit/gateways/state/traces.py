"""Where a person's address or name stands inside of what is stored: in bodies of messages, in journals."""

from __future__ import annotations

import base64
import html
import io
import json
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from toolkit.gateways.state.journal_lines import packed, unpacked
from toolkit.gateways.state.tables import journal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from sqlalchemy import Connection, RowMapping

    from toolkit.core.memory import RowKey

_BODY = ("subject", "text", "template", "html", "recipient", "recipient_name", "note", "why", "occasions")
_BETWEEN = re.compile(r"(?<=\d)[ \-.()‐-―]+(?=\d)")
_SHORT = 2
"""A name of one sign stands in half of all texts."""


@dataclass(frozen=True)
class Marks:
    """What tells a person: addresses and names."""

    addresses: frozenset[str]
    names: frozenset[str]

    @cached_property
    def _words(self) -> tuple[str, ...]:
        found = {folded(one) for one in self.addresses} | {folded(one) for one in self.names if len(one) >= _SHORT}
        return tuple(sorted(found - {""}))

    def stand_in(self, text: str | None) -> bool:
        """Whether the text names the person, however numbers are spelt."""
        if not text:
            return False
        plain = folded(text)
        return any(word in plain for word in self._words)

    def stand_in_message(self, row: Mapping[str, Any] | RowMapping) -> bool:
        """Whether a stored message names the person anywhere, its files included."""
        return any(self.stand_in(row[name]) for name in _BODY) or any(
            self.stand_in(text) for file in json.loads(row["attachments"]) for text in _texts(file["content"])
        )

    def stand_in_write(self, write: Mapping[str, Any]) -> bool:
        """Whether an entry of a journal names the person in one of its values."""
        return any(self.stand_in(value) for value in write.values() if isinstance(value, str))


def _texts(content: str) -> Iterator[str]:
    """What a stored file says; a workbook, which is packed, part by part."""
    file = base64.b64decode(content)
    if zipfile.is_zipfile(io.BytesIO(file)):
        with zipfile.ZipFile(io.BytesIO(file)) as book:
            yield from (html.unescape(book.read(name).decode("utf-8", errors="replace")) for name in book.namelist())
    else:
        yield file.decode("utf-8", errors="replace")


def folded(text: str) -> str:
    """Half width, lower case, no separators inside of numbers, no lines folded as calendars fold them."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("\r\n ", "")
    return _BETWEEN.sub("", plain)


def journals_of(tx: Connection, rows: Collection[RowKey], marks: Marks) -> Iterator[tuple[int, int]]:
    """The journals that hold something of the person, and how many cells."""
    c = journal.c
    for number in tx.execute(select(c.id).order_by(c.id)).scalars().all():
        its = tx.execute(select(c.book, c.register, c.writes).where(c.id == number)).one()
        keys = _keys(rows, its.book, its.register)
        if count := sum(_is_theirs(write, keys, marks) for write in unpacked(its.writes)):
            yield number, count


def rewrite(tx: Connection, numbers: Iterable[int], rows: Collection[RowKey], marks: Marks) -> None:
    """Pack these journals anew without what they hold of the person."""
    c = journal.c
    for number in numbers:
        its = tx.execute(select(c.book, c.register, c.writes).where(c.id == number)).one()
        keys = _keys(rows, its.book, its.register)
        kept = packed(write for write in unpacked(its.writes) if not _is_theirs(write, keys, marks))
        tx.execute(update(journal).where(c.id == number).values(writes=kept))


def _keys(rows: Collection[RowKey], book: str, register: str) -> frozenset[str]:
    return frozenset(key for its_book, its_register, key in rows if (its_book, its_register) == (book, register))


def _is_theirs(write: Mapping[str, Any], keys: frozenset[str], marks: Marks) -> bool:
    return write.get("key") in keys or marks.stand_in_write(write)
