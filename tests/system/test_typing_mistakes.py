"""A workbook that this team did not write: every typing mistake is found at its cell, no right cell is accused."""

from __future__ import annotations

import json

import pytest

from tests.system.typing_mistakes import MISTAKES, NOW, SPELLINGS, aftersales, registers, write_workbook

SIZES = {"zh-CN": {"tickets": 2000, "times": 3, "seed": 20261120}, "en": {"tickets": 500, "times": 1, "seed": 7}}


@pytest.fixture(scope="module")
def desks(tmp_path_factory):
    folders = {}
    for locale in SIZES:
        folders[locale] = tmp_path_factory.mktemp(locale)
        made = aftersales(folders[locale], "init", ".", "--locale", locale)
        assert made.returncode == 0, made.stderr
    return folders, {locale: registers(folder) for locale, folder in folders.items()}


def test_the_lists_of_mistakes_and_of_right_spellings_are_long():
    assert len({m.kind for m in MISTAKES}) == len(MISTAKES) >= 40
    assert len({s.name for s in SPELLINGS}) == len(SPELLINGS) >= 60


@pytest.mark.parametrize("locale", SIZES)
def test_every_mistake_is_found_at_its_cell_and_no_right_cell_is_accused(desks, locale):
    folders, known = desks
    folder, other = folders[locale], next(name for name in SIZES if name != locale)
    written = write_workbook(
        folder / "workbooks" / "aftersales.xlsx", locale, **SIZES[locale], registers=known[locale], others=known[other]
    )
    assert written.rows["tickets"] == SIZES[locale]["tickets"]
    assert set(written.kinds) == {m.kind for m in MISTAKES if m.locale in ("", locale)}
    assert set(written.spellings) == {s.name for s in SPELLINGS if s.locale in ("", locale)}
    if locale == "zh-CN":
        assert min(written.kinds.values()) >= 3
        assert min(written.spellings.values()) >= 3
        assert written.hidden_mistakes >= 3

    checked = aftersales(folder, "check", "--json", "--now", NOW.isoformat())

    assert checked.returncode == 1, checked.stderr
    answer = json.loads(checked.stdout)
    errors = [f for f in answer["findings"] if f["severity"] == "error"]
    found = {(f["cell"], f["code"]): f["message"] for f in errors}
    missing = sorted(
        f"{kind} | {cell} {code} | typed {written.typed[cell]}"
        for (cell, code), kind in written.expected.items()
        if (cell, code) not in found
    )
    accused = sorted(
        f"{written.spelled.get(cell) or _kind_at(written, cell) or 'plain'} | {cell} {code} | typed {written.typed.get(cell)} | {message}"
        for (cell, code), message in found.items()
        if (cell, code) not in written.expected
    )
    assert (missing, accused) == ([], []), "\n".join(["", "MISSING", *missing, "ACCUSED", *accused])
    assert len(errors) == len(found), "a mistake is told once"
    counts = answer["books"][0]["registers"]
    assert {name: counts[name]["rows"] for name in written.rows} == written.rows
    assert {name: counts[name]["rows"] - counts[name]["valid"] for name in written.rows} == written.wrong_rows


def _kind_at(written, cell):
    return next((f"(mistake: {kind})" for (at, _), kind in written.expected.items() if at == cell), None)
