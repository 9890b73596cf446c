"""The outbox under any order of moves, by Hypothesis: whoever dies, changes or hurries, nobody hears a thing twice."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.contract.outbox_samples import CHANNELS, LEASE, MINUTE, NOW, database, key, letter
from toolkit.core.errors import UsageError
from toolkit.core.message import (
    Accepted,
    Deferred,
    Delivered,
    NotFound,
    Rejected,
    State,
    StillOpen,
    Undelivered,
    Unknown,
)

ROWS = "abc"
GROUPS = st.lists(st.sampled_from(["a", "b", "c", "ab", "bc", "abc"]), max_size=3, unique=True)
OUTCOMES = st.sampled_from([Accepted("x"), Rejected("550"), Deferred("451"), Deferred("connect"), Unknown("cut")])
RECEIPTS = st.sampled_from([Delivered("x"), Undelivered("off"), StillOpen("x"), NotFound(), None])
FOLDER = Path("/dev/shm") if Path("/dev/shm").is_dir() else None


def occasions(state):
    """Every occasion: (outcome, message id)."""
    with state.transaction() as tx:
        rows = tx.exec_driver_sql("SELECT key, outcome, message_id FROM occasion").all()
    return {name: (outcome, number) for name, outcome, number in rows}


class OutboxMachine(RuleBasedStateMachine):
    """`told` counts what really left the house for an occasion; `by_hand` the leave that persons gave to repeat."""

    fresh: Path

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=FOLDER))
        shutil.copytree(self.fresh, self.folder / "state")
        self.state = database(self.folder)
        self.now = NOW
        self.sending = {}
        self.told = Counter()
        self.by_hand = Counter()

    def teardown(self):
        self.state.close()
        shutil.rmtree(self.folder)

    @rule(
        groups=GROUPS,
        text=st.sampled_from("xy"),
        to=st.sampled_from(["p@x.example", "q@x.example"]),
        held=st.booleans(),
    )
    def plan(self, groups, text, to, held):
        """A run plans; it renders each occasion once, however it merges them."""
        rendered, plan = set(), []
        for group in groups:
            names = [name for name in group if name not in rendered]
            rendered.update(names)
            if names:
                state = State.HELD if held else State.READY
                expires_at = self.now + 3 * LEASE if "c" in names else None
                plan.append(letter(*map(key, names), text=text, to=to, state=state, expires_at=expires_at))
        self.state.queue(plan, at=self.now)
        # nothing that stands is forgotten
        assert {key(name) for name in rendered} <= self.state.memory(["main"]).occasions
        again = self.state.queue(plan, at=self.now)
        assert (again.new, again.replaced, again.readdressed, again.cancelled) == ((), (), (), ())

    @rule(owner=st.sampled_from(["one", "two"]), limit=st.integers(1, 3))
    def claim(self, owner, limit):
        for stored in self.state.claim(owner, self.now, lease=LEASE, channels=CHANNELS, limit=limit):
            if self.state.start_sending(stored.id, owner, self.now, lease=LEASE):
                self.sending[stored.id] = (owner, self.state.message(stored.id).message)

    @rule(owner=st.sampled_from(["one", "two"]))
    def claim_and_die(self, owner):
        self.state.claim(owner, self.now, lease=LEASE, channels=CHANNELS)

    @rule(outcome=OUTCOMES, arrived=st.booleans())
    def answer(self, outcome, arrived):
        """The network answers; on an unknown outcome it may have arrived all the same."""
        if not self.sending:
            return
        number, (owner, message) = self.sending.popitem()
        if isinstance(outcome, Accepted) or (isinstance(outcome, Unknown) and arrived):
            self.told.update(message.occasions)
        down = isinstance(outcome, Deferred) and outcome.code == "connect"
        self.state.settle(number, owner, outcome, self.now, channel_down=down)

    @rule(arrived=st.booleans())
    def die_while_sending(self, arrived):
        if self.sending:
            _, (_, message) = self.sending.popitem()
            if arrived:
                self.told.update(message.occasions)

    @rule(minutes=st.sampled_from([1, 5, 31, 200]))
    def time_passes(self, minutes):
        # A lease is longer than any send: while one is on its way, time does not run past it.
        self.now += MINUTE if self.sending else timedelta(minutes=minutes)

    @rule(alone=st.booleans())
    def reap(self, alone):
        self.state.reap(self.now, alone=alone and not self.sending)
        self.state.expire(self.now)

    @rule(number=st.integers(1, 5), word=st.sampled_from(["approve", "retry", "cancel", "settle"]))
    def a_person_decides(self, number, word):
        try:
            before = self.state.message(number)
            match word:
                case "approve":
                    self.state.approve(number, self.now)
                case "retry":
                    self.state.retry(number, self.now)
                    if before.state != State.EXPIRED:
                        self.by_hand.update(before.message.occasions)
                case "cancel":
                    self.state.cancel(number, self.now, "no")
                case _:
                    self.state.settle_as_sent(number, self.now)
        except UsageError:
            return

    @rule(receipt=RECEIPTS)
    def ask(self, receipt):
        """The other side is asked what became of some, and may answer anything."""
        for one in self.state.unsettled(
            CHANNELS, self.now, unknown_for=10 * MINUTE, sent_within=timedelta(days=3), limit=2
        ):
            landed = self.state.take_receipt(one, receipt, self.now)
            assert landed in (None, State.SENT, State.DELIVERED, State.UNDELIVERED)

    @invariant()
    def nobody_hears_a_thing_twice_unless_a_person_said_so(self):
        assert all(count <= 1 + self.by_hand[name] for name, count in self.told.items())

    @invariant()
    def every_planned_occasion_is_in_exactly_one_living_message(self):
        alive = [m for m in self.state.messages() if m.state != State.CANCELLED]
        serving = Counter(name for m in alive for name in m.message.occasions)
        assert all(count == 1 for count in serving.values())
        assert len({m.message.key for m in alive}) == len(alive)
        for name, (outcome, number) in occasions(self.state).items():
            assert (name in serving) == (outcome in ("planned", "sent"))
            if name in serving:
                assert name in self.state.message(number).message.occasions

    @invariant()
    def what_was_told_is_remembered(self):
        assert set(self.told) <= self.state.memory(["main"]).occasions


def test_no_order_of_moves_tells_anybody_twice_or_loses_an_occasion(tmp_path_factory):
    folder = tmp_path_factory.mktemp("machine")
    database(folder).close()
    OutboxMachine.fresh = folder / "state"
    case = OutboxMachine.TestCase
    case.settings = settings(
        max_examples=25,
        stateful_step_count=25,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    case("runTest").runTest()
