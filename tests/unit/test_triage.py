"""Triage sentence by sentence: levels, causes, evidence, routing, closing, and the letters that follow from them."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import pytest

from tests.unit.small_desk import SmallDesk, at, ticket, wall
from toolkit.core.words import LOCALES
from toolkit.jobs import tickets
from toolkit.rules.triage import concluded, raised


def cells(*columns: str, preset: str = "furniture-retail", locale: str = "en", **row: object) -> object:
    return SmallDesk(preset, locale=locale).with_rows("tickets", ticket(**row)).plan().cells(*columns)


@pytest.mark.parametrize(
    ("problem", "level", "cause"),
    [
        ("客户拒绝维修，要求退货", "1", None),
        ("The bed has collapsed and is unusable, I want a refund", "1", None),
        ("沙发扶手断裂", "2", None),
        ("The frame is cracked", "2", "Product quality"),
        ("抽屉松动，关不严", "3", "Product quality"),
        ("The chair WOBBLES", "3", None),
        ("书柜少螺丝", "4", "Product quality"),
        ("Two screws are missing", "4", "Product quality"),
        ("我家的猫抓坏了皮面", None, "Customer misuse"),
        ("The technician was rude to my mother", None, "Service dispute"),
        ("Damaged by the flood", None, "Force majeure"),
        ("柜门关不上，需要师傅上门", "3", None),
        ("The door will not close", "3", None),
        ("缺五金件，少了两个铰链", "4", "Product quality"),
        ("发来的型号不一样，没人告诉我换了款", None, "Unannounced model change"),
        ("Please call", None, None),
    ],
)
def test_triage_level_and_cause_are_suggested_from_the_description_in_either_language(problem, level, cause):
    found = cells("suggested_level", "suggested_cause", problem=problem)
    assert found == (f"level {level}" if level else None, cause)


def test_triage_a_suggestion_never_overwrites_what_stands_and_goes_when_something_does():
    row = {"problem": "The frame is cracked", "level": "4", "cause": "customer_misuse"}
    plan = SmallDesk().with_rows("tickets", ticket(**row, suggested_level="level 2", suggested_cause="Product quality"))
    assert [(one.column, one.new) for one in plan.plan().plan.edits if one.column in ("level", "cause")] == []
    gone = {one.column: one.new for one in plan.plan().plan.edits if one.column.startswith("suggested")}
    assert gone == {"suggested_level": None, "suggested_cause": None}


@pytest.mark.parametrize(
    ("packing", "usable", "expected"),
    [
        ("damaged_there", True, "transport_damage"),
        ("damaged_there", None, "transport_damage"),
        ("whole", False, "transport_damage"),
        (None, False, "transport_damage"),
        ("whole", True, "product_quality"),
        ("whole", None, None),
        ("damaged_elsewhere", True, None),
        ("unknown", True, None),
        (None, None, None),
    ],
)
def test_triage_packing_damaged_there_or_no_usable_photos_is_transport_and_whole_packing_is_quality(
    packing, usable, expected
):
    assert concluded({"packing": packing, "photos_usable": usable}) == expected


def test_triage_transport_is_concluded_only_after_misuse_and_quality_are_ruled_out():
    problem = "开箱就发现桌面破了"
    assert cells("suggested_cause", problem=problem) == (
        "Transport damage, not certain yet: look at Packing, Photos usable"
    )
    assert cells("suggested_cause", problem=problem, packing="damaged_there") == "Transport damage"
    assert cells("suggested_cause", problem=problem, packing="whole", photos_usable=True) == "Product quality"
    misuse = "收到时好的，后来孩子弄坏了，不小心"
    assert cells("suggested_cause", problem=misuse, packing="damaged_there") == "Customer misuse"


@pytest.mark.parametrize(
    ("problem", "row", "expected"),
    [
        ("桌面开裂", {}, "Product quality"),
        ("桌面开裂", {"packing": "damaged_there"}, "Transport damage"),
        ("桌面开裂", {"packing": "damaged_elsewhere"}, "Product quality"),
        ("桌面开裂", {"photos_usable": False}, "Product quality"),
        ("麻烦看一下", {"packing": "damaged_there"}, "Transport damage"),
        ("麻烦看一下", {"packing": "whole", "photos_usable": True}, "Product quality"),
        ("麻烦看一下", {"packing": "whole"}, None),
        ("态度很差", {"packing": "damaged_there"}, "Service dispute"),
        ("麻烦看一下", {"fault": "missing_parts"}, "Product quality"),
        ("孩子弄丢了", {"fault": "missing_parts"}, "Customer misuse"),
    ],
)
def test_triage_packing_and_missing_fittings_say_the_cause_where_the_description_does_not(problem, row, expected):
    assert cells("suggested_cause", problem=problem, **row) == expected


def test_triage_a_conclusion_that_the_photos_contradict_is_told_in_the_next_step():
    row = {"cause": "transport_damage", "packing": "whole", "photos_usable": True, "photos": "https://e.com/1.jpg"}
    assert "the cause is Product quality and not the transport" in cells("next_step", **row)


@pytest.mark.parametrize("locale", LOCALES)
def test_triage_transport_damage_asks_the_customer_for_the_packing_the_damage_and_the_signed_note(locale):
    row = ticket(cause="transport_damage", responded_at=wall("23 11:00"), language=locale)
    plan = SmallDesk(locale=locale).with_rows("tickets", row).plan()
    assert plan.letters("evidence") == [("evidence", "customer")]
    expected = {
        "en": [
            "photos of each side of the packing",
            "photos of the damage, from the whole to the detail",
            "a photo of the delivery note signed “damaged on receipt”",
        ],
        "zh-CN": ["外包装各面的照片", "破损处照片：先拍整体，再拍细节", "签收单上注明“外包装破损”的照片"],
    }
    assert plan.values("evidence")["missing"] == expected[locale]
    assert plan.faults("needs-evidence") == [("needs-evidence", "photos")]


def test_triage_a_ticket_that_lacks_evidence_gets_its_number_all_the_same():
    plan = SmallDesk().with_rows("tickets", ticket(cause="transport_damage", ticket_no=None)).plan()
    assert [one.new for one in plan.plan.edits if one.column == "ticket_no"] == ["AS-20261123-0001"]


def test_triage_no_evidence_is_asked_for_once_it_is_there_or_for_another_cause():
    for row in ({"cause": "transport_damage", "photos": "https://e.com/1.jpg"}, {"cause": "human_error"}):
        plan = SmallDesk().with_rows("tickets", ticket(responsible="Nina", **row)).plan()
        assert plan.letters("evidence") == []


class Owners:
    STAFF: ClassVar = (
        {"staff_no": "S1", "name": "Nina", "role": "customer_service", "department": "Customer service"},
        {"staff_no": "S2", "name": "Max", "role": "manager", "store": "North"},
        {"staff_no": "S4", "name": "Tess", "role": "technical_support", "department": "技术支持"},
        {"staff_no": "S5", "name": "Tom", "role": "technical_support", "department": "technical_support"},
        {
            "staff_no": "S6",
            "name": "Wes",
            "role": "warehouse",
            "department": "Warehouse logistics",
            "store": "South",
        },
        {
            "staff_no": "S7",
            "name": "Willa",
            "role": "warehouse",
            "department": "Warehouse logistics",
            "store": "North",
        },
        {"staff_no": "S7b", "name": "Lou", "role": "warehouse", "store": "Leeds Dealer"},
        {"staff_no": "S8", "name": "Rae", "role": "regional_manager"},
        {"staff_no": "S9", "name": "Fran", "role": "franchise_manager"},
        {"staff_no": "S10", "name": "Stu", "role": "store_manager", "store": "Bristol"},
        {"staff_no": "S11", "name": "Dee", "role": "store_manager", "store": "Leeds Dealer"},
    )
    STORES: ClassVar = (
        {"store_no": "D1", "name": "Bristol Dealer", "city": "Bristol", "kind": "dealer"},
        {"store_no": "O1", "name": "Bristol", "city": "Bristol", "kind": "own", "manager": "Stu"},
        {"store_no": "LD", "name": "Leeds Dealer", "province": "Yorkshire", "kind": "dealer"},
    )


def suggested(*rows: dict[str, object]) -> list[str | None]:
    desk = SmallDesk().with_rows("staff", *Owners.STAFF).with_rows("stores", *Owners.STORES)
    plan = desk.with_rows("tickets", *rows).plan()
    return [plan.cells("suggested_owner", key=str(row["ticket_no"])) for row in rows]


def free(number: int, **cells: object) -> dict[str, object]:
    return ticket(**{"ticket_no": f"AS-{number}", "phone": f"1380000{number:04}", "owner": None, **cells})


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"cause": "product_quality"}, "Tess (Technical support, 0 open)"),
        ({"cause": "transport_damage", "store": "North"}, "Willa (Warehouse logistics, 0 open)"),
        ({"cause": "transport_damage", "store": "South"}, "Wes (Warehouse logistics, 0 open)"),
        ({"cause": "transport_damage", "store": "LD"}, "Lou (Warehouse logistics, 0 open)"),
        ({"cause": "service_dispute"}, "Nina (Customer service, 0 open)"),
        ({"repair_class": "specialist"}, "Tess (Technical support, 0 open)"),
        ({"department": "warehouse_logistics"}, "Wes (Warehouse logistics, 0 open)"),
        ({"kind": "quality_report"}, "Production: nobody is at work today"),
        ({"level": "1"}, "Max (Manager, 0 open)"),
        ({"kind": "wholesale_lead"}, "Rae (Regional manager, 0 open)"),
        ({"kind": "franchise_lead", "city": "Hull"}, "Fran (Franchise manager, 0 open)"),
        ({"kind": "retail_lead", "city": "Bristol"}, "Stu (Bristol, 0 open)"),
        ({"kind": "retail_lead", "city": "York", "address": "1 High St, Yorkshire"}, "Dee (Leeds Dealer, 0 open)"),
        ({"kind": "retail_lead", "city": "Cardiff"}, "Nina (Customer service, 0 open)"),
        ({"owner": "Nina", "cause": "product_quality"}, None),
        ({"status": "cancelled", "cause": "product_quality"}, None),
    ],
)
def test_triage_an_owner_is_suggested_by_level_department_region_and_store_and_none_where_one_stands(row, expected):
    assert suggested(free(1, **row)) == [expected]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({}, "王芳（客服，在办 0 单）"),
        ({"cause": "product_quality"}, "李强（技术支持，在办 0 单）"),
        ({"cause": "transport_damage"}, "周婷（仓储物流，在办 0 单）"),
        ({"cause": "transport_damage", "store": "上海店"}, "孙浩（仓储物流，在办 0 单）"),
        ({"department": "production"}, "生产：今天没有人在岗"),
    ],
)
def test_triage_whose_department_is_blank_or_none_that_tickets_go_to_belongs_where_the_role_says(row, expected):
    staff = (
        {"staff_no": "S1", "name": "周婷", "role": "customer_service", "department": "仓储部"},
        {"staff_no": "S2", "name": "王芳", "role": "customer_service", "department": "售后部"},
        {"staff_no": "S3", "name": "李强", "role": "technical_support"},
        {"staff_no": "S4", "name": "孙浩", "role": "warehouse", "store": "上海店"},
    )
    desk = SmallDesk(locale="zh-CN").with_rows("staff", *staff).with_rows("tickets", free(1, **row))
    assert desk.plan().cells("suggested_owner") == expected


def test_triage_who_has_least_to_do_is_suggested_and_new_tickets_are_spread_urgent_ones_first():
    busy = free(9, owner="Tess", cause="product_quality")
    first, urgent, third = (
        free(n, cause="product_quality", urgency=how) for n, how in ((1, "normal"), (2, "urgent"), (3, "normal"))
    )
    assert suggested(busy, first, urgent, third)[1:] == [
        "Tess (Technical support, 1 open)",
        "Tom (Technical support, 0 open)",
        "Tom (Technical support, 1 open)",
    ]


def test_triage_who_is_away_or_gone_is_not_suggested():
    staff = (
        {"staff_no": "S4", "name": "Tess", "department": "Technical support", "away_from": date(2026, 11, 20)},
        {"staff_no": "S5", "name": "Tom", "department": "Technical support", "active": False},
        {"staff_no": "S6", "name": "Una", "department": "Technical support"},
    )
    staff[0]["deputy"] = "Una"
    plan = SmallDesk().with_rows("staff", *staff).with_rows("tickets", free(1, cause="product_quality")).plan()
    assert plan.cells("suggested_owner") == "Una (Technical support, 0 open)"


def test_triage_a_franchise_lead_without_phone_or_province_is_to_be_asked_for_them():
    step = cells("next_step", preset="curtains", kind="franchise_lead", phone=None)
    assert "ask for Phone" in step
    assert "ask for City, Address" in step
    assert "ask for" not in cells("next_step", preset="curtains", kind="franchise_lead", city="Hull")


def answered(**more: object) -> dict[str, object]:
    return {"responded_at": wall("23 11:00"), "solution": "x", "solved_at": wall("23 11:30"), **more}


@pytest.mark.parametrize(
    ("row", "step"),
    [
        ({"level": "2"}, "find a new vendor"),
        ({"level": "3"}, "find a new vendor"),
        ({"level": "4"}, "finish the job"),
        ({"level": "4", "service_mode": "on_site"}, "find a new vendor"),
        ({"level": "2", "service_mode": "courier"}, "post the part to the customer"),
        ({"remedy": "repair"}, "find a new vendor"),
        ({"remedy": "part"}, "post the part to the customer"),
        ({"remedy": "money"}, "finish the job"),
        ({"level": "2", "remedy": "part"}, "find a new vendor"),
        ({"level": "2", "status": "planned", "started_at": wall("24 09:00")}, "finish the job"),
        ({"remedy": "part", "service_mode": "on_site"}, "find a new vendor"),
    ],
)
def test_triage_whether_a_vendor_is_needed_goes_by_the_level_the_way_of_service_and_the_remedy(row, step):
    assert cells("next_step", **answered(**row)).startswith(step)


def test_triage_dormitories_get_remote_advice_before_a_visit_and_parts_by_courier():
    assert "advise from afar before anybody visits (then fill in Service mode)" in cells(
        "next_step", preset="dorm-furniture"
    )
    assert "afar" not in cells("next_step", preset="dorm-furniture", service_mode="remote")
    posted = cells("next_step", preset="dorm-furniture", service_mode="courier", remedy="part")
    assert "small parts go by courier, the customer fits them" in posted


@pytest.mark.parametrize(
    ("row", "step"),
    [
        ({}, "finish the job: Nina"),
        ({"service_mode": "on_site"}, "find a new vendor"),
        ({"level": "3"}, "find a new vendor"),
        ({"kind": "install"}, "find a new vendor"),
    ],
)
def test_triage_dormitories_send_nobody_while_remote_advice_is_to_come_first(row, step):
    found = cells("next_step", preset="dorm-furniture", **answered(status="planned", **row))
    assert found.startswith(step)


def test_triage_a_complaint_about_manners_is_answered_by_an_apology_and_another_vendor():
    row = {"kind": "complaint", "cause": "service_dispute"}
    assert cells("next_step", **row).endswith("; apologise, and send another vendor")


def done(**more: object) -> dict[str, object]:
    times = {"started_at": wall("24 08:00"), "finished_at": wall("24 09:00"), "category": "sofa"}
    return ticket(**answered(status="done", **times, **more))


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"acceptance": "passed"}, []),
        ({"accepted_at": wall("24 09:10")}, []),
        ({}, ["acceptance"]),
        ({"acceptance": "failed", "acceptance_reason": "It still creaks"}, ["acceptance"]),
        ({"acceptance": "passed", "solution": None}, ["solution"]),
        ({"kind": "complaint"}, []),
    ],
)
def test_triage_closing_needs_acceptance_or_confirmation_and_the_repair_record(row, expected):
    plan = SmallDesk("dorm-furniture").with_rows("tickets", {**done(), "status": "closed", **row}).plan()
    assert plan.faults("needs-confirmation") == [("needs-confirmation", one) for one in expected]


CALL = "call the customer back: caller, by 2026-11-27 18:00"


@pytest.mark.parametrize(
    ("row", "step"),
    [
        ({}, f"have the customer accept the work: Nina; {CALL}"),
        ({"acceptance": "passed"}, CALL),
        ({"accepted_at": wall("24 09:10")}, CALL),
        ({"status": "accepted", "acceptance": "passed"}, CALL),
        ({"kind": "complaint"}, "have the customer accept the work: Nina"),
        ({"kind": "complaint", "acceptance": "passed"}, "close the ticket: Nina"),
        ({"kind": "complaint", "accepted_at": wall("24 09:10")}, "close the ticket: Nina"),
    ],
)
def test_triage_closing_needs_an_acceptance_so_it_is_asked_for_until_it_stands_and_then_the_ticket_is_closed(row, step):
    assert cells("next_step", preset="custom-home", **{**done(), **row}) == step


def test_triage_who_was_reopened_twice_is_said_to_be_beside_the_acceptance_that_is_awaited():
    seen = [
        ("done", "19 09:00"),
        ("rework", "19 10:00"),
        ("done", "20 09:00"),
        ("rework", "20 10:00"),
        ("done", "24 09:00"),
    ]
    plan = SmallDesk("custom-home", seen={"AS-1": seen}).with_rows("tickets", done()).plan()
    assert plan.cells("next_step") == (
        f"have the customer accept the work: Nina; {CALL} (reopened 2 times: raise the level)"
    )


def test_triage_acceptance_failed_names_a_reason_and_leads_to_rework():
    plan = SmallDesk().with_rows("tickets", done(acceptance="failed")).plan()
    assert plan.cells("next_step").startswith("arrange the rework: Nina")
    assert plan.faults("required") == [("required", "acceptance_reason")]
    assert plan.letters("care", "repair-report") == []


def test_triage_photos_before_and_after_a_repair_on_site_are_asked_for():
    under_way = answered(status="in_progress", service_mode="on_site")
    assert "photos before the work begins (Photos)" in cells("next_step", **under_way)
    plan = SmallDesk().with_rows("tickets", done(service_mode="on_site")).plan()
    assert "photos of the finished work are missing (Photos after)" in plan.cells("next_step")


def test_triage_out_of_scope_needs_a_reason_and_the_customer_is_told_it():
    bare = ticket(status="out_of_scope")
    assert SmallDesk().with_rows("tickets", bare).plan().faults() == [("needs-reason", "solution")]
    plan = SmallDesk().with_rows("tickets", {**bare, "solution": "Another maker's sofa"}).plan()
    assert plan.letters("out-of-scope") == [("out-of-scope", "customer")]
    assert plan.values("out-of-scope")["ticket"]["solution"] == "Another maker's sofa"
    assert plan.faults() == []


@pytest.mark.parametrize(
    ("row", "letters", "faults"),
    [
        ({"fee": 180}, [("fee", "customer")], []),
        ({"fee": 180, "fee_agreed": True}, [], []),
        ({"fee": 180, "fee_agreed": False}, [], []),
        ({"fee": 0}, [], []),
        ({"fee": 180, "started_at": wall("23 12:00")}, [], [("needs-agreement", "fee_agreed")]),
    ],
)
def test_triage_a_fee_is_agreed_before_work_starts(row, letters, faults):
    plan = SmallDesk().with_rows("tickets", ticket(**answered(**row))).plan()
    assert plan.letters("fee") == letters
    assert plan.faults("needs-agreement") == faults


@pytest.mark.parametrize(
    ("row", "is_paid"),
    [
        ({"cause": "customer_misuse"}, True),
        ({"cause": "force_majeure"}, True),
        ({"delivered_on": date(2020, 1, 1)}, True),
        ({"delivered_on": date(2020, 1, 1), "kind": "use_and_care"}, False),
        ({"delivered_on": date(2026, 1, 1), "fee": 80}, True),
        ({"delivered_on": date(2026, 1, 1), "fee": 80, "fee_agreed": False}, True),
        ({"delivered_on": date(2026, 1, 1), "fee": 80, "fee_agreed": True}, False),
        ({"delivered_on": date(2026, 1, 1), "fee": 0}, False),
        ({"delivered_on": date(2026, 1, 1)}, False),
        ({"delivered_on": date(2020, 1, 1), "fee_agreed": True}, False),
    ],
)
def test_triage_what_the_warranty_does_not_cover_or_costs_a_fee_is_a_paid_repair_whose_price_is_agreed_beforehand(
    row, is_paid
):
    assert ("agree the price beforehand" in cells("next_step", **row)) is is_paid


@pytest.mark.parametrize("locale", LOCALES)
def test_triage_care_advice_by_category_goes_out_after_each_finished_repair_and_a_report_after_acceptance(locale):
    desk = SmallDesk(locale=locale, seen={"AS-1": [("planned", "23 12:00")]})
    plan = desk.with_rows("tickets", done()).plan()
    assert plan.letters("care", "repair-report") == [("care", "customer")]
    assert len(plan.values("care")["care"]) == 3
    accepted = SmallDesk(locale=locale).with_rows("tickets", done(accepted_at=wall("24 09:20"))).plan()
    assert accepted.letters("care", "repair-report") == [("care", "customer"), ("repair-report", "customer")]


def test_triage_care_and_report_still_go_out_when_the_ticket_is_closed_before_they_have_left():
    desk = SmallDesk(seen={"AS-1": [("done", "24 09:05"), ("closed", "24 09:50")]})
    row = {**done(accepted_at=wall("24 09:20"), acceptance="passed"), "status": "closed", "closed_at": wall("24 09:50")}
    assert desk.with_rows("tickets", row).plan().letters("care", "repair-report") == [
        ("care", "customer"),
        ("repair-report", "customer"),
    ]
    old = SmallDesk(seen={"AS-1": [("closed", "01 09:00")]}).with_rows("tickets", row).plan()
    assert old.letters() == []


@pytest.mark.parametrize(
    ("level", "times", "expected"), [("4", 1, "4"), ("4", 2, "3"), ("2", 3, "1"), ("1", 2, "1"), (None, 2, None)]
)
def test_triage_a_second_reopening_raises_the_level_by_one(level, times, expected):
    assert raised(level, times) == expected


def test_triage_keywords_routes_and_levels_are_configuration():
    config = """
triage:
  level_words: [{level: 3, words: [哐当, RATTLES], unless: [no longer rattles]}]
  routes: [{department: production}]
"""
    desk = SmallDesk(config=config).with_rows("staff", {"staff_no": "S1", "name": "Pam", "department": "Production"})
    rows = (free(1, problem="It rattles"), free(2, problem="It no longer rattles"))
    plan = desk.with_rows("tickets", *rows).plan()
    assert [plan.cells("suggested_level", key=one) for one in ("AS-1", "AS-2")] == ["level 3", None]
    assert plan.cells("suggested_owner") == "Pam (Production, 0 open)"


def test_the_agenda_lists_every_open_clock_of_the_tickets():
    desk = SmallDesk(now=at("24 10:00")).with_rows(
        "tickets",
        ticket(),
        ticket(ticket_no="AS-2", status="cancelled"),
        ticket(ticket_no="AS-3", responded_at=wall("23 11:00")),
    )
    found = [
        (one.subject.at.key, one.clock.policy.id) for one in tickets.agenda(desk.snapshot(), desk.settings, desk.now)
    ]
    assert found == [("AS-1", "P-01"), ("AS-3", "P-23")]
