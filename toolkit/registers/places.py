"""Cities and districts as people write them: 上海, 上海市, 江苏省苏州市, 浦東新區, Pudong are compared without their endings."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from toolkit.registers.fold import fold

_PROVINCE = re.compile(r"^.{2,8}?(?:自治区|省)")
_CITY = re.compile(r"^(.{2,}?)(?:市|地区|自治州|盟)")
_DISTRICT = re.compile(r"(?:新区|自治县|自治旗|区|县|旗|市)$|district$")
_LISTED = re.compile(r"[、,，;；/|]|\s{2,}")
_SHORTEST = 2
_SAID = re.compile(r"[㐀-鿿]{2,8}?(?:新区|自治县|区|县)")
"""A district that is spelt out in an address."""


class City(NamedTuple):
    """A city without its ending, folded; `rest` is what stood behind it: `上海市浦东新区` has a district there."""

    name: str
    rest: str = ""


@lru_cache(maxsize=16384)
def city_of(text: str) -> City:
    """The city that a cell names; a province before it is left out, unless there is nothing else."""
    folded = fold(text)
    short = _PROVINCE.sub("", folded) or folded
    match = _CITY.match(short)
    if match is not None:
        return City(match[1], short[match.end() :])
    return City(short)


def cities_of(text: str) -> tuple[str, ...]:
    """The cities that a cell lists: a vendor may serve several."""
    return tuple(dict.fromkeys(city_of(part).name for part in _LISTED.split(text) if fold(part)))


@lru_cache(maxsize=16384)
def district_of(text: str) -> str:
    """A district without its ending, folded: 浦东新区 and 浦东 are one."""
    folded = fold(text)
    short = _DISTRICT.sub("", folded)
    return short if len(short) >= _SHORTEST else folded


@lru_cache(maxsize=16384)
def lies_in(address: str, district: str) -> bool:
    """Whether an address lies in a district.

    Streets are named after districts elsewhere: where the address spells a district out, only that one counts.
    """
    folded, wanted = fold(address), district_of(district)
    said = _SAID.findall(folded)
    if said:
        return any(wanted in one for one in said)
    return wanted in folded
