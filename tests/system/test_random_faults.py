"""Messages into servers that hang, cut, refuse and dawdle at random: in the end the counts of both sides add up.

The slice is 150 messages a channel, the long run 1,000. `FAULT_SEED` throws other dice.
"""

from __future__ import annotations

import asyncio
import email
import json
import os
import random
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

import pytest

from tests.contract import chat_stubs, sms_stubs
from tests.contract.outbox_samples import NOW, database, key, letter
from tests.contract.sender_samples import server, smtp
from tests.system.ways import ROW
from toolkit.app.deliver import deliver
from toolkit.app.receipts import ask_for_receipts
from toolkit.core.message import Letter, State
from toolkit.gateways.senders import CONNECT
from toolkit.gateways.senders.sms.codes import CHINA

SEED = int(os.environ.get("FAULT_SEED", "20261122"))
TIMEOUT = 0.3
BETWEEN_RUNS = timedelta(hours=3)
MOST_RUNS = 200
ASKED = 12
"""Runs after the last delivery."""
HANG, RESET = "hang", "reset"


class Clock:
    """Every look at it takes a second, so that nobody's pace is exceeded."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        self.now += timedelta(seconds=1)
        return self.now


class Dice:
    """Draws a fault, or most often none; the same ones for the same seed."""

    def __init__(self, faults, share=0.3):
        self.random = random.Random(SEED)
        self.faults = faults
        self.share = share

    def draw(self):
        return self.random.choice(self.faults) if self.random.random() < self.share else None

    def pop(self, _first):  # the SMS stubs keep a list of what to say next
        return self.draw()


# -- e-mail ------------------------------------------------------------------------------------------------------

MAIL_FAULTS = [
    ("MAIL", "451 try later"),
    ("MAIL", "421 too many connections"),
    ("RCPT", "550 no such mailbox"),
    ("RCPT", "450 mailbox busy"),
    ("RCPT", RESET),
    ("RCPT", HANG),
    ("DATA", "451 out of memory"),
    ("DATA", "552 too big"),
    ("DATA", RESET),
    ("DATA", HANG),
    ("TAKEN", RESET),
    ("TAKEN", HANG),
    ("TAKEN", "slow"),
    ("TAKEN", "slow"),
]


class RudeMailServer:
    """At MAIL, RCPT, DATA, or when it has the text and has counted it, something may happen."""

    channel_name, to, can_be_asked = "email", "zhang@shop.example", False

    def __init__(self, clock):
        self.dice, self.clock = Dice(MAIL_FAULTS), clock
        self.fault = None
        self.tries = 0
        self.arrived = Counter()

    async def _may_fail(self, where, server):
        if self.fault is None or self.fault[0] != where:
            return None
        what = self.fault[1]
        if what == RESET:
            server.transport.abort()
        await asyncio.sleep({HANG: TIMEOUT * 3, "slow": TIMEOUT / 4}.get(what, 0))
        return what if what[0].isdecimal() else None

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        self.tries += 1
        self.fault = self.dice.draw()
        if answer := await self._may_fail("MAIL", server):
            return answer
        envelope.mail_from = address
        return "250 ok"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if answer := await self._may_fail("RCPT", server):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        fault = self.fault  # the next dialogue may begin while this one still hangs
        if answer := await self._may_fail("DATA", server):
            return answer
        if fault is None or fault[0] != "DATA":
            self.arrived[email.message_from_bytes(envelope.content)["Subject"]] += 1
            await self._may_fail("TAKEN", server)
        return "250 taken"

    @contextmanager
    def serving(self):
        with server(self) as port:
            yield smtp(port, timeout=TIMEOUT)

    def letter(self, row):
        return Letter(row, "您好")


# -- SMS ---------------------------------------------------------------------------------------------------------


class Deaf(str):
    """HANG or RESET before anything was taken."""

    __slots__ = ()


class DeafStatus(int):
    """A bare status before anything was taken."""

    __slots__ = ()


SMS_FAULTS = [
    sms_stubs.HANG,
    Deaf(sms_stubs.HANG),
    sms_stubs.RESET,
    Deaf(sms_stubs.RESET),
    500,
    DeafStatus(502),
    sms_stubs.GARBAGE,
    ("isv.MOBILE_NUMBER_ILLEGAL",),
    ("isv.BUSINESS_LIMIT_CONTROL",),
    ("isv.AMOUNT_NOT_ENOUGH",),
    ("isp.SYSTEM_ERROR",),
    (400, "isv.SMS_TEMPLATE_ILLEGAL"),
    (503, "ServiceUnavailable"),
]


class RudeGateway(sms_stubs.Aliyun):
    channel_name, can_be_asked = "sms", True

    def __init__(self, clock):
        super().__init__()
        self.answers, self.clock = Dice(SMS_FAULTS), clock
        self.tries = 0

    def answer(self, told, path, headers, body):
        if headers["x-acs-action"] == "SendSms":
            self.tries += 1
        if isinstance(told, Deaf | DeafStatus):
            return 500, {}
        before = len(self.taken)
        said = super().answer(told, path, headers, body)
        if len(self.taken) > before:
            self.taken[-1]["day"] = f"{self.clock.now.astimezone(CHINA):%Y%m%d}"
        return said

    @property
    def arrived(self):
        return Counter(row for one in self.taken for row in ROW.findall(one["text"]))

    @property
    def to(self):
        return f"138{self.answers.random.randrange(10**8):08d}"

    @contextmanager
    def serving(self):
        with sms_stubs.serving(self):
            channel = self.channel(timeout=TIMEOUT)
            channel._now = self.clock
            yield channel

    def letter(self, row):
        return Letter("", f"您好 {row} 见", template=sms_stubs.TEMPLATE, variables={"1": f"您好 {row} 见"})


# -- chat --------------------------------------------------------------------------------------------------------

CHAT_FAULTS = [
    (chat_stubs.HANG, True),
    (chat_stubs.HANG, False),
    (chat_stubs.RESET, True),
    (chat_stubs.RESET, False),
    ((200, "<html>no JSON</html>"), True),
    ((502, "bad gateway"), True),
    ((504, "gateway timeout"), False),
    ((500, "oops"), False),
    ((503, "busy"), False),
    ((429, "slow down", {"Retry-After": "30"}), False),
    ((404, "nothing here"), False),
    ((200, {"code": 9499, "msg": "Bad Request"}), False),
    ((200, {"code": 11232, "msg": "frequency limited"}), False),
]


class RudeBot(chat_stubs.Feishu):
    channel_name, to, can_be_asked = "chat", "#default", False
    per_minute = 10**9

    def __init__(self, clock):
        super().__init__()
        self.dice, self.clock = Dice(CHAT_FAULTS), clock

    def answer(self, path, query, body):
        fault = self.dice.draw()
        if fault is None:
            return super().answer(path, query, body)
        said, is_taken = fault
        if is_taken:
            super().answer(path, query, body)
        else:
            self.requests += 1
        return said

    @property
    def tries(self):
        return self.requests

    @property
    def arrived(self):
        return Counter(row for body in self.posts for row in set(ROW.findall(json.dumps(body))))

    @contextmanager
    def serving(self):
        with chat_stubs.serving(self) as port:
            yield chat_stubs.channel_to("feishu", port, self.clock, read_timeout=TIMEOUT)

    def letter(self, row):
        return Letter("", f"逾期 {row} 见")


# -- both sides count --------------------------------------------------------------------------------------------

ENDS = (State.SENT, State.DELIVERED, State.FAILED, State.UNKNOWN)


def run_until_nothing_waits(state, other, channel, clock):
    """Runs, hours apart, as a desk has them; how many attempts they reported."""
    reported = 0
    for _ in range(MOST_RUNS):
        report = deliver(state, {other.channel_name: channel}, clock)
        reported += len(report.sent) + len(report.failed) + len(report.unknown) + len(report.deferred)
        ask_for_receipts(state, {other.channel_name: channel}, clock)
        if not state.counts().get(State.READY):
            return reported
        clock.now += BETWEEN_RUNS
    raise AssertionError("some message never ends")


def ask_until_all_is_known(state, other, channel, clock):
    """The gateway is asked in later runs too; it hangs and cuts then as before."""
    for _ in range(ASKED):
        clock.now += timedelta(hours=1)
        ask_for_receipts(state, {other.channel_name: channel}, clock)


def rows_in(state, *states):
    return {one.message.row_key for one in state.messages(states, limit=10**6)}


@pytest.mark.parametrize("make", [RudeMailServer, RudeGateway, RudeBot], ids=["smtp", "sms", "chat"])
@pytest.mark.parametrize("count", [150, pytest.param(1000, marks=pytest.mark.long)])
def test_with_faults_at_random_every_message_ends_once_and_the_counts_of_both_sides_add_up(
    make, count, tmp_path, record_property
):
    clock = Clock()
    other = make(clock)
    with database(tmp_path) as state, other.serving() as channel:
        plan = [
            letter(key(f"T{n}", channel=other.channel_name), to=other.to, letter=other.letter(f"T{n}"))
            for n in range(count)
        ]
        state.queue(plan, at=NOW)
        reported = run_until_nothing_waits(state, other, channel, clock)
        ask_until_all_is_known(state, other, channel, clock)
        channel.close()

        counts = state.counts()
        assert set(counts) <= set(ENDS)
        assert sum(counts.values()) == count
        told, unknown = rows_in(state, State.SENT, State.DELIVERED), rows_in(state, State.UNKNOWN)
        failed = rows_in(state, State.FAILED)
        arrived = other.arrived
        assert set(arrived.values()) == {1}, "no key twice at the server"
        assert told <= arrived.keys() <= told | unknown
        assert not failed & arrived.keys()
        assert len(arrived) == len(told) + len(unknown & arrived.keys())
        if other.can_be_asked:
            assert not unknown & arrived.keys(), "what the gateway has is known in the end"
        attempts_add_up(state, other, reported)
    summary = f"{dict(counts)}, {other.tries} tries, {len(unknown & arrived.keys())} unknown ones had arrived"
    record_property("faults", summary)
    print(summary)
    assert min(counts.values()) > 0, "the dice reached every end"


def attempts_add_up(state, other, reported):
    """Each attempt was reported once and reached the server once; the last one of a message says where it stands."""
    stored = state.messages(limit=10**6)
    attempts = {one.id: state.attempts(one.id) for one in stored}
    each = [attempt for these in attempts.values() for attempt in these]
    assert len(each) == reported
    assert len([one for one in each if one.code != CONNECT]) == other.tries
    outcomes = Counter(one.outcome for one in each)
    given_up = [one for one in stored if one.note.startswith("given up")]
    counts = Counter(one.state for one in stored)
    cut_off = [these for these in attempts.values() if these[-1].outcome == "unknown"]
    assert outcomes["unknown"] == len(cut_off), "an unknown one was never tried again"
    assert outcomes["accepted"] + outcomes["unknown"] == (
        counts[State.SENT] + counts[State.DELIVERED] + counts[State.UNKNOWN]
    )
    assert outcomes["rejected"] + len(given_up) == counts[State.FAILED]
    assert outcomes["deferred"] == len(each) - outcomes["accepted"] - outcomes["unknown"] - outcomes["rejected"]
