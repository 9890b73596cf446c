"""A file of another system that is taken over again and again, as the settings hold it."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.registers.foreign import ColumnMap


@dataclass(frozen=True, slots=True)
class ImportSetting:
    """The register that its rows belong to, and what its columns are."""

    register: str
    map: ColumnMap
