"""A new desk: config.yaml, an own folder for letters, workbooks with ready registers; nothing that exists is touched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from toolkit.app.demo import Typed, demo_rows
from toolkit.core.errors import UsageError
from toolkit.core.layout import ColumnSpec, Kind, RuleKind, TabSpec
from toolkit.core.reason import Name, because
from toolkit.core.words import LOCALES, Words
from toolkit.gateways.excel.build import build_workbook
from toolkit.registers.lexicon import Lexicon
from toolkit.registers.schema import Column, Register, Type, Writer
from toolkit.settings.lexicons import lexicon_of, registers_of
from toolkit.settings.load import load
from toolkit.settings.model import Settings

DEMO_REACHES_BACK = timedelta(days=800)
"""Demo messages go live before the oldest demo row (60, 16)."""
KINDS: Mapping[Type, Kind] = {Type.DATE: "date", Type.DATETIME: "datetime", Type.NUMBER: "number", Type.MONEY: "money"}
COLOURS: Mapping[str, RuleKind] = {"check": "check", "overdue": "overdue"}
WIDTHS: Mapping[str, float] = {
    "check": 46,
    "overdue": 44,
    "next_step": 40,
    "problem": 44,
    "last_message": 30,
    "coverage": 16,
}
"""Characters; the other columns are as wide as their label and first rows ask."""
FIRST = ("check", "overdue", "next_step", "status")
WORKING_TABS = ("tickets", "surveys", "vendors", "staff")


@dataclass(frozen=True, slots=True)
class Made:
    """What `init` wrote, and what was there already and stays."""

    written: tuple[Path, ...]
    kept: tuple[Path, ...]


def init(folder: Path, *, preset: str | None, locale: str, now: datetime | None, is_demo: bool) -> Made:
    """Make the desk. `now` dates the demo rows."""
    if locale not in LOCALES:
        raise UsageError(f"The registers speak {' and '.join(LOCALES)}, not “{locale}”")
    written: list[Path] = []
    kept: list[Path] = []
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "config.yaml"
    _place(config, _config_text(preset, locale, now if is_demo else None), written, kept)
    settings = load(config)
    _place(folder / "templates" / "README.md", _words(settings).say(because("build.templates")) + "\n", written, kept)
    rows = demo_rows(locale, now) if is_demo and now is not None else {}
    for book in settings.books:
        if book.path is None:
            continue
        if book.path.exists():
            kept.append(book.path)
            continue
        build_workbook(book.path, tabs(settings, rows))
        written.append(book.path)
    return Made(tuple(written), tuple(kept))


def _place(path: Path, text: str, written: list[Path], kept: list[Path]) -> None:
    if path.exists():
        kept.append(path)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    written.append(path)


def packaged_config() -> Path:
    """The sample configuration: inside the wheel, else at the top of a checkout (60, 32)."""
    inside = Path(__file__).parent.parent / "config.yaml"
    return inside if inside.is_file() else Path(__file__).parent.parent.parent / "config.yaml"


def _config_text(preset: str | None, locale: str, demo_at: datetime | None) -> str:
    text = packaged_config().read_text(encoding="utf-8")
    if preset is not None:
        text = re.sub(r"(?m)^preset: \S+", f"preset: {preset}", text, count=1)
    if locale != "zh-CN":
        tab = Lexicon(locale).tabs("tickets")[0]
        text = re.sub(r"(?m)^locale: \S+", f"locale: {locale}", text, count=1)
        text = re.sub(r"(?m)^(    tab:) 售后登记表", rf"\1 {tab}", text, count=1)
        text = re.sub(r"(?m)^(    aliases:).*$", r"\1 {phone: [Mobile, Telephone]}", text, count=1)
        text = text.replace("name: 示例家居 ", "name: Example Home ").replace("brand: 示例 ", "brand: Example ")
    if demo_at is not None:
        since = (demo_at - DEMO_REACHES_BACK).date()
        # Whoever tries the demo at night shall see its letters too.
        text = re.sub(r'(?m)^(  quiet_hours:) "[^"]+" ', r"\1 none          ", text, count=1)
        text = re.sub(r"(?m)^  # only_since: \S+", f"  only_since: {since}", text, count=1)
    return text


def _words(settings: Settings) -> Words:
    return Words(settings.locale, lexicon_of(settings).label)


def tabs(settings: Settings, rows: Mapping[str, Sequence[Mapping[str, object]]]) -> list[TabSpec]:
    """Every register as a tab, with rows by column key."""
    lexicon, words = lexicon_of(settings), _words(settings)
    return [_tab(register, lexicon, words, rows.get(register.name, ())) for register in registers_of(settings)]


def _tab(register: Register, lexicon: Lexicon, words: Words, rows: Sequence[Mapping[str, object]]) -> TabSpec:
    columns = in_sight(register)
    return TabSpec(
        title=lexicon.label(Name(register.name)),
        columns=tuple(_column(register, one, lexicon, words) for one in columns),
        rows=[[_cell(register, one, row.get(one.key), lexicon, words) for one in columns] for row in rows],
        colours=tuple((index, COLOURS[one.key]) for index, one in enumerate(columns) if one.key in COLOURS),
        tab_colour="2F4B66" if register.name in WORKING_TABS else "9AA5AE",
        register=register.name,
    )


def in_sight(register: Register) -> tuple[Column, ...]:
    """The columns of a new sheet: behind the number what is wrong, late and next, where nobody has to scroll for it."""
    first = [*register.key[:1], *FIRST]
    return tuple(sorted(register.columns, key=lambda one: first.index(one.key) if one.key in first else len(first)))


def _column(register: Register, column: Column, lexicon: Lexicon, words: Words) -> ColumnSpec:
    choices = tuple(
        lexicon.label(Name(register.name, column.key, key)) for key in lexicon.choice_keys(register.name, column)
    )
    if column.type is Type.YES_NO:
        choices = (words.say(because("build.yes")), words.say(because("build.no")))
    return ColumnSpec(
        label=lexicon.label(Name(register.name, column.key)),
        key=column.key,
        kind=KINDS.get(column.type, "text"),
        width=WIDTHS.get(column.key),
        is_toolkit=column.written_by is not Writer.STAFF,
        is_required=column.is_required,
        note=" ".join(_notes(column, words)),
        choices=choices or None,
    )


def _notes(column: Column, words: Words) -> Iterator[str]:
    if column.written_by is Writer.TOOLKIT:
        yield words.say(because("build.toolkit-column"))
    elif column.written_by is Writer.FILL:
        yield words.say(because("build.fill-column"))
    if column.is_required:
        yield words.say(because("build.required"))
    if column.type in (Type.DATE, Type.DATETIME) and column.written_by is Writer.STAFF:
        yield words.say(because(f"build.{column.type}"))


def _cell(register: Register, column: Column, value: object, lexicon: Lexicon, words: Words) -> object:
    match value:
        case Typed():
            return value.text
        case bool():
            return words.say(because("build.yes" if value else "build.no"))
        case tuple():
            return words.word(value) if column.type is Type.LIST else "\n".join(str(one) for one in value)
        case str() if column.type is Type.CHOICE:
            return lexicon.label(Name(register.name, column.key, value))
        case _:
            return value
