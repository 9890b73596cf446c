"""`imports`: files of other systems that are taken over again and again, and how their columns and words are called here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from pydantic import Field

from toolkit.registers.foreign import ColumnMap
from toolkit.settings.among import among, entries, word_at
from toolkit.settings.faults import Mistake
from toolkit.settings.fields import Listed, one_of
from toolkit.settings.form_base import Form
from toolkit.settings.names import Names
from toolkit.settings.names_imports import misnamed_columns
from toolkit.settings.yaml_source import Way


@dataclass(frozen=True, slots=True)
class ImportSetting:
    """The register that its rows belong to, and what its columns are."""

    register: str
    map: ColumnMap


class MapForm(Form):
    """What a map file says, and an entry of `imports` besides its register."""

    columns: dict[str, str | None] = Field(default_factory=dict)
    constants: dict[str, str] = Field(default_factory=dict)
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    key: Listed = ()
    dates: Annotated[str, one_of("dmy", "mdy")] | None = None


class ImportForm(MapForm):
    register_: Annotated[str, Field(alias="register")]


def import_of(one: ImportForm) -> ImportSetting:
    """An entry of `imports`."""
    return ImportSetting(one.register_, map_of(one))


def map_of(one: MapForm) -> ColumnMap:
    """A map as the registers read by it; a column without a header is left out."""
    columns = {key: header or "" for key, header in one.columns.items()}
    return ColumnMap(columns, one.constants, one.values, one.key, one.dates)


def misnamed_imports(names: Names) -> Iterator[Mistake]:
    """Names that `imports` gets wrong."""
    for name, node in entries(names.tree.child("imports")):
        way: Way = ("imports", name)
        yield from among(node, way, "register", names.columns)
        register = word_at(node.child("register"), "")
        if register in names.columns:
            yield from misnamed_columns(node, way, names.columns[register], partial(names.choices, register))
