"""The doctor: looks at every part of the desk, says what is wrong and what to do, changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from toolkit.app.symptoms.hours import hours
from toolkit.app.symptoms.house import house
from toolkit.app.symptoms.letters import letters
from toolkit.app.symptoms.line import Line
from toolkit.app.symptoms.sheets import sheets
from toolkit.app.symptoms.workbooks import workbooks
from toolkit.settings.model import Settings


def examined(settings: Settings, now: datetime) -> Iterator[Line]:
    """Every line, in the order in which things are mended; a line comes as soon as it is known."""
    yield from house(settings, now)
    yield from hours(settings, now)
    yield from sheets(settings, now)
    yield from workbooks(settings, now)
    yield from letters(settings, now)
