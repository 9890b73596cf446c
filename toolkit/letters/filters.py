"""Values in the words of a locale: moments, days, money, masked addresses. Used by templates as filters."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from jinja2 import pass_context

from toolkit.core.message import masked_address
from toolkit.letters.slots import clipped, one_line
from toolkit.letters.sms_values import polite

if TYPE_CHECKING:
    from babel import Locale
    from jinja2.runtime import Context


class _Forms(NamedTuple):
    """How a locale writes (CLDR patterns)."""

    day: str
    day_of_year: str
    short: str
    joint: str  # between day and time
    comma: str  # between the parts of a list
    stop: str  # at the end of a sentence
    beside: str  # between street and town
    is_town_first: bool


_ENGLISH = _Forms("EEE d MMM", "EEE d MMM y", "d MMM", ", ", ", ", ".", ", ", is_town_first=False)
_FORMS: Mapping[str, _Forms] = {
    "zh-CN": _Forms("M月d日（EEE）", "y年M月d日（EEE）", "M月d日", "", "、", "。", "", is_town_first=True),
    "en": _ENGLISH,
}
_UNITS: Mapping[str, tuple[str, str, str]] = {
    "zh-CN": ("{n} 天", "{n} 小时", "{n} 分钟"),
    "en": ("{n} day{s}", "{n} hour{s}", "{n} minute{s}"),
}
_PRICES: Mapping[str, Mapping[str, str]] = {"zh-CN": {"CNY": "{n}元"}}
# In a sentence: a number of seven digits or more that is no date and no part of an order number, or a mail address.
_CONTACT = re.compile(
    r"(?<![\w.@-])(?!\d{4}-\d\d?-\d\d?\b)(?:\+\d{1,3}[ -]?)?(?:\(?0\d{2,3}\)?[ -]?)?\d(?:[ -]?\d){6,11}(?![\w-])|[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    re.ASCII,
)
_ENDS = ".!?。！？…"
_PHONE = re.compile(r"\+?\d[\d\s().\-－—]{3,}\d")


def filters(locale: str) -> dict[str, Callable[..., str]]:
    """Every filter of the letters, for one locale."""

    @pass_context
    def when(context: Context, value: date | None) -> str:
        return moment(context, value, locale)

    @pass_context
    def day(context: Context, value: date | None) -> str:
        return moment(context, value, locale, only_day=True)

    @pass_context
    def short(context: Context, value: date | None) -> str:
        return moment(context, value, locale, is_short=True)

    @pass_context
    def day_of(context: Context, value: date | None) -> str:
        return moment(context, value, locale, only_day=True, is_short=True)

    @pass_context
    def time_of(context: Context, value: date | None) -> str:
        return f"{_local(context, value):%H:%M}" if isinstance(value, datetime) else ""

    @pass_context
    def money(context: Context, value: Decimal | float | None) -> str:
        return amount(context, value, locale)

    @pass_context
    def price(context: Context, value: Decimal | float | None) -> str:
        return amount(context, value, locale, in_words=True)

    def sentence(value: str | None) -> str:
        return ended(value, locale)

    def located(address: str | None, city: str | None) -> str:
        return place(address, city, locale)

    def duration(value: timedelta | Decimal | float | None) -> str:
        return lasting(value, locale)

    return {
        "when": when, "day": day, "short": short, "day_of": day_of, "time_of": time_of,
        "money": money, "price": price, "duration": duration, "polite": polite, "sentence": sentence, "located": located,
        "masked": masked, "discreet": discreet, "tel": tel, "clip": clip, "capital": capital,
    }  # fmt: skip


@cache
def _babel(locale: str) -> Locale:
    """Parsed once: by its name babel would look on the disk for every date."""
    from babel import Locale

    return Locale.parse(locale.replace("-", "_"))


def moment(context: Context, value: date | None, locale: str, *, only_day: bool = False, is_short: bool = False) -> str:
    """`11月23日（周一）14:00`, `Mon 23 Nov, 14:00`; the year where it is not that of `now`. A bare date has no time.

    Short leaves out the weekday, for an SMS, but never a year that is needed. An aware datetime is told in the zone of
    the standing value `timezone`, where there is one.
    """
    if value is None or value == "":
        return ""
    from babel.dates import format_date

    forms = _FORMS.get(locale, _ENGLISH)
    now = context.get("now")
    if isinstance(value, datetime):
        value = _local(context, value)
    if isinstance(now, datetime):
        now = _local(context, now)
    is_this_year = isinstance(now, date) and now.year == value.year
    pattern = forms.day_of_year if not is_this_year else forms.short if is_short else forms.day
    text: str = format_date(value, pattern, locale=_babel(locale))
    return text if only_day or not isinstance(value, datetime) else f"{text}{forms.joint}{value:%H:%M}"


def _local(context: Context, value: datetime) -> datetime:
    zone = context.get("timezone")
    return value.astimezone(ZoneInfo(str(zone))) if zone and value.tzinfo else value


def amount(context: Context, value: Decimal | float | None, locale: str, *, in_words: bool = False) -> str:
    """`¥1,200.00` in the standing value `currency`; in words `1,200元`, for an SMS, in which `¥` is refused."""
    if value is None or value == "":
        return ""
    from babel.numbers import format_decimal

    if not isinstance(value, (int, float, Decimal)):
        raise TypeError(f"'{clip(str(value), 20)}' is not an amount")
    currency = str(context.get("currency") or "CNY")
    text: str
    if not in_words:
        return in_currency(value, currency, locale)
    is_whole = value == int(value)
    text = format_decimal(value, "#,##0" if is_whole else "#,##0.00", locale=_babel(locale))
    return _PRICES.get(locale, {}).get(currency, f"{currency} {{n}}").format(n=text)


def in_currency(value: Decimal | float, currency: str, locale: str) -> str:
    """`¥1,200.00`, `£1,200.00`."""
    from babel.numbers import format_currency

    text: str = format_currency(value, currency, locale=_babel(locale))
    return text


def currency_symbol(currency: str, locale: str) -> str:
    """`¥`, `£`; the currency's own letters where it has no sign."""
    from babel.numbers import get_currency_symbol

    symbol: str = get_currency_symbol(currency, locale=_babel(locale))
    return symbol


def lasting(value: timedelta | Decimal | float | None, locale: str) -> str:
    """`1 小时 30 分钟`, `1 hour 30 minutes`, `2 days`; a bare number counts hours. Whole minutes: nobody waits in seconds."""
    if value is None or value == "":
        return ""
    span = value if isinstance(value, timedelta) else timedelta(hours=float(value))
    minutes = round(span.total_seconds() / 60)
    days, hours = minutes // 1440, minutes // 60 % 24
    said = [
        form.format(n=n, s="" if n == 1 else "s")
        for form, n in zip(_UNITS.get(locale, _UNITS["en"]), (days, hours, minutes % 60), strict=True)
        if n
    ]
    return " ".join(said) or _UNITS.get(locale, _UNITS["en"])[2].format(n=0, s="s")


def masked(value: str | None) -> str:
    """`138****1234`, `z***@example.com`."""
    return masked_address(str(value)) if value else ""


def discreet(value: str | None) -> str:
    """Free text for a third party: phone numbers and mail addresses in it are masked, the words stay."""
    return _CONTACT.sub(lambda found: masked_address(re.sub(r"[ ()-]", "", found[0])), str(value or ""))


def tel(value: str | None) -> str:
    """The link that dials the first number in the text, e.g. `tel:4008001234`; nothing where there is none."""
    found = _PHONE.search(str(value or ""))
    return f"tel:{'+' if found[0].startswith('+') else ''}{re.sub(r'[^0-9]', '', found[0])}" if found else ""


def clip(value: str | None, limit: int) -> str:
    """At most `limit` characters, on one line. Cut with three full stops, which an SMS counts as one septet each."""
    return clipped(one_line(str(value or "")), limit, "...")


def ended(value: str | None, locale: str) -> str:
    """What staff wrote as one sentence of a text that goes on: with one full stop, whether or not they typed it."""
    said = one_line(str(value or "")).rstrip(" ,，、;；:：")
    return said if not said or said[-1] in _ENDS else f"{said}{_FORMS.get(locale, _ENGLISH).stop}"


def place(address: str | None, city: str | None, locale: str) -> str:
    """`杭州西湖区文三路188号`, `18 Queen Street, Bristol`: whichever of the two there is, and no town twice."""
    street, town = one_line(str(address or "")), one_line(str(city or ""))
    if not street or not town or town.casefold() in street.casefold():
        return street or town
    forms = _FORMS.get(locale, _ENGLISH)
    return forms.beside.join((town, street) if forms.is_town_first else (street, town))


def capital(value: str | None) -> str:
    """With a capital at its beginning: `First response`."""
    text = str(value or "")
    return text[:1].upper() + text[1:]


def in_words(context: Context, value: object, locale: str) -> str:
    """A value that a template names without a filter: never an ISO date, never `None`, never `2.0`."""
    match value:
        case None:
            return ""
        case date():
            return moment(context, value, locale)
        case Decimal() | float():
            text = f"{value:f}"
            return text.rstrip("0").rstrip(".") if "." in text else text
        case tuple() | list():
            return _FORMS.get(locale, _ENGLISH).comma.join(in_words(context, part, locale) for part in value)
        case _:
            return str(value)
