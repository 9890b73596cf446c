"""Files that other systems export: encodings, separators, quotation marks, sheets; and what no table is."""

from __future__ import annotations

import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from toolkit.core.errors import UsageError
from toolkit.gateways.tables.delimited import rows_of, separator_of
from toolkit.gateways.tables.encoding import decoded
from toolkit.gateways.tables.file import read_file

CHINESE = "订单编号,收货人,备注\n1001,张三,三人沙发已发货\n"
GERMAN = "Bestellung;Käufer;Straße\n1001;Jörg Müller;Grüner Weg 5, Köln\n1002;Änne Groß;Höhenstraße 7\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (CHINESE.encode(), "utf-8"),
        (CHINESE.encode("utf-8-sig"), "utf-8-sig"),
        (CHINESE.encode("gb18030"), "gb18030"),
        (CHINESE.encode("utf-16"), "utf-16"),
        (CHINESE.encode("utf-32"), "utf-32"),
        ("order,name,sum\n1001,Ann,12\n".encode("utf-16-le"), "utf-16-le"),
        ("order,name,sum\n1001,Ann,12\n".encode("utf-16-be"), "utf-16-be"),
        (b"order,name\n", "utf-8"),
        (b"", "utf-8"),
    ],
)
def test_a_files_encoding_is_recognised_and_its_mark_dropped(content, encoding):
    text, found = decoded(content)
    assert found == encoding
    assert not text.startswith("\ufeff")
    assert text in (CHINESE, "order,name,sum\n1001,Ann,12\n", "order,name\n", "")


def test_western_text_is_not_read_as_chinese():
    text, found = decoded(GERMAN.encode("cp1252"))
    assert (text, found != "gb18030") == (GERMAN, True)


def test_an_encoding_may_be_named():
    assert decoded("訂單,客戶\n1,陳\n".encode("big5"), "big5") == ("訂單,客戶\n1,陳\n", "big5")


@pytest.mark.parametrize(
    ("content", "encoding", "says"),
    [
        (CHINESE.encode() + "1002,李四,待发货\n".encode("gb18030"), None, "line 3 cannot be read as utf-8"),
        (b"a,b\n1,\x002\n", None, "line 2 holds characters of no text (NUL)"),
        (CHINESE.encode("utf-16")[:-1], None, "cannot be read as utf-16"),
        (CHINESE.encode(), "klingon", "“klingon” is no encoding"),
        (CHINESE.encode("gb18030"), "utf-8", "line 1 cannot be read as utf-8"),
    ],
)
def test_mixed_or_damaged_text_is_refused_with_its_line(content, encoding, says):
    with pytest.raises(UsageError) as refused:
        decoded(content, encoding)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("a,b,c\n1,2,3\n", ","),
        ('a;b;c\n1;"2,50";3\n1;"2,50";3\n', ";"),
        ("a\tb\n1,5\t2\n", "\t"),
        ("a|b\n1|2\n", "|"),
        ("orders of 2026\na;b;c\n1;2;3\n", ";"),
        ("a\n1\n", ","),
        ("", ","),
    ],
)
def test_the_separator_is_the_sign_that_gives_rows_of_one_width(text, separator):
    assert separator_of(text) == separator


def test_rows_know_the_line_that_they_begin_on():
    text = 'sep=,\r\na,b\r\n"two\nlines",2\r\n\r\n , \r\n3,4\r\n'
    assert list(rows_of(text, ",")) == [(2, ["a", "b"]), (3, ["two\nlines", "2"]), (7, ["3", "4"])]


@pytest.mark.parametrize("text", ['a,b\n1,2\n"3,4\n5,6\n', 'a,b\n1,2\n"3"x,4\n'])
def test_a_quotation_mark_that_does_not_close_swallows_no_rows(text):
    with pytest.raises(UsageError) as refused:
        list(rows_of(text, ","))
    assert str(refused.value).startswith("line 3: the quotation marks do not close")


def test_a_very_long_cell_is_read_and_a_longer_one_refused():
    assert list(rows_of(f"a,b\n{'x' * 200_000},2\n", ","))[1] == (2, ["x" * 200_000, "2"])
    with pytest.raises(UsageError):
        list(rows_of(f"a,b\n{'x' * 2_000_000},2\n", ","))


def test_places_are_named_as_people_find_them(tmp_path):
    (tmp_path / "o.csv").write_text("a,b\n\n1,2\n", "utf-8")
    table = read_file(tmp_path / "o.csv")
    assert (table.kind, table.rows, table.place(1, 1), table.place(1)) == (
        "utf-8 “,”",
        [["a", "b"], ["1", "2"]],
        "o.csv:3:B",
        "o.csv:3",
    )


def _book(path, **sheets):
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_of_several_sheets_the_one_that_is_meant_is_read(tmp_path):
    path = _book(tmp_path / "o.xlsx", notes=[["hello"]], orders=[[], ["a", "b"], [1, None], []], blank=[])
    table = read_file(path, prefer={"orders"})
    assert (table.sheet, table.rows, table.lines, table.place(1, 0)) == (
        "orders",
        [["a", "b"], [1, None]],
        [2, 3],
        "orders!A3",
    )
    assert read_file(path, sheet="notes").rows == [["hello"]]
    for asked, says in ((None, "several sheets, notes, orders"), ("x", "no sheet “x”; it has notes, orders, blank")):
        with pytest.raises(UsageError) as refused:
            read_file(path, sheet=asked)
        assert says in str(refused.value)


def _no_workbook(path):
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("readme.txt", "no workbook")


@pytest.mark.parametrize(
    ("name", "make", "says"),
    [
        ("none.csv", lambda path: None, "There is no file"),
        ("page.xls", lambda path: path.write_bytes(b"\n<html><table><tr><td>1"), "is a web page under another name"),
        ("old.xls", lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600)), "save it as .xlsx"),
        ("zip.xlsx", _no_workbook, "cannot be read"),
        ("cut.xlsx", lambda path: path.write_bytes(b"PK\x03\x04 cut off"), "cannot be read"),
        ("folder.csv", lambda path: path.mkdir(), "cannot be read"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(tmp_path, name, make, says):
    make(tmp_path / name)
    with pytest.raises(UsageError) as refused:
        read_file(tmp_path / name)
    assert says in str(refused.value)


def test_ten_thousand_columns_are_a_row_like_any_other(tmp_path):
    (tmp_path / "wide.csv").write_text(
        ",".join(f"c{n}" for n in range(10_000)) + "\n" + ",".join("1" * 10_000), "utf-8"
    )
    table = read_file(tmp_path / "wide.csv")
    assert [len(row) for row in table.rows] == [10_000, 10_000]
    assert table.place(1, 9_999) == "wide.csv:2:NTP"


SCRAPS = st.sampled_from(
    [
        b"a,b\n",
        b'"',
        b"\r",
        b"\n",
        b";",
        b"\t",
        b"\xff\xfe",
        b"\x00",
        "张三".encode(),
        "张三".encode("gb18030"),
        b"PK\x03\x04",
    ]
)


@given(st.one_of(st.binary(max_size=300), st.lists(SCRAPS, max_size=12).map(b"".join)))
def test_whatever_the_bytes_there_are_rows_with_their_lines_or_a_sentence(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    try:
        table = read_file(path)
    except UsageError as refused:
        assert str(refused).startswith("any.csv")  # noqa: PT017
    else:
        assert len(table.rows) == len(table.lines)
        assert list(table.lines) == sorted(table.lines)
