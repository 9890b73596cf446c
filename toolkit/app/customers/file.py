"""The customer file: a head, what is open, one timeline; as plain values that every way of showing it takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from toolkit.app.customers.found import found
from toolkit.app.customers.standing import Money, Open, Owed, money, open_rows, promises
from toolkit.app.customers.timeline import Entry, Teller, timeline
from toolkit.app.desk import Desk
from toolkit.app.planning import words_of
from toolkit.core.message import masked_address
from toolkit.core.private import masked_text
from toolkit.core.reason import Name, because
from toolkit.core.words import Words
from toolkit.jobs.recipients import opted_out
from toolkit.registers.people import At, Customer, People
from toolkit.registers.snapshot import Snapshot
from toolkit.settings.model import Settings


def customer_file(
    desk: Desk, settings: Settings, snapshot: Snapshot, who: str, now: datetime, *, full: bool = False
) -> dict[str, Any]:
    """Everything of one customer (UsageError where nobody, or several, are meant).

    Numbers, mail and street addresses are masked and texts of messages left out, unless `full`.
    """
    words = words_of(settings)
    customer = found(People(snapshot.tables, settings.country), who, words)
    cover: Callable[[str], str] = str if full else masked_text
    teller = Teller(snapshot, settings, words, cover)
    entries = timeline(desk, snapshot, customer, teller, now)
    last = next((one for one in entries if one.is_contact), None)
    shown = _Shown(words, settings.timezone, cover, str if full else masked_address, full)
    closed = opted_out(snapshot, settings)
    return {
        **shown.head(customer),
        "opted_out": sorted(shown.way(one) for one in customer.ways if one in closed),
        "last_contact": shown.entry(last) if last is not None else None,
        "open": [shown.open(one) for one in open_rows(snapshot, settings, customer.rows, now, words)],
        "promises": [shown.owed(one) for one in promises(snapshot, customer.rows, now)],
        "money": [shown.money(one) for one in money(customer.own)],
        "timeline": [shown.entry(one) for one in entries],
        "unread": [words.label(Name(name)) for name in sorted({name for _, name in snapshot.unread})],
    }


@dataclass(frozen=True, slots=True)
class _Shown:
    """Makes plain values of what was found; moments in the desk's zone."""

    words: Words
    zone: ZoneInfo
    cover: Callable[[str], str]
    way: Callable[[str], str]
    full: bool

    def head(self, customer: Customer) -> dict[str, Any]:
        """Who it is; what was seen in any row, the commonest first."""
        addresses = (
            " ".join((at.row.get("city") or "", self.way(at.row.address))).strip()
            for at in customer.own
            if at.row.get("address")
        )
        return {
            "names": customer.values("customer"),
            "phones": [self.way(one) for one in customer.values("phone")],
            "emails": [self.way(one) for one in customer.values("email")],
            "addresses": list(dict.fromkeys(addresses)),
            "others": list(customer.others),
        }

    def open(self, one: Open) -> dict[str, Any]:
        """An open row."""
        more = {"status": one.status, "owner": one.owner, "next": self.cover(one.next)}
        return {**self._where(one.at), **more, "overdue": self.cover(one.overdue)}

    def owed(self, one: Owed) -> dict[str, Any]:
        """A promise."""
        what = self.words.label(Name(one.at.table.register.name, one.column))
        return {"at": self._moment(one.due, one.day_only), "what": what, "late": one.is_late, **self._where(one.at)}

    def money(self, one: Money) -> dict[str, Any]:
        """An open amount."""
        return {"amount": f"{one.amount:.2f}", "what": self.words.say(because(one.why)), **self._where(one.at)}

    def entry(self, one: Entry) -> dict[str, Any]:
        """A line of the timeline."""
        return {
            "at": self._moment(one.at, one.day_only),
            "register": self.words.label(Name(one.register)),
            "no": one.number,
            "what": one.what,
            "detail": one.detail,
            "cell": one.cell,
            "text": one.text if self.full and one.text else None,
        }

    def _where(self, at: At) -> dict[str, Any]:
        return {
            "register": self.words.label(Name(at.table.register.name)),
            "no": at.row.key,
            "cell": at.table.place(at.row.row, at.table.register.key[0]).cell,
        }

    def _moment(self, at: datetime, day_only: bool) -> str:
        """A day is the day of the sheet that it stands in, whatever the zone."""
        return f"{at:%Y-%m-%d}" if day_only else f"{at.astimezone(self.zone):%Y-%m-%d %H:%M}"
