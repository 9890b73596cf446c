"""The lossless Excel writer as a library of its own."""

from toolkit.gateways.excel.library import patch_workbook
from toolkit.gateways.excel.unsafe import UnsafeWorkbook

__all__ = ["UnsafeWorkbook", "patch_workbook"]
