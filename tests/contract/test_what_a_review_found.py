"""What a second pair of eyes found in the writer: each a file as it may come, and what must become of it."""

from __future__ import annotations

import io
import re
import time
import zipfile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.table import Table, TableFormula

from toolkit.core.book import CellWrite, TabWrites
from toolkit.core.errors import BookChangedError, BookLockedError
from toolkit.excel import UnsafeWorkbook, patch_workbook
from toolkit.gateways.excel import book as book_module
from toolkit.gateways.excel import patch, rewrite
from toolkit.gateways.excel.book import ExcelBook
from toolkit.gateways.excel.sheet import SheetStream


def saved(path, rows, *, tables=(), **changes):
    book = Workbook()
    sheet = book.active
    sheet.title = "S"
    for row in rows:
        sheet.append(row)
    for name, ref in tables:
        sheet.add_table(Table(displayName=name, ref=ref))
    for name, change in changes.items():
        getattr(sheet, name)(change)
    book.save(path)
    return path


def with_sheet(path, body):
    """The workbook with another cell area."""
    old = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename == "xl/worksheets/sheet1.xml":
                data = re.sub(
                    rb"<sheetData>.*</sheetData>",
                    lambda _: b"<sheetData>" + body + b"</sheetData>",
                    data,
                    flags=re.DOTALL,
                )
            new.writestr(info, data)
    return path


def rows_of(path):
    return [list(row) for row in load_workbook(path)["S"].iter_rows(values_only=True)]


def tables_of(path):
    return dict(load_workbook(path)["S"].tables.items())


# ---- staff at work at the last moment


@pytest.mark.parametrize("what", ["save", "open"])
def test_what_staff_do_while_the_backup_is_made_is_not_undone(what, tmp_path, monkeypatch):
    path = saved(tmp_path / "desk.xlsx", [["a", "b"], [1, 2]])
    book = ExcelBook("desk", path)
    stamp = book.read().stamp
    keep = book_module.keep_backup

    def and_meanwhile(*given):
        kept = keep(*given)
        if what == "save":
            saved(tmp_path / "new.xlsx", [["a", "b"], [1, 777]]).replace(path)
        else:
            (tmp_path / "~$desk.xlsx").write_bytes(b"\x03Ann")
        return kept

    monkeypatch.setattr(book_module, "keep_backup", and_meanwhile)
    with pytest.raises(BookChangedError if what == "save" else BookLockedError):
        book.write([TabWrites("S", (CellWrite(2, 1, 1, 9),))], stamp)
    assert rows_of(path)[1] == [1, 777 if what == "save" else 2]


def test_a_write_leaves_the_temporary_files_of_its_neighbours_alone(tmp_path):
    path = saved(tmp_path / "desk.xlsx", [["a"], [1]])
    others = [
        tmp_path / name for name in (".desk-2026.xlsx-abcd1234.tmp", ".desk-notes.tmp", ".desk.xlsm-abcd1234.tmp")
    ]
    mine = tmp_path / ".desk.xlsx-abcd1234.tmp"
    for one in (*others, mine):
        one.write_bytes(b"x")
    book = ExcelBook("desk", path)
    book.write([TabWrites("S", (CellWrite(2, 1, 1, 9),))], book.read().stamp)
    assert [one.exists() for one in (*others, mine)] == [True, True, True, False]


# ---- where new rows go


def test_a_row_goes_to_the_list_whose_header_is_named_and_not_to_a_table_above_it(tmp_path):
    rows = [["code", "word"], ["x", "y"], ["z", "w"], [], [], ["no", "name"], ["T1", "A"], ["T2", "B"]]
    path = saved(tmp_path / "desk.xlsx", rows, tables=[("Codes", "A1:B3")])
    book = ExcelBook("desk", path)
    book.write([TabWrites("S", (), ({1: "T3", 2: "C"},), 6)], book.read().stamp)
    assert rows_of(path) == [*[row or [None, None] for row in rows], ["T3", "C"]]
    assert load_workbook(path)["S"].tables["Codes"].ref == "A1:B3"


@pytest.mark.parametrize("row", [{"A": "T3", "B": "C"}, {"A": "T3"}])
def test_a_table_above_a_list_is_not_taken_for_it_when_nobody_says_which_list_is_meant(row, tmp_path):
    rows = [["code", "word"], ["x", "y"], ["z", "w"], [], [], ["no", "name"], ["T1", "A"], ["T2", "B"]]
    path = saved(tmp_path / "desk.xlsx", rows, tables=[("Codes", "A1:B3")])
    before = path.read_bytes()
    with pytest.raises(UnsafeWorkbook, match=r"below the table 'Codes' \(A1:B3\) stands something else, in row 6: say"):
        patch_workbook(path, path, sheet="S", appends=[row])
    assert path.read_bytes() == before
    patch_workbook(path, tmp_path / "list.xlsx", sheet="S", appends=[row], header=6)
    assert (rows_of(tmp_path / "list.xlsx")[8][0], tables_of(tmp_path / "list.xlsx")) == ("T3", {"Codes": "A1:B3"})
    patch_workbook(path, tmp_path / "table.xlsx", sheet="S", appends=[row], header=1)
    assert (rows_of(tmp_path / "table.xlsx")[3][0], tables_of(tmp_path / "table.xlsx")) == ("T3", {"Codes": "A1:B4"})


def test_a_list_below_a_table_in_other_columns_hinders_nothing(tmp_path):
    rows = [["code", "word", None, "no"], ["x", "y"], [], [None, None, None, "T1"], [None, None, None, "T2"]]
    path = saved(tmp_path / "desk.xlsx", rows, tables=[("Codes", "A1:B2")])
    patch_workbook(path, path, sheet="S", appends=[{"A": "z"}])
    assert tables_of(path) == {"Codes": "A1:B3"}


def side_by_side(tmp_path, second="D1:E3"):
    rows = [["a", "b", None, "d", "e"], [1, 2, None, 4, 5], [1, 2, None, 4, 5]]
    return saved(tmp_path / "desk.xlsx", rows, tables=[("Left", "A1:B3"), ("Right", second)])


@pytest.mark.parametrize("header", [0, 1])
def test_two_tables_side_by_side_both_grow_with_a_row_that_has_cells_for_both(header, tmp_path):
    path = side_by_side(tmp_path)
    patch_workbook(path, path, sheet="S", appends=[{"A": 7, "E": 8}, {"B": 9, "D": 10}], header=header)
    assert rows_of(path)[3:] == [[7, None, None, None, 8], [None, 9, None, 10, None]]
    assert tables_of(path) == {"Left": "A1:B5", "Right": "D1:E5"}


def test_of_two_tables_side_by_side_only_the_one_grows_that_gets_cells(tmp_path):
    path = side_by_side(tmp_path)
    patch_workbook(path, path, sheet="S", appends=[{"D": 7}])
    assert tables_of(path) == {"Left": "A1:B3", "Right": "D1:E4"}


def test_a_row_for_two_tables_that_end_in_different_rows_is_refused(tmp_path):
    path = side_by_side(tmp_path, "D1:E2")
    with pytest.raises(UnsafeWorkbook, match=r"'Left' \(A1:B3\) and 'Right' \(D1:E2\) end in different rows"):
        patch_workbook(path, path, sheet="S", appends=[{"A": 7, "E": 8}])


def test_what_does_not_read_back_takes_no_files_place(tmp_path, monkeypatch):
    path = saved(tmp_path / "desk.xlsx", [["a"], [1]])
    before = path.read_bytes()
    monkeypatch.setattr(rewrite.Rewriter, "rows", lambda self, _: (block.data for block in self._stream.blocks()))
    monkeypatch.setattr(patch.Patch, "is_changed", True)
    with pytest.raises(UnsafeWorkbook, match="did not read back as written"):
        patch_workbook(path, path, sheet="S", writes={"A2": 9})
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["desk.xlsx"]


def test_a_table_between_the_columns_of_a_row_is_not_its_table(tmp_path):
    rows = [["no", "name", None, "code", "word", None, "check"], ["T1", "A", None, "x", "y", None, "ok"]]
    rows += [[None, None, None, f"x{n}", "y"] for n in range(5)]
    path = saved(tmp_path / "desk.xlsx", rows, tables=[("Codes", "D1:E7")])
    patch_workbook(path, path, sheet="S", appends=[{"A": "T2", "G": "ok"}])
    assert load_workbook(path)["S"].tables["Codes"].ref == "D1:E7"


def test_a_table_does_not_grow_over_a_merged_area(tmp_path):
    path = saved(tmp_path / "desk.xlsx", [["a", "b"], [1, 2]], tables=[("T", "A1:B2")], merge_cells="A3:B3")
    patch_workbook(path, path, sheet="S", appends=[{"A": 5}])
    sheet = load_workbook(path)["S"]
    assert (sheet.tables["T"].ref, sheet["A3"].value) == ("A1:B2", 5)


def test_a_calculated_date_keeps_its_looks_and_is_reckoned_upon_opening(tmp_path):
    path = saved(tmp_path / "desk.xlsx", [["start", "due"], [46000, None]])
    book = load_workbook(path)
    table = Table(displayName="T", ref="A1:B2")
    table._initialise_columns()
    for column, name in zip(table.tableColumns, ("start", "due"), strict=True):
        column.name = name
    table.tableColumns[1].calculatedColumnFormula = TableFormula(attr_text="T[[#This Row],[start]]+3")
    book["S"].add_table(table)
    book["S"]["B2"].number_format = "yyyy-mm-dd"
    book["S"]["A3"].value = None
    book.calculation.fullCalcOnLoad = False
    book.save(path)
    patch_workbook(path, path, sheet="S", appends=[{"A": 46010}])
    new = load_workbook(path)
    assert (new["S"]["B3"].value, new["S"]["B3"].number_format) == ("=T[[#This Row],[start]]+3", "yyyy-mm-dd")
    assert new.calculation.fullCalcOnLoad is True


# ---- cells in odd spellings


def test_a_cell_whose_end_is_spelt_otherwise_does_not_swallow_its_neighbour(tmp_path):
    path = with_sheet(
        saved(tmp_path / "x.xlsx", [[1]]), b'<row r="1"><c r="A1"><v>1</v></c ><c r="B1"><v>2</v></c></row>'
    )
    patch_workbook(path, path, sheet="S", writes={"A1": 9})
    assert rows_of(path) == [[9, 2]]


def test_a_comment_in_a_cell_is_not_its_value(tmp_path):
    path = with_sheet(saved(tmp_path / "x.xlsx", [[1]]), b'<row r="1"><c r="A1"><!--<v>5</v>--><v>1</v></c></row>')
    patch_workbook(path, path, sheet="S", writes={"A1": 5})
    assert rows_of(path) == [[5]]


@pytest.mark.parametrize(
    "row",
    [
        b'<row r="5"><c r="A5"><v>1</v></row>',
        b'<row r="5"><c r="A5"><extLst><ext uri="x"><c r="B5"><v>7</v></c></ext></extLst></c></row>',
    ],
)
def test_a_row_of_a_big_sheet_that_is_not_understood_is_refused_and_not_made_worse(row, tmp_path):
    filler = b"".join(b'<row r="%d"><c r="A%d"><v>%s</v></c></row>' % (n, n, b"1" * 300) for n in range(6, 9000))
    path = with_sheet(saved(tmp_path / "x.xlsx", [[1]]), row + filler)
    before = path.read_bytes()
    with pytest.raises(UnsafeWorkbook):
        patch_workbook(path, path, sheet="S", writes={"A5": 9, "B5": 8})
    assert path.read_bytes() == before


# ---- time


def test_one_merged_area_or_array_a_row_costs_no_more_than_the_rows():
    from toolkit.gateways.excel.areas import Area, Areas

    areas = Areas(Area(row, 1, row, 2) for row in range(1, 100_001))
    began = time.process_time()
    assert all(len(list(areas.at(row, 2))) == 1 for row in range(1, 100_001))
    assert time.process_time() - began < 5  # each against each would take an hour


def test_a_row_much_longer_than_a_piece_is_put_together_once():
    long = (
        b'<worksheet><sheetData><row r="1"><c r="A1"><v>'
        + b"1" * (24 << 20)
        + b"</v></c></row></sheetData></worksheet>"
    )
    stream = SheetStream(long[at : at + 65536] for at in range(0, len(long), 65536))
    began = time.process_time()
    assert [block.numbers for block in stream.blocks()] == [[1]]
    assert time.process_time() - began < 5
