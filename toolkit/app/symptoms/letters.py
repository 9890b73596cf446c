"""The letters: every notice has a text in the desk's language, and a way out of the house."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from toolkit.app.channels import smtp_config
from toolkit.app.mailbox import must_open
from toolkit.app.own_letters import letter_faults, subjects
from toolkit.app.planning import words_of
from toolkit.app.symptoms.line import Line, ok, warning, wrong
from toolkit.app.symptoms.mail import sent_mail_found, signature
from toolkit.app.texting import text_findings
from toolkit.app.writing import library
from toolkit.core.errors import OutsideError
from toolkit.core.finding import Severity
from toolkit.core.words import LOCALES
from toolkit.letters.lint import lint
from toolkit.settings.model import Settings
from toolkit.settings.sections.mail import EmailSetting

PATIENCE = 10.0
"""Seconds for the mail server."""


def letters(settings: Settings, now: datetime) -> Iterator[Line]:
    """Templates and channels."""
    yield from _templates(settings)
    yield from _email(settings, settings.channels.email)
    yield from _sms(settings)
    yield from _chat(settings)
    yield from _mailbox(settings, now)


def _templates(settings: Settings) -> Iterator[Line]:
    good = 0
    for locale in dict.fromkeys((settings.locale, *LOCALES)):  # a row's `language` may ask for another
        faults = lint(library(settings, locale), subjects(settings), mainland=settings.country == "CN")
        good += len(settings.notices) - len({one.notice for one in faults})
        if settings.templates is None:
            yield from (
                wrong("templates", str(one), "the packaged letters are damaged: install anew") for one in faults
            )
    for one in letter_faults(settings):
        if one.notice in settings.notices or one.notice.startswith("_"):
            yield wrong("templates", str(one), "mend the template, or remove yours")
        else:
            cure = f"name it like one of {', '.join(sorted(settings.notices))}"
            yield warning("templates", f"{one.file} is a letter that nobody writes: {one.problem}", cure)
    yield ok("templates", f"{good} letters can be written")


def _sms(settings: Settings) -> Iterator[Line]:
    via = settings.channels.sms.via
    if via in ("folder", "none"):
        yield _still("sms", via, settings)
        return
    words, faults = words_of(settings), 0
    for one in text_findings(settings):
        faults += 1
        line = wrong if one.severity is Severity.ERROR else warning
        yield line("sms", words.say(one.reason), "mend it under channels.sms.templates, or have the new text approved")
    if not faults:
        texts = len(settings.channels.sms.templates)
        yield ok("sms", f"{via}{f', {texts} approved texts' if texts else ''}; keys are tried with the first message")


def _chat(settings: Settings) -> Iterator[Line]:
    chat = settings.channels.chat
    if chat.via in ("folder", "none"):
        yield _still("chat", chat.via, settings)
        return
    named = [one.name for one in settings.notices.values() if "chat" in one.channels]
    if not named:
        yield warning(
            "chat",
            f"{chat.via}: no letter goes there",
            "name chat under `notices`: {overdue: {channels: [chat, email]}}",
        )
    else:
        yield ok("chat", f"{chat.via}, {len(chat.rooms)} room(s), {len(named)} kinds of letters")


def _still(name: str, via: str, settings: Settings) -> Line:
    if via == "none":
        return ok(name, "switched off")
    cure = f"nothing, if that is meant; `{name}: {{via: none}}` stops writing them"
    return warning(name, f"goes into the folder {settings.outbox} only: nobody gets it", cure)


def _mailbox(settings: Settings, now: datetime) -> Iterator[Line]:
    """Log in as a run would, and look at nothing."""
    if settings.mailbox is None:
        return
    where = f"{settings.mailbox.host} as {settings.mailbox.user}"
    try:
        must_open(settings.mailbox, now)
    except OutsideError as error:
        yield wrong(
            "mailbox",
            f"{where}: {error}",
            "see to host, port, security, user and password; many providers want an app password",
        )
    else:
        yield ok("mailbox", f"{where} lets us in")


def _email(settings: Settings, email: EmailSetting) -> Iterator[Line]:
    """The way out; and for a server what goes with it."""
    yield _way_out(settings, email)
    if email.via == "smtp":
        yield from signature(email)
        yield from sent_mail_found(settings)


def _way_out(settings: Settings, email: EmailSetting) -> Line:
    match email.via:
        case "none":
            return warning(
                "email", "switched off: nobody gets a letter", "write `email: {via: smtp, …}` under `channels`"
            )
        case "folder":
            cure = "when you are ready: `email: {via: smtp, host: …}` under `channels`"
            return warning("email", f"goes into the folder {settings.outbox} only: nobody gets a letter", cure)
        case _:
            return _server(settings, email)


def _cure(email: EmailSetting, code: str) -> str:
    if code != "login":
        return "see to host, port and security, and to this computer's network"
    if email.oauth2 is None:
        return "see to user and password: many providers want an app password"
    return f"is {email.user} the account that signed in? `aftersales login` makes a new sign-in"


def _server(settings: Settings, email: EmailSetting) -> Line:
    """Connect, encrypt and log in, as a letter would, without sending one."""
    from toolkit.gateways.senders.smtp import NotSentError, try_login

    where = f"{email.host}:{email.port} ({email.security})"
    if email.user and not email.password and email.oauth2 is None:
        return wrong("email", f"{where}: there is no password for {email.user}", "write `password: ${SMTP_PASSWORD}`")
    try:
        try_login(smtp_config(settings), PATIENCE)
    except NotSentError as error:
        return wrong("email", f"{where} refuses: {error}", _cure(email, error.code))
    if email.security == "none":
        return warning(
            "email", f"{where} lets us in, but nothing is encrypted", "security: starttls, if the server can"
        )
    return ok("email", f"{where} lets us in{f' as {email.user}' if email.user else ''}; letters are from {email.from_}")
