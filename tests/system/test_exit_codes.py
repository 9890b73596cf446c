"""What commands promise to scripts: exit codes 0 to 3, JSON alone on stdout, mistakes by file and line, `-q`.

The commands that scripts lean on most run in real processes, `python -m toolkit`; the others by the runner.
"""

from __future__ import annotations

import json
import re
from datetime import datetime

import pytest

from tests.system.desks import NOW, aftersales, demo, quickly


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """After the first run. Tests of this module only look at it."""
    return demo(tmp_path_factory.mktemp("desk"), ran_at=NOW)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """Before the first run."""
    return demo(tmp_path_factory.mktemp("fresh"))


# -- codes -------------------------------------------------------------------------------------------------------


def test_check_is_1_where_rows_are_wrong_and_0_where_none_is(desk, tmp_path):
    found = aftersales("check", "--now", NOW, cwd=desk.folder)
    assert found.code == 1
    assert re.search(r"Tickets!\w+\d+\tnot-a-date\t", found.out)
    clean = quickly("init", tmp_path / "clean", "--locale", "en", cwd=tmp_path)
    assert clean.code == 0, clean.err
    done = quickly("check", cwd=tmp_path / "clean")
    assert (done.code, done.out) == (0, "")


def test_row_findings_alone_leave_run_and_plan_at_0(tmp_path):
    desk = demo(tmp_path)
    plan = desk("plan", "--json", now=NOW)
    assert plan.code == 0
    assert [one for one in plan.json["findings"] if one["severity"] == "error"]
    run = desk("run", "--json", now=NOW)
    assert run.code == 0
    assert run.json["applied"]["messages"]["sent"] > 0


def test_a_run_that_leaves_something_held_is_1(tmp_path):
    desk = demo(tmp_path)
    desk.configure("hold_above: 50", "hold_above: 1")
    assert desk("plan", now=NOW).code == 0
    assert desk("run", now=NOW).code == 1
    assert desk("run", now="2026-11-24T10:10").code == 1, "until somebody decided"


def test_a_book_that_is_missing_is_3_and_wins_over_1(tmp_path):
    desk = demo(tmp_path)
    desk.configure("hold_above: 50", "hold_above: 1")
    desk("run", now=NOW)
    desk.workbook.unlink()
    assert desk("run", now="2026-11-24T10:10").code == 3
    assert desk("check", now=NOW).code == 3
    assert desk("digest", now=NOW).code == 3


def test_wrong_usage_wins_over_a_book_that_is_missing(tmp_path):
    desk = demo(tmp_path)
    desk.workbook.unlink()
    assert desk("run", "nonsense", now=NOW).code == 2


USAGE = [
    (["plan", "nonsense"], "nonsense"),
    (["plan", "--now", "yesterday"], "yesterday"),
    (["plan", "--book", "other"], "other"),
    (["plan", "--nonsense"], "--nonsense"),
    (["nonsense"], "nonsense"),
    (["explain", "AS-1"], "AS-1"),
    (["due", "2026-09-30 16:00", "2 moons"], "2 moons"),
    (["due", "sometime", "2bd"], "sometime"),
    (["outbox", "list", "--state", "lost"], "lost"),
    (["outbox", "show", "9999"], "9999"),
    (["outbox", "approve"], "outbox list"),
    (["outbox", "approve", "1"], "sent"),
    (["preview", "nonsense"], "nonsense"),
    (["run", "-c", "nowhere.yaml"], "nowhere.yaml"),
    (["init", "--locale", "xx", "other"], "xx"),
    (["init", "--preset", "bakery", "other"], "bakery"),
]


@pytest.mark.parametrize(("words", "named"), USAGE, ids=[" ".join(words) for words, _ in USAGE])
def test_wrong_usage_is_2_and_names_what_was_wrong(desk, words, named):
    done = desk(*words)
    assert done.code == 2, done
    assert named in done.err
    assert "Traceback" not in done.err
    assert done.out == ""


def test_no_configuration_anywhere_is_2_and_says_how_to_begin(tmp_path):
    done = aftersales("plan", cwd=tmp_path)
    assert done.code == 2
    assert "aftersales init" in done.err


# -- the clock of a run ------------------------------------------------------------------------------------------


def test_a_run_before_the_last_one_is_refused_and_a_plan_is_not(desk):
    before, outbox = desk.tree("workbooks", "outbox"), desk.outbox()
    done = aftersales("run", "--now", "2026-11-24T09:59:59", cwd=desk.folder)
    assert done.code == 2
    assert "2026-11-24" in done.err
    assert "plan" in done.err
    assert "Traceback" not in done.err
    assert desk("plan", now="2026-11-24T09:00").code == 0
    assert desk.tree("workbooks", "outbox") == before
    assert desk.outbox() == outbox


def test_a_refused_run_leaves_no_run_behind_so_that_the_next_goes_on(desk, tmp_path):
    mine = demo(tmp_path, ran_at=NOW)
    assert mine("run", now="2026-11-23T10:00").code == 2
    mine.run(NOW)


def test_a_naive_now_means_the_desks_zone(fresh):
    one, other = (fresh("plan", "--json", now=now).json for now in (NOW, "2026-11-24T02:00:00+00:00"))
    assert one == other
    assert one["now"] == "2026-11-24T10:00:00+08:00"


# -- JSON --------------------------------------------------------------------------------------------------------

EDIT = {"book", "register", "key", "column", "cell", "old", "new", "reason"}
MESSAGE = {"key", "notice", "channel", "to", "subject", "register", "row_key", "not_before", "state", "reason"}
FINDING = {"severity", "code", "book", "register", "key", "column", "cell", "value", "message"}
CODES = {
    "missing-column",
    "duplicate-column",
    "required",
    "not-a-date",
    "not-a-number",
    "not-a-choice",
    "not-a-phone",
    "not-an-email",
    "out-of-order",
    "in-the-future",
    "duplicate-key",
    "unknown-reference",
    "not-allowed-transition",
    "same-reviewer",
    "too-much",
    "formula-error",
    "needs-evidence",
    "needs-responsible",
    "needs-agreement",
}


def pure(*words, desk, code=0, is_new_process=True):
    """A command's JSON: the whole of stdout, and nothing on stderr but words."""
    done = aftersales(*words, "--json", cwd=desk.folder) if is_new_process else desk(*words, "--json")
    assert done.code == code, done
    assert "Traceback" not in done.err
    return json.loads(done.out)


def test_the_json_of_a_plan(fresh):
    plan = pure("plan", "--now", NOW, desk=fresh)
    assert plan.keys() == {"now", "books", "edits", "appends", "messages", "findings"}
    assert plan["now"] == "2026-11-24T10:00:00+08:00"
    (book,) = plan["books"]
    assert book.keys() == {"name", "location", "registers"}
    assert all(one.keys() == {"rows", "valid"} for one in book["registers"].values())
    assert 0 < book["registers"]["tickets"]["valid"] < book["registers"]["tickets"]["rows"]
    assert all(one.keys() == EDIT for one in plan["edits"])
    assert all(one.keys() == MESSAGE for one in plan["messages"])
    assert {one["state"] for one in plan["messages"]} == {"new"}
    assert all(one.keys() == FINDING for one in plan["findings"])
    assert {one["code"] for one in plan["findings"] if one["severity"] == "error"} <= CODES
    for one in plan["edits"]:
        assert re.fullmatch(r"(\w+|'[^']+')![A-Z]+\d+", one["cell"]), one["cell"]
        assert one["old"] != one["new"]
        if one["column"].endswith("_due"):
            assert datetime.fromisoformat(one["new"]).tzinfo is None
    assert any(one["key"] is None and one["column"] == "ticket_no" for one in plan["edits"]), (
        "an unnumbered row has no key"
    )
    moments = [one["not_before"] for one in plan["messages"] if one["not_before"]]
    assert all(datetime.fromisoformat(one).utcoffset() is not None for one in moments)


def test_the_json_of_a_run(tmp_path):
    run = pure("run", "--now", NOW, desk=demo(tmp_path))
    applied = run["applied"]
    assert {"edits", "appends", "conflicts", "messages", "seconds", "api_calls"} <= applied.keys()
    assert {"sent", "queued", "held", "failed"} <= applied["messages"].keys()
    assert applied["messages"]["sent"] == len(run["messages"])


def test_the_json_of_a_check(fresh):
    check = pure("check", "--now", NOW, desk=fresh, code=1)
    assert {"now", "books", "findings"} <= check.keys()
    assert all(one.keys() == FINDING for one in check["findings"])


def test_the_json_of_the_registers(desk):
    registers = pure("registers", desk=desk, is_new_process=False)
    assert {"tickets", "vendors", "surveys", "staff"} <= registers.keys()
    for one in registers.values():
        assert one["tab"]
        for column in one["columns"]:
            assert {"key", "label", "aliases", "written_by", "type", "required", "choices"} <= column.keys()
            assert column["written_by"] in ("staff", "toolkit", "fill")
            assert all({"key", "label"} <= choice.keys() for choice in column["choices"])


@pytest.mark.parametrize(
    "words",
    [
        ["explain", "AS-20261119-0002", "--now", NOW],
        ["due", "2026-09-30 16:00", "2bd"],
        ["digest", "--now", NOW],
        ["report", "--now", NOW],
        ["outbox", "list"],
        ["outbox", "show", "1"],
        ["preview", "received"],
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_the_other_commands_say_json_and_nothing_else(desk, words):
    assert pure(*words, desk=desk, is_new_process=words[0] == "explain")


def test_a_due_time_counts_the_golden_week(desk):
    # 1 to 7 October are holidays; Wednesday the 30th is not counted; the 8th is day 1, the 9th day 2.
    assert pure("due", "2026-09-30 16:00", "2bd", desk=desk, is_new_process=False)["due"] == "2026-10-09T18:00:00+08:00"


def test_customers_phones_and_addresses_never_stand_open_in_json(fresh, desk):
    rows = fresh.rows()
    private = {str(row[column]) for row in rows for column in ("phone", "email") if row[column]}
    private -= {"1.38E+10"}
    texts = [
        fresh("plan", "--json", now=NOW).out,
        fresh("check", "--json", now=NOW).out,
        desk("outbox", "list", "--json", "--limit", 1000).out,
        desk("run", "--json", "-v", now=NOW).err,
    ]
    for text in texts:
        assert not [one for one in private if one in text]


def test_customers_phones_never_stand_open_in_the_log_nor_in_a_plan_without_full(fresh, desk):
    phones = {str(row["phone"]) for row in fresh.rows() if row["phone"]} - {"1.38E+10"}
    shown = {
        "messages tab": str(desk.rows("messages")),
        "plan": fresh("plan", now=NOW).out,
        "outbox list": desk("outbox", "list").out,
    }
    assert {name: len([one for one in phones if one in text]) for name, text in shown.items()} == dict.fromkeys(
        shown, 0
    )


def test_what_goes_wrong_is_said_beside_the_json_not_in_it(tmp_path):
    desk = demo(tmp_path)
    desk.workbook.write_bytes(b"nothing")
    done = desk("run", "--json", now=NOW)
    assert done.code == 3
    assert json.loads(done.out)["applied"]["refused"]
    assert "aftersales.xlsx" in done.err


# -- the configuration -------------------------------------------------------------------------------------------


def test_every_mistake_in_the_configuration_is_named_with_file_line_value_and_the_nearest_word(tmp_path):
    desk = demo(tmp_path)
    desk.configure("preset: furniture-retail", "preset: furnitur-retail")
    desk.configure("timezone: Asia/Shanghai", "timezone: Asia/Shanghi")
    desk.configure("hold_above: 50", "hold_abov: many")
    lines = (desk.folder / "config.yaml").read_text("utf-8").splitlines()
    done = aftersales("plan", "--json", cwd=desk.folder)
    assert done.code == 2
    assert done.out == ""
    assert "Traceback" not in done.err
    for wrong, right in (
        ("furnitur-retail", "furniture-retail"),
        ("Asia/Shanghi", "Asia/Shanghai"),
        ("hold_abov", "hold_above"),
    ):
        number = next(n for n, one in enumerate(lines, 1) if wrong in one)
        assert re.search(rf"config\.yaml:{number}\b.*{wrong}", done.err), (wrong, done.err)
        assert right in done.err


def test_yaml_that_cannot_be_read_is_named_by_its_line(tmp_path):
    desk = demo(tmp_path)
    desk.configure("country: CN", "country: [CN")
    done = desk("plan")
    assert done.code == 2
    assert re.search(r"config\.yaml:\d+", done.err)
    assert "Traceback" not in done.err


# -- quiet -------------------------------------------------------------------------------------------------------


def test_quiet_says_only_what_is_wrong(tmp_path):
    desk = demo(tmp_path)
    done = aftersales("run", "-q", "--now", NOW, cwd=desk.folder)
    assert (done.code, done.out, done.err) == (0, "", "")
    done = desk("check", "-q", now=NOW)
    assert done.code == 1
    assert "not-a-date" in done.out
    desk.workbook.write_bytes(b"nothing")
    done = desk("run", "-q", now="2026-11-24T10:10")
    assert done.code == 3
    assert done.out == ""
    assert "aftersales.xlsx" in done.err


def test_quiet_plan_says_no_sum(desk):
    done = desk("plan", "-q", now=NOW)
    assert (done.code, done.err) == (0, "")


def test_run_ends_with_a_summary_that_says_where_to_look(tmp_path):
    desk = demo(tmp_path)
    done = aftersales("run", "--now", NOW, cwd=desk.folder)
    assert done.code == 0
    summary = dict(line.split("\t") for line in done.out.splitlines() if "\t" in line)
    assert int(summary["messages sent"]) == len(desk.files())
    assert int(summary["tickets overdue"]) == len([one for one in desk.rows() if one["overdue"]])
    assert "workbooks/aftersales.xlsx" in done.out
    assert "\x1b" not in done.out, "no colours in a pipe"
