"""Rows whose e-mail address sends letters back: told in their check cell until the address changes or is released."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from toolkit.core.finding import Finding
from toolkit.core.memory import Memory
from toolkit.core.reason import because
from toolkit.registers.table import Table

EMAIL = "email"


def bounce_findings(tables: Iterable[Table], memory: Memory) -> Iterator[Finding]:
    """A finding for each row with such an address, in whatever register: customers, vendors, staff."""
    if not memory.bounced:
        return
    for table in tables:
        if EMAIL not in table.columns:
            continue
        for row in table.rows:
            found = memory.bounced.get((row.get(EMAIL) or "").casefold())
            if found is not None:
                yield Finding(
                    "bounced-address",
                    because("fault.bounced-address", why=found.why, on=found.at.date()),
                    table.book,
                    table.register.name,
                    row.key,
                    EMAIL,
                    table.place(row.row, EMAIL),
                    row.get(EMAIL),
                )
