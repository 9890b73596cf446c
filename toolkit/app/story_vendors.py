"""The part of a ticket's story that tells who could be sent: everybody's points, and why each other one fell out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from toolkit.core.reason import because
from toolkit.core.words import Words
from toolkit.jobs.dispatching.outcomes import Found, explained
from toolkit.jobs.ticket.case import Case
from toolkit.registers.snapshot import Snapshot
from toolkit.rules.candidates import POINTS, Choice, Passed
from toolkit.settings.model import Settings

SHOWN_ELSEWHERE = 20
"""Beyond so many the vendors of other cities are only counted °."""


def vendors_told(
    snapshot: Snapshot, settings: Settings, case: Case, now: datetime, words: Words
) -> dict[str, Any] | None:
    """`fit` with points by kind, best first; `passed` with the reason; `lines` as text. None where nobody is looked for."""
    found = explained(snapshot, settings, now, case)
    if found is None:
        return None
    fit = () if found.best is None else (found.best, *found.outcome.others)
    return {
        "fit": [_choice(one, words) for one in fit],
        "passed": [_passed(one, words) for one in found.outcome.passed],
        "lines": list(_lines(found, fit, words)),
    }


def _choice(one: Choice, words: Words) -> dict[str, Any]:
    return {
        "vendor": one.vendor.no,
        "name": one.vendor.name,
        "total": one.total,
        "points": dict(zip(POINTS, one.points, strict=True)),
        "note": words.say(because("explain.shunned")) if one.is_shunned else None,
    }


def _passed(one: Passed, words: Words) -> dict[str, Any]:
    return {"vendor": one.vendor.no, "name": one.vendor.name, "why": words.say(one.why)}


def _lines(found: Found, fit: tuple[Choice, ...], words: Words) -> Iterator[str]:
    yield words.say(because("explain.vendors"))
    for one in fit:
        parts = [
            f"{words.say(because(f'points.{name}'))} {value:g}"
            for name, value in zip(POINTS, one.points, strict=True)
            if value
        ]
        note = f"  ({words.say(because('explain.shunned'))})" if one.is_shunned else ""
        yield f"  {one.total:>5g}  {one.vendor.no} {one.vendor.name}  {' + '.join(parts)}{note}"
    if not fit:
        yield f"      –  {words.say(because('explain.nobody'))}"
    city = found.wanted.job.city
    elsewhere = [one for one in found.outcome.passed if city not in one.vendor.cities]
    is_many = len(elsewhere) > SHOWN_ELSEWHERE
    for passed in found.outcome.passed:
        if not is_many or city in passed.vendor.cities:
            yield f"      –  {passed.vendor.no} {passed.vendor.name}  {words.say(passed.why)}"
    if is_many:
        yield f"      –  {words.say(because('explain.elsewhere', n=len(elsewhere)))}"
