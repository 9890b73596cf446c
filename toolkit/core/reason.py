"""Why something is so: a code and its arguments, worded only when somebody reads it (60, 36)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Name:
    """Something that has a label in the reader's language.

    `Name("tickets")` is a register, `Name("tickets", "status")` its column, `Name("tickets", "status", "done")` a choice.
    """

    register: str
    column: str | None = None
    choice: str | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """`code` names a text of `core/words/<subject>.<locale>.toml`; `args` fill it.

    An argument is text, a number, a date or datetime, a `Name`, another `Reason`, or a tuple of these.
    """

    code: str
    args: tuple[tuple[str, object], ...] = ()


def because(code: str, /, **args: object) -> Reason:
    """Build a reason."""
    return Reason(code, tuple(args.items()))
