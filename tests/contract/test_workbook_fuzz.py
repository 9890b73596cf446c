"""Workbooks mutated in every way that came to mind: refused without a trace, or patched right; nothing else ever.

CI takes the first cases of the seed; all of them, with a summary: `python -m tests.contract.fuzz --count 10000`.
A case that fails here is repeated by `python -m tests.contract.fuzz --seed SEED --only NUMBER`.
"""

from __future__ import annotations

import os

import pytest

from tests.contract.fuzz.__main__ import SEED, Report
from tests.contract.fuzz.pool import verdicts

pytestmark = pytest.mark.skipif(
    os.name == "nt", reason="the workers are watched by select, which Windows has for sockets only"
)
SLICE = range(400)


@pytest.fixture(scope="module")
def report():
    found = Report(SEED)
    for one in verdicts(SEED, SLICE):
        found.take(one)
    return found


def test_every_mutated_workbook_is_refused_without_a_trace_or_patched_right(report):
    assert report.count == len(SLICE)
    assert not report.wrong, report.text(0)


def test_the_mutations_are_not_so_rough_that_everything_is_refused(report):
    assert report.right > report.count * 0.4, report.text(0)
    assert report.readers["openpyxl + calamine"] > report.count * 0.2
    assert len(report.refused) > 10


def test_workbooks_that_are_only_written_unusually_are_hardly_ever_refused(report):
    assert sum(report.lawful.values()) <= report.count * 0.03, report.text(0)
