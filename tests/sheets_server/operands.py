"""Values inside formulas: how they count as numbers and texts, compare, and raise errors that become the cell's."""

from __future__ import annotations

from tests.sheets_server.cells import SheetError
from tests.sheets_server.formats import general
from tests.sheets_server.formulas import DIV, VALUE


class CellError(Exception):
    def __init__(self, error: SheetError):
        self.error = error


def operate(mark: str, left, right):
    for side in (left, right):
        if isinstance(side, SheetError):
            raise CellError(side)
    if mark == "&":
        return text(left) + text(right)
    if mark in {"=", "<>", "<", ">", "<=", ">="}:
        return _compare(mark, left, right)
    first, second = number(left), number(right)
    if mark == "/":
        if second == 0:
            raise CellError(DIV)
        return first / second
    return {"+": first + second, "-": first - second, "*": first * second}[mark] if mark != "^" else first**second


def _compare(mark: str, left, right) -> bool:
    first, second = rank(left, right), rank(right, left)
    return {
        "=": first == second,
        "<>": first != second,
        "<": first < second,
        ">": first > second,
        "<=": first <= second,
        ">=": first >= second,
    }[mark]


def rank(value, other):
    if value is None:
        value = "" if isinstance(other, str) else 0
    if isinstance(value, bool):
        return (2, value)
    return (0, value) if isinstance(value, int | float) else (1, value.casefold())


def single(value):
    if isinstance(value, list):
        value = value[0][0] if value and value[0] else None
    return value


def number(value):
    value = single(value)
    if isinstance(value, SheetError):
        raise CellError(value)
    if value is None or value == "":
        return 0
    if isinstance(value, str):
        try:
            return float(value.replace(",", ""))
        except ValueError:
            raise CellError(VALUE) from None
    return int(value) if isinstance(value, bool) else value


def text(value) -> str:
    value = single(value)
    if isinstance(value, SheetError):
        raise CellError(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    return value if isinstance(value, str) else general(value)
