"""Where the header stands in a tab, and which column is which: labels first, then aliases, then other tongues."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from toolkit.core.book import RawTab
from toolkit.core.finding import Finding, Severity
from toolkit.core.place import Place
from toolkit.core.reason import Name, Reason, because
from toolkit.registers.fold import closest, fold
from toolkit.registers.lexicon import Lexicon
from toolkit.registers.schema import Register, Writer

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
    raw: RawTab,
    book: str,
    lexicon: Lexicon,
) -> Header:
    """The row among the first that knows most headers, and its columns."""
    tiers = lexicon.header_tiers(register)
    best = max(
        range(min(HEADER_WITHIN, len(raw.rows))),
        key=lambda index: (sum(fold(cell) in tier for cell in _texts(raw.rows[index]) for tier in tiers[:2]), -index),
        default=0,
    )
    header = raw.rows[best] if raw.rows else ()
    headers = [
        (index + 1, str(cell).strip(), fold(str(cell)))
        for index, cell in enumerate(header)
        if isinstance(cell, str) and cell.strip()
    ]
    columns, doubled, taken = _match(tiers, headers)
    faults: list[Finding] = []

    def fault(
        code: str, reason: Reason, column: str | None, number: int | None, severity: Severity = Severity.ERROR
    ) -> None:
        place = Place(raw.title, best + 1, number)
        faults.append(Finding(code, reason, book, register.name, None, column, place, None, severity))

    for key, places in doubled.items():
        cells_there = tuple(Place(raw.title, best + 1, one).cell for one in places)
        fault(
            "duplicate-column",
            because("header.duplicate", label=Name(register.name, key), cells=cells_there),
            key,
            places[-1],
        )
    left = [text for number, text, _ in headers if number not in taken]
    missing = [one for one in register.columns if one.key not in columns and one.key not in doubled]
    for one in missing:
        if one.is_required or (one.key in register.key and one.written_by is not Writer.STAFF):
            near = closest(lexicon.label(Name(register.name, one.key)), left)
            fault(
                "missing-column",
                because(
                    "header.missing-near" if near else "header.missing",
                    label=Name(register.name, one.key),
                    row=best + 1,
                    near=near or "",
                ),
                one.key,
                None,
            )
    own = tuple(Name(register.name, one.key) for one in missing if one.written_by is Writer.TOOLKIT)
    if own and not any(one.severity is Severity.ERROR for one in faults):
        fault("no-toolkit-column", because("header.no-toolkit-column", labels=own), None, None, Severity.WARNING)
    return Header(best + 1, columns, tuple(faults))


def _texts(cells: Sequence[object]) -> Iterator[str]:
    return (cell for cell in cells if isinstance(cell, str))


def _match(
    tiers: Sequence[Mapping[str, str]],
    headers: Sequence[tuple[int, str, str]],
) -> tuple[dict[str, int], dict[str, list[int]], set[int]]:
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
    return columns, doubled, taken
