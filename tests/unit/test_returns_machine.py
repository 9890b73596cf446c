"""Returns over weeks of runs: staff take every way that there is, and some that there is not; time passes; runs come between.

What must hold after every run: a second run plans nothing, a letter went once, only toolkit cells were written, the parts of a
refund add up and are not more than was paid, and a status that does not follow is never taken for granted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.unit.returns_desk import LINE, NOW, Desk
from toolkit.registers.returns import RETURNS
from toolkit.registers.schema import Writer
from toolkit.rules.returns import MOVES, OVER, ways

KINDS = RETURNS.by_key["kind"].choices
STATUSES = RETURNS.by_key["status"].choices
ADDRESS = {"return_to_contact": "Returns desk", "return_to_address": "Unit 3"}
Cells = dict[str, Any]


def config(refund_when: str) -> str:
    return f"returns: {{refund_when: {refund_when}}}\ntabs: [returns, orders]"


def typed(kind: str, before: str, after: str, at: datetime) -> Cells:
    """What staff fill in when they rightly take a line from one state to another at `at`."""
    reviewed = {"reviewer": "Olga", "review": "approved", "reviewed_at": at}
    financed = {"finance_reviewer": "Finn", "finance_review": "approved", "finance_at": at}
    back = {"received_at": at, "inspected_at": at, "inspection": "passed", "inspected_by": "Wanda", "restocked_at": at}
    if after == "pending_review":
        if before in ("rejected", "cancelled"):
            blank = dict.fromkeys(("review", "reviewed_at", "reject_reason", "shipped", "finance_review", "finance_at"))
            return blank | dict.fromkeys(("received_at", "inspected_at", "inspection", "inspected_by", "restocked_at"))
        return {**financed, "finance_review": "sent_back"}
    if after == "rejected":
        if kind == "refund_only":
            return {"shipped": True, "reject_reason": "Already on its way"}
        if before == "waiting_for_goods":
            return {**back, "inspection": "failed", "restocked_at": None, "reject_reason": "Worn"}
        return {**reviewed, "review": "rejected", "reject_reason": "Too late"}
    match kind, after:
        case "refund_only", "completed":
            return {"refunded_at": at, "refund_method": "original"}
        case "refund_only", _:
            return {}
        case _, "approved":
            return {**reviewed, "replacement_in_stock": True if kind == "exchange" else None}
        case _, "waiting_for_goods":
            on = {**ADDRESS, "return_by": datetime(at.year, at.month, at.day) + timedelta(days=9)}
            return on if kind == "exchange" else {**financed, **on}
        case "return_and_refund", "waiting_for_refund":
            return {**ADDRESS, **financed} if before == "approved" else back
        case "return_and_refund", "completed":
            return {**back, "refunded_at": at, "refund_method": "original"}
        case "exchange", "waiting_for_replacement":
            return back
        case "exchange", "completed":
            return {"resent_at": at, "resent_waybill": "SF1", "resent_received_at": at}
    return {}


def take(desk: Desk, row: int, kind: str, before: str, after: str, at: datetime) -> None:
    """Staff take a line on. What happened once happened then: nobody dates it anew."""
    standing = desk.rows[row]
    once = {one for one in ("received_at", "inspected_at", "restocked_at", "refunded_at") if standing.get(one)}
    cells = typed(kind, before, after, at)
    desk.type(row, **{one: value for one, value in cells.items() if value is None or one not in once}, status=after)


def after_a_run(desk: Desk, now: datetime) -> None:
    """What holds after every run."""
    again = desk.plan(now)
    assert (again.edits, again.observations, again.reservations, again.appends) == ((), (), (), ())
    assert {one.key for one in again.occasions if not one.skip} <= desk.memory.occasions
    amounts = [Decimal(str(one["refund_amount"])) for one in desk.rows if one.get("refund_amount") is not None]
    for row in desk.rows:
        if row.get("case_refund") is not None and row.get("refund_amount") is not None:
            assert Decimal(str(row["case_refund"])) == sum(amounts)
            paid = Decimal(str(row["unit_price"])) * row["quantity"] + Decimal(str(row.get("freight_paid") or 0))
            assert 0 <= Decimal(str(row["refund_amount"])) <= paid


def run(desk: Desk, now: datetime) -> None:
    plan = desk.run(now)
    written = {one.column for one in plan.edits}
    assert all(RETURNS.by_key[one].written_by is not Writer.STAFF for one in written)
    after_a_run(desk, now)


def walk(desk: Desk, kind: str, path: tuple[str, ...], now: datetime) -> Iterator[str]:
    """Every way on from the end of a path, until a state comes back or nothing follows; gives the states that were reached."""
    yield path[-1]
    run(desk, now)
    assert (desk.rows[0].get("next_step") is None) is (path[-1] in OVER), path
    letters = Counter(one for one in desk.sent if one[0].startswith("return-"))
    reviews = path.count("pending_review")  # what is looked at anew is answered anew
    assert max(letters.values(), default=0) <= reviews, (path, letters)
    assert len(desk.told_keys) == len(set(desk.told_keys)), path
    if path[-1] in path[:-1]:
        return
    only = () if desk.settings.returns.refund_when == "finance" else ("refund_first", "goods_awaited")
    later = now + timedelta(hours=5)
    for after, condition in ways(kind, path[-1]).items():
        if condition not in only:
            branch = desk.copy()
            take(branch, 0, kind, path[-1], after, later.replace(tzinfo=None) - timedelta(minutes=5))
            faults = branch.found(later)
            assert faults == [], (path, after, faults)
            yield from walk(branch, kind, (*path, after), later)


@pytest.mark.parametrize("refund_when", ["inspected", "finance"])
@pytest.mark.parametrize("kind", KINDS)
def test_returns_every_path_of_every_kind_is_walked_and_each_letter_goes_once(kind, refund_when):
    bare = {"shipped": None, "delivered_on": None} if kind == "refund_only" else {}
    desk = Desk([{**LINE, "kind": kind, **bare}], config(refund_when))
    assert set(walk(desk, kind, ("pending_review",), NOW)) == {*MOVES[kind], "completed"}


class Returns(RuleBasedStateMachine):
    """One case of up to three lines, of which each goes its own way."""

    @initialize(
        kind=st.sampled_from(KINDS),
        prices=st.lists(st.integers(1, 99_999), min_size=1, max_size=3),
        freight=st.integers(0, 5_000),
        refund_when=st.sampled_from(["inspected", "finance"]),
    )
    def begin(self, kind: str, prices: list[int], freight: int, refund_when: str) -> None:
        bare = {"shipped": None, "delivered_on": None} if kind == "refund_only" else {}
        rows = [
            {
                **LINE,
                **bare,
                "kind": kind,
                "return_no": None,
                "line_no": str(number),
                "product": f"P{number}",
                "unit_price": price / 100,
                "freight_paid": freight / 100,
                "coupons_used": 3.33,
            }
            for number, price in enumerate(prices, 1)
        ]
        self.kind = kind
        self.desk = Desk(rows, config(refund_when))
        self.refund_first = refund_when == "finance"
        self.now = NOW
        self.stands = ["pending_review"] * len(rows)
        self.jumped: set[int] = set()
        self.is_fresh = False

    @rule(data=st.data())
    def take_a_way(self, data: st.DataObject) -> None:
        """Staff do what is listed, and fill in what it takes."""
        row = data.draw(st.integers(0, len(self.stands) - 1))
        before = self.stands[row]
        on = [
            after
            for after, condition in ways(self.kind, before).items()
            if self.refund_first or condition not in ("refund_first", "goods_awaited")
        ]
        if not on or row in self.jumped:
            return
        after = data.draw(st.sampled_from(on))
        if after == "cancelled" and (self.desk.rows[row].get("received_at") or self.desk.rows[row].get("refunded_at")):
            return
        if (
            after == "waiting_for_goods"
            and before == "waiting_for_refund"
            and not self.desk.rows[row].get("refunded_at")
        ):
            self.desk.type(row, refunded_at=self.wall, refund_method="original")
        take(self.desk, row, self.kind, before, after, self.wall)
        self.stands[row] = after
        self.run()

    @property
    def wall(self) -> datetime:
        return self.now.replace(tzinfo=None) - timedelta(minutes=1)

    @rule(data=st.data())
    def jump(self, data: st.DataObject) -> None:
        """Somebody types a status that no listed way leads to; it is said, and the line stays where it stood."""
        row = data.draw(st.integers(0, len(self.stands) - 1))
        before = self.stands[row]
        self.run()
        wrong = [one for one in ("completed", "waiting_for_refund", "waiting_for_replacement") if one != before]
        after = data.draw(st.sampled_from(wrong))
        if after in ways(self.kind, before) or before in ("approved", "waiting_for_goods", "waiting_for_refund"):
            return  # from there on it depends on cells, which the tables of the states judge
        self.desk.type(row, status=after)
        assert (row, "status", "not-allowed-transition") in self.desk.found(self.now)
        told = list(self.desk.sent)
        self.run()
        assert [one for one in self.desk.sent[len(told) :] if one[0].startswith("return-")] == []
        assert (row, "status", "not-allowed-transition") in self.desk.found(self.now)
        self.desk.type(row, status=before)
        self.run()
        assert (row, "status", "not-allowed-transition") not in self.desk.found(self.now)

    @rule(hours=st.integers(1, 100))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self.run()

    @rule(data=st.data())
    def staff_sort(self, data: st.DataObject) -> None:
        """The sheet is sorted: nothing is told anew."""
        order = data.draw(st.permutations(range(len(self.stands))))
        self.run()
        told = list(self.desk.sent)
        self.desk.rows = [self.desk.rows[place] for place in order]
        self.stands = [self.stands[place] for place in order]
        self.run()
        assert self.desk.sent == told

    def run(self) -> None:
        run(self.desk, self.now)
        self.is_fresh = True

    @invariant()
    @precondition(lambda self: getattr(self, "is_fresh", False))
    def each_letter_went_once(self) -> None:
        assert len(self.desk.memory.occasions) == len(set(self.desk.memory.occasions))
        twice = [one for one, count in Counter(self.desk.told_keys).items() if count > 1]
        assert twice == []

    @invariant()
    @precondition(lambda self: getattr(self, "is_fresh", False))
    def the_lines_stand_where_they_were_taken(self) -> None:
        found = [(row, code) for row, _, code in self.desk.found(self.now) if code == "not-allowed-transition"]
        assert found == []
        assert len({one["return_no"] for one in self.desk.rows}) == 1
        assert [one["status"] for one in self.desk.rows] == self.stands


Returns.TestCase.settings = settings(
    max_examples=6, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck)
)
test_returns_machine = Returns.TestCase
