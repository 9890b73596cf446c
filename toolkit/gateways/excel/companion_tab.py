"""A tab of a companion, as it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.core.layout import Kind


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what its header says, how its cells are shown, and whether it names the row."""

    label: str
    kind: Kind = "text"
    is_key: bool = False


@dataclass(frozen=True, slots=True)
class Tab:
    """A register's key and toolkit columns."""

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[object]]
