"""The time of day behind a date, as people type it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

_DAY_HOURS = 24
_SIXTY = 60
_NOON = 12
_HALF_DAYS = {
    "上午": "morning", "早上": "morning", "早晨": "morning", "清晨": "morning", "早": "morning", "am": "am",
    "下午": "pm", "午后": "pm", "午後": "pm", "pm": "pm",
    "中午": "noon", "傍晚": "evening", "晚上": "evening", "晚": "evening", "凌晨": "night",
}  # fmt: skip
_BEFORE_NOON = ("morning", "am", "night")
_TWICE_A_DAY = range(1, 8)
_TWELVE = {"am": 0, "night": 0, "pm": 12, "noon": 12, "evening": 24}  # 上午12点 is not here: noon or midnight?
_NEVER = range(0)
_AS_WRITTEN = {
    "morning": range(12),
    "am": range(12),
    "night": range(7),
    "noon": range(11, 12),
    "pm": _NEVER,
    "evening": _NEVER,
}
_TWELVE_LATER = {
    "morning": _NEVER, "am": _NEVER, "night": _NEVER, "noon": range(1, 3), "pm": range(12), "evening": range(5, 12),
}  # fmt: skip
_CLOCK = re.compile(
    rf"""(?P<half_day>{"|".join(_HALF_DAYS)})?\s*
    (?P<hour>[0-9]{{1,2}})
    (?: \s*[:.]\s*(?P<minute>[0-9]{{2}}) (?:\s*[:.]\s*(?P<second>[0-9]{{2}})(?:[.,](?P<fraction>[0-9]{{1,9}}))?)? \s*分?
      | \s*(?P<oclock>[点點时時])\s*(?:[钟鐘整])?
        (?: (?P<part>半|一刻|三刻) | (?P<minute2>[0-9]{{1,2}})\s*分?\s*(?:(?P<second2>[0-9]{{1,2}})\s*秒)? )?
    )?
    \s*(?P<half_day2>a\.?m\.?|p\.?m\.?)?
    \s*(?P<zone>z|utc|gmt|[+-][0-9]{{2}}:?[0-9]{{2}})?""",
    re.VERBOSE,
)
_RUN_TOGETHER = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})?")
_TWO_TIMES = re.compile(r"[0-9].*?(?:-|~|至|到).*?[0-9]")
_PARTS = {"半": 30, "一刻": 15, "三刻": 45}


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """Seconds since midnight (86400 is `24:00`) and the distance from UTC, where one was written."""

    seconds: int
    offset: timedelta | None = None


def read_time(text: str, *, is_iso: bool) -> TimeOfDay | str:
    """The time in a text without its date, or which text of `bad.date` says what is wrong with it.

    `is_iso` (a `T` stood before it) lets `-05:00` be an offset; behind a space it would be the end of `14:00-16:00`.
    `2点` could be night or afternoon and is not guessed; `2:00` is a clock of 24 hours.
    """
    if together := _RUN_TOGETHER.fullmatch(text):
        return _clock(int(together[1]), int(together[2]), int(together[3] or 0), None)
    match = _CLOCK.fullmatch(text)
    if match is None or (match["half_day"] and match["half_day2"]):
        return "time_two" if _TWO_TIMES.search(text) else "time_words"
    half_day = _HALF_DAYS.get(match["half_day"] or (match["half_day2"] or "").replace(".", ""))
    if not (half_day or match["minute"] or match["oclock"]):
        return "time_words"  # a bare number is no time
    if match["zone"] and match["zone"][0] == "-" and not (is_iso or match["second"]):
        return "time_two"
    hour = _hour(int(match["hour"]), half_day, is_spoken=match["oclock"] is not None)
    if hour is None:
        return "time_unclear"
    minute = _PARTS[match["part"]] if match["part"] else int(match["minute"] or match["minute2"] or 0)
    second = int(match["second"] or match["second2"] or 0)
    rounding = 1 if match["fraction"] and match["fraction"][0] >= "5" else 0
    clock = _clock(hour, minute, second, _offset(match["zone"]))
    return clock if isinstance(clock, str) else TimeOfDay(clock.seconds + rounding, clock.offset)


def _hour(hour: int, half_day: str | None, *, is_spoken: bool) -> int | None:
    """The hour of the day, None where the words leave two possibilities or contradict."""
    if hour > _NOON:
        return None if half_day in _BEFORE_NOON else hour
    if half_day is None:
        return None if is_spoken and hour in _TWICE_A_DAY else hour
    if hour == _NOON and half_day in _TWELVE:
        return _TWELVE[half_day]
    if hour in _AS_WRITTEN[half_day]:
        return hour
    return hour + 12 if hour in _TWELVE_LATER[half_day] else None


def _clock(hour: int, minute: int, second: int, offset: timedelta | None) -> TimeOfDay | str:
    is_end_of_day = hour == _DAY_HOURS and not minute and not second
    if not is_end_of_day and (hour >= _DAY_HOURS or minute >= _SIXTY or second >= _SIXTY):
        return "time_impossible"
    if offset is not None and abs(offset) > timedelta(hours=14):
        return "time_impossible"
    return TimeOfDay(hour * 3600 + minute * 60 + second, offset)


def _offset(zone: str | None) -> timedelta | None:
    if zone is None:
        return None
    if zone[0] not in "+-":
        return timedelta(0)
    amount = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return -amount if zone[0] == "-" else amount
