"""A workbook of one sheet, made in memory around some text of cells, so that calamine types it and nothing else."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import python_calamine

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_ROOT = f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
_BOOK = (
    f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><workbookPr date1904="%d"/>'
    '<sheets><sheet name="s" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_RELATIONS = (
    f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    f'<Relationship Id="rId3" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
)
_HEAD, _TAIL = f'<worksheet xmlns="{_MAIN}"><sheetData>'.encode(), b"</sheetData></worksheet>"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What gives a cell's text its meaning: the number formats, the shared strings, the epoch."""

    styles: bytes | None
    strings: bytes | None
    is_1904: bool


@contextmanager
def panics_told() -> Iterator[None]:
    """A panic within calamine as the CalamineError that it should be: it is no Exception and would end the program."""
    try:
        yield
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise python_calamine.CalamineError(str(error)) from error


def sheet_around(rows: bytes, around: Surroundings, *, with_strings: bool = False) -> python_calamine.CalamineSheet:
    """The rows (`<row>…</row>…`) as calamine reads them. Raises CalamineError.

    calamine parses all shared strings each time that it opens a workbook, so they are left out where they can be.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("_rels/.rels", _ROOT)
        package.writestr("xl/workbook.xml", _BOOK % around.is_1904)
        package.writestr("xl/_rels/workbook.xml.rels", _RELATIONS)
        if around.styles is not None:
            package.writestr("xl/styles.xml", around.styles)
        if with_strings and around.strings is not None:
            package.writestr("xl/sharedStrings.xml", around.strings)
        with package.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for part in (_HEAD, rows, _TAIL):
                sheet.write(part)
    out.seek(0)
    return python_calamine.CalamineWorkbook.from_filelike(out).get_sheet_by_index(0)
