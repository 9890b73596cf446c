"""The looks at a register that managers choose: overdue, due today, mine, call-backs due. Data for books that have such."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from toolkit.core.layout import ViewSpec
from toolkit.core.reason import Name, because
from toolkit.core.words import Words
from toolkit.jobs.ticket.case import DUE_COLUMNS
from toolkit.registers.lexicon import Lexicon
from toolkit.registers.schema import Register
from toolkit.registers.tickets import FINISHED, FROZEN
from toolkit.settings.model import Settings

USUAL_STOPS = {"response": "responded_at", "solution": "solved_at", "start": "started_at", "resolve": "finished_at"}
"""What stops a clock that no rule of the preset governs yet."""


def views_of(register: Register, settings: Settings, lexicon: Lexicon, words: Words) -> Iterator[ViewSpec]:
    """A register's views, in the order in which a day is worked."""

    def title(name: str) -> str:
        return words.say(because(f"build.view.{name}", owner=Name("tickets", "owner")))

    if "overdue" in register.by_key:
        yield ViewSpec(title("overdue"), filled=("overdue",))
    if register.name != "tickets":
        return
    is_open = {"status": tuple(_names(lexicon, sorted(FROZEN)))}
    yield ViewSpec(title("today"), hidden=is_open, formula=_any(_due_today(register, settings)))
    # The API knows no "whoever looks": one view for all, sorted so that everybody finds his own.
    yield ViewSpec(title("mine"), hidden=is_open, order=("owner",))
    finished = _any(f'{{status}}="{name.replace(chr(34), chr(34) * 2)}"' for name in _names(lexicon, sorted(FINISHED)))
    yield ViewSpec(
        title("callbacks"),
        formula=f"(N({{callback_due}})>0)*(N({{callback_due}})<TODAY()+1)*(LEN({{survey_score}})=0)*({finished})>0",
        order=("callback_due",),
    )


def _names(lexicon: Lexicon, statuses: Iterable[str]) -> Iterator[str]:
    for one in statuses:
        yield from lexicon.choice_names("tickets", "status", one)


def _any(conditions: Iterable[str]) -> str:
    """Without OR(…), whose commas are semicolons in half of the world."""
    return "+".join(f"({one})" for one in conditions) + ">0"


def _due_today(register: Register, settings: Settings) -> Iterator[str]:
    """For each clock: due today, and what would stop it has not happened. A text in a due cell counts as no date."""
    for clock, due in {**DUE_COLUMNS, "promise": "promised_by"}.items():
        stops = {one.stops for one in settings.policies if one.clock == clock and one.register == register.name}
        stop = stops.pop() if len(stops) == 1 else "" if stops else USUAL_STOPS.get(clock, "")
        stop = "survey_score" if clock == "callback" else stop  # the call-back itself stands in another register
        is_running = f"*(LEN({{{stop}}})=0)" if stop in register.by_key else ""
        yield f"(INT(N({{{due}}}))=TODAY()){is_running}"
