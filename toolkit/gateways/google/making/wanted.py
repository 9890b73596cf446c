"""What a spreadsheet lacks of the registers, as requests. What is there stays as it is: it is the staff's by now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from toolkit.core.layout import TabSpec
from toolkit.gateways.google.making import looks
from toolkit.gateways.google.making.looks import Request, area, together
from toolkit.gateways.google.making.there import ADOPTED, COLUMN_MARK, MARK, TAB_MARK, TabThere, There
from toolkit.gateways.google.making.views import view
from toolkit.gateways.google.making.which import is_empty, new_id, tab_of

ROWS = 1000
"""A new tab has so many rows, or twice its demo rows."""

Places = Callable[[str, TabThere], tuple[int, Mapping[str, int]]]
"""For a register's tab: the header's row from 0, and key -> column from 0. Whoever asks knows what columns may be called."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is asked for. `titles`: register -> the names that its tab may bear. `editors`: who alone may write the
    toolkit's columns; None: whoever does is warned. `protection` stands in the protected ranges, for people.
    """

    tabs: Sequence[TabSpec]
    titles: Mapping[str, tuple[str, ...]]
    places: Places
    protection: str
    editors: tuple[str, ...] | None = None

    def names(self, spec: TabSpec) -> tuple[str, ...]:
        """The names that a register's tab may bear, the first one that of a new tab."""
        return (spec.title, *self.titles.get(spec.register, ()))


@dataclass(frozen=True, slots=True)
class Lacks:
    """What one tab lacks: the requests that add it, and what they add, in words for the operator."""

    title: str
    requests: tuple[Request, ...]
    added: tuple[str, ...]
    is_new: bool = False


def lacking(there: There, wishes: Wishes) -> list[Lacks]:
    """For every register what its tab lacks; nothing where nothing is missing."""
    taken = {one.sheet_id for one in there.tabs}
    found: list[Lacks] = []
    is_in_front = there.is_marked or is_empty(there)
    for index, spec in enumerate(wishes.tabs):
        tab = tab_of(there, spec.register, wishes.names(spec))
        if tab is None:
            place = index if is_in_front else len(taken)
            tab = TabThere(new_id(spec.register or spec.title, taken), spec.title, place, 0, 0)
            taken.add(tab.sheet_id)
        lacks = _Tab(spec, tab, wishes, is_new=tab.rows == 0).lacks()
        if lacks.requests:
            found.append(lacks)
    return found


class _Tab:
    """One register and its tab."""

    def __init__(self, spec: TabSpec, tab: TabThere, wishes: Wishes, *, is_new: bool) -> None:
        self.spec, self.tab, self.wishes, self.is_new = spec, tab, wishes, is_new
        is_ours = is_new or tab.is_blank or bool(tab.register and not tab.is_adopted)
        self.row, there = (0, {}) if is_new else wishes.places(spec.register, tab)
        self.is_adopted = not is_ours
        self.places = {one.key: there[one.key] for one in spec.columns if one.key in there}
        self.old_width = max([0, *(len(row) for row in tab.top), *(place + 1 for place in there.values())])
        # In a tab that somebody else made only what the toolkit cannot do without is added.
        missing = [
            one for one in spec.columns if one.key not in there and (is_ours or one.is_toolkit or one.is_required)
        ]
        self.added = {self.old_width + number: one for number, one in enumerate(missing)}
        self.places |= {one.key: place for place, one in self.added.items()}
        self.width = self.old_width + len(missing)
        self.columns = {
            place: one for one in spec.columns for place in (self.places.get(one.key),) if place is not None
        }

    def lacks(self) -> Lacks:
        """All that is missing, in an order in which each request finds what it builds on."""
        parts: dict[str, list[Request]] = {
            "the tab": list(self._tab()),
            "columns": list(self._new_columns()),
            "marks": list(self._marks()),
            "dropdowns": list(self._dropdowns()),
            "protected columns": list(self._protections()),
            "colours": list(self._colours()),
            "the filter": list(self._filter()),
            "stripes": list(self._stripes()),
            "filter views": list(self._views()),
            "rows": list(self._rows()),
        }
        requests = tuple(request for part in parts.values() for request in part)
        return Lacks(self.tab.title, requests, tuple(self._said(parts)), self.is_new)

    def _said(self, parts: Mapping[str, Sequence[Request]]) -> Iterator[str]:
        counts = {
            "columns": len(self.added),
            "rows": len(self.spec.rows) if parts["rows"] else 0,
            "the tab": 0,
            "marks": 0,
        }
        for name, requests in parts.items():
            count = counts.get(name, len(requests))
            if count:
                yield (
                    name
                    if name.startswith("the ") or name == "stripes"
                    else f"{count} {name if count > 1 else name[:-1]}"
                )

    def _tab(self) -> Iterator[Request]:
        if self.is_new:
            grid = {
                "rowCount": max(ROWS, 2 * len(self.spec.rows)),
                "columnCount": max(self.width, 1),
                "frozenRowCount": 1,
                "frozenColumnCount": 1,
            }
            properties = {
                "sheetId": self.tab.sheet_id,
                "title": self.tab.title,
                "index": self.tab.index,
                "gridProperties": grid,
                "tabColorStyle": looks.colour(self.spec.tab_colour),
            }
            yield {"addSheet": {"properties": properties}}
        if self.spec.register and not self.tab.register:
            yield _mark(TAB_MARK, self.spec.register, {"sheetId": self.tab.sheet_id})
            if self.is_adopted:
                yield _mark(MARK, ADOPTED, {"sheetId": self.tab.sheet_id})

    def _new_columns(self) -> Iterator[Request]:
        if not self.added:
            return
        sheet = self.tab.sheet_id
        if not self.is_new:
            yield from self._room()
        yield from looks.headers(sheet, self.row, self.added)
        if self.is_new:
            yield looks.head_height(sheet, self.row)
        yield from looks.formats(sheet, self.row, self.added)
        yield from looks.widths(sheet, self.spec, self.added)

    def _room(self) -> Iterator[Request]:
        """Room at the right end of the header: what somebody may keep farther right moves on."""
        sheet = self.tab.sheet_id
        if self.old_width and self.old_width < self.tab.columns:
            place = {"sheetId": sheet, "dimension": "COLUMNS", "startIndex": self.old_width, "endIndex": self.width}
            yield {"insertDimension": {"range": place, "inheritFromBefore": False}}
        elif self.width > self.tab.columns:
            more = self.width - self.tab.columns
            yield {"appendDimension": {"sheetId": sheet, "dimension": "COLUMNS", "length": more}}

    def _marks(self) -> Iterator[Request]:
        marked = {key for register, key in self.tab.marks.values() if register == self.spec.register}
        for place, one in self.columns.items():
            if one.key not in marked and self.spec.register:
                at = {"sheetId": self.tab.sheet_id, "dimension": "COLUMNS", "startIndex": place, "endIndex": place + 1}
                yield _mark(COLUMN_MARK, f"{self.spec.register}.{one.key}", {"dimensionRange": at})

    def _dropdowns(self) -> Iterator[Request]:
        there = {column for row, column in self.tab.dropdowns if row > self.row}
        for place, one in self.columns.items():
            if one.choices and place not in there:
                yield looks.dropdown(self.tab.sheet_id, self.row, place, one)

    def _protections(self) -> Iterator[Request]:
        guarded = {column for one in self.tab.protected for column in one.columns if one.is_whole}
        bare = [place for place, one in self.columns.items() if one.is_protected and place not in guarded]
        for run in together(bare):
            ours = {"range": area(self.tab.sheet_id, (self.row, None), run), "description": self.wishes.protection}
            yield {"addProtectedRange": {"protectedRange": ours | self._who_may()}}
        if self.wishes.editors is not None:
            for one in self.tab.protected:
                if one.is_warning and one.description == self.wishes.protection:
                    locked = {"protectedRangeId": one.id, **self._who_may()}
                    yield {"updateProtectedRange": {"protectedRange": locked, "fields": "warningOnly,editors"}}

    def _who_may(self) -> dict[str, object]:
        editors = self.wishes.editors
        if editors is None:
            return {"warningOnly": True}
        return {"warningOnly": False, "editors": {"users": list(editors), "domainUsersCanEdit": False}}

    def _colours(self) -> Iterator[Request]:
        there = {column for one in self.tab.coloured for column in one}
        for index, kind in self.spec.colours:
            place = self.places.get(self.spec.columns[index].key)
            if place is not None and place not in there:
                yield looks.red_cells(self.tab.sheet_id, self.row, place, kind)

    def _filter(self) -> Iterator[Request]:
        if not self.tab.has_filter:
            yield looks.basic_filter(self.tab.sheet_id, self.row, self.width)

    def _stripes(self) -> Iterator[Request]:
        if not self.tab.has_bands and not self.is_adopted:
            yield looks.stripes(self.tab.sheet_id, self.row, self.width)

    def _views(self) -> Iterator[Request]:
        for one in self.spec.views:
            made = view(self.tab.sheet_id, self.row, self.width, one, self.places)
            if made is not None and one.title not in self.tab.views:
                yield made

    def _rows(self) -> Iterator[Request]:
        """Demo rows go into a tab that is made with them in the same batch, never into one that is there."""
        if self.is_new and self.spec.rows:
            yield looks.filled_rows(self.tab.sheet_id, self.row, self.spec.rows, self.width)


def _mark(key: str, value: str, location: Mapping[str, object]) -> Request:
    """Document visibility: a mark of the project's own would be lost with the Cloud project."""
    metadata = {"metadataKey": key, "metadataValue": value, "location": dict(location), "visibility": "DOCUMENT"}
    return {"createDeveloperMetadata": {"developerMetadata": metadata}}


def marked_book() -> Request:
    """The mark of a spreadsheet that was set up."""
    return _mark(MARK, "1", {"spreadsheet": True})
