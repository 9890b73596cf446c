"""The page about the monthly report tells the shape that the command prints."""

from __future__ import annotations

import json
import re

from tests.docs.reference import DOCS
from tests.month_report import report_of
from toolkit.app.report.data import as_data
from toolkit.jobs.figures.shape import Unit

PAGE = (DOCS / "report.md").read_text("utf-8")


def shape(value):
    """The keys at each depth, the first of a list standing for all of them."""
    match value:
        case dict():
            return {key: shape(part) for key, part in value.items()}
        case [first, *_]:
            return [shape(first)]
        case _:
            return None


def test_the_example_on_the_page_has_the_shape_of_the_commands_json():
    example = json.loads(re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)[1])
    crew = as_data(report_of("en"), "CNY")
    assert shape(example) == shape(crew) | {"tables": [shape(crew["tables"][0]) | {"lines": [LINE]}]}


LINE = {"keys": [None], "labels": [None], "values": [None], "before": [None], "remarks": None}


def test_every_unit_is_told():
    rows = re.findall(r"(?m)^\| ((?:`\w+`(?:, )?)+) \|", PAGE.partition("| unit |")[2])
    assert sorted(re.findall(r"\w+", " ".join(rows))) == sorted(str(one) for one in Unit)
