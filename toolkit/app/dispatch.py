"""Which slots are due, and who runs them: a unique row a slot, so that nothing doubles (60, 9)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from toolkit.app.planning import chosen_jobs
from toolkit.app.slots import grace, last_slot, slots_between
from toolkit.core.errors import RunLockedError
from toolkit.core.private import masked_text
from toolkit.gateways.heartbeat import Heartbeat
from toolkit.gateways.state import Slot, StateDatabase
from toolkit.settings.model import ScheduleEntry, Settings

AGAIN = " again"
"""Added to a job's name for its one second try, which so has a unique row of its own."""
CUT_OFF = "cut off: the process that ran it died"
LOOK_BACK = timedelta(days=100)
"""Nobody reads of slots that were missed longer ago."""
RECENT = 50
"""So many rows of a job are looked at; rows that lie ahead of a clock that was set back are among them."""
NOTE_LENGTH = 500


class Outcome(StrEnum):
    """How a slot ended, in the words of the state database."""

    DONE = "done"
    FAILED = "failed"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class SlotResult:
    """What became of one slot in this dispatch. `skipped` counts the slots of an `every` job that passed before it."""

    job: str
    slot_at: datetime
    outcome: Outcome
    note: str = ""
    error: Exception | None = None
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Desk:
    """What a dispatch works with.

    `run_entry` does the work of a slot and tells what came of it; `is_stopping` is asked between two jobs. One dispatcher
    a desk at a time: the caller sees to it.
    """

    settings: Settings
    open_state: Callable[[], StateDatabase]
    run_entry: Callable[[ScheduleEntry, datetime], str]
    clock: Callable[[], datetime]
    heartbeat: Heartbeat
    is_stopping: Callable[[], bool] = lambda: False


class Dispatcher:
    """Looks at the clock when told to. All that must outlive it stands in the state database and the heartbeat."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._to_retry: dict[str, datetime] = {}
        self._known: set[str] = set()

    def dispatch(self) -> tuple[SlotResult, ...]:
        """Run what is due, one job after the other; a job that fails never stops the next one."""
        desk = self._desk
        previous = desk.heartbeat.last()
        desk.heartbeat.beat(desk.clock())
        results: list[SlotResult] = []
        with desk.open_state() as state:
            for entry in desk.settings.schedule:
                if desk.is_stopping():
                    return tuple(results)
                try:
                    results += self._look_at(state, entry, previous)
                except Exception as error:  # noqa: BLE001  the daemon lives (50, Errors): a refusing database is one job's fault
                    results.append(SlotResult(entry.job, desk.clock(), Outcome.FAILED, note_of(error), error))
        return tuple(results)

    def _look_at(self, state: StateDatabase, entry: ScheduleEntry, previous: datetime | None) -> Iterator[SlotResult]:
        now, zone = self._desk.clock(), self._desk.settings.timezone
        last = last_slot(entry, now, zone)
        if last is None:
            return
        rows = [row for row in state.slots(job=entry.job, limit=RECENT) if row.slot_at <= now]
        if entry.job not in self._known:
            yield from self._close_cut_off(state, [*rows, *state.slots(job=entry.job + AGAIN, limit=1)], now)
            self._known.add(entry.job)
        # A job without a row yet is new: what passed before the daemon's first tick was never promised.
        since = rows[0].slot_at if rows else previous
        passed = slots_between(entry, max(since, now - LOOK_BACK), now, zone) if since is not None else None
        for slot_at in passed.slots if passed else ():
            yield from self._miss(state, entry, slot_at, now)
        if now - last > grace(entry):
            if since is not None and last > since:
                yield from self._miss(state, entry, last, now)
        elif rows and rows[0].slot_at > last:
            return  # the entry was moved to an earlier time today, and today's slot had its turn
        elif state.take_slot(entry.job, last, now):
            skipped = passed.count if passed and not passed.slots else 0
            yield self._run(state, entry, entry.job, last, skipped)
        elif self._to_retry.pop(entry.job, None) == last and state.take_slot(entry.job + AGAIN, last, now):
            yield self._run(state, entry, entry.job + AGAIN, last, 0)

    def _close_cut_off(self, state: StateDatabase, rows: Sequence[Slot], now: datetime) -> Iterator[SlotResult]:
        """At the first look: slots that a dead process left `running` failed, and are tried once more in their grace."""
        for row in sorted(rows, key=lambda row: row.slot_at):
            if row.state == "running":
                state.finish_slot(row.job, row.slot_at, now, failed=True, note=CUT_OFF)
                self._to_retry[row.job] = row.slot_at
                yield SlotResult(row.job, row.slot_at, Outcome.FAILED, CUT_OFF)

    def _miss(
        self, state: StateDatabase, entry: ScheduleEntry, slot_at: datetime, now: datetime
    ) -> Iterator[SlotResult]:
        note = "the clock did not run at its time, and it was found too late"
        if state.miss_slot(entry.job, slot_at, now, note):
            yield SlotResult(entry.job, slot_at, Outcome.MISSED, note)

    def _run(
        self, state: StateDatabase, entry: ScheduleEntry, name: str, slot_at: datetime, skipped: int
    ) -> SlotResult:
        """The work of a slot that is ours; its row is closed whatever happens."""
        before = f"skipped={skipped} " if skipped else ""
        try:
            result = SlotResult(
                name, slot_at, Outcome.DONE, before + self._desk.run_entry(entry, slot_at), None, skipped
            )
        except RunLockedError as error:
            self._to_retry[entry.job] = slot_at
            result = SlotResult(name, slot_at, Outcome.FAILED, before + note_of(error), error, skipped)
        except Exception as error:  # noqa: BLE001  the job is marked and the loop lives (50, Errors)
            result = SlotResult(name, slot_at, Outcome.FAILED, before + note_of(error), error, skipped)
        is_failed = result.outcome is Outcome.FAILED
        ended_at = self._desk.clock()
        state.finish_slot(name, slot_at, ended_at, failed=is_failed, note=result.note)
        self._desk.heartbeat.beat(ended_at)
        return result


def note_of(error: Exception) -> str:
    """What an error says, for its slot's row."""
    return masked_text(f"{type(error).__name__}: {error}")[:NOTE_LENGTH]


def jobs_of(entry: ScheduleEntry) -> tuple[str, ...]:
    """The jobs that an entry runs: `run` is a plain run, any other word the job of that name (UsageError)."""
    return chosen_jobs(() if entry.job == "run" else (entry.job,))


def take_by_hand(state: StateDatabase, settings: Settings, jobs: Sequence[str], now: datetime) -> tuple[str, ...]:
    """After a run by hand that went well: the newest slots of what it ran are done; the entries that this served.

    A daemon that looks a minute later does not run them once more. Not for rehearsals, nor for a run of one book only.
    """
    served: list[str] = []
    for entry in settings.schedule:
        covered = chosen_jobs(()) if entry.job == "run" else (entry.job,)
        last = last_slot(entry, now, settings.timezone)
        if last is None or now - last > grace(entry) or not set(covered) <= set(jobs):
            continue
        with state.transaction():
            if state.take_slot(entry.job, last, now):
                state.finish_slot(entry.job, last, now, note="run by hand")
                served.append(entry.job)
    return tuple(served)


def missed_slots(state: StateDatabase, settings: Settings, now: datetime) -> tuple[Slot, ...]:
    """Slots that were found missed today or yesterday, oldest first: what the digest tells. By days, not by minutes."""
    zone = settings.timezone
    eve = now.astimezone(zone).date() - timedelta(days=1)
    found = [
        row
        for entry in settings.schedule
        for row in state.slots(job=entry.job, limit=RECENT)
        if row.state == Outcome.MISSED and row.started_at <= now and row.started_at.astimezone(zone).date() >= eve
    ]
    return tuple(sorted(found, key=lambda row: (row.slot_at, row.job)))
