"""The form of config.yaml: its sections, keys and kinds of value. Which names exist is checked in `misnamed`."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from toolkit.core.words import LOCALES
from toolkit.settings.fields import (
    CountryText,
    CurrencyText,
    DateText,
    DaysText,
    DurationText,
    HolidaysText,
    Listed,
    NumberingText,
    SpansText,
    StateText,
    TimeText,
    WeekText,
    ZoneText,
    one_of,
    one_or_more,
    say,
)
from toolkit.settings.form_base import Form, via
from toolkit.settings.layers import DEFAULT_PRESET, PRESETS
from toolkit.settings.sections.books import BookForm
from toolkit.settings.sections.callbacks import CallbacksForm
from toolkit.settings.sections.chat import Chat, ChatForm
from toolkit.settings.sections.dispatch import DispatchForm
from toolkit.settings.sections.figures import FiguresForm
from toolkit.settings.sections.imports import ImportForm
from toolkit.settings.sections.limits import Cap, CapForm, CountText, Quiet, QuietForm
from toolkit.settings.sections.mail import Email, EmailForm
from toolkit.settings.sections.mailbox import MailboxForm
from toolkit.settings.sections.maintenance import MaintenanceForm
from toolkit.settings.sections.notices import NoticeForm
from toolkit.settings.sections.orders import OrdersForm, PartsForm
from toolkit.settings.sections.people import RewardsForm, SuppliersForm
from toolkit.settings.sections.policies import PolicyForm
from toolkit.settings.sections.questionnaires import QuestionnaireForm
from toolkit.settings.sections.registers import RegisterForm
from toolkit.settings.sections.returns import ReturnsForm
from toolkit.settings.sections.sms import SmsForm
from toolkit.settings.sections.triage import TriageForm
from toolkit.settings.sections.warranty import EvidenceForm, WarrantyForm


class CompanyForm(Form):
    name: str = ""
    brand: str = ""
    hotline: str = ""
    logo: str | None = None


class CalendarForm(Form):
    week: WeekText
    holidays: HolidaysText = None
    tab: str = "holidays"


class ChasingForm(Form):
    after: tuple[DurationText, ...] = ()


class VendorsForm(Form):
    half_life_days: Annotated[float, Field(gt=0)] = 180
    minimum_stars: Annotated[float, Field(ge=0, le=5)] = 3


class ChannelsForm(Form):
    email: Email = EmailForm()
    sms: Annotated[SmsForm, BeforeValidator(via)] = SmsForm()
    chat: Chat = ChatForm(via="none")
    quiet_hours: Quiet = QuietForm()
    hold_above: Annotated[int, Field(ge=0)] = 50
    daily_cap: Cap = CapForm()
    merge: bool = True
    alerts_above: CountText = None
    only_since: DateText | None = None


class DigestForm(Form):
    to: Annotated[tuple[Annotated[str, one_of("staff", "managers", "stores")], ...], one_or_more]
    empty: bool = False


class ReportForm(Form):
    largest_file: Annotated[float, Field(gt=0)]


class ScheduleForm(Form):
    every: DurationText | None = None
    daily: TimeText | None = None
    monthly: Annotated[int, Field(ge=1, le=28)] | None = None
    at: TimeText | None = None
    off: bool = False

    @model_validator(mode="after")
    def _one_time(self) -> ScheduleForm:
        if sum(one is not None for one in (self.every, self.daily, self.monthly)) != 1:
            raise say('a job has one time: {every: 10min}, {daily: "08:30"} or {monthly: 1, at: "09:00"}')
        if self.every is not None and not self.every.clock:
            raise say("every counts clock time, in min or h")
        if (self.at is not None) != (self.monthly is not None):
            raise say('at goes with monthly: {monthly: 1, at: "09:00"}')
        return self


class ConfigForm(Form):
    """config.yaml, with the preset under it."""

    preset: Annotated[str, one_of(*PRESETS)] = DEFAULT_PRESET
    locale: Annotated[str, one_of(*LOCALES)]
    timezone: ZoneText
    country: CountryText
    currency: CurrencyText
    company: CompanyForm = CompanyForm()
    books: Annotated[tuple[BookForm, ...], Field(min_length=1)]
    calendar: CalendarForm
    tabs: Listed = ()
    registers: dict[str, RegisterForm] = Field(default_factory=dict)
    policies: dict[str, PolicyForm] = Field(default_factory=dict)
    questionnaires: dict[str, QuestionnaireForm] = Field(default_factory=dict)
    warranty: WarrantyForm = WarrantyForm()
    evidence: tuple[EvidenceForm, ...] = ()
    notices: dict[str, NoticeForm] = Field(default_factory=dict)
    vendors: VendorsForm = VendorsForm()
    dispatch: DispatchForm = DispatchForm()
    suppliers: SuppliersForm = SuppliersForm()
    rewards: RewardsForm | None = None
    maintenance: MaintenanceForm = MaintenanceForm()
    callbacks: CallbacksForm = CallbacksForm()
    returns: ReturnsForm = ReturnsForm()
    orders: OrdersForm = OrdersForm()
    parts: PartsForm = PartsForm()
    figures: FiguresForm = FiguresForm()
    repeat_within_days: Annotated[int, Field(ge=0)]
    numbers: dict[str, NumberingText]
    reopened: Annotated[str, one_of("continue", "new")]
    channels: ChannelsForm = ChannelsForm()
    digest: DigestForm
    report: ReportForm
    schedule: dict[str, ScheduleForm] = Field(default_factory=dict)
    outbox: str
    state: StateText
    keep_bodies: DaysText = timedelta(days=90)
    mailbox: MailboxForm | None = None
    shifts: dict[str, SpansText] = Field(default_factory=dict)
    care: dict[str, dict[Annotated[str, one_of(*LOCALES)], Listed]] = Field(default_factory=dict)
    triage: TriageForm = TriageForm()
    chasing: ChasingForm = ChasingForm()
    imports: dict[str, ImportForm] = Field(default_factory=dict)
