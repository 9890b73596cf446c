"""The tabs of a manager through the real commands: `init` makes them, `run` reads them, a broken example stops it."""

from __future__ import annotations

from datetime import datetime

from openpyxl.utils import get_column_letter
from python_calamine import CalamineWorkbook

from tests.system.desks import NOW, quickly
from toolkit.excel import patch_workbook


def desk(folder, policies, examples):
    folder.mkdir()
    where = folder / "desk"
    made = quickly("init", where, "--locale", "en", "--preset", "dorm-furniture", cwd=folder)
    assert made.code == 0, made.err
    config = where / "config.yaml"
    config.write_text(config.read_text("utf-8") + "\ntabs: [policies, examples]\n", "utf-8")
    (where / "workbooks" / "aftersales.xlsx").unlink()
    again = quickly("init", where, "--locale", "en", "--preset", "dorm-furniture", cwd=folder)
    assert again.code == 0, again.err
    book = where / "workbooks" / "aftersales.xlsx"
    for tab, rows in (("Policies", policies), ("Examples", examples)):
        header = CalamineWorkbook.from_path(book).get_sheet_by_name(tab).to_python()[0]
        named = [{get_column_letter(header.index(key) + 1): value for key, value in row.items()} for row in rows]
        patch_workbook(book, book, sheet=tab, writes={}, appends=named)
    return where


def test_a_policy_change_that_breaks_an_example_is_shown_by_check_and_refused_by_run(tmp_path):
    example = {"Policy": "P-01", "Opened then": datetime(2026, 11, 23, 10), "Due then": datetime(2026, 11, 24, 10)}
    kept = desk(tmp_path / "kept", [], [example])
    assert [quickly(one, "--now", NOW, cwd=kept).code for one in ("check", "run")] == [0, 0]
    broken = desk(tmp_path / "broken", [{"Policy": "P-01", "Target": "12h"}], [example])
    checked = quickly("check", "--json", "--now", NOW, cwd=broken).json["findings"]
    assert [(one["code"], one["cell"]) for one in checked] == [("broken-example", "Examples!D2")]
    refused = quickly("run", "--now", NOW, cwd=broken)
    assert refused.code == 2
    assert "Examples!D2" in refused.err
    assert "2026-11-23 22:00" in refused.err
