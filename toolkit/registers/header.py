"""Where the header stands in a tab, and which column is which: labels first, then aliases, then other tongues."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from toolkit.core.book import Raw
from toolkit.core.finding import Finding, Severity
from toolkit.core.place import Place
from toolkit.core.reason import Name, Reason, because
from toolkit.registers.fold import as_asked, closest, fold
from toolkit.registers.lexicon import Lexicon
from toolkit.registers.schema import Column, Register, Writer

_NO_MARKS: Mapping[int, tuple[str, str]] = MappingProxyType({})
HEADER_WITHIN = 20
"""The header stands in one of the first rows; above it people keep titles and notes."""


@dataclass(frozen=True)
class Header:
    """The header's row, column key -> sheet column, and what is wrong with it."""

    row: int
    columns: Mapping[str, int]
    findings: tuple[Finding, ...]

    @property
    def is_usable(self) -> bool:
        """Nothing is wrong that would make rows be misread."""
        return not any(one.severity is Severity.ERROR for one in self.findings)


def find_header(
    register: Register,
    title: str,
    top: Sequence[Sequence[Raw]],
    book: str,
    lexicon: Lexicon,
    marks: Mapping[int, tuple[str, str]] = _NO_MARKS,
) -> Header:
    """The row among the first of a tab that knows most headers, and its columns; `marks` as in RawTab."""
    tiers = lexicon.header_tiers(register)
    best = max(
        range(min(HEADER_WITHIN, len(top))),
        key=lambda index: (sum(fold(cell) in tier for cell in _texts(top[index]) for tier in tiers[:2]), -index),
        default=0,
    )
    headers = [
        (index + 1, cell.strip(), fold(cell))
        for index, cell in enumerate(top[best] if top else ())
        if isinstance(cell, str) and cell.strip()
    ]
    columns, doubled, taken = matched(tiers, headers)
    tab = _Tab(register, title, book, best + 1)
    renamed = _by_mark(register, headers, columns, taken, marks)
    columns |= {key: number for key, (number, _) in renamed.items()}
    taken |= set(columns.values())
    left = [text for number, text, _ in headers if number not in taken]
    missing = [one for one in register.columns if one.key not in columns and one.key not in doubled]
    faults = [*tab.doubled(doubled), *tab.missing(missing, left, lexicon)]
    own = [one for one in missing if one.written_by is Writer.TOOLKIT]
    if own and not faults:
        faults.append(tab.without_own(own))
    faults += [tab.renamed(key, *found) for key, found in renamed.items()]
    return Header(best + 1, columns, tuple(faults))


@dataclass(frozen=True)
class _Tab:
    """Says what is wrong with the header of one tab."""

    register: Register
    title: str
    book: str
    row: int

    def doubled(self, doubled: Mapping[str, Sequence[int]]) -> Iterator[Finding]:
        for key, places in doubled.items():
            cells = tuple(Place(self.title, self.row, one).cell for one in places)
            why = because("header.duplicate", label=Name(self.register.name, key), cells=cells)
            yield self._fault("duplicate-column", why, key, places[-1])

    def missing(self, missing: Sequence[Column], left: Sequence[str], lexicon: Lexicon) -> Iterator[Finding]:
        for one in missing:
            if one.is_required or (one.key in self.register.key and one.written_by is not Writer.STAFF):
                name = Name(self.register.name, one.key)
                near = closest(lexicon.label(name), list(left))
                code = "header.missing-near" if near else "header.missing"
                yield self._fault("missing-column", because(code, label=name, row=self.row, near=near or ""), one.key)

    def renamed(self, key: str, number: int, text: str) -> Finding:
        why = because("header.renamed", label=Name(self.register.name, key), found=text)
        return self._fault("renamed-column", why, key, number, severity=Severity.WARNING)

    def without_own(self, own: Sequence[Column]) -> Finding:
        labels = tuple(Name(self.register.name, one.key) for one in own)
        why = because("header.no-toolkit-column", labels=labels)
        return self._fault("no-toolkit-column", why, severity=Severity.WARNING)

    def _fault(
        self,
        code: str,
        why: Reason,
        column: str | None = None,
        number: int | None = None,
        *,
        severity: Severity = Severity.ERROR,
    ) -> Finding:
        place = Place(self.title, self.row, number)
        return Finding(code, why, self.book, self.register.name, None, column, place, None, severity)


def _texts(cells: Sequence[object]) -> Iterator[str]:
    return (cell for cell in cells if isinstance(cell, str))


def _by_mark(
    register: Register,
    headers: Sequence[tuple[int, str, str]],
    columns: Mapping[str, int],
    taken: set[int],
    marks: Mapping[int, tuple[str, str]],
) -> dict[str, tuple[int, str]]:
    """Columns under a header that nobody knows, by the mark that they were made with: key -> (column, header)."""
    texts = {number: text for number, text, _ in headers if number not in taken}
    return {
        key: (number, texts[number])
        for number, (name, key) in sorted(marks.items())
        if name == register.name and number in texts and key in register.by_key and key not in columns
    }


def matched(
    tiers: Sequence[Mapping[str, str]],
    headers: Sequence[tuple[int, str, str]],
) -> tuple[dict[str, int], dict[str, list[int]], set[int]]:
    """(column key -> number, keys whose label stands several times, the numbers that are taken) of numbered headers, each
    with its text as it stands and folded; `tiers` as `Lexicon.header_tiers` gives them.
    """
    columns: dict[str, int] = {}
    doubled: dict[str, list[int]] = {}
    taken: set[int] = set()
    for depth, tier in enumerate(tiers):
        found: dict[str, list[int]] = defaultdict(list)
        for number, _, folded in headers:
            key = tier.get(folded)
            if number not in taken and key is not None and key not in columns:
                found[key].append(number)
        for key, places in found.items():
            taken.update(places)
            if len(places) == 1 or depth:  # of several usual aliases the first one serves
                columns[key] = places[0]
            else:
                doubled[key] = places
    _match_questions(tiers, headers, columns, taken, doubled)
    return columns, doubled, taken


def _match_questions(
    tiers: Sequence[Mapping[str, str]],
    headers: Sequence[tuple[int, str, str]],
    columns: dict[str, int],
    taken: set[int],
    doubled: Mapping[str, object],
) -> None:
    """Headers that no tier knows as they stand, read as a form asks its questions; the first of several serves."""
    left = [(number, as_asked(folded)) for number, _, folded in headers if number not in taken]
    if not left:
        return
    asked: dict[str, str] = {}
    for tier in tiers:
        for word, key in tier.items():
            asked.setdefault(as_asked(word), key)
    for number, question in left:
        meant = asked.get(question)
        if question and meant is not None and meant not in columns and meant not in doubled:
            columns[meant] = number
            taken.add(number)
