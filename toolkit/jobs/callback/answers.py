"""What the customer hears around a call-back: the questions by mail, thanks, an apology."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote

from toolkit.core.actions import Occasion, RowId
from toolkit.core.link import own_link
from toolkit.core.reason import because
from toolkit.jobs.callback.calls import VERDICT, Call, questionnaire_for
from toolkit.jobs.callback.views import about
from toolkit.jobs.recipients import opted_out, reached
from toolkit.jobs.since import go_live, is_news
from toolkit.jobs.ticket.case import Case, Judge
from toolkit.jobs.ticket.view import Views
from toolkit.registers.schema import When
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.tickets import FINISHED
from toolkit.rules.policy import fits
from toolkit.settings.model import Settings

AFTER_THE_CALL = ("thanks", "sorry")
QUESTIONS = "survey"


@dataclass(frozen=True, slots=True)
class _Judged:
    """A call as the conditions of a notice see it: satisfied or not, whichever question told."""

    call: Call

    def get(self, column: str) -> Any:
        return self.call.verdict if column == VERDICT else self.call.row.get(column)


class Answers:
    """The letters to customers of a run."""

    def __init__(self, snapshot: Snapshot, settings: Settings, now: datetime, judge: Judge, views: Views) -> None:
        self._snapshot, self._settings = snapshot, settings
        self._judge, self._views = judge, views
        self._closed_ears = opted_out(snapshot, settings)
        self._since = go_live(settings, snapshot, now)
        self._now = now

    def after(self, call: Call) -> Iterator[Occasion]:
        """After the call: thanks, or an apology to one who was not satisfied. A row sent twice is answered once."""
        row, who = call.row, call.about
        if who is None or call.number is None or call.twin_of is not None or row.has_fault or who.has_fault:
            return
        notices = (self._settings.notices[one] for one in AFTER_THE_CALL if one in self._settings.notices)
        notice = next((one for one in notices if fits(one.when, _Judged(call))), None)
        if notice is None or row.called_at is None:
            return
        called_at = self._snapshot.at(call.table, row.called_at)
        if not is_news(called_at, self._settings, self._since):
            return
        for to in reached(
            notice,
            self._settings,
            who,
            "customer",
            who.customer or "",
            self._closed_ears,
            self._snapshot.memory.bounced,
        ):
            yield Occasion(
                at=RowId(call.table.book, "surveys", call.number, row.row),
                notice=notice.name,
                to=to,
                reason=because(f"message.{notice.name}", survey=call.name),
                event_at=called_at,
                values=partial(self._values, call, to.locale),
                expires_at=self._snapshot.calendar.add(called_at, notice.expires) if notice.expires else None,
            )

    def questions(self) -> Iterator[Occasion]:
        """The questionnaire by mail, where the desk wants it: once for each finish, until the customer was called.

        The letter only asks. What opens its link is none of our business (mail scanners open every link): a row counts that
        the submitted form left in the register.
        """
        notice = self._settings.notices.get(QUESTIONS)
        if notice is None or not self._settings.callbacks.letter:
            return
        for case in self._judge.cases(lambda _, row: row.finished_at is not None and row.status in FINISHED):
            row = case.row
            if case.number is None or case.is_doubled or row.has_fault or not fits(notice.when, row):
                continue
            finished_at = self._snapshot.at(case.table, row.finished_at) if row.finished_at is not None else self._now
            if not is_news(finished_at, self._settings, self._since) or not self._is_to_be_asked(case, row.finished_at):
                continue
            for to in reached(
                notice,
                self._settings,
                row,
                "customer",
                row.customer or "",
                self._closed_ears,
                self._snapshot.memory.bounced,
            ):
                yield Occasion(
                    at=RowId(case.table.book, "tickets", case.number, row.row),
                    notice=QUESTIONS,
                    to=to,
                    cause=row.finished_at.isoformat() if row.finished_at is not None else "",
                    reason=because("message.survey", ticket=case.number),
                    event_at=finished_at,
                    values=partial(self._asked, case, to.locale),
                    expires_at=self._snapshot.calendar.add(finished_at, notice.expires) if notice.expires else None,
                )

    def _is_to_be_asked(self, case: Case, finished_at: When | None) -> bool:
        has_questions = questionnaire_for(self._settings, case.row) is not None
        return (
            has_questions and finished_at is not None and not self._judge.is_called(case.table, case.row, finished_at)
        )

    def _values(self, call: Call, locale: str) -> Mapping[str, Any]:
        return {
            "ticket": about(call, self._judge, self._views, locale),
            "vendor": self._views.vendor(call.vendor),
        }

    def _asked(self, case: Case, locale: str) -> Mapping[str, Any]:
        link = self._settings.callbacks.link
        vendor = self._snapshot.vendor(case.row.vendor, case.table.book)
        return {
            "ticket": self._views.ticket(case, locale),
            "vendor": self._views.vendor(vendor),
            "link": own_link(link.replace("{ticket_no}", quote(case.number or "", safe=""))) if link else "",
        }
