"""What a new register looks like, as plain data: the gateways that make files and Google tabs draw it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "date", "datetime", "number", "money"]
RuleKind = Literal["check", "overdue"]


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One column as plain data. `note` is shown when a cell of the column is entered; `key` is the column's own name."""

    label: str
    kind: Kind = "text"
    width: float | None = None  # characters; None: from the label and the first rows
    is_toolkit: bool = False
    is_required: bool = False
    is_hidden: bool = False
    note: str = ""
    choices: tuple[str, ...] | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class TabSpec:
    """One tab: its columns, its rows, and `colours`: (column index from 0, kind) whose filled cells turn red.

    `register` is the name of the register that it holds.
    """

    title: str
    columns: tuple[ColumnSpec, ...]
    rows: Sequence[Sequence[object]] = ()
    freeze: str = "B2"
    has_table: bool = False  # an Excel table (striped, grows as staff type) instead of a plain filter
    colours: tuple[tuple[int, RuleKind], ...] = ()
    tab_colour: str = "2F4B66"
    register: str = ""
