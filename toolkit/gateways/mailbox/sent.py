"""Whether a mail that was cut off while it was sent left after all: its copy in the folders of sent mail, by its Message-ID.

Gmail, Outlook and the Chinese providers keep a copy of what they send, most other servers do not: what is found was sent,
what is not found says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from imap_tools import BaseMailBox

from toolkit.gateways.mailbox.imap import MailboxConfig, MailboxError, leave, logged_in, troubles

MARKED = "\\Sent"
"""How a server marks the folder of sent mail, whatever it is called in the account's language (RFC 6154)."""
USUAL = "Sent"
LAST = 50
"""So many hits are looked at, the newest first: a server that cannot search by header may name every mail it has."""


class SentMail:
    """One account, opened when it is first asked, and then kept open."""

    def __init__(self, config: MailboxConfig, folders: Sequence[str] = ()) -> None:
        self._config = replace(config, mark_seen=False)
        self._folders = tuple(folders)
        self._box: BaseMailBox | None = None

    @property
    def place(self) -> str:
        """What is looked into, in words."""
        return f"{', '.join(self._folders) or 'the folder of sent mail'} of {self._config.host}"

    def find(self, mark: str) -> str | None:
        """The whole Message-ID of the mail whose Message-ID begins with `mark`; None where no such mail is (MailboxError)."""
        with troubles(self._config):
            box = self._opened()
            return next((found for folder in self._folders if (found := self._in(box, folder, mark))), None)

    def close(self) -> None:
        """Say goodbye."""
        if self._box is not None:
            leave(self._box)
        self._box = None

    def _opened(self) -> BaseMailBox:
        if self._box is None:
            self._box = logged_in(self._config)
            self._folders = self._folders or (_marked(self._box),)
        return self._box

    def _in(self, box: BaseMailBox, folder: str, mark: str) -> str | None:
        box.folder.set(
            folder, readonly=True
        )  # anew each time: what came since it was opened is not seen by every server
        hits = sorted(map(int, box.uids(f'HEADER Message-ID "{mark}"', charset=None)))[-LAST:]
        if not hits:
            return None
        # Believed only when read: some servers take any header that looks like it, or take no notice of the condition.
        wanted = "(UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"
        status, parts = box.client.uid("FETCH", ",".join(map(str, hits)), wanted)
        if status != "OK":
            raise MailboxError(f"FETCH: {status}")
        said = b" ".join(part[1] for part in parts if isinstance(part, tuple)).decode("ascii", "replace")
        found = re.search(rf"<{re.escape(mark)}[^<>\s]*>", said)
        return found[0] if found else None


def _marked(box: BaseMailBox) -> str:
    return next((one.name for one in box.folder.list() if MARKED in one.flags), USUAL)
