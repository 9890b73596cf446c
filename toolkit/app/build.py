"""A new desk: config.yaml, an own folder for letters, workbooks with ready registers; nothing that exists is touched."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.app.cells import cell_of
from toolkit.app.demo import Typed, demo_rows
from toolkit.app.look_up import look_up_of
from toolkit.app.new_config import Sheet, config_text
from toolkit.app.views import views_of
from toolkit.core.errors import UsageError
from toolkit.core.layout import ColumnSpec, Kind, RuleKind, TabSpec
from toolkit.core.reason import Name, because
from toolkit.core.words import LOCALES, Words
from toolkit.gateways.excel.build import build_workbook
from toolkit.registers.lexicon import Lexicon
from toolkit.registers.schema import Column, Register, Type, Writer
from toolkit.rules.worktime.country import calendar_for
from toolkit.settings.lexicons import lexicon_of, registers_of
from toolkit.settings.load import load
from toolkit.settings.model import Settings

if TYPE_CHECKING:
    from toolkit.gateways.google.making.build import Built

KINDS: Mapping[Type, Kind] = {Type.DATE: "date", Type.DATETIME: "datetime", Type.NUMBER: "number", Type.MONEY: "money"}
COLOURS: Mapping[str, RuleKind] = {"check": "check", "overdue": "overdue"}
WIDTHS: Mapping[str, float] = {
    "check": 46,
    "overdue": 44,
    "next_step": 40,
    "problem": 44,
    "last_message": 30,
    "coverage": 16,
    "suggested_vendor": 40,
    "suggested_owner": 20,
    "at_risk": 36,
    "allowed_next": 30,
    "checklist": 40,
    "standing": 16,
    "action": 48,
    "award": 30,
    "reward": 40,
    "penalty": 34,
}
"""Characters; the other columns are as wide as their label and first rows ask."""
FIRST = ("check", "overdue", "next_step", "status")
WORKING_TABS = ("tickets", "surveys", "vendors", "staff")


@dataclass(frozen=True, slots=True)
class Made:
    """What `init` wrote, what was there already and stays, and what it added to Google spreadsheets, by book."""

    written: tuple[Path, ...]
    kept: tuple[Path, ...]
    sheets: Mapping[str, Built] = field(default_factory=dict)
    settings: Settings | None = None


def init(
    folder: Path,
    *,
    preset: str | None,
    locale: str,
    now: datetime | None,
    is_demo: bool,
    sheet: Sheet | None = None,
    is_locked: bool = False,
) -> Made:
    """Make the desk. `now` dates the demo rows; `sheet` is a Google spreadsheet in place of the workbook."""
    if locale not in LOCALES:
        raise UsageError(f"The registers speak {' and '.join(LOCALES)}, not “{locale}”")
    written: list[Path] = []
    kept: list[Path] = []
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "config.yaml"
    _place(config, config_text(preset, locale, now if is_demo else None, sheet), written, kept)
    settings = load(config)
    if sheet is not None:
        _must_name(settings, sheet.id)
    _place(folder / "templates" / "README.md", _words(settings).say(because("build.templates")) + "\n", written, kept)
    rows = _demo(settings, now) if is_demo and now is not None else {}
    specs = tabs(settings, rows)
    sheets: dict[str, Built] = {}
    for book in settings.books:
        if book.path is None:
            from toolkit.app.google_init import build_google

            sheets[book.name] = build_google(book, settings, specs, is_locked=is_locked)
        elif book.path.exists():
            kept.append(book.path)
        else:
            build_workbook(book.path, specs, look_up_of(specs, _words(settings)))
            written.append(book.path)
    return Made(tuple(written), tuple(kept), sheets, settings)


def _demo(settings: Settings, now: datetime) -> Mapping[str, Sequence[Mapping[str, object]]]:
    """The preset's demo rows, on the desk's own working days."""
    days = calendar_for(settings.calendar.week, settings.timezone, settings.calendar.holidays).days
    return demo_rows(settings.locale, now, settings.preset, days)


def _must_name(settings: Settings, sheet: str) -> None:
    """A config.yaml that is there is never changed: it must name the same spreadsheet."""
    named = [one.google for one in settings.books if one.google]
    if sheet not in named:
        has = f"names another sheet ({', '.join(named)})" if named else "names no Google sheet"
        raise UsageError(
            f"{settings.file} {has}, and is never overwritten. Put into its books the line\n"
            f"  - {{name: main, google: {sheet}, credentials: service-account.json}}\n"
            "(another name, if that one stays), and run `aftersales init` again; or make the desk in another folder"
        )


def _place(path: Path, text: str, written: list[Path], kept: list[Path]) -> None:
    if path.exists():
        kept.append(path)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    written.append(path)


def _words(settings: Settings) -> Words:
    return Words(settings.locale, lexicon_of(settings).label)


def tabs(settings: Settings, rows: Mapping[str, Sequence[Mapping[str, object]]]) -> list[TabSpec]:
    """Every register as a tab, with rows by column key."""
    lexicon, words = lexicon_of(settings), _words(settings)
    return [
        dataclasses.replace(
            _tab(register, lexicon, words, rows.get(register.name, ())),
            views=tuple(views_of(register, settings, lexicon, words)),
        )
        for register in registers_of(settings)
    ]


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
        lexicon.label(Name(register.name, column.key, key)) for key in lexicon.offered_keys(register.name, column)
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
        is_protected=column.written_by is Writer.TOOLKIT,
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
    return value.text if isinstance(value, Typed) else cell_of(register, column, value, lexicon, words)
