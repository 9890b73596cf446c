"""The letters: every notice has a text in the desk's language, and a way out of the house."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.app.channels import smtp_config
from toolkit.app.symptoms.line import Line, ok, warning, wrong
from toolkit.app.writing import library
from toolkit.core.words import LOCALES
from toolkit.letters.faults import LetterError
from toolkit.letters.library import Library
from toolkit.settings.model import EmailSetting, Settings

PATIENCE = 10.0
"""Seconds for the mail server."""


def letters(settings: Settings) -> Iterator[Line]:
    """Templates and channels."""
    yield from _templates(settings)
    yield from _email(settings, settings.channels.email)
    for name, setting in (("sms", settings.channels.sms), ("chat", settings.channels.chat)):
        if setting.via == "folder":
            cure = f"nothing, if that is meant; `{name}: {{via: none}}` stops writing them"
            yield warning(name, f"goes into the folder {settings.outbox} only: nobody gets it", cure)
        else:
            yield ok(name, "switched off")


def _templates(settings: Settings) -> Iterator[Line]:
    good = 0
    for locale in dict.fromkeys((settings.locale, *LOCALES)):  # a row's `language` may ask for another
        known = library(settings, locale)
        for notice in settings.notices.values():
            fault = _fault(known, notice.name, notice.channels)
            good += not fault
            if fault:
                yield wrong("templates", f"{notice.name} ({locale}): {fault}", "mend the template, or remove yours")
    if settings.templates is not None:
        for file in sorted(settings.templates.glob("*/*.md")):
            if file.stem not in settings.notices and not file.name.startswith("_"):
                cure = f"name it like one of {', '.join(sorted(settings.notices))}"
                yield warning("templates", f"{file} is a letter that nobody writes", cure)
    yield ok("templates", f"{good} letters can be written")


def _fault(known: Library, notice: str, channels: tuple[str, ...]) -> str:
    """What is wrong with the source of a letter as far as that can be told without a row."""
    try:
        blocks = known.blocks(notice)
    except LetterError as error:
        return str(error)
    wanted = ["subject", "body", *(["sms"] if "sms" in channels else [])]
    missing = [one for one in wanted if one not in blocks]
    return f"{known.source(notice)} lacks the block {', '.join(missing)}" if missing else ""


def _email(settings: Settings, email: EmailSetting) -> Iterator[Line]:
    match email.via:
        case "none":
            yield warning(
                "email", "switched off: nobody gets a letter", "write `email: {via: smtp, …}` under `channels`"
            )
        case "folder":
            cure = "when you are ready: `email: {via: smtp, host: …}` under `channels`"
            yield warning("email", f"goes into the folder {settings.outbox} only: nobody gets a letter", cure)
        case _:
            yield _server(settings, email)


def _server(settings: Settings, email: EmailSetting) -> Line:
    """Connect, encrypt and log in, as a letter would, without sending one."""
    from toolkit.gateways.senders.smtp import NotSentError, try_login

    where = f"{email.host}:{email.port} ({email.security})"
    if email.user and not email.password:
        return wrong("email", f"{where}: there is no password for {email.user}", "write `password: ${SMTP_PASSWORD}`")
    try:
        try_login(smtp_config(settings), PATIENCE)
    except NotSentError as error:
        cure = (
            "see to user and password: many providers want an app password"
            if error.code == "login"
            else "see to host, port and security, and to this computer's network"
        )
        return wrong("email", f"{where} refuses: {error}", cure)
    if email.security == "none":
        return warning(
            "email", f"{where} lets us in, but nothing is encrypted", "security: starttls, if the server can"
        )
    return ok("email", f"{where} lets us in{f' as {email.user}' if email.user else ''}; letters are from {email.from_}")
