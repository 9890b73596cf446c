"""The world said no. Raised in gateways, ended in app; a row's fault is a Finding, anything else is a bug."""

from __future__ import annotations

from typing import ClassVar


class OutsideError(Exception):
    """Something outside refused. The text says what, where, what was found and what to do."""


class UsageError(Exception):
    """Wrong words on the command line, or a configuration that cannot be used (exit code 2)."""


class BookError(OutsideError):
    """A book could not be read or written (exit code 3). `code` is its stable word for machines."""

    code: ClassVar[str] = "refused"

    def __init__(self, book: str, text: str) -> None:
        super().__init__(text)
        self.book = book


class BookLockedError(BookError):
    """Someone has the book open; nothing was written, the next run catches up."""

    code: ClassVar[str] = "locked"


class BookChangedError(BookError):
    """The book changed since it was read: the plan is to be made anew."""

    code: ClassVar[str] = "changed"


class BookShrunkError(BookError):
    """A register of the book lost so many rows that it is taken for an accident: the book is not judged."""

    code: ClassVar[str] = "rows-lost"


class RunLockedError(OutsideError):
    """Another run is going on (exit code 3)."""
