"""Workbooks that go with letters: drawn once for all who get the same one, and left out where mail servers would refuse them."""

from __future__ import annotations

from toolkit.core.actions import Occasion
from toolkit.core.message import Attachment
from toolkit.gateways.excel.sheets import MIME, drawn
from toolkit.settings.model import Settings


class Enclosing:
    """What goes with the letters of one run."""

    def __init__(self, settings: Settings) -> None:
        self._most = settings.report.largest_file
        self._drawn: dict[tuple[str, str, str], Attachment] = {}

    def files(self, one: Occasion, locale: str) -> tuple[Attachment, ...]:
        """The workbook of an occasion, where a mail is written and it is not too large for one."""
        if one.workbook is None or one.to.channel != "email":
            return ()
        key = one.notice, one.step, locale
        if key not in self._drawn:
            book = one.workbook()
            self._drawn[key] = Attachment(book.file, MIME, drawn(book))
        file = self._drawn[key]
        return (file,) if len(file.content) <= self._most else ()
