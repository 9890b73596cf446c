"""The registers in a Google spreadsheet: which tab and column is which there, and who may write what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from toolkit.core.layout import TabSpec
from toolkit.core.reason import because
from toolkit.core.words import Words
from toolkit.registers.header import find_header
from toolkit.registers.lexicon import Lexicon
from toolkit.registers.schema import Register
from toolkit.settings.lexicons import lexicon_of, registers_of
from toolkit.settings.model import BookSetting, Settings

if TYPE_CHECKING:
    from toolkit.gateways.google.making.build import Built
    from toolkit.gateways.google.making.there import TabThere
    from toolkit.gateways.google.making.wanted import Wishes


GOOGLE_LOCALES = {"zh-CN": "zh_CN"}
"""What a new sheet's locale becomes. English has no one country, and the country says how dates are typed."""


def build_google(setting: BookSetting, settings: Settings, tabs: Sequence[TabSpec], *, is_locked: bool) -> Built:
    """Add what the spreadsheet lacks of these tabs."""
    from toolkit.gateways.google.api import open_api
    from toolkit.gateways.google.making.build import build

    api = open_api(setting.name, setting.google or "", setting.credentials, setting.endpoint)
    editors = tuple(one for one in (api.account_email,) if one) if is_locked else None
    asked = wishes(settings, tabs_of(setting, settings, tabs), editors)
    return build(api, setting.name, asked, settings.timezone.key, GOOGLE_LOCALES.get(settings.locale, ""))


def tabs_of(setting: BookSetting, settings: Settings, tabs: Sequence[TabSpec]) -> list[TabSpec]:
    """The registers that live in a book: those that name it, and in the first one those that name none."""
    return [one for one in tabs if settings.book(settings.register(one.register).book).name == setting.name]


def wishes(settings: Settings, tabs: Sequence[TabSpec], editors: tuple[str, ...] | None) -> Wishes:
    """What is asked of the spreadsheet, and how its tabs and columns are known."""
    from toolkit.gateways.google.making.wanted import Wishes

    lexicon = lexicon_of(settings)
    registers = {one.name: one for one in registers_of(settings)}

    def places(register: str, tab: TabThere) -> tuple[int, Mapping[str, int]]:
        return places_of(registers[register], tab, lexicon)

    return Wishes(
        tabs=tabs,
        titles={name: lexicon.tabs(name) for name in registers},
        places=places,
        protection=Words(settings.locale, lexicon.label).say(because("build.protected")),
        editors=editors,
    )


def places_of(register: Register, tab: TabThere, lexicon: Lexicon) -> tuple[int, Mapping[str, int]]:
    """The header's row, and where each column stands, from 0: by our marks, then by the headers. A header that stands
    twice is not missing: `check` says what is wrong with it.
    """
    header = find_header(register, tab.title, tab.top, "", lexicon)
    marked = {key: column for column, (owner, key) in sorted(tab.marks.items(), reverse=True) if owner == register.name}
    taken = {column: key for key, column in marked.items()}
    found = {key: column - 1 for key, column in header.columns.items() if taken.get(column - 1, key) == key}
    for one in header.findings:
        if one.code == "duplicate-column" and one.column and one.place and one.place.column:
            found.setdefault(one.column, one.place.column - 1)
    return header.row - 1, {**found, **marked}
