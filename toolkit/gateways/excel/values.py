"""Python values as cells, and cells as values: serials, escapes, refusals."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum
from typing import NamedTuple

from toolkit.gateways.excel.unsafe import UnsafeWorkbook

Value = datetime | date | str | float | int | Decimal | bool | None

LONGEST_TEXT = 32_767  # Excel cuts what is longer, without a word
_EXACT_INT = 2**53
_EPOCH_1900, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - cells are wall time
_FIRST_1900 = datetime(1900, 3, 1)  # noqa: DTZ001 - before it stands Excel's false leap day of 1900
_SECONDS_A_DAY = 86_400
# what XML 1.0 cannot hold (Excel writes _x000C_), then what would be read as such an escape
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LIKE_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SPECIAL = re.compile("[&<>_\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


class Form(IntEnum):
    """What a content is, which decides the cell's type and format."""

    BLANK = 0
    TEXT = 1
    NUMBER = 2
    DATE = 3
    DATETIME = 4
    BOOLEAN = 5
    FORMULA = 6


TYPES = {Form.TEXT: b"inlineStr", Form.BOOLEAN: b"b"}
"""The type attribute; numbers, and with them dates, have none."""


class Content(NamedTuple):
    """What goes into a cell: its form, and the XML inside without a prefix."""

    form: Form
    inside: bytes

    def prefixed(self, prefix: str) -> Content:
        """The same in the sheet's own spelling. Text holds no `<`, so each one begins a tag."""
        mark = prefix.encode()
        return Content(self.form, self.inside.replace(b"<", b"<" + mark).replace(b"<" + mark + b"/", b"</" + mark))


BLANK = Content(Form.BLANK, b"")


@dataclass(frozen=True, slots=True)
class Formula:
    """A table's own formula for a new row of it, as XML. Nothing that a caller writes ever becomes one."""

    xml: bytes


def content_of(value: object, *, is_1904: bool) -> Content:
    """The cell content for a value; raises UnsafeWorkbook (naming the value) for what a cell cannot hold."""
    match value:
        case str():
            if not value:
                return BLANK
            return Content(Form.TEXT, f'<is><t xml:space="preserve">{escaped(value)}</t></is>'.encode())
        case date():
            inside = f"<v>{_plain(serial(value, is_1904=is_1904))}</v>".encode()
            return Content(Form.DATETIME if isinstance(value, datetime) else Form.DATE, inside)
        case None:
            return BLANK
        case bool():
            return Content(Form.BOOLEAN, b"<v>%d</v>" % value)
        case int() | float() | Decimal():
            return Content(Form.NUMBER, f"<v>{_number(value)}</v>".encode())
        case Formula(xml):
            return Content(Form.FORMULA, b"<f>%b</f>" % xml)
        case _:
            raise UnsafeWorkbook(f"a {type(value).__name__} cannot be written to a cell: {value!r}")


def serial(value: date, *, is_1904: bool) -> float:
    """The day number of a date in the workbook's epoch; `datetime` is a `date` too."""
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001
    if moment.tzinfo is not None:
        raise UnsafeWorkbook(f"cells hold wall time, {value!r} has a time zone")
    if moment < (_EPOCH_1904 if is_1904 else _FIRST_1900):
        raise UnsafeWorkbook(f"{value} is before the first day that the workbook can show")
    gone = moment - (_EPOCH_1904 if is_1904 else _EPOCH_1900)
    return gone.days + (gone.seconds + gone.microseconds / 1e6) / _SECONDS_A_DAY


def _number(value: float | Decimal) -> str:
    if (isinstance(value, Decimal) and not value.is_finite()) or not math.isfinite(value):
        raise UnsafeWorkbook(f"{value} cannot be written: a cell has no form for it")
    if value == int(value):
        whole = int(value)
        if isinstance(value, float) or abs(whole) <= _EXACT_INT:
            return str(whole) if abs(whole) <= _EXACT_INT else repr(float(value))
        raise UnsafeWorkbook(f"{value} has more digits than a cell's number holds: write it as text")
    return repr(float(value))


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) else repr(number)


def escaped(text: str) -> str:
    """Text as XML that every reader gives back as it was; raises UnsafeWorkbook where no cell can hold it."""
    if 2 * len(text) > LONGEST_TEXT and len(text.encode("utf-16-le", "surrogatepass")) > 2 * LONGEST_TEXT:
        raise UnsafeWorkbook(f"a text of {len(text)} characters is longer than the {LONGEST_TEXT} that a cell holds")
    if not _SPECIAL.search(text):
        return text
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise UnsafeWorkbook("a text holds half a character (a lone surrogate)")
    text = _LIKE_ESCAPE.sub("_x005F_", text)
    text = _FORBIDDEN.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\r", "&#13;")  # a bare CR would be read as LF


def unescaped(text: str) -> str:
    """`_x000D_` and its like as the characters that they stand for."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
