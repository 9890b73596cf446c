"""What each store reads: its tickets and orders, and the call-backs that it owes an answer on."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.callback_desk import answers, survey
from tests.callback_desk import ticket as installation
from tests.digest_desk import NOW, STAFF, desk, letters, occasions, sections, ticket
from toolkit.app.pages import digest_letter
from toolkit.core.errors import UsageError

NORTH = {"store_no": "ST1", "name": "North", "email": "north@example.com"}
RUTH = {
    "staff_no": "S9",
    "name": "Ruth",
    "role": "store_manager",
    "email": "ruth@example.com",
    "store": "North",
    "manager": "Mary",
}
ORDER = {
    "order_no": "SO-1",
    "customer": "Ann Wu",
    "phone": "13800138009",
    "product": "Curtain",
    "quantity": 1,
    "ordered_on": date(2026, 3, 2),
    "promised_by": date(2026, 3, 31),
    "tracker": "Tess",
    "in_stock": True,
    "stock_rechecked_on": date(2026, 3, 2),
    "paid_on": date(2026, 3, 2),
    "status": "in_production",
    "store": "ST1",
}
CURTAINS = "preset: curtains\n"


def stores_only(config=CURTAINS, **rows):
    """A desk that writes to nobody but its stores."""
    return desk(config + "digest: {to: [stores]}\n", **rows)


def test_digest_each_store_reads_its_tickets_deliveries_and_the_feedback_it_owes():
    lead = {"kind": "retail_lead", "store": "North", "problem": "Wants curtains"}
    small = stores_only(
        tickets=[
            installation("AS-1"),
            ticket("AS-2", kind="delivery_date_enquiry", store="ST1", opened_at=datetime(2026, 3, 5, 9)),
            ticket("AS-3", None, customer="Bo Lin", **lead),
            ticket("AS-4", store="South"),
            ticket("AS-5", store="North", status="closed"),
        ],
        surveys=[survey(survey_no="CB-1", forwarded_at=datetime(2026, 3, 3, 17), **answers("cleaned_up"))],
        orders=[
            ORDER,
            ORDER | {"order_no": "SO-2", "status": "completed"},
            ORDER | {"order_no": "SO-3", "store": "South"},
        ],
        stores=[NORTH, {"store_no": "ST2", "name": "South"}],
        vendors=[{"vendor_no": "V1", "name": "Steady", "city": "Bristol", "phone": "13800138002"}],
    )
    (letter,) = occasions(small, "2026-03-05T09:30")
    assert (letter.key, letter.to.address) == (
        "main|stores|ST1|digest|2026-03-05|0||store:ST1|email",
        "north@example.com",
    )
    assert letter.values()["person"] == "North"
    assert sections(letter.values()) == [
        ("Waiting for your answer: Call-backs", 1, ["CB-1 Ellen Shaw: store's feedback by 2026-03-05 18:00 (Jean)"]),
        ("Due today: Tickets", 1, ["AS-2 Ellen Shaw: first response by 2026-03-05 11:00 (Nina)"]),
        ("Also open: Tickets", 1, ["AS-3 Bo Lin: New (nobody assigned)"]),
        ("Also open: Orders", 1, ["SO-1 Ann Wu Curtain: In production (Tess)"]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("stores", "staff", "to"),
    [
        ([NORTH], [RUTH], {"north@example.com"}),
        ([NORTH | {"email": None, "manager": "Ruth"}], [RUTH], {"ruth@example.com"}),  # no address: who answers for it
        ([NORTH | {"email": None}], [RUTH], {"ruth@example.com"}),  # as the staff register says
        ([NORTH | {"email": "ruth@example.com"}], [RUTH], {"ruth@example.com"}),  # one mail, not two
        ([NORTH | {"email": None}], [RUTH | {"away_from": date(2026, 3, 1), "deputy": "Omar"}], {"omar@example.com"}),
        ([NORTH | {"email": None}], [], set()),
        ([NORTH | {"active": False}], [], set()),
        ([], [RUTH], set()),
    ],
)
def test_digest_of_a_store_goes_to_its_own_address_else_to_who_answers_for_it(stores, staff, to):
    small = stores_only(tickets=[ticket("AS-1", store="North")], stores=stores, staff=[*STAFF, *staff])
    assert set(letters(small)) == to


def test_digest_a_store_without_anything_that_waits_gets_none():
    assert letters(stores_only(tickets=[ticket("AS-1", store="South")], stores=[NORTH])) == {}


@pytest.mark.parametrize(
    ("config", "is_told"),
    [(CURTAINS, True), ("preset: office-furniture\n", False), (CURTAINS + "digest: {to: [staff]}\n", False)],
)
def test_digest_of_stores_is_sent_where_the_preset_has_stores_or_the_setting_says_so(config, is_told):
    small = desk(config, tickets=[ticket("AS-1", store="North")], stores=[NORTH])
    assert ("north@example.com" in letters(small)) == is_told


def test_digest_a_stores_manager_reads_the_store_and_not_the_whole_desk():
    rows = [
        ticket("AS-1", store="North"),
        ticket("AS-2", store="South", opened_at=datetime(2026, 3, 2, 9)),
        ticket("AS-3", "Ruth"),
    ]
    config = "preset: furniture-retail\ndigest: {to: [managers]}\n"
    small = desk(config, tickets=rows, stores=[NORTH], staff=[*STAFF, RUTH])
    found = letters(small)["ruth@example.com"]
    assert (found["counts"], found["registers"]) == ([], [])
    assert sections(found) == [
        ("Due today: Tickets", 2, [
            "AS-1 Ellen Shaw: first response by 2026-03-05 12:00 (Nina)",
            "AS-3 Ellen Shaw: first response by 2026-03-05 12:00",
        ]),
    ]  # fmt: skip


def test_digest_a_stores_manager_of_no_known_store_reads_the_whole_desk():
    rows = [ticket("AS-2", opened_at=datetime(2026, 3, 2, 9))]
    found = letters(desk(tickets=rows, staff=[*STAFF, RUTH | {"store": None}]))["ruth@example.com"]
    assert [one["value"] for one in found["counts"]] == [1, 1, 0, 0, 0]


def test_digest_a_row_that_is_a_store_managers_own_and_the_stores_stands_there_once():
    small = desk(tickets=[ticket("AS-1", "Ruth", store="North")], stores=[NORTH], staff=[*STAFF, RUTH])
    assert sections(letters(small)["ruth@example.com"]) == [
        ("Due today: Tickets", 1, ["AS-1 Ellen Shaw: first response by 2026-03-05 12:00"])
    ]


def test_digest_of_a_store_can_be_looked_at_by_its_name_or_number():
    small = desk(tickets=[ticket("AS-1", store="North")], stores=[NORTH | {"language": "zh-CN"}])
    moment = small.moment(NOW)
    for name in ("North", "st1"):
        letter, values = digest_letter(small.snapshot(moment), small.settings, moment, name)
        assert letter.subject == "售后日报 3月5日（周四） · North"
        assert sections(values) == [
            ("今天到期 · 售后登记表", 1, ["AS-1 Ellen Shaw：首次回复，2026-03-05 12:00 前（Nina）"])
        ]
    with pytest.raises(UsageError, match="South"):
        digest_letter(small.snapshot(moment), small.settings, moment, "South")


def test_digest_each_store_row_stands_once_with_what_presses_most():
    config = "preset: furniture-retail\ndigest: {to: [stores]}\n"
    due = {"promised_by": date(2026, 3, 5), "responded_at": datetime(2026, 3, 4, 13)}
    later = {"promised_by": date(2026, 3, 20), "responded_at": datetime(2026, 3, 4, 13)}
    small = desk(
        config, tickets=[ticket("AS-1", store="North", **due), ticket("AS-2", store="North", **later)], stores=[NORTH]
    )
    assert sections(letters(small)["north@example.com"]) == [
        ("Due today: Tickets", 1, ["AS-1 Ellen Shaw: promised date by 2026-03-05 23:59 (Nina)"]),
        ("Also open: Tickets", 1, ["AS-2 Ellen Shaw: progress report by 2026-03-06 18:00; promised date by 2026-03-20 23:59 (Nina)"]),
    ]  # fmt: skip
