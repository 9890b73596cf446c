"""A small repair desk with vendors, for the tests of dispatching."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.small_desk import SmallDesk, settings_of

CONFIG = "channels: {only_since: 2026-11-01, quiet_hours: none}\n"
TUESDAY = "2026-11-24T10:00"
STAFF = (
    {"staff_no": "S1", "name": "Shirley", "role": "customer_service", "email": "s@shop.example", "manager": "Max"},
    {"staff_no": "S2", "name": "Dan", "role": "dispatcher", "email": "dan@shop.example", "manager": "Max"},
    {"staff_no": "S3", "name": "Max", "role": "manager", "email": "max@shop.example"},
)


def ticket(number: str | None = "AS-1", **said: Any) -> dict[str, Any]:
    """A confirmed repair of a sofa in Shanghai, answered and with a solution."""
    return {
        "ticket_no": number,
        "opened_at": datetime(2026, 11, 23, 9),
        "kind": "repair",
        "customer": "Anna Berg",
        "phone": "13800138000",
        "email": "anna@example.com",
        "city": "Shanghai",
        "address": "18 Queen Street, Pudong",
        "category": "sofa",
        "product": "Sofa S1",
        "problem": "A spring is broken",
        "owner": "Shirley",
        "status": "planned",
        "responded_at": datetime(2026, 11, 23, 10),
        "solution": "Replace the spring",
        "solved_at": datetime(2026, 11, 23, 11),
        **said,
    }


def vendor(number: str = "V1", **said: Any) -> dict[str, Any]:
    """A firm in Shanghai that repairs sofas."""
    return {
        "vendor_no": number,
        "name": f"Firm {number}",
        "is_firm": True,
        "city": "Shanghai",
        "phone": f"1370000010{number[-1]}",
        "email": f"{number.lower()}@vendors.example",
        "skills": ("Sofa",),
        "qualified": True,
        "day_capacity": 3,
        "rate": "150",
        "active": True,
        "initial_rating": 4,
        **said,
    }


def desk(*tickets: dict[str, Any], vendors: Any = None, config: str = CONFIG, **registers: Any) -> SmallDesk:
    """Tickets and vendors (one firm, where none are said) on a desk of the default preset."""
    rows = {
        "tickets": list(tickets),
        "vendors": list(vendors if vendors is not None else [vendor()]),
        "staff": [dict(one) for one in STAFF],
        **{name: list(found) for name, found in registers.items()},
    }
    return SmallDesk(settings_of(config), rows)


def in_row(small: SmallDesk, *columns: str, n: int = 0) -> tuple[Any, ...]:
    """Cells of a ticket."""
    return tuple(small.row("tickets", n).get(one) for one in columns)
