"""The check cell of a row: each fault in words, one after the other."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.small_desk import SmallDesk, settings_of

CLOSED = {
    "ticket_no": "AS-1",
    "opened_at": datetime(2026, 11, 23, 10),
    "kind": "repair",
    "customer": "Anna Berg",
    "phone": "13800138000",
    "problem": "It creaks",
    "delivered_on": date(2026, 3, 2),
    "responded_at": datetime(2026, 11, 23, 11),
    "started_at": datetime(2026, 11, 24, 8),
    "finished_at": datetime(2026, 11, 24, 9),
    "solution": "Tightened",
    "status": "closed",
}
FAILED = {"acceptance": "failed", "solution": None}


@pytest.mark.parametrize(
    ("row", "locale", "expected"),
    [
        ({"acceptance": "passed"}, "en", None),
        (
            {},
            "en",
            (
                "Acceptance: closed before the customer accepted or confirmed the work: fill in the acceptance, "
                "or when it was confirmed"
            ),
        ),
        (
            {"acceptance": "failed", "acceptance_reason": "A scratch"},
            "en",
            "Acceptance: the customer did not accept the work: set it to rework, and close it once they did",
        ),
        (
            FAILED,
            "en",
            (
                "(1) Reason not accepted: not accepted: write down why (2) Acceptance: the customer did not accept the work: "
                "set it to rework, and close it once they did (3) Solution: the record of the repair is missing: write down what "
                "was done"
            ),
        ),
        (
            FAILED,
            "zh-CN",
            (
                "（1）不合格原因：验收不合格，请写明原因 （2）验收结果：验收不合格，不能关闭：请改为返工，合格后再关闭 "
                "（3）处理方案：缺少维修记录：请写明做了什么"
            ),
        ),
    ],
)
def test_triage_a_ticket_closed_too_early_is_told_what_closing_needs_one_thing_after_the_other(row, locale, expected):
    settings = settings_of(f"preset: dorm-furniture\nlocale: {locale}\n")
    small = SmallDesk(settings, {"tickets": [{**CLOSED, **row}]})
    small.run("2026-11-24T10:00")
    assert small.row("tickets").get("check") == expected
    assert small.plan("2026-11-24T10:01").edits == ()
