"""What the customer hears of a return: seven letters, each at its event, once for the whole case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from toolkit.core.actions import Occasion, RowId
from toolkit.core.reason import because
from toolkit.jobs.clocked import typed_due
from toolkit.jobs.recipients import opted_out, reached
from toolkit.jobs.returning.amounts import Amounts
from toolkit.jobs.returning.case import Case, Line
from toolkit.jobs.returning.cells import freight_payer, goods_way
from toolkit.jobs.returning.desk import Desk
from toolkit.jobs.returning.steps import has_address
from toolkit.jobs.since import go_live, is_news
from toolkit.registers.schema import When
from toolkit.rules.clock import Clock
from toolkit.rules.policy import fits
from toolkit.rules.returns import (
    APPROVED,
    BACK,
    CANCELLED,
    EXCHANGE,
    GOODS,
    PASSED,
    PENDING,
    REFUND_ONLY,
    REJECTED,
    RETURN,
    is_fit,
)

PLAIN = (
    "return_no",
    "order_no",
    "customer",
    "address",
    "applied_at",
    "reject_reason",
    "return_to_contact",
    "return_to_phone",
    "return_to_address",
    "return_by",
    "return_carrier",
    "return_waybill",
    "received_at",
    "refunded_at",
    "resent_at",
    "resent_waybill",
)
"""What a letter shows as it was typed."""


@dataclass(frozen=True, slots=True)
class News:
    """One thing to tell: the notice, the lines that it is about, when it happened; `cause` and `turn` make it a new one."""

    notice: str
    lines: tuple[Line, ...]
    event: When
    cause: str = ""
    turn: int = 0
    expires_at: datetime | None = None


class Letters:
    """The letters of a run. Of a case with faults nobody outside hears."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._opted_out = opted_out(desk.snapshot, desk.settings)
        self._since = go_live(desk.settings, desk.snapshot, desk.now)

    def of(self, case: Case, amounts: Amounts, clocks: Sequence[tuple[Line, tuple[Clock, ...]]]) -> Iterator[Occasion]:
        """Every letter that stands on a case now."""
        if not case.is_known or any(line.row.has_fault for line in case.lines):
            return
        for news in self._news(case, amounts, clocks):
            yield from self._occasions(case, news, amounts, clocks)

    def _news(self, case: Case, amounts: Amounts, clocks: Sequence[tuple[Line, tuple[Clock, ...]]]) -> Iterator[News]:
        yield from self._answers(case)
        yield from self._due(case, clocks)
        here = tuple(one for one in case.lines if one.get("received_at") is not None and one.status in PASSED)
        waits = tuple(one for one in here if is_fit(one) and not (one.get("refunded_at") or one.get("resent_at")))
        if waits and waits[0].get("kind") != REFUND_ONLY:
            yield News("return-received", waits, waits[0].get("received_at"))
        paid = tuple(one for one in case.lines if one.get("refunded_at") is not None and one.status in PASSED)
        if paid and paid[0].get("kind") != EXCHANGE and amounts.total:
            at = paid[0].get("refunded_at")
            yield News("return-refunded", paid, at, cause=at.isoformat())
        sent = tuple(one for one in case.lines if one.get("resent_at") is not None and one.status in PASSED)
        if sent and sent[0].get("kind") == EXCHANGE:
            at = sent[0].get("resent_at")
            yield News("return-resent", sent, at, cause=at.isoformat())

    def _answers(self, case: Case) -> Iterator[News]:
        """The application came in, was approved for good, or was refused."""
        asked = tuple(one for one in case.lines if one.status == PENDING and one.get("kind") != REFUND_ONLY)
        applied_at = case.get("applied_at")
        if asked and applied_at is not None and not case.turn and case.get("review") is None and not case.sent_back:
            yield News("return-applied", tuple(one for one in case.lines if one.status != CANCELLED), applied_at)
        granted = tuple(one for one in case.lines if self._is_granted(one))
        if granted:
            at = granted[0].get("applied_at" if granted[0].get("kind") == REFUND_ONLY else "reviewed_at") or applied_at
            if granted[0].get("kind") == RETURN:
                at = case.financed_at(granted[0]) or at
            if at is not None:
                yield News("return-approved", granted, at, turn=case.turn)
        refused = tuple(one for one in case.lines if one.status == REJECTED and one.get("reject_reason"))
        if refused:
            at = refused[0].get("inspected_at") or refused[0].get("reviewed_at") or applied_at
            if at is not None:
                yield News("return-rejected", refused, at, turn=case.turn)

    def _is_granted(self, line: Line) -> bool:
        """Whether the customer may be told yes. Refunds before shipping are approved by themselves; a return is when finance
        agreed, or staff went on regardless. Who must send goods is told where to, to whom and by when.
        """
        kind, status = line.get("kind"), line.status
        if kind == REFUND_ONLY:
            is_open = status in PASSED or status == PENDING
            return is_open and line.get("shipped") is not True and line.get("refunded_at") is None
        if status not in (APPROVED, GOODS) or line.get("review") != "approved" or line.get("received_at") is not None:
            return False
        if kind == RETURN and status not in BACK and self._desk.has_finance(line):
            return line.case.financed_at(line) is not None and has_address(line)
        return has_address(line)

    def _due(self, case: Case, clocks: Sequence[tuple[Line, tuple[Clock, ...]]]) -> Iterator[News]:
        """The agreed date comes near and the goods are not here (P-27)."""
        waiting = [
            (line, one)
            for line, its in clocks
            for one in its
            if one.policy.clock == "goods"
            and one.is_open
            and line.status == GOODS
            and line.get("under_way") is not True
        ]
        for line, one in waiting[:1]:
            return_by, now = line.get("return_by"), self._desk.now
            if one.warn_at is None or not one.warn_at <= now <= one.due_at or not line.get("return_to_address"):
                return
            warned = self._desk.snapshot.wall(case.table, one.warn_at)
            lines = tuple(each for each, _ in waiting)
            yield News("return-due", lines, warned, cause=return_by.isoformat(), expires_at=one.due_at)

    def _occasions(
        self, case: Case, news: News, amounts: Amounts, clocks: Sequence[tuple[Line, tuple[Clock, ...]]]
    ) -> Iterator[Occasion]:
        desk, row = self._desk, case.first.row
        notice = desk.settings.notices.get(news.notice)
        if notice is None or not fits(notice.when, case.first):
            return
        happened = desk.snapshot.at(case.table, news.event)
        expires_at = news.expires_at or self._expires_at(case, news, happened)
        is_past = expires_at is not None and expires_at <= desk.now
        if is_past or not is_news(happened, desk.settings, self._since):
            return
        for to in reached(
            notice, desk.settings, row, "customer", row.customer or "", self._opted_out, desk.snapshot.memory.bounced
        ):
            one = Occasion(
                at=RowId(case.table.book, "returns", case.first.key, row.row),
                notice=news.notice,
                to=to,
                cause=news.cause,
                round=news.turn,
                reason=because(f"message.{news.notice}", number=case.number),
                values=partial(self._values, case, news, amounts, clocks, to.locale),
                event_at=happened,
                expires_at=expires_at,
            )
            if not self._was_told(case, one):
                yield one

    def _expires_at(self, case: Case, news: News, happened: datetime) -> datetime | None:
        """A day without a time counts to its end, so that a date that was typed tonight is not past this morning."""
        expires = self._desk.settings.notices[news.notice].expires
        if expires is None:
            return None
        since = happened if isinstance(news.event, datetime) else typed_due(self._desk.snapshot, case.table, news.event)
        return self._desk.snapshot.calendar.add(since, expires)

    def _was_told(self, case: Case, one: Occasion) -> bool:
        """Whether the customer heard of it under the key of a line that stands in the sheet no more."""
        known = self._desk.snapshot.memory.occasions
        return any(replace(one, at=one.at._replace(key=key)).key in known for key in case.gone)

    def _values(
        self,
        case: Case,
        news: News,
        amounts: Amounts,
        clocks: Sequence[tuple[Line, tuple[Clock, ...]]],
        locale: str,
    ) -> dict[str, Any]:
        values: dict[str, Any] = {"case": self.view(case, news.lines, amounts, locale)}
        also = {"return-applied": ("review_due", "review"), "return-received": ("refund_due", "refund")}.get(
            news.notice
        )
        if also is not None:
            name, clock = also
            dues = [one.due_at for _, its in clocks for one in its if one.policy.clock == clock and one.is_open]
            values[name] = self._desk.snapshot.wall(case.table, min(dues)) if dues else None
        return values

    def view(self, case: Case, lines: tuple[Line, ...], amounts: Amounts, locale: str) -> dict[str, Any]:
        """A case as a letter sees it."""
        desk, line, words = self._desk, lines[0], self._desk.views.words(locale)
        payer, way = freight_payer(desk, line), goods_way(desk, line)
        kind = line.get("kind")
        fee = sum(one.row.service_fee or 0 for one in lines if one.row.service_fee_agreed)
        return {
            **{column: line.get(column) for column in PLAIN},
            "return_no": case.number,
            "kind": self._said(line, "kind", locale),
            "kind_key": kind,
            "reason": self._said(line, "reason", locale),
            "is_shipped": kind != REFUND_ONLY or line.get("shipped") is True,
            "freight_payer": words.say(because(f"return-word.{payer}")) if payer else None,
            "freight_payer_key": payer,
            "buyer_returns": words.say(because(f"return-word.{way}")) if way else None,
            "buyer_returns_key": way,
            "service_fee": fee or None,
            "case_refund": amounts.total or None,
            "refund_method": self._paid_back(line, locale),
            "lines": [
                {
                    "sku": one.row.sku,
                    "product": one.row.product,
                    "quantity": int(number) if (number := one.row.quantity or 0) == int(number) else number,
                }
                for one in lines
            ],
        }

    def _said(self, line: Line, column: str, locale: str) -> Any:
        holder = next((one for one in (line, *line.case.lines) if one.row.get(column) is not None), line)
        return self._desk.views.value(line.case.table.register, holder.row, column, locale)

    def _paid_back(self, line: Line, locale: str) -> Any:
        """By the original method: that method's name, where it is known."""
        is_original = line.get("refund_method") == "original" and line.get("original_method") is not None
        return self._said(line, "original_method" if is_original else "refund_method", locale)
