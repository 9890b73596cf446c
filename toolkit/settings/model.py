"""The configuration as the rest of the toolkit sees it: checked, typed, complete, frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from toolkit.core.picture import Picture
from toolkit.rules.policy import Policy, When
from toolkit.rules.questionnaire import Questionnaire
from toolkit.rules.triage import Triage
from toolkit.rules.warranty import Warranty
from toolkit.rules.worktime.duration import Duration
from toolkit.rules.worktime.week import Span
from toolkit.settings.sections.callbacks import CallbackSetting
from toolkit.settings.sections.chat import ChatSetting
from toolkit.settings.sections.dispatch import DispatchSetting
from toolkit.settings.sections.figures import FigureSetting
from toolkit.settings.sections.imports import ImportSetting
from toolkit.settings.sections.mail import EmailSetting
from toolkit.settings.sections.mailbox import MailboxSetting
from toolkit.settings.sections.maintenance import MaintenanceSetting
from toolkit.settings.sections.notices import Notice
from toolkit.settings.sections.orders import OrderSetting, PartSetting
from toolkit.settings.sections.people import RewardSetting, SupplierSetting
from toolkit.settings.sections.returns import ReturnSetting
from toolkit.settings.sections.sms import SmsSetting
from toolkit.settings.sections.warranty import Asked


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
class VendorSetting:
    """How vendors are rated and chosen (20, Vendors)."""

    half_life_days: float = 180
    minimum_stars: float = 3


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
    """Who gets the daily digest (`staff`, `managers`, `stores`), and whether also when there is nothing to say."""

    to: tuple[str, ...]
    empty: bool


@dataclass(frozen=True, slots=True)
class ReportSetting:
    """How many bytes the workbook may have that goes with the monthly report."""

    largest_file: int


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
    figures: FigureSetting
    repeat_within_days: int
    chasing: tuple[Duration, ...]
    triage: Triage
    asked: tuple[Asked, ...]
    care: Mapping[str, Mapping[str, tuple[str, ...]]]
    numbers: Mapping[str, str]
    reopened: str
    channels: Channels
    digest: DigestSetting
    report: ReportSetting
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
