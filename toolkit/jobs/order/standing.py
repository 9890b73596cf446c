"""An order as of one moment: when it can leave, when it must, whether its promise is at risk; what cells and letters look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import Any

from toolkit.core.memory import Span
from toolkit.core.reason import Name, Reason, because
from toolkit.jobs.clocked import Clocks, typed_due
from toolkit.jobs.order.leads import Lead, Leads
from toolkit.jobs.order.promise import PROMISE, STOCK, Moved, moved, stock_gone_at
from toolkit.jobs.order.tickets import Entered
from toolkit.jobs.recipients import opted_out
from toolkit.jobs.since import go_live
from toolkit.jobs.ticket.view import Views
from toolkit.registers.fold import fold
from toolkit.registers.order import day_of
from toolkit.registers.orders import ORDERS
from toolkit.registers.schema import When
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table
from toolkit.rules.clock import Clock
from toolkit.rules.shipping import Basis, Estimate, estimate, workdays_of
from toolkit.settings.lexicons import lexicon_of
from toolkit.settings.model import Settings

HAS_LEFT = frozenset({"shipped", "arrived", "picked_up", "installed", "completed"})
CLOCKS = ("ship", "promise", "notice", "claim")
"""The clocks that this job keeps; the entry of an installation (P-12) is the call-backs' affair."""


class Desk:
    """What the orders of one run share."""

    def __init__(self, snapshot: Snapshot, settings: Settings, now: datetime) -> None:
        self.snapshot, self.settings, self.now = snapshot, settings, now
        self.setting = settings.orders
        self.views = Views(lambda locale: lexicon_of(settings, locale))
        self.words = self.views.words(settings.locale)
        self.workdays = workdays_of(snapshot.calendar)
        self.leads = Leads(snapshot, self.setting.outlook_age, now)
        self.entered = Entered(snapshot, settings)
        self.since = go_live(settings, snapshot, now)
        found = {"claim_by": self.claim_by, "waybill_on": _notice_starts, "shipped_on": _left_on}
        self.clocks = Clocks(snapshot, settings, now, "orders", found)
        self._past = Clocks(snapshot, settings, now, "orders", {**found, "waybill_on": _notice_started})

    def past_clocks(self, table: Table, row: Any) -> tuple[Clock, ...]:
        """Every clock of this job's that ran on an order or runs, also of goods that have come since."""
        return tuple(one for one in self._past.of(table, row) if one.policy.clock in CLOCKS)

    @cached_property
    def opted_out(self) -> frozenset[str]:
        """Who wants no messages."""
        return opted_out(self.snapshot, self.settings)

    def claim_by(self, row: Any) -> date | None:
        """The last day on which the carrier takes a claim; None where nothing is broken."""
        since = row.picked_up_on or row.arrived_on
        if not row.damaged_on_pickup:
            return None
        typed: date | None = row.claim_by
        return typed or (since + self.setting.claim_within if since is not None else None)

    def orders(self) -> Iterator[Standing]:
        """Every order line of every book."""
        for table in self.snapshot.of("orders"):
            seen = self.snapshot.memory.spans.of(table.book, "orders")
            for row in table.rows:
                is_named = row.key is not None and row.key in table.by_key
                yield Standing(self, table, row, row.key if is_named else None, seen.get(row.key or "", {}))


def _left_on(row: Any) -> When | None:
    """Goods that arrived have left, whether or not anybody wrote down when."""
    left: When | None = row.shipped_on or row.arrived_on or row.picked_up_on
    return left


def _notice_starts(row: Any) -> When | None:
    """A notice of shipment is owed while the goods are on their way."""
    is_owed = row.waybill and row.arrived_on is None and row.picked_up_on is None
    day: When | None = row.waybill_on if is_owed else None
    return day


def _notice_started(row: Any) -> When | None:
    """A notice that was due, as one looks back on it: the goods may have come since."""
    day: When | None = row.waybill_on if row.waybill and row.waybill_verified_at is not None else None
    return day or _notice_starts(row)


@dataclass(eq=False)
class Standing:
    """One order line. `number` is its key, None where it has none of its own: of such a row nobody is written to."""

    desk: Desk
    table: Table
    row: Any
    number: str | None
    seen: Mapping[str, tuple[Span, ...]]

    @property
    def is_over(self) -> bool:
        """Completed or cancelled: the results stand."""
        return self.row.status in ORDERS.over

    @property
    def has_left(self) -> bool:
        """The goods are no longer here."""
        return self.row.status in HAS_LEFT or _left_on(self.row) is not None

    @property
    def is_waiting(self) -> bool:
        """The goods have still to leave."""
        return not self.is_over and not self.has_left

    @cached_property
    def today(self) -> date:
        """The day it is where the book is kept."""
        return self.desk.snapshot.today(self.table, self.desk.now)

    @cached_property
    def order_no(self) -> str:
        """The order's number, however it is spelt."""
        return fold(self.row.order_no or "")

    @cached_property
    def lead(self) -> Lead | None:
        """The factory's lead time."""
        return self.desk.leads.of(self.table.book, self.row)

    @property
    def goes_by_lead(self) -> bool:
        """Whether the estimate asks the outlook."""
        row = self.row
        return row.making_days is None and not row.in_stock and row.factory_due is None

    @cached_property
    def estimate(self) -> Estimate:
        """When it is expected to leave; as the last run left it while the outlook cannot be read."""
        if self.goes_by_lead and not self.desk.leads.is_known:
            return Estimate(Basis.LEAD, self.row.estimated_ship_on)
        return estimate(self.row, self.lead.days if self.lead else None, self.desk.workdays)

    @cached_property
    def must_ship(self) -> datetime | None:
        """When it must have left for the promise to be met."""
        if self.row.promised_by is None:
            return None
        snapshot, way = self.desk.snapshot, self.desk.setting.transit
        promised_at = typed_due(snapshot, self.table, self.row.promised_by)
        if not way.amount:
            return promised_at
        day = snapshot.wall(self.table, snapshot.calendar.before(promised_at, way)).date()
        return snapshot.at(self.table, datetime.combine(day, time(23, 59, 59)))

    @cached_property
    def clocks(self) -> tuple[Clock, ...]:
        """The clocks that this job keeps, of which something is still open."""
        if self.is_over:
            return ()
        clocks = self.desk.clocks
        its = clocks.counted(self.row, clocks.of(self.table, self.row))
        return tuple(one for one in its if one.policy.clock in CLOCKS)

    def clock(self, name: str) -> Clock | None:
        """The open clock of that name."""
        return next((one for one in self.clocks if one.policy.clock == name), None)

    @cached_property
    def moved(self) -> Moved | None:
        """How its promise moved."""
        return moved(self.seen.get(PROMISE, ()), self.row.promised_by, self.desk.now) if self.number else None

    @property
    def is_stock_gone(self) -> bool:
        """It was in stock, is not any more, and the customer has not accepted a new date since."""
        gone_at = stock_gone_at(self.seen.get(STOCK, ()), self.row.in_stock, self.desk.now)
        if gone_at is None or not self.is_waiting:
            return False
        return self.moved is None or self.moved.at < gone_at

    @cached_property
    def risk(self) -> Reason | None:
        """Why its promise will not be met, as far as anybody can tell; None where it will, or where it has left."""
        due, row, found = self.must_ship, self.row, self.estimate
        if due is None or not self.is_waiting:
            return None
        last = self.desk.snapshot.wall(self.table, due).date()
        if found.ship_on is not None and found.ship_on > last and found.ship_on >= self.today:
            days = (found.ship_on - last).days
            return because("risk.late", days=days, ship_on=found.ship_on, promised=row.promised_by)
        if self.desk.now > due:
            return because("risk.passed", promised=row.promised_by)
        promise = self.clock("promise")
        if promise is None or promise.warn_at is None or self.desk.now < self._near(promise.warn_at):
            return None
        if found.missing:
            return because("risk.unknown", promised=row.promised_by, columns=self.missing)
        if found.ship_on is not None and found.ship_on < self.today:
            return because("risk.slipped", promised=row.promised_by, ship_on=found.ship_on)
        return None

    @property
    def is_certain_to_be_late(self) -> bool:
        """Whether the promise cannot be kept any more, not only gives reason to fear for it: the goods may still leave in time."""
        return self.risk is not None and self.risk.code in ("risk.late", "risk.passed")

    def _near(self, warn_at: datetime) -> datetime:
        """The promise comes near so long before it; the way that the goods take comes on top."""
        due = self.must_ship
        promised_at = typed_due(self.desk.snapshot, self.table, self.row.promised_by)
        return warn_at - (promised_at - due) if due is not None else warn_at

    @property
    def missing(self) -> tuple[Name, ...]:
        """What would have to be known to say when it leaves."""
        return tuple(Name("orders", one) for one in self.estimate.missing)

    @property
    def is_early(self) -> bool:
        """Ready so long before it must leave that the customer may be asked whether it can come earlier."""
        due = self.must_ship
        if due is None or self.row.status != "ready" or not self.is_waiting:
            return False
        return self.desk.snapshot.calendar.before(due, self.desk.setting.early_by) > self.desk.now

    def told_since(self, moment: datetime) -> bool:
        """Whether the customer was told of a delay, by the staff's own word, on that day or later."""
        told = self.row.delay_told_at
        return told is not None and day_of(told) >= self.desk.snapshot.wall(self.table, moment).date()
