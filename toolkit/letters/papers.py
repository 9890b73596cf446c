"""Pages to print: the day board, the job slip, a vendor's statement. A page is a template of its own, written in HTML.

Unlike a letter a paper has no plain part, so its template says how it looks. Values are escaped as they are put in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import FileSystemLoader, TemplateError, pass_context
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from toolkit.letters.faults import UnknownName, letter_error
from toolkit.letters.filters import filters, in_words
from toolkit.letters.slots import clean

if TYPE_CHECKING:
    from jinja2.runtime import Context

FOLDER = "papers"


class Papers:
    """The papers of one locale. `folders` are looked through in order; `standing` values stand on every page."""

    def __init__(self, folders: Sequence[Path], locale: str, standing: Mapping[str, Any]) -> None:
        self.locale = locale
        self._standing = dict(standing)
        self._pages = SandboxedEnvironment(
            loader=FileSystemLoader(list(folders), encoding="utf-8-sig"),
            undefined=UnknownName,
            autoescape=True,
            finalize=_said(locale),
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._pages.filters.update(filters(locale))

    def page(self, name: str, values: Mapping[str, Any]) -> str:
        """The whole HTML page (LetterError, where the template is at fault)."""
        try:
            template = self._pages.get_template(f"{self.locale}/{FOLDER}/{name}.html")
            return template.render({**self._standing, "lang": self.locale, **values})
        except (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as fault:
            raise letter_error(fault, None, name) from fault


def _said(locale: str) -> Any:
    @pass_context
    def said(context: Context, value: object) -> object:
        """What a template names without a filter, as a letter would say it."""
        return value if isinstance(value, Markup) else clean(in_words(context, value, locale))

    return said
