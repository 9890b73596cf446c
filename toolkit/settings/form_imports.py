"""The form of `imports`: how the columns and words of another system's file are called here."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from toolkit.settings.fields import Listed, one_of
from toolkit.settings.form_rules import Form


class MapForm(Form):
    """What a map file says, and an entry of `imports` besides its register."""

    columns: dict[str, str | None] = Field(default_factory=dict)
    constants: dict[str, str] = Field(default_factory=dict)
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    key: Listed = ()
    dates: Annotated[str, one_of("dmy", "mdy")] | None = None


class ImportForm(MapForm):
    register_: Annotated[str, Field(alias="register")]
