"""`notices`: which letters there are, who gets them and by which way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from toolkit.rules.worktime.duration import Duration
from toolkit.settings.among import among, entries, word_at
from toolkit.settings.faults import Mistake
from toolkit.settings.fields import DurationText, When, one_of, one_or_more
from toolkit.settings.form_base import Form
from toolkit.settings.names import Names
from toolkit.settings.yaml_source import Way


@dataclass(frozen=True, slots=True)
class Notice:
    """One kind of letter. `channels` in order of preference, only those that are switched on.

    The first channel for which there is an address is taken, or every one where `all_channels`. `cause` is the column
    whose typed value makes the occasion a new one (60, 13), or empty. An `is_urgent` one may pass the quiet hours.
    """

    name: str
    register: str
    to: str
    channels: tuple[str, ...]
    all_channels: bool = False
    cause: str = ""
    expires: Duration | None = None
    is_urgent: bool = False
    when: When = field(default_factory=dict)

    @property
    def audience(self) -> str:
        """customer, vendor or staff: a supplier is outside the house like a vendor, a store is of it."""
        return {"customer": "customer", "vendor": "vendor", "supplier": "vendor"}.get(self.to, "staff")


class NoticeForm(Form):
    register_: Annotated[str, Field(alias="register")] = "tickets"
    to: str
    channels: Annotated[tuple[Annotated[str, one_of("email", "sms", "chat")], ...], one_or_more]
    all_channels: bool = False
    cause: str = ""
    expires: DurationText | None = None
    urgent: bool = False
    when: When = Field(default_factory=dict)
    off: bool = False


def notice(name: str, one: NoticeForm, is_on: Callable[[str], bool]) -> Notice:
    """A notice with those of its ways that are on."""
    return Notice(
        name=name,
        register=one.register_,
        to=one.to,
        channels=tuple(filter(is_on, one.channels)),
        all_channels=one.all_channels,
        cause=one.cause,
        expires=one.expires,
        is_urgent=one.urgent,
        when=one.when,
    )


def misnamed_notices(names: Names) -> Iterator[Mistake]:
    """Names that `notices` gets wrong."""
    yield from names.entries_of("notices", [key for key, _ in entries(names.preset.child("notices"))])
    for name, node in entries(names.tree.child("notices")):
        way: Way = ("notices", name)
        register = word_at(node.child("register"), "tickets")
        yield from among(node, way, "register", names.columns)
        yield from among(node, way, "to", names.whom(name))
        if register in names.columns:
            yield from among(node, way, "cause", names.columns[register])
            yield from names.when(node, way, register)
