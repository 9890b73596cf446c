"""A Google spreadsheet as a Book: read whole in few calls, written row by row's key, every value proven by an echo."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from toolkit.core.book import RawBook, RawTab, TabWrites, Written
from toolkit.core.errors import BookChangedError, BookError
from toolkit.gateways.google.address import location
from toolkit.gateways.google.api import SheetsApi, open_api
from toolkit.gateways.google.appending import append_rows, dates_of
from toolkit.gateways.google.cells import date_format, raw
from toolkit.gateways.google.dates import New, show_dates
from toolkit.gateways.google.errors import LayoutChangedError, UnknownOutcomeError
from toolkit.gateways.google.layout import FIELDS, Layout, TabInfo, layout_of
from toolkit.gateways.google.mending import mend
from toolkit.gateways.google.reading import TabText, read_tabs
from toolkit.gateways.google.wanted import TabJob, job_of, parts
from toolkit.gateways.google.writing import write_part

_PLAN_ANEW = {"conflict.gone", "conflict.doubled", "conflict.changed", "conflict.moved"}


@dataclass(frozen=True)
class Stamp:
    """The tabs as they were read, and what the toolkit wrote there since."""

    tabs: dict[str, TabText]


@dataclass
class _Outcome:
    """What a write came to so far."""

    notes: list[str] = field(default_factory=list)
    is_outdated: bool = False
    error: BookError | None = None


class GoogleBook:
    """One spreadsheet. Raises BookError, BookChangedError.

    Its key file is opened with the first reading, so that a bad one is this book's trouble alone.
    """

    def __init__(self, name: str, google: str, credentials: Path | None = None, endpoint: str | None = None) -> None:
        self.name = name
        self.location = location(google, endpoint)
        self._open = partial(open_api, name, google, credentials, endpoint)
        self._opened: SheetsApi | None = None

    @property
    def api_calls(self) -> int:
        """How many requests were made."""
        return self._opened.calls if self._opened else 0

    @property
    def _api(self) -> SheetsApi:
        if self._opened is None:
            self._opened = self._open()
        return self._opened

    def read(self, titles: Container[str] | None = None) -> RawBook:
        """The named tabs (all, if None) that exist, and those that `init` marked, whatever they are called by now.

        One call tells what there is, one more brings it, if it is not much.
        """
        with self._explained():
            layout, chosen, texts = self._read(titles)
        tabs = {
            one.title: RawTab(
                one.title, texts[one.title].blocks, raw=raw, marks=one.marks, address=f"{self.location}#gid={one.gid}"
            )
            if one.title in texts
            else RawTab(one.title, [])
            for one in chosen
        }
        return RawBook(tabs, Stamp(texts), tuple(one.title for one in layout.tabs), layout.zone)

    def _read(self, titles: Container[str] | None) -> tuple[Layout, list[TabInfo], dict[str, TabText]]:
        """A tab that is renamed, removed or cut between two calls is no reason to do without the book: look again."""
        for is_last in (False, False, True):
            layout = layout_of(self._api.metadata(FIELDS))
            chosen = [one for one in layout.tabs if titles is None or one.title in titles or one.marks]
            try:
                return layout, chosen, {one.info.title: one for one in read_tabs(self._api, chosen)}
            except LayoutChangedError:
                if is_last:
                    raise
        raise AssertionError("the last look returns or raises")

    def write(self, writes: Sequence[TabWrites], stamp: object) -> Written:
        """Cells first, then new rows. What moved meanwhile is followed, what went astray is put right at once."""
        writes = [one for one in writes if one.cells or one.appends]
        if not writes:
            return Written(stamp=stamp)
        if not isinstance(stamp, Stamp):
            raise self._changed("it was not read before it was to be written")
        for one in writes:
            if one.title not in stamp.tabs:
                raise BookError(self.name, f"{self.location} has no sheet {one.title!r}")
        jobs = [job_of(stamp.tabs[one.title], one) for one in writes]
        outcome = _Outcome()
        try:
            with self._explained():
                self._write(jobs, outcome)
        except BookError as error:  # what was written before it stands, and is told
            if not any(job.edits or job.appended for job in jobs):
                raise
            if isinstance(error, BookChangedError):
                outcome.is_outdated = True
            else:
                outcome.error = error
        return self._written(jobs, outcome, stamp)

    def _write(self, jobs: Sequence[TabJob], outcome: _Outcome) -> None:
        first_dates = [_first_dates(job) for job in jobs]
        for part in parts(jobs):
            try:
                strays = write_part(self._api, part)
            except UnknownOutcomeError as error:
                raise LayoutChangedError(str(error)) from error
            for job in strays:
                outcome.is_outdated = True
                cells = mend(self._api, job)
                if cells:
                    outcome.notes.append(_told(self.location, cells))
            if strays:
                return
        shown: list[tuple[TabJob, New]] = [(job, new) for job, new in zip(jobs, first_dates, strict=True) if new]
        for job in jobs:
            if job.appends:
                places = append_rows(self._api, job)
                forms = dates_of(job.appends)
                if forms and places:
                    rows = sorted(places.values())
                    shown.append((job, {column: (form, rows) for column, form in forms.items()}))
        show_dates(self._api, [(job.info, new) for job, new in shown])

    def _written(self, jobs: Iterable[TabJob], outcome: _Outcome, stamp: Stamp) -> Written:
        jobs = list(jobs)
        for job in jobs:
            for row in job.rows:
                job.refuse_row(row, "moved")
        conflicts = tuple(one for job in jobs for one in job.conflicts)
        return Written(
            edits=sum(job.edits for job in jobs),
            appends=sum(job.appended for job in jobs),
            conflicts=conflicts,
            stamp=stamp,
            notes=tuple(outcome.notes),
            is_outdated=outcome.is_outdated or any(one.why.code in _PLAN_ANEW for one in conflicts),
            error=outcome.error,
        )

    def _changed(self, why: str) -> BookChangedError:
        return BookChangedError(self.name, f"{self.location} changed while it was worked on: {why}; plan anew")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except LayoutChangedError as error:
            raise self._changed(str(error)) from error


def _first_dates(job: TabJob) -> New:
    """The columns that get a date where none was, by row."""
    found: dict[int, tuple[dict[str, str], list[int]]] = {}
    for row in job.rows:
        for column, write in row.open.items():
            form = date_format(write.new)
            if form is not None and row.before.get(column) is None:
                found.setdefault(column, (form, []))[1].append(row.row)
    return found


def _told(location: str, cells: Sequence[str]) -> str:
    named = ", ".join(cells[:5]) + (f" and {len(cells) - 5} more" if len(cells) > 5 else "")  # noqa: PLR2004
    return f"{location}: rows were moved while they were being written; {named} got a wrong value and was put right at once"
