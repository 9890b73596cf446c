"""Lines by section and register: one person's, one store's, the whole desk's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator

from toolkit.jobs.daily.lines import Line
from toolkit.registers.every import REGISTERS

SECTIONS = ("overdue", "feedback", "today", "tomorrow", "callbacks", "unassigned", "open", "mend")
"""Most pressing first. `feedback` and `open` are a store's: what it owes on call-backs, and what else it has."""
_ORDER = {one.name: place for place, one in enumerate(REGISTERS)}


class Heap:
    """Lines that somebody is told of."""

    def __init__(self) -> None:
        self._lines: dict[tuple[str, str], list[Line]] = defaultdict(list)

    def __bool__(self) -> bool:
        return bool(self._lines)

    def add(self, section: str, line: Line) -> None:
        """Put a line into a section."""
        self._lines[section, line.at.register].append(line)

    def of(self, section: str) -> Iterator[Line]:
        """Every line of a section."""
        return (line for (name, _), lines in self._lines.items() if name == section for line in lines)

    def count(self, section: str, register: str) -> int:
        """How many lines of a register stand in a section."""
        return len(self._lines.get((section, register), ()))

    def parts(self) -> Iterator[tuple[str, str, list[Line]]]:
        """Section, register, lines: most pressing first, the registers as their tabs stand in a new workbook."""
        keys = sorted(self._lines, key=lambda one: (SECTIONS.index(one[0]), _ORDER[one[1]]))
        yield from ((section, register, self._lines[section, register]) for section, register in keys)


def together(heaps: Iterable[Heap], only: Collection[str] = SECTIONS) -> Heap:
    """Several heaps as one. What stands in two of them stands once, where the first has it."""
    found, seen = Heap(), set[Hashable]()
    for heap in heaps:
        for section, _, lines in heap.parts():
            for line in lines if section in only else ():
                about = _about(line)
                if not about <= seen:
                    seen |= about
                    found.add(section, line)
    return found


def _about(line: Line) -> set[Hashable]:
    """What a line tells of: its clocks, its call, its finding, else its row."""
    told = [*line.clocks, *(one for one in (line.call, line.finding) if one is not None)]
    return {id(one) for one in told} or {line.at}
