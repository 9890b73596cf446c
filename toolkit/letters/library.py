"""The template library: finds a notice's one source file and renders it for a channel.

A source is Jinja2 in a sandbox, strict about names, with the blocks `subject`, `body` (Markdown), and where wanted
`sms`, `chat` and `tone` (calm, soon, late: the colour of the page). Plain text and HTML are made from the same body.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from jinja2 import (
    ChoiceLoader,
    DictLoader,
    FileSystemLoader,
    Template,
    TemplateError,
    TemplateSyntaxError,
    nodes,
    pass_context,
)
from jinja2.environment import Environment
from jinja2.sandbox import SandboxedEnvironment

from toolkit.core.link import OwnLink, parted
from toolkit.core.message import Letter, Values
from toolkit.letters import page, plain
from toolkit.letters.faults import LetterError, UnknownName, letter_error
from toolkit.letters.filters import filters, in_words
from toolkit.letters.markdown import tree
from toolkit.letters.naming import Use, uses
from toolkit.letters.slots import (
    SUBJECT_LIMIT,
    Slots,
    Written,
    clipped,
    in_chat,
    in_chat_text,
    in_sms,
    in_subject,
    in_text,
    in_variable,
    one_line,
    written,
)

if TYPE_CHECKING:
    from jinja2.runtime import Context

LAYOUT = "layout.html"
FOOTER = "_footer.md"
HELLO = "_hello.md"
_NOTHING = "nothing"
TONES = ("calm", "soon", "late")
# A template is somebody's program: what it does wrong is its fault, and stops its own letter only.
_TEMPLATE_FAULTS = (
    TemplateError, ArithmeticError, AttributeError, LookupError, OSError, RecursionError, TypeError, ValueError,
)  # fmt: skip
# Filters that make HTML: in a letter they would show as tags, and `safe` has no meaning here.
_UNFIT_FILTERS = ("safe", "escape", "e", "forceescape", "urlize", "xmlattr", "tojson", "striptags")


_BLANKS = re.compile(r" {2,}")
_HEADLINE = re.compile(r"(?m)^# ")
_slots: ContextVar[Slots] = ContextVar("slots")  # of the letter that is being rendered, in this thread
_greeted: ContextVar[bool] = ContextVar("greeted", default=False)  # whether the letter has said its hello by now


class _Sources(SandboxedEnvironment):
    """Reads the Markdown sources. Whatever a template puts out becomes a slot, unless a template wrote it."""

    concat = staticmethod(written)

    def __init__(self, folders: Sequence[Path], locale: str) -> None:
        @pass_context
        def keep_apart(context: Context, value: object) -> str:
            if isinstance(value, Written):
                return value
            # A link of our own stays one; words made of it would be anybody's.
            return _slots.get().put(value if isinstance(value, OwnLink) else in_words(context, value, locale))

        super().__init__(
            loader=ChoiceLoader(
                [
                    FileSystemLoader(folders, encoding="utf-8-sig"),  # Notepad writes a mark at the start
                    DictLoader({_NOTHING: ""}),
                ]
            ),
            undefined=UnknownName,
            finalize=keep_apart,
            autoescape=False,  # nothing to escape: data is kept in slots and escaped as it is put back
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,  # an include's last table row must not run into the next one
        )
        self.filters.update(filters(locale))
        for name in _UNFIT_FILTERS:
            self.filters.pop(name, None)

    def join_path(self, template: str, parent: str) -> str:
        """`{% include "_hello.md" %}` means the same locale's folder. A letter of several notices greets once."""
        if template == HELLO and _greeted.get():
            return _NOTHING
        return template if "/" in template else str(PurePosixPath(parent).with_name(template))


class Library:
    """The notices of one locale.

    `folders` are searched in order (a customer's own `templates/` before the packaged one), each with a folder for the
    locale and perhaps a `layout.html`. `standing` values are known to every letter: `company` (name, brand, hotline),
    `currency`, `timezone`.
    """

    def __init__(self, folders: Sequence[Path], locale: str, standing: Values) -> None:
        self.locale = locale
        self._folders = tuple(folders)
        self._standing = dict(standing)
        self._sources = _Sources(self._folders, locale)
        self._layouts = Environment(
            loader=FileSystemLoader(self._folders, encoding="utf-8-sig"), undefined=UnknownName, autoescape=True
        )

    def names(self) -> tuple[str, ...]:
        """Every notice that can be rendered."""
        files = (file for folder in self._folders for file in (folder / self.locale).glob("*.md"))
        return tuple(sorted({file.stem for file in files if not file.name.startswith("_")}))

    def source(self, notice: str) -> Path:
        """The file that `render` would use."""
        for folder in self._folders:
            file = folder / self.locale / f"{notice}.md"
            if file.is_file():
                return file
        raise LetterError(f"there is no template '{notice}' in {self.locale}")

    def blocks(self, notice: str) -> tuple[str, ...]:
        """The blocks of the notice, in the file's order."""
        return tuple(block.name for block in self._parsed(f"{notice}.md").find_all(nodes.Block))

    def variables(self, notice: str) -> frozenset[str]:
        """The names of values that the notice uses, its includes too: `rows`, `ticket.ticket_no`."""
        found = {use.name for use in self.uses(notice)}
        return frozenset(found - {name.partition(".")[0] for name in found if "." in name})

    def uses(self, notice: str) -> tuple[Use, ...]:
        """Every place where the notice, or a part that it includes, names a value."""
        try:
            return tuple(uses(f"{notice}.md", lambda name: (self._parsed(name), self.source(name.removesuffix(".md")))))
        except TemplateSyntaxError as fault:  # a filter or test that does not exist is only found in this walk
            raise LetterError(
                f"cannot be read: {fault.message}", file=self.source(notice), line=fault.lineno
            ) from fault

    def texts(self, notice: str, values: Values) -> dict[str, str]:
        """Every block of the notice as plain text, without layout and footer: quick, for looking through many variants."""
        file = self.source(notice)
        token = _slots.set(Slots())
        try:
            template = self._template(f"{notice}.md")
            given = {**self._standing, **values}
            writer = plain.PlainText(_slots.get())
            written_blocks = {name: self._block(template, name, given) for name in template.blocks}
            return {
                name: writer.whole(tree(text)) if name == "body" else _slots.get().fill(text, in_text).strip()
                for name, text in written_blocks.items()
            }
        except _TEMPLATE_FAULTS as fault:
            raise letter_error(fault, file, "") from fault
        finally:
            _slots.reset(token)

    def render(self, notice: str, channel: str, values: Values, *, what: str = "") -> Letter:
        """The letter for `email` (subject, plain, HTML), `sms` or `chat` (text alone).

        `what` names the row in a `LetterError`. A chat line that the template lacks is made of subject and body.
        """
        file = self.source(notice)
        token = _slots.set(Slots())
        try:
            return self._letter(f"{notice}.md", channel, {**self._standing, **values})
        except _TEMPLATE_FAULTS as fault:
            raise letter_error(fault, file, what) from fault
        except LetterError as fault:
            raise LetterError(fault.problem, file=fault.file or file, line=fault.line, what=what) from fault
        finally:
            _slots.reset(token)

    def render_together(self, notices: Sequence[tuple[str, Values]], *, what: str = "") -> Letter:
        """One mail for several notices to one person, the most important first: its subject and greeting, a section for
        each, one footer, the gravest colour.
        """
        token = _slots.set(Slots())
        bodies: list[str] = []
        tones: list[str] = []
        name = subject = ""
        try:
            for name, values in notices:
                given = {**self._standing, **values}
                template = self._template(f"{name}.md")
                greeted = _greeted.set(bool(bodies))
                try:
                    body = self._block(template, "body", given)
                finally:
                    _greeted.reset(greeted)
                subject = subject or self._subject(template, given)
                tones.append(self._tone(template, given))
                bodies.append(_HEADLINE.sub("## ", body) if bodies else body)
            values = {**self._standing, **notices[0][1]}
            return self._email(subject, "\n\n".join(bodies), max(tones, key=TONES.index), values)
        except _TEMPLATE_FAULTS as fault:
            raise letter_error(fault, self.source(name), what) from fault
        finally:
            _slots.reset(token)

    def value(self, expression: str, values: Values, *, what: str = "") -> str:
        """One value of an SMS by an expression of its own (`ticket.customer`, `{{ ticket.fee | money }}`), on one line,
        in the same sandbox as the letters.
        """
        source = expression if "{" in expression else f"{{{{ {expression} }}}}"
        token = _slots.set(Slots())
        try:
            template = self._sources.from_string(source)
            text = written(template.root_render_func(template.new_context({**self._standing, **values})))
            return one_line(_slots.get().fill(text, in_variable))
        except _TEMPLATE_FAULTS as fault:
            raise letter_error(fault, None, what) from fault
        finally:
            _slots.reset(token)

    def check_value(self, expression: str) -> None:
        """LetterError where an expression is no template."""
        try:
            self._sources.parse(expression if "{" in expression else f"{{{{ {expression} }}}}")
        except TemplateError as fault:
            raise letter_error(fault, None, "") from fault

    def _letter(self, name: str, channel: str, values: Values) -> Letter:
        template = self._template(name)
        blocks = template.blocks

        subject = self._subject(template, values) if channel != "sms" else ""
        match channel:
            case "sms":
                return Letter(subject, self._line(template, "sms", values, in_sms))
            case "chat" if "chat" in blocks:
                said = self._block(template, "chat", values)
                _slots.get().note_own(said)
                return _chat_letter(subject, _lines(_slots.get().fill(said, in_chat)))
            case "chat" | "email":
                tone = self._tone(template, values)
                body = self._block(template, "body", values)
                if channel == "chat":  # what somebody typed is defused in the first line, too
                    return self._chat(subject, self._line(template, "subject", values, in_chat), body)
                return self._email(subject, body, tone, values)
            case _:
                raise LetterError(f"no letter can be written for the channel '{channel}'")

    def _line(self, template: Template, block: str, values: Values, put_back: Callable[[str], str]) -> str:
        return one_line(_slots.get().fill(self._block(template, block, values), put_back))

    def _subject(self, template: Template, values: Values) -> str:
        return clipped(self._line(template, "subject", values, in_subject), SUBJECT_LIMIT)

    def _tone(self, template: Template, values: Values) -> str:
        tone = self._line(template, "tone", values, in_text) if "tone" in template.blocks else TONES[0]
        if tone not in TONES:
            raise LetterError(f"the tone is one of {', '.join(TONES)}, not '{tone}'")
        return tone

    def _chat(self, subject: str, headline: str, body: str) -> Letter:
        _slots.get().note_own(body)
        return _chat_letter(subject, f"{headline}\n\n{plain.PlainText(_slots.get(), in_chat_text).whole(tree(body))}")

    def _email(self, subject: str, body: str, tone: str, values: Values) -> Letter:
        slots = _slots.get()
        footer = self._template(FOOTER)
        body_tree = tree(body)
        footer_tree = tree(written(footer.root_render_func(footer.new_context(dict(values)))))
        text, markup = plain.PlainText(slots), page.Markup(slots)
        paragraphs = text.blocks(body_tree)
        document = self._layouts.get_template(LAYOUT).render(
            values,
            lang=self.locale,
            subject=subject,
            preview=text.preview(body_tree),
            tone=tone,
            body=_trusted(markup.whole(body_tree)),
            footer=_trusted(markup.whole(footer_tree)),
        )
        # "-- " alone on a line is what mail programs know as the start of a signature.
        return Letter(
            subject, "\n\n".join([*paragraphs, f"-- \n{text.whole(footer_tree)}"]) + "\n", page.with_styles(document)
        )

    def _template(self, name: str) -> Template:
        return self._sources.get_template(f"{self.locale}/{name}")

    def _parsed(self, name: str) -> nodes.Template:
        file = self.source(name.removesuffix(".md"))
        try:
            return self._sources.parse(file.read_text(encoding="utf-8-sig"), name, str(file))
        except (TemplateError, ValueError) as fault:
            raise letter_error(fault, file, "") from fault

    def _block(self, template: Template, block: str, values: Values) -> str:
        if block not in template.blocks:
            raise LetterError(f"the block '{block}' is missing")
        return written(template.blocks[block](template.new_context(dict(values))))


def _chat_letter(subject: str, text: str) -> Letter:
    """A post, with the links in it that are our own."""
    links = _slots.get().links
    lines = (_BLANKS.sub(" ", line).strip() if any(one in line for one in links) else line for line in text.split("\n"))
    said = "\n".join(lines)
    found = dict.fromkeys(parted(said, links)[1::2])
    return Letter(subject, said, links=tuple(found))


def _lines(text: str) -> str:
    """A chat text line by line, without margins and without more than one empty line."""
    lines = [line.strip() for line in text.strip().splitlines()]
    return "\n".join(line for at, line in enumerate(lines) if line or lines[at - 1])


def _trusted(markup: str) -> object:
    """HTML of our own making, for the layout. Every value in it was escaped as it was put back."""
    from markupsafe import Markup

    return Markup(markup)  # noqa: S704
