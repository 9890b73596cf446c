"""What names a configuration can use: registers, columns, choices, roles; and the words for one that there is not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from toolkit.registers.every import REGISTERS
from toolkit.registers.schema import Column, Type, Writer
from toolkit.rules.policy import NO, YES
from toolkit.settings.among import entries, keys_among, mistake, values_among, word_at
from toolkit.settings.faults import Mistake, unknown_key_text
from toolkit.settings.layers import is_off
from toolkit.settings.yaml_source import Node, Way

TO_OTHERS = ("customer", "vendor", "supplier", "staff")
TO_COLLEAGUES = ("owner", "manager", "head", "caller", "store")
"""Whom a letter may go to; `role:dispatcher` names a role of the staff register besides."""
MOMENTS = (Type.DATE, Type.DATETIME)
REASONS: Way = ("returns", "reasons")
KEY = re.compile(r"[a-z0-9]+([_-][A-Za-z0-9]+)*")
CHOICE_KEY = "a choice has a key of small Latin letters, digits and _, its labels follow, e.g. door: [门]"
_COUNTED = (Type.NUMBER, Type.MONEY)
_WORDS = (Type.TEXT, Type.ID, Type.PERSON)


class Names:
    """`tree` is preset and file in one, `said` the file alone. Values of a wrong shape are passed over: the form complains
    of them.
    """

    def __init__(self, tree: Node, said: Node, preset: Node) -> None:
        self.tree = tree
        self.said = said
        self.preset = preset

    @cached_property
    def columns(self) -> dict[str, dict[str, Column]]:
        """Columns of each register, with the questions as columns of the surveys."""
        found = {one.name: dict(one.by_key) for one in REGISTERS}
        for _, questionnaire in entries(self.tree.child("questionnaires")):
            for key, question in entries(questionnaire.child("questions")):
                answers = tuple(answer for answer, _ in entries(question.child("stars")))
                column = Column(key, Type.CHOICE if answers else Type.YES_NO, choices=answers)
                found["surveys"].setdefault(key, column)
        return found

    def choices(self, register: str, column: str) -> tuple[str, ...]:
        """The keys of a column's choices, those that the configuration adds with them."""
        added = self.tree.find(("registers", register, "choices", column))
        known = self.columns[register][column].choices
        if (register, column) == ("returns", "reason"):
            known = (*known, *(key for key, _ in entries(self.tree.find(REASONS)) if key not in known))
        return (*known, *(key for key, _ in entries(added) if key not in known))

    def keys(self, register: str, types: Sequence[Type]) -> list[str]:
        """The columns of some types that people fill in."""
        columns = self.columns.get(register, {}).values()
        return [one.key for one in columns if one.type in types and one.written_by is not Writer.TOOLKIT]

    def staff(self, register: str) -> list[str]:
        """The columns that are the staff's own."""
        return [one.key for one in self.columns[register].values() if one.written_by is Writer.STAFF]

    def roles(self) -> tuple[str, ...]:
        """The roles of the staff register, as recipients."""
        return tuple(f"role:{one}" for one in self.choices("staff", "role"))

    def whom(self, notice: str) -> tuple[str, ...]:
        """Whom a letter may be sent to: a colleague's letter to any colleague, any other to those whom it is written for."""
        if notice == "callback-list":
            return ("caller", *self.roles())  # whoever has the role gets the whole list
        own = word_at(self.preset.find(("notices", notice, "to")), "")
        is_colleague = own in TO_COLLEAGUES or own.startswith("role:")
        return (*TO_COLLEAGUES, *self.roles()) if is_colleague else (own,) if own else TO_OTHERS

    def entries_of(self, section: str, known: Iterable[str]) -> Iterator[Mistake]:
        """Entries of the file, switched off or not, must be known ones."""
        yield from keys_among(self.said.child(section), (section,), known)

    def off(self, section: str, known: Sequence[str]) -> Iterator[Mistake]:
        """What the file switches off must be there."""
        for key, node in entries(self.said.child(section)):
            if is_off(node) and key not in known:
                yield mistake(node, (section, key), unknown_key_text(key, known))

    def when(self, node: Node, way: Way, register: str) -> Iterator[Mistake]:
        """A condition goes by columns that staff fill in, and by values that these may have."""
        for column, values in entries(node.child("when")):
            here: Way = (*way, "when", column)
            usable = self.keys(register, (Type.CHOICE, *_WORDS, *_COUNTED, Type.YES_NO))
            if column not in usable:
                is_there = column in self.columns[register]
                text = (
                    "conditions go by columns of choices, text, numbers or yes and no, which staff fill in"
                    if is_there
                    else unknown_key_text(column, usable)
                )
                yield mistake(values, here, text)
            elif self.columns[register][column].type is Type.CHOICE:
                yield from values_among(values, here, self.choices(register, column))
            elif self.columns[register][column].type is Type.YES_NO:
                yield from values_among(values, here, (YES, NO))
