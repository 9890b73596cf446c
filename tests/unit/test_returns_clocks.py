"""P-18, P-19 and P-27 on the plan of the returns job: windows, reviews, refunds, goods that are awaited, who is alerted."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from tests.unit.returns_desk import ADDRESS, FINANCED, NOW, REVIEWED, desk
from toolkit.jobs import returns

MON, TUE, WED, THU = (datetime(2026, 11, day, 18, 0) for day in (23, 24, 25, 26))
HERE = {"received_at": datetime(2026, 11, 23, 17, 0)}
INSPECTED = {**HERE, "inspected_at": datetime(2026, 11, 23, 17, 30), "inspection": "passed"}
LIGHTING = "preset: lighting-factory"
SENT_BACK = {
    "finance_reviewer": "Finn",
    "finance_review": "sent_back",
    "finance_at": datetime(2026, 11, 23, 17, 0),
}


def due(found, now=NOW, row=0):
    cells = found.cells(now, row)
    return [cells.get(one) for one in ("review_due", "finance_due", "refund_due")]


def at(day, hour=10):
    return NOW.replace(day=day, hour=hour)


# -- P-18 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "change", "expected"),
    [
        ("", {"delivered_on": date(2026, 11, 20)}, date(2026, 11, 27)),
        ("preset: ecommerce-returns", {"delivered_on": date(2026, 11, 20)}, date(2026, 11, 27)),
        (LIGHTING, {"ordered_on": date(2026, 11, 17)}, date(2026, 11, 24)),
        (LIGHTING, {"ordered_on": None, "paid_on": date(2026, 11, 18)}, date(2026, 11, 25)),
        ("", {"delivered_on": None}, None),
        ("", {"kind": "refund_only", "shipped": None}, None),
        ("policies: {P-18: {target: 15d}}", {"delivered_on": date(2026, 11, 20)}, date(2026, 12, 5)),
        ("policies: {P-18: off}", {}, None),
    ],
)
def test_p_18_the_window_begins_with_receipt_or_purchase_as_the_preset_says(config, change, expected):
    assert desk(change, config=config).cells().get("window_until") == expected


@pytest.mark.parametrize(
    ("config", "change", "expected"),
    [
        ("", {"reason": "dislike", "delivered_on": date(2026, 11, 16)}, []),
        ("", {"reason": "dislike", "delivered_on": date(2026, 11, 15)}, [("applied_at", "not-returnable")]),
        ("", {"reason": "quality_defect", "delivered_on": date(2026, 9, 1)}, []),
        ("", {"reason": "dislike", "delivered_on": None}, [("delivered_on", "required")]),
        ("", {"reason": "dislike", "delivered_on": None, "under_way": True}, []),
        (LIGHTING, {"reason": "quality_defect", "ordered_on": date(2026, 11, 16)}, []),
        (
            LIGHTING,
            {"reason": "transport_damage", "ordered_on": date(2026, 11, 15)},
            [("applied_at", "not-returnable")],
        ),
        (LIGHTING, {"reason": "dislike", "ordered_on": date(2026, 11, 20)}, [("reason", "not-returnable")]),
    ],
)
def test_p_18_seven_days_without_cause_and_lighting_takes_back_for_its_three_causes_alone(config, change, expected):
    assert [(column, code) for _, column, code in desk(change, config=config).found()] == expected


def test_p_18_a_late_application_is_the_reviewers_to_decide_and_the_finding_ends_with_that():
    found = desk({"reason": "dislike", "delivered_on": date(2026, 11, 1)})
    assert found.cells()["next_step"] == (
        "review: asked for after the window (until 2026-11-08); a rejection needs a reason: Operations Olga, by 2026-11-24 18:00"
    )
    assert found.told() == ["return-applied"]
    found.run()
    found.type(status="approved", **REVIEWED)
    assert found.found() == []


# -- P-19 ----------------------------------------------------------------------------------------------------------


def test_p_19_review_is_due_one_working_day_after_the_application():
    assert due(desk()) == [TUE, None, None]


@pytest.mark.parametrize("refused", ["rejected", "cancelled"])
def test_p_19_a_case_that_is_taken_up_again_has_a_new_working_day_for_its_review(refused):
    found = desk()
    found.run()
    found.type(status=refused, **REVIEWED | {"review": "rejected", "reject_reason": "Worn"})
    found.run(at(25))
    found.type(status="pending_review", **dict.fromkeys([*REVIEWED, "reject_reason"]))
    assert due(found, at(26)) == [datetime(2026, 11, 27, 18, 0), None, None]
    assert found.cells(at(26)).get("overdue") is None
    found.run(at(26))
    assert (found.plan(at(26)).edits, found.plan(at(27, 17)).edits) == ((), ())
    alerts = [one for one in found.plan(at(28, 9)).occasions if one.notice == "overdue"]
    assert [(one.to.role, one.round) for one in alerts] == [("staff:S01", 1)]
    found.type(**REVIEWED | {"reviewed_at": datetime(2026, 11, 27, 9, 0)}, status="approved")
    assert due(found, at(28, 9))[1] == datetime(2026, 11, 28, 18, 0)


def test_p_19_finance_review_is_due_one_working_day_after_operations():
    found = desk({"status": "approved", **REVIEWED, "reviewed_at": datetime(2026, 11, 24, 9, 30)})
    assert due(found) == [TUE, WED, None]
    assert found.cells()["next_step"] == "finance review: Finance Finn, by 2026-11-25 18:00"


@pytest.mark.parametrize(
    ("config", "change", "expected"),
    [
        ("", INSPECTED, datetime(2026, 11, 30, 23, 59, 59)),
        ("", {}, None),
        ("", {**INSPECTED, "inspection": "failed"}, None),
        ("returns: {refund_when: finance}", {}, datetime(2026, 11, 30, 23, 59, 59)),
        ("returns: {refund_when: finance}", {**INSPECTED, **SENT_BACK}, None),
    ],
)
def test_p_19_refund_is_due_seven_days_after_the_inspection_or_after_finance_as_set(config, change, expected):
    found = desk({"status": "waiting_for_goods", **REVIEWED, **FINANCED, **ADDRESS, **change}, config=config)
    assert due(found)[2] == expected


def test_p_19_refund_only_is_approved_by_itself_and_paid_at_once_and_no_staff_cell_is_written():
    found = desk({"kind": "refund_only", "shipped": None, "delivered_on": None, "reason": "dislike"})
    plan = found.plan()
    cells = found.cells()
    assert due(found) == [None, None, datetime(2026, 11, 30, 23, 59, 59)]
    assert cells["allowed_next"] == "Approved (by itself), Waiting for refund, Cancelled"
    assert cells["next_step"] == "not shipped, approved by itself: refund: Finance Finn, by 2026-11-30 23:59"
    assert found.told() == ["return-approved"]
    assert {one.column for one in plan.edits} == {
        "refund_amount", "case_refund", "refund_due", "allowed_next", "next_step",
    }  # fmt: skip


def test_p_19_finance_sends_back_and_the_review_clock_runs_again():
    found = desk({"status": "approved", **REVIEWED, "reviewed_at": datetime(2026, 11, 23, 11, 0)})
    found.run(at(23, 12))
    found.type(**SENT_BACK, status="pending_review")
    assert due(found) == [None, None, None]  # both as before: due on Tuesday at six
    assert found.cells()["finance_due"] is None
    assert found.cells()["next_step"] == "review again, finance sent it back: Operations Olga, by 2026-11-24 18:00"
    found.run(at(23, 18))
    found.type(status="approved", reviewed_at=datetime(2026, 11, 24, 9, 30))
    assert found.cells()["finance_due"] == WED
    found.run(at(24, 10))
    found.type(finance_review="approved", finance_at=datetime(2026, 11, 25, 9, 0), **ADDRESS)
    assert found.found(at(25, 10)) == []
    assert found.told(at(25, 10)) == ["return-approved"]
    found.run(at(25, 10))
    assert [found.rows[0][one] for one in ("review_due", "finance_due")] == [TUE, WED]


def test_p_19_the_review_after_sending_back_starts_when_it_was_sent_back():
    found = desk({"status": "pending_review", **REVIEWED, **SENT_BACK, "finance_at": datetime(2026, 11, 24, 9, 0)})
    assert due(found) == [WED, None, None]


def alerts(found, now):
    return sorted(
        {
            (one.notice, one.to.name, one.step, one.round)
            for one in found.job(now).occasions
            if one.to.audience == "staff" and not one.skip and one.key not in found.memory.occasions
        }
    )


def test_p_19_a_late_review_is_told_once_a_case_and_climbs_the_ladder():
    found = desk({"line_no": "1"}, {"line_no": "2", "product": "Table"})
    assert alerts(found, at(24, 10)) == []
    assert alerts(found, at(24, 17)) == [("warning", "Olga", "review.warning", 0)]
    assert alerts(found, at(25, 9)) == [("overdue", "Olga", "review.overdue", 0)]
    found.run(at(25, 9))
    assert [one for one in found.sent if one[0] == "overdue"] == [("overdue", "RT-1#1")]
    assert [found.rows[row]["overdue"] for row in (0, 1)] == [
        "operations review is less than 1 working day late (was due 2026-11-24 18:00)"
    ] * 2
    assert alerts(found, at(25, 14)) == [("escalation", "Max", "review.1-manager", 0)]
    assert alerts(found, at(26, 10)) == [("escalation", "Hope", "review.2-head", 0)]


def test_p_19_a_review_that_came_back_is_alerted_anew():
    found = desk({"status": "pending_review", **REVIEWED, **SENT_BACK})
    assert alerts(found, at(25, 9)) == [("overdue", "Olga", "review.overdue", 1)]


def test_p_19_late_finance_is_finances_to_hear_of():
    found = desk({"status": "approved", **REVIEWED})
    assert alerts(found, at(25, 9)) == [("overdue", "Finn", "finance.overdue", 0)]


def test_p_19_a_completed_case_keeps_its_due_times_and_alerts_nobody():
    done = {"refunded_at": datetime(2026, 11, 24, 9, 0), "refund_method": "original", "status": "completed"}
    found = desk({**REVIEWED, **FINANCED, **ADDRESS, **INSPECTED, **done})
    assert due(found) == [TUE, TUE, datetime(2026, 11, 30, 23, 59, 59)]
    found.run()
    later = NOW + timedelta(days=30)
    assert (found.plan(later).edits, alerts(found, later)) == ((), [])


# -- P-27 ----------------------------------------------------------------------------------------------------------

GOODS = {"status": "waiting_for_goods", **REVIEWED, **FINANCED, **ADDRESS}


def test_p_27_the_customer_is_reminded_two_days_before_the_agreed_date_and_staff_when_it_is_past():
    found = desk(GOODS)
    day = datetime(2026, 11, 28, 12, 0, tzinfo=NOW.tzinfo)
    assert found.told(day) == []
    assert found.told(day + timedelta(days=1, hours=12)) == ["return-due"]
    found.run(day + timedelta(days=1, hours=12))
    assert found.told(day + timedelta(days=2)) == []
    assert alerts(found, day + timedelta(days=2)) == []
    assert alerts(found, datetime(2026, 12, 2, 10, 0, tzinfo=NOW.tzinfo)) == [("overdue", "Olga", "goods.overdue", 0)]


def test_p_27_a_new_date_is_a_new_reminder_and_goods_that_came_end_it():
    found = desk(GOODS)
    found.run(datetime(2026, 11, 30, 12, 0, tzinfo=NOW.tzinfo))
    found.type(return_by=datetime(2026, 12, 8))
    late = datetime(2026, 12, 7, 12, 0, tzinfo=NOW.tzinfo)
    assert found.told(late) == ["return-due"]
    found.type(received_at=datetime(2026, 12, 7, 10, 0))
    assert found.told(late) == ["return-received"]


def test_p_27_before_the_approval_nothing_is_awaited():
    found = desk({"return_by": datetime(2026, 11, 20)})
    assert alerts(found, NOW) == []


# -- what the digest counts ----------------------------------------------------------------------------------------


def test_returns_the_agenda_holds_every_open_clock_of_a_case_once_in_its_queue():
    found = desk(
        {"line_no": "1"},
        {"line_no": "2", "product": "Table"},
        {"return_no": "RT-2", "order_no": "SO-2", "status": "approved", **REVIEWED},
        {"return_no": "RT-3", "order_no": "SO-3", **GOODS, **INSPECTED, "status": "waiting_for_refund"},
        {"return_no": "RT-4", "order_no": "SO-4", "status": "cancelled"},
        {"return_no": "RT-5", "order_no": "SO-5", **GOODS},
    )
    agenda = [
        (one.subject.at.key, one.clock.policy.no, one.clock.policy.clock, one.subject.owner)
        for one in returns.agenda(found.snapshot(), found.settings, NOW)
    ]
    assert agenda == [
        ("RT-1#1", "P-19", "review", "Olga"),
        ("RT-2#1", "P-19", "finance", "Finn"),
        ("RT-3#1", "P-19", "refund", "Finn"),
        ("RT-5#1", "P-27", "goods", "Olga"),
    ]
