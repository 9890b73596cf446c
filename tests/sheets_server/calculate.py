"""The value of a formula: a small parser by precedence, and a walk over its tree."""

from __future__ import annotations

from functools import lru_cache

from tests.sheets_server import formulas
from tests.sheets_server.cells import SheetError
from tests.sheets_server.formulas import BROKEN, NAME, REF, VALUE, NoFormulaError
from tests.sheets_server.functions import FUNCTIONS
from tests.sheets_server.operands import CellError, number, operate, single

_BINDING = {"=": 1, "<>": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 5}


def value_of(formula: str, look):
    """`look(title or None, reference)` gives the rows of a reference's values, or None when there is no such tab."""
    try:
        tree = parsed(formula)
    except (NoFormulaError, IndexError):
        return BROKEN
    try:
        result = _run(tree, look)
        return single(result)
    except CellError as raised:
        return raised.error
    except (OverflowError, ValueError, TypeError):
        return VALUE


@lru_cache(maxsize=20000)
def parsed(formula: str):
    pieces = list(formulas.tokens(formula))
    tree = _expression(pieces, 0)
    if pieces:
        raise NoFormulaError(formula)
    return tree


def _expression(pieces: list, floor: int):
    left = _operand(pieces)
    while pieces:
        kind, mark, _ = pieces[0]
        if kind == "mark" and mark == "%":
            pieces.pop(0)
            left = ("/", left, ("value", 100))
            continue
        power = _BINDING.get(mark) if kind == "mark" else None
        if power is None or power <= floor:
            return left
        pieces.pop(0)
        left = (mark, left, _expression(pieces, power))
    return left


def _operand(pieces: list):
    kind, text, _ = pieces.pop(0)
    if kind == "number":
        return ("value", float(text) if "." in text or "e" in text.lower() else int(text))
    if kind == "text":
        return ("value", text[1:-1].replace('""', '"'))
    if kind == "error":
        return ("value", SheetError(text))
    if kind == "ref":
        title, mark, body = text.rpartition("!") if not text.endswith("#REF!") else ("", "", text)
        return ("ref", formulas.plain_title(title) if mark else None, body)
    if kind == "name":
        return _call(pieces, text)
    if text in "+-":
        return ("sign", text, _expression(pieces, 5))  # -2^2 is 4, as in every sheet
    if text == "(":
        inner = _expression(pieces, 0)
        _expect(pieces, ")")
        return inner
    raise NoFormulaError(text)


def _call(pieces: list, name: str):
    if not pieces or pieces[0][1] != "(":
        return ("value", name.upper() == "TRUE") if name.upper() in {"TRUE", "FALSE"} else ("name", name)
    pieces.pop(0)
    arguments = []
    while pieces and pieces[0][1] != ")":
        left_out = pieces[0][1] in {",", ";"}
        arguments.append(("value", None) if left_out else _expression(pieces, 0))
        if pieces and pieces[0][1] in {",", ";"}:
            pieces.pop(0)
    _expect(pieces, ")")
    return ("call", name.upper(), tuple(arguments))


def _expect(pieces: list, mark: str) -> None:
    if pieces.pop(0)[1] != mark:
        raise NoFormulaError(mark)


def _run(tree, look):
    match tree:
        case ("value", value):
            return value
        case ("name", name):
            table = look(None, name)
            if table is None:
                raise CellError(NAME)
            return table
        case ("ref", title, body):
            table = None if body == "#REF!" else look(title, body)
            if table is None:
                raise CellError(REF)
            return table
        case ("sign", mark, inner):
            amount = number(_run(inner, look))
            return -amount if mark == "-" else amount
        case ("call", name, arguments):
            function = FUNCTIONS.get(name)
            if function is None:
                raise CellError(NAME)
            return function(arguments, lambda one: _run(one, look))
        case (mark, left, right):
            return operate(mark, single(_run(left, look)), single(_run(right, look)))
