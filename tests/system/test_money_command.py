"""`aftersales money` through the door: the list that is open, as text, files and JSON."""

from __future__ import annotations

import csv
from collections import Counter
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from tests.system.desks import NOW, demo


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """After one run."""
    return demo(tmp_path_factory.mktemp("money"), ran_at=NOW)


def test_digest_money_open_on_the_terminal_the_sums_first_then_each_the_oldest_first(desk):
    shown, data = desk("money", now=NOW), desk("money", "--json", now=NOW).json
    assert (shown.code, shown.err) == (0, "")
    ours, theirs = (
        sum((Decimal(one["amount"]) for one in data["sums"] if one["kind"] in kinds), Decimal(0))
        for kinds in (("advance", "refund"), ("claim", "recovery"))
    )
    assert shown.out.splitlines()[:2] == [
        "Money open on 2026-11-24",
        f"We owe CN¥{ours:,.2f}; CN¥{theirs:,.2f} is owed to us.",
    ]
    assert (data["on"], data["currency"], data["unread"]) == ("2026-11-24", "CNY", [])
    days = [one["days"] for one in data["rows"]]
    assert days == sorted(days, reverse=True)
    assert days
    amounts, counts = Counter(), Counter()
    for one in data["rows"]:
        amounts[one["kind"]] += Decimal(one["amount"])
        counts[one["kind"]] += 1
    assert {one["kind"]: (Decimal(one["amount"]), one["count"]) for one in data["sums"]} == {
        kind: (amounts[kind], counts[kind]) for kind in counts
    }
    assert all(sum(map(Decimal, one["by_bracket"].values())) == Decimal(one["amount"]) for one in data["sums"])
    assert all(one["case"] in shown.out for one in data["rows"])


def test_digest_money_open_the_files_hold_what_the_command_shows(desk):
    rows = desk("money", "--json", now=NOW).json["rows"]
    for name in ("money.xlsx", "money.csv", "money.txt"):
        done = desk("money", "--to", name, now=NOW)
        assert (done.code, done.out, done.err) == (0, "", f"written to {name}\n")
    assert (desk.folder / "money.txt").read_text("utf-8") == desk("money", now=NOW).out
    with (desk.folder / "money.csv").open(encoding="utf-8-sig", newline="") as file:
        head, *lines = csv.reader(file)
    assert head == ["Money", "Case", "Who", "Age", "Seen to by", "Since", "Days", "Amount", "Remarks"]
    assert [(one[1], one[2], one[5], one[6], one[7]) for one in lines] == [
        (one["case"], one["who"] or "", one["since"], str(one["days"]), one["amount"]) for one in rows
    ]
    sheet = load_workbook(desk.folder / "money.xlsx")["Money open"]
    shown = [[cell.value for cell in line] for line in sheet.iter_rows(min_row=5)]
    assert [(one[1], f"{one[7]:.2f}") for one in shown] == [(one["case"], one["amount"]) for one in rows]


@pytest.mark.parametrize("to", ["money.pdf", "gone/money.csv", "workbooks/aftersales.xlsx"])
def test_digest_money_open_wrong_usage_is_said_and_nothing_is_written(desk, to):
    before = desk.tree("workbooks")
    done = desk("money", "--to", to, now=NOW)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert desk.tree("workbooks") == before
