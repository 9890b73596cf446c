"""What a user asks of an import: the file, the register, which column is which; and what of it cannot be meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from toolkit.core.errors import UsageError
from toolkit.core.reason import Name
from toolkit.gateways.tables.file import FileTable, read_file
from toolkit.registers.fold import closest, fold
from toolkit.registers.foreign import ColumnMap, Found, find_columns, required
from toolkit.registers.lexicon import Lexicon
from toolkit.registers.schema import Register, Type, Writer
from toolkit.settings.lexicons import lexicon_of, registers_of
from toolkit.settings.map_file import map_file
from toolkit.settings.model import Settings

_MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class Target:
    """Where the rows go and how their columns are called; `with_faults` lets in rows of which something is wrong."""

    register: str
    map: ColumnMap
    with_faults: bool = False


def target_of(settings: Settings, register: str | None, name: str | None, maps: Sequence[str]) -> Target:
    """The register of an entry of `imports`, or one that is named; the entry's map with what the command line adds."""
    if name is None and register is None:
        known = f"; `imports` in config.yaml has {', '.join(settings.imports)}" if settings.imports else ""
        raise UsageError(f"Which register do the rows belong to? Name it with --register{known and ', or --as'}{known}")
    entry = settings.imports.get(name) if name is not None else None
    if name is not None and entry is None:
        raise UsageError(f"`imports` in config.yaml has no “{name}”{_among(name, list(settings.imports))}")
    chosen = _register(settings, register if register is not None else entry.register if entry else "")
    if entry is not None and entry.register != chosen.name:
        raise UsageError(f"“{name}” in config.yaml is for {entry.register}, not for {chosen.name}")
    said = entry.map if entry is not None else ColumnMap()
    for text in maps:
        said = _with(said, text, chosen, settings)
    return Target(chosen.name, said)


def source_of(
    settings: Settings, target: Target, path: Path, sheet: str | None = None, encoding: str | None = None
) -> FileTable:
    """The file's table; of a workbook the sheet that is called like the register."""
    return read_file(path, sheet=sheet, encoding=encoding, prefer=_Titles(lexicon_of(settings).tabs(target.register)))


def header_of(source: FileTable, register: Register, lexicon: Lexicon, said: ColumnMap) -> Found:
    """Which column is which (UsageError where that cannot be told, or where no row could be whole)."""
    if not source.rows:
        raise UsageError(f"{source.name} is empty")
    found = find_columns(register, source.rows, lexicon, said)
    problems = [*_problems(source, found, register, lexicon, said)]
    if problems:
        raise UsageError("\n".join([*problems, _has(source, found)]))
    return found


def _problems(source: FileTable, found: Found, register: Register, lexicon: Lexicon, said: ColumnMap) -> Iterator[str]:
    headers = [str(cell) for cell in source.rows[found.header] if cell is not None]
    for header in found.absent:
        near = closest(header, headers)
        yield f"{source.name} has no column “{header}”" + (f"; do you mean “{near}”?" if near else "")
    for header in found.doubled:
        yield f"{source.name} has several columns for “{header}”: say which, e.g. --map COLUMN=#3 for the third"
    for key in [] if found.absent or found.doubled else required(register, found.columns, said.constants):
        label = lexicon.label(Name(register.name, key))
        yield f"{source.name} has no column for {key} ({label}), which every row needs: --map {key}=HEADER"


def _has(source: FileTable, found: Found) -> str:
    headers = [f"“{cell}”" for cell in source.rows[found.header] if cell is not None]
    more = f" … ({len(headers) - _MOST_NAMED} more)" if len(headers) > _MOST_NAMED else ""
    return f"its columns ({source.place(found.header)}; {source.kind}): {', '.join(headers[:_MOST_NAMED])}{more}"


def _register(settings: Settings, text: str) -> Register:
    lexicon = lexicon_of(settings)
    there = registers_of(settings)
    found = next((one for one in there if fold(text) in {fold(one.name), *map(fold, lexicon.tabs(one.name))}), None)
    if found is None:
        raise UsageError(f"The desk has no register “{text}”{_among(text, [one.name for one in there])}")
    if not any(one.written_by is not Writer.TOOLKIT for one in found.columns):
        raise UsageError(f"{found.name} is the toolkit's own; nothing is imported into it")
    return found


def _with(said: ColumnMap, text: str, register: Register, settings: Settings) -> ColumnMap:
    """The map with a map file over it, or with one `column=header`."""
    key, equals, header = text.partition("=")
    if not equals:
        more = map_file(Path(text), register.by_key, _choices(register, settings))
        return ColumnMap(
            {**said.columns, **more.columns},
            {**said.constants, **more.constants},
            {**said.values, **more.values},
            more.key or said.key,
            more.dates or said.dates,
        )
    column = _column(register, key.strip(), lexicon_of(settings))
    constants = {name: value for name, value in said.constants.items() if name != column}
    return replace(said, columns={**said.columns, column: header.strip()}, constants=constants)


def _choices(register: Register, settings: Settings) -> Callable[[str], tuple[str, ...]]:
    def choices(column: str) -> tuple[str, ...]:
        spec = register.by_key[column]
        return lexicon_of(settings).choice_keys(register.name, spec) if spec.type is Type.CHOICE else ()

    return choices


def _column(register: Register, text: str, lexicon: Lexicon) -> str:
    keys = [one.key for one in register.columns if one.written_by is not Writer.TOOLKIT]
    by_label = {fold(lexicon.label(Name(register.name, key))): key for key in keys}
    found = text if text in keys else by_label.get(fold(text))
    if found is None:
        own = " (the toolkit writes it)" if text in register.by_key else ""
        raise UsageError(f"--map: {register.name} has no column “{text}”{own or _among(text, keys)}")
    return found


def _among(text: str, known: Sequence[str]) -> str:
    near = closest(text, known)
    if near:
        return f"; do you mean {near}?"
    return f"; there is {', '.join(known)}" if known else ""


class _Titles:
    """Titles, however they are spelt."""

    def __init__(self, names: Sequence[str]) -> None:
        self._folded = frozenset(map(fold, names))

    def __contains__(self, title: object) -> bool:
        return fold(str(title)) in self._folded
