"""Rows rewritten: in whatever pieces the sheet comes, the quick way or the thorough one, the outcome is the same."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.core.place import column_letters
from toolkit.gateways.excel import rewrite
from toolkit.gateways.excel.cells import Known
from toolkit.gateways.excel.present import SharedStrings
from toolkit.gateways.excel.sheet import SheetStream
from toolkit.gateways.excel.sheet_rows import OddMarkup
from toolkit.gateways.excel.styles import Styles
from toolkit.gateways.excel.unsafe import UnsafeWorkbook

STYLES = b"""<styleSheet xmlns="x"><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="0" fontId="1"/></cellXfs>
</styleSheet>"""
NEVER = SharedStrings(lambda: [b"<sst><si><t>a</t></si><si><t>b</t></si></sst>"])

CONTENTS = st.sampled_from(
    [
        ('t="s"', "<v>0</v>"),
        ('t="s"', "<v>1</v>"),
        ("", "<v>3.5</v>"),
        ("", "<v>46000</v>"),
        ('t="inlineStr"', '<is><t xml:space="preserve">a</t></is>'),
        ('t="inlineStr"', "<is><r><t>a</t></r><r><t>b</t></r></is>"),
        ('t="str"', '<f>"a"&amp;"b"</f><v>ab</v>'),
        ('t="b"', "<v>1</v>"),
        ('t="e"', "<v>#N/A</v>"),
        ("", ""),
    ]
)
VALUES = st.sampled_from(
    [None, "", "a", "b <&> \r\n", 3.5, 46000, True, False, dt.date(2026, 11, 22), dt.datetime(2026, 1, 2, 3)]
)


@st.composite
def sheets(draw):
    """A sheet as programs write them, mostly, and wishes for some of its rows and for some that it has not."""
    prefix = draw(st.sampled_from(["", "", "", "x:"]))
    rows = []
    numbers = draw(st.lists(st.integers(1, 60), max_size=12, unique=True).map(sorted))
    for number in numbers:
        columns = draw(st.lists(st.integers(1, 30), max_size=8, unique=True).map(sorted))
        cells = []
        for column in columns:
            kind, inside = draw(CONTENTS)
            style = draw(st.sampled_from(["", ' s="1"', ' s="2"']))
            kind = f" {kind}" if kind else ""
            name = f'r="{column_letters(column)}{number}"'
            head = draw(
                st.sampled_from([f"{name}{style}{kind}", f"{name}{style}{kind}", f"{style[1:]} {name}{kind}".strip()])
            )
            inside = re.sub(r"<(/?)", rf"<\1{prefix}", inside)
            cells.append(f"<{prefix}c {head}>{inside}</{prefix}c>" if inside else f"<{prefix}c {head}/>")
        spans = draw(st.sampled_from(["", ' spans="2:5"', ' spans="1:30"']))
        looks = draw(
            st.sampled_from(["", "", ' s="2" customFormat="1"', ' hidden="1"', ' ht="30" x14ac:dyDescent="0.2"'])
        )
        rows.append(
            f'<{prefix}row r="{number}"{spans}{looks}>{"".join(cells)}</{prefix}row>'
            if cells or draw(st.booleans())
            else f'<{prefix}row r="{number}"{spans}{looks}/>'
        )
    gap = draw(st.sampled_from(["", "", "\n  "]))
    body = gap.join(["", *rows, ""])
    sheet = f'<{prefix}worksheet><{prefix}dimension ref="A1:B2"/><{prefix}sheetData>{body}</{prefix}sheetData></{prefix}worksheet>'
    wishes = draw(
        st.dictionaries(
            st.integers(1, 64), st.dictionaries(st.integers(1, 34), VALUES, min_size=1, max_size=5), max_size=8
        )
    )
    return sheet.encode(), sorted(wishes.items())


def rewritten(sheet, wishes, size, styles=None):
    stream = SheetStream(sheet[at : at + size] for at in range(0, len(sheet), size))
    rewriter = rewrite.Rewriter(stream, styles or Styles(STYLES), NEVER, Known(), title="x", is_1904=False)
    rows = b"".join(rewriter.rows(wishes))
    whole = stream.head + stream.opening + rows + stream.closing + stream.tail
    return whole, rewriter.cells.edits, rewriter.cells.blocked


@settings(max_examples=150, deadline=None)
@given(sheets(), st.integers(1, 90))
def test_it_does_not_matter_in_which_pieces_a_sheet_comes(made, size):
    sheet, wishes = made
    assert rewritten(sheet, wishes, size) == rewritten(sheet, wishes, len(sheet))


@settings(max_examples=150, deadline=None)
@given(sheets())
def test_the_quick_way_and_the_thorough_one_write_the_same(made):
    sheet, wishes = made
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rewrite.Rewriter, "_changed_plainly", thorough_only)
        slowly = rewritten(sheet, wishes, len(sheet))
    assert rewritten(sheet, wishes, len(sheet)) == slowly


def thorough_only(*_):
    raise rewrite._Odd


@settings(max_examples=100, deadline=None)
@given(sheets())
def test_what_was_written_stands_already(made):
    sheet, wishes = made
    styles = Styles(STYLES)
    once, _, blocked = rewritten(sheet, wishes, len(sheet), styles)
    again, edits, still_blocked = rewritten(once, wishes, len(once), styles)
    assert (again, edits, still_blocked) == (once, 0, blocked)


@settings(max_examples=100, deadline=None)
@given(sheets())
def test_without_a_wish_every_byte_stays(made):
    sheet, _ = made
    assert rewritten(sheet, [], 37)[0] == sheet


@pytest.mark.parametrize(
    "body",
    [
        "<!-- <row r='5'> --><row r='1'><c r='A1'/></row>",
        "<row r='1'><c r='A1' t='inlineStr'><is><t><![CDATA[</sheetData>]]></t></is></c></row>",
        "<?odd <row r='2'>?><row r='3'/>",
    ],
)
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_comments_among_the_cells_are_noticed_wherever_a_piece_ends(body, size):
    sheet = f"<worksheet><sheetData>{body}</sheetData></worksheet>".encode()
    with pytest.raises(OddMarkup):
        rewritten(sheet, [], size)
    stream = SheetStream([sheet], is_whole=True)
    assert [number for block in stream.blocks() for number in block.numbers] in ([1], [3])
    assert stream.tail == b"</worksheet>"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<row r='2'/><row r='1'/>", "out of order"),
        ("<row r='2'/><row r='2'/>", "out of order"),
        ("<row r='1048577'/>", "out of order"),
        ("<row r='1'><c r='B1'/><c r='A1'/></row>", "cells of row 1 are out of order"),
        ("<row r='1'><c r='A1'/><c r='A1'/></row>", "cells of row 1 are out of order"),
        ("<row r='1'><c r='A2'/></row>", "cells of row 1 are out of order"),
        ("<row r='1'><c r='A1'/>", "no end"),
    ],
)
@pytest.mark.parametrize("mark", ["'", '"'])
def test_disorder_is_refused(body, words, mark):
    sheet = f"<worksheet><sheetData>{body}</sheetData></worksheet>".replace("'", mark).encode()
    with pytest.raises(UnsafeWorkbook, match=words):
        rewritten(sheet, [(1, {1: 5, 2: 7})], 1000)


def test_a_blank_beside_a_new_cell_widens_no_row(monkeypatch):
    sheet = b'<worksheet><dimension ref="A1:B2"/><sheetData><row r="39" spans="2:5"></row></sheetData></worksheet>'
    quickly = rewritten(sheet, [(39, {1: None, 2: "a"})], len(sheet))
    monkeypatch.setattr(rewrite.Rewriter, "_changed_plainly", thorough_only)
    assert rewritten(sheet, [(39, {1: None, 2: "a"})], len(sheet)) == quickly
