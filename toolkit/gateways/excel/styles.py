"""The workbook's styles part: cell formats looked up, new ones put at the end, nothing moved."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from toolkit.gateways.excel.formats import DATE_CODE, DATETIME_CODE, FIRST_CUSTOM, GENERAL, shows_date, shows_moment
from toolkit.gateways.excel.unsafe import UnsafeWorkbook
from toolkit.gateways.excel.xmltext import Markup, Splice, Tag, attributes, escape_attribute, spliced, with_attribute

_LONGEST_NUMBER = 9
_MOST_XFS = 131_000  # Excel opens no workbook with more than 65,490


@dataclass(frozen=True, slots=True)
class _List:
    """A counted list of the part: its start tag, and where a new entry goes."""

    tag: Tag
    end: int


class Styles:
    """The cell formats (cellXfs) and number formats of one workbook. Without a styles part only plain cells can be had."""

    def __init__(self, data: bytes | None) -> None:
        self._data = data
        self._xfs: list[bytes] = []
        self._formats: dict[int, str] = {}
        self._lists: dict[str, _List] = {}
        self._answers: dict[tuple[int, str], int] = {}  # (style, wished format) -> style: asked for every cell
        self._root: Tag | None = None
        self._old_xfs = self._old_formats = 0
        self._is_odd = False
        """Whether something else stands among the cell formats: one put at the end would become that of other cells."""
        if data is not None:
            self._parse(Markup(data))

    def _parse(self, markup: Markup) -> None:
        tag_of: dict[str, Tag] = {}
        begun = 0
        for tag in markup.tags():
            if not tag.path and self._root is None:
                self._root = tag
            match tag.path, tag.name:
                case (_,), "cellXfs" | "numFmts":
                    if tag.is_end or tag.is_empty:
                        self._lists[tag.name] = _List(tag_of.get(tag.name, tag), tag.start)
                    else:
                        tag_of[tag.name] = tag
                case (_, "cellXfs"), "xf":
                    begun = begun if tag.is_end else tag.start
                    if tag.is_end or tag.is_empty:
                        self._xfs.append(markup.data[begun : tag.end])
                        if len(self._xfs) > _MOST_XFS:
                            raise UnsafeWorkbook(
                                f"the workbook has more than {_MOST_XFS:,} cell styles, twice what Excel opens"
                            )
                case (_, "cellXfs"), _ if not tag.is_end or tag.name != "cellXfs":
                    self._is_odd = True
                case (_, "numFmts"), "numFmt" if not tag.is_end:
                    given = attributes(tag.text)
                    self._formats[_number(given)] = given.get("formatCode", "")
        self._old_xfs, self._old_formats = len(self._xfs), len(self._formats)

    def _format(self, style: int) -> tuple[int, str | None]:
        """(number format id, its code if custom) of a cell format."""
        if style >= len(self._xfs):
            return GENERAL, None
        number = _number(attributes(self._xfs[style][: self._xfs[style].find(b">") + 1]))
        return number, self._formats.get(number)

    def is_date(self, style: int) -> bool:
        """Whether a cell of this style shows a day."""
        return shows_date(*self._format(style))

    def for_date(self, style: int, *, has_time: bool) -> int:
        """The style for a date in a cell of this style: its own if that shows dates, else a copy that does."""
        code = DATETIME_CODE if has_time else DATE_CODE
        if (style, code) not in self._answers:
            self._answers[style, code] = style if self.is_date(style) else self._copy(style, self._number_of(code))
        return self._answers[style, code]

    def for_number(self, style: int) -> int:
        """The style for a number: a cell that shows dates would make a date of it, for readers too."""
        if (style, "") not in self._answers:
            self._answers[style, ""] = self._copy(style, GENERAL) if shows_moment(*self._format(style)) else style
        return self._answers[style, ""]

    def _number_of(self, code: str) -> int:
        for number, known in self._formats.items():
            if known == code:
                return number
        number = max(self._formats, default=0)
        number = max(number + 1, FIRST_CUSTOM)
        self._formats[number] = code
        return number

    def _copy(self, style: int, number: int) -> int:
        if style >= len(self._xfs):
            raise UnsafeWorkbook(
                "the workbook has no cell styles, so a date could not be shown as one: save it anew in Excel"
            )
        if self._is_odd:
            raise UnsafeWorkbook("the workbook's cell styles are not understood: save it anew in Excel")
        old = self._xfs[style]
        cut = old.find(b">") + 1
        new = with_attribute(with_attribute(old[:cut], "numFmtId", str(number)), "applyNumberFormat", "1") + old[cut:]
        if new not in self._xfs:
            self._xfs.append(new)
        return self._xfs.index(new)

    @property
    def is_changed(self) -> bool:
        """Whether something was put in."""
        return len(self._xfs) > self._old_xfs or len(self._formats) > self._old_formats

    def written(self) -> bytes:
        """The part with the new entries at the end of their lists."""
        if self._data is None or self._root is None:
            raise UnsafeWorkbook("the workbook has no styles part")
        prefix = self._root.prefix.decode()
        codes = list(self._formats.items())[self._old_formats :]
        formats = "".join(
            f'<{prefix}numFmt numFmtId="{n}" formatCode="{escape_attribute(code)}"/>' for n, code in codes
        )
        added = self._xfs[self._old_xfs :]
        splices = _grown(self._lists["cellXfs"], b"".join(added), len(added))
        if codes and "numFmts" in self._lists:
            splices += _grown(self._lists["numFmts"], formats.encode(), len(codes))
        elif codes:
            # numFmts is the first child by the schema; Excel repairs a file that has it elsewhere
            text = f'<{prefix}numFmts count="{len(codes)}">{formats}</{prefix}numFmts>'
            splices.append((self._root.end, self._root.end, text.encode()))
        return spliced(self._data, splices)


def _number(given: Mapping[str, str]) -> int:
    """The number format that a tag names."""
    number = given.get("numFmtId", "0")
    if not number.isdecimal() or len(number) > _LONGEST_NUMBER:
        raise UnsafeWorkbook(f"a number format is not understood: numFmtId={number[:20]!r}")
    return int(number)


def _grown(one: _List, entries: bytes, added: int) -> list[Splice]:
    """The splices that put entries at a list's end and mend its count."""
    if not entries:
        return []
    tag = one.tag.text
    counted = attributes(tag).get("count", "")
    if counted.isdecimal():
        tag = with_attribute(tag, "count", str(int(counted) + added))
    if not one.tag.is_empty:
        return [(one.tag.start, one.tag.end, tag), (one.end, one.end, entries)]
    name = re.sub(rb"[<>/]", b"", tag.split()[0])
    return [(one.tag.start, one.tag.end, tag[:-2] + b">" + entries + b"</" + name + b">")]
