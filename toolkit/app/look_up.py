"""What the look-up tab of a new workbook shows: a customer's tickets, orders, returns, contracts (10: a look-up tab)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from toolkit.core.layout import FoundSpec, Kind, LookUpSpec, TabSpec
from toolkit.core.place import column_letters
from toolkit.core.reason import Name, because
from toolkit.core.words import Words

LOOKS_IN: Mapping[str, tuple[str, ...]] = {
    "tickets": ("phone", "ticket_no", "customer", "order_no", "email"),
    "orders": ("phone", "order_no", "customer", "waybill", "email"),
    "returns": ("phone", "return_no", "customer", "order_no", "email"),
    "contracts": ("phone", "contract_no", "customer", "email"),
}
"""The registers of customers, and the columns in which one is looked for, in this order."""
SHOWN: Mapping[str, tuple[str, ...]] = {
    "tickets": ("ticket_no", "status", "customer", "product", "opened_at", "owner", "overdue", "next_step"),
    "orders": ("order_no", "status", "customer", "product", "promised_by", "tracker", "overdue", "next_step"),
    "returns": ("return_no", "status", "customer", "product", "applied_at", "owner", "overdue", "next_step"),
    "contracts": ("contract_no", "phone", "customer", "product", "accepted_on", "vendor", "city", "address"),
}
HITS: Mapping[str, int] = {"tickets": 10}
FEW = 5
"""Hits shown of a register that `HITS` does not name °."""
WIDTHS = (20, 16, 14, 30, 17, 13, 44, 50)
"""Characters, by the places above."""


def look_up_of(tabs: Sequence[TabSpec], words: Words) -> LookUpSpec | None:
    """The tab for a desk with these registers; None where it has none of customers."""
    found = tuple(_found(tab, words) for tab in tabs if tab.register in LOOKS_IN)
    if not found:
        return None

    def say(name: str) -> str:
        return words.say(because(f"look-up.{name}"))

    return LookUpSpec(
        say("title"), say("heading"), say("prompt"), say("note"), say("nothing"), say("count"), say("more"), found
    )


def _found(tab: TabSpec, words: Words) -> FoundSpec:
    places = {one.key: (column_letters(index), one.kind) for index, one in enumerate(tab.columns, 1)}
    shown: list[tuple[str, str, Kind, float]] = []
    for key, width in zip(SHOWN[tab.register], WIDTHS, strict=True):
        letters, kind = places[key]
        shown.append((words.label(Name(tab.register, key)), letters, kind, width))
    looks_in = tuple(places[key][0] for key in LOOKS_IN[tab.register])
    return FoundSpec(tab.title, looks_in, tuple(shown), HITS.get(tab.register, FEW))
