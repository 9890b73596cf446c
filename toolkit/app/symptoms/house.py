"""The house: config.yaml, the time zone, the state database, the run lock, the files with secrets."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.app.locking import lock_file, sqlite_file
from toolkit.app.new_config import packaged_config
from toolkit.app.symptoms.line import Line, ok, warning, wrong
from toolkit.core.errors import OutsideError, UsageError
from toolkit.gateways.disks import disk_kind
from toolkit.gateways.lock import holder, is_held
from toolkit.gateways.state.look import StateLook, look, look_at_server
from toolkit.settings.model import Settings
from toolkit.settings.sections.mail import EmailSetting

if TYPE_CHECKING:
    from toolkit.gateways.state.postgres import Holder

LONG_RUN = timedelta(hours=1)
"""A run that takes longer hangs, or has a very big desk."""
_OTHERS = stat.S_IRGRP | stat.S_IROTH
_TO_SEE_TO = {
    "held": "aftersales outbox list --state held, then approve or cancel",
    "failed": "aftersales outbox list --state failed; mend the cause, then aftersales outbox retry NUMBER",
    "unknown": "aftersales outbox list --state unknown; look into the mail account's sent folder, then settle or retry",
}


def house(settings: Settings, now: datetime) -> Iterator[Line]:
    """Everything that lies in the desk's own folder."""
    yield from _config(settings)
    local = now.astimezone(settings.timezone)
    yield ok("time zone", f"{settings.timezone.key}: there it is {local:%Y-%m-%d %H:%M}")
    yield from _state(settings)
    yield from _lock(settings, now)
    yield from _secrets(settings)


def _config(settings: Settings) -> Iterator[Line]:
    yield ok("config", f"{settings.file}: preset {settings.preset}, locale {settings.locale}")
    for one in settings.warnings:
        yield warning("config", one, "mend the line in config.yaml")
    if settings.company.hotline and f"hotline: {settings.company.hotline} " in packaged_config().read_text("utf-8"):
        found = f"company still is the sample's: {settings.company.name}, {settings.company.hotline}"
        yield warning(
            "config", found, "write your own name, brand and hotline under `company`: every letter bears them"
        )


def _state(settings: Settings) -> Iterator[Line]:
    path = sqlite_file(settings)
    if path is None:
        yield from _state_on_server(settings)
        return
    seen = look(path)
    if seen.refusal:
        cure = "let this user write there, or restore the file from your backup; without it nobody knows what was sent"
        yield wrong("state", f"{path} cannot be used: {seen.refusal}", cure)
        return
    kind = disk_kind(path.resolve())
    if kind != "local":
        found = f"{path} lies on a {kind} drive, where a database loses its locks and rows"
        yield warning("state", found, "put it on this computer's own disk: `state: sqlite:///C:/desk/toolkit.db`")
    if not seen.is_there:
        yield ok("state", f"{path} is not there yet: the first run makes it")
    elif kind == "local":
        yield _in_order(seen)
    yield from _waiting(seen)


def _state_on_server(settings: Settings) -> Iterator[Line]:
    try:
        seen = look_at_server(settings.state, settings.home)
    except UsageError as error:
        yield wrong("state", str(error), "install the driver where the toolkit runs")
        return
    if seen.refusal:
        cure = "is the server up, do name, user and password (PGPASSWORD, ~/.pgpass) fit, may the user make tables?"
        yield wrong("state", f"{seen.where} cannot be used: {seen.refusal}", cure)
    elif not seen.is_there:
        yield ok("state", f"{seen.where} has no tables yet: the first run makes them")
    else:
        yield _in_order(seen)
    yield from _waiting(seen)


def _in_order(seen: StateLook) -> Line:
    note = "" if seen.is_current else "; an older toolkit wrote it, the next run brings it up to date"
    return ok("state", f"{seen.where}: {sum(seen.messages.values())} messages{note}")


def _waiting(seen: StateLook) -> Iterator[Line]:
    for state, cure in _TO_SEE_TO.items():
        if count := seen.messages.get(state):
            yield warning("outbox", f"{count} message(s) {state}", cure)


def _lock(settings: Settings, now: datetime) -> Iterator[Line]:
    path = lock_file(settings)
    if is_held(path):
        who = holder(path)
        yield _run(str(who or "its name could not be read"), datetime.fromisoformat(who.since) if who else None, now)
        return
    afar = _runs_afar(settings)
    yield _run(str(afar), afar.since, now) if afar else ok("run lock", "free: no run is going on")


def _runs_afar(settings: Settings) -> Holder | None:
    """Who runs on another computer that uses the same database; what the server refuses is told of beside `state`."""
    if sqlite_file(settings) is not None:
        return None
    from toolkit.gateways.state.postgres import who_runs

    with suppress(UsageError, OutsideError):
        return who_runs(settings.state, settings.home)
    return None


def _run(who: str, since: datetime | None, now: datetime) -> Line:
    if since is not None and now - since > LONG_RUN:
        cure = "if it hangs, end that process; the next run goes on where it stopped"
        return warning("run lock", f"held for more than an hour by {who}", cure)
    return ok("run lock", f"a run is going on: {who}")


def _of_mail(email: EmailSetting) -> Iterator[Path]:
    if email.oauth2 is not None:
        from toolkit.gateways.senders.oauth2 import sign_in_beside

        yield email.oauth2.file
        yield sign_in_beside(email.oauth2.file)
    if email.dkim is not None and email.dkim.file is not None:
        yield email.dkim.file


def _secrets(settings: Settings) -> Iterator[Line]:
    """Files that hold a password or a key, and whom the system lets read them. Windows tells no such thing by mode."""
    files = [settings.home / ".env", *(one.credentials for one in settings.books if one.credentials)]
    files += _of_mail(settings.channels.email)
    for file in dict.fromkeys(one for one in files if one.is_file()):
        if os.name == "posix" and file.stat().st_mode & _OTHERS:
            yield warning("secrets", f"{file} can be read by every user of this computer", f"chmod 600 {file}")
        else:
            yield ok("secrets", f"{file} is there")
