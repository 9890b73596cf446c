"""The checked form into the settings that the toolkit works with: paths absolute, order governing, blanks filled."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from toolkit.core.approved import dialect_of
from toolkit.rules.policy import Policy, Rung, in_order
from toolkit.rules.questionnaire import Question, Questionnaire
from toolkit.rules.recurring import interval_of
from toolkit.rules.standing import Limits
from toolkit.rules.warranty import Covers, Term, Warranty
from toolkit.rules.worktime.duration import Duration
from toolkit.rules.worktime.ends import End
from toolkit.settings import (
    build_dispatch,
    build_mail,
    build_returns,
    build_triage,
    build_ways,
    form,
    form_orders,
    form_people,
    form_rules,
    form_sms,
    model,
    model_orders,
    model_people,
)
from toolkit.settings.beyond import Beyond
from toolkit.settings.form_callbacks import CallbacksForm
from toolkit.settings.names import NEEDED

_SQLITE = "sqlite:///"


def build(
    config: form.ConfigForm, home: Path, file: Path | None, files: Beyond, warnings: tuple[str, ...]
) -> model.Settings:
    """Settings of a form without mistakes. `home` is the folder that relative paths start from; `files` what they held."""
    templates = home / "templates"
    return model.Settings(
        home=home,
        file=file,
        preset=config.preset,
        locale=config.locale,
        timezone=config.timezone,
        country=config.country,
        currency=config.currency,
        company=_company(config.company, files),
        books=tuple(_book(one, home, config.timezone) for one in config.books),
        calendar=model.CalendarSetting(config.calendar.week, config.calendar.holidays),
        shifts=config.shifts,
        tabs=frozenset({*NEEDED, *config.tabs, *config.registers}),
        registers=_registers(config),
        policies=build_returns.with_refund_start(
            in_order([policy(name, one) for name, one in config.policies.items()]), config.returns
        ),
        questionnaires=tuple(_questionnaire(name, one) for name, one in config.questionnaires.items()),
        warranty=_warranty(config.warranty),
        evidence=tuple((one.when, one.columns) for one in config.evidence),
        asked=tuple(model.Asked(one.when, one.columns, one.ask) for one in config.evidence),
        care=config.care,
        notices={name: _notice(name, one, config.channels) for name, one in config.notices.items()},
        vendors=model.VendorSetting(config.vendors.half_life_days, config.vendors.minimum_stars),
        dispatch=build_dispatch.dispatch(config.dispatch),
        suppliers=_suppliers(config.suppliers),
        rewards=_rewards(config.rewards),
        maintenance=_maintenance(config.maintenance),
        callbacks=_callbacks(config.callbacks),
        returns=build_returns.returns(config.returns),
        orders=_orders(config.orders),
        parts=model_orders.PartSetting(config.parts.guides),
        repeat_within_days=config.repeat_within_days,
        chasing=config.chasing.after,
        triage=build_triage.triage(config.triage),
        numbers=config.numbers,
        reopened=config.reopened,
        channels=_channels(config, home, files),
        digest=model.DigestSetting(config.digest.to, config.digest.empty),
        schedule=tuple(_entry(job, one) for job, one in config.schedule.items()),
        outbox=home / Path(config.outbox).expanduser(),
        state=_state(config.state, home),
        keep_bodies=config.keep_bodies,
        templates=templates if templates.is_dir() else None,
        mailbox=build_ways.mailbox(config.mailbox),
        warnings=warnings,
    )


def _company(one: form.CompanyForm, files: Beyond) -> model.Company:
    return model.Company(one.name, one.brand or one.name, one.hotline, files.logo)


def _state(url: str, home: Path) -> str:
    if not url.startswith(_SQLITE):
        return url
    return _SQLITE + (home / Path(url.removeprefix(_SQLITE)).expanduser()).as_posix()


def _book(one: form.BookForm, home: Path, timezone: ZoneInfo) -> model.BookSetting:
    def absolute(path: str | None) -> Path | None:
        return None if path is None else home / Path(path).expanduser()

    return model.BookSetting(
        name=one.name,
        path=absolute(one.path),
        google=one.google,
        credentials=absolute(one.credentials),
        timezone=one.timezone or timezone,
        endpoint=one.endpoint,
        backups=one.backups,
        max_loss=one.max_loss,
        companion_after=one.companion_after,
    )


def _registers(config: form.ConfigForm) -> Mapping[str, model.RegisterSetting]:
    found = {
        name: model.RegisterSetting(one.book, one.tab, one.also, one.aliases, one.choices)
        for name, one in config.registers.items()
    }
    if config.calendar.tab != "holidays":
        # `calendar.tab` is the short way to say where the days off stand.
        old = found.get("holidays", model.RegisterSetting())
        found["holidays"] = model.RegisterSetting(old.book, config.calendar.tab, old.also, old.aliases, old.choices)
    return found


def policy(name: str, one: form_rules.PolicyForm) -> Policy:
    return Policy(
        id=name,
        clock=one.clock,
        starts=one.start,
        stops=one.stop,
        target=one.target if isinstance(one.target, Duration) else None,
        lead=one.lead,
        when=one.when,
        pause_on=one.pause_on,
        warn_share=one.warn,
        ladder=tuple(Rung(rung.after, rung.to) for rung in one.ladder),
        register=one.register_,
        working_days_only=one.working_days_only,
        end=one.target if isinstance(one.target, End) else None,
        asks=one.asks,
    )


def _questionnaire(name: str, one: form_rules.QuestionnaireForm) -> Questionnaire:
    questions = tuple(
        Question(key, question.label, question.stars, question.no_costs, question.weight, question.aliases)
        for key, question in one.questions.items()
    )
    return Questionnaire(name, questions, one.when)


def _callbacks(one: CallbacksForm) -> model.CallbackSetting:
    return model.CallbackSetting(
        tries=one.tries,
        list_for=one.list_for,
        longest_minutes=one.longest,
        same_within=one.same_within,
        letter=one.letter or one.link is not None,
        link=one.link,
        periodic=one.periodic,
    )


def _warranty(one: form_rules.WarrantyForm) -> Warranty:
    terms = tuple(Term(term.months, term.start, term.when) for term in one.terms)
    covers = tuple(Covers(each.category, each.faults) for each in one.covers)
    return Warranty(terms, {cause: f"coverage.{word}" for cause, word in one.not_covered.items()}, covers, one.asks_of)


def _maintenance(one: form_rules.MaintenanceForm) -> model.MaintenanceSetting:
    kinds = {
        name: model.UpkeepKind(interval_of(interval), kind.every is None, kind.checklist)
        for name, kind in one.kinds.items()
        if (interval := kind.every or kind.after) is not None
    }
    return model.MaintenanceSetting(one.ahead, kinds)


def _suppliers(one: form_people.SuppliersForm) -> model_people.SupplierSetting:
    return model_people.SupplierSetting(
        when=one.when,
        issue=one.issue,
        limits=Limits(one.warn_above, one.notice_above, one.fund_above, one.award_after_months),
        fund=one.fund,
        fund_within=one.fund_within,
        award=one.award,
        reply_within=one.reply_within,
        settle_within=one.settle_within,
        person_pays=one.person_pays,
        ends_after=one.ends_after,
    )


def _rewards(one: form_people.RewardsForm | None) -> model_people.RewardSetting | None:
    if one is None:
        return None
    return model_people.RewardSetting(one.satisfaction, one.months, one.bonus, one.quality_report, one.late_complaint)


def _orders(one: form_orders.OrdersForm) -> model_orders.OrderSetting:
    return model_orders.OrderSetting(
        deadline_ticket=one.deadline_ticket,
        install_ticket=one.install_ticket,
        transit=one.transit,
        outlook_age=one.outlook_age,
        freight_gap_above=one.freight_gap_above,
        claim_within=one.claim_within,
        pickup_after=one.pickup_after,
        early_by=one.early_by,
    )


def _notice(name: str, one: form_rules.NoticeForm, channels: form.ChannelsForm) -> model.Notice:
    off = {way for way in ("email", "sms", "chat") if getattr(channels, way).via == "none"}
    return model.Notice(
        name=name,
        register=one.register_,
        to=one.to,
        channels=tuple(
            way for way in one.channels if way not in off and (way != "sms" or _has_text(name, channels.sms))
        ),
        all_channels=one.all_channels,
        cause=one.cause,
        expires=one.expires,
        is_urgent=one.urgent,
        when=one.when,
    )


def _channels(config: form.ConfigForm, home: Path, files: Beyond) -> model.Channels:
    one = config.channels
    return model.Channels(
        email=build_mail.email(one.email, build_ways.mailbox(config.mailbox), home, files.dkim_key),
        sms=_sms(one.sms, config.notices),
        chat=build_ways.chat(one.chat),
        quiet_hours=one.quiet_hours.by_audience(),
        hold_above=one.hold_above,
        daily_cap=one.daily_cap.by_audience(),
        merge=one.merge,
        alerts_above=one.alerts_above,
        only_since=one.only_since,
    )


def _has_text(notice: str, sms: form_sms.SmsForm) -> bool:
    """Where texts are approved beforehand, a notice without one goes by its next way."""
    return sms.via not in model.APPROVED_ONLY or notice in sms.templates


def _sms(one: form_sms.SmsForm, notices: Mapping[str, form_rules.NoticeForm]) -> model.SmsSetting:
    def dialect(text: str) -> str:
        return one.via if one.via in model.APPROVED_ONLY else dialect_of(text)

    keys = (
        "access_key_id",
        "access_key_secret",
        "secret_id",
        "secret_key",
        "app_id",
        "account_sid",
        "auth_token",
        "url",
    )
    told = {name: getattr(one, name) for name in (*keys, "endpoint", "region", "sign_name")} | {"from": one.from_}
    return model.SmsSetting(
        via=one.via,
        keys={name: value for name, value in told.items() if value},
        timeout=one.timeout,
        per_minute=one.per_minute,
        max_parts=one.max_parts,
        variable_max=one.variable_max,
        allow_words=frozenset(one.allow_words),
        templates={
            name: form_sms.approved(name, each, dialect(each.text), one.sign_name or "", one.variable_max)
            for name, each in one.templates.items()
        },
        untold=tuple(name for name, each in notices.items() if "sms" in each.channels and not _has_text(name, one)),
    )


def _entry(job: str, one: form.ScheduleForm) -> model.ScheduleEntry:
    return model.ScheduleEntry(job, one.every, one.daily, one.monthly, one.at)
