"""A call-back and the customer it was made to, as letters and alerts see them."""

from __future__ import annotations

from typing import Any

from toolkit.core.reason import Name
from toolkit.jobs.callback.calls import VERDICT, Call
from toolkit.jobs.ticket.case import Judge
from toolkit.jobs.ticket.view import Views

ALSO_OF_TICKET = ("customer", "phone", "city", "address", "product", "category", "order_no", "vendor")
"""What an alert about a call-back borrows from the case that it was about."""
SURVEY = ("called_at", "caller", "satisfaction", "what_went_wrong", "suggestion")


def about(call: Call, judge: Judge, views: Views, locale: str) -> dict[str, Any]:
    """The ticket that was called about; an order shaped as one."""
    if call.ticket is not None and call.ticket_table is not None:
        return views.ticket(judge.case_of(call.ticket_table, call.ticket), locale)
    if call.order is None or call.order_table is None:
        raise ValueError(f"{call.name} is about nothing")
    return views.row(call.order_table, call.order, call.order.order_no, locale)


def in_alert(call: Call, judge: Judge, views: Views, locale: str) -> dict[str, Any]:
    """The call-back's own row, with the customer."""
    own = views.row(call.table, call.row, call.name, locale)
    if call.about is None:
        return own
    of_case = about(call, judge, views, locale)
    return {**own, **{name: of_case[name] for name in ALSO_OF_TICKET}}


def survey_view(call: Call, views: Views, locale: str) -> dict[str, Any]:
    """What was said, in the reader's words; `said_no` are the questions that were answered with no."""
    words = views.words(locale)
    values = {name: views.value(call.table.register, call.row, name, locale) for name in SURVEY}
    noes = (key for key in call.answered.complaints if key != VERDICT)
    return {**values, "said_no": [words.label(Name("surveys", key)) for key in noes]}
