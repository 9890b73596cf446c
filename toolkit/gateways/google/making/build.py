"""Registers in a Google spreadsheet: a look at what is there, one change that adds what is missing, a look whether it is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from toolkit.core.errors import BookError
from toolkit.gateways.google.errors import LayoutChangedError, UnknownOutcomeError
from toolkit.gateways.google.making.looks import Request
from toolkit.gateways.google.making.there import LOOKED_AT, OUTLINE, TOPS, TabThere, There, outline, with_tops
from toolkit.gateways.google.making.wanted import Lacks, Wishes, lacking, marked_book
from toolkit.gateways.google.making.which import is_empty, is_leftover, tab_of

MOST_BYTES = 2_000_000
"""Google recommends payloads of no more."""
LOOKS = 4
"""So often it is looked again what is missing, where nobody knows what became of a change."""


class Api(Protocol):
    """What of the transport is needed here."""

    location: str
    account_email: str

    def metadata(self, fields: str, ranges: Sequence[str] = ()) -> Any: ...

    def change(self, requests: Sequence[Request]) -> Any: ...


@dataclass(frozen=True, slots=True)
class Built:
    """Where, and through whose account; what was added, tab by tab; the titles that were complete; the zone, if it was set; the empty first tab, if removed."""

    url: str
    title: str
    account: str
    added: tuple[Lacks, ...]
    complete: tuple[str, ...]
    zone_set: str = ""
    removed: str = ""


def look(api: Api) -> There:
    """What is there: two reads, the second one of the first rows of each tab."""
    there = outline(api.metadata(OUTLINE))
    return _with_tops(api, there, [one for one in there.tabs if one.is_grid and one.rows and one.columns])


def _with_tops(api: Api, there: There, tabs: Sequence[TabThere]) -> There:
    """The only tab is read whole if it may be the empty one of a new spreadsheet."""
    rows = tabs[0].rows if len(tabs) == 1 and is_leftover(tabs[0]) else LOOKED_AT
    return with_tops(there, api.metadata(TOPS, [one.area(rows) for one in tabs])) if tabs else there


def build(api: Api, book: str, wishes: Wishes, zone: str, locale: str = "") -> Built:
    """Add what is missing of the registers. `zone` and `locale` (as Google writes it, e.g. zh_CN; blank: leave it) are the
    desk's, given to a spreadsheet that is new and empty.

    Where a change's outcome is unknown, or somebody changed the layout meanwhile, it is looked again, and only what is
    still missing is asked for; a tab is made with all that is in it by one change, so there is no half of one.
    """
    first = there = look(api)
    is_new = not first.is_marked and is_empty(first)
    added: dict[str, Lacks] = {}
    for turn in range(LOOKS):
        lacks = lacking(there, wishes)
        added = {one.title: one for one in lacks} | added
        try:
            for batch in batches(_of_the_book(there, *((zone, locale) if is_new else ("", ""))), lacks):
                api.change(batch)
        except (UnknownOutcomeError, LayoutChangedError) as error:
            refused: Exception = error
        except BookError as error:
            if not turn:  # later it may be what is left of an earlier change that did arrive
                raise
            refused = error
        else:
            removed = _without_leftover(api, first.tabs[0]) if is_new else ""
            return _built(api, first, added, wishes, zone if is_new else "", removed)
        there = look(api)
    raise BookError(
        book, f"{api.location} changes all the time, or does not say clearly what it did: run `aftersales init` again"
    ) from refused


def _of_the_book(there: There, zone: str, locale: str) -> Iterator[Request]:
    if not there.is_marked:
        yield marked_book()
    wanted = {"timeZone": (zone, there.zone), "locale": (locale, there.locale)}
    changed = {name: wish for name, (wish, now) in wanted.items() if wish and wish != now}
    if changed:
        yield {"updateSpreadsheetProperties": {"properties": changed, "fields": ",".join(changed)}}


def batches(about: Iterable[Request], lacks: Sequence[Lacks]) -> Iterator[list[Request]]:
    """Everything in as few changes as their size allows, each tab whole in one of them."""
    batch, size = list(about), 0
    for one in lacks:
        more = len(json.dumps(one.requests).encode())
        if size and size + more > MOST_BYTES:
            yield batch
            batch, size = [], 0
        batch += one.requests
        size += more
    if batch:
        yield batch


def _without_leftover(api: Api, tab: TabThere) -> str:
    """The empty first tab of a new spreadsheet goes, if nobody typed into it since; its title."""
    there = outline(api.metadata(OUTLINE))
    now = next((one for one in there.tabs if one.sheet_id == tab.sheet_id), None)
    if now is None or len(there.tabs) == 1:
        return ""
    found = _with_tops(api, there, [now])
    now = next(one for one in found.tabs if one.sheet_id == tab.sheet_id)
    if not is_leftover(now):
        return ""
    with suppress(UnknownOutcomeError, LayoutChangedError):  # an empty tab that stays harms nobody
        api.change([{"deleteSheet": {"sheetId": now.sheet_id}}])
        return now.title
    return ""


def _built(api: Api, first: There, added: Mapping[str, Lacks], wishes: Wishes, zone: str, removed: str) -> Built:
    titles = [tab.title for one in wishes.tabs if (tab := tab_of(first, one.register, wishes.names(one))) is not None]
    return Built(
        url=api.location,
        title=first.title,
        account=api.account_email,
        added=tuple(added.values()),
        complete=tuple(one for one in titles if one not in added),
        zone_set=zone if zone != first.zone else "",
        removed=removed,
    )
