"""How long an SMS is, as the networks count it."""

from __future__ import annotations

from typing import NamedTuple

# GSM 03.38: the basic table, and the signs that cost an escape besides.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_ESCAPED = frozenset("\f^{}\\[~]|€")
_SEPTETS = (160, 153)  # alone, and in each part of several (the header of a part takes seven)
_UNITS = (70, 67)  # UTF-16 code units


class SmsSize(NamedTuple):
    """`length` in the network's own units (septets or UTF-16 units), `parts` as billed."""

    length: int
    parts: int


_ONE_UNIT = 0xFFFF  # beyond it a sign takes two units of UCS-2


def sms_parts(text: str, *, mainland: bool = False) -> SmsSize:
    """Length and number of parts. Mainland networks count 70 and 67 for any text, in Latin letters too.

    A sign of two units is never split between parts, so a part may end one short.
    """
    is_gsm = not mainland and all(sign in _GSM or sign in _GSM_ESCAPED for sign in text)
    alone, each = _SEPTETS if is_gsm else _UNITS
    costs = [2 if (sign in _GSM_ESCAPED if is_gsm else ord(sign) > _ONE_UNIT) else 1 for sign in text]
    length = sum(costs)
    if length <= alone:
        return SmsSize(length, 1 if text else 0)
    parts, room = 1, each
    for cost in costs:
        if cost > room:
            parts, room = parts + 1, each
        room -= cost
    return SmsSize(length, parts)
