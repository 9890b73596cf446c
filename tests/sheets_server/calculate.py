"""The value of a formula: a small parser by precedence, and the functions that the tests meet."""

from __future__ import annotations

from functools import lru_cache

from tests.sheets_server import formulas
from tests.sheets_server.cells import SheetError
from tests.sheets_server.formats import general
from tests.sheets_server.formulas import BROKEN, DIV, NA, NAME, REF, VALUE, Broken

_BINDING = {"=": 1, "<>": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 5}
Table = list  # a range's values: rows of values


class Raised(Exception):
    def __init__(self, error: SheetError):
        self.error = error


def value_of(formula: str, look):
    """`look(title or None, reference)` gives the rows of a reference's values, or None when there is no such tab."""
    try:
        tree = parsed(formula)
    except (Broken, IndexError):
        return BROKEN
    try:
        result = _run(tree, look)
        return _single(result)
    except Raised as raised:
        return raised.error
    except (OverflowError, ValueError, TypeError):
        return VALUE


@lru_cache(maxsize=20000)
def parsed(formula: str):
    pieces = list(formulas.tokens(formula))
    tree = _expression(pieces, 0)
    if pieces:
        raise Broken(formula)
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
        return ("sign", text, _expression(pieces, 4))
    if text == "(":
        inner = _expression(pieces, 0)
        _expect(pieces, ")")
        return inner
    raise Broken(text)


def _call(pieces: list, name: str):
    if not pieces or pieces[0][1] != "(":
        return ("value", name.upper() == "TRUE") if name.upper() in {"TRUE", "FALSE"} else ("name", name)
    pieces.pop(0)
    arguments = []
    while pieces and pieces[0][1] != ")":
        arguments.append(_expression(pieces, 0))
        if pieces and pieces[0][1] in {",", ";"}:
            pieces.pop(0)
    _expect(pieces, ")")
    return ("call", name.upper(), tuple(arguments))


def _expect(pieces: list, mark: str) -> None:
    if pieces.pop(0)[1] != mark:
        raise Broken(mark)


def _run(tree, look):
    match tree:
        case ("value", value):
            return value
        case ("name", name):
            table = look(None, name)
            if table is None:
                raise Raised(NAME)
            return table
        case ("ref", title, body):
            table = None if body == "#REF!" else look(title, body)
            if table is None:
                raise Raised(REF)
            return table
        case ("sign", mark, inner):
            number = _number(_run(inner, look))
            return -number if mark == "-" else number
        case ("call", name, arguments):
            function = FUNCTIONS.get(name)
            if function is None:
                raise Raised(NAME)
            return function(arguments, look)
        case (mark, left, right):
            return _operate(mark, _single(_run(left, look)), _single(_run(right, look)))


def _operate(mark: str, left, right):
    for side in (left, right):
        if isinstance(side, SheetError):
            raise Raised(side)
    if mark == "&":
        return _text(left) + _text(right)
    if mark in {"=", "<>", "<", ">", "<=", ">="}:
        return _compare(mark, left, right)
    first, second = _number(left), _number(right)
    if mark == "/":
        if second == 0:
            raise Raised(DIV)
        return first / second
    return {"+": first + second, "-": first - second, "*": first * second}[mark] if mark != "^" else first**second


def _compare(mark: str, left, right) -> bool:
    first, second = _rank(left, right), _rank(right, left)
    return {
        "=": first == second,
        "<>": first != second,
        "<": first < second,
        ">": first > second,
        "<=": first <= second,
        ">=": first >= second,
    }[mark]


def _rank(value, other):
    if value is None:
        value = "" if isinstance(other, str) else 0
    if isinstance(value, bool):
        return (2, value)
    return (0, value) if isinstance(value, int | float) else (1, value.casefold())


def _single(value):
    if isinstance(value, list):
        value = value[0][0] if value and value[0] else None
    return value


def _number(value):
    value = _single(value)
    if isinstance(value, SheetError):
        raise Raised(value)
    if value is None or value == "":
        return 0
    if isinstance(value, str):
        try:
            return float(value.replace(",", ""))
        except ValueError:
            raise Raised(VALUE) from None
    return int(value) if isinstance(value, bool) else value


def _text(value) -> str:
    value = _single(value)
    if isinstance(value, SheetError):
        raise Raised(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    return value if isinstance(value, str) else general(value)


def _flat(arguments, look):
    for argument in arguments:
        value = _run(argument, look)
        if isinstance(value, list):
            for row in value:
                for one in row:
                    yield one, True
        else:
            yield value, False


def _numbers(arguments, look) -> list:
    found = []
    for value, of_range in _flat(arguments, look):
        if isinstance(value, SheetError):
            raise Raised(value)
        if isinstance(value, int | float) and not (of_range and isinstance(value, bool)):
            found.append(value)
        elif not of_range and value is not None:
            found.append(_number(value))
    return found


def _average(arguments, look):
    numbers = _numbers(arguments, look)
    if not numbers:
        raise Raised(DIV)
    return sum(numbers) / len(numbers)


def _if(arguments, look):
    if len(arguments) not in {2, 3}:
        raise Raised(NA)
    if _number(_run(arguments[0], look)):
        return _run(arguments[1], look)
    return _run(arguments[2], look) if len(arguments) == 3 else False


def _iferror(arguments, look):
    try:
        value = _single(_run(arguments[0], look))
        if not isinstance(value, SheetError):
            return value
    except Raised:
        pass
    return _single(_run(arguments[1], look)) if len(arguments) > 1 else ""


def _countif(arguments, look) -> int:
    wanted = _single(_run(arguments[1], look))
    return sum(_rank(value, wanted) == _rank(wanted, value) for value, _ in _flat(arguments[:1], look))


def _vlookup(arguments, look):
    wanted, table = _single(_run(arguments[0], look)), _run(arguments[1], look)
    column = int(_number(_run(arguments[2], look)))
    for row in table:
        if row and row[0] is not None and _rank(row[0], wanted) == _rank(wanted, row[0]):
            return row[column - 1] if column <= len(row) else None
    raise Raised(NA)


def _not_available(arguments, look):
    raise Raised(NA)


FUNCTIONS = {
    "SUM": lambda a, look: sum(_numbers(a, look)),
    "AVERAGE": _average,
    "MIN": lambda a, look: min(_numbers(a, look), default=0),
    "MAX": lambda a, look: max(_numbers(a, look), default=0),
    "COUNT": lambda a, look: sum(isinstance(v, int | float) and not isinstance(v, bool) for v, _ in _flat(a, look)),
    "COUNTA": lambda a, look: sum(v is not None for v, _ in _flat(a, look)),
    "COUNTIF": _countif,
    "CONCATENATE": lambda a, look: "".join(_text(v) for v, _ in _flat(a, look)),
    "CONCAT": lambda a, look: "".join(_text(v) for v, _ in _flat(a, look)),
    "HYPERLINK": lambda a, look: _text(_run(a[-1], look)),
    "IF": _if,
    "IFERROR": _iferror,
    "LEN": lambda a, look: len(_text(_run(a[0], look))),
    "UPPER": lambda a, look: _text(_run(a[0], look)).upper(),
    "LOWER": lambda a, look: _text(_run(a[0], look)).lower(),
    "TRIM": lambda a, look: " ".join(_text(_run(a[0], look)).split()),
    "ABS": lambda a, look: abs(_number(_run(a[0], look))),
    "ROUND": lambda a, look: round(_number(_run(a[0], look)) + 0.0, int(_number(_run(a[1], look))) if a[1:] else 0),
    "NA": _not_available,
    "VLOOKUP": _vlookup,
}
