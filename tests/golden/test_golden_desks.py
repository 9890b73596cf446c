"""The furniture desk on a Tuesday at ten: what `plan --full` says, and the letters, whole, in both languages.

Where a change is meant: `python -m tests.golden.renew`, then read `git diff tests/golden`.
"""

from __future__ import annotations

import re

import pytest

from tests.golden.renew import HOME, LOCALES, OTHERS, letters, plan_text

HINT = "if this is meant: python -m tests.golden.renew, then read git diff tests/golden"


@pytest.mark.parametrize("locale", LOCALES)
def test_the_plan_of_the_demo_desk_reads_as_expected(locale, tmp_path):
    assert plan_text(tmp_path, locale).splitlines() == (HOME / f"{locale}.plan.txt").read_text("utf-8").splitlines(), (
        HINT
    )


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("preset", OTHERS)
def test_the_plan_of_every_other_presets_demo_desk_reads_as_expected(preset, locale, tmp_path):
    agreed_on = (HOME.parent / "presets" / f"{preset}.{locale}.plan.txt").read_text("utf-8")
    assert plan_text(tmp_path, locale, preset).splitlines() == agreed_on.splitlines(), HINT


def agreed(locale):
    """The letters as they were agreed, by name."""
    return {one.name: one.read_text("utf-8") for one in sorted((HOME / "letters" / locale).iterdir())}


@pytest.mark.parametrize("locale", LOCALES)
def test_each_letter_reads_as_expected(locale, tmp_path):
    now, then = letters(tmp_path, locale), agreed(locale)
    assert now.keys() == then.keys(), HINT
    for name, text in now.items():
        assert text.splitlines() == then[name].splitlines(), f"{name}: {HINT}"


@pytest.mark.parametrize("locale", LOCALES)
def test_no_letter_shows_the_machine_behind_it(locale):
    for name, text in agreed(locale).items():
        # What a template left over: its braces, a Python value, markdown that was not turned into words.
        assert not re.search(
            r"\{\{|\}\}|\{%|\bNone\b|\bTrue\b|\bFalse\b|datetime|\bnan\b|\*\*|\]\(", text.partition("--- ")[0]
        ), name


@pytest.mark.parametrize("locale", LOCALES)
def test_the_letters_cover_every_notice_of_the_visit_and_the_ladder(locale):
    notices = {name.split(".")[0] for name in agreed(locale)}
    assert notices >= {
        "received",
        "solution",
        "appointment",
        "appointment-vendor",
        "reminder",
        "reminder-vendor",
        "visit-moved",
        "visit-moved-vendor",
        "visit-cancelled",
        "visit-cancelled-vendor",
        "warning",
        "overdue",
        "escalation",
        "callback-list",
        "thanks",
        "digest",
    }
