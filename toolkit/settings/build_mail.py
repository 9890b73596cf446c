"""The checked form of e-mail into settings."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from toolkit.settings import form_mail, model, model_ways
from toolkit.settings.build_ways import IMAP_PORTS

_PORTS = {"starttls": 587, "ssl": 465, "none": 25}


def email(
    one: form_mail.EmailForm, mailbox: model_ways.MailboxSetting | None, home: Path, dkim_key: str
) -> model.EmailSetting:
    """How mail leaves, and how it is looked up afterwards. `dkim_key` is the text of the key that the form names."""
    oauth2, dkim = one.oauth2, one.dkim
    return model.EmailSetting(
        via=one.via,
        host=one.host,
        port=one.port or (_PORTS[one.security] if one.via == "smtp" else None),
        security=cast("model.Security", one.security),
        user=one.user,
        password=one.password,
        from_=one.from_,
        oauth2=model_ways.OAuthSetting(home / Path(oauth2.file).expanduser(), oauth2.endpoint or "")
        if oauth2
        else None,
        dkim=model_ways.DkimSetting(dkim.domain, dkim.selector, dkim_key, _file_of(dkim.key, home)) if dkim else None,
        sent=_sent(one, mailbox),
    )


def _file_of(key: str, home: Path) -> Path | None:
    return None if "-----BEGIN" in key else home / Path(key).expanduser()


def _sent(one: form_mail.EmailForm, mailbox: model_ways.MailboxSetting | None) -> model_ways.SentSetting | None:
    """Of an account of its own; where none is named, of the one that answers come to."""
    sent = one.sent
    if sent is None:
        return None
    if sent.host is None:
        if mailbox is None:  # told as a mistake before
            return None
        same = (mailbox.host, mailbox.port, mailbox.security, mailbox.user, mailbox.password)
        return model_ways.SentSetting(*same, folders=sent.folder)
    return model_ways.SentSetting(
        sent.host,
        sent.port or IMAP_PORTS[sent.security],
        cast("model_ways.Security", sent.security),
        sent.user or one.user or "",
        sent.password or "",
        sent.folder,
    )
