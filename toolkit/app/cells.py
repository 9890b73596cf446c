"""A typed value as a cell of a sheet shows it: choices by their label, yes and no as words, lists in one cell."""

from __future__ import annotations

from toolkit.core.reason import Name, because
from toolkit.core.words import Words
from toolkit.registers.lexicon import Lexicon
from toolkit.registers.schema import Column, Register, Type


def cell_of(register: Register, column: Column, value: object, lexicon: Lexicon, words: Words) -> object:
    """What goes into the cell; dates, numbers and plain text as they are."""
    match value:
        case bool():
            return words.say(because("build.yes" if value else "build.no"))
        case tuple():
            return words.word(value) if column.type is Type.LIST else "\n".join(str(one) for one in value)
        case str() if column.type is Type.CHOICE:
            return lexicon.label(Name(register.name, column.key, value))
        case _:
            return value
