"""What every command does first: settings, the moment, quiet or loud."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from toolkit.app.desk import Desk
    from toolkit.app.reading import Read
    from toolkit.registers.snapshot import Snapshot
    from toolkit.settings.model import Settings


@dataclass(frozen=True)
class Session:
    """A desk that was read for looking at: nothing is written."""

    settings: Settings
    desk: Desk
    read: Read
    at: datetime

    @property
    def snapshot(self) -> Snapshot:
        """What was read."""
        return self.read.snapshot

    @property
    def exit_code(self) -> int:
        """3 where a book could not be read; the rest was shown (60, 11)."""
        return 3 if self.read.refused else 0


@contextmanager
def looking(
    config: Path | None, book: str | None, now: str | None, *, quiet: bool, verbose: bool, archives: bool = False
) -> Iterator[Session]:
    """Settings, database and registers for a command that only shows; at the end, what could not be read is said. Those who
    count read the `archives` of earlier years too.
    """
    from toolkit.app.desk import opened, remembered
    from toolkit.app.reading import read_desk
    from toolkit.cli.show import complain

    settings = settings_of(config, quiet=quiet, verbose=verbose)
    at = moment(now, settings)
    with opened(settings, book) as desk:
        read = read_desk(desk, remembered(desk, at), at, archives=archives)
        session = Session(read.settings, desk, read, at)
        try:
            yield session
        finally:  # also where what was asked for is not there: it may stand in a book that could not be read
            for refused in session.read.refused:
                complain(str(refused))


def settings_of(config: Path | None, *, quiet: bool = False, verbose: bool = False) -> Settings:
    """The settings; warnings about the configuration go to stderr."""
    from toolkit.core.errors import UsageError
    from toolkit.settings.load import find_config, load

    level = logging.ERROR if quiet else logging.DEBUG if verbose else logging.WARNING
    logging.basicConfig(stream=sys.stderr, level=level)
    mask_logs()
    file = config or find_config(Path.cwd())
    if file is None:
        raise UsageError(
            "There is no config.yaml here or in a folder above. Make a desk with `aftersales init`, "
            "or name the file with --config"
        )
    settings = load(file)
    if not quiet:
        for warning in settings.warnings:
            print(f"warning: {warning}", file=sys.stderr)  # noqa: T201  the door speaks
    return settings


def locale_of(text: str | None, settings: Settings) -> str:
    """`--locale`, else the desk's."""
    from toolkit.core.errors import UsageError
    from toolkit.core.words import LOCALES

    if text is not None and text not in LOCALES:
        raise UsageError(f"“{text}” is no locale of the letters; there are {', '.join(LOCALES)}")
    return text or settings.locale


def settings_or_sample(config: Path | None, *, quiet: bool = False, verbose: bool = False) -> Settings:
    """The settings; where no config.yaml is to be found, those of the default preset: enough to look at letters."""
    from toolkit.settings.load import find_config, read

    if config is None and find_config(Path.cwd()) is None:
        return read("", Path.cwd(), environment={})
    return settings_of(config, quiet=quiet, verbose=verbose)


class _Masking(logging.Formatter):
    """Whatever a library writes into the log: no customer's number or address stands in it, nor in a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        from toolkit.core.private import masked_text

        return masked_text(super().format(record))


def mask_logs() -> None:
    """Every handler of the root writes masked lines."""
    for handler in logging.getLogger().handlers:
        handler.setFormatter(_Masking("%(asctime)s %(levelname)s %(message)s"))


def real_clock() -> datetime:
    """The real time."""
    return datetime.now(UTC)


def moment(text: str | None, settings: Settings) -> datetime:
    """`--now`, naive meaning the desk's zone (60, 20); else the present. Whole seconds: cells hold no less."""
    from toolkit.core.errors import UsageError

    if text is None:
        return real_clock().astimezone(settings.timezone).replace(microsecond=0)
    try:
        said = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"“{text}” is not a moment: write it like 2026-11-22T09:30 or 2026-11-22T09:30+08:00"
        ) from None
    return said.replace(tzinfo=settings.timezone) if said.tzinfo is None else said.astimezone(settings.timezone)
