"""`aftersales explain` tells who called whom, and what came of the call-backs; numbers that were typed stay masked."""

from __future__ import annotations

from tests.system.desks import NOW, demo


def test_a_tickets_story_has_its_contacts_and_call_backs(tmp_path):
    desk = demo(tmp_path)
    tried = {one["ticket_no"] for one in desk.rows("contacts") if one["result"] == "No answer"}
    number = next(one["ticket_no"] for one in desk.rows() if one["status"] == "Done" and one["ticket_no"] in tried)
    desk.add(
        "contacts", ticket_no=number, at="2026-11-24T09:00", direction="in", result="reached", said="Ring 138 0000 1234"
    )
    desk.add("surveys", ticket_no=number, called_at="2026-11-24T09:30", satisfaction="quite_satisfied")
    told = desk("explain", number, "--json", now=NOW).json["contacts"]
    assert [one["what"] for one in told if one["by"] is None] == [
        "Incoming Reached Ring 138****1234",
        "call-back CB-20261124-0001: 5 stars",
    ]
    assert next(one for one in told if one["by"] == "Cindy Liu")["what"] == "Outgoing Call-back No answer"
    assert "Outgoing Call-back No answer" in desk("explain", number, now=NOW).out
