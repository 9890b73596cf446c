"""The tabs of a manager through the real commands: `init` makes them, `run` reads them, a broken example stops it."""

from __future__ import annotations

from datetime import datetime

from tests.system.desks import NOW, quickly
from toolkit.excel import patch_workbook


def desk(folder, policies, examples):
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
        patch_workbook(book, book, sheet=tab, writes={}, appends=rows)
    return where


def test_a_policy_change_that_breaks_an_example_is_shown_by_check_and_refused_by_run(tmp_path):
    example = {"A": "P-01", "B": datetime(2026, 11, 23, 10), "C": datetime(2026, 11, 24, 10)}
    kept = desk(tmp_path / "kept", [], [example])
    assert [quickly(one, "--now", NOW, cwd=kept).code for one in ("check", "run")] == [0, 0]
    broken = desk(tmp_path / "broken", [{"A": "P-01", "E": "12h"}], [example])
    checked = quickly("check", "--json", "--now", NOW, cwd=broken).json["findings"]
    assert [(one["code"], one["cell"]) for one in checked] == [("broken-example", "Examples!C2")]
    refused = quickly("run", "--now", NOW, cwd=broken)
    assert refused.code == 2
    assert "Examples!C2" in refused.err
    assert "2026-11-23 22:00" in refused.err
