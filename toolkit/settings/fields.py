"""The kinds of value that config.yaml knows: each reads text and says what is allowed where it cannot."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time, timedelta
from email.utils import parseaddr
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, PlainValidator
from pydantic_core import PydanticCustomError

from toolkit.rules.worktime.duration import Duration, Unit
from toolkit.rules.worktime.ends import End
from toolkit.rules.worktime.week import DAY, parse_spans, parse_week

ONE_OF = "one_of"
"""The error type of a word that is not in a list; its context holds `allowed`."""
SAY = "say"
"""The error type of anything else; its context holds `text`."""

COMPANION_END = ".toolkit.xlsx"
"""How the toolkit's own read-only workbooks end (60, 31); none of them is ever a register."""

Week = dict[str, tuple[tuple[str, str], ...]]


def not_one_of(*allowed: str) -> PydanticCustomError:
    """The error for a word that is not in a list."""
    return PydanticCustomError(ONE_OF, "not allowed", {"allowed": allowed})


def say(text: str, *, instead: str | None = None) -> PydanticCustomError:
    """An error in words. The value is put before it by those who know whether it may be shown.

    A text that itself repeats the value gives another to be said `instead` where it may not.
    """
    return PydanticCustomError(SAY, "{text}", {"text": text, "instead": instead or text})


def one_of(*allowed: str) -> AfterValidator:
    """A word of a list."""

    def check(value: str | None) -> str | None:
        if value is not None and value not in allowed:
            raise not_one_of(*allowed)
        return value

    return AfterValidator(check)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    raise say("expected one value, not a list or section" if value is not None else "expected a value")


def _duration(value: Any) -> Duration:
    text = _text(value)
    try:
        return Duration.parse(text)
    except ValueError:
        raise say(
            "a duration is an amount and min, h, bmin or bh, or a whole amount and bd, d, mo or y, e.g. 24h, 1.5bh, 3bd"
            + _meant(text)
        ) from None


def _meant(text: str) -> str:
    """People write `10m`, `2 hours`, `3 bdays`."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([a-z]+)\.?", text.casefold())
    if match is None:
        return ""
    near = [unit for unit in Unit if match[2].startswith(unit) or unit.startswith(match[2])]
    best = max(near, key=lambda unit: (match[2].startswith(unit), len(unit)), default=None)
    return f'; did you mean "{match[1]}{best}"?' if best and best != match[2] else ""


def _zone(value: Any) -> ZoneInfo:
    text = _text(value)
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        # Six hundred names: listing them helps nobody, the nearest one does.
        from zoneinfo import available_timezones

        from toolkit.settings.faults import nearest

        near = nearest(text, available_timezones())
        meant = f'; did you mean "{near}"?' if near else ""
        raise say(f"a time zone has a name such as Asia/Shanghai or Europe/Berlin{meant}") from None


def _time(value: Any) -> time:
    match = re.fullmatch(r"(\d{1,2})[:：](\d{2})", _text(value), re.ASCII)
    hour, minute = (int(match[1]), int(match[2])) if match else (24, 0)
    try:
        return time(hour, minute)
    except ValueError:
        raise say("a time of day is written like 08:30") from None


def _date(value: Any) -> date:
    try:
        return date.fromisoformat(_text(value))
    except ValueError:
        raise say("a date is written like 2026-11-01") from None


def _week(value: Any) -> Week:
    """`{mon-sat: ["09:00-18:00"]}` as one entry for each day that has spans, in pairs."""
    if not isinstance(value, dict) or not value:
        raise say(
            'expected days with their spans, e.g. {mon-fri: ["09:00-12:00", "13:30-18:00"], sat: ["09:00-12:00"]}'
        )
    try:
        parsed = parse_week(value)
    except (ValueError, TypeError) as error:
        raise say(str(error), instead="the spans are not understood; write 09:00-18:00") from None
    found = {
        day: tuple((_clock(opened), _clock(closed)) for opened, closed in spans)
        for day, spans in zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), parsed, strict=True)
        if spans
    }
    if not found:
        raise say("there is no working day in the week")
    return found


def _clock(microseconds: int) -> str:
    # A close at the end of the day is 24:00; one beyond it lies in the next day and has that day's time.
    minutes = microseconds // 60_000_000
    if microseconds > DAY:
        minutes -= 24 * 60
    return f"{minutes // 60:02}:{minutes % 60:02}"


def read_target(value: Any) -> Duration | End:
    """An amount of time, or one of the ends: `2bh`, `end of shift`."""
    return End.parse(_text(value)) or _duration(value)


def _spans(value: Any) -> tuple[tuple[int, int], ...]:
    """`10:00-16:00`, or several of them."""
    try:
        spans = parse_spans(value, "")
    except (ValueError, TypeError):
        spans = ()
    if not spans:
        raise say("a shift is written like 10:00-16:00; it may cross midnight, e.g. 22:00-06:00")
    return spans


def _share(of: str, example: str) -> Callable[[Any], float | None]:
    def check(value: Any) -> float | None:
        text = _text(value)
        if text.casefold() in {"off", "none"}:
            return None
        try:
            share = float(text[:-1]) / 100 if text.endswith("%") else float(text)
        except ValueError:
            share = 0
        if not 0 < share < 1:
            raise say(f"a share between 0% and 100% of {of}, e.g. {example}, or off")
        return share

    return check


def read_share(value: Any) -> float | None:
    """The share of a target: `80%`, or `off`."""
    return _share("the target", "80%")(value)


def _wait(value: Any) -> timedelta | None:
    if _text(value).casefold() in {"off", "none"}:
        return None
    clock = _duration(value).clock
    if clock is None:
        raise say("a wait counts clock time, in min or h, e.g. 4h, or off")
    return timedelta(microseconds=clock)


def _country(value: Any) -> str | None:
    text = _text(value)
    if text.casefold() in {"none", "off"}:
        return None
    if not re.fullmatch(r"[A-Z]{2}(-[A-Z0-9]{1,4})?", text):
        raise say("a country's two capital letters, e.g. CN, with a region where holidays differ, e.g. DE-BY, or none")
    return text


def _capitals(count: int, example: str) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        text = _text(value)
        if not re.fullmatch(f"[A-Z]{{{count}}}", text):
            raise say(f"{count} capital letters, e.g. {example}")
        return text

    return check


def _numbering(value: Any) -> str:
    text = _text(value)
    try:
        numbers = {text.format(date=date(2026, 1, 2), n=n) for n in (1, 2)}
    except (ValueError, KeyError, IndexError, AttributeError, TypeError):
        numbers = set()
    if len(numbers) < 2:  # noqa: PLR2004  (two rows, two numbers)
        raise say("a number is written with {date:…} and {n…}, e.g. AS-{date:%Y%m%d}-{n:04d}")
    return text


def _address(value: Any) -> str:
    text = _text(value)
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", parseaddr(text)[1]):
        raise say("an email address, e.g. Our Shop <service@example.com>")
    return text


def _web(value: Any) -> str:
    text = _text(value)
    if not re.fullmatch(r"https?://[^\s/]+\S*", text):
        raise say("a web address that begins with https://")
    return text


def _workbook(value: Any) -> str:
    text = _text(value)
    if not text.casefold().endswith((".xlsx", ".xlsm")):
        raise say("a workbook is an .xlsx or .xlsm file; save it as one")
    if text.casefold().endswith(COMPANION_END):
        raise say(
            f"a name that ends in {COMPANION_END} is a copy that the toolkit makes and removes; name the register"
        )
    return text


def _state(value: Any) -> str:
    """Says nothing of what stands there: a PostgreSQL address may hold a password."""
    text = _text(value)
    if re.fullmatch(r"postgresql://[^/?#\s]*/[^/?#\s]+(\?\S*)?", text):
        return text
    if text.startswith("postgres"):
        raise say(
            "a PostgreSQL address is written like postgresql://user@host/database; in a password / is %2F, @ is %40, "
            "# is %23, ? is %3F, % is %25"
        )
    if not re.fullmatch(r"sqlite:///[^?#]+", text):
        raise say(
            "the state is a SQLite file on this computer, written like sqlite:///state/toolkit.db, "
            "or a PostgreSQL database, like postgresql://user@host/database"
        )
    return text


def _days(value: Any) -> timedelta:
    duration = _text(value)
    if not re.fullmatch(r"[1-9][0-9]{0,4} ?d", duration):
        raise say("so many days, e.g. 90d")
    return timedelta(days=int(duration.rstrip(" d")))


def _listed(value: Any) -> Any:
    """One value where a list may stand."""
    return [value] if isinstance(value, str) else value


SpansText = Annotated[tuple[tuple[int, int], ...], PlainValidator(_spans)]
TargetText = Annotated[Duration | End, PlainValidator(read_target)]
DurationText = Annotated[Duration, PlainValidator(_duration)]
ZoneText = Annotated[ZoneInfo, PlainValidator(_zone)]
TimeText = Annotated[time, PlainValidator(_time)]
DateText = Annotated[date, PlainValidator(_date)]
WeekText = Annotated[Week, PlainValidator(_week)]
ShareText = Annotated[float | None, PlainValidator(read_share)]
LossText = Annotated[float | None, PlainValidator(_share("the rows", "50%"))]
WaitText = Annotated[timedelta | None, PlainValidator(_wait)]
HolidaysText = Annotated[str | None, PlainValidator(_country)]
CountryText = Annotated[str, PlainValidator(_capitals(2, "CN"))]
CurrencyText = Annotated[str, PlainValidator(_capitals(3, "CNY"))]
NumberingText = Annotated[str, PlainValidator(_numbering)]
AddressText = Annotated[str, PlainValidator(_address)]
WebText = Annotated[str, PlainValidator(_web)]
WorkbookText = Annotated[str, PlainValidator(_workbook)]
StateText = Annotated[str, PlainValidator(_state)]
DaysText = Annotated[timedelta, PlainValidator(_days)]
one_or_more = BeforeValidator(_listed)
Listed = Annotated[tuple[str, ...], one_or_more]
When = dict[str, Listed]
