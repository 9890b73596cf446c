"""Rows without the customers in them: who they are and how they are reached is left out, the rest of a row stays."""

from __future__ import annotations

from toolkit.core.message import masked_address
from toolkit.core.private import masked_text
from toolkit.registers.schema import Column, Type

NAMES = frozenset({"customer", "contact", "return_to_contact"})
PLACES = frozenset({"address", "return_to_address"})
"""Columns that name a customer or somebody to ask for, or say where one lives. Colleagues and firms stay."""
_REACHED = frozenset({Type.PHONE, Type.EMAIL})


def kept(column: Column, value: object) -> object:
    """The value without personal data: numbers and addresses masked as in every log, names and places blank, numbers
    within other texts masked.
    """
    if value is None or column.key in NAMES or column.key in PLACES:
        return None
    if column.type in _REACHED:
        return masked_address(str(value))
    if isinstance(value, tuple):
        return tuple(masked_text(str(one)) for one in value)
    return masked_text(value) if isinstance(value, str) else value
