"""`aftersales digest`: the page, the same as data, one person's or a store's; and cells that a link opens."""

from __future__ import annotations

import re

import pytest

from tests.sheets_server import SheetsServer
from tests.system.desks import NOW, demo
from tests.system.google_desks import google_demo
from toolkit.gateways.google.book import GoogleBook

ROW = {"text", "cell", "link", "register", "key"}


@pytest.fixture
def server():
    with SheetsServer(port=0) as one:
        yield one


def test_digest_as_json_has_the_sections_as_data(tmp_path):
    desk = demo(tmp_path, ran_at=NOW)
    found = desk("digest", "--json", now=NOW).json
    assert {"subject", "text", "html", "person", "day", "counts", "registers", "warnings", "sections"} <= set(found)
    assert (found["person"], found["day"], found["standing_in"]) == ("the whole desk", "2026-11-24", [])
    overdue, *_ = found["sections"]
    assert (overdue["kind"], overdue["register"], overdue["title"]) == ("overdue", "tickets", "Overdue: Tickets")
    assert overdue["count"] == len(overdue["rows"]) + overdue["more"]
    numbers = {row["ticket_no"]: f"Tickets!{row['row']}" for row in desk.rows()}
    for row in overdue["rows"]:
        assert set(row) == ROW
        assert row["text"].startswith(row["key"])
        assert re.sub(r"[A-Z]+(?=\d+$)", "", row["cell"]) == numbers[row["key"]]
        assert row["link"] is None, "a file has no address in the web"
    for section in found["sections"]:
        assert section["title"] in found["text"]


def test_digest_as_json_masks_the_numbers_that_a_fault_quotes(tmp_path):
    desk = demo(tmp_path, ran_at=NOW)
    desk.type(3, status="rang 13812345678")
    mend = [
        row["text"]
        for one in desk("digest", "--json", now=NOW).json["sections"]
        if one["kind"] == "mend"
        for row in one["rows"]
    ]
    assert [text for text in mend if "138****5678" in text]
    assert "13812345678" not in "".join(mend)


def test_digest_of_one_person_is_theirs_and_of_whom_they_stand_in_for(tmp_path):
    desk = demo(tmp_path, ran_at=NOW)
    owners = {row["ticket_no"]: row["owner"] for row in desk.rows()}
    name = next(row["name"] for row in desk.rows("staff") if row["name"] in owners.values())
    found = desk("digest", "--person", name, "--json", now=NOW).json
    late = [
        row["key"]
        for one in found["sections"]
        if (one["kind"], one["register"]) == ("overdue", "tickets")
        for row in one["rows"]
    ]
    assert late
    assert name in {owners[key] for key in late} <= {name, *found["standing_in"]}
    nobody = desk("digest", "--person", "Nobody At All", now=NOW)
    assert (nobody.code, "nor among the stores" in nobody.err) == (2, True)


def test_digest_is_written_as_a_page_or_as_text(tmp_path):
    desk = demo(tmp_path, ran_at=NOW)
    assert desk("digest", "--to", "today.html", now=NOW).code == 0
    assert desk("digest", "--to", "today.txt", now=NOW).code == 0
    page, text = ((desk.folder / name).read_text(encoding="utf-8") for name in ("today.html", "today.txt"))
    assert page.lower().startswith("<!doctype html>")
    assert text.strip() == desk("digest", now=NOW).out.strip()


def test_digest_of_a_google_sheet_links_to_the_cells(tmp_path, server):
    desk = google_demo(tmp_path, server)
    found = desk("digest", "--json", now=NOW).json
    rows = [row for one in found["sections"] for row in one["rows"] if row["cell"] is not None]
    gids = {tab.title: tab.id for tab in desk.book.tabs}
    assert rows
    for row in rows:
        tab, _, cell = row["cell"].replace("'", "").partition("!")
        assert row["link"] == f"{server.url}/spreadsheets/d/{desk.book.id}#gid={gids[tab]}&range={cell}"
    assert found["html"].count("&amp;range=") >= len(rows)


def test_digest_links_to_google_are_such_as_a_person_opens():
    book = GoogleBook("desk", "1AbC")
    assert book.location == "https://docs.google.com/spreadsheets/d/1AbC/edit"
