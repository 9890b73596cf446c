"""Other people's workbooks, patched: openpyxl, calamine and LibreOffice read what was asked for, and nothing else differs.

A cell of each kind is set and a row appended. CI takes a few files; all of them, and a table of what became of each:
`pytest -m "long or not long" tests/contract/test_readers_of_other_peoples_workbooks.py`. Each is opened in a LibreOffice
of its own, for one that crashes takes the others along (facts, 5).
"""

from __future__ import annotations

import csv
import datetime as dt
import random
import re
import shutil
import subprocess
import zipfile
from html import unescape
from pathlib import Path

import pytest
from openpyxl.utils import get_column_letter

from tests.contract.fuzz import judging
from tests.contract.fuzz.wishes import Wish
from toolkit.excel import UnsafeWorkbook, patch_workbook

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "data" / "xlsx-corpus"
FILES = sorted(CORPUS.glob("*.xl*")) if CORPUS.is_dir() else []
SLICE = random.Random(26).sample(FILES, min(12, len(FILES)))
OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
pytestmark = pytest.mark.skipif(
    not FILES, reason="the corpus is not beside this checkout (../shared/data/xlsx-corpus): NOT TESTED on it"
)
MAY_BE_REFUSED = r"password|signed|not a workbook|trial version|no cell styles"
TOTALS = r"totals row"
WRITES = {
    "ZA40": "text & <x> 客户",
    "ZB40": dt.datetime(2026, 11, 22, 14, 30),
    "BB300": dt.date(2026, 9, 3),
    "BC300": 4711.25,
    "BD300": True,
}
ROW = {"A": "appended 客户", "B": dt.date(2026, 9, 3), "C": 815}
SHOWN = {"ZA40": "text & <x> 客户", "BC300": "4711.25"}
OUTCOMES: dict[str, dict[str, str]] = {}


def each_file(some=SLICE):
    return [pytest.param(path, id=path.name, marks=() if path in some else pytest.mark.long) for path in FILES]


def titles(path):
    """The titles in the workbook part, by plain search."""
    try:
        with zipfile.ZipFile(path) as package:
            name = next(one for one in package.namelist() if one.replace("\\", "/").lower().endswith("xl/workbook.xml"))
            book = package.read(name).decode("utf-8", "replace")
    except (zipfile.BadZipFile, StopIteration):
        return ["any"]
    return [unescape(one) for one in re.findall(r"<(?:\w+:)?sheet [^>]*?\bname=[\"']([^\"']*)", book)] or ["any"]


def patched(path, out):
    """The wish that was carried out, None where the file is one that must be refused; `why` goes into the table."""
    refusal = None
    for title in titles(path):
        for wish in (Wish(title, WRITES, [ROW]), Wish(title, WRITES)):
            try:
                patch_workbook(path, out, sheet=title, writes=wish.writes, appends=wish.appends)
            except UnsafeWorkbook as error:
                assert not out.exists()
                refusal = error
                if not re.search(TOTALS, str(error)):
                    break
            else:
                note(path, "append", "yes" if wish.appends else f"refused: {refusal}")
                return wish
    assert re.search(MAY_BE_REFUSED, str(refusal)), refusal
    note(path, "patch", f"refused: {refusal}")
    return None


def note(path, what, outcome):
    OUTCOMES.setdefault(path.name, {})[what] = outcome


@pytest.mark.parametrize("path", each_file())
def test_two_readers_find_what_was_asked_for_and_every_other_part_is_packed_as_it_was(path, tmp_path):
    out = tmp_path / path.name
    wish = patched(path, out)
    if wish is None:
        return
    old, new = path.read_bytes(), out.read_bytes()
    found = judging.judge(old, new, wish, readers=("openpyxl", "calamine"))
    for reader in ("openpyxl", "calamine"):
        note(path, reader, "right" if reader in found.readers else "cannot read the original")
    note(path, "parts that differ", ", ".join(sorted(root for _, root in judging.changed_members(old, new).values())))
    assert found.readers, "neither reader could read it before"


def as_csv(path, folder):
    """Sheet title -> rows as LibreOffice shows them; None if it crashes or gives up."""
    folder.mkdir()
    source = folder / f"book{path.suffix}"
    shutil.copyfile(path, source)
    words = [
        OFFICE, f"-env:UserInstallation=file://{folder / 'profile'}", "--headless", "--norestore", "--convert-to",
        "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1", "--outdir", str(folder / "out"), str(source),
    ]  # fmt: skip
    try:
        subprocess.run(words, capture_output=True, timeout=120, check=True)
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        return None
    found = {}
    for one in (folder / "out").glob("*.csv"):
        with one.open(encoding="utf-8", newline="") as lines:
            found[one.stem.removeprefix("book-")] = list(csv.reader(lines))
    return found or None


def shown(rows, name):
    row, column = judging.place_of(name)
    return rows[row - 1][column - 1] if row <= len(rows) and column <= len(rows[row - 1]) else ""


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed: NOT TESTED that it opens what was written")
@pytest.mark.parametrize("path", each_file(SLICE[:4]))
def test_libreoffice_shows_what_was_asked_for(path, tmp_path):
    out = tmp_path / path.name
    wish = patched(path, out)
    if wish is None:
        return
    sheets = as_csv(out, tmp_path / "new")
    if sheets is None:
        assert as_csv(path, tmp_path / "old") is None, "it could open the original"
        note(path, "LibreOffice", "cannot open the original")
        pytest.skip("LibreOffice cannot open the original either")
    rows = next(
        (one for title, one in sheets.items() if title in (wish.sheet, re.sub(r"[\\/:*?\"<>|]", "_", wish.sheet))), None
    )
    assert rows is not None, list(sheets)
    assert {name: shown(rows, name) for name in SHOWN} == SHOWN
    assert shown(rows, "BD300"), "shown as TRUE, or as its column's number format has it"
    assert re.search(r"2026|26", shown(rows, "BB300"))
    assert "14:30" in shown(rows, "ZB40")
    if wish.appends:
        landed = judging.judge(path.read_bytes(), out.read_bytes(), wish, readers=()).landed
        number = min(row for row, column in landed if column == 1)
        assert shown(rows, f"A{number}") == ROW["A"]
        assert re.sub(r"\D", "", shown(rows, f"C{number}")).startswith("815")
        assert shown(rows, f"{get_column_letter(2)}{number}")
    note(path, "LibreOffice", "right")


@pytest.mark.long
def test_the_table_of_what_became_of_each_file(capfd):
    columns = ("patch", "append", "openpyxl", "calamine", "LibreOffice", "parts that differ")
    with capfd.disabled():
        print(f"\n{'file':58} " + " ".join(f"{one:24}" for one in columns))
        for name, outcome in sorted(OUTCOMES.items()):
            print(
                f"{name[:58]:58} "
                + " ".join(f"{outcome.get(one, 'done' if one == 'patch' else '-')[:24]:24}" for one in columns)
            )
