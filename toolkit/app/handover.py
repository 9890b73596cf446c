"""What changes hands: the open promises of somebody who goes away, or of all whose shift ends (20, Hand-over).

It proposes and writes nothing: whose a row is stands in the staff's own cells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from toolkit.app.customers.standing import Money, Open, Owed, is_open, money, open_rows, promises
from toolkit.app.desk import Desk
from toolkit.app.papers import page
from toolkit.app.planning import words_of
from toolkit.core.errors import UsageError
from toolkit.core.message import State
from toolkit.core.reason import Name, because
from toolkit.core.words import Words
from toolkit.jobs.agendas import AGENDAS
from toolkit.jobs.callback.wanted import calls_due
from toolkit.jobs.daily.board import CALLS, OTHERS_FIRST
from toolkit.jobs.daily.keepers import Keepers
from toolkit.jobs.recipients import present
from toolkit.jobs.shifts import ends_at
from toolkit.registers.fold import closest, fold
from toolkit.registers.people import At
from toolkit.registers.snapshot import Snapshot
from toolkit.rules.worktime.ends import End
from toolkit.settings.model import Settings

WAITING = (State.HELD, State.FAILED, State.UNKNOWN)
"""Letters that wait for a person."""
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Handed:
    """What is handed over: `person` None is the whole desk's, up to `until`; `deputy` is who stands in for the person."""

    person: str | None
    deputy: str | None
    until: datetime | None
    open: tuple[Open, ...]
    dues: Mapping[tuple[str, str, int], datetime]
    """Book, register, row -> the next due moment."""
    promises: tuple[Owed, ...]
    money: tuple[Money, ...]
    letters: Mapping[str, int]
    calls: int


def handed_over(
    desk: Desk, snapshot: Snapshot, settings: Settings, now: datetime, person: str | None, *, by_shift: bool = False
) -> Handed:
    """The open rows of a person by their next due moment; with `by_shift` only what is promised or due before the next shift
    ends, of everybody where no person is named (UsageError).
    """
    somebody = _person(snapshot, person) if person is not None else None
    keepers = Keepers(snapshot)
    rows = [at for at in _rows(snapshot) if somebody is None or _is_of(keepers, at, somebody)]
    until = _next_shift_ends(snapshot, settings, now, somebody) if by_shift else None
    dues = _dues(snapshot, settings, now)
    owed = [one for one in promises(snapshot, rows, now) if until is None or one.due <= until]
    if until is not None:
        promised = {one.at.place for one in owed}
        rows = [at for at in rows if at.place in promised or dues.get(at.place, until + _MINUTE) <= until]
    rows.sort(key=lambda at: (dues.get(at.place, datetime.max.replace(tzinfo=now.tzinfo)), at.place))
    return Handed(
        somebody.name if somebody is not None else None,
        _deputy(snapshot, somebody, now),
        until,
        tuple(open_rows(snapshot, settings, rows, now, words_of(settings))),
        dues,
        tuple(owed),
        tuple(money(rows)),
        _letters(desk, rows),
        sum(
            keepers.person(keepers.owner(one.table, one.row), one.table.book) == fold(somebody.name)
            for one in calls_due(snapshot, settings, now)
        )
        if somebody is not None
        else 0,
    )


def shown(handed: Handed, settings: Settings) -> dict[str, Any]:
    """It as plain values, which every way of showing it takes; moments in the desk's zone."""
    words = words_of(settings)

    def where(at: At) -> dict[str, Any]:
        register = at.table.register
        names = (at.row.get("customer"), at.row.get("product") or at.row.get("part") or at.row.get("name"))
        return {
            "register": words.label(Name(register.name)),
            "no": at.row.key,
            "cell": at.table.place(at.row.row, register.key[0]).cell,
            "about": " ".join(str(one) for one in names if one and one != at.row.key),
        }

    def moment(at: datetime | None, *, day_only: bool = False) -> str | None:
        if at is None:
            return None
        return f"{at:%Y-%m-%d}" if day_only else f"{at.astimezone(settings.timezone):%Y-%m-%d %H:%M}"

    return {
        "person": handed.person,
        "deputy": handed.deputy,
        "until": moment(handed.until),
        "promises": [
            {
                "at": moment(one.due, day_only=one.day_only),
                "what": words.label(Name(one.at.table.register.name, one.column)),
                "late": one.is_late,
                **where(one.at),
            }
            for one in handed.promises
        ],
        "open": [
            {
                "due": moment(handed.dues.get(one.at.place)),
                "status": one.status,
                "owner": one.owner,
                "next": one.next,
                "overdue": one.overdue,
                **where(one.at),
            }
            for one in handed.open
        ],
        "money": [
            {"amount": f"{one.amount:.2f}", "what": words.say(because(one.why)), **where(one.at)}
            for one in handed.money
        ],
        "calls": handed.calls,
        "letters": dict(handed.letters),
    }


def lines(told: Mapping[str, Any], words: Words) -> Iterator[str]:
    """The list as text, the most pressing first."""

    def say(name: str, **args: object) -> str:
        return words.say(because(f"handover.{name}", **args))

    yield say("of", person=told["person"]) if told["person"] else say("of-all")
    if told["until"]:
        yield "  " + say("until", until=told["until"])
    if told["deputy"]:
        yield "  " + say("deputy", deputy=told["deputy"])
    if not (told["open"] or told["promises"] or told["money"]):
        yield "  " + say("nothing")
    for name in ("promises", "open", "money"):
        if told[name]:
            yield from ("", say(name, n=len(told[name])))
            for one in told[name]:
                yield from _line(name, one, say)
    waiting = [say(f"letters-{state}", n=n) for state, n in told["letters"].items() if n]
    waiting += [say("calls", n=told["calls"])] if told["calls"] else []
    yield from ("", *waiting) if waiting else ()


def _line(name: str, one: Mapping[str, Any], say: Any) -> Iterator[str]:
    case = " ".join(part for part in (one["register"], one["no"] or one["cell"], one["about"]) if part)
    match name:
        case "promises":
            yield f"  {one['at']:<16}  {one['what']}  {case}" + (f"  ! {say('late')}" if one["late"] else "")
        case "money":
            yield f"  {one['amount']:>10}  {one['what']}  {case}"
        case _:
            owner = f"  ({one['owner']})" if one["owner"] else ""
            yield f"  {one['due'] or '':<16}  {case}  {one['status']}{owner}".rstrip()
            yield from (f"      {mark} {one[key]}" for mark, key in (("!", "overdue"), ("→", "next")) if one[key])


def handover_page(settings: Settings, now: datetime, told: Mapping[str, Any]) -> str:
    """The list as a page to print and to sign (LetterError where its template is at fault)."""
    return page(settings, now, "handover", settings.locale, {"told": told})


def _person(snapshot: Snapshot, name: str) -> Any:
    found = snapshot.person(name)
    if found is None:
        near = closest(name, [text for _, row in snapshot.rows("staff") for text in (row.name, row.staff_no) if text])
        raise UsageError(
            f"There is nobody called “{name}” in the staff register" + (f"; do you mean {near}?" if near else "")
        )
    return found


def _rows(snapshot: Snapshot) -> Iterator[At]:
    """The rows that are open, of every register."""
    for table in snapshot.tables:
        yield from (at for at in (At(table, row) for row in table.rows) if _is_work(at))


def _is_work(at: At) -> bool:
    """A row with a status of its own, or something to be done by a day; people, calls made and settings are none."""
    register = at.table.register
    return bool(register.over or register.clocks) and register.name not in ("surveys", "outlook") and is_open(at)


def _is_of(keepers: Keepers, at: At, person: Any) -> bool:
    return keepers.person(keepers.owner(at.table, at.row), at.table.book) == fold(person.name)


def _deputy(snapshot: Snapshot, person: Any, now: datetime) -> str | None:
    """Who gets the letters while the person is away; before that who is named for it."""
    if person is None:
        return None
    stands_in = present(snapshot, person, now.astimezone(snapshot.calendar.timezone).date())
    if stands_in is not None and stands_in is not person:
        name: str = stands_in.name
        return name
    named = snapshot.person(person.deputy)
    return named.name if named is not None else None


def _next_shift_ends(snapshot: Snapshot, settings: Settings, now: datetime, person: Any) -> datetime:
    """The end of the shift that follows the one that runs: who comes on has until then."""
    owner = person.name if person is not None else None
    this = ends_at(snapshot, settings, End.SHIFT, now, owner)
    return ends_at(snapshot, settings, End.SHIFT, this + _MINUTE, owner)


def _dues(snapshot: Snapshot, settings: Settings, now: datetime) -> dict[tuple[str, str, int], datetime]:
    """The next due moment of each row. Calls have a list of their own; a clock that stands still presses nobody."""
    found: dict[tuple[str, str, int], datetime] = {}
    for agenda in AGENDAS:
        for due in agenda(snapshot, settings, now):
            one, at = due.clock, (due.subject.at.book, due.subject.at.register, due.subject.at.row)
            is_ours = one.is_overdue or (one.paused_since is None and one.policy.clock not in OTHERS_FIRST)
            if is_ours and one.policy.clock not in CALLS:
                found[at] = min(found.get(at, one.due_at), one.due_at)
    return found


def _letters(desk: Desk, rows: list[At]) -> dict[str, int]:
    """The letters about these rows that wait for a person, by state."""
    keys = {(at.table.book, at.table.register.name, at.row.key) for at in rows if at.row.key}
    found = desk.state.messages_about((), keys, audiences=("customer", "vendor", "staff"))
    counts = Counter(one.state for one in found)
    return {str(state): counts[state] for state in WAITING if counts[state]}
