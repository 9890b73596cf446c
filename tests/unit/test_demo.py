"""The demo desk: right rows are right, wrong rows show their finding and no other, and the desk tells its story on any day."""

from __future__ import annotations

import dataclasses
import tomllib
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from zoneinfo import ZoneInfo

import phonenumbers
import pytest

from tests.small_desk import settings_of
from toolkit.app import demo
from toolkit.app.demo import Typed, demo_faults, demo_rows
from toolkit.core.book import RawTab
from toolkit.core.reason import Name
from toolkit.registers.every import REGISTERS
from toolkit.registers.lexicon import Lexicon
from toolkit.registers.references import known_names, reference_findings
from toolkit.registers.returns import RETURNS
from toolkit.registers.schema import Column, Type
from toolkit.registers.surveys import SURVEYS
from toolkit.registers.table import Reading, Table, read_table
from toolkit.registers.tickets import ORDER_OF_TIMES, TICKETS
from toolkit.rules.questionnaire import Question, Questionnaire, Rated, weighted_rating
from toolkit.rules.worktime.country import calendar_for
from toolkit.rules.worktime.duration import Duration
from toolkit.settings.layers import PRESETS

NOWS = {
    "Monday morning": datetime(2026, 11, 23, 9, 5),
    "Sunday": datetime(2026, 11, 22, 11, 30, 41),
    "New Year's Day": datetime(2027, 1, 1, 10, 0),
    "Chinese New Year week": datetime(2027, 2, 8, 8, 40),
    "month end": datetime(2026, 8, 31, 17, 55),
    "leap day": datetime(2028, 2, 29, 14, 10),
    "just after midnight in the October week": datetime(2026, 10, 5, 0, 3),
}
DESKS = [pytest.param(locale, now, id=f"{locale}, {name}") for locale in ("zh-CN", "en") for name, now in NOWS.items()]
on_every_desk = pytest.mark.parametrize(("locale", "now"), DESKS)

WEEK, ZONE = {"mon-sat": ["09:00-18:00"]}, "Asia/Shanghai"
CAME_ON_TIME = Column("came_on_time", Type.YES_NO)
SERVICE_VISIT = Questionnaire(
    "service-visit",
    (
        Question("came_on_time", {}, no_costs=1),
        Question("satisfaction", {}, stars={"not_satisfied": 1, "basically_satisfied": 3, "quite_satisfied": 5}),
    ),
)
EVIDENCE = (
    ({"cause": ("transport_damage",)}, ("photos", "proof", "packing", "photos_usable")),
    ({"kind": ("return", "exchange")}, ("photos", "proof")),
)


@cache
def calendar():
    return calendar_for(WEEK, ZONE, "CN")


@cache
def desk(locale, now):
    return demo_rows(locale, now)


def right_tickets(locale, now):
    wrong = {fault.row for fault in demo_faults(locale, now) if fault.register == "tickets"}
    return [one for row, one in enumerate(desk(locale, now)["tickets"]) if row not in wrong]


def by_no(locale, now):
    return {one["ticket_no"]: one for one in desk(locale, now)["tickets"] if "ticket_no" in one}


def day(moment):
    return moment.date() if isinstance(moment, datetime) else moment


def working_days_since(moment, now):
    """Working days that opened after the moment's day, today's among them."""
    first, last = day(moment).toordinal() + 1, now.date().toordinal()
    return sum(bool(calendar().days.spans(one)) for one in range(first, last + 1))


def as_cell(value):
    match value:
        case Typed(text):
            return text
        case tuple():
            return "、".join(value)
        case Decimal():
            return float(value)
        case _:
            return value


def read(register, rows, locale, now) -> Table:
    """The rows through the front door: a tab with the locale's headers, read as `check` reads it."""
    lexicon = Lexicon(locale)
    keys = [one.key for one in register.columns]
    header = [lexicon.label(Name(register.name, key)) for key in keys]
    cells = [
        [
            lexicon.label(Name(register.name, key, row[key]))
            if register.by_key[key].type is Type.CHOICE and isinstance(row.get(key), str)
            else as_cell(row.get(key))
            for key in keys
        ]
        for row in rows
    ]
    table = read_table(
        register,
        RawTab(register.name, [header, *cells]),
        "demo",
        Reading(lexicon=lexicon, country="CN", now=now, zone=ZoneInfo(ZONE), evidence=EVIDENCE),
    )
    assert isinstance(table, Table), table
    return table


def tables(locale, now):
    registers = [dataclasses.replace(SURVEYS, extra=(CAME_ON_TIME,)) if one is SURVEYS else one for one in REGISTERS]
    return {
        one.name: read(one, desk(locale, now)[one.name], locale, now)
        for one in registers
        if desk(locale, now).get(one.name)
    }


@on_every_desk
def test_check_finds_the_faults_of_the_wrong_rows_and_nothing_else(locale, now):
    read_tables = tables(locale, now)

    found = {
        name: {
            (one.place.row - 2, one.column, one.code)
            for one in (*table.findings, *reference_findings(table, partial(known_names, tuple(read_tables.values()))))
        }
        for name, table in read_tables.items()
    }
    meant = {(one.register, one.row, one.column, one.code) for one in demo_faults(locale, now)}
    assert {(register, *one) for register, faults in found.items() for one in faults} == meant


@on_every_desk
def test_what_is_read_back_is_what_was_meant(locale, now):
    table = tables(locale, now)["tickets"]
    for row, meant in zip(table.rows, desk(locale, now)["tickets"], strict=True):
        assert {key: row.get(key) for key, value in meant.items() if not isinstance(value, Typed)} == {
            key: value for key, value in meant.items() if not isinstance(value, Typed)
        }


@on_every_desk
def test_the_registers_have_their_rows(locale, now):
    counts = {register: len(rows) for register, rows in desk(locale, now).items()}
    assert counts == {
        "tickets": 66,
        "vendors": 15,
        "surveys": 25,
        "orders": 28,
        "returns": 13,
        "parts": 5,
        "contacts": 8,
        "staff": 13,
        "outlook": 3,
        "holidays": 3,
        "contacts_opt_out": 2,
        "messages": 0,
    }


@on_every_desk
def test_ten_tickets_are_wrong_each_in_its_own_way(locale, now):
    faults = [one for one in demo_faults(locale, now) if one.register == "tickets"]
    assert Counter(one.code for one in faults) == {
        "not-a-date": 2,
        "not-a-phone": 1,
        "not-a-choice": 1,
        "unknown-reference": 1,
        "duplicate-key": 2,
        "needs-responsible": 1,
        "out-of-order": 1,
        "in-the-future": 1,
        "required": 1,
        "needs-agreement": 1,
    }
    typed = {one.text for row in desk(locale, now)["tickets"] for one in row.values() if isinstance(one, Typed)}
    words = {"待定", "搞定了"} if locale == "zh-CN" else {"to be agreed", "all sorted"}
    assert typed == {f"{now.year}.13.5", "1.38E+10", "V999", *words}


@on_every_desk
def test_the_same_moment_gives_the_same_desk(locale, now):
    assert demo_rows(locale, now) == demo_rows(locale, now.replace(tzinfo=ZoneInfo(ZONE))) == desk(locale, now)


@on_every_desk
def test_the_times_of_right_rows_follow_each_other(locale, now):
    further = (
        ("solved_at", "started_at"),
        ("vendor_replied_at", "started_at"),
        ("responded_at", "closed_at"),
        ("visit_at", "started_at"),
        ("opened_at", "last_told_at"),
        ("opened_at", "vendor_replied_at"),
        ("accepted_at", "closed_at"),
        ("finished_at", "vendor_paid_on"),
        ("delivered_on", "opened_at"),
        ("bought_on", "opened_at"),
    )
    for one in right_tickets(locale, now):
        for first, second in (*ORDER_OF_TIMES, *further):
            if one["status"] == "rework" and (first, second) == ("visit_at", "started_at"):
                continue  # the first visit's work stands beside the second visit's appointment
            if first in one and second in one:
                assert day(one[first]) <= day(one[second]), (first, second, one)
                if isinstance(one[first], datetime) and isinstance(one[second], datetime):
                    assert one[first] <= one[second], (first, second, one)


@on_every_desk
def test_nothing_lies_ahead_but_visits_and_promises(locale, now):
    ahead = {
        column
        for register in ("tickets", "vendors", "surveys", "contacts_opt_out")
        for row, one in enumerate(desk(locale, now)[register])
        for column, value in one.items()
        if (isinstance(value, datetime) and value > now)
        or (isinstance(value, date) and not isinstance(value, datetime) and value > now.date())
        if (register, row, column)
        != ("tickets", *next((f.row, f.column) for f in demo_faults(locale, now) if f.code == "in-the-future"))
    }
    assert ahead == {"visit_at", "promised_by"}


@on_every_desk
def test_a_status_has_the_cells_that_it_means(locale, now):
    needs = {
        "done": ("responded_at", "finished_at"),
        "accepted": ("responded_at", "finished_at", "accepted_at"),
        "closed": ("responded_at", "finished_at", "closed_at"),
        "dispatched": ("responded_at", "solved_at", "solution", "vendor", "visit_at"),
        "planned": ("responded_at", "solved_at", "solution"),
        "in_progress": ("responded_at",),
        "confirmed": ("responded_at",),
        "rework": ("acceptance_reason", "visit_at"),
        "waiting_for_customer": ("responded_at",),
        "waiting_for_parts": ("promised_by",),
    }
    absent = {
        "new": ("responded_at", "vendor", "finished_at"),
        "dispatched": ("started_at", "finished_at"),
        "done": ("closed_at",),
    }
    for one in right_tickets(locale, now):
        assert not [column for column in needs.get(one["status"], ()) if column not in one], one
        assert not [column for column in absent.get(one["status"], ()) if column in one], one


@on_every_desk
def test_the_phones_of_right_rows_are_phones_and_none_serves_two_people(locale, now):
    rows = (*right_tickets(locale, now), *desk(locale, now)["vendors"], *desk(locale, now)["staff"])
    owners = defaultdict(set)
    for one in rows:
        if "phone" in one:
            assert phonenumbers.is_valid_number(phonenumbers.parse(one["phone"], "CN")), one["phone"]
            owners[one["phone"]].add(one.get("customer") or one["name"])
        assert one.get("email", "nobody@example.com").endswith("@example.com")
    assert not [phone for phone, people in owners.items() if len(people) > 1]


@on_every_desk
def test_numbers_run_within_their_day_and_the_newest_rows_wait_for_theirs(locale, now):
    tickets = desk(locale, now)["tickets"]
    assert [one["opened_at"] for one in tickets] == sorted(one["opened_at"] for one in tickets)
    assert ["ticket_no" in one for one in tickets] == [True] * 62 + [False] * 4
    by_day = defaultdict(list)
    for one in dict.fromkeys(one["ticket_no"] for one in tickets if "ticket_no" in one):
        by_day[one[3:11]].append(int(one[12:]))
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in by_day.values())
    assert all(one["ticket_no"].startswith(f"AS-{one['opened_at']:%Y%m%d}-") for one in tickets if "ticket_no" in one)
    surveys = [one.get("survey_no") for one in desk(locale, now)["surveys"]]
    assert surveys.count(None) == 3
    assert len({*surveys}) == len(surveys) - 2


@on_every_desk
def test_vendors_go_where_the_customer_lives(locale, now):
    cities = {one["vendor_no"]: one["city"] for one in desk(locale, now)["vendors"]}
    assert all(cities[one["vendor"]] == one["city"] for one in right_tickets(locale, now) if "vendor" in one)


@on_every_desk
def test_every_owner_has_a_manager_and_a_head(locale, now):
    staff = {one["name"]: one for one in desk(locale, now)["staff"]}
    for one in desk(locale, now)["tickets"]:
        if "owner" in one:
            manager = staff[one["owner"]]["manager"]
            assert (staff[manager]["role"], staff[staff[manager]["manager"]]["role"]) == ("manager", "head")
    assert {"caller", "dispatcher", "customer_service"} <= {one["role"] for one in staff.values()}
    away = [one for one in staff.values() if "away_from" in one]
    assert len(away) == 1
    assert away[0]["away_from"] <= now.date() <= away[0]["away_to"]
    assert away[0]["deputy"] in staff


@on_every_desk
def test_call_backs_follow_finished_jobs(locale, now):
    tickets = by_no(locale, now)
    for one in desk(locale, now)["surveys"]:
        job = tickets[one["ticket_no"]]
        assert job["finished_at"] < one["called_at"] <= now
        assert isinstance(one["came_on_time"], bool)
        assert ("adjusted_rating" in one) == ("adjusted_reason" in one)
    assert sum("adjusted_rating" in one for one in desk(locale, now)["surveys"]) == 1


@on_every_desk
def test_one_vendor_lies_below_three_stars_and_the_others_differ(locale, now):
    tickets, rated = by_no(locale, now), defaultdict(list)
    for one in desk(locale, now)["surveys"]:
        stars = one.get("adjusted_rating") or SERVICE_VISIT.rating(one)
        rated[tickets[one["ticket_no"]]["vendor"]].append(Rated(day(one["called_at"]), stars))
    for one in desk(locale, now)["vendors"]:
        if "initial_rating" in one:
            rated[one["vendor_no"]].append(Rated(one["joined_on"], one["initial_rating"]))
    ratings = {vendor: weighted_rating(calls, now.date(), 180) for vendor, calls in rated.items()}
    active = {one["vendor_no"] for one in desk(locale, now)["vendors"] if one["active"] and one["qualified"]}
    assert [vendor for vendor in sorted(active & ratings.keys()) if ratings[vendor] < 3] == ["V004"]
    assert len({round(rating, 1) for rating in ratings.values()}) > 5
    assert active - ratings.keys() == {"V013"}


@on_every_desk
def test_on_any_day_something_is_late_due_paused_and_to_come(locale, now):
    right = right_tickets(locale, now)
    tomorrow = now.date() + timedelta(days=1)
    silent = [now - one["opened_at"] for one in right if one["status"] == "new"]
    assert sum(age < timedelta(hours=12) for age in silent) == 4
    assert sum(timedelta(hours=19.2) < age < timedelta(hours=24) for age in silent) == 1
    assert sum(age > timedelta(hours=24) for age in silent) == 4
    assert max(silent) > timedelta(days=5)  # past the manager's and the head's step
    complaints = [one for one in right if one["kind"] == "complaint" and "finished_at" not in one]
    assert sum(working_days_since(one["opened_at"], now) > 7 for one in complaints) == 2
    assert any("responded_at" not in one and now - one["opened_at"] > timedelta(hours=48) for one in complaints)
    last = [calendar().add(one["opened_at"], Duration.parse("7bd")).date() for one in complaints]
    opening = next(
        one
        for one in map(date.fromordinal, range(now.toordinal(), now.toordinal() + 30))
        if calendar().days.spans(one.toordinal())
    )
    assert opening in last  # the last day is today, or the next that opens
    assert Counter(day(one["visit_at"]) for one in right if one["status"] == "dispatched")[tomorrow] == 2
    assert any(day(one["visit_at"]) == now.date() for one in right if one["status"] == "dispatched")
    assert {"declined", None} <= {one.get("vendor_reply") for one in right if one["status"] == "dispatched"}
    promised = [day(one["promised_by"]) for one in right if "promised_by" in one]
    assert now.date() in promised
    assert any(now.date() < one <= now.date() + timedelta(days=5) for one in promised)
    assert any(one < now.date() for one in promised)
    assert sum(one["status"] == "waiting_for_customer" for one in right) == 3
    assert sum(one.get("urgency") == "urgent" for one in right) == 2
    assert {"cancelled", "merged", "rework", "out_of_scope", "planned", "waiting_for_parts"} <= {
        one["status"] for one in right
    }


@on_every_desk
def test_call_backs_are_due_overdue_and_done(locale, now):
    called = {one["ticket_no"] for one in desk(locale, now)["surveys"]}
    finished = [one for one in right_tickets(locale, now) if one["status"] in {"done", "accepted"}]
    waited = sorted(working_days_since(one["finished_at"], now) for one in finished if one["ticket_no"] not in called)
    is_open = bool(calendar().days.spans(now.toordinal()))
    assert waited == ([1, 3, 6, 9] if is_open else [0, 2, 5, 8])
    assert sum(one["ticket_no"] in called for one in finished) == 1
    assert all(
        one["ticket_no"] in called
        for one in right_tickets(locale, now)
        if one["status"] == "closed" and "vendor" in one
    )


@on_every_desk
def test_there_is_a_repeat_and_a_misuse_and_an_old_sofa(locale, now):
    right = right_tickets(locale, now)
    jobs = Counter((one["customer"], one.get("product")) for one in right if one["status"] != "merged")
    assert [one for one, count in jobs.items() if count > 1 and one[1]] == [
        next((one["customer"], one["product"]) for one in right if one["notes"].startswith(("上次", "Last time")))
        for right in [[one for one in right if "notes" in one]]
    ]
    assert any(one.get("cause") == "customer_misuse" and one["fee_agreed"] is False for one in right)
    assert any(
        one.get("delivered_on", now.date()) < now.date() - timedelta(days=730) and one["fee_agreed"] for one in right
    )


@on_every_desk
def test_a_first_run_writes_to_few_customers(locale, now):
    right = right_tickets(locale, now)
    fresh = [one for one in right if one["status"] == "new"]
    visits = [one for one in right if one["status"] in {"dispatched", "rework"} and one.get("visit_at", now) > now]
    just_done = [one for one in right if one["status"] in {"done", "accepted"}]
    assert len(fresh) + len(visits) < 20
    assert len(fresh) + len(visits) + len(just_done) < 25
    assert sum("email" not in one and one.get("phone", "").startswith("1") for one in right) >= 12
    assert sum("phone" not in one for one in right) == 1


@on_every_desk
def test_holidays_lie_ahead_on_days_that_they_change(locale, now):
    outing, stocktaking, training = desk(locale, now)["holidays"]
    assert all(now.date() < one["date"] < now.date() + timedelta(days=45) for one in (outing, stocktaking, training))
    assert (outing["working"], bool(calendar().days.spans(outing["date"].toordinal()))) == (False, True)
    assert (stocktaking["working"], bool(calendar().days.spans(stocktaking["date"].toordinal()))) == (True, False)
    assert training["hours"] == "09:00-12:00"


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_who_opted_out_is_a_customer_of_the_desk(locale):
    rows = desk(locale, NOWS["Sunday"])
    contacts = {one[column] for one in rows["tickets"] for column in ("phone", "email") if column in one}
    assert {one["contact"] for one in rows["contacts_opt_out"]} <= contacts


@pytest.mark.parametrize(("locale", "word"), [("zh-CN", "zh"), ("en", "en")])
def test_skills_are_called_as_the_sheet_calls_the_categories(locale, word):
    labels = tomllib.loads(
        (Path(demo.__file__).parents[1] / "registers" / "labels" / f"{locale}.toml").read_text("utf-8")
    )
    known = {**labels["tickets"]["choices"]["category"], "install": labels["tickets"]["choices"]["kind"]["install"]}
    skills = demo._data("", "names")["skills"]
    assert {key: skills[key][word] for key in skills if key in known} == {
        key: known[key][0] for key in skills if key in known
    }
    assert all(
        product["category"] in TICKETS.by_key["category"].choices
        for product in demo._data("", "names")["products"].values()
    )


def test_the_english_desk_has_no_chinese_and_the_chinese_one_is_chinese():
    def chinese(text):
        return any("一" <= sign <= "鿿" for sign in text)

    english, chinese_rows = (
        [one for rows in desk(locale, NOWS["Sunday"]).values() for one in rows] for locale in ("en", "zh-CN")
    )
    texts = [
        part for row in english for value in row.values() for part in (value if isinstance(value, tuple) else (value,))
    ]
    assert not [text for text in texts if isinstance(text, str) and chinese(text)]
    assert all(
        chinese(row[column])
        for row in chinese_rows
        for column in ("customer", "problem", "name", "reason")
        if column in row and row[column] not in RETURNS.by_key["reason"].choices
    )


def test_a_moment_that_cannot_be_read_names_row_and_column():
    with pytest.raises(ValueError, match="sofa: opened_at: 'next week' is not a moment"):
        demo._Desk("furniture-retail", "en", NOWS["Sunday"], demo._usual_days())._moments(
            {"id": "sofa", "opened_at": "next week"}
        )("opened_at")


def test_every_text_stands_in_both_languages_and_every_cell_in_a_known_column():
    def texts(part):
        if isinstance(part, dict):
            return ([part] if {"zh", "en"} & part.keys() else []) + [
                one for value in part.values() for one in texts(value)
            ]
        return [one for value in part for one in texts(value)] if isinstance(part, list) else []

    folder = Path(demo.__file__).with_name("demo_desk")
    files = [("", "names"), *((file.parent.name, file.stem) for file in folder.glob("*/*.yaml"))]
    assert not [one for at in files for one in texts(demo._data(*at)) if one.keys() - {"category"} != {"zh", "en"}]


@pytest.mark.parametrize("preset", PRESETS)
def test_every_row_of_a_demo_desk_is_in_columns_of_its_register_and_every_customer_is_somebodys(preset):
    def rows_of(data):
        return (
            data
            if isinstance(data, list)
            else [*data["rows"], *data.get("patterns", {}).values(), data.get("every", {})]
        )

    folder, known = Path(demo.__file__).with_name("demo_desk") / preset, {one.name: one for one in REGISTERS}
    read = {file.stem: demo._data(preset, file.stem) for file in folder.glob("*.yaml")}
    read |= read.pop("small_tabs", {})
    customers = read.pop("customers", {})
    questions = {
        key for one in settings_of(f"preset: {preset}").questionnaires for key in (q.key for q in one.questions)
    }
    for name, data in read.items():
        columns = (
            {*known[name].by_key, *(questions if name == "surveys" else ()), *demo._NOT_CELLS}
            if name != "names"
            else ()
        )
        if name != "names":
            assert {column for row in rows_of(data) for column in row} <= columns, name
    asked = {row["who"] for name, data in read.items() if name != "names" for row in rows_of(data) if "who" in row}
    assert asked == customers.keys()


@on_every_desk
def test_orders_tell_of_promises_kept_moved_and_missed_of_carriers_and_of_parts(locale, now):
    orders, outlook = desk(locale, now)["orders"], desk(locale, now)["outlook"]
    assert len({one["order_no"] for one in orders}) == len(orders)
    assert {one["status"] for one in orders} >= {
        "new",
        "reviewed",
        "in_production",
        "ready",
        "shipped",
        "arrived",
        "picked_up",
        "completed",
        "cancelled",
    }
    named = {one["order_no"] for one in desk(locale, now)["tickets"] if one["kind"] == "deadline" and "order_no" in one}
    assert sum(one["order_no"] in named for one in orders) == 1
    assert {one["factory"] for one in orders if "factory" in one} == {one["factory"] for one in outlook}
    assert [now.date() - one["assessed_on"] > timedelta(days=31) for one in outlook] == [False, False, True]
    tickets = by_no(locale, now)
    assert all(one["ticket_no"] in tickets and "part_no" not in one for one in desk(locale, now)["parts"])


def test_one_foreign_customer_is_written_to_in_english():
    assert [one["language"] for one in desk("zh-CN", NOWS["Sunday"])["tickets"] if "language" in one] == ["en"]
