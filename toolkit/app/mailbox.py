"""Before a run plans: what came back by mail since the last look. A mailbox that fails is told of and holds up nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from toolkit.core.inbound import Inbound, Kind
from toolkit.gateways.state import Arrived, LookedAt, MailSent, StateDatabase
from toolkit.settings.sections.mailbox import MailboxSetting

if TYPE_CHECKING:
    from toolkit.gateways.mailbox import MailboxConfig

SHOWN = 10
"""So many tickets with an answer are named after a run."""


@dataclass(frozen=True, slots=True)
class Post:
    """What the mailbox held: bounces and replies that are new, mails left for the next look, and what went wrong."""

    arrived: tuple[Arrived, ...] = ()
    left: int = 0
    problem: str = ""

    def of(self, kind: Kind) -> tuple[Arrived, ...]:
        """Those of a kind."""
        return tuple(one for one in self.arrived if one.mail.kind is kind)

    def notes(self) -> Iterator[str]:
        """What a person is told after the run."""
        if self.problem:
            yield f"{self.problem}; bounces and replies were not looked at, the next run tries again"
        replied = list(dict.fromkeys(one.letter.row_key for one in self.of(Kind.REPLY)))
        if replied:
            more = f" and {len(replied) - SHOWN} more" if len(replied) > SHOWN else ""
            yield f"answers by mail to {', '.join(replied[:SHOWN])}{more}: `aftersales explain` shows them"
        came_back = len(self.of(Kind.BOUNCE))
        if came_back:
            yield f"{came_back} letter{'s' if came_back > 1 else ''} came back: the check cells say to whom, `aftersales outbox list --state undelivered` which"


def collect(state: StateDatabase, setting: MailboxSetting | None, run_id: int | None, now: datetime) -> Post:
    """Read the mailbox where its time has come, and keep what speaks of our letters."""
    if setting is None:
        return Post()
    from toolkit.gateways.mailbox import MailboxError, Mark, read_new, understood

    account = f"{setting.user}@{setting.host}/{setting.folder}"
    last = state.looked_at(account)
    if last is not None and last.read_at <= now < last.read_at + setting.every:
        return Post()
    try:
        fetched = read_new(_config(setting), Mark(last.uidvalidity, last.last_uid) if last else None, now.date())
    except MailboxError as error:
        return Post(problem=str(error))
    mails = [mail for mail in map(understood, fetched.mails) if mail is not None]
    found = matched(mails, state.mails_sent()) if mails else ()
    look = LookedAt(fetched.mark.uidvalidity, fetched.mark.uid, now)
    return Post(state.take_inbound(account, look, found, run_id), fetched.left)


def must_open(setting: MailboxSetting, now: datetime) -> None:
    """Log in and open the folder, and look at no mail (OutsideError)."""
    from toolkit.gateways.mailbox import read_new

    read_new(_config(setting), None, now.date(), 0)


def matched(mails: Iterable[Inbound], sent: Iterable[MailSent]) -> tuple[tuple[Inbound, MailSent], ...]:
    """Each mail with the letter that it speaks of; what speaks of none of ours is left out.

    A reply may name only the root of a ticket's mails, which was never sent: then it is the ticket's newest letter. A
    bounce must name the letter itself.
    """
    letters: dict[str, MailSent] = {}
    threads: dict[str, MailSent] = {}
    for one in sent:
        letters[_mark(one.key)] = one
        if one.thread:
            threads[_mark("thread:" + one.thread)] = one
    return tuple((mail, letter) for mail in mails if (letter := _spoken_of(mail, letters, threads)) is not None)


def _spoken_of(mail: Inbound, letters: Mapping[str, MailSent], threads: Mapping[str, MailSent]) -> MailSent | None:
    marks = [one.removeprefix("<").partition("@")[0].lower() for one in mail.ids]
    known = (letters, threads) if mail.kind is Kind.REPLY else (letters,)
    return next((index[mark] for index in known for mark in marks if mark in index), None)


def _mark(text: str) -> str:
    from toolkit.gateways.senders.mail import id_mark

    return id_mark(text).removesuffix("@")


def _config(setting: MailboxSetting) -> MailboxConfig:
    from toolkit.gateways.mailbox import MailboxConfig

    return MailboxConfig(
        setting.host,
        setting.port,
        setting.user,
        setting.password,
        setting.security,
        setting.folder,
        setting.mark_seen,
    )
