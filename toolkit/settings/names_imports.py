"""Whether the columns and choices that a map of another system's file names exist in its register."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from toolkit.registers.schema import Column, Type, Writer
from toolkit.settings.among import entries, keys_among, mistake, values_among
from toolkit.settings.faults import Mistake
from toolkit.settings.yaml_source import Node, Way

_BOTH = "a column comes from the file or is a constant, not both"


def misnamed_columns(
    node: Node, way: Way, columns: Mapping[str, Column], choices: Callable[[str], tuple[str, ...]]
) -> Iterator[Mistake]:
    """Mistakes in `columns`, `constants`, `values` and `key`. What the toolkit writes is never taken over from elsewhere."""
    typed = [key for key, column in columns.items() if column.written_by is not Writer.TOOLKIT]
    for section in ("columns", "constants", "values"):
        yield from keys_among(node.child(section), (*way, section), typed)
    if (key := node.child("key")) is not None:
        yield from values_among(key, (*way, "key"), typed)
    mapped = {name for name, _ in entries(node.child("columns"))}
    for name, one in entries(node.child("constants")):
        if name in mapped:
            yield mistake(one, (*way, "constants", name), _BOTH)
        elif _has_choices(columns, name):
            yield from values_among(one, (*way, "constants", name), choices(name))
    for name, words in entries(node.child("values")):
        for word, one in entries(words) if _has_choices(columns, name) else ():
            yield from values_among(one, (*way, "values", name, word), choices(name))


def _has_choices(columns: Mapping[str, Column], name: str) -> bool:
    return name in columns and columns[name].type is Type.CHOICE
