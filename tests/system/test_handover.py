"""`aftersales handover`: what somebody who goes away, or a shift that ends, leaves to be done (20, Hand-over)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.small_desk import SmallDesk, settings_of
from tests.system.desks import NOW, demo
from toolkit.app.handover import handed_over
from toolkit.gateways.state import open_state


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return demo(tmp_path_factory.mktemp("handover"), ran_at=NOW)


def test_hand_over_lists_what_is_open_of_a_person_the_most_pressing_first(desk):
    told = desk("handover", "Shirley Wang", "--json", now=NOW).json
    assert (told["person"], told["until"]) == ("Shirley Wang", None)
    assert {one["owner"] for one in told["open"]} <= {"Shirley Wang", ""}  # a part is its ticket's
    dues = [one["due"] for one in told["open"] if one["due"]]
    assert dues == sorted(dues)
    assert dues
    promised = [one["at"] for one in told["promises"]]
    assert promised == sorted(promised)
    mine = {row["ticket_no"] for row in desk.rows("tickets") if row["owner"] == "Shirley Wang"}
    over = {"Closed", "Cancelled", "Out of scope", "Merged"}
    assert {one["no"] for one in told["open"] if one["register"] == "Tickets"} == {
        row["ticket_no"] for row in desk.rows("tickets") if row["ticket_no"] in mine and row["status"] not in over
    }


def test_hand_over_as_text_page_and_for_a_shift(desk):
    text = desk("handover", "shirley wang", now=NOW).out
    assert text.startswith("Hand-over of Shirley Wang\n  letters go to Oscar Chen\n")
    done = desk("handover", "S04", "--to", "handover.html", now=NOW)
    assert (done.code, done.err) == (0, "written to handover.html\n")
    page = (Path(desk.folder) / "handover.html").read_text("utf-8")
    assert "<h1>Hand-over of" in page
    assert "Taken over by" in page
    shift = desk("handover", "--shift", "--json", now=NOW).json
    assert (shift["person"], shift["until"]) == (None, "2026-11-25 18:00")
    assert all(one["at"] <= shift["until"] for one in shift["promises"])
    assert 0 < len(shift["open"]) < len([row for row in desk.rows("tickets") if row["ticket_no"]])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Say who hands over"),
        (("Shirly Wang",), "There is nobody called “Shirly Wang” in the staff register; do you mean Shirley Wang?"),
        (("Shirley Wang", "--to", "list.docx"), "list.docx is neither a page (.html) nor a text file (.txt)"),
    ],
)
def test_hand_over_wrong_usage_is_told(desk, words, said):
    done = desk("handover", *words, now=NOW)
    assert done.code == 2
    assert said in done.err


def test_hand_over_at_a_change_of_shift_is_what_is_promised_before_the_next_shift_ends(tmp_path):
    """Two shifts: at 15:00 the early one runs until 16:00, the late one until 22:00; what is due tomorrow is not theirs."""
    settings = settings_of(
        'preset: mall\nshifts: {early: "08:00-16:00", late: "16:00-22:00"}\ncalendar: {week: {mon-sun: ["08:00-22:00"]}, holidays: none}\n'
    )

    def ticket(number, promised):
        return {"ticket_no": number, "opened_at": datetime(2026, 11, 23, 9), "kind": "repair", "customer": number, "email": "a@example.com",
            "problem": "x", "status": "confirmed", "responded_at": datetime(2026, 11, 23, 9, 5), "owner": "Ann",
            "promised_by": promised}  # fmt: skip

    made = SmallDesk(
        settings,
        {
            "tickets": [
                ticket("NOW", datetime(2026, 11, 23, 15, 30)),
                ticket("TONIGHT", datetime(2026, 11, 23, 21)),
                ticket("TOMORROW", datetime(2026, 11, 24, 12)),
            ],
            "staff": [{"name": "Ann", "deputy": "Bob"}, {"name": "Bob"}],
        },
    )
    now = made.moment("2026-11-23T15:00")
    with open_state("sqlite:///state.db", tmp_path) as state:
        found = handed_over(_OnlyState(state), made.snapshot(now), settings, now, None, by_shift=True)
        assert found.until == made.moment("2026-11-23T22:00")
        assert [one.at.row.key for one in found.promises] == ["NOW", "TONIGHT"]
        assert {one.at.row.key for one in found.open} == {"NOW", "TONIGHT"}
        ann = handed_over(_OnlyState(state), made.snapshot(now), settings, now, "Ann")
        assert (ann.deputy, [one.at.row.key for one in ann.promises]) == ("Bob", ["NOW", "TONIGHT", "TOMORROW"])


class _OnlyState:
    """A desk of which only the database is asked."""

    def __init__(self, state):
        self.state = state
