"""The dispatcher's commands through the door: board, slip, statement, and who could be sent in explain."""

from __future__ import annotations

import pytest

from tests.system.desks import NOW, demo


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """After one run."""
    return demo(tmp_path_factory.mktemp("dispatch"), ran_at=NOW)


def test_dispatch_the_board_on_the_terminal_as_json_and_as_files(desk):
    shown = desk("board", now=NOW)
    assert (shown.code, shown.err) == (0, "")
    assert shown.out.splitlines()[0] == "2026-11-24 Tue  1 visit, 0 clashing"
    days = desk("board", "2026-11-25", "--city", "Shanghai", "--json", now=NOW).json["days"]
    assert [one["day"] for one in days] == ["2026-11-25", "2026-11-26"]
    assert {row["city"] for one in days for row in one["rows"]} == {"Shanghai"}
    for name in ("board.html", "board.xlsx"):
        assert desk("board", "--to", name, "-q", now=NOW).code == 0
        assert (desk.folder / name).stat().st_size > 1000
    assert desk("board", "--to", "workbooks/aftersales.xlsx", now=NOW).code == 2
    assert desk("board", "someday", now=NOW).code == 2


def test_dispatch_a_slip_and_a_statement_as_files(desk):
    row = desk.ticket("Melanie King")
    assert desk("slip", row["ticket_no"], "--to", "slip.html", "--locale", "zh-CN", now=NOW).code == 0
    page = (desk.folder / "slip.html").read_text("utf-8")
    assert "上门服务派工单" in page
    assert "Melanie King" in page
    assert desk("slip", "AS-0", now=NOW).code == 2
    said = desk("statement", "V001", "2026-11", "--json", now=NOW).json
    assert said["totals"]["jobs"] == len(said["rows"]) == 3
    assert sum(float(one["open"]) for one in said["rows"]) == float(said["totals"]["open"])
    assert desk("statement", "V001", "2026-13", now=NOW).code == 2


def test_dispatch_explain_tells_who_fits_with_points_and_why_the_others_fell_out(desk):
    row = desk.ticket("Frank Doherty")
    told = desk("explain", row["ticket_no"], "--json", now=NOW).json["vendors"]
    assert told["fit"] == []
    assert {one["vendor"]: one["why"] for one in told["passed"]}["V010"] == "declined this job"
    assert "nobody fits" in desk("explain", row["ticket_no"], now=NOW).out
