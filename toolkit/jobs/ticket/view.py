"""A row as a letter sees it: plain values, choices in the reader's words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from toolkit.core.memory import Memory
from toolkit.core.reason import Name, because
from toolkit.core.words import Words
from toolkit.jobs.ticket.case import Case
from toolkit.registers.lexicon import Lexicon
from toolkit.registers.schema import Type
from toolkit.registers.table import Table
from toolkit.rules.warranty import OPEN_VERDICT

TICKET = (
    "customer",
    "product",
    "category",
    "problem",
    "city",
    "address",
    "phone",
    "kind",
    "level",
    "status",
    "owner",
    "vendor",
    "visit_at",
    "promised_by",
    "solution",
    "order_no",
    "opened_at",
    "fee",
    "fee_agreed",
    "estimated_hours",
    "repair_class",
    "delay_reason",
    "waiting_since",
    "finished_at",
    "accepted_at",
)
VENDOR = ("vendor_no", "name", "contact", "phone")


class Views:
    """Rows into letter values, for each locale that a reader may have."""

    def __init__(self, lexicon: Callable[[str], Lexicon]) -> None:
        self._lexicon = lexicon
        self._words: dict[str, Words] = {}
        self._told: frozenset[str] | None = None

    def told(self, memory: Memory) -> frozenset[str]:
        """The steps of which somebody was told (or that were skipped), whoever it was: keys without role and channel."""
        if self._told is None:
            self._told = frozenset(key.rsplit("|", 2)[0] for key in memory.occasions)
        return self._told

    def words(self, locale: str) -> Words:
        """The words of a locale."""
        if locale not in self._words:
            self._words[locale] = Words(locale, self._lexicon(locale).label)
        return self._words[locale]

    def ticket(self, case: Case, locale: str) -> dict[str, Any]:
        """A ticket for a letter. That a date is missing is for the desk to mend, and no verdict to tell a customer."""
        values = {column: self.value(case.table.register, case.row, column, locale) for column in TICKET}
        told = case.coverage if case.coverage and case.coverage.code != OPEN_VERDICT else None
        verdict = self.words(locale).say(told) if told else None
        return {
            "what": self.words(locale).say(because("what.tickets")),
            "ticket_no": case.number,
            **values,
            "kind_key": case.row.kind,
            "warranty_until": case.warranty_until,
            "coverage": verdict,
        }

    def row(self, table: Table, row: Any, number: str, locale: str) -> dict[str, Any]:
        """A row of any register for an alert, shaped as a ticket is: what it has none of stays None."""
        register = table.register
        here = (column for column in TICKET if column in register.by_key)
        return {
            **dict.fromkeys((*TICKET, "kind_key", "warranty_until", "coverage")),
            **{column: self.value(register, row, column, locale) for column in here},
            "what": self.words(locale).say(because(f"what.{register.name}")),
            "ticket_no": number,
        }

    def vendor(self, vendor: Any) -> dict[str, Any] | None:
        """A vendor for a letter: an individual is their own contact."""
        if vendor is None:
            return None
        values = {column: vendor.get(column) for column in VENDOR}
        return {**values, "contact": vendor.contact or vendor.name}

    def value(self, register: Any, row: Any, column: str, locale: str) -> Any:
        """One value; a choice as the locale calls it."""
        value = row.get(column)
        if value is not None and register.by_key[column].type is Type.CHOICE:
            return self.words(locale).label(Name(register.name, column, value))
        return value
