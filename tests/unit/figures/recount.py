"""The same figures counted once more, the slow way: plain loops over rows of cells. It shares no code with the toolkit.

A row is a mapping of cells; moments are wall times of a zone without daylight saving, dates where the cell held no time.
The desk works Monday to Saturday from nine to six. Nothing was ever paused or reopened.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict
from datetime import datetime, time, timedelta

ASIDE = ("cancelled", "out_of_scope", "merged")
ABOUT_FAULTS = ("complaint", "repair", "return", "exchange", "quality_report")


def in_month(moment, month):
    return moment is not None and f"{moment:%Y-%m}" == month


def as_moment(cell):
    return cell if isinstance(cell, datetime) else datetime.combine(cell, time())


def as_day(cell):
    return cell.date() if isinstance(cell, datetime) else cell


def is_before(one, other):
    exact = isinstance(one, datetime) and isinstance(other, datetime)
    return one < other if exact else as_day(one) < as_day(other)


def first_of(month):
    return datetime.fromisoformat(f"{month}-01")


def next_month(month):
    return f"{first_of(month) + timedelta(days=31):%Y-%m}"


def month_before(month):
    return f"{first_of(month) - timedelta(days=1):%Y-%m}"


def same(text):
    """One spelling of what people write in several."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split()) if text else None


def city(text):
    return re.sub("市$", "", same(text)) if text else None


def opened(rows, month):
    return [row for row in rows["tickets"] if in_month(row.get("opened_at"), month) and row.get("status") not in ASIDE]


def part(some, of):
    return some / of if of else None


def by(rows, month, column):
    found = opened(rows, month)
    counts = defaultdict(int)
    for row in found:
        counts[(row.get(column),)] += 1
    return {label: (n, n / len(found)) for label, n in counts.items()}


def when_over(row):
    """When a ticket ended, of which no run saw more than the end."""
    if row.get("status") not in ("closed", *ASIDE):
        return None
    for column in ("closed_at", "accepted_at", "finished_at", "started_at", "solved_at", "responded_at", "opened_at"):
        if row.get(column) is not None:
            return as_moment(row[column])
    return None


def summary(rows, month, now):
    first, after = first_of(month), first_of(next_month(month))
    over = [(row, when_over(row)) for row in rows["tickets"]]
    ended = [row for row, at in over if at is not None and first <= at < after]
    end = min(after, now)
    left = [
        row
        for row, at in over
        if row.get("opened_at") is not None and as_moment(row["opened_at"]) < end and (at is None or at >= end)
    ]
    found = {
        "opened": len(opened(rows, month)),
        "complaints": sum(row.get("kind") == "complaint" for row in opened(rows, month)),
        "closed": sum(row["status"] == "closed" for row in ended),
        "set-aside": sum(row["status"] != "closed" for row in ended),
        "open": len(left),
        "reopened": sum(row.get("status") == "rework" and in_month(now, month) for row in rows["tickets"]),
    }
    moments = {
        "calls": ("surveys", "called_at"),
        "contacts": ("contacts", "at"),
        "refunds": ("returns", "refunded_at"),
        "parts-sent": ("parts", "sent_on"),
        "upkeep": ("maintenance", "done_on"),
    }
    for name, (register, column) in moments.items():
        if register in rows:
            found[name] = sum(in_month(row.get(column), month) for row in rows[register])
    if "returns" in rows:
        asked = [(i, row) for i, row in enumerate(rows["returns"]) if in_month(row.get("applied_at"), month)]
        found["returns"] = len({same(row.get("return_no")) or i for i, row in asked})
    if "orders" in rows:
        for name, column in (("orders", "ordered_on"), ("shipped", "shipped_on")):
            its = [row for row in rows["orders"] if in_month(row.get(column), month) and row["status"] != "cancelled"]
            found[name] = len({same(row.get("order_no")) for row in its})
    return {(f"figures.line-{name}",): (n,) for name, n in found.items()}


def spread_above(count, expected, deviations=2.0):
    return (count - expected) / max(1.0, math.sqrt(expected)) >= deviations


def stand_out(counts, orders, least=5, least_orders=20):
    """The keys that lie two standard deviations above all others together."""
    found = set()
    for key, n in orders.items():
        mine = counts.get(key, 0)
        others = sum(counts.get(one, 0) for one in orders if one != key)
        of_others = sum(amount for one, amount in orders.items() if one != key)
        if key is None or mine < least or n < least_orders or not of_others:
            continue
        if spread_above(mine, n * others / of_others):
            found.add(key)
    return found


def without_blank(counts):
    return {key: n for key, n in counts.items() if key is not None}


def products(rows, month):
    """(tickets, share, lines delivered in twelve months, rate, whether it goes to production) by product."""
    faulty = [row for row in opened(rows, month) if row.get("kind") in ABOUT_FAULTS]
    counts = defaultdict(int)
    for row in faulty:
        counts[same(row.get("product"))] += 1
    delivered = defaultdict(int)
    months = [month]
    for _ in range(11):
        months.append(month_before(months[-1]))
    for row in rows.get("orders", ()):
        day = row.get("picked_up_on") or row.get("arrived_on") or row.get("shipped_on")
        if row["status"] != "cancelled" and day is not None and f"{day:%Y-%m}" in months:
            delivered[same(row.get("product"))] += 1
    found = {}
    if "orders" in rows:
        out = stand_out(without_blank(counts), without_blank(delivered))
    else:
        known = without_blank(counts)
        out = {
            key
            for key, n in known.items()
            if n >= 5 and len(known) > 1
            for mean in [(sum(known.values()) - n) / (len(known) - 1)]
            if spread_above(n, mean)
        }
    for key, n in counts.items():
        lines = delivered[key] if "orders" in rows else None
        rate = n / lines if key is not None and lines else None
        found[(key,)] = (n, n / len(faulty), lines, rate, key in out)
    return found


def faults(rows, month):
    faulty = [row for row in opened(rows, month) if row.get("kind") in ABOUT_FAULTS]
    counts = defaultdict(int)
    for row in faulty:
        counts[same(row.get("product")), row.get("fault"), row.get("cause")] += 1
    return {label: (n, n / len(faulty)) for label, n in counts.items()}


def came_back(rows, month, column):
    if "returns" not in rows:
        kinds = {"return": "return_and_refund", "exchange": "exchange"}
        return [(kinds[row["kind"]], row.get(column)) for row in opened(rows, month) if row.get("kind") in kinds]
    found = []
    for row in rows["returns"]:
        if (
            in_month(row.get("applied_at"), month)
            and row.get("kind")
            and row["status"] not in ("rejected", "cancelled")
        ):
            value = row.get(column)
            if value is None:
                lines = {one.get(column) for one in rows.get("orders", ()) if one["order_no"] == row.get("order_no")}
                value = next(iter(lines)) if len(lines) == 1 else None
            found.append((row["kind"], value))
    return found


def returned(rows, month, column):
    """(ordered, returned, exchanged, refunded only, rates, whether it stands out) by product or city."""
    key_of = city if column == "city" else same
    counts = defaultdict(lambda: defaultdict(int))
    for kind, value in came_back(rows, month, column):
        counts[key_of(value)][kind] += 1
    has_orders = "orders" in rows
    ordered = defaultdict(int)
    for row in rows.get("orders", ()):
        if in_month(row.get("ordered_on"), month) and row["status"] != "cancelled":
            ordered[key_of(row.get(column))] += 1
    back = {key: its["return_and_refund"] + its["exchange"] for key, its in counts.items()}
    out = stand_out(without_blank(back), without_blank(ordered)) if has_orders else set()
    found = {}
    for key in {*counts, *ordered}:
        its, n = counts[key], ordered[key] if has_orders else None
        rates = (part(its["return_and_refund"], n), part(its["exchange"], n)) if has_orders else (None, None)
        found[(key,)] = (n, its["return_and_refund"], its["exchange"], its["refund_only"], *rates, key in out)
    return found


def worked(start, end):
    """Working time between two moments, day by day."""
    total, day = timedelta(), start.date()
    while day <= end.date():
        if day.weekday() < 6:
            opens, closes = datetime.combine(day, time(9)), datetime.combine(day, time(18))
            total += max(timedelta(), min(closes, end) - max(opens, start))
        day += timedelta(days=1)
    return total


def middle(spans):
    spans = sorted(spans)
    half = len(spans) // 2
    if not spans:
        return None
    return spans[half] if len(spans) % 2 else (spans[half - 1] + spans[half]) / 2


def times(rows, month, column, worked=worked):
    found = {}
    steps = {"response": ("opened_at", "responded_at"), "repair": ("started_at", "finished_at")}
    for name in ("response", "repair", "resolution"):
        groups = defaultdict(list)
        for row in rows["tickets"]:
            first, last = steps.get(name, ("opened_at", "finished_at"))
            start, stop = row.get(first), row.get(last)
            if name == "resolution" and stop is None:
                stop = row.get("closed_at")
            if start is None or not in_month(stop, month) or row.get("status") in ASIDE:
                continue
            exact = isinstance(start, datetime) and isinstance(stop, datetime)
            spent = stop - start if exact else as_day(stop) - as_day(start)
            if spent >= timedelta():
                for group in ("figures.all", row.get(column)):
                    groups[group].append((spent, worked(start, stop) if exact else None))
        for group, its in groups.items():
            clock = sorted(spent for spent, _ in its)
            working = [spent for _, spent in its if spent is not None]
            ninety = next(one for i, one in enumerate(clock, 1) if i * 10 >= len(clock) * 9)
            mean = sum(working, timedelta()) / len(working) if working else None
            all_mean = sum(clock, timedelta()) / len(clock)
            found[f"figures.step-{name}", group] = (
                len(clock), middle(clock), ninety, all_mean, middle(working), mean,
            )  # fmt: skip
    return found


def repeat_pairs(rows, month, days=30):
    """(ticket, the newest earlier one of the same customer about the same product) by looking at every pair."""
    found = []
    counted = [
        row
        for row in rows["tickets"]
        if row.get("opened_at") and row.get("product") and row.get("status") not in ASIDE and row["kind"] != "deadline"
    ]
    counted.sort(key=lambda row: (as_moment(row["opened_at"]), row["ticket_no"] or ""))
    for i, row in enumerate(counted):
        if not in_month(row["opened_at"], month):
            continue
        for before in reversed(counted[:i]):
            apart = as_moment(row["opened_at"]) - as_moment(before["opened_at"])
            is_known = any(row.get(one) and row.get(one) == before.get(one) for one in ("phone", "email", "order_no"))
            if is_known and same(row["product"]) == same(before["product"]):
                if apart <= timedelta(days=days):
                    found.append((row, before, apart.days))
                break
    return found


def repeats(rows, month):
    asked, again = defaultdict(int), defaultdict(int)
    for row in opened(rows, month):
        asked[same(row.get("product"))] += row["kind"] != "deadline"
    for row, _, _ in repeat_pairs(rows, month):
        again[same(row["product"])] += 1
    return {(key,): (n, asked[key], n / asked[key]) for key, n in again.items()}


def repeat_tickets(rows, month):
    return {
        (row["ticket_no"], same(row["product"])): (before["ticket_no"], row["kind"], days)
        for row, before, days in repeat_pairs(rows, month)
    }


def top_causes(rows, month, most=3):
    found = opened(rows, month)
    counts = defaultdict(list)
    for row in found:
        if row.get("cause"):
            counts[row["cause"]].append(row.get("remedy"))
    listed = sorted(counts, key=lambda cause: (-len(counts[cause]), cause))[:most]
    table = {}
    for cause in listed:
        chosen = sorted(filter(None, counts[cause]))
        usual = max(dict.fromkeys(chosen), key=chosen.count, default=None)
        table[(cause,)] = (len(counts[cause]), len(counts[cause]) / len(found), usual, "figures.to-fill-in")
    return table


def working_days_later(day, count):
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 6
    return datetime.combine(day, time(18))


def clocks(rows):
    """(rule, step, due, stop, row) of the clocks of furniture-retail that need no memory: P-01, P-04, P-13, P-17, P-26."""
    called = defaultdict(list)
    for row in rows.get("surveys", ()):
        if row.get("called_at") is not None:
            called[row.get("ticket_no")].append(row["called_at"])
    for row in rows["tickets"]:
        start = row.get("opened_at")
        if start is None:
            continue
        is_complaint = row["kind"] == "complaint"
        hours = 48 if is_complaint else 4 if row.get("urgency") == "urgent" else 24
        due = as_moment(start) + timedelta(hours=hours)
        yield "P-04" if is_complaint else "P-01", "response", due, row.get("responded_at"), row
        promise = row.get("promised_by")
        end_of_promise = promise if isinstance(promise, datetime) else None
        if promise is not None and end_of_promise is None:
            end_of_promise = datetime.combine(promise, time(23, 59, 59))
        if is_complaint:
            due = working_days_later(as_day(start), 7)
            due = min(due, end_of_promise) if end_of_promise else due
            yield "P-04", "resolve", due, row.get("finished_at"), row
        if end_of_promise:
            kept = row.get("finished_at")
            if kept is None and row["kind"] == "deadline" and row.get("order_no"):
                lines = [one for one in rows.get("orders", ()) if one["order_no"] == row["order_no"]]
                days = [one.get("shipped_on") for one in lines if one["status"] != "cancelled"]
                kept = max(days) if days and None not in days else None
            yield "P-17", "promise", end_of_promise, kept, row
        finished = row.get("finished_at")
        if finished is None:
            continue
        if row.get("paid_by") == "customer":
            due = working_days_later(as_day(finished), 3)
            yield "P-26", "advance", due, row.get("advance_refunded_on"), row
        if row["kind"] in ("repair", "install") and row["status"] in ("done", "accepted", "closed"):
            after = [at for at in called[row["ticket_no"]] if not is_before(at, finished)]
            first = min(after, key=lambda at: (as_day(at), str(at)), default=None)
            yield "P-13", "callback", working_days_later(as_day(finished), 3), first, row


def outcome(step, due, stop, row, now):
    """met, late, overdue; and until when it ran late. None: it does not count (yet)."""
    if stop is not None:
        in_time = stop <= due if isinstance(stop, datetime) else stop <= due.date()
        return "met" if in_time else "late", as_moment(stop)
    over = when_over(row)
    if step == "callback":
        return ("overdue" if now > due else None), min(now, due + timedelta(days=30))
    if step == "advance" and row["status"] == "closed":
        over = None
    if over is not None:
        return ("late" if due < over else None), over
    return ("overdue" if now > due else None), now


def on_time(rows, month, now):
    counts = defaultdict(lambda: {"met": 0, "late": 0, "overdue": 0})
    for no, step, due, stop, row in clocks(rows):
        result, _ = outcome(step, due, stop, row, now)
        if result is not None and in_month(due, month):
            counts[no, f"step.{step}", "tickets"][result] += 1
    return {
        label: (its["met"], its["late"], its["overdue"], part(its["met"], sum(its.values())))
        for label, its in counts.items()
    }


def lost(rows, month, now):
    """Cases and working time beyond the due moment within the month, by rule."""
    first, after = first_of(month), first_of(next_month(month))
    found = defaultdict(lambda: [0, timedelta()])
    for no, step, due, stop, row in clocks(rows):
        result, end = outcome(step, due, stop, row, now)
        late = worked(max(due, first), min(end, after)) if result in ("late", "overdue") else timedelta()
        if late:
            found[no, f"step.{step}", "tickets"][0] += 1
            found[no, f"step.{step}", "tickets"][1] += late
    return {label: tuple(its) for label, its in found.items()}
