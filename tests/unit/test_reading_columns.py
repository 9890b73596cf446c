"""Rows are typed column by column, and each different cell once: what comes out is what cell by cell would give."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from toolkit.core.book import RawTab
from toolkit.core.reason import Name
from toolkit.registers.lexicon import Lexicon
from toolkit.registers.reading import memo
from toolkit.registers.reading.memo import Memo
from toolkit.registers.table import Reading, read_table
from toolkit.registers.tickets import TICKETS

NOW = datetime(2026, 11, 24, 10, 0)
LEXICON = Lexicon("en")
RIGHT = {
    "ticket_no": "T",
    "opened_at": datetime(2026, 11, 2, 9, 0),
    "kind": "Repair",
    "customer": "Ann",
    "phone": "13800138000",
    "problem": "broken",
    "status": "New",
}
KEYS = [*RIGHT, "fee", "fee_agreed", "photos_usable", "estimated_hours", "started_at", "city"]


def table(*changes, step=None, columns=KEYS):
    """Rows that are right but for the changes, in blocks of so many rows."""
    rows = [[LEXICON.label(Name("tickets", key)) for key in columns]]
    for number, change in enumerate(changes):
        row = {**RIGHT, "ticket_no": f"T{number}", **change} if change is not None else {}
        rows.append([row.get(key) for key in columns])
    blocks = [rows] if step is None else [rows[start : start + step] for start in range(0, len(rows), step)]
    raw = RawTab("Tickets", lambda: iter(blocks))
    return read_table(TICKETS, raw, "desk", Reading(LEXICON, "CN", NOW, ZoneInfo("Asia/Shanghai")))


def told(read):
    return [(one.place.row, one.column, one.code, one.value) for one in read.findings]


@pytest.mark.parametrize("cells", [(1, True, 1.0, 0, False, 0.0), (True, 1, False, 0), (False, 0, True, 1)])
def test_a_ticked_box_and_the_number_one_are_never_mixed_up(cells):
    read = table(*({"customer": cell, "estimated_hours": cell, "photos_usable": cell} for cell in cells))
    names = [{True: "TRUE", False: "FALSE"}[cell] if type(cell) is bool else str(int(cell)) for cell in cells]
    assert [row.customer for row in read.rows] == names
    assert [row.photos_usable for row in read.rows] == [bool(cell) for cell in cells]
    assert [row.estimated_hours for row in read.rows] == [None if type(cell) is bool else cell for cell in cells]
    assert [row.bad for row in read.rows] == [{"estimated_hours": cell} if type(cell) is bool else {} for cell in cells]


def test_a_memo_reads_each_cell_once_but_what_is_odd_again_and_again():
    seen = []
    remembered = Memo(lambda cell: seen.append(cell) or cell, lambda value: value == "odd")
    for cell in ("a", "odd", "a", 7, 7.0, "odd", None, None):
        remembered[cell]
    assert seen == ["a", "odd", 7, "odd", None]
    assert remembered.has_met_odd
    remembered.begin()
    assert not remembered.has_met_odd


def test_a_memo_forgets_before_it_grows_too_big(monkeypatch):
    monkeypatch.setattr(memo, "MOST", 3)
    remembered = Memo(lambda cell: cell, lambda _value: False)
    for cell in "abcd":
        remembered[cell]
    remembered.begin()
    assert not remembered


FAULTY = (
    {},
    {"city": "Bath", "fee": "ten"},
    None,
    {"kind": None, "phone": None},
    {"fee": -5, "estimated_hours": 5000},
    {"opened_at": datetime(2027, 1, 1)},
    {"started_at": datetime(2026, 11, 1), "fee": 20},
    {"fee": -5, "kind": None},
    {},
    {"ticket_no": "t0"},
)


@pytest.mark.parametrize("step", [None, 1, 2, 3, 7])
def test_findings_come_row_by_row_whatever_the_blocks(step):
    read = table(*FAULTY, step=step)
    assert [row.row for row in read.rows] == [2, 3, 5, 6, 7, 8, 9, 10, 11]
    assert told(read)[1:] == [  # the first says which columns of the toolkit's are not there
        (3, "fee", "not-a-number", "ten"),
        (5, "kind", "required", None),
        (5, "phone", "required", None),
        (6, "estimated_hours", "not-a-choice", 5000),
        (6, "fee", "not-a-number", Decimal("-5.00")),
        (7, "opened_at", "in-the-future", datetime(2027, 1, 1)),
        (8, "started_at", "out-of-order", datetime(2026, 11, 1)),
        (8, "fee_agreed", "needs-agreement", None),
        (9, "fee", "not-a-number", Decimal("-5.00")),
        (9, "kind", "required", None),
        (2, "ticket_no", "duplicate-key", "T0"),
        (11, "ticket_no", "duplicate-key", "t0"),
    ]
    assert [row.row for row in read.rows if row.has_fault] == [2, 3, 5, 6, 7, 8, 9, 11]
    assert list(read.by_key) == ["T1", "T3", "T4", "T5", "T6", "T7", "T8"]
    assert read.rows[3].bad == {"estimated_hours": 5000, "fee": Decimal("-5.00")}
    assert (read.rows[3].fee, read.rows[1].city) == (None, "Bath")


@pytest.mark.parametrize("nothing", [None, "", "  ", False])
def test_rows_in_which_nobody_wrote_are_no_rows(nothing):
    read = table({}, dict.fromkeys(KEYS, nothing), {})
    assert [row.row for row in read.rows] == [2, 4]


def test_a_row_with_one_unreadable_cell_is_a_row():
    read = table({}, {**dict.fromkeys(KEYS), "started_at": "soon"})
    assert [row.row for row in read.rows] == [2, 3]
    assert read.rows[1].bad == {"started_at": "soon"}


def test_short_and_over_long_rows_are_read_as_far_as_the_columns_go():
    header = [LEXICON.label(Name("tickets", key)) for key in KEYS]
    right = [RIGHT.get(key) for key in KEYS]
    rows = [header, right[:7], [*right, *(None for _ in range(5000)), "stray"], []]
    reading = Reading(LEXICON, "CN", NOW, ZoneInfo("Asia/Shanghai"))
    read = read_table(TICKETS, RawTab("Tickets", rows), "desk", reading)
    assert [(row.row, row.problem) for row in read.rows] == [(2, "broken"), (3, "broken")]
