"""The customer file through the door: on the terminal, as JSON, as text and as a page."""

from __future__ import annotations

import pytest

from tests.system.desks import NOW, demo


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """After one run."""
    return demo(tmp_path_factory.mktemp("customer"), ran_at=NOW)


def asked(desk, who, *words):
    done = desk("customer", who, "--json", *words, now=NOW)
    assert (done.code, done.err) == (0, "")
    return done.json


def test_the_file_holds_every_register_and_what_was_sent_the_newest_first(desk):
    told = asked(desk, "Melanie King")
    assert told["names"] == ["Melanie King"]
    assert {one["register"] for one in told["timeline"]} == {"Tickets", "Orders", "Returns"}
    moments = [one["at"][:10] for one in told["timeline"]]
    assert moments == sorted(moments, reverse=True)
    sent = [one for one in told["timeline"] if one["what"].startswith("message ")]
    numbers = {one["no"] for one in told["timeline"] if one not in sent}
    ways = (*told["phones"], *told["emails"])
    stored = {one["row_key"] for one in desk.outbox() if one["to"] in ways and one["row_key"] in numbers}
    assert {one["no"] for one in sent} == stored != set()
    assert told["last_contact"]["at"] == "2026-11-24 10:00"
    assert [one["status"] for one in told["open"] if one["register"] == "Tickets"] == ["Dispatched"]
    assert all(one["next"] for one in told["open"])
    assert {(one["amount"], one["what"]) for one in told["money"]} == {("1400.00", "refund to the customer")}


def test_every_way_to_ask_leads_to_the_same_file(desk):
    row = desk.ticket("Melanie King")
    phone = row["phone"]
    told = asked(desk, "Melanie King")
    for who in (
        phone,
        f"+86 {phone[:3]} {phone[3:7]} {phone[7:]}",
        row["email"].upper(),
        row["ticket_no"],
        "melanie KING",
    ):
        assert asked(desk, who) == told


def test_what_reaches_a_customer_is_masked_unless_asked_for(desk):
    row = desk.ticket("Melanie King")
    secrets = [row["phone"], row["email"], row["address"]]
    for words in ((), ("--json",), ("--to", "c.html"), ("--to", "c.txt")):
        done = desk("customer", "Melanie King", *words, now=NOW)
        file = desk.folder / words[1] if len(words) == 2 else None
        text = file.read_text("utf-8") if file else done.out
        assert done.code == 0
        assert "Melanie King" in text
        assert [one for one in secrets if one in text + done.out + done.err] == []
    whole = asked(desk, "Melanie King", "--full")
    assert (whole["phones"], whole["emails"]) == ([row["phone"]], [row["email"]])
    assert row["address"] in whole["addresses"][0]
    texts = [one["text"] for one in whole["timeline"] if one["text"]]
    assert any("Melanie King" in one for one in texts)
    desk("customer", "Melanie King", "--full", "--to", "whole.html", now=NOW)
    page = (desk.folder / "whole.html").read_text("utf-8")
    assert all(one in page for one in secrets)


def test_who_wants_no_messages_and_what_was_tried_in_vain_stand_there(desk):
    row = next(one for one in desk.rows("contacts_opt_out") if str(one["contact"]).startswith("1"))
    customer = next(one for one in desk.rows() if one["phone"] == row["contact"])
    told = asked(desk, customer["ticket_no"])
    assert told["opted_out"] == [f"{row['contact'][:3]}****{row['contact'][-4:]}"]
    vain = next(one for one in desk.rows("contacts") if one["result"] == "No answer")
    told = asked(desk, vain["ticket_no"])
    shown = [one for one in told["timeline"] if one["no"] == vain["contact_no"]]
    assert ["No answer" in one["detail"] for one in shown] == [True]
    assert told["last_contact"]["no"] != vain["contact_no"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("Nobody Atall",), "There is no customer and no number “Nobody Atall”"),
        (("13012345678",), "No row of the desk has this number or address"),
        (("Melanie King", "--to", "c.pdf"), "c.pdf is neither a page (.html) nor a text file (.txt)"),
        (("Melanie King", "--to", "nowhere/x.txt"), "There is no folder nowhere"),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(desk, words, says):
    done = desk("customer", *words, now=NOW)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(says)


def test_a_register_that_could_not_be_read_is_named_and_not_taken_for_empty(tmp_path):
    desk = demo(tmp_path, ran_at=NOW)
    desk.configure("registers:\n", "registers:\n  returns: {tab: Elsewhere}\n")
    done = desk("customer", "Melanie King", now=NOW)
    assert done.code == 3
    assert "! Elsewhere could not be read this time: what stands there is missing here" in done.out
