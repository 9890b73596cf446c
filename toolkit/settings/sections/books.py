"""`books`: the workbooks and spreadsheets that hold the registers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

from pydantic import Field, model_validator

from toolkit.settings.among import items, mistake
from toolkit.settings.faults import Mistake, shown_text
from toolkit.settings.fields import LossText, WaitText, WorkbookText, ZoneText, say
from toolkit.settings.form_base import Form
from toolkit.settings.names import Names


class BookForm(Form):
    name: Annotated[str, Field(min_length=1)]
    path: WorkbookText | None = None
    google: str | None = None
    credentials: str | None = None
    timezone: ZoneText | None = None
    endpoint: str | None = None
    backups: Annotated[int, Field(ge=0)] = 10
    max_loss: LossText = 0.5  # °
    companion_after: WaitText = timedelta(hours=4)  # °

    @model_validator(mode="after")
    def _one_place(self) -> BookForm:
        if (self.path is None) == (self.google is None):
            raise say("a book has a path (an .xlsx file) or google (a spreadsheet's id), one of the two")
        if self.google is not None and self.credentials is None and self.endpoint is None:
            raise say("a Google book needs credentials: the file of its service account")
        return self


def misnamed_books(names: Names) -> Iterator[Mistake]:
    """Books that have one name."""
    seen: dict[str, int] = {}
    for i, book in items(names.tree.child("books"), ()):
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
