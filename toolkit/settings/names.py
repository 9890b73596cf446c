"""Whether the names in a configuration exist: registers, columns, choices, clocks, letters, jobs, books."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, partial

from toolkit.core.words import LOCALES
from toolkit.registers.every import REGISTERS
from toolkit.registers.schema import Column, Type, Writer
from toolkit.rules.policy import NO, YES
from toolkit.settings.among import among, entries, items, keys_among, mistake, values_among, word_at
from toolkit.settings.faults import Mistake, nearest, shown_text, unknown_key_text
from toolkit.settings.layers import is_off
from toolkit.settings.names_imports import misnamed_columns
from toolkit.settings.yaml_source import Node, Way

CLOCKS = {one.name: tuple(one.clocks) for one in REGISTERS if one.clocks}
"""The clocks that each register has; the due cell of `response` is response_due, `promise` warns of promised_by."""
JOBS = (
    "run",
    "tickets",
    "callbacks",
    "returns",
    "orders",
    "maintenance",
    "suppliers",
    "staff",
    "chores",
    "digest",
    "report",
)
"""What a schedule may name: a run of every job, or one job (60, 9)."""
NEEDED = ("tickets", "vendors", "surveys", "staff", "holidays", "contacts_opt_out", "messages")
"""The registers of every desk; the others are there where `tabs` or `registers` names them."""

TO_OTHERS = ("customer", "vendor", "supplier", "staff")
TO_COLLEAGUES = ("owner", "manager", "head", "caller", "store")
"""Whom a letter may go to; `role:dispatcher` names a role of the staff register besides."""

_COUNTED = (Type.NUMBER, Type.MONEY)
DISPATCHED = "dispatched"
"""What starts the clock of a vendor's answer: the run that first saw the job with the vendor."""
_MOMENTS = (Type.DATE, Type.DATETIME)
_WORDS = (Type.TEXT, Type.ID, Type.PERSON)
_POLICY_ID = re.compile(r"[A-Z]+-\d+(\.[a-z_]+)?")
_CHOICE_KEY = "a choice has a key of small Latin letters, digits and _, its labels follow, e.g. door: [门]"
_QUESTION_KEY = "a question has a key of small Latin letters, digits and _; its words go under label"
_REASON_LABEL = "a reason of your own has a class and a label, e.g. {class: quality, label: {zh-CN: 虫蛀, en: Moths}}"
_REASON_CLASS = "a reason has a class, which says who pays the return freight: name it under returns.reasons"
REASONS: Way = ("returns", "reasons")
_KEY = re.compile(r"[a-z0-9]+([_-][A-Za-z0-9]+)*")


def misnamed(tree: Node, said: Node, preset: Node) -> list[Mistake]:
    """Every name in a tree (preset and file in one) that does not exist. `said` is the file alone."""
    names = _Names(tree, said, preset)
    return list(names.mistakes())


class _Names:
    """Walks the sections. Values of a wrong shape are passed over: the form complains of them."""

    def __init__(self, tree: Node, said: Node, preset: Node) -> None:
        self._tree = tree
        self._said = said
        self._preset = preset

    def mistakes(self) -> Iterator[Mistake]:
        yield from self._tabs()
        yield from self._registers()
        yield from self._suppliers()
        yield from self._figures()
        yield from keys_among(self._tree.find(("maintenance", "kinds")), ("maintenance", "kinds"), self._upkeep())
        yield from keys_among(self._tree.child("numbers"), ("numbers",), self._numbered())
        guides: Way = ("parts", "guides")
        yield from keys_among(self._tree.find(guides), guides, self._choices("tickets", "category"))
        yield from self._policies()
        yield from self._questionnaires()
        yield from self._warranty()
        yield from self._evidence()
        yield from self._triage()
        yield from self._dispatch()
        yield from self._notices()
        yield from self._returns()
        yield from self._sms()
        yield from self._known_entries("schedule", JOBS)
        yield from self._imports()
        yield from self._books()

    # What there is.

    @cached_property
    def _columns(self) -> dict[str, dict[str, Column]]:
        """Columns of each register, with the questions as columns of the surveys."""
        found = {one.name: dict(one.by_key) for one in REGISTERS}
        for _, questionnaire in entries(self._tree.child("questionnaires")):
            for key, question in entries(questionnaire.child("questions")):
                answers = tuple(answer for answer, _ in entries(question.child("stars")))
                column = Column(key, Type.CHOICE if answers else Type.YES_NO, choices=answers)
                found["surveys"].setdefault(key, column)
        return found

    def _choices(self, register: str, column: str) -> tuple[str, ...]:
        """The keys of a column's choices, those that the configuration adds with them."""
        added = self._tree.find(("registers", register, "choices", column))
        known = self._columns[register][column].choices
        if (register, column) == ("returns", "reason"):
            known = (*known, *(key for key, _ in entries(self._tree.find(REASONS)) if key not in known))
        return (*known, *(key for key, _ in entries(added) if key not in known))

    def _keys(self, register: str, types: Sequence[Type]) -> list[str]:
        """The columns of some types that people fill in."""
        columns = self._columns.get(register, {}).values()
        return [one.key for one in columns if one.type in types and one.written_by is not Writer.TOOLKIT]

    def _staff(self, register: str) -> list[str]:
        """The columns that are the staff's own."""
        return [one.key for one in self._columns[register].values() if one.written_by is Writer.STAFF]

    def _numbered(self) -> list[str]:
        """The registers whose rows the toolkit numbers."""
        return [one.name for one in REGISTERS if one.by_key[one.key[0]].written_by is Writer.FILL]

    def _upkeep(self) -> tuple[str, ...]:
        """The kinds of maintenance visits: those that a contract says yes or no to."""
        return tuple(one.key for one in self._columns["contracts"].values() if one.type is Type.YES_NO)

    def _roles(self) -> tuple[str, ...]:
        """The roles of the staff register, as recipients."""
        return tuple(f"role:{one}" for one in self._choices("staff", "role"))

    def _whom(self, notice: str) -> tuple[str, ...]:
        """Whom a letter may be sent to: a colleague's letter to any colleague, any other to those whom it is written for."""
        if notice == "callback-list":
            return ("caller", *self._roles())  # whoever has the role gets the whole list
        own = word_at(self._preset.find(("notices", notice, "to")), "")
        is_colleague = own in TO_COLLEAGUES or own.startswith("role:")
        return (*TO_COLLEAGUES, *self._roles()) if is_colleague else (own,) if own else TO_OTHERS

    # The sections, in the order of the file.

    def _tabs(self) -> Iterator[Mistake]:
        for i, node in items(self._tree.child("tabs"), ("tabs",)):
            yield from values_among(node, i, list(self._columns))

    def _registers(self) -> Iterator[Mistake]:
        books = [word_at(book.child("name"), "") for _, book in items(self._tree.child("books"), ())]
        for name, node in entries(self._tree.child("registers")):
            way: Way = ("registers", name)
            if name not in self._columns:
                yield mistake(node, way, unknown_key_text(name, self._columns))
                continue
            yield from among(node, way, "book", books)
            yield from keys_among(node.child("aliases"), (*way, "aliases"), self._columns[name])
            choices = node.child("choices")
            yield from keys_among(choices, (*way, "choices"), self._keys(name, [Type.CHOICE]))
            for column, labels in entries(choices):
                for key, label in entries(labels):
                    if not _KEY.fullmatch(key):
                        yield mistake(label, (*way, "choices", column, key), _CHOICE_KEY)

    def _policies(self) -> Iterator[Mistake]:
        known = [key for key, _ in entries(self._preset.child("policies"))]
        yield from self._off("policies", list(dict.fromkeys([*known, *(key.partition(".")[0] for key in known)])))
        for key, node in entries(self._tree.child("policies")):
            way: Way = ("policies", key)
            if key not in known and (not _POLICY_ID.fullmatch(key) or node.child("clock") is None):
                yield mistake(node, way, _unknown_policy(key, known))
            if not isinstance(node.value, dict):
                continue
            register = word_at(node.child("register"), "tickets")
            yield from among(node, way, "register", CLOCKS)
            if register not in CLOCKS:
                continue
            moments = self._keys(register, _MOMENTS)
            yield from among(node, way, "clock", CLOCKS[register])
            # A vendor is asked when the row shows it, which is no cell of its own.
            is_reply = word_at(node.child("clock"), "") == "reply"
            yield from among(node, way, "start", [*([DISPATCHED] if is_reply else []), *moments])
            # A call-back is made by a row of the surveys register, so its clock may stop there.
            is_callback = word_at(node.child("clock"), "") == "callback"
            # An installation is entered as a ticket, so the clock of an order may stop there (P-12).
            is_entry = register == "orders" and word_at(node.child("clock"), "") == "entry"
            elsewhere = [*(["called_at"] if is_callback else []), *(["opened_at"] if is_entry else [])]
            yield from among(node, way, "stop", [*elsewhere, *moments])
            yield from self._when(node, way, register)
            for here, rung in items(node.child("ladder"), (*way, "ladder")):
                yield from among(rung, here, "to", (*TO_COLLEAGUES, *self._roles()))
            yield from among(node, way, "asks", self._staff(register))
            has_status = "status" in self._columns[register]
            yield from among(node, way, "pause_on", self._choices(register, "status") if has_status else ())

    def _questionnaires(self) -> Iterator[Mistake]:
        yield from self._off("questionnaires", [key for key, _ in entries(self._preset.child("questionnaires"))])
        surveys = next(one for one in REGISTERS if one.name == "surveys")
        for name, node in entries(self._tree.child("questionnaires")):
            way: Way = ("questionnaires", name)
            yield from self._when(node, way, "tickets")
            for key, question in entries(node.child("questions")):
                here: Way = (*way, "questions", key)
                column = surveys.by_key.get(key)
                if column and (column.type not in {Type.CHOICE, Type.YES_NO} or column.written_by is Writer.TOOLKIT):
                    yield mistake(
                        question,
                        here,
                        f"{key} is already a column of the surveys register, and no question; take another key",
                    )
                elif column and column.choices:
                    yield from keys_among(question.child("stars"), (*here, "stars"), self._choices("surveys", key))
                elif not _KEY.fullmatch(key):
                    yield mistake(question, here, _QUESTION_KEY)

    def _warranty(self) -> Iterator[Mistake]:
        warranty = self._tree.child("warranty")
        if warranty is None:
            return
        yield from among(warranty, ("warranty",), "asks_of", self._choices("tickets", "kind"))
        for i, term in items(warranty.child("terms"), ()):
            way: Way = ("warranty", "terms", *i)
            yield from among(term, way, "start", self._keys("tickets", _MOMENTS))
            yield from self._when(term, way, "tickets")
        for i, covers in items(warranty.child("covers"), ()):
            here: Way = ("warranty", "covers", *i)
            yield from among(covers, here, "category", self._choices("tickets", "category"))
            yield from among(covers, here, "faults", self._choices("tickets", "fault"))
        yield from keys_among(
            warranty.child("not_covered"), ("warranty", "not_covered"), self._choices("tickets", "cause")
        )

    def _evidence(self) -> Iterator[Mistake]:
        for i, node in items(self._tree.child("evidence"), ()):
            way: Way = ("evidence", *i)
            yield from self._when(node, way, "tickets")
            yield from among(node, way, "columns", self._staff("tickets"))

    def _triage(self) -> Iterator[Mistake]:
        triage = self._tree.child("triage")
        if triage is None:
            return
        levels, roles = self._choices("tickets", "level"), self._choices("staff", "role")
        yield from keys_among(triage.child("levels"), ("triage", "levels"), levels)
        for level, node in entries(triage.child("levels")):
            yield from among(node, ("triage", "levels", level), "role", roles)
        for section, key, allowed in (
            ("level_words", "level", levels),
            ("cause_words", "cause", self._choices("tickets", "cause")),
            ("routes", "department", self._choices("tickets", "department")),
            ("advice", "blank", tuple(self._staff("tickets"))),
        ):
            for i, node in items(triage.child(section), ()):
                way: Way = ("triage", section, *i)
                yield from among(node, way, key, allowed)
                yield from among(node, way, "role", roles)
                yield from self._when(node, way, "tickets")
        yield from keys_among(self._tree.child("care"), ("care",), self._choices("tickets", "category"))

    def _suppliers(self) -> Iterator[Mistake]:
        node = self._tree.child("suppliers")
        if node is not None:
            yield from self._when(node, ("suppliers",), "tickets")
            staff = [one.key for one in self._columns["tickets"].values() if one.written_by is Writer.STAFF]
            yield from among(node, ("suppliers",), "issue", staff)
            yield from keys_among(node.child("award"), ("suppliers", "award"), LOCALES)

    def _figures(self) -> Iterator[Mistake]:
        way: Way = ("figures", "faults")
        node = self._tree.find(way)
        if node is not None:
            yield from self._when(node, way, "tickets")

    def _dispatch(self) -> Iterator[Mistake]:
        dispatch, choices = self._tree.child("dispatch"), self._keys("tickets", [Type.CHOICE])
        if dispatch is None:
            return
        yield from among(dispatch, ("dispatch",), "statuses", self._choices("tickets", "status"))
        for columns in ("skill_columns", "bonus_columns"):
            yield from among(dispatch, ("dispatch",), columns, choices)
        for part in ("needed", "skills", "equipment"):
            for i, line in items(dispatch.child(part), ()):
                yield from self._when(line, ("dispatch", part, *i), "tickets")

    def _notices(self) -> Iterator[Mistake]:
        yield from self._known_entries("notices", [key for key, _ in entries(self._preset.child("notices"))])
        for name, node in entries(self._tree.child("notices")):
            way: Way = ("notices", name)
            register = word_at(node.child("register"), "tickets")
            yield from among(node, way, "register", self._columns)
            yield from among(node, way, "to", self._whom(name))
            if register in self._columns:
                yield from among(node, way, "cause", self._columns[register])
                yield from self._when(node, way, register)

    def _returns(self) -> Iterator[Mistake]:
        """A reason of one's own has a label; one that is a choice has a class."""
        known = next(one for one in REGISTERS if one.name == "returns").by_key["reason"].choices
        listed = self._tree.find(REASONS)
        for key, node in entries(listed):
            if not _KEY.fullmatch(key):
                yield mistake(node, (*REASONS, key), _CHOICE_KEY)
            elif key not in known and not entries(node.child("label")):
                yield mistake(node, (*REASONS, key), _REASON_LABEL)
        for key, node in entries(self._tree.find(("registers", "returns", "choices", "reason"))):
            if key not in [one for one, _ in entries(listed)]:
                yield mistake(node, ("registers", "returns", "choices", "reason", key), _REASON_CLASS)
        section = self._tree.child("returns")
        if section is not None:
            yield from among(section, ("returns",), "reason_order", [key for key, _ in entries(listed)])
            for name in ("large", "opened_to_see"):
                yield from among(section, ("returns",), name, self._choices("returns", "category"))

    def _sms(self) -> Iterator[Mistake]:
        """An approved text is for a letter that there is, one that is switched off too."""
        texts = self._tree.find(("channels", "sms", "templates"))
        yield from keys_among(
            texts, ("channels", "sms", "templates"), [key for key, _ in entries(self._preset.child("notices"))]
        )

    def _books(self) -> Iterator[Mistake]:
        seen: dict[str, int] = {}
        for i, book in items(self._tree.child("books"), ()):
            name = book.child("name")
            if name is None or not isinstance(name.value, str):
                continue
            if name.value in seen:
                yield mistake(
                    name,
                    ("books", *i, "name"),
                    f"found {shown_text(name.shown)}; book {seen[name.value] + 1} has this name already",
                )
            seen.setdefault(name.value, len(seen))

    def _imports(self) -> Iterator[Mistake]:
        for name, node in entries(self._tree.child("imports")):
            way: Way = ("imports", name)
            yield from among(node, way, "register", self._columns)
            register = word_at(node.child("register"), "")
            if register in self._columns:
                yield from misnamed_columns(node, way, self._columns[register], partial(self._choices, register))

    def _known_entries(self, section: str, known: Iterable[str]) -> Iterator[Mistake]:
        """Entries of the file, switched off or not, must be known ones."""
        yield from keys_among(self._said.child(section), (section,), known)

    def _off(self, section: str, known: Sequence[str]) -> Iterator[Mistake]:
        """What the file switches off must be there."""
        for key, node in entries(self._said.child(section)):
            if is_off(node) and key not in known:
                yield mistake(node, (section, key), unknown_key_text(key, known))

    def _when(self, node: Node, way: Way, register: str) -> Iterator[Mistake]:
        for column, values in entries(node.child("when")):
            here: Way = (*way, "when", column)
            usable = self._keys(register, (Type.CHOICE, *_WORDS, *_COUNTED, Type.YES_NO))
            if column not in usable:
                is_there = column in self._columns[register]
                text = (
                    "conditions go by columns of choices, text, numbers or yes and no, which staff fill in"
                    if is_there
                    else unknown_key_text(column, usable)
                )
                yield mistake(values, here, text)
            elif self._columns[register][column].type is Type.CHOICE:
                yield from values_among(values, here, self._choices(register, column))
            elif self._columns[register][column].type is Type.YES_NO:
                yield from values_among(values, here, (YES, NO))


def _unknown_policy(key: str, known: Sequence[str]) -> str:
    """What to say to a rule that is neither the preset's nor whole: its parts where the number has several, else what is near."""
    parts = [one for one in known if one.startswith(f"{key}.")]
    if parts:
        return f"the preset has this rule in parts; change the one that you mean: {', '.join(parts)}"
    near = nearest(re.sub(r"-(?=\d\b)", "-0", key), known)  # P-1 means P-01, not P-13
    meant = f'; did you mean "{near}"?' if near else ""
    return f"a policy of your own has a name such as P-99 or P-99.reply, and a clock, start and stop{meant}"
