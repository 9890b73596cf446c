"""What is wrong with a row, a setting or a template: a value with a place, never an exception."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from toolkit.core.place import Place
from toolkit.core.reason import Reason


class Severity(StrEnum):
    """How bad it is: errors make `check` exit with 1."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault at one cell. `code` is one of the stable words of the reference page."""

    code: str
    reason: Reason
    book: str | None = None
    register: str | None = None
    key: str | None = None
    column: str | None = None
    place: Place | None = None
    value: object = None
    severity: Severity = Severity.ERROR
