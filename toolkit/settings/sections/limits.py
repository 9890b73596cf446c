"""What is told apart by audience: quiet hours and daily caps. One value stands for all three."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainValidator

from toolkit.rules.worktime.week import DAY, parse_span
from toolkit.settings.fields import say
from toolkit.settings.form_base import Form

AUDIENCES = ("customer", "vendor", "staff")


def _quiet(value: Any) -> tuple[time, time] | None:
    text = str(value).strip()
    if text.casefold() in {"none", "off"}:
        return None
    try:
        opened, closed = parse_span(text, "quiet_hours")
    except ValueError:
        raise say("quiet hours are one span such as 21:00-08:30, or none") from None
    return _time_of(opened), _time_of(closed)


def _time_of(microseconds: int) -> time:
    minutes = microseconds % DAY // 60_000_000
    return time(minutes // 60, minutes % 60)


def _count(value: Any) -> int | None:
    """A whole number from 1 on, or none: a cap of 0 would be a channel that is switched off unseen."""
    text = str(value).strip()
    if text.casefold() in {"none", "off"}:
        return None
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,6}", text) or int(text) == 0:
        raise say("a whole number from 1 on, or none")
    return int(text)


QuietText = Annotated[tuple[time, time] | None, PlainValidator(_quiet)]
CountText = Annotated[int | None, PlainValidator(_count)]


def _for_all(check: Callable[[Any], object]) -> Callable[[Any], Any]:
    """One value is short for the same one for every audience. It is checked here, so that a fault is told of once."""

    def spread(value: Any) -> Any:
        if value is None or isinstance(value, dict | Form):
            return value
        check(value)
        return dict.fromkeys(AUDIENCES, value)

    return spread


class QuietForm(Form):
    customer: QuietText = None
    vendor: QuietText = None
    staff: QuietText = None

    def by_audience(self) -> dict[str, tuple[time, time] | None]:
        """As the settings hold it."""
        return {one: getattr(self, one) for one in AUDIENCES}


class CapForm(Form):
    customer: CountText = None
    vendor: CountText = None
    staff: CountText = None

    def by_audience(self) -> dict[str, int | None]:
        """As the settings hold it."""
        return {one: getattr(self, one) for one in AUDIENCES}


Quiet = Annotated[QuietForm, BeforeValidator(_for_all(_quiet))]
Cap = Annotated[CapForm, BeforeValidator(_for_all(_count))]
