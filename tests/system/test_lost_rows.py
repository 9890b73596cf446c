"""A register that had rows and has none now, or far fewer, stops the run for its book until somebody says that it is meant."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime

import openpyxl
import pytest

from tests.system.desks import NOW, demo
from toolkit.app.daemon import run_entry
from toolkit.rules.worktime.duration import Duration
from toolkit.settings.load import load
from toolkit.settings.model import ScheduleEntry

LATER = "2026-11-24T10:10"
AGAIN = "2026-11-24T10:20"


@pytest.fixture
def desk(tmp_path):
    """After the first run, its letters read."""
    made = demo(tmp_path, ran_at=NOW)
    made.news()
    return made


def cut(desk, register="tickets", *, keep=0, workbook=None):
    """Staff delete all rows of a register but the first `keep`."""
    path = workbook or desk.workbook
    book = openpyxl.load_workbook(path)
    tab = book[desk.tab(register)]
    gone = tab.max_row - 1 - keep
    tab.delete_rows(2 + keep, gone)
    book.save(path)
    return gone


def only(workbook, title):
    """A workbook of one tab."""
    book = openpyxl.load_workbook(workbook)
    for name in book.sheetnames:
        if name != title:
            del book[name]
    book.save(workbook)


def said(done):
    return [line for line in done.err.splitlines() if line.strip()]


@pytest.mark.parametrize("keep", [0, 10], ids=["all of them", "most of them"])
def test_a_register_that_lost_its_rows_stops_the_book_and_the_sentence_says_all(desk, keep):
    before = len(desk.rows())
    cut(desk, keep=keep)
    tree = desk.tree("workbooks", "outbox")
    for command in ("plan", "check", "run"):
        done = desk(command, "--json", now=LATER)
        assert done.code == 3, (command, done.err)
        (sentence,) = said(done)
        assert str(desk.workbook) in sentence
        assert f"“Tickets” had {before}, now {keep}" in sentence
        assert "(2026-11-24 10:00)" in sentence, "when it was last seen whole"
        assert str(desk.workbook.parent / ".backups") in sentence
        assert "aftersales run --accept-loss tickets" in sentence
        (finding,) = [one for one in done.json["findings"] if one["code"] == "rows-lost"]
        assert (finding["severity"], finding["book"], finding["register"]) == ("error", "main", "tickets")
        assert (finding["cell"], finding["value"]) == ("Tickets", keep)
    assert [(one["book"], one["code"]) for one in done.json["applied"]["refused"]] == [("main", "rows-lost")]
    assert done.json["edits"] == done.json["appends"] == done.json["messages"] == []
    assert desk.tree("workbooks", "outbox") == tree
    assert desk.news() == []


def test_the_sentence_speaks_the_language_of_the_desk(tmp_path):
    desk = demo(tmp_path, locale="zh-CN", ran_at=NOW)
    before = len(desk.rows())
    cut(desk)
    (sentence,) = said(desk("run", "-q", now=LATER))
    assert f"“售后登记表”原有 {before} 行，现有 0 行" in sentence
    assert "--accept-loss tickets" in sentence


def test_no_message_that_waits_is_withdrawn_or_sent(tmp_path):
    desk = demo(tmp_path)
    desk.run("2026-11-24T22:00")
    waiting = {one["key"] for one in desk.outbox("--state", "ready")}
    assert waiting
    cut(desk)
    desk.news()
    desk.run("2026-11-25T08:40", code=3)
    left = {one["key"] for state in ("ready", "expired") for one in desk.outbox("--state", state)}
    assert waiting <= left
    assert {one["key"] for one in desk.outbox("--state", "ready")}, "they wait for the rows, not for ever"
    assert not desk.outbox("--state", "cancelled")
    assert desk.news() == []


def test_it_stays_refused_until_the_rows_are_back_and_then_goes_on_as_if_nothing_had_been(desk):
    whole = desk.workbook.read_bytes()
    cut(desk)
    for now in (LATER, AGAIN):
        done = desk("run", now=now)
        assert done.code == 3
        assert "(2026-11-24 10:00)" in done.err, "the runs since then saw it in pieces"
    desk.workbook.write_bytes(whole)
    run = desk.run("2026-11-24T10:30")
    assert (run["edits"], run["messages"], run["findings"] == []) == ([], [], False)


def test_a_loss_is_accepted_once_and_the_next_one_is_an_alarm_again(desk):
    cut(desk, keep=10)
    shown = desk("plan", "--accept-loss", "tickets", now=LATER)
    assert shown.code == 0, shown.err
    assert desk("run", now=LATER).code == 3, "a plan accepts nothing"
    done = desk("run", "--accept-loss", "Tickets", now=LATER)  # the tab's name is as good
    assert done.code == 0, done.err
    desk.run(AGAIN)
    cut(desk)
    assert desk("run", now="2026-11-24T10:30").code == 3


def test_words_that_accept_nothing_are_wrong_usage_so_that_they_cannot_stay_in_a_script(desk):
    for words, named in (
        (["tickets"], "nothing is missing"),
        (["main/tickets"], "nothing is missing"),
        (["tickts"], "tickets"),
        (["other/tickets"], "there is main"),
    ):
        done = desk("run", "--accept-loss", *words, now=LATER)
        assert done.code == 2, done
        assert named in done.err
        assert "Traceback" not in done.err
    cut(desk)
    done = desk("run", "--accept-loss", "vendors", now=LATER)
    assert done.code == 2


def test_every_register_that_lost_rows_is_named_and_each_must_be_accepted(desk):
    cut(desk)
    cut(desk, "surveys")
    done = desk("run", now=LATER)
    (sentence,) = [line for line in said(done) if "has lost rows" in line]
    assert "--accept-loss tickets --accept-loss surveys" in sentence
    assert desk("run", "--accept-loss", "tickets", now=LATER).code == 3
    done = desk("run", "--accept-loss", "tickets", "--accept-loss", "surveys", now=LATER)
    assert done.code == 0, done.err


def test_a_few_rows_of_a_small_register_or_a_modest_share_of_a_big_one_are_no_alarm(desk):
    tickets = len(desk.rows())
    assert 1 < len(desk.rows("contacts_opt_out")) < 10
    cut(desk, "contacts_opt_out", keep=1)
    cut(desk, keep=tickets // 2 + 1)
    done = desk("run", now=LATER)
    assert done.code == 0, done.err


def test_the_last_rows_of_a_small_register_are_an_alarm(desk):
    cut(desk, "vendors")
    done = desk("run", now=LATER)
    assert done.code == 3
    assert "--accept-loss vendors" in done.err


def test_the_share_is_set_in_the_configuration_and_off_leaves_the_empty_register_alone_an_alarm(desk):
    tickets = len(desk.rows())
    cut(desk, keep=tickets - 10)
    book = "{name: main, path: workbooks/aftersales.xlsx}"
    desk.configure(book, "{name: main, path: workbooks/aftersales.xlsx, max_loss: 10%}")
    assert desk("plan", now=LATER).code == 3
    desk.configure("max_loss: 10%", "max_loss: off")
    assert desk("plan", now=LATER).code == 0
    cut(desk, keep=1)
    assert desk("plan", now=LATER).code == 0
    cut(desk)
    assert desk("plan", now=LATER).code == 3
    desk.configure("max_loss: off", "max_loss: 200%")
    wrong = desk("plan", now=LATER)
    assert wrong.code == 2
    assert "of the rows" in wrong.err


def test_rows_that_are_hidden_or_filtered_are_there(desk):
    book = openpyxl.load_workbook(desk.workbook)
    tab = book[desk.tab("tickets")]
    for row in range(2, tab.max_row + 1):
        tab.row_dimensions[row].hidden = True
    book.save(desk.workbook)
    assert desk("run", now=LATER).code == 0


def test_the_other_books_go_on(tmp_path):
    desk = demo(tmp_path)
    second = desk.workbook.with_name("second.xlsx")
    shutil.copyfile(desk.workbook, second)
    only(second, desk.tab("surveys"))  # a second book with the holidays would stop every deadline
    desk.configure(
        "  - {name: main, path: workbooks/aftersales.xlsx}",
        "  - {name: main, path: workbooks/aftersales.xlsx}\n  - {name: second, path: workbooks/second.xlsx}",
    )
    desk.run()
    cut(desk, "surveys", workbook=second)
    desk.type(3, "vendors", email="wang(at)example.com")
    desk.type(3, phone="12")
    before = second.read_bytes()
    done = desk("run", "--json", now=LATER)
    assert done.code == 3
    assert "--accept-loss second/surveys" in done.err
    assert {one["book"] for one in done.json["edits"]} == {"main"}
    assert {(one["register"], one["column"]) for one in done.json["edits"]} >= {("vendors", "check")}
    assert second.read_bytes() == before
    assert desk("run", "--accept-loss", "second/surveys", now=AGAIN).code == 0


def test_the_managers_digest_says_it_once_and_not_that_tabs_are_gone(desk):
    cut(desk)
    page = desk("digest", now=LATER)
    assert page.code == 3
    warnings = [line for line in page.out.splitlines() if "main" in line]
    assert len(warnings) == 1, page.out
    assert "--accept-loss" in warnings[0]


def test_a_ticket_that_is_asked_for_is_not_only_called_unknown(desk):
    number = desk.rows()[0]["ticket_no"]
    cut(desk)
    done = desk("explain", number, now=LATER)
    assert done.code == 2
    assert "--accept-loss tickets" in done.err


def test_the_clock_says_it_in_its_log(desk, caplog):
    cut(desk)
    settings = load(desk.folder / "config.yaml")
    moment = datetime(2026, 11, 24, 2, 10, tzinfo=UTC)
    entry = ScheduleEntry("run", every=Duration.parse("10min"))
    with caplog.at_level("WARNING", logger="toolkit.schedule"):
        note = run_entry(settings, entry, moment, lambda: moment)
    assert "refused_books=1" in note
    (line,) = [one.getMessage() for one in caplog.records if "has lost rows" in one.getMessage()]
    assert "--accept-loss tickets" in line
