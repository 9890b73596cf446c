"""The ticket register: one row for each thing a customer asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial

from toolkit.core.finding import Severity
from toolkit.core.reason import Name, because
from toolkit.registers.order import out_of_order, suspects_of_order
from toolkit.registers.schema import Check, Columns, Facts, Fault, Register, Row, Type, When, Writer, column

KINDS = (
    "repair",
    "complaint",
    "install",
    "return",
    "exchange",
    "delivery_date_enquiry",
    "shipment_look_up",
    "use_and_care",
    "franchise_lead",
    "retail_lead",
    "wholesale_lead",
    "deadline",
    "quality_report",
)
CHANNELS = (
    "phone",
    "email",
    "online_chat",
    "wechat",
    "mini_program",
    "app",
    "website",
    "sms",
    "store_counter",
    "fax",
    "letter",
    "form",
)
CATEGORIES = (
    "sofa",
    "bed",
    "mattress",
    "wardrobe",
    "table",
    "dining_chair",
    "desk",
    "office_chair",
    "workstation",
    "cabinet",
    "bookcase",
    "lighting",
    "curtain",
    "other",
)
FAULTS = (
    "structure",
    "surface",
    "fabric_leather",
    "fittings",
    "mechanism",
    "electrics",
    "missing_parts",
    "smell",
    "size",
    "other",
)
CAUSES = (
    "product_quality",
    "unannounced_model_change",
    "human_error",
    "service_dispute",
    "transport_damage",
    "installation_damage",
    "customer_misuse",
    "force_majeure",
    "other",
)
DEPARTMENTS = ("technical_support", "warehouse_logistics", "customer_service", "production")
STATUSES = (
    "new",
    "confirmed",
    "planned",
    "dispatched",
    "in_progress",
    "waiting_for_customer",
    "waiting_for_parts",
    "done",
    "rework",
    "accepted",
    "closed",
    "cancelled",
    "out_of_scope",
    "merged",
)
FROZEN = frozenset({"closed", "cancelled", "out_of_scope", "merged"})
"""Closed rows: their results stand and they leave every open and overdue count (40, Clocks; 60, 24)."""
FINISHED = frozenset({"done", "accepted", "closed"})
"""Leaving one of these means reopened (60, 24)."""
WORK = frozenset({"repair", "install"})
"""Kinds of tickets about work that the customer accepts."""
PASSED = ("passed", "failed")


@dataclass(slots=True, kw_only=True, eq=False)
class Ticket(Row):
    """A row of the ticket register."""

    ticket_no: str | None = column(Type.ID, by=Writer.FILL)
    opened_at: When | None = column(Type.DATETIME, required=True, past=True)
    channel: str | None = column(Type.CHOICE, choices=CHANNELS)
    kind: str | None = column(Type.CHOICE, required=True, choices=KINDS)
    customer: str | None = column(Type.TEXT, required=True)
    phone: str | None = column(Type.PHONE)
    email: str | None = column(Type.EMAIL)
    language: str | None = column(Type.CHOICE, choices=("zh-CN", "en"))
    city: str | None = column(Type.TEXT)
    address: str | None = column(Type.TEXT)
    order_no: str | None = column(Type.ID)
    product: str | None = column(Type.TEXT)
    category: str | None = column(Type.CHOICE, choices=CATEGORIES)
    bought_on: date | None = column(Type.DATE, past=True)
    delivered_on: date | None = column(Type.DATE, past=True)
    goods_accepted_on: date | None = column(Type.DATE, past=True)
    fault: str | None = column(Type.CHOICE, choices=FAULTS)
    packing: str | None = column(Type.CHOICE, choices=("whole", "damaged_there", "damaged_elsewhere", "unknown"))
    photos_usable: bool | None = column(Type.YES_NO)
    installed_by: str | None = column(Type.CHOICE, choices=("us", "customer"))
    problem: str | None = column(Type.LONG_TEXT, required=True)
    photos: tuple[str, ...] | None = column(Type.URL_LIST)
    proof: str | None = column(Type.TEXT)
    cause: str | None = column(Type.CHOICE, choices=CAUSES)
    responsible: str | None = column(Type.TEXT)
    level: str | None = column(Type.CHOICE, choices=("1", "2", "3", "4"))
    urgency: str | None = column(Type.CHOICE, choices=("urgent", "normal"))
    store: str | None = column(Type.TEXT, refers_to="stores")
    owner: str | None = column(Type.PERSON, refers_to="staff")
    department: str | None = column(Type.CHOICE, choices=DEPARTMENTS)
    handed_over_at: When | None = column(Type.DATETIME, past=True)
    repair_class: str | None = column(Type.CHOICE, choices=("routine", "special", "paid", "specialist"))
    service_mode: str | None = column(Type.CHOICE, choices=("remote", "on_site", "send_in", "courier"))
    remedy: str | None = column(Type.CHOICE, choices=("touch_up", "repair", "part", "replacement", "refund", "money"))
    last_told_at: When | None = column(Type.DATETIME, past=True)
    delay_told_at: When | None = column(Type.DATETIME, past=True)
    delay_reason: str | None = column(Type.TEXT)
    status: str | None = column(Type.CHOICE, required=True, choices=STATUSES)
    responded_at: When | None = column(Type.DATETIME, past=True)
    solution: str | None = column(Type.LONG_TEXT)
    solved_at: When | None = column(Type.DATETIME, past=True)
    estimated_hours: float | None = column(Type.NUMBER, low=0, high=1000)
    vendor: str | None = column(Type.ID, refers_to="vendors")
    visit_at: When | None = column(Type.DATETIME)
    started_at: When | None = column(Type.DATETIME, past=True)
    finished_at: When | None = column(Type.DATETIME, past=True)
    supplier: str | None = column(Type.ID, refers_to="suppliers")
    paid_in_advance: Decimal | None = column(Type.MONEY, low=0)
    recovered: Decimal | None = column(Type.MONEY, low=0)
    vendor_reply: str | None = column(Type.CHOICE, choices=("accepted", "declined"))
    vendor_replied_at: When | None = column(Type.DATETIME, past=True)
    vendor_fee: Decimal | None = column(Type.MONEY, low=0)
    paid_by: str | None = column(Type.CHOICE, choices=("us", "customer", "vendor", "supplier"))
    advance_refunded_on: date | None = column(Type.DATE, past=True)
    vendor_paid_on: date | None = column(Type.DATE, past=True)
    tested: str | None = column(Type.CHOICE, choices=PASSED)
    quality_check: str | None = column(Type.CHOICE, choices=PASSED)
    acceptance: str | None = column(Type.CHOICE, choices=PASSED)
    acceptance_reason: str | None = column(Type.TEXT)
    photos_after: tuple[str, ...] | None = column(Type.URL_LIST)
    accepted_at: When | None = column(Type.DATETIME, past=True)
    closed_at: When | None = column(Type.DATETIME, past=True)
    fee: Decimal | None = column(Type.MONEY, low=0)
    fee_agreed: bool | None = column(Type.YES_NO)
    promised_by: When | None = column(Type.DATETIME)
    notes: str | None = column(Type.LONG_TEXT)

    check: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    response_due: When | None = column(Type.DATETIME, by=Writer.TOOLKIT)
    solution_due: When | None = column(Type.DATETIME, by=Writer.TOOLKIT)
    start_due: When | None = column(Type.DATETIME, by=Writer.TOOLKIT)
    resolve_due: When | None = column(Type.DATETIME, by=Writer.TOOLKIT)
    callback_due: When | None = column(Type.DATETIME, by=Writer.TOOLKIT)
    overdue: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    next_step: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    warranty_until: date | None = column(Type.DATE, by=Writer.TOOLKIT)
    coverage: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    suggested_vendor: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    suggested_owner: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    waiting_since: When | None = column(Type.DATETIME, by=Writer.TOOLKIT)
    reopened: float | None = column(Type.NUMBER, by=Writer.TOOLKIT)
    repeat_of: str | None = column(Type.ID, by=Writer.TOOLKIT)
    last_message: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    suggested_level: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    suggested_cause: str | None = column(Type.TEXT, by=Writer.TOOLKIT)
    survey_score: float | None = column(Type.NUMBER, by=Writer.TOOLKIT)
    updated_at: datetime | None = column(Type.DATETIME, by=Writer.TOOLKIT)


ORDER_OF_TIMES = (
    ("bought_on", "delivered_on"),
    ("delivered_on", "goods_accepted_on"),
    ("opened_at", "responded_at"),
    ("opened_at", "handed_over_at"),
    ("opened_at", "solved_at"),
    ("opened_at", "visit_at"),
    ("opened_at", "started_at"),
    ("started_at", "finished_at"),
    ("opened_at", "finished_at"),
    ("finished_at", "accepted_at"),
    ("finished_at", "advance_refunded_on"),
    ("opened_at", "accepted_at"),
    ("opened_at", "closed_at"),
    ("finished_at", "closed_at"),
)
"""Each pair: the second cannot lie before the first; the second is the cell to mend."""


ENTERED_AFTER = frozenset({"visit_at", "started_at", "finished_at", "accepted_at", "responded_at", "solved_at"})
"""An installation is entered in the register once it is done (P-12), so these may lie before the entry."""


def check_times(ticket: Ticket, facts: Facts) -> Iterator[Fault]:
    """Nothing lies before what must come first."""
    pairs: Sequence[tuple[str, str]] = ORDER_OF_TIMES
    if ticket.kind in facts.entered_after:
        pairs = [(first, second) for first, second in pairs if first != "opened_at" or second not in ENTERED_AFTER]
    return out_of_order("tickets", ticket, pairs)


def check_money(ticket: Ticket, _facts: Facts) -> Iterator[Fault]:
    """Recovered is not more than was paid; a fee is agreed before work starts."""
    if (
        ticket.recovered is not None
        and ticket.recovered > (ticket.paid_in_advance or 0)
        and not ticket.bad.get("paid_in_advance")
    ):
        yield Fault(
            "too-much",
            "recovered",
            because("fault.recovered-too-much", recovered=ticket.recovered, paid=ticket.paid_in_advance or Decimal(0)),
        )
    has_started = ticket.started_at is not None or ticket.finished_at is not None
    if ticket.fee and has_started and not ticket.fee_agreed and "fee_agreed" not in ticket.bad:
        yield Fault("needs-agreement", "fee_agreed", because("fault.fee-not-agreed", fee=ticket.fee))


def check_blame(ticket: Ticket, _facts: Facts) -> Iterator[Fault]:
    """Human error names a person; a failed acceptance names a reason."""
    if ticket.cause == "human_error" and not ticket.responsible:
        yield Fault("needs-responsible", "responsible", because("fault.needs-responsible"))
    if ticket.acceptance == "failed" and not ticket.acceptance_reason:
        yield Fault("required", "acceptance_reason", because("fault.acceptance-needs-reason"))


def check_evidence(ticket: Ticket, facts: Facts) -> Iterator[Fault]:
    """Photos and proof stand where a policy asks for them."""
    for when, columns in facts.evidence:
        if all(ticket.get(name) in values for name, values in when.items()):
            for name in columns:
                if not ticket.get(name) and name not in ticket.bad:
                    asked_by = tuple(Name("tickets", one, value) for one in when if (value := ticket.get(one)))
                    yield Fault("needs-evidence", name, because("fault.needs-evidence", why=asked_by))


def check_closing(ticket: Ticket, facts: Facts) -> Iterator[Fault]:
    """Work that was done is closed once the customer accepted or confirmed it, and its record stands (20, Triage).

    A warning: years of tickets that were closed before anybody asked for it keep nothing from being done.
    """
    if ticket.status != "closed" or ticket.kind not in WORK or ticket.finished_at is None:
        return
    is_confirmed = ticket.acceptance == "passed" or (ticket.accepted_at is not None and ticket.acceptance is None)
    if not is_confirmed and "acceptance" in facts.present and "acceptance" not in ticket.bad:
        why = "fault.closed-not-accepted" if ticket.acceptance == "failed" else "fault.needs-confirmation"
        yield Fault("needs-confirmation", "acceptance", because(why), Severity.WARNING)
    if not ticket.solution and "solution" in facts.present and "solution" not in ticket.bad:
        yield Fault("needs-confirmation", "solution", because("fault.needs-record"), Severity.WARNING)


def check_scope(ticket: Ticket, _facts: Facts) -> Iterator[Fault]:
    """Out of scope says why: the customer is told so."""
    if ticket.status == "out_of_scope" and not ticket.solution and not ticket.notes and not ticket.bad:
        yield Fault("needs-reason", "solution", because("fault.out-of-scope-needs-reason"), Severity.WARNING)


def is_out_of_scope(columns: Columns, _facts: Facts) -> Iterable[int]:
    """The tickets that are none of ours."""
    return columns.where("status", lambda status: status == "out_of_scope")


def is_closed_unconfirmed(columns: Columns, _facts: Facts) -> Iterator[int]:
    """The closed tickets that lack the acceptance or the record."""
    asked = zip(columns["status"], columns["acceptance"], columns["solution"], strict=True)
    for place, (status, acceptance, solution) in enumerate(asked):
        if status == "closed" and (acceptance != "passed" or not solution):
            yield place


def lacks_evidence(columns: Columns, facts: Facts) -> Iterator[int]:
    """The tickets that a policy asks for something that is not there."""
    for when, asked in facts.evidence:
        places: Iterable[int] = range(len(columns["kind"]))
        for name, values in when.items():
            found = columns[name]
            places = [place for place in places if found[place] in values]
        for name in asked:
            found = columns[name]
            yield from (place for place in places if not found[place])


def is_blamed(columns: Columns, _facts: Facts) -> Iterator[int]:
    """The tickets that blame somebody for something."""
    yield from columns.where("cause", lambda cause: cause == "human_error")
    yield from columns.where("acceptance", lambda acceptance: acceptance == "failed")


def has_money(columns: Columns, _facts: Facts) -> Iterator[int]:
    """The tickets with money that somebody pays."""
    yield from columns.where("recovered", lambda recovered: recovered is not None)
    paid = zip(columns["fee"], columns["fee_agreed"], strict=True)
    yield from (place for place, (fee, is_agreed) in enumerate(paid) if fee and not is_agreed)


TICKETS = Register(
    "tickets",
    Ticket,
    key=("ticket_no",),
    checks=(
        Check(check_times, partial(suspects_of_order, ORDER_OF_TIMES)),
        Check(check_money, has_money),
        Check(check_blame, is_blamed),
        Check(check_evidence, lacks_evidence),
        Check(check_closing, is_closed_unconfirmed),
        Check(check_scope, is_out_of_scope),
    ),
    one_of=(("phone", "email"),),
    clocks={
        "response": "response_due",
        "solution": "solution_due",
        "start": "start_due",
        "resolve": "resolve_due",
        "callback": "callback_due",
        "promise": "",
        "told": "",
        "reply": "",
        "advance": "",
        "shift": "",
        "entry": "",
    },
    over=FROZEN,
    owner=("owner",),
)
