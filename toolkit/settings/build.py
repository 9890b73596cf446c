"""The checked form into the settings that the toolkit works with: paths absolute, order governing, blanks filled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from toolkit.rules.policy import in_order
from toolkit.settings import form, model
from toolkit.settings.beyond import Beyond
from toolkit.settings.misnamed import NEEDED
from toolkit.settings.sections import (
    books,
    callbacks,
    chat,
    dispatch,
    figures,
    imports,
    mail,
    mailbox,
    maintenance,
    notices,
    orders,
    people,
    policies,
    questionnaires,
    returns,
    sms,
    triage,
    warranty,
)

_SQLITE = "sqlite:///"
_MEGABYTE = 1_000_000


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
        policies=returns.with_refund_start(
            in_order([policies.policy(name, one) for name, one in config.policies.items()]), config.returns
        ),
        questionnaires=tuple(questionnaires.questionnaire(name, one) for name, one in config.questionnaires.items()),
        warranty=warranty.warranty(config.warranty),
        evidence=tuple((one.when, one.columns) for one in config.evidence),
        asked=tuple(warranty.Asked(one.when, one.columns, one.ask) for one in config.evidence),
        care=config.care,
        notices={name: notices.notice(name, one, _ways(name, config.channels)) for name, one in config.notices.items()},
        vendors=model.VendorSetting(config.vendors.half_life_days, config.vendors.minimum_stars),
        dispatch=dispatch.dispatch(config.dispatch),
        suppliers=people.suppliers(config.suppliers),
        rewards=people.rewards(config.rewards),
        maintenance=maintenance.maintenance(config.maintenance),
        callbacks=callbacks.callbacks(config.callbacks),
        returns=returns.returns(config.returns),
        orders=orders.orders(config.orders),
        parts=orders.PartSetting(config.parts.guides),
        figures=figures.figures(config.figures),
        repeat_within_days=config.repeat_within_days,
        chasing=config.chasing.after,
        triage=triage.triage(config.triage),
        numbers=config.numbers,
        reopened=config.reopened,
        channels=_channels(config, home, files),
        digest=model.DigestSetting(config.digest.to, config.digest.empty),
        report=model.ReportSetting(round(config.report.largest_file * _MEGABYTE)),
        schedule=tuple(_entry(job, one) for job, one in config.schedule.items()),
        outbox=home / Path(config.outbox).expanduser(),
        state=_state(config.state, home),
        keep_bodies=config.keep_bodies,
        templates=templates if templates.is_dir() else None,
        mailbox=mailbox.mailbox(config.mailbox),
        imports={name: imports.import_of(one) for name, one in config.imports.items()},
        warnings=warnings,
    )


def _company(one: form.CompanyForm, files: Beyond) -> model.Company:
    return model.Company(one.name, one.brand or one.name, one.hotline, files.logo)


def _state(url: str, home: Path) -> str:
    if not url.startswith(_SQLITE):
        return url
    return _SQLITE + (home / Path(url.removeprefix(_SQLITE)).expanduser()).as_posix()


def _book(one: books.BookForm, home: Path, timezone: ZoneInfo) -> model.BookSetting:
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


def _ways(notice: str, channels: form.ChannelsForm) -> Callable[[str], bool]:
    """Which ways are switched on for a notice."""

    def is_on(way: str) -> bool:
        return getattr(channels, way).via != "none" and (way != "sms" or sms.has_text(notice, channels.sms))

    return is_on


def _channels(config: form.ConfigForm, home: Path, files: Beyond) -> model.Channels:
    one = config.channels
    return model.Channels(
        email=mail.email(one.email, mailbox.mailbox(config.mailbox), home, files.dkim_key),
        sms=sms.sms(one.sms, {name: each.channels for name, each in config.notices.items()}),
        chat=chat.chat(one.chat),
        quiet_hours=one.quiet_hours.by_audience(),
        hold_above=one.hold_above,
        daily_cap=one.daily_cap.by_audience(),
        merge=one.merge,
        alerts_above=one.alerts_above,
        only_since=one.only_since,
    )


def _entry(job: str, one: form.ScheduleForm) -> model.ScheduleEntry:
    return model.ScheduleEntry(job, one.every, one.daily, one.monthly, one.at)
