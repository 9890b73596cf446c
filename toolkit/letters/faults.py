"""What is wrong with a template, and where: a value that stops one letter and nothing else."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from jinja2 import StrictUndefined, Template, TemplateNotFound, TemplateSyntaxError


class LetterError(Exception):
    """One letter cannot be rendered. `file` and `line` say where, `what` names the row, `problem` says why."""

    def __init__(self, problem: str, *, file: Path | None = None, line: int | None = None, what: str = "") -> None:
        self.problem = problem
        self.file = file
        self.line = line
        self.what = what
        super().__init__(problem)

    def __str__(self) -> str:
        """`received.md:12: unknown name 'tikcet' (AS-20261122-0007)`."""
        place = f"{self.file or 'template'}{f':{self.line}' if self.line else ''}"
        return f"{place}: {self.problem}{f' ({self.what})' if self.what else ''}"


class UnknownName(StrictUndefined):
    """A name that the values lack: said in words that name the nearest one that exists."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return self._undefined_hint
        owner = self._undefined_obj
        if not isinstance(owner, Mapping):
            return f"unknown name '{self._undefined_name}'"
        near = difflib.get_close_matches(str(self._undefined_name), [str(key) for key in owner], n=1)
        return f"unknown name '{self._undefined_name}'" + (f", did you mean '{near[0]}'?" if near else "")


def letter_error(fault: Exception, file: Path | None, what: str) -> LetterError:
    """The fault with its place: the innermost template line that was being read or carried out."""
    match fault:
        case LetterError():
            return fault
        case TemplateSyntaxError():
            name = Path(fault.filename) if fault.filename else file
            return LetterError(f"cannot be read: {fault.message}", file=name, line=fault.lineno, what=what)
        case TemplateNotFound():
            seen, line = _where(fault.__traceback__)
            return LetterError(f"there is no template '{fault.name}'", file=seen or file, line=line, what=what)
        case UnicodeDecodeError():
            return LetterError("is not UTF-8 text", file=file, what=what)
        case _:
            seen, line = _where(fault.__traceback__)
            return LetterError(str(fault) or type(fault).__name__, file=seen or file, line=line, what=what)


def _where(trace: TracebackType | None) -> tuple[Path | None, int | None]:
    """File and line of the innermost template frame. Jinja leaves its mark in each compiled template's globals."""
    file: Path | None = None
    line: int | None = None
    while trace is not None:
        template = trace.tb_frame.f_globals.get("__jinja_template__")
        if isinstance(template, Template):
            file = Path(template.filename) if template.filename else None
            line = template.get_corresponding_lineno(trace.tb_lineno)
        trace = trace.tb_next
    return file, line
