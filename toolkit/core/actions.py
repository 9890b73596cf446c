"""What a plan is made of: edits, rows to append, occasions to write to somebody, observations to keep."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from toolkit.core.finding import Finding
from toolkit.core.reason import Reason
from toolkit.core.sheets import Workbook


class RowId(NamedTuple):
    """A row by its key. `key` is None while the row has no number; `row` is where it was read.

    A tuple, as Edit and Observation are: a plan makes a million of them, and a frozen dataclass takes five times as long.
    """

    book: str
    register: str
    key: str | None
    row: int


class Edit(NamedTuple):
    """One cell of the toolkit's: `old` is what was read there, `new` what shall stand.

    `why` is the reason, or what finds it out when somebody asks: of a million edits few are ever explained.
    """

    at: RowId
    column: str
    old: object
    new: object
    why: Reason | Callable[[Edit], Reason]

    @property
    def reason(self) -> Reason:
        """Why the cell changes."""
        return self.why if isinstance(self.why, Reason) else self.why(self)


@dataclass(frozen=True, slots=True)
class Append:
    """One row for the end of a register, by column key."""

    book: str
    register: str
    values: Mapping[str, object]
    reason: Reason


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody on one channel. `role` is who, never an address: `customer`, `vendor:V012`, `staff:S03` (60, 13);
    `address` is where that one is reached today. `audience` is customer, vendor or staff. `instead_of` is the channel that
    this one stands in for, because mail came back from there.
    """

    role: str
    audience: str
    channel: str
    address: str = ""
    name: str = ""
    locale: str = ""
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something somebody is to hear of, once.

    `cause` is a value that staff typed, or empty.
    `values` gives what fills the letter, gathered only if one is written; `workbook` what goes with a mail, whose letter is
    told by `is_attached` whether it does. `event_at` is when the thing itself happened (for `only_since`).
    """

    at: RowId
    notice: str
    to: Recipient
    reason: Reason
    step: str = ""
    round: int = 0
    cause: str = ""
    values: Callable[[], Mapping[str, object]] = dict
    workbook: Callable[[], Workbook] | None = None
    event_at: datetime | None = None
    not_before: datetime | None = None
    expires_at: datetime | None = None
    skip: bool = False  # recorded as having happened without a message (first day, 60, 16)

    @property
    def key(self) -> str:
        """The occasion's name, the same in every run (60, 13)."""
        parts = (
            self.at.book,
            self.at.register,
            self.at.key or "",
            self.notice,
            self.step,
            str(self.round),
            self.cause,
            self.to.role,
            self.to.channel,
        )
        return "|".join(part.replace("%", "%25").replace("|", "%7C") for part in parts)


class Observation(NamedTuple):
    """A rule-relevant value of a row as this run saw it, locale-free."""

    at: RowId
    column: str
    value: str


@dataclass(frozen=True, slots=True)
class Reservation:
    """A number promised to a row that has none yet, so that a killed and repeated run gives it again."""

    book: str
    register: str
    fingerprint: str
    nth: int
    key: str


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a run would do, in order, and what it found wrong."""

    edits: tuple[Edit, ...] = ()
    appends: tuple[Append, ...] = ()
    occasions: tuple[Occasion, ...] = ()
    findings: tuple[Finding, ...] = ()
    observations: tuple[Observation, ...] = ()
    reservations: tuple[Reservation, ...] = ()

    def __add__(self, other: Plan) -> Plan:
        return Plan(
            self.edits + other.edits,
            self.appends + other.appends,
            self.occasions + other.occasions,
            self.findings + other.findings,
            self.observations + other.observations,
            self.reservations + other.reservations,
        )
