"""What goes with mail that leaves by a server: the signature of the domain, the copies among sent mail."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import parseaddr

from toolkit.app.channels import sent_mail, smtp_config
from toolkit.app.symptoms.line import Line, ok, warning, wrong
from toolkit.core.errors import OutsideError
from toolkit.settings.model import Settings
from toolkit.settings.sections.mail import EmailSetting

NO_ID = "0" * 40 + "@"
"""Begins no Message-ID: whoever searches for it finds nothing, but has to get in."""


def signature(email: EmailSetting) -> Iterator[Line]:
    """Sign a mail that is never sent, and have it verified by the key that the DNS tells."""
    if email.dkim is None:
        return
    from toolkit.gateways.senders.mail import ascii_address
    from toolkit.gateways.senders.signing import Dkim, SigningError, published

    dkim = Dkim(email.dkim.domain, email.dkim.selector, email.dkim.key)
    try:
        fault = published(dkim)
    except SigningError as error:
        cure = "openssl genrsa -out dkim.pem 2048 makes a key; its public half belongs into the DNS"
        yield wrong("dkim", str(error), "install it" if error.code == "not-installed" else cure)
        return
    if fault is None:
        yield ok("dkim", f"letters are signed for {dkim.domain}, and the DNS tells the key")
    else:
        cure = f"publish the public half of the key as the TXT record {dkim.record}; until then the signature counts for nothing"
        yield warning("dkim", f"the signature for {dkim.domain} could not be verified: {fault}", cure)
    domain = ascii_address(parseaddr(email.from_ or "")[1]).partition("@")[2].casefold()
    if domain != dkim.domain and not domain.endswith(f".{dkim.domain}"):
        cure = f"sign for the domain of the sender: dkim: {{domain: {domain}, …}}"
        yield warning(
            "dkim", f"letters are from {domain} and signed for {dkim.domain}: receivers take them for strange", cure
        )


def sent_mail_found(settings: Settings) -> Iterator[Line]:
    """Log in and search, as for a mail that was cut off."""
    sent = settings.channels.email.sent
    if sent is None:
        return
    where = f"{sent.host} as {sent.user}"
    mail = sent_mail(sent, smtp_config(settings).tokens)
    try:
        mail.find(NO_ID)
        yield ok("sent mail", f"{where}: {mail.place} can be searched")
    except OutsideError as error:
        cure = "see to host, port, security, user, password and folder under `channels.email.sent`"
        yield wrong("sent mail", f"{where}: {error}", cure)
    finally:
        mail.close()
