"""`aftersales report` and the job `report` through the door."""

from __future__ import annotations

import email.policy
import io
import json

import pytest
from openpyxl import load_workbook

from tests.docs.test_report_page import shape
from tests.system.desks import NOW, demo

FIRST = "2026-12-01T09:00"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """After one run."""
    return demo(tmp_path_factory.mktemp("report"), ran_at=NOW)


def table(data, name):
    return next(one for one in data["tables"] if one["name"] == name)


def test_report_shows_last_month_unless_another_is_named(desk):
    shown = desk("report", now=FIRST)
    assert (shown.code, shown.err) == (0, "")
    assert shown.out.splitlines()[:2] == ["After-sales report, November 2026", "Changes are against October 2026."]
    assert desk("report", "last", now=FIRST).out == desk("report", "2026-11", now=FIRST).out == shown.out
    now = desk("report", "this", now=NOW).out.splitlines()
    assert now[0] == "After-sales report, November 2026"
    assert now[2] == "November 2026 is not over: what stands here goes on changing."


def test_report_every_table_has_its_words_in_both_languages(desk, tmp_path):
    english = desk("report", "this", "--json", now=NOW).json
    chinese = demo(tmp_path, locale="zh-CN")("report", "this", "--json", now=NOW).json
    assert [one["name"] for one in english["tables"]] == [one["name"] for one in chinese["tables"]]
    assert len({one["name"] for one in english["tables"]}) == len(english["tables"]) > 1
    assert all(one["title"].isascii() for one in english["tables"])
    assert not any(one["title"].isascii() for one in chinese["tables"])
    for data in (english, chinese):
        for one in data["tables"]:
            widths = {tuple(len(line[part]) for part in ("keys", "labels", "values")) for line in one["lines"]}
            assert widths <= {(len(one["by"]), len(one["by"]), len(one["columns"]))}, one["name"]


def test_report_the_files_hold_what_the_command_shows(desk):
    for name in ("report.xlsx", "report.html", "report.txt", "report.json"):
        done = desk("report", "this", "--to", name, now=NOW)
        assert (done.code, done.out, done.err) == (0, "", f"written to {name}\n")
    shown, data = desk("report", "this", now=NOW).out, desk("report", "this", "--json", now=NOW).json
    assert (desk.folder / "report.txt").read_text("utf-8") == shown
    assert json.loads((desk.folder / "report.json").read_text("utf-8")) == data
    titles = [one["title"] for one in data["tables"]]
    book = load_workbook(desk.folder / "report.xlsx")
    assert len(book.sheetnames) == len(titles) + 1
    assert [book[name]["A1"].value for name in book.sheetnames] == ["After-sales report, November 2026", *titles]
    page = (desk.folder / "report.html").read_text("utf-8")
    assert [page.count(f"<h2>{title}</h2>") for title in titles] == [1] * len(titles)


@pytest.mark.parametrize(
    "words",
    [
        ["2026-13"], ["11/2026"], ["2027-01"], ["1999-01"], ["this", "--to", "report.pdf"], ["this", "--to", "gone/report.txt"],
        ["this", "--to", "workbooks/aftersales.xlsx"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_report_wrong_usage_is_said_and_nothing_is_written(desk, words):
    before = desk.tree("workbooks")
    done = desk("report", *words, now=NOW)
    assert (done.code, done.out) == (2, "")
    assert done.err.count("\n") == 1
    assert "Traceback" not in done.err
    assert desk.tree("workbooks") == before


def test_report_names_a_register_that_is_gone_and_counts_the_others(tmp_path):
    desk = demo(tmp_path, ran_at=NOW)
    whole = desk("report", "this", "--json", now=NOW).json
    vendors = desk.tab("vendors")
    book = load_workbook(desk.workbook)
    del book[vendors]
    book.save(desk.workbook)
    data = desk("report", "this", "--json", now=NOW).json
    assert data["unread"] == [{"book": "main", "register": "vendors"}]
    assert shape(data) == shape(whole) | {"unread": [{"book": None, "register": None}]}
    line = f"“{vendors}” (main) could not be read: what it would have counted is missing here."
    assert line in desk("report", "this", now=NOW).out.splitlines()


def test_report_the_managers_get_it_once_with_the_workbook_and_a_plain_run_leaves_it_alone(tmp_path):
    desk = demo(tmp_path, ran_at=NOW)
    first = desk("run", "report", "--json", now=FIRST).json
    managers = [row["name"] for row in desk.rows("staff") if row["role"] in {"Manager", "Head"}]
    assert first["applied"]["messages"]["sent"] == len(managers) > 0
    assert {one["notice"] for one in first["messages"]} == {"report"}
    desk.run(FIRST, code=None)
    again = desk("run", "report", "--json", now="2026-12-01T09:10").json
    assert (again["messages"], again["edits"]) == ([], [])
    assert again["applied"]["messages"]["sent"] == again["applied"]["messages"]["queued"] == 0
    sent = [one for one in desk.outbox() if one["notice"] == "report"]
    assert [one["state"] for one in sent] == ["sent"] * len(managers)
    for file in (one for one in desk.files() if "-report-" in one.name):
        mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        (attached,) = mail.iter_attachments()
        assert attached.get_filename() == "after-sales-report-2026-11.xlsx"
        book = load_workbook(io.BytesIO(attached.get_content()))
        assert book["Contents"]["A1"].value == mail["Subject"] == "After-sales report, November 2026"


def test_report_at_night_waits_for_the_morning_and_is_the_same_letter_then(tmp_path):
    desk = demo(tmp_path, ran_at=NOW)
    night, morning = "2026-12-01T23:00", "2026-12-02T09:00"
    assert desk("run", "report", "--json", now=night).json["applied"]["messages"]["sent"] == 0
    asleep = [one for one in desk.outbox() if one["notice"] == "report"]
    assert {one["state"] for one in asleep} == {"ready"}
    again = desk("run", "report", "--json", now=night[:-2] + "30").json
    assert again["messages"] == []
    assert [one["changed_at"] for one in desk.outbox() if one["notice"] == "report"] == [
        one["changed_at"] for one in asleep
    ]
    assert desk("run", "report", "--json", now=morning).json["applied"]["messages"]["sent"] == len(asleep)


@pytest.mark.parametrize(("locale", "subject"), [("en", "After-sales report, "), ("zh-CN", "售后月报 ")])
def test_report_preview_shows_the_mail_about_sample_figures(desk, locale, subject):
    shown = desk("preview", "report", "--locale", locale, "--json", now=NOW).json
    assert shown["subject"].startswith(subject)
    assert "P-13" in shown["text"]
    assert shown["html"]
