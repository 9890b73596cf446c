"""Small files that would cost much: bombs of all kinds, cells far away. Refused or read, in bounded memory and time.

Each is read and patched in a process of its own, which tells by how much it grew.
"""

from __future__ import annotations

import io
import json
import os
import random
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
import xlsxwriter

ROOT = Path(__file__).resolve().parents[2]
SHEET, STRINGS, STYLES, BOOK = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"
MOST_MB, MOST_SECONDS = 120, 10
TRY = """
import json, sys, time
from pathlib import Path
from toolkit.core.errors import BookError
from toolkit.excel import UnsafeWorkbook, patch_workbook
from toolkit.gateways.excel.book import ExcelBook

def memory(which):
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(one for one in lines if one.startswith(which)).split()[1]) / 1024

def read():
    count, last = 0, None
    for tab in ExcelBook("desk", sys.argv[1]).read().tabs.values():
        for rows in tab.blocks():
            count, last = count + len(rows), ([tab.raw(cell) for cell in rows[-1]] if rows else last)
    return [count, len(last or ()), last[-1] if last else None]

def patch():
    patch_workbook(sys.argv[1], sys.argv[1] + ".new", sheet="S", writes={"A1": "new"})

for doing in (read, patch):
    Path("/proc/self/clear_refs").write_text("5")
    before, began = memory("VmRSS"), time.process_time()
    try:
        found = doing()
    except (BookError, UnsafeWorkbook) as error:
        found = str(error)
    print(json.dumps([found, memory("VmHWM") - before, time.process_time() - began]))
"""
pytestmark = pytest.mark.skipif(
    not os.access("/proc/self/clear_refs", os.W_OK), reason="peak memory is read from /proc"
)


def saved(path, **parts):
    """A small workbook, some parts of which go through a function."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("S")
    for row in range(20):
        sheet.write_row(row, 0, [f"text {row}", row])
    book.close()
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name, bytes)(old.read(name)))
    return path


def with_rows(path, rows):
    return saved(
        path,
        **{SHEET: lambda text: text.partition(b"<sheetData>")[0] + b"<sheetData>" + rows + b"</sheetData></worksheet>"},
    )


def tried(path):
    """What reading found, or why it was refused; the same of patching."""
    done = subprocess.run(
        [sys.executable, "-c", TRY, str(path)], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-500:]
    found = []
    for line in done.stdout.splitlines():
        what, grown, seconds = json.loads(line)
        assert grown <= MOST_MB, f"grew by {grown:.0f} MB: {what}"
        assert seconds <= MOST_SECONDS, f"took {seconds:.1f} s: {what}"
        found.append(what)
    return found


def lying(path, part):
    """The headers say of a part what was true before something was put behind it."""
    with zipfile.ZipFile(saved(path.with_name("plain.xlsx"))) as plain:
        true = plain.read(part)
    raw = bytearray(path.read_bytes())
    for mark, at_name, at_crc in ((b"PK\x03\x04", 30, 14), (b"PK\x01\x02", 46, 16)):
        at = raw.find(mark)
        while not raw.startswith(part.encode(), at + at_name):
            at = raw.find(mark, at + 4)
        struct.pack_into("<L", raw, at + at_crc, zlib.crc32(true))
        struct.pack_into("<L", raw, at + at_crc + 8, len(true))
    path.write_bytes(raw)
    return path


@pytest.mark.parametrize("part", [SHEET, STRINGS, STYLES, BOOK, "_rels/.rels"])
def test_a_bomb_in_any_part_is_refused_before_it_is_unpacked(part, tmp_path):
    found = tried(saved(tmp_path / "desk.xlsx", **{part: lambda text: text + b" " * (120 << 20)}))
    assert all("looks like a zip bomb" in what for what in found), found


@pytest.mark.parametrize("part", [SHEET, STRINGS, STYLES, BOOK])
def test_a_bomb_that_its_header_hides_is_refused_when_the_true_end_is_not_there(part, tmp_path):
    path = saved(tmp_path / "desk.xlsx", **{part: lambda text: text + b" " * (100 << 20)})
    assert all("damaged" in what for what in tried(lying(path, part)))


def test_a_bomb_that_packs_no_better_than_some_parts_do_is_still_too_long_to_be_held(tmp_path):
    noise = random.Random(1)
    long = b"".join(b"<!--%d-->" % noise.getrandbits(64) + b" " * 700 for _ in range(60_000))
    found = tried(saved(tmp_path / "desk.xlsx", **{STYLES: lambda text: text + long}))
    assert all("is 41 MB unpacked, more than any program writes" in what for what in found), found


@pytest.mark.parametrize(
    ("part", "mark", "many", "words"),
    [
        (STYLES, b"</cellXfs>", b"<xf/>" * 1_500_000, "more than 131,000 cell styles"),
        (BOOK, b"</sheets>", b"<sheet/>" * 900_000, "more than 65,000 sheets"),
    ],
)
def test_a_part_of_a_million_entries_is_refused(part, mark, many, words, tmp_path):
    assert words in tried(saved(tmp_path / "desk.xlsx", **{part: lambda text: text.replace(mark, many + mark)}))[1]


def test_a_row_without_an_end_is_not_waited_for(tmp_path):
    noise = random.Random(1)
    long = b"".join(b"<v>%d%s</v>" % (noise.getrandbits(300), b"0" * 180) for _ in range(140_000))
    read, patched = tried(with_rows(tmp_path / "desk.xlsx", b'<row r="1"><c r="A1">' + long + b"</c></row>"))
    assert "a row of the sheet is longer than any program writes one" in read
    assert "a row of the sheet is longer than any program writes one" in patched


FIRST = b'<row r="1"><c r="A1"><v>1</v></c></row>'


def a_row(name):
    return b'<row r="%s"><c r="%s"><v>5</v></c></row>' % (
        name.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ").encode(),
        name.encode(),
    )


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (FIRST + a_row("ZZZ2"), "a cell 'ZZZ2', which lies outside of every sheet"),
        (FIRST + a_row("XFE2"), "a cell 'XFE2', which lies outside of every sheet"),
        (FIRST + a_row("ABCDE2"), "a cell 'ABCDE2', which lies outside of every sheet"),
        (FIRST + a_row("A1048577"), "a row 1048577, the last that a sheet can have is 1048576"),
        (FIRST + a_row("ZZZ99999999999"), "a row 99999999999, the last"),
        (FIRST + b'<row r="2"><c r="A99999999"><v>1</v></c></row>', "a cell 'A99999999', which lies outside"),
        (FIRST + b'<row r="2"><c r="A2"/><c r="ZZ999999"><v>1</v></c></row>', "holds cells of other rows among those of row"),
        (b"<row>" + b"<c><v>1</v></c>" * 100_000 + b"</row>" + b"<row><c><v>1</v></c></row>" * 9000, "out of order"),
        (b"".join(a_row(f"XFD{n}") for n in range(1, 60_000)), "lie so far apart that they cannot be read"),
        (
            FIRST + b'<x:row xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" r="2"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>',
            "spelt in more than one way",
        ),
    ],
    ids=range(10),
)  # fmt: skip
def test_cells_where_no_sheet_has_any_are_refused_by_name(rows, words, tmp_path):
    assert words in tried(with_rows(tmp_path / "desk.xlsx", rows))[0]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (FIRST + a_row("XFD1048576"), [1_048_576, 16_384, 5]),
        (a_row("XFD1048576"), [1_048_576, 16_384, 5]),
        (FIRST + a_row("ZZ1048576"), [1_048_576, 702, 5]),
        (b"".join(a_row(f"ZZ{n}") for n in range(1, 1_048_577, 9000)), [1_044_001, 702, 5]),
        (b"".join(a_row(f"A{n}") for n in range(1, 60_000)) + a_row("XFD60000"), [60_000, 16_384, 5]),
    ],
    ids=range(5),
)
def test_values_typed_far_away_by_mistake_cost_little(rows, found, tmp_path):
    read, patched = tried(with_rows(tmp_path / "desk.xlsx", rows))
    assert read == found
    assert patched is None
