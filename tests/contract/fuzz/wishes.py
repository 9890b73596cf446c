"""What is asked of the writer: cells of five types in likely and unlikely places, rows to append, and some nonsense."""

from __future__ import annotations

import datetime as dt
import random
import re
from dataclasses import dataclass, field
from decimal import Decimal

from openpyxl.utils import get_column_letter

from tests.contract.fuzz.seeds import pick

NAME = re.compile(r'<(?:\w+:)?c [^>]*?\br=["\']([A-Z]+[0-9]+)["\']')
FAR = ("XFD1048576", "ZZ999", "AB2000", "XFD1", "A1048576")
TEXTS = (
    "",
    "text",
    " blanks ",
    "=1+1",
    "+86 138",
    "客户😀",
    "a <b> & \"c\" 'd' ]]>",
    "line\nbreak",
    "@x",
    "00123",
    "1E400",
    "#REF!",
    "TRUE",
    "x" * 300,
)
NUMBERS = (0, 1, -1, 2.5, 1e300, -1e-7, 123456789012345, Decimal("12.30"))
NONSENSE = (float("nan"), float("inf"), 2**70, "y" * 40_000, "\ud800", [1], dt.date(1899, 1, 1), Decimal("sNaN"))
BAD_NAMES = ("5B", "A0", "XFE1", "A1:B2", "", "A1048577", "é1")


@dataclass
class Wish:
    """One order to the writer; `is_sane` is False for one that must be refused whatever the file."""

    sheet: str
    writes: dict[str, object] = field(default_factory=dict)
    appends: list[dict[str, object]] = field(default_factory=list)
    is_sane: bool = True


def a_value(rng: random.Random) -> object:
    """A value of one of the five types, or a blank."""
    match rng.randrange(6):
        case 0:
            return pick(rng, NUMBERS)
        case 1:
            return rng.random() < 0.5
        case 2:
            return dt.date(2026, 1, 1) + dt.timedelta(days=rng.randrange(900))
        case 3:
            return dt.datetime(2026, 9, 3, 14, 30) + dt.timedelta(seconds=rng.randrange(10**6))
        case 4 if rng.random() < 0.4:
            return None
        case _:
            return pick(rng, TEXTS)


def a_wish(rng: random.Random, titles: list[str], sheet_xml: str) -> Wish:
    """A wish for one of the sheets, with an eye on the cells that stand in the first."""
    title = pick(rng, titles) if rng.random() < 0.97 else pick(rng, ["no such sheet", "", titles[0].upper() + "x"])
    wish = Wish(title)
    there = NAME.findall(sheet_xml)
    if rng.random() < 0.8:
        for _ in range(rng.choice((1, 2, 5, 20))):
            wish.writes[_a_place(rng, there)] = a_value(rng)
    if not wish.writes or rng.random() < 0.35:
        for _ in range(rng.choice((1, 1, 3))):
            columns = rng.sample(range(1, 9), rng.randint(1, 4))
            row = {get_column_letter(one): a_value(rng) for one in columns}
            row[get_column_letter(columns[0])] = pick(rng, ["appended", 7])
            wish.appends.append(row)
    if rng.random() < 0.02:
        wish.is_sane = False
        if rng.random() < 0.7 or not wish.writes:
            wish.writes["B2"] = pick(rng, NONSENSE)
        else:
            wish.writes[pick(rng, BAD_NAMES)] = 1
    return wish


def _a_place(rng: random.Random, there: list[str]) -> str:
    kind = rng.random()
    if kind < 0.45 and there:
        return pick(rng, there)
    if kind < 0.65 and there:
        row = re.sub(r"\D", "", pick(rng, there))
        return f"{get_column_letter(rng.randint(1, 30))}{row}"
    if kind < 0.97:
        return f"{get_column_letter(rng.randint(1, 30))}{rng.randint(1, 60)}"
    return pick(rng, FAR)
