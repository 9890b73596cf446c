"""The one refusal of the Excel writer."""

from __future__ import annotations


class UnsafeWorkbook(ValueError):  # noqa: N818 - the name is part of the public interface (30-interfaces)
    """The workbook, or the wish, cannot be carried out without harm; nothing was written."""
