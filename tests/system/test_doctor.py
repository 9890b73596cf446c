"""`aftersales doctor`: each part of the desk, in health and with each of its usual ills; it changes nothing."""

from __future__ import annotations

import os
import sys
import time

import pytest

from tests.contract.sender_samples import free_port, server
from tests.system.desks import NOW, demo, quickly
from toolkit.excel import patch_workbook

CHECKS = {
    "config", "time zone", "state", "run lock", "calendar", "opening hours", "schedule",
    "book main", "tabs", "templates", "email", "sms", "chat",
}  # fmt: skip


@pytest.fixture
def desk(tmp_path):
    return demo(tmp_path, ran_at=NOW)


def looked(desk, *, now=NOW, code=0):
    done = desk("doctor", "--json", now=now)
    assert done.code == code, done.out + done.err
    return done.json


def lines(found, check, state=None):
    return [one for one in found if one["check"] == check and state in (None, one["state"])]


def the_one(found, check, state):
    one = lines(found, check, state)
    assert len(one) == 1, found
    assert one[0]["cure"]
    return one[0]


def test_a_desk_in_health_is_0_and_every_part_was_looked_at(desk):
    found = looked(desk)
    assert {one["check"] for one in found} == CHECKS
    assert {one["state"] for one in found} == {"ok", "warning"}
    assert all(one["found"] for one in found)
    assert all(bool(one["cure"]) == (one["state"] != "ok") for one in found)
    assert "nobody gets a letter" in the_one(found, "email", "warning")["found"]
    assert "sample's" in the_one(found, "config", "warning")["found"]


def test_nothing_is_changed(tmp_path):
    desk = demo(tmp_path)  # before the first run: not even a database is made
    before = desk.tree()
    looked(desk)
    assert desk.tree() == before


def test_without_json_there_is_a_table_and_q_leaves_out_what_is_well(desk):
    done = desk("doctor", now=NOW)
    assert done.out.startswith("state\tcheck\tfound\twhat to do\n")
    assert " ok, " in done.out
    quiet = desk("doctor", "-q", now=NOW)
    assert "\nok\t" not in quiet.out
    assert "warning\temail\t" in quiet.out


def test_a_configuration_with_mistakes_is_2_and_names_each_line(desk):
    desk.configure("locale: en", "locale: english")
    desk.configure("country: CN", "country: China")
    found = looked(desk, code=2)
    assert [one["state"] for one in found] == ["wrong", "wrong"]
    assert all(one["found"].startswith("config.yaml:") for one in found)


def test_a_workbook_that_is_gone_is_3_and_the_rest_is_looked_at(desk):
    desk.workbook.unlink()
    found = looked(desk, code=3)
    one = the_one(found, "book main", "wrong")
    assert "does not exist" in one["found"]
    assert "mend its path" in one["cure"]
    assert lines(found, "templates", "ok")


def test_a_workbook_that_is_none_is_3(desk):
    desk.workbook.write_bytes(b"PK\x03\x04 no workbook")
    assert lines(looked(desk, code=3), "book main", "wrong")


def test_a_renamed_header_is_1_and_the_cure_is_named(desk):
    patch_workbook(
        desk.workbook, desk.workbook, sheet="Tickets", writes={f"{desk.letters_of('tickets')['customer']}1": "Klient"}
    )
    one = the_one(looked(desk, code=1), "headers", "wrong")
    assert "Customer" in one["found"]
    assert "aliases" in one["cure"]


def test_a_tab_that_is_not_there_is_1(desk):
    desk.configure("    tab: Tickets", "    tab: 2026 tickets")
    assert "2026 tickets" in the_one(looked(desk, code=1), "tabs", "wrong")["found"]


def test_a_workbook_that_is_open_is_told_and_after_hours_a_google_sheet_is_recommended(desk):
    lock = desk.workbook.with_name(f"~${desk.workbook.name}")
    lock.write_bytes(b"\x03Mei".ljust(165))
    soon = the_one(looked(desk, now=None), "book main", "warning")
    assert "Mei has it open" in soon["found"]
    assert "Google" not in soon["cure"]
    long_ago = time.time() - 5 * 3600
    os.utime(lock, (long_ago, long_ago))
    assert "Google sheet" in the_one(looked(desk, now=None), "book main", "warning")["cure"]


def test_a_conflict_copy_is_told(desk):
    desk.workbook.with_name("aftersales (conflicted copy 2026-11-20).xlsx").write_bytes(b"x")
    assert "conflict copy" in the_one(looked(desk), "book main", "warning")["found"]


def test_a_schedule_that_is_too_slow_for_the_shortest_target_is_told(desk):
    desk.configure("run: {every: 10min}", "run: {every: 2h}")
    one = the_one(looked(desk), "schedule", "warning")
    assert "every 2 h; the shortest target is 30min" in one["found"]
    assert one["cure"] == "schedule: {run: {every: 6min}}"


def test_a_year_whose_make_up_days_are_not_known_is_told_and_none_without_holidays(desk):
    assert "for 2027" in the_one(looked(desk), "calendar", "warning")["found"]
    desk.configure("holidays: CN", "holidays: none")
    assert [one["state"] for one in lines(looked(desk), "calendar")] == ["ok"]


def test_hours_that_nobody_works_are_told(desk):
    desk.configure('mon-sat: ["09:00-18:00"]', 'mon-sun: ["09:00-06:00"]')
    assert "very many" in the_one(looked(desk), "opening hours", "warning")["found"]


def test_a_template_that_cannot_be_read_and_one_that_nobody_writes_are_told(desk):
    own = desk.folder / "templates" / "en"
    own.mkdir()
    (own / "received.md").write_text("{% block subject %}Hello{% endblock %}{% block body %}{{ broken", "utf-8")
    (own / "recieved.md").write_text("{% block subject %}{% endblock %}", "utf-8")
    found = looked(desk, code=1)
    assert the_one(found, "templates", "wrong")["found"].startswith("templates/en/received.md:1: ")
    assert "recieved.md" in the_one(found, "templates", "warning")["found"]


def test_a_database_that_is_none_is_1_and_letters_that_wait_are_told(desk):
    found = looked(desk)
    assert lines(found, "state", "ok")[0]["found"].endswith(" messages")
    (desk.folder / "state" / "toolkit.db").write_bytes(b"not a database" * 100)
    for rest in (desk.folder / "state").glob("toolkit.db-*"):
        rest.unlink()
    assert "not a database" in the_one(looked(desk, code=1), "state", "wrong")["found"]


def test_a_held_letter_is_told(tmp_path):
    desk = demo(tmp_path)
    desk.configure("hold_above: 50", "hold_above: 1")
    assert desk("run", now=NOW).code == 1
    assert "held" in the_one(looked(desk), "outbox", "warning")["found"]


def test_a_state_in_a_cloud_folder_is_told(desk):
    desk.configure("state: sqlite:///state/toolkit.db", "state: sqlite:///OneDrive - Firm/toolkit.db")
    assert "cloud drive" in lines(looked(desk), "state", "warning")[0]["found"]


@pytest.mark.skipif(sys.platform == "win32", reason="modes are Unix's")
def test_a_secret_that_everybody_may_read_is_told(desk):
    (desk.folder / ".env").write_text("SMTP_PASSWORD=secret\n", "utf-8")
    (desk.folder / ".env").chmod(0o644)
    one = the_one(looked(desk), "secrets", "warning")
    assert "chmod 600" in one["cure"]
    assert "secret\n" not in str(one)


# -- the mail server ---------------------------------------------------------------------------------------------


def smtp(desk, port, extra=""):
    said = f"email: {{via: smtp, host: 127.0.0.1, port: {port}, security: none, from: a@example.com{extra}}}"
    desk.configure("email: {via: folder} ", said + " ")


def test_a_mail_server_that_lets_us_in_is_told_to_encrypt(desk):
    with server(Inbox()) as port:
        smtp(desk, port)
        assert "nothing is encrypted" in the_one(looked(desk), "email", "warning")["found"]


def test_a_mail_server_that_is_away_and_a_password_that_is_missing_are_1(desk):
    smtp(desk, free_port())
    one = the_one(looked(desk, code=1), "email", "wrong")
    assert "host, port and security" in one["cure"]


def test_a_user_without_a_password_is_1(desk):
    smtp(desk, free_port(), ", user: a@example.com")
    assert "no password" in the_one(looked(desk, code=1), "email", "wrong")["found"]


class Inbox:
    """Takes nothing: nothing is sent."""

    async def handle_DATA(self, *_):  # noqa: N802
        raise AssertionError("a letter was sent")


# -- Google, as far as that goes without one ---------------------------------------------------------------------


def test_a_sheet_without_its_key_file_and_one_that_does_not_answer_are_3(tmp_path):
    done = quickly("init", tmp_path, "--locale", "en", "--google", "abc", cwd=tmp_path)
    assert done.code == 3
    assert "service-account.json does not exist" in done.err
    found = quickly("doctor", "--json", cwd=tmp_path)
    assert found.code == 3
    assert "service account" in the_one(found.json, "book main", "wrong")["cure"]
