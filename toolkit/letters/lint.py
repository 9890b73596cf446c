"""Whether the letters hold: every name exists, every branch can be written, each channel has its words. Pure.

A template is read (which names, on which line) and then written with the sample rows many times: whole, with all blank
that may be blank, with each value blank in turn, and with each constant that a condition asks for.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from toolkit.letters.faults import LetterError
from toolkit.letters.library import Library
from toolkit.letters.naming import Use
from toolkit.letters.sample import ALWAYS, known, sample, sparse, sure, without
from toolkit.letters.slots import SUBJECT_LIMIT
from toolkit.letters.sms import sms_parts

MOST_PARTS = 2  # of an SMS ° with the sample row; a real name or address may make it longer
MOST_LATIN_PARTS = 3  # ° in China Latin letters count as much as Chinese ones, and say less
# Subjects that mainland carriers refuse in an SMS, whatever it says of them.
_REFUSED = re.compile(r"问卷|调查|满意度|好评|装修|建材|家具|家私|回复.{0,3}确认|优惠|促销")
_REFUSED_SIGNS = re.compile(r"[【】★☆✓✔¥￥]")
_LINK = re.compile(r"https?:|www\.|\b[\w-]+\.(?:com|cn|net|example)\b", re.IGNORECASE)
# What Jinja or Markdown leaves where it was not understood.
_LEFT_OVER = re.compile(
    r"\{\{|\}\}|\{%|%\}|\{#|(?<!\*)\*\*(?!\*)|(?<![\w*])\*{4}(?![\w*])|\]\(|^#+ |^\||\bNone\b|\bUndefined\b",
    re.MULTILINE,
)


class Subject(NamedTuple):
    """One notice as the configuration has it."""

    name: str
    register: str
    to: str
    channels: Sequence[str]


class Fault(NamedTuple):
    """One thing that is wrong with a template."""

    problem: str
    notice: str
    locale: str
    file: Path | None = None
    line: int | None = None

    def __str__(self) -> str:
        """`templates/zh-CN/received.md:12: unknown name 'ticket.produkt'`."""
        place = f"{self.file or f'{self.locale}/{self.notice}.md'}{f':{self.line}' if self.line else ''}"
        return f"{place}: {self.problem}"


def lint(library: Library, subjects: Iterable[Subject], *, mainland: bool) -> Iterator[Fault]:
    """Every fault of these notices in one locale. `mainland`: SMS count and read as Chinese carriers do."""
    for subject in subjects:
        yield from lint_one(library, subject, mainland=mainland)


def lint_one(library: Library, subject: Subject, *, mainland: bool) -> Iterator[Fault]:
    """Every fault of one notice."""
    checker = _Checker(library, subject, mainland=mainland)
    try:
        yield from checker.faults()
    except LetterError as error:
        file = error.file or library.source(subject.name)
        yield Fault(error.problem, subject.name, library.locale, file, error.line)


class _Checker:
    """One notice in one locale."""

    def __init__(self, library: Library, subject: Subject, *, mainland: bool) -> None:
        self.library, self.subject, self.mainland = library, subject, mainland
        self.values = sample(subject.name, subject.register, subject.to, library.locale)

    def faults(self) -> Iterator[Fault]:
        """Names first: where one is wrong, nothing can be written."""
        uses = self.library.uses(self.subject.name)
        unknown = list(self._unknown(uses))
        yield from unknown
        yield from self._blocks()
        if unknown:
            return
        yield from self._written(uses)

    def _fault(self, problem: str, line: int | None = None, file: Path | None = None) -> Fault:
        source = file or self.library.source(self.subject.name)
        return Fault(problem, self.subject.name, self.library.locale, source, line)

    def _unknown(self, uses: Iterable[Use]) -> Iterator[Fault]:
        """Names that no letter of this kind is told."""
        told = {*ALWAYS, *known(self.subject.name, self.subject.register)}
        for use in dict.fromkeys(uses):
            root, _, column = use.name.partition(".")
            row = self.values.get(root)
            if root not in told:
                problem = _no_such(root, told)
            elif column and isinstance(row, Mapping) and column not in row:
                problem = _no_such(column, row, f"{root}.")
            else:
                continue
            yield self._fault(problem, use.line, use.file)

    def _blocks(self) -> Iterator[Fault]:
        """Subject and text always; an SMS where one may be sent. A chat line is made of the body where there is none."""
        there = self.library.blocks(self.subject.name)
        wanted = ["subject", "body", *(["sms"] if "sms" in self.subject.channels else [])]
        for block in wanted:
            if block not in there:
                yield self._fault(
                    f"the block '{block}' is missing" + (", and the letter may go by SMS" * (block == "sms"))
                )

    def _written(self, uses: Iterable[Use]) -> Iterator[Fault]:
        """Written with the sample and its variants: each must be possible, and what comes out must be clean."""
        seen: set[str] = set()
        for values in variants(self.subject.name, self.values, uses):
            try:
                texts = self.library.texts(self.subject.name, values)
            except LetterError as error:
                found = [self._fault(error.problem, error.line, error.file)]
            else:
                found = list(self._unclean(texts))
            for fault in found:
                if fault.problem not in seen:
                    seen.add(fault.problem)
                    yield fault
        if not seen and "body" in self.library.blocks(self.subject.name):
            self.library.render(self.subject.name, "email", self.values)  # layout and footer too
            yield from self._sms()

    def _unclean(self, texts: Mapping[str, str]) -> Iterator[Fault]:
        subject = texts.get("subject", "")
        if "\n" in subject.strip():
            yield self._fault("the subject is more than one line")
        if "subject" in texts and not subject:
            yield self._fault("the subject is empty")
        if len(subject) > SUBJECT_LIMIT:
            yield self._fault(f"the subject is longer than {SUBJECT_LIMIT} characters")
        for block, text in texts.items():
            left = _LEFT_OVER.search(text)
            if left:
                line = text[text.rfind("\n", 0, left.start()) + 1 :].partition("\n")[0]
                yield self._fault(f"'{left[0].strip()}' is left in the block '{block}': {line.strip()[:60]}")

    def _sms(self) -> Iterator[Fault]:
        if "sms" not in self.subject.channels or "sms" not in self.library.blocks(self.subject.name):
            return
        text = self.library.render(self.subject.name, "sms", self.values).text
        size = sms_parts(text, mainland=self.mainland)
        most = MOST_LATIN_PARTS if self.mainland and not self.library.locale.startswith("zh") else MOST_PARTS
        if size.parts > most:
            yield self._fault(f"the SMS has {size.length} characters, {size.parts} parts; at most {most}")
        for pattern, what in ((_LINK, "a link"), (_REFUSED_SIGNS, "a sign"), (_REFUSED, "a subject")):
            found = pattern.search(text)
            if found:
                yield self._fault(f"the SMS has {what} that carriers refuse: {found[0]}")


def _no_such(name: str, there: Iterable[str], of: str = "") -> str:
    """The nearest name that exists, or all of them."""
    near = difflib.get_close_matches(name, list(there), n=1)
    rest = f", did you mean '{of}{near[0]}'?" if near else f"; there are {', '.join(sorted(there))}"
    return f"unknown name '{of}{name}'{rest}"


def variants(notice: str, values: Mapping[str, Any], uses: Iterable[Use]) -> Iterator[dict[str, Any]]:
    """The sample whole, with only what is sure, with each named value blank, and with each value that is asked for."""
    keep = sure(notice)
    yield dict(values)
    yield sparse(values, keep)
    for name, asked in {use.name: use.compared for use in uses}.items():
        root, _, column = name.partition(".")
        if root in ALWAYS or (not column and isinstance(values.get(root), Mapping) and root != "vendor"):
            continue
        if name not in keep:
            yield without(values, name)
        for constant in asked:
            row = values.get(root)
            if column and isinstance(row, Mapping):
                yield {**values, root: {**row, column: constant}}
            elif not column:
                yield {**values, name: constant}
