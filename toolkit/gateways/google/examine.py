"""What a spreadsheet is like, for whoever looks whether all is well: one read, nothing is changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from toolkit.core.place import column_letters
from toolkit.gateways.google.making.build import Api, look
from toolkit.gateways.google.making.wanted import Wishes, lacking

if TYPE_CHECKING:
    from toolkit.gateways.google.making.there import There


@dataclass(frozen=True, slots=True)
class Examined:
    """`shut`: protected columns that our account may not write, e.g. `Tickets!C:D`; `lacks`: what `init` would add."""

    title: str
    url: str
    locale: str
    zone: str
    tabs: tuple[str, ...]
    is_marked: bool
    shut: tuple[str, ...]
    lacks: tuple[str, ...]


def examine(api: Api, wishes: Wishes) -> Examined:
    """Look at the spreadsheet. BookError says that it is not shared, an Excel file in Drive, or cannot be reached."""
    there = look(api)
    return Examined(
        title=there.title,
        url=api.location,
        locale=there.locale,
        zone=there.zone,
        tabs=tuple(one.title for one in there.tabs),
        is_marked=there.is_marked,
        shut=tuple(_shut(there)),
        lacks=tuple(f"{one.title}: {', '.join(one.added)}" for one in lacking(there, wishes) if one.added),
    )


def _shut(there: There) -> list[str]:
    """Only the columns that bear our mark: what else is protected is nobody's business."""
    return [
        f"{tab.title}!{column_letters(column + 1)} ({key})"
        for tab in there.tabs
        for column, (_, key) in sorted(tab.marks.items())
        for one in tab.protected
        if column in one.columns and not one.may_edit
    ]
