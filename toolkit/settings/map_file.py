"""The file that says how the columns of another system's file are called here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from pydantic import ValidationError

from toolkit.core.errors import UsageError
from toolkit.registers.foreign import ColumnMap
from toolkit.registers.schema import Column
from toolkit.settings.faults import ConfigError
from toolkit.settings.form_faults import mistakes_of, untold
from toolkit.settings.names_imports import misnamed_columns
from toolkit.settings.sections.imports import MapForm, map_of
from toolkit.settings.yaml_source import parse, read_text


def map_file(path: Path, columns: Mapping[str, Column], choices: Callable[[str], tuple[str, ...]]) -> ColumnMap:
    """The map that a YAML file holds, for the register of these columns. Every mistake at once, as with config.yaml."""
    if not path.is_file():
        raise UsageError(f"There is no file {path}; a map is a YAML file, or COLUMN=HEADER")
    tree, mistakes = parse(read_text(path), path.name)
    mistakes += misnamed_columns(tree, (), columns, choices)
    try:
        form = MapForm.model_validate(tree.plain() or {})
    except ValidationError as error:
        raise ConfigError([*mistakes, *untold(mistakes, mistakes_of(MapForm, error.errors(), tree))]) from None
    if mistakes:
        raise ConfigError(mistakes)
    return map_of(form)
