"""Money, calls, vendors, suppliers, staff and the audit equal what plain loops over the typed cells count."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.small_desk import SmallDesk, settings_of
from tests.unit.test_demo_desks import NOWS, demo
from toolkit.core.reason import Name, Reason, because
from toolkit.jobs.figures.month import figures
from toolkit.jobs.figures.shape import Month
from toolkit.settings.layers import PRESETS

SHOP = settings_of(
    'calendar: {week: {mon-sat: ["09:00-18:00"]}, holidays: none}\nfigures: {audit: 4}\npolicies: {P-13.visit: off}\n'
    "questionnaires: {service-visit: {when: {kind: [repair, install]}}}\n"
)
"""The loops below call back, and ask, after repairs alone."""
NOW = datetime(2026, 11, 23, 10, 7)
TODAY = NOW.date()
FIRST = datetime(2026, 7, 1)
SET_ASIDE = ("cancelled", "out_of_scope", "merged")
MOMENTS = st.integers(0, int((NOW - FIRST).total_seconds()) // 60).map(lambda n: FIRST + timedelta(minutes=n))
SUMS = st.sampled_from([None, 0, 80, 120.5, 333.33])


def later(moment):
    some = st.integers(0, 60 * 24 * 40).map(lambda n: min(moment + timedelta(minutes=n), NOW))
    return st.one_of(st.none(), some)


@st.composite
def tickets(draw, number):
    opened = draw(MOMENTS)
    finished = draw(later(opened))
    paid = draw(SUMS)
    return {
        "ticket_no": f"T{number}", "opened_at": opened, "customer": f"Customer {number}", "email": "a@example.com", "problem": "x",
        "kind": draw(st.sampled_from(["repair", "complaint"])), "fault": draw(st.sampled_from([None, "surface", "structure"])),
        "status": draw(st.sampled_from(["new", "in_progress", "done", "closed", "closed", *SET_ASIDE])),
        "owner": draw(st.sampled_from([None, "Ann", "ANN ", "Bob"])), "finished_at": finished,
        "closed_at": draw(later(finished or opened)), "vendor": draw(st.sampled_from([None, "V1", "Two", "V2"])),
        "vendor_fee": draw(SUMS), "paid_by": draw(st.sampled_from([None, "us", "customer"])),
        "advance_refunded_on": draw(st.sampled_from([None, None, TODAY])), "vendor_paid_on": draw(st.sampled_from([None, TODAY])),
        "supplier": draw(st.sampled_from([None, "S1", "Acme", "S9"])), "paid_in_advance": paid,
        "recovered": draw(st.sampled_from([None, 0, 50])) if paid and paid >= 50 else None,
    }  # fmt: skip


@st.composite
def orders(draw, number):
    before = TODAY - timedelta(days=91)
    return {
        "order_no": f"B{number}", "ordered_on": before, "promised_by": TODAY, "carrier": "SF", "arrived_on": before,
        "picked_up_on": draw(st.sampled_from([None, before])), "damaged_on_pickup": draw(st.sampled_from([None, "yes"])),
        "claim_filed_at": draw(st.sampled_from([None, TODAY - timedelta(days=45), TODAY - timedelta(days=3)])),
        "claim_amount": draw(st.sampled_from([None, 900])), "claim_received": draw(st.sampled_from([None, 300, 900])),
        "claim_result": draw(st.sampled_from([None, "open", "paid", "refused"])),
    }  # fmt: skip


@st.composite
def desks(draw):
    return {
        "tickets": [draw(tickets(n)) for n in range(draw(st.integers(0, 14)))],
        "orders": [draw(orders(n)) for n in range(draw(st.integers(0, 5)))],
        "vendors": [{"vendor_no": f"V{n}", "name": name, "city": "Shanghai", "phone": "13800138000"} for n, name in ((1, "One"), (2, "Two"))],
        "suppliers": [{"supplier_no": "S1", "name": "Acme"}, {"supplier_no": "S2", "name": "Quiet"}],
        "staff": [{"name": "Ann"}, {"name": "Bob"}],
    }  # fmt: skip


def made(rows, of=SHOP, now=NOW):
    desk = SmallDesk(of, rows)
    at = desk.moment(now)
    return figures(desk.snapshot(at), of, Month.of(now), at)


def day(cell):
    return cell.date() if isinstance(cell, datetime) else cell


def is_in(cell, month):
    return cell is not None and (cell.year, cell.month) == month


def dec(cell):
    return Decimal(str(cell)) if cell is not None else None


def total(cells):
    return sum((dec(one) or Decimal(0) for one in cells), start=Decimal(0))


def plain(table):
    """Labels and values, as a test writes them down."""

    def word(value):
        match value:
            case Reason():
                return value.code.removeprefix("figures.")
            case Name():
                return value.choice or value.column
        return value

    return [(*map(word, one.labels), *map(word, one.values)) for one in table.lines]


def bracket(age):
    return f"days-{'0-30' if age <= 30 else '31-60' if age <= 60 else '61-90' if age <= 90 else 'over-90'}"


def money_recounted(rows):
    found = []
    for one in rows["tickets"]:
        if one["status"] in SET_ASIDE:
            continue
        owner = one["owner"].strip() if one["owner"] else None
        is_owed = one["paid_by"] == "customer" and one["finished_at"] and not one["advance_refunded_on"]
        if is_owed and one["vendor_fee"] != 0:
            fee = dec(one["vendor_fee"])
            found.append(("money-advance", one["ticket_no"], one["customer"], one["finished_at"], fee, owner))
        left = total([one["paid_in_advance"]]) - total([one["recovered"]])
        if left > 0:
            since = one["closed_at"] or one["finished_at"] or one["opened_at"]
            who = {None: None, "S9": "S9"}.get(one["supplier"], "Acme (S1)")
            found.append(("money-recovery", one["ticket_no"], who, since, left, owner))
    for one in rows["orders"]:
        asked, got = one["claim_amount"], one["claim_received"] or 0
        is_paid = (asked is not None and got >= asked) or (one["claim_result"] == "paid" and asked is None and got)
        if (one["damaged_on_pickup"] or one["claim_filed_at"]) and one["claim_result"] != "refused" and not is_paid:
            since = one["claim_filed_at"] or one["picked_up_on"] or one["arrived_on"]
            found.append(("money-claim", one["order_no"], "SF", since, dec(asked - got) if asked else None, None))
    ages = [(TODAY - day(since)).days for *_, since, _, _ in found]
    return Counter(
        (*one[:3], bracket(age), one[5], day(one[3]), age, one[4]) for one, age in zip(found, ages, strict=True)
    )


@settings(max_examples=60, deadline=None)
@given(desks())
def test_digest_money_open_with_its_ages_equals_an_independent_recomputation(rows):
    found = made(rows)
    expected = money_recounted(rows)
    lines = plain(found.table("money-open"))
    assert Counter(lines) == expected
    assert [one[5] for one in lines] == sorted(one[5] for one in lines), "the oldest first"
    sums, counts = defaultdict(Decimal), Counter()
    for (kind, *_, age, amount), n in expected.items():
        sums[kind, bracket(age)] += (amount or 0) * n
        counts[kind] += n
    brackets = ("days-0-30", "days-31-60", "days-61-90", "days-over-90", "days-undated")
    by_age = {kind: [sums[kind, one] for one in brackets] for kind in counts}
    assert {tuple(one[:2]): one[2:] for one in plain(found.table("money-by-age"))} == {
        (kind, "CNY"): (counts[kind], *by_age[kind], sum(by_age[kind])) for kind in counts
    }


@settings(max_examples=60, deadline=None)
@given(desks())
def test_digest_suppliers_of_the_month_and_the_one_before_equal_an_independent_recomputation(rows):
    lines = made(rows).table("suppliers").lines
    against = [one for one in rows["tickets"] if one["supplier"] in ("S1", "Acme") and one["status"] not in SET_ASIDE]

    def recounted(month):
        its = [one for one in against if is_in(one["opened_at"], month)]
        complained = [one for one in its if all(one[key] in among for key, among in SHOP.suppliers.when.items())]
        issues = Counter(one["fault"] for one in complained if one["fault"])
        worst = max(issues.values(), default=0)
        money = (total(one[column] for one in its) for column in ("paid_in_advance", "recovered"))
        return (len(complained), worst, *money)

    assert [(one.labels, one.values) for one in lines if any(one.values)] == [
        (("Acme (S1)",), now) for now in (recounted((2026, 11)),) if any(now)
    ]
    assert [tuple(value or 0 for value in one.before) for one in lines] == [recounted((2026, 10)) for _ in lines]


@settings(max_examples=60, deadline=None)
@given(desks())
def test_digest_vendor_table_money_equals_an_independent_recomputation(rows):
    expected = {}
    for label, names in (("One (V1)", ("V1",)), ("Two (V2)", ("Two", "V2"))):
        its = [
            one
            for one in rows["tickets"]
            if one["vendor"] in names and one["status"] not in SET_ASIDE and is_in(one["finished_at"], (2026, 11))
        ]
        if its:
            price = total(one["vendor_fee"] for one in its)
            advanced = total(one["vendor_fee"] for one in its if one["paid_by"] == "customer")
            paid = total(one["vendor_fee"] for one in its if one["paid_by"] != "customer" and one["vendor_paid_on"])
            expected[label] = (len(its), 0, None, None, None, price, 0, advanced, paid, price - advanced - paid)
    assert {one.labels[0]: one.values for one in made(rows).table("vendors").lines} == expected


@settings(max_examples=60, deadline=None)
@given(desks())
def test_digest_staff_table_counts_each_owner_s_tickets_however_the_name_is_typed(rows):
    expected = defaultdict(lambda: [0, 0])
    for one in rows["tickets"]:
        owner = one["owner"].strip().title() if one["owner"] else None
        if one["status"] not in SET_ASIDE:
            expected[owner][0] += is_in(one["opened_at"], (2026, 11))
            expected[owner][1] += is_in(one["finished_at"], (2026, 11))
    found = {one.labels[0]: list(one.values[:2]) for one in made(rows).table("staff").lines}
    assert {name: counts for name, counts in found.items() if any(counts)} == {
        name: counts for name, counts in expected.items() if any(counts)
    }


@settings(max_examples=60, deadline=None)
@given(desks(), st.randoms())
def test_digest_audit_sample_is_fair_and_the_same_however_the_sheet_is_sorted(rows, chance):
    def sample(its):
        return sorted((one.labels for one in made(rows | {"tickets": its}).table("audit-sample").lines), key=str)

    def ended(one):
        return one["closed_at"] or one["finished_at"] or one["opened_at"]

    closed = {
        one["ticket_no"]: (one["owner"] or "").strip().casefold()
        for one in rows["tickets"]
        if one["status"] == "closed" and is_in(ended(one), (2026, 11))
    }
    chosen = sample(rows["tickets"])
    assert {number for number, _ in chosen} <= set(closed)
    assert len(chosen) == min(4, len(closed))
    assert len({closed[number] for number, _ in chosen}) == min(4, len(set(closed.values())))
    mixed = list(rows["tickets"])
    chance.shuffle(mixed)
    of_july = {"ticket_no": "OLD", "opened_at": FIRST, "closed_at": FIRST, "customer": "A", "email": "a@example.com",
        "kind": "repair", "problem": "x", "status": "closed"}  # fmt: skip
    assert sample([*mixed, of_july]) == chosen


def test_digest_satisfaction_vendors_and_staff_by_hand():
    """Quite satisfied is 5 stars, basically 3, a "no" to punctual takes one off; a form sent twice is one call."""

    def ticket(number):
        return {"ticket_no": number, "opened_at": datetime(2026, 11, 1, 9), "kind": "repair", "customer": "A", "email": "a@example.com",
            "problem": "x", "status": "done", "finished_at": datetime(2026, 11, 2, 9), "owner": "Ann", "vendor": "V1"}  # fmt: skip

    def call(number, at, on_time, verdict):
        return {"ticket_no": number, "called_at": at, "came_on_time": on_time, "satisfaction": verdict}

    found = made(
        {
            "tickets": [ticket("T1"), ticket("T2"), ticket("T3"), ticket("T4")],
            "surveys": [
                call("T1", datetime(2026, 11, 3, 9), "yes", "quite_satisfied"),
                call("T1", datetime(2026, 11, 3, 9, 5), "yes", "quite_satisfied"),
                call("T2", datetime(2026, 11, 4, 9), "no", "basically_satisfied"),
                call("T3", datetime(2026, 11, 5, 9), None, None),
                call("T4", datetime(2026, 10, 30, 9), "yes", "not_satisfied"),
            ],
            "vendors": [{"vendor_no": "V1", "name": "One", "city": "Shanghai", "phone": "13800138000"}],
            "staff": [{"name": "Ann"}],
        }
    )
    (line,) = found.table("satisfaction").lines
    name = "questionnaire-service-visit"
    assert (line.labels, line.values) == ((because(f"figures.{name}"),), (3, 2, 1.0, 62.5, 3.5, 1))
    assert plain(found.table("answers")) == [(name, "came_on_time", 1, 1, 0.5)]
    assert plain(found.table("vendors"))[0][:6] == ("One (V1)", 4, 0, None, 0.5, 3.5)
    (ann,) = found.table("staff").lines
    assert (ann.labels, ann.values[0], ann.values[1], *ann.values[4:]) == (("Ann",), 4, 4, 3, 1.0)


def test_digest_staff_proposals_of_a_month_are_those_of_that_month_whenever_they_are_asked_for():
    settings_ = settings_of("preset: lighting-factory\n")
    late = {"ticket_no": "T1", "opened_at": datetime(2026, 10, 5, 9), "kind": "complaint", "customer": "A", "email": "a@example.com",
        "problem": "x", "status": "closed", "owner": "Ann", "responded_at": datetime(2026, 10, 30, 9), "closed_at": datetime(2026, 10, 30, 9)}  # fmt: skip
    desk = SmallDesk(settings_, {"tickets": [late], "staff": [{"name": "Ann"}]})
    at = desk.moment(NOW)
    october, november = (figures(desk.snapshot(at), settings_, Month(2026, month), at) for month in (10, 11))
    (line,) = october.table("staff-proposals").lines
    reward, penalty = line.values
    assert (line.labels, reward, penalty.code, dict(penalty.args)) == (
        ("Ann",), None, "penalty.late-complaint", {"n": 1, "amount": Decimal(200)})  # fmt: skip
    assert november.table("staff-proposals").lines == ()


@pytest.mark.parametrize("preset", PRESETS)
def test_digest_money_open_at_the_demo_desks_is_what_their_cells_say(preset):
    """A refund from the inspection on (refund only: from the application); what suppliers owe is what their own cells say."""
    now = NOWS["Monday morning"]
    desk, _ = demo(preset, "en", now)
    desk.run(now)
    at = desk.moment(now)
    lines = plain(figures(desk.snapshot(at), desk.settings, Month.of(now), at).table("money-open"))
    expected = defaultdict(Decimal)
    for row in desk.rows.get("returns", []):
        its = [one for one in desk.rows["returns"] if one["return_no"] == row["return_no"]]
        cell = {key: next((one[key] for one in (row, *its) if one.get(key) is not None), None) for key in RETURN_CELLS}
        is_over = row["status"] in ("completed", "rejected", "cancelled")
        is_unfit = cell["inspection"] == "failed" and not row.get("service_fee_agreed")
        is_due = cell["inspected_at"] and row["status"] != "pending_review" and not is_unfit
        if cell["kind"] == "refund_only":
            is_due = cell["shipped"] is not True
        if is_due and not is_over and cell["refunded_at"] is None and cell["kind"] != "exchange":
            expected[row["return_no"]] += dec(row["refund_amount"])
    assert {one[1]: one[-1] for one in lines if one[0] == "money-refund"} == expected
    outstanding = {
        f"{one['name']} ({one['supplier_no']})": dec(one.get("outstanding")) for one in desk.rows.get("suppliers", [])
    }
    owed = Counter()
    for one in lines:
        owed[one[2]] += one[-1] if one[0] == "money-recovery" else 0
    assert {who: owed[who] or None for who in outstanding} == outstanding


RETURN_CELLS = ("kind", "refunded_at", "shipped", "inspected_at", "inspection")
