"""An order as a letter sees it: plain values, choices in the reader's words, whole numbers as such."""

from __future__ import annotations

from typing import Any

from toolkit.jobs.order.standing import Standing
from toolkit.registers.orders import ORDERS
from toolkit.registers.schema import Type

ORDER = (
    "order_no",
    "customer",
    "phone",
    "city",
    "product",
    "quantity",
    "salesperson",
    "tracker",
    "factory",
    "ordered_on",
    "first_promised_by",
    "promised_by",
    "estimated_ship_on",
    "shipped_on",
    "arrived_on",
    "carrier",
    "carrier_phone",
    "waybill",
    "packages",
    "pieces",
    "volume_m3",
    "freight",
    "packing_fee",
    "contains_glass",
)


def order_view(one: Standing) -> dict[str, Any]:
    """The order, with the estimate as it is now, and the first promise as the runs saw it where the row does not keep it."""
    values = {name: _plain(name, one.row.get(name)) for name in ORDER}
    if one.is_waiting:
        values["estimated_ship_on"] = one.estimate.ship_on
    if values["first_promised_by"] is None and one.moved is not None:
        values["first_promised_by"] = one.moved.first
    return values


def _plain(name: str, value: Any) -> Any:
    if ORDERS.by_key[name].type is Type.NUMBER and value is not None and value == int(value):
        return int(value)
    return value
