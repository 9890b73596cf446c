"""`tabs` and `registers`: which registers a desk has, where each one stands, what its columns and choices are called."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from toolkit.registers.schema import Type
from toolkit.settings.among import among, entries, items, keys_among, mistake, values_among, word_at
from toolkit.settings.faults import Mistake, unknown_key_text
from toolkit.settings.fields import Listed
from toolkit.settings.form_base import Form
from toolkit.settings.names import CHOICE_KEY, KEY, Names
from toolkit.settings.yaml_source import Way


class RegisterForm(Form):
    book: str | None = None
    tab: str | None = None
    also: Listed = ()
    aliases: dict[str, Listed] = Field(default_factory=dict)
    choices: dict[str, dict[str, Listed]] = Field(default_factory=dict)


def misnamed_tabs(names: Names) -> Iterator[Mistake]:
    """Names that `tabs` gets wrong."""
    for i, node in items(names.tree.child("tabs"), ("tabs",)):
        yield from values_among(node, i, list(names.columns))


def misnamed_registers(names: Names) -> Iterator[Mistake]:
    """Names that `registers` gets wrong."""
    books = [word_at(book.child("name"), "") for _, book in items(names.tree.child("books"), ())]
    for name, node in entries(names.tree.child("registers")):
        way: Way = ("registers", name)
        if name not in names.columns:
            yield mistake(node, way, unknown_key_text(name, names.columns))
            continue
        yield from among(node, way, "book", books)
        yield from keys_among(node.child("aliases"), (*way, "aliases"), names.columns[name])
        choices = node.child("choices")
        yield from keys_among(choices, (*way, "choices"), names.keys(name, [Type.CHOICE]))
        for column, labels in entries(choices):
            for key, label in entries(labels):
                if not KEY.fullmatch(key):
                    yield mistake(label, (*way, "choices", column, key), CHOICE_KEY)
