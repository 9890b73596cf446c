"""The `policies` tab laid over the policies of config.yaml. A row with a mistake changes nothing, and says so at its cell."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NoReturn

from pydantic_core import PydanticCustomError

from toolkit.core.finding import Finding
from toolkit.core.reason import because
from toolkit.core.words import LOCALES, texts
from toolkit.registers.every import REGISTERS
from toolkit.registers.fold import fold
from toolkit.registers.schema import Column, Fault, Register, Type, Writer
from toolkit.registers.table import Table
from toolkit.rules.policy import NO, YES, Policy, Rung, When, in_order, number_word
from toolkit.rules.worktime.ends import End
from toolkit.settings.fields import read_share, read_target
from toolkit.settings.lexicons import lexicon_of
from toolkit.settings.model import Settings
from toolkit.settings.names import TO_COLLEAGUES

_ID = re.compile(r"[A-Za-z]+-\d+(\.[a-z_]+)?")
_LIST = re.compile(r"[,，、;；]")
_SIGN = re.compile(r"[=＝:：]")
_AFTER = r"(?P<after>end of (?:day|shift)|[\d.]+\s*[a-z]+)"
_RUNGS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (_AFTER + r"\s*(?:→|->|:|：|\s)\s*(?P<to>.+)", r"(?P<to>.+?)\s+after\s+" + _AFTER)
)
_MOMENTS = (Type.DATE, Type.DATETIME)
_MAY_DECIDE = (Type.CHOICE, Type.TEXT, Type.ID, Type.PERSON, Type.NUMBER, Type.MONEY, Type.YES_NO)


def with_policies(settings: Settings, tables: Iterable[Table]) -> tuple[Settings, tuple[Finding, ...]]:
    """The settings with what the tab says, and what is wrong in it. Without rows the very settings."""
    rows = [(table, row) for table in tables if table.register.name == "policies" for row in table.rows]
    if not rows:
        return settings, ()
    known, faults, added = {one.id: one for one in settings.policies}, [], {}
    reader = _Reader(settings)
    for table, row in rows:
        if row.id is None or row.has_fault:
            continue
        try:
            made = None if row.active is False else reader.policy(row, known.get(row.id))
        except _Mistake as mistake:
            faults.append(table.finding(row, mistake.fault))
            continue
        gone = [key for key in known if row.id in (key, key.partition(".")[0])] if made is None else []
        for key in gone:
            known.pop(key)
        if made is not None and made.id in known:
            known[made.id] = made
        elif made is not None:
            added[made.id] = made
    policies = in_order([*added.values(), *known.values()])  # new ones govern first, as those of config.yaml do
    return dataclasses.replace(settings, policies=policies), tuple(faults)


class _Mistake(Exception):  # noqa: N818  it never leaves this file
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault = fault


def _wrong(column: str, found: str, allowed: Iterable[str]) -> NoReturn:
    names = tuple(dict.fromkeys(allowed))
    raise _Mistake(Fault("not-a-choice", column, because("fault.policy-word", found=found, allowed=names)))


class _Reader:
    """Reads rows in the words of the sheet, of either locale, or in the keys of config.yaml."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lexicons = tuple(lexicon_of(settings, one) for one in (settings.locale, *LOCALES))

    def policy(self, row: Any, known: Policy | None) -> Policy:
        """The policy of a row, over the one of the same name."""
        if known is None and not _ID.fullmatch(row.id):
            _wrong("id", row.id, ("P-99", "P-99.reply"))
        register = self._register(row, known)
        clocks = {word: key for key in register.clocks for word in self._clock_names(key)}
        moments = self._columns(register, _MOMENTS)
        said: dict[str, Any] = {"register": register.name}
        if self._has(row, "clock", known):
            said["clock"] = self._word("clock", row.clock, clocks, register.clocks)
        clock = said.get("clock", known.clock if known is not None else "")
        if self._has(row, "start", known):
            said["starts"] = tuple(self._word("start", one, moments, moments.values()) for one in _split(row.start))
        if self._has(row, "stop", known):
            stops = {**moments, **({"called_at": "called_at"} if clock == "callback" else {})}
            said["stops"] = self._word("stop", row.stop, stops, stops.values())
        if self._has(row, "target", known):
            said |= self._target(row.target)
        if row.when is not None:
            said["when"] = self._when(register, row.when)
        if row.pause_on is not None:
            statuses = self._choices(register, register.by_key["status"]) if "status" in register.by_key else {}
            said["pause_on"] = tuple(
                self._word("pause_on", one, statuses, statuses.values()) for one in _split(row.pause_on)
            )
        if row.warn is not None:
            said["warn_share"] = _read(read_share, "warn", row.warn)
        if row.ladder is not None:
            said["ladder"] = tuple(self._rung(one) for one in _split(row.ladder))
        return dataclasses.replace(known, **said) if known is not None else Policy(id=row.id, **said)

    def _has(self, row: Any, column: str, known: Policy | None) -> bool:
        """Whether a cell says something; a new policy must say what it is."""
        if row.get(column) is None and known is None:
            raise _Mistake(Fault("required", column, because("fault.required")))
        return row.get(column) is not None

    def _register(self, row: Any, known: Policy | None) -> Register:
        here = {one.name: one for one in REGISTERS if one.clocks}
        if row.register is None:
            return here[known.register if known is not None else "tickets"]
        names = {fold(word): key for key in here for each in self._lexicons for word in (key, *each.tabs(key))}
        return here[self._word("register", row.register, names, here)]

    def _clock_names(self, clock: str) -> Iterator[str]:
        yield from (fold(clock), *(fold(texts(one)[f"step.{clock}"]) for one in LOCALES))

    def _columns(self, register: Register, types: tuple[Type, ...]) -> Mapping[str, str]:
        """Folded name -> key, of the columns that people fill in."""
        usable = [one for one in register.columns if one.type in types and one.written_by is not Writer.TOOLKIT]
        return {
            fold(word): one.key
            for one in usable
            for each in self._lexicons
            for word in (one.key, *each.column_names(register.name, one.key))
        }

    def _choices(self, register: Register, column: Column) -> Mapping[str, str]:
        return {word: key for each in self._lexicons for word, key in each.choices(register.name, column).items()}

    def _word(self, column: str, found: str, words: Mapping[str, str], allowed: Iterable[str]) -> str:
        key = words.get(fold(found))
        return key if key is not None else _wrong(column, found, allowed)

    def _target(self, text: str) -> dict[str, Any]:
        target = _read(read_target, "target", text)
        if isinstance(target, End):
            return {"end": target, "target": None, "lead": None}
        return {"target": target, "end": None, "lead": None}

    def _when(self, register: Register, text: str) -> When:
        """`kind = complaint, return; urgency = urgent`, also as config.yaml has it: `{kind: [complaint, return], urgency: urgent}`."""
        columns = self._columns(register, _MAY_DECIDE)
        found: dict[str, tuple[str, ...]] = {}
        key = ""
        for part in _split(text):
            name, *values = (one.strip() for one in _SIGN.split(part, maxsplit=1))
            if values:
                key = self._word("when", name, columns, columns.values())
            elif not key:
                _wrong("when", part, ("kind = complaint; urgency = urgent",))
            for value in filter(None, values or [part]):
                found[key] = (*found.get(key, ()), self._value(register, register.by_key[key], value))
        if not found:
            _wrong("when", text, ("kind = complaint; urgency = urgent",))
        return found

    def _value(self, register: Register, column: Column, text: str) -> str:
        if column.type is Type.CHOICE:
            choices = self._choices(register, column)
            return self._word("when", text, choices, choices.values())
        if column.type is Type.YES_NO:
            return self._word("when", text, _BOXES, (YES, NO))
        if column.type in (Type.NUMBER, Type.MONEY):
            try:
                return number_word(float(text))
            except ValueError:
                _wrong("when", text, ("2", "1.5"))
        return text

    def _rung(self, text: str) -> Rung:
        """`4bh manager`, `end of day: head`, `manager after 4bh`."""
        match = next((found for form in _RUNGS if (found := form.fullmatch(text))), None)
        if match is None:
            _wrong("ladder", text, ("4bh manager", "end of day head"))
        roles = self._choices(_STAFF, _STAFF.by_key["role"])
        whom = {fold(one): one for one in TO_COLLEAGUES}
        whom |= {
            fold(texts(one)[f"level-of.{to}"]): to
            for one in LOCALES
            for to in ("owner", "store", "caller", "manager", "head")
        }
        whom |= {f"role:{word}": f"role:{key}" for word, key in roles.items()}
        after = _read(read_target, "ladder", match["after"])
        return Rung(after, self._word("ladder", match["to"], whom, TO_COLLEAGUES))


def _read(how: Any, column: str, text: str) -> Any:
    try:
        return how(text)
    except PydanticCustomError:
        _wrong(column, text, _EXAMPLES[column])


def _split(text: str) -> list[str]:
    """The parts of a list, with or without the brackets that config.yaml has around it."""
    return [part.strip() for part in _LIST.split(text.translate(_NO_BRACKETS)) if part.strip()]


_NO_BRACKETS = str.maketrans(dict.fromkeys("{}[]"))
_EXAMPLES = {"target": ("24h", "2bh", "3bd", "end of shift"), "warn": ("80%", "off"), "ladder": ("4bh manager",)}
_BOXES = {
    fold(word): key for key, words in ((YES, ("yes", "是", "y", "√")), (NO, ("no", "否", "n", "×"))) for word in words
}
_STAFF = next(one for one in REGISTERS if one.name == "staff")
