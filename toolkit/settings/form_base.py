"""What every form of a section of config.yaml has in common."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator


class Form(BaseModel):
    """A section: only what is named here may stand in it, and nobody changes it afterwards."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        arbitrary_types_allowed=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,
        defer_build=True,  # one schema is built for the whole file, when a file is read
    )

    @model_validator(mode="before")
    @classmethod
    def _said(cls, data: Any) -> Any:
        """A key without a value says nothing; an unknown one stays, to be complained of."""
        if not isinstance(data, dict):
            return data
        known = {field.alias or name for name, field in cls.model_fields.items()}
        return {key: value for key, value in data.items() if value is not None or key not in known}


def via(value: Any) -> Any:
    """`email: folder` is short for `email: {via: folder}`."""
    return {"via": value} if isinstance(value, str) else value
