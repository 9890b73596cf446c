"""The configuration as the rest of the toolkit sees it: checked, typed, complete, frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from toolkit.core.approved import ApprovedText
from toolkit.core.picture import Picture
from toolkit.rules.policy import Policy, When
from toolkit.rules.questionnaire import Questionnaire
from toolkit.rules.recurring import Interval
from toolkit.rules.triage import Triage
from toolkit.rules.warranty import Warranty
from toolkit.rules.worktime.duration import Duration
from toolkit.rules.worktime.week import Span
from toolkit.settings.model_dispatch import DispatchSetting
from toolkit.settings.model_imports import ImportSetting
from toolkit.settings.model_orders import OrderSetting, PartSetting
from toolkit.settings.model_people import RewardSetting, SupplierSetting
from toolkit.settings.model_returns import ReturnSetting
from toolkit.settings.model_ways import ChatSetting, DkimSetting, MailboxSetting, OAuthSetting, SentSetting


@dataclass(frozen=True, slots=True)
class Company:
    """Who signs the letters. `brand` is what the vendor comes as; where none is set it is the name. `logo` heads them."""

    name: str
    brand: str
    hotline: str
    logo: Picture | None = None


@dataclass(frozen=True, slots=True)
class BookSetting:
    """One workbook: a file (`path`, absolute) or a Google spreadsheet (`google`, its id), never both.

    `name` is permanent (60, 4). `timezone` is the zone of the wall time in its cells; `backups` so many copies are kept.
    A register that loses more than the share `max_loss` of its rows stops the book (None: only one that loses all).
    `companion_after` so long a lock, a read-only workbook stands in for the locked one (None: never; 60, 31).
    """

    name: str
    path: Path | None
    google: str | None
    credentials: Path | None
    timezone: ZoneInfo
    endpoint: str | None
    backups: int
    max_loss: float | None
    companion_after: timedelta | None


@dataclass(frozen=True, slots=True)
class CalendarSetting:
    """When the desk works. `week` is what BusinessCalendar takes; `holidays` a country code, or None for no holidays."""

    week: Mapping[str, tuple[tuple[str, str], ...]]
    holidays: str | None


@dataclass(frozen=True, slots=True)
class RegisterSetting:
    """Where a register lives and what else its headers and choices are called. None: the first book, the locale's label.

    `also` are further read-only tabs; `choices[column][key]` are labels, the first one is shown; a key that the register
    does not know extends the list.
    """

    book: str | None = None
    tab: str | None = None
    also: tuple[str, ...] = ()
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Notice:
    """One kind of letter. `channels` in order of preference, only those that are switched on.

    The first channel for which there is an address is taken, or every one where `all_channels`. `cause` is the column
    whose typed value makes the occasion a new one (60, 13), or empty. An `is_urgent` one may pass the quiet hours.
    """

    name: str
    register: str
    to: str
    channels: tuple[str, ...]
    all_channels: bool = False
    cause: str = ""
    expires: Duration | None = None
    is_urgent: bool = False
    when: When = field(default_factory=dict)

    @property
    def audience(self) -> str:
        """customer, vendor or staff: a supplier is outside the house like a vendor, a store is of it."""
        return {"customer": "customer", "vendor": "vendor", "supplier": "vendor"}.get(self.to, "staff")


@dataclass(frozen=True, slots=True)
class Asked:
    """The evidence that some tickets need: the columns, and what the customer is asked for, in each language."""

    when: When
    columns: tuple[str, ...]
    lines: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class VendorSetting:
    """How vendors are rated and chosen (20, Vendors)."""

    half_life_days: float = 180
    minimum_stars: float = 3


@dataclass(frozen=True, slots=True)
class UpkeepKind:
    """A kind of maintenance visit: how often, or how long after acceptance once; what is done, by locale."""

    interval: Interval
    is_once: bool
    checklist: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class MaintenanceSetting:
    """Upkeep after acceptance (P-20): a visit is entered `ahead` of its day. Of kinds that fall on one day the rarest stands."""

    ahead: timedelta
    kinds: Mapping[str, UpkeepKind]


@dataclass(frozen=True, slots=True)
class CallbackSetting:
    """How customers are called. After `tries` unanswered ones a call-back counts as not reached.

    A call stays on the caller's list for `list_for` after it was due. A call of more than `longest_minutes` is noted. Equal
    rows within `same_within` (None: never) are one submission. The questions go out by mail where `letter`, or where a `link`
    to their page is set, in which `{ticket_no}` stands for the number. `periodic` are the calls after delivery (P-21).
    """

    tries: int
    list_for: timedelta
    longest_minutes: float
    same_within: timedelta | None
    letter: bool
    link: str | None
    periodic: tuple[Duration, ...]


Security = Literal["ssl", "starttls", "none"]


@dataclass(frozen=True, slots=True)
class EmailSetting:
    """How mail leaves: into the outbox folder, through SMTP, or not at all. `oauth2` stands for a password."""

    via: str
    host: str | None = None
    port: int | None = None
    security: Security = "starttls"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    from_: str | None = None
    oauth2: OAuthSetting | None = None
    dkim: DkimSetting | None = None
    sent: SentSetting | None = None


APPROVED_ONLY = frozenset({"aliyun", "tencent"})
"""Gateways of mainland China: they send to mobiles of the mainland, and only texts that they approved beforehand."""


@dataclass(frozen=True, slots=True)
class SmsSetting:
    """How text messages leave: into the outbox folder, not at all, or through a gateway, which is told `keys`.

    `templates` are the approved texts by notice. `variable_max` is the account's own limit of a variable, where it says so.
    `untold` are the notices that would go by SMS if they had an approved text.
    """

    via: str
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout: float = 15
    per_minute: int | None = None
    max_parts: int | None = None
    variable_max: int | None = None
    allow_words: frozenset[str] = frozenset()
    templates: Mapping[str, ApprovedText] = field(default_factory=dict)
    untold: tuple[str, ...] = ()

    def takes(self, phone: str) -> bool:
        """Whether a mobile, spelled as `read_phone` does, can be written to: `+49…` is none of the mainland's."""
        return self.via not in APPROVED_ONLY or not phone.startswith("+")


@dataclass(frozen=True, slots=True)
class ViaSetting:
    """How chat leaves: `folder` or `none`."""

    via: str


@dataclass(frozen=True, slots=True)
class Channels:
    """The ways to reach people, and when they rest. Messages about rows from before `only_since` are not sent (60, 16).

    `quiet_hours` and `daily_cap` (messages to one address in a day) go by audience; None is no limit.
    """

    email: EmailSetting
    sms: SmsSetting
    chat: ChatSetting
    quiet_hours: Mapping[str, tuple[time, time] | None]
    hold_above: int
    daily_cap: Mapping[str, int | None]
    merge: bool
    alerts_above: int | None
    only_since: date | None


@dataclass(frozen=True, slots=True)
class DigestSetting:
    """Who gets the daily digest (`staff`, `managers`), and whether also when there is nothing to say."""

    to: tuple[str, ...]
    empty: bool


@dataclass(frozen=True, slots=True)
class ScheduleEntry:
    """When a job runs: every so often, daily at a time, or monthly on a day at a time; one of the three."""

    job: str
    every: Duration | None = None
    daily: time | None = None
    monthly: int | None = None
    at: time | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """All of it. Paths are absolute; `policies` are in governing order and only those that are on.

    `tabs` are the registers that the desk has, `numbers` the patterns of the numbers that the toolkit gives, by register.
    `shifts` are the hours of each shift; `chasing` is after how long a silent customer is reminded (P-28); `care` is the
    advice for each category, by locale; `evidence` is as `registers.schema.Facts` takes it; `state` is a database URL, which may hold a password: it is
    never shown; `keep_bodies` is how long the texts and addresses of ended messages stay; `templates` the user's own letters;
    `imports` are files of other systems that are taken over again and again, by a name of the desk's own;
    `warnings` are remarks with file and line that stop nothing.
    """

    home: Path
    file: Path | None
    preset: str
    locale: str
    timezone: ZoneInfo
    country: str
    currency: str
    company: Company
    books: tuple[BookSetting, ...]
    calendar: CalendarSetting
    shifts: Mapping[str, tuple[Span, ...]]
    tabs: frozenset[str]
    registers: Mapping[str, RegisterSetting]
    policies: tuple[Policy, ...]
    questionnaires: tuple[Questionnaire, ...]
    warranty: Warranty
    evidence: tuple[tuple[When, tuple[str, ...]], ...]
    notices: Mapping[str, Notice]
    vendors: VendorSetting
    dispatch: DispatchSetting
    suppliers: SupplierSetting
    rewards: RewardSetting | None
    maintenance: MaintenanceSetting
    callbacks: CallbackSetting
    returns: ReturnSetting
    orders: OrderSetting
    parts: PartSetting
    repeat_within_days: int
    chasing: tuple[Duration, ...]
    triage: Triage
    asked: tuple[Asked, ...]
    care: Mapping[str, Mapping[str, tuple[str, ...]]]
    numbers: Mapping[str, str]
    reopened: str
    channels: Channels
    digest: DigestSetting
    schedule: tuple[ScheduleEntry, ...]
    outbox: Path
    state: str = field(repr=False)
    keep_bodies: timedelta
    templates: Path | None
    mailbox: MailboxSetting | None = None
    imports: Mapping[str, ImportSetting] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def book(self, name: str | None) -> BookSetting:
        """A book by its name; the first one where a register names none."""
        return next((one for one in self.books if one.name == name), self.books[0])

    def register(self, name: str) -> RegisterSetting:
        """A register's setting; the plain one where config.yaml says nothing of it."""
        return self.registers.get(name, _PLAIN)


_PLAIN = RegisterSetting()
