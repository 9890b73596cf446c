"""The Google sheets: whether our account gets in and may write, whether it is a sheet at all, its zone and locale."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from toolkit.app.symptoms.line import Line, ok, refused, warning, wrong
from toolkit.core.errors import BookError
from toolkit.settings.model import BookSetting, Settings

if TYPE_CHECKING:
    from toolkit.gateways.google.examine import Examined

PATIENCE = 15.0
"""Seconds for Google: somebody waits at the terminal."""
_MANY = 4
_MONTH = timedelta(days=30)


def sheets(settings: Settings, now: datetime) -> Iterator[Line]:
    """Every Google book."""
    for book in settings.books:
        if book.google is not None:
            yield from _sheet(book, settings, now)


def _sheet(book: BookSetting, settings: Settings, now: datetime) -> Iterator[Line]:
    from toolkit.app.build import tabs
    from toolkit.app.google_init import tabs_of, wishes
    from toolkit.gateways.google.api import open_api
    from toolkit.gateways.google.examine import examine

    check = f"book {book.name}"
    try:
        api = open_api(book.name, book.google or "", book.credentials, book.endpoint, deadline=PATIENCE)
        seen = examine(api, wishes(settings, tabs_of(book, settings, tabs(settings, {})), None))
    except BookError as error:
        yield refused(check, str(error), is_shut=True)
        return
    who = f", open to {api.account_email}" if api.account_email else ""
    yield ok(check, f"“{seen.title}” {seen.url}{who}: {len(seen.tabs)} tabs ({', '.join(seen.tabs)})")
    yield _zone(check, seen, settings, now)
    yield _locale(check, seen, settings)
    if seen.shut:
        more = f" and {len(seen.shut) - _MANY} more" if len(seen.shut) > _MANY else ""
        found = f"the toolkit may not write its own columns: {', '.join(seen.shut[:_MANY])}{more}"
        cure = f"Data > Protect sheets and ranges: add {api.account_email or 'the account of the credentials file'}"
        yield wrong(check, found, cure)
    if not seen.is_marked:
        cure = "aftersales init makes the tabs; a sheet of your own needs it only for dropdowns, colours and views"
        yield warning(check, "it was not set up by `aftersales init`", cure)
    elif seen.lacks:
        yield warning(
            check, f"something was removed since it was set up: {'; '.join(seen.lacks)}", "aftersales init adds it"
        )


def _zone(check: str, seen: Examined, settings: Settings, now: datetime) -> Line:
    """Names may differ and mean the same; what counts is the hour."""
    try:
        zone = ZoneInfo(seen.zone)
    except (ZoneInfoNotFoundError, ValueError):
        cure = "File > Settings > Time zone: choose one by its city"
        return warning(check, f"its time zone “{seen.zone}” is not known here", cure)
    moments = [now.astimezone(UTC) + month * _MONTH for month in range(12)]
    if all(at.astimezone(zone).utcoffset() == at.astimezone(settings.timezone).utcoffset() for at in moments):
        return ok(check, f"time zone {seen.zone}, as the desk")
    found = f"its time zone is {seen.zone}, the desk's {settings.timezone.key}: its cells are read in its own, deadlines run in the desk's"
    return warning(check, found, f"File > Settings > Time zone: {settings.timezone.key}; or `timezone` in config.yaml")


def _locale(check: str, seen: Examined, settings: Settings) -> Line:
    """The locale says how Google takes what people type: 3/4 is March or April."""
    if seen.locale.partition("_")[0] == settings.locale.partition("-")[0]:
        return ok(check, f"locale {seen.locale}")
    found = f"its locale is {seen.locale}, the desk's language {settings.locale}: dates that are typed may be taken otherwise"
    return warning(check, found, "File > Settings > Locale; or type dates as 2026-11-22, which is the same everywhere")
