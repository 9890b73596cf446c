"""Personal data leaves the database: by time, and when a person asks for it."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text as sql

from tests.contract.outbox_samples import LEASE, MINUTE, NOW, ON_SQLITE, claim, database, key, letter, send
from toolkit.core.actions import Observation, Reservation, RowId
from toolkit.core.message import Accepted, Attachment, Letter, Rejected, State
from toolkit.core.sheets import Contents, Sheet, SheetColumn, Workbook
from toolkit.gateways.excel.sheets import MIME, drawn
from toolkit.gateways.state import BeingSentError, Person, WrongStateError

PHONE, EMAIL, NAME = "13812345678", "Zhang.San@shop.example", "欧阳张三"
TRACES = (PHONE, "138-1234-5678", "１３８１２３４５６７８", EMAIL, EMAIL.casefold(), NAME)
DAY = timedelta(days=1)
OTHER = "li@shop.example"


def everything(state, folder):
    """All bytes that lie on the disk for this database; of PostgreSQL what its tables hold."""
    url = folder / "state.url"
    if not url.exists():
        return b"".join(one.read_bytes() for one in sorted((folder / "state").iterdir()))
    found = []
    with psycopg.connect(url.read_text()) as connection:
        for (table,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall():
            for row in connection.execute(f'SELECT * FROM "{table}"').fetchall():
                found += [one if isinstance(one, bytes) else str(one).encode() for one in row]
    return b"\n".join(found)


def unpacked(state):
    """Journals and attachments, as somebody would read them who looks hard."""
    with state.transaction() as tx:
        blobs = tx.execute(sql("SELECT writes FROM journal")).scalars().all()
        files = tx.execute(sql("SELECT attachments FROM message")).scalars().all()
    contents = [base64.b64decode(one["content"]) for text in files for one in json.loads(text)]
    return b"\n".join([*(zlib.decompress(bytes(one)) for one in blobs), *contents])


def held_traces(state, folder):
    found = everything(state, folder) + unpacked(state)
    return [one for one in TRACES if one.encode() in found or json.dumps(one).encode() in found]


def about(row, role="customer", text="您好", to=EMAIL, **more):
    return letter(key(row, role=role), text=text, to=to, to_name=NAME if role == "customer" else "王师傅", **more)


@pytest.fixture
def desk(state):
    """One customer with two rows, and everything that names them; another customer beside."""
    run = state.begin_run(NOW, NOW, ["tickets"])
    ics = Attachment("visit.ics", "text/calendar", f"BEGIN:VCALENDAR\r\nATTENDEE:{PHONE[:5]}\r\n {PHONE[5:]}".encode())
    state.queue(
        [
            about(
                "T1",
                text=f"{NAME}，您的电话 138-1234-5678",
                letter=Letter(NAME, f"电话 {PHONE}", f"<p>{PHONE}</p>", (ics,)),
            ),
            about("T1", "vendor:V1", text=f"客户 {NAME} {PHONE}", to="wang@vendor.example"),
            letter(key("", "digest", role="staff:S1"), text="迟到：１３８１２３４５６７８", to="boss@shop.example"),
            letter(key("T9"), to=OTHER, text="李女士"),
        ],
        at=NOW,
    )
    send(state, Accepted("id-1"))
    send(state, Rejected("550", f"<{EMAIL}> no such user"))
    for row in ("T1", "T9"):
        seen = Observation(RowId("main", "tickets", row, 2), "status", "open")
        state.record(run, NOW, [seen], [Reservation("main", "tickets", f"f{row}", 0, row)])
    writes = [
        {"key": "T1", "row": 2, "column": "next_step", "old": None, "new": "call"},
        {"key": "T9", "row": 3, "column": "next_step", "old": None, "new": "call"},
        {"key": None, "row": 4, "column": "check", "old": f"see {PHONE}", "new": NAME},
    ]
    state.journal(run, "main", "tickets", writes, NOW)
    state.leave([(("main", "tickets", "T1"), 7), (("main", "tickets", "T9"), 8)])
    return state


PERSON = Person(frozenset({EMAIL, PHONE}), frozenset({NAME}))


def test_a_forgotten_person_is_nowhere_in_the_files(desk, tmp_path):
    assert held_traces(desk, tmp_path)
    desk.forget(PERSON, NOW + MINUTE)
    assert held_traces(desk, tmp_path) == []


def test_the_trail_tells_beforehand_what_is_removed(desk):
    trail = desk.trail(PERSON)
    assert (trail.to_them, trail.about_them, trail.waiting) == ((1,), (2, 3), (3,))
    assert (trail.seen, trail.writes) == (1, {1: 2})
    assert trail.person.rows == {("main", "tickets", "T1")}
    assert desk.forget(PERSON, NOW) == trail
    assert not desk.trail(Person(frozenset({EMAIL, PHONE})))


def test_keys_states_times_and_ids_stay_and_so_does_everybody_else(desk):
    desk.forget(PERSON, NOW + MINUTE)
    memory = desk.memory(["main"])
    assert {key("T1"), key("T1", role="vendor:V1"), key("T9")} <= memory.ever
    assert memory.sent["main", "tickets", "T1"].at == NOW
    assert set(memory.spans) == {("main", "tickets", "T9")}
    assert set(memory.reservations.values()) == {"T1", "T9"}
    one, other = desk.message(1), desk.message(4)
    assert (one.state, one.message.to, one.message.letter.text) == (State.SENT, "", "")
    assert (other.state, other.message.to, other.message.letter.text) == (State.READY, OTHER, "李女士")
    (written,) = desk.journalled(1)
    assert [(one["key"], one["new"]) for one in written.writes] == [("T9", "call")]


def test_what_was_to_go_to_them_never_goes_and_what_others_were_to_hear_may(state):
    theirs, vendors = about("T1"), about("T1", "vendor:V1", to="wang@vendor.example")
    state.queue([theirs, vendors], at=NOW)
    state.forget(Person(frozenset({EMAIL})), NOW)
    assert [one.state for one in state.messages()] == [State.CANCELLED] * 2
    state.queue([theirs, vendors], at=NOW + MINUTE)
    assert [one.message.role for one in state.messages([State.READY])] == ["vendor:V1"]


def workbook_of(text):
    """A report's workbook, packed as it is stored."""
    sheet = Sheet("Money open", "", (SheetColumn("Customer"),), [[text]], "")
    contents = Contents("Contents", "Report", (), ("Table", "About", "Rows"))
    return Attachment("report.xlsx", MIME, drawn(Workbook("report.xlsx", contents, (sheet,))))


@pytest.mark.parametrize("trace", [*TRACES, "欧阳张三 & 李"])
def test_a_person_is_found_in_a_workbook_that_waits_packed_in_the_database(state, trace):
    theirs, others = (
        letter(key("", "report", role=f"staff:S{n}"), to="boss@shop.example", letter=Letter("月报", "", None, (file,)))
        for n, file in enumerate((workbook_of(trace), workbook_of("李女士")))
    )
    state.queue([theirs, others], at=NOW)
    person = Person(frozenset({EMAIL, PHONE}), frozenset({NAME, "欧阳张三 & 李"}))
    assert state.forget(person, NOW + MINUTE).about_them == (1,)
    assert [one.letter.attachments for one in (state.message(1).message, state.message(2).message)] == [
        (), (workbook_of("李女士"),),
    ]  # fmt: skip


def test_a_workbook_is_stored_byte_for_byte_and_goes_with_the_body(state):
    file = workbook_of("李女士")
    report = letter(key("", "report", role="staff:S1"), letter=Letter("月报", "见附件", None, (file,)))
    state.queue([report], at=NOW)
    assert send(state, Accepted("id-1")) == 1
    assert state.message(1).message.letter.attachments == (file,)
    assert state.prune_bodies(NOW + 91 * DAY, 90 * DAY) == 1
    assert state.message(1).message.letter.attachments == ()


def test_nobody_is_forgotten_while_a_message_to_them_is_on_its_way(state, tmp_path):
    state.queue([about("T1", text=PHONE)], at=NOW)
    number = claim(state)
    state.start_sending(number, "me", NOW, lease=LEASE)
    with pytest.raises(BeingSentError, match="being sent"):
        state.forget(PERSON, NOW)
    assert state.message(number).message.letter.text == PHONE
    state.settle(number, "me", Accepted(), NOW)
    state.forget(PERSON, NOW)
    assert held_traces(state, tmp_path) == []


def test_bodies_go_after_their_time_and_the_person_is_still_found(desk, tmp_path):
    assert desk.prune_bodies(NOW + 90 * DAY, 90 * DAY) == 0
    assert desk.prune_bodies(NOW + 91 * DAY, 90 * DAY) == 2
    assert desk.prune_bodies(NOW + 92 * DAY, 90 * DAY) == 0
    first, second = desk.message(1), desk.message(2)
    assert (first.state, first.message.key, first.message.to, first.message.to_name) == (State.SENT, key("T1"), "", "")
    assert (second.note, desk.attempts(2)[0].text) == ("550 <Z***@shop.example> no such user",) * 2 or (
        "Z***@shop.example" in second.note and EMAIL not in desk.attempts(2)[0].text
    )
    assert [one.message.letter.text for one in desk.messages([State.READY])] == [
        "李女士",
        "迟到：１３８１２３４５６７８",
    ]
    assert desk.trail(Person(frozenset({EMAIL}))).to_them == (1,)
    with pytest.raises(WrongStateError, match="cannot be sent again"):
        desk.retry(2, NOW + 92 * DAY)


def test_a_changed_recipient_is_found_under_the_new_address(state):
    state.queue([about("T1")], at=NOW)
    state.queue([replace(about("T1"), to=OTHER)], at=NOW)
    assert state.trail(Person(frozenset({OTHER}))).to_them == (1,)
    assert state.trail(Person(frozenset({EMAIL}))).to_them == ()


@ON_SQLITE
def test_pruned_texts_leave_no_bytes_behind(desk, tmp_path):
    desk.prune_bodies(NOW + 91 * DAY, 90 * DAY)
    desk.forget(Person(frozenset({OTHER, "boss@shop.example"})), NOW + 91 * DAY)
    desk.close()
    assert f"电话 {PHONE}".encode() not in Path(tmp_path / "state" / "toolkit.db").read_bytes()


def test_two_databases_salt_differently(state, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    with database(other) as second:
        for one in (state, second):
            one.queue([about("T1")], at=NOW)
        query = sql("SELECT recipient_hash FROM message")
        hashes = [one.engine.connect().execute(query).scalar() for one in (state, second)]
    assert len(set(hashes)) == 2
    assert all(len(one) == 64 for one in hashes)
