"""The look-up tab of a new workbook: all cases of a customer by a phone number, inside the sheet (10: a look-up tab)."""

from __future__ import annotations

import shutil
import subprocess
import zipfile

import pytest
from openpyxl import load_workbook

from tests.system.desks import NOW, demo, sheets

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
needs_office = pytest.mark.skipif(OFFICE is None, reason="no LibreOffice: the look-up's formulas are NOT COMPUTED")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return demo(tmp_path_factory.mktemp("look-up"), ran_at=NOW)


@pytest.fixture(scope="module")
def ask(desk, tmp_path_factory):
    """Types a text into the tab, has LibreOffice work it out, gives each block's title and its rows."""

    def asked(text):
        folder = tmp_path_factory.mktemp("asked")
        book = load_workbook(desk.workbook)
        book["Look-up"]["B2"] = text
        book.save(folder / "asked.xlsx")
        subprocess.run(
            [OFFICE, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "out"), str(folder / "asked.xlsx")],
            check=True, capture_output=True, timeout=180,
        )  # fmt: skip
        shown = load_workbook(folder / "out" / "asked.xlsx", data_only=True)["Look-up"]
        found: dict[str, list[tuple[object, ...]]] = {}
        for row in shown.iter_rows(min_row=4, min_col=2, values_only=True):
            first, *others = (None if one == "" else one for one in row)
            if first is not None and not any(others):
                rows = found.setdefault(str(first), [])
            elif any(one is not None for one in (first, *others)):
                rows.append((first, *others))
        return {title: its[1:] for title, its in found.items()}  # without the headings

    return asked


def rows_of(desk, register):
    return [row for row in desk.rows(register) if row.get("customer")]


@needs_office
def test_a_phone_number_finds_every_case_of_a_customer(desk, ask):
    phone = next(
        row["phone"] for row in rows_of(desk, "orders") if any(one["phone"] == row["phone"] for one in desk.rows())
    )
    found = ask(phone)
    for register, key in (("tickets", "ticket_no"), ("orders", "order_no"), ("returns", "return_no")):
        expected = [row for row in rows_of(desk, register) if row["phone"] == phone]
        title = next(one for one in found if one.startswith(desk.tab(register)))
        assert title == f"{desk.tab(register)}: " + (f"{len(expected)} found" if expected else "nothing found")
        assert [(one[0], one[2], one[6], one[7]) for one in found[title]] == [
            (row[key], row["customer"], row["overdue"], row["next_step"]) for row in expected
        ]


@needs_office
@pytest.mark.parametrize(
    ("asked", "column"), [("AS-2026110", "ticket_no"), ("melanie", "customer"), ("-000", "ticket_no")]
)
def test_a_number_a_name_or_a_part_of_them_finds_tickets_in_the_order_of_the_sheet(desk, ask, asked, column):
    found = ask(asked)
    expected = [
        row["ticket_no"]
        for row in desk.rows()
        if asked in (row[column] or "").casefold() or asked in (row[column] or "")
    ]
    title = next(one for one in found if one.startswith("Tickets"))
    more = ", the first ones are shown" if len(expected) > 10 else ""
    assert title == f"Tickets: {len(expected)} found{more}"
    assert [one[0] for one in found[title]] == expected[:10]


@needs_office
@pytest.mark.parametrize("asked", ["nobody at all", None, "   "])
def test_nothing_is_shown_where_nothing_was_asked_or_found(ask, asked):
    said = ": nothing found" if asked and asked.strip() else ""
    found = ask(asked)
    assert found == {f"{tab}{said}": [] for tab in ("Tickets", "Orders", "Returns")}


def test_the_tab_is_no_register_and_a_run_leaves_it_as_it_is(tmp_path):
    desk = demo(tmp_path)

    def part():
        with zipfile.ZipFile(desk.workbook) as package:
            names = [one for one in package.namelist() if one.startswith("xl/worksheets/sheet")]
            (found,) = (package.read(one) for one in names if b"MATCH(" in package.read(one))
            return found

    before = part()
    assert desk.run()["applied"]["edits"] > 100
    assert part() == before
    assert not [one for one in desk("check", "--json").json["findings"] if one["cell"] and "Look-up" in one["cell"]]


def test_the_formulas_are_those_of_every_program_and_name_whole_columns(desk):
    sheet = load_workbook(desk.workbook)["Look-up"]
    formulas = [
        cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str) and cell.value[:1] == "="
    ]
    header = next(iter(sheets(desk.workbook, "Tickets")["Tickets"]))
    assert len(formulas) > 150
    assert not [
        one for one in formulas if any(word in one for word in ("FILTER(", "XLOOKUP", "LET(", "AGGREGATE", "_xlfn"))
    ]
    assert sheet["A4"].value.startswith('=IF(TRIM($B$2)="",0,IF(COUNTIF(Tickets!$')
    letters = sheet["A4"].value.partition("Tickets!$")[2].partition(":")[0]
    assert header[load_workbook(desk.workbook)["Tickets"][f"{letters}1"].column - 1] == "Phone"
    assert sheet.column_dimensions["A"].hidden
