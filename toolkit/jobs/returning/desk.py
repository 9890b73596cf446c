"""What the cases of one run share: clocks, reasons' classes, who does which part of the work, what came back before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property

from toolkit.core.actions import Reservation
from toolkit.jobs.clocked import Clocks, Typed
from toolkit.jobs.recipients import of_role
from toolkit.jobs.returning.case import Case, Line, cases
from toolkit.jobs.ticket.numbers import Numbers, number_rows
from toolkit.jobs.ticket.view import Views
from toolkit.jobs.typed_over import Marks, marks_of
from toolkit.registers.fold import fold
from toolkit.registers.order import day_of
from toolkit.registers.snapshot import Snapshot
from toolkit.registers.table import Table
from toolkit.rules.clock import Clock
from toolkit.rules.policy import governing
from toolkit.rules.returns import APPROVED, CALLED_OFF, EXCHANGE, GOODS, Standing, contradiction, is_fit, may_move
from toolkit.settings.lexicons import lexicon_of
from toolkit.settings.model import Settings

FINGERPRINT = ("order_no", "customer", "phone", "email", "kind", "applied_at")
"""What makes new lines one case, and the same case again after a killed run."""
NOTICES = (
    "return-applied",
    "return-approved",
    "return-rejected",
    "return-due",
    "return-received",
    "return-refunded",
    "return-resent",
)
OPERATIONS, FINANCE, WAREHOUSE, CUSTOMER = "operations", "finance", "warehouse", "customer"
QUEUES: Mapping[str, str] = {"review": OPERATIONS, "finance": FINANCE, "refund": FINANCE, "goods": OPERATIONS}
"""Clock -> whose queue it stands in."""
_IN_PERSON = {
    OPERATIONS: ("reviewer", "owner"),
    FINANCE: ("finance_reviewer",),
    WAREHOUSE: ("restocked_by", "inspected_by"),
}


class Desk:
    """The returns of one run at one moment."""

    def __init__(self, snapshot: Snapshot, settings: Settings, now: datetime) -> None:
        self.snapshot, self.settings, self.now = snapshot, settings, now
        self.setting = settings.returns
        self.views = Views(lambda locale: lexicon_of(settings, locale))
        self.words = self.views.words(settings.locale)
        self._found: Mapping[str, Typed] = {
            "applied_at": lambda line: line.case.asked_at(line, snapshot, now),
            "reviewed_at": lambda line: line.case.reviewed_at(line),
            "finance_at": lambda line: line.case.financed_at(line),
            "inspected_at": lambda line: line.get("inspected_at") if is_fit(line) else None,
            "return_by": lambda line: line.get("return_by") if line.status in _GOODS_EXPECTED else None,
        }
        self._clocks = Clocks(snapshot, settings, now, "returns", self._found)
        self._has_finance: dict[str | None, bool] = {}
        self._in_role: dict[str, str | None] = {}

    @cached_property
    def _numbered(self) -> tuple[Numbers, tuple[Reservation, ...]]:
        pattern = self.settings.numbers["returns"]
        return number_rows(self.snapshot, "returns", pattern, FINGERPRINT, lambda row: row.applied_at)

    @property
    def reservations(self) -> tuple[Reservation, ...]:
        """The numbers that are newly given."""
        return self._numbered[1]

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """Every case, each line where it rightly stands."""
        found = tuple(cases(self.snapshot, self._numbered[0]))
        for case in found:
            for line in case.lines:
                if line.state not in (None, line.row.status) and not self.is_rightly(line):
                    line.status = line.state
        return found

    def is_rightly(self, line: Line) -> bool:
        """Whether a line may have the status that was typed: there is a way from where it stood, and its cells agree."""
        kind, typed, before = line.get("kind"), line.row.status, line.state
        if kind is None or typed is None or contradiction(kind, typed, line.row) is not None:
            return False
        return before in (None, typed) or may_move(kind, str(before), typed, self.standing(line))

    def marks(self, table: Table) -> Marks:
        """The marks of a table's toolkit cells."""
        return marks_of(self.snapshot, table)

    # Clocks.

    def clocks(self, line: Line) -> tuple[Clock, ...]:
        """The clocks of a line, the window not among them. A refused application has no second review before it."""
        is_refused = line.get("review") == "rejected"
        found = self._clocks.of(line.case.table, line)
        return tuple(
            one for one in found if one.policy.clock != "window" and not (is_refused and one.policy.clock == "finance")
        )

    @cached_property
    def _past(self) -> Clocks:
        """The clocks as one looks back on them: goods that came had a day to come by, whatever became of them since."""
        came: Typed = lambda line: line.get("return_by") if line.get("received_at") else self._found["return_by"](line)  # noqa: E731
        return Clocks(self.snapshot, self.settings, self.now, "returns", {**self._found, "return_by": came})

    def past_clocks(self, line: Line) -> tuple[Clock, ...]:
        """Every clock that ran on a line or runs: the window too, where the reason must be named within it."""
        is_refused, is_timed = line.get("review") == "rejected", self.class_of(line) in self.setting.window_for
        return tuple(
            one
            for one in self._past.of(line.case.table, line)
            if not (one.policy.clock == "window" and not is_timed)
            and not (one.policy.clock == "finance" and is_refused)
        )

    def counted(self, line: Line, clocks: tuple[Clock, ...]) -> tuple[Clock, ...]:
        """The clocks of a line that count as open work."""
        return self._clocks.counted(line, clocks)

    def window_until(self, line: Line) -> date | None:
        """The last day on which a return may be asked for (P-18); None where no window is set, or nothing began it."""
        policy = governing(self._clocks.policies, "window", line)
        start = next((at for name in policy.starts if (at := line.get(name)) is not None), None) if policy else None
        if policy is None or start is None or policy.target is None:
            return None
        snapshot, table, target = self.snapshot, line.case.table, policy.target
        begun = snapshot.at(table, day_of(start))
        key = ("window", policy.id, table.book, begun)
        return snapshot.once(key, lambda: snapshot.wall(table, snapshot.calendar.add(begun, target)).date())

    def window_starts(self, line: Line) -> tuple[str, ...]:
        """The columns of which one begins the window; none where no window is set."""
        policy = governing(self._clocks.policies, "window", line)
        return policy.starts if policy is not None else ()

    def has_finance(self, line: Line) -> bool:
        """Whether finance reviews a case of this kind: a policy says by when."""
        kind = line.get("kind")
        if kind not in self._has_finance:
            self._has_finance[kind] = governing(self._clocks.policies, "finance", line) is not None
        return self._has_finance[kind]

    @property
    def refund_first(self) -> bool:
        """Whether the money goes back before the goods were looked at."""
        return self.setting.refund_when == "finance"

    def standing(self, line: Line) -> Standing:
        """A line as the conditions of its ways look at it."""
        return Standing(line, self.refund_first, self.has_finance(line))

    # The reason, and what the goods have gone through.

    def class_of(self, line: Line) -> str | None:
        """The class of the reason."""
        return self.setting.class_of(line.get("reason"))

    def is_used(self, line: Line) -> bool:
        """Used, or opened where it need not be opened to be seen; with a cause that is the seller's, it does not matter."""
        if self.class_of(line) != "no_cause":
            return False
        is_opened = line.row.packing_damaged is True and line.row.category not in self.setting.opened_to_see
        return line.row.used is True or is_opened

    # Who.

    def person(self, line: Line, queue: str) -> str | None:
        """Who does a part of the work: who is named on the case, else the first with that role."""
        named = next((name for column in _IN_PERSON.get(queue, ()) if (name := line.get(column))), None)
        if named is not None or queue == CUSTOMER:
            return str(named) if named else None
        if queue not in self._in_role:
            found = of_role(self.snapshot, queue)
            self._in_role[queue] = found.name if found is not None else None
        return self._in_role[queue]

    # What came back before.

    @cached_property
    def _returned(self) -> Mapping[int, Decimal]:
        """Row (by identity) -> how many pieces of the same order line earlier cases give back."""
        groups: dict[tuple[str, str, str], list[Line]] = defaultdict(list)
        for line in self._given_back():
            row = line.row
            groups[line.case.table.book, fold(line.get("order_no")), fold(row.sku or row.product or "")].append(line)
        found: dict[int, Decimal] = {}
        for (_, _, goods), lines in groups.items():
            if len(lines) < _SEVERAL or not goods:
                continue
            before, of_case = Decimal(0), defaultdict[int, Decimal](Decimal)
            for line in sorted(lines, key=_by_time):
                quantity = Decimal(str(line.row.quantity))
                found[id(line.row)] = (
                    before - of_case[id(line.case)]
                )  # two lines of one case are two lines of the order
                before += quantity
                of_case[id(line.case)] += quantity
        return found

    def _given_back(self) -> Iterator[Line]:
        for case in self.cases:
            for line in case.lines:
                is_off = line.status in CALLED_OFF or line.get("kind") == EXCHANGE
                if not is_off and line.row.quantity is not None and line.get("order_no"):
                    yield line

    def before(self, line: Line) -> Decimal:
        """How many pieces of the same order line earlier cases give back, as far as the goods' number or name tell."""
        return self._returned.get(id(line.row), Decimal(0))

    # Which cases need no look.

    @cached_property
    def quiet_since(self) -> date:
        """What happened before this day is told, or no longer worth a letter."""
        ahead = [
            self.snapshot.calendar.before(self.now, notice.expires) if notice.expires is not None else _LONG_AGO
            for name in NOTICES
            if (notice := self.settings.notices.get(name)) is not None
        ]
        return min(ahead, default=self.now).date() - _ZONES_APART if _LONG_AGO not in ahead else date.min


def _by_time(line: Line) -> tuple[str, str, str]:
    return str(line.get("applied_at")), line.case.number or "~", line.key or ""


_GOODS_EXPECTED = frozenset({APPROVED, GOODS})
_ZONES_APART = timedelta(days=1)
"""Another zone's day, another book's."""
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_SEVERAL = 2


def desk_of(snapshot: Snapshot, settings: Settings, now: datetime) -> Desk:
    """The desk of one run at one moment, shared by the plan and the agenda."""
    return snapshot.once(("returns", now), lambda: Desk(snapshot, settings, now))
