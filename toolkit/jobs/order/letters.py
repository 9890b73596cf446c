"""What is written about an order: a new date, shipment, pick-up advice to the customer; a promise at risk to who follows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from toolkit.core.actions import Occasion, Recipient, RowId
from toolkit.core.reason import because
from toolkit.jobs.order.standing import Desk, Standing
from toolkit.jobs.order.view import order_view
from toolkit.jobs.recipients import chain, present, reached, role_of_person
from toolkit.jobs.since import is_news
from toolkit.registers.schema import When
from toolkit.rules.policy import fits
from toolkit.settings.sections.notices import Notice

RISK = "order-at-risk"


class Letters:
    """The letters of a run. Of an order in several lines one line speaks for those that say the same."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._said: set[tuple[str, str, str, str]] = set()

    def of(self, one: Standing) -> Iterator[Occasion]:
        """The letters that stand for an order line now. A row that was misread writes to nobody outside."""
        if one.number is None or one.is_over:
            return
        if one.is_waiting:
            yield from self._at_risk(one)
        if one.row.has_fault:
            return
        if one.is_waiting:
            yield from self._new_date(one)
        elif one.row.waybill and one.row.waybill_verified_at is not None and one.row.picked_up_on is None:
            yield from self._shipment(one)
        if one.row.picked_up_on is None:
            yield from self._pickup(one)

    def _new_date(self, one: Standing) -> Iterator[Occasion]:
        """The promise moved: the customer hears the new date, in time to plan (P-17).

        An earlier one that will not be met either is no news to be glad of: that the goods can come earlier would not be true.
        """
        if one.moved is not None and (one.moved.is_later or not one.is_certain_to_be_late):
            name = "delivery-delayed" if one.moved.is_later else "delivery-earlier"
            yield from self._to_customer(one, name, one.moved.cause, one.moved.at, one.moved.turn)

    def _shipment(self, one: Standing) -> Iterator[Occasion]:
        """Once the waybill can be traced, until the goods are there (P-16)."""
        if one.row.arrived_on is None and one.row.carrier:
            yield from self._to_customer(one, "shipment", one.row.waybill, self._at(one, one.row.waybill_verified_at))

    def _pickup(self, one: Standing) -> Iterator[Occasion]:
        """What to look out for, before the customer collects: when the goods are there, or must be soon."""
        row, wait = one.row, self._desk.setting.pickup_after
        at = self._at(one, row.arrived_on) if row.arrived_on is not None else None
        if at is None and row.waybill and row.waybill_verified_at is not None and wait is not None:
            at = self._at(one, row.waybill_verified_at) + wait
        if at is not None and at <= self._desk.now:
            yield from self._to_customer(one, "pickup", row.waybill or row.order_no, at)

    def _at_risk(self, one: Standing) -> Iterator[Occasion]:
        """The promise will not be met: whoever follows the order tells the customer, then enters the new date (P-17)."""
        desk, notice, promise = self._desk, self._desk.settings.notices.get(RISK), one.clock("promise")
        if notice is None or promise is None or promise.is_overdue or one.risk is None:
            return
        owner = one.row.tracker or one.row.salesperson
        found = chain(desk.snapshot, owner, one.table.book, notice.to, one.row.store)
        person = present(desk.snapshot, found, one.today)
        if person is None or not self._is_first(one, RISK, one.row.promised_by):
            return
        bounced = desk.snapshot.memory.bounced
        for to in reached(notice, desk.settings, person, role_of_person(person), person.name, frozenset(), bounced):
            values = partial(_values, one, policy_no=promise.policy.no, is_certain=one.is_certain_to_be_late)
            yield self._occasion(one, notice, to, _text(one.row.promised_by), desk.now, promise.due_at, values)

    def _to_customer(
        self, one: Standing, name: str, cause: When | str, at: datetime, turn: int = 0
    ) -> Iterator[Occasion]:
        desk, notice = self._desk, self._desk.settings.notices.get(name)
        if notice is None or not fits(notice.when, one.row) or not is_news(at, desk.settings, desk.since):
            return
        if not self._is_first(one, name, cause):
            return
        expires_at = desk.snapshot.calendar.add(at, notice.expires) if notice.expires else None
        row, bounced = one.row, desk.snapshot.memory.bounced
        for to in reached(notice, desk.settings, row, "customer", row.customer or "", desk.opted_out, bounced):
            yield self._occasion(one, notice, to, _text(cause), at, expires_at, partial(_values, one), turn)

    def _occasion(
        self,
        one: Standing,
        notice: Notice,
        to: Recipient,
        cause: str,
        at: datetime,
        expires_at: datetime | None,
        values: Callable[[], dict[str, Any]],
        turn: int = 0,
    ) -> Occasion:
        return Occasion(
            at=RowId(one.table.book, "orders", one.number, one.row.row),
            notice=notice.name,
            to=to,
            reason=because(f"message.{notice.name}", order=one.row.order_no),
            round=turn,
            cause=cause,
            values=values,
            event_at=at,
            expires_at=expires_at,
        )

    def _is_first(self, one: Standing, name: str, cause: When | str) -> bool:
        said = (one.table.book, one.order_no, name, _text(cause))
        if said in self._said:
            return False
        self._said.add(said)
        return True

    def _at(self, one: Standing, moment: When) -> datetime:
        return self._desk.snapshot.at(one.table, moment)


def _text(cause: When | str) -> str:
    return cause if isinstance(cause, str) else cause.isoformat()


def _values(one: Standing, **more: Any) -> dict[str, Any]:
    return {"order": order_view(one), **more}
