"""Filter views: each looks at a tab in its own way and changes nothing for anybody else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from toolkit.core.layout import ViewSpec
from toolkit.core.place import column_letters
from toolkit.gateways.google.making.looks import Request, area

_NAMED = re.compile(r"\{(\w+)\}")


def view(sheet: int, row: int, width: int, spec: ViewSpec, places: Mapping[str, int]) -> Request | None:
    """The request for a view; None where the tab lacks a column that it looks at. `places`: key -> column from 0."""
    used = {*spec.filled, *spec.hidden, *spec.order, *_NAMED.findall(spec.formula)}
    if not used <= places.keys():
        return None
    criteria: dict[int, dict[str, Any]] = {places[one]: {"condition": {"type": "NOT_BLANK"}} for one in spec.filled}
    for key, words in spec.hidden.items():
        criteria.setdefault(places[key], {})["hiddenValues"] = list(words)
    if spec.formula:
        at = _free_column(criteria, [places[one] for one in _NAMED.findall(spec.formula)])
        criteria.setdefault(at, {})["condition"] = {
            "type": "CUSTOM_FORMULA",
            "values": [{"userEnteredValue": _formula(spec.formula, row + 2, places)}],
        }
    found: dict[str, Any] = {
        "title": spec.title,
        "range": area(sheet, (row, None), (0, width)),
        "filterSpecs": [{"columnIndex": at, "filterCriteria": one} for at, one in sorted(criteria.items())],
    }
    if spec.order:
        found["sortSpecs"] = [{"dimensionIndex": places[one], "sortOrder": "ASCENDING"} for one in spec.order]
    return {"addFilterView": {"filter": found}}


def _free_column(criteria: Mapping[int, Mapping[str, Any]], named: list[int]) -> int:
    """A column has one condition: the formula goes to the first of those it names that has none yet."""
    return next((one for one in named if "condition" not in criteria.get(one, {})), named[0])


def _formula(text: str, row: int, places: Mapping[str, int]) -> str:
    """`{status}` becomes `$S2`: the first row of the list, which the sheet carries on downwards."""
    return "=" + _NAMED.sub(lambda match: f"${column_letters(places[match[1]] + 1)}{row}", text)
