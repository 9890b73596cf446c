"""What triage suggests for a ticket: level, cause, owner. Words beside the cells of the staff, never in them (20, Triage)."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.core.reason import Name, Reason, because
from toolkit.jobs.ticket.case import Case, Judge
from toolkit.jobs.ticket.owners import suggested_owners
from toolkit.registers.tickets import FINISHED
from toolkit.rules.triage import Suggestion, suggested_cause, suggested_level

SUGGESTIONS = ("suggested_level", "suggested_cause", "suggested_owner")


class Suggested:
    """The suggestions of a run."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._knows_staff = not judge.snapshot.is_unread("staff", "stores")

    def of(self, case: Case) -> Iterator[tuple[str, Reason | None]]:
        """Column and what it says; a finished ticket needs no suggestion."""
        triage, row = self._judge.settings.triage, case.row
        is_over = row.status in FINISHED
        level = None if is_over else suggested_level(triage, row)
        yield "suggested_level", because("suggest.level", level=Name("tickets", "level", level)) if level else None
        yield "suggested_cause", None if is_over else _cause(suggested_cause(triage, row))
        if self._knows_staff:
            owners = self._judge.snapshot.once("owners", lambda: suggested_owners(self._judge))
            yield "suggested_owner", None if is_over else owners.get((case.table.book, row.row))


def _cause(found: Suggestion | None) -> Reason | None:
    if found is None:
        return None
    cause = Name("tickets", "cause", found.value)
    if found.is_open:
        return because("suggest.cause-open", cause=cause, columns=tuple(Name("tickets", one) for one in found.needs))
    return because("suggest.cause", cause=cause)
