"""`aftersales schedule`: the clock that calls `dispatch` every minute until it is told to stop."""

from __future__ import annotations

import logging
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Protocol

import schedule

from toolkit.app.dispatch import Desk, Dispatcher, Outcome, SlotResult, jobs_of
from toolkit.app.locking import lock_file, lock_of
from toolkit.core.errors import OutsideError, RunLockedError, UsageError
from toolkit.gateways.heartbeat import Heartbeat
from toolkit.gateways.lock import run_lock
from toolkit.gateways.state import open_state
from toolkit.settings.model import ScheduleEntry, Settings

LOG = logging.getLogger("toolkit.schedule")
STEP = 0.5
"""Seconds between two looks at the stop flag."""
PULSE = 60.0
"""Seconds between two dispatches."""
LATE = timedelta(minutes=2)
"""A daily or monthly slot that starts later than this says so in its note."""
_LEVELS = {Outcome.DONE: logging.INFO, Outcome.MISSED: logging.WARNING, Outcome.FAILED: logging.ERROR}


class Stopping(Protocol):
    """What tells the daemon to leave: `Stop`, or a threading.Event."""

    def is_set(self) -> bool:
        """Whether it is to leave."""
        ...

    def set(self) -> None:
        """Leave after the current job."""
        ...


@dataclass
class Stop:
    """A plain flag: a threading.Event may lock up when a signal handler sets it while the main thread waits on it."""

    is_asked: bool = False

    def is_set(self) -> bool:
        """Whether it is to leave."""
        return self.is_asked

    def set(self) -> None:
        """Leave after the current job."""
        self.is_asked = True


def real_clock() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)


def serve(settings: Settings, clock: Callable[[], datetime] = real_clock, stop: Stopping | None = None) -> int:
    """Dispatch at once and then every minute, until SIGTERM, SIGINT or `stop`; the exit code 0.

    Raises RunLockedError where another clock of this desk is ticking.
    """
    flag = Stop() if stop is None else stop
    _settle_log()
    with _alone(settings), _signals_set(flag):
        dispatcher = Dispatcher(desk_of(settings, clock, flag))
        LOG.info("started jobs=%s zone=%s", ",".join(one.job for one in settings.schedule), settings.timezone)
        pulse = Pulse(lambda: _tick(dispatcher, settings))
        _tick(dispatcher, settings)
        while not flag.is_set():
            pulse.run_pending()
            time.sleep(STEP)
        LOG.info("stopped")
    return 0


def once(settings: Settings, clock: Callable[[], datetime] = real_clock) -> tuple[SlotResult, ...]:
    """One dispatch, for cron and other clocks: the same slots, so mixing them with the daemon is harmless."""
    _settle_log()
    with _alone(settings):
        return _tick(Dispatcher(desk_of(settings, clock, Stop())), settings)


def desk_of(settings: Settings, clock: Callable[[], datetime], stop: Stopping) -> Desk:
    """The dispatcher's world, wired to this desk's database, lock and runs."""
    return Desk(
        settings=settings,
        open_state=lambda: open_state(settings.state, settings.home),
        run_entry=lambda entry, slot_at: run_entry(settings, entry, slot_at, clock),
        clock=clock,
        heartbeat=heartbeat_of(settings),
        is_stopping=stop.is_set,
    )


def run_entry(settings: Settings, entry: ScheduleEntry, slot_at: datetime, clock: Callable[[], datetime]) -> str:
    """The work of one slot, within the run lock; counts of what came of it, without a word of any row.

    It works with the present, not with `slot_at`: a late run plans what is still useful.
    """
    from toolkit.app.desk import opened
    from toolkit.app.run import run

    jobs = jobs_of(entry)
    with lock_of(settings), opened(settings) as desk:
        now = clock().astimezone(settings.timezone).replace(microsecond=0)
        _, applied = run(desk, now, jobs, clock)
    for said in (*map(str, applied.refused), *applied.notes):  # about books: files, causes, cures, no row
        LOG.warning('job="%s" %s', entry.job, said)
    counts = {
        "edits": applied.edits,
        "appends": applied.appends,
        "sent": len(applied.delivery.sent),
        "held": applied.held,
        "conflicts": len(applied.conflicts),
        "refused_books": len(applied.refused),
        "companions": len(applied.companions),
        "state_lost": int(applied.is_lost),
    }
    if entry.every is None and now - slot_at > LATE:
        counts["minutes_late"] = (now - slot_at) // timedelta(minutes=1)
    return " ".join(f"{name}={count}" for name, count in counts.items() if count) or "nothing to do"


def heartbeat_of(settings: Settings) -> Heartbeat:
    """The file that is touched every minute; its `last()` being minutes old means that nobody minds the clock."""
    return Heartbeat(_beside(settings, "schedule.heartbeat"))


class Pulse:
    """The one entry in the `schedule` library, at each full minute.

    The library is the clock only: an exception leaves its run_pending, and nothing that it knows outlives the process.
    """

    def __init__(self, beat: Callable[[], object]) -> None:
        self._beat = beat
        self._scheduler = schedule.Scheduler()
        self._arm()

    def run_pending(self) -> None:
        """Beat if the minute is over."""
        # The library compares naive local times: when the clocks are set back, its next beat lies an hour ahead.
        if (self._scheduler.idle_seconds or 0) > PULSE:
            self._arm()
        self._scheduler.run_pending()

    def _arm(self) -> None:
        self._scheduler.clear()
        self._scheduler.every(1).minutes.at(":00").do(self._beat)


def _tick(dispatcher: Dispatcher, settings: Settings) -> tuple[SlotResult, ...]:
    """One dispatch and its log lines. The broad except is the daemon's own (50, Errors)."""
    try:
        results = dispatcher.dispatch()
    except Exception as error:  # noqa: BLE001  an unreadable database today may be readable in a minute
        LOG.error("dispatch outcome=failed error=%s", _said(error))  # noqa: TRY400  a traceback may show a row's values
        return ()
    for one in results:
        said = _said(one.error) if one.error is not None else one.note
        slot = one.slot_at.astimezone(settings.timezone).isoformat(timespec="minutes")
        LOG.log(_LEVELS[one.outcome], 'job="%s" slot=%s outcome=%s note="%s"', one.job, slot, one.outcome, said)
    return results


def _said(error: Exception) -> str:
    """The toolkit's own refusals in full; of a bug only kind and place, since its text may hold a customer's phone."""
    if isinstance(error, OutsideError | UsageError):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}; its text stands in the slot's note in the state database"


def _settle_log() -> None:
    """Lines on stderr; a root that was made quiet stays quiet."""
    root = logging.getLogger()
    if not LOG.hasHandlers():
        logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s")
    if LOG.level == logging.NOTSET and root.level <= logging.WARNING:
        LOG.setLevel(min(root.level, logging.INFO) or logging.INFO)


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """One clock a desk: so a slot that is `running` when it looks was cut off."""
    try:
        with run_lock(_beside(settings, "schedule.lock"), wait=0):
            yield
    except RunLockedError as error:
        raise RunLockedError(f"the schedule of this desk cannot start: {error}") from error


def _beside(settings: Settings, name: str) -> Path:
    return lock_file(settings).with_name(name)


@contextmanager
def _signals_set(stop: Stopping) -> Iterator[None]:
    """SIGTERM and SIGINT let the current job finish; Windows' Ctrl-Break too. Outside the main thread nothing is set."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    names = [name for name in ("SIGTERM", "SIGINT", "SIGBREAK") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), leave) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)
