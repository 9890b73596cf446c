"""The functions that the tests meet; each gets its arguments unread, and `run` to read them with."""

from __future__ import annotations

import math
import statistics
from decimal import ROUND_HALF_UP, Decimal

from tests.sheets_server.cells import SheetError
from tests.sheets_server.formulas import DIV, NA
from tests.sheets_server.operands import CellError, number, rank, single, text


def _flat(arguments, run):
    for argument in arguments:
        value = run(argument)
        if isinstance(value, list):
            for row in value:
                for one in row:
                    yield one, True
        else:
            yield value, False


def _numbers(arguments, run) -> list:
    found = []
    for value, of_range in _flat(arguments, run):
        if isinstance(value, SheetError):
            raise CellError(value)
        if isinstance(value, int | float) and not (of_range and isinstance(value, bool)):
            found.append(value)
        elif not of_range and value is not None:
            found.append(number(value))
    return found


def _average(arguments, run):
    numbers = _numbers(arguments, run)
    if not numbers:
        raise CellError(DIV)
    return sum(numbers) / len(numbers)


def _if(arguments, run):
    if len(arguments) not in {2, 3}:
        raise CellError(NA)
    if number(run(arguments[0])):
        return run(arguments[1])
    return run(arguments[2]) if len(arguments) == 3 else False


def _iferror(arguments, run):
    try:
        value = single(run(arguments[0]))
        if not isinstance(value, SheetError):
            return value
    except CellError:
        pass
    return single(run(arguments[1])) if len(arguments) > 1 else ""


def _countif(arguments, run) -> int:
    wanted = single(run(arguments[1]))
    return sum(rank(value, wanted) == rank(wanted, value) for value, _ in _flat(arguments[:1], run))


def _vrunup(arguments, run):
    wanted, table = single(run(arguments[0])), run(arguments[1])
    column = int(number(run(arguments[2])))
    for row in table:
        if row and row[0] is not None and rank(row[0], wanted) == rank(wanted, row[0]):
            return row[column - 1] if column <= len(row) else None
    raise CellError(NA)


def _round(arguments, run) -> float:
    """Halves go away from zero, unlike Python's."""
    step = Decimal(1).scaleb(-int(number(run(arguments[1])))) if arguments[1:] else Decimal(1)
    return float(Decimal(repr(number(run(arguments[0])))).quantize(step, ROUND_HALF_UP))


def _not_available(arguments, run):
    raise CellError(NA)


FUNCTIONS = {
    "SUM": lambda a, run: sum(_numbers(a, run)),
    "AVERAGE": _average,
    "MIN": lambda a, run: min(_numbers(a, run), default=0),
    "MAX": lambda a, run: max(_numbers(a, run), default=0),
    "COUNT": lambda a, run: sum(isinstance(v, int | float) and not isinstance(v, bool) for v, _ in _flat(a, run)),
    "COUNTA": lambda a, run: sum(v is not None for v, _ in _flat(a, run)),
    "COUNTIF": _countif,
    "CONCATENATE": lambda a, run: "".join(text(v) for v, _ in _flat(a, run)),
    "CONCAT": lambda a, run: "".join(text(v) for v, _ in _flat(a, run)),
    "HYPERLINK": lambda a, run: text(run(a[-1])),
    "IF": _if,
    "IFERROR": _iferror,
    "LEN": lambda a, run: len(text(run(a[0]))),
    "UPPER": lambda a, run: text(run(a[0])).upper(),
    "LOWER": lambda a, run: text(run(a[0])).lower(),
    "TRIM": lambda a, run: " ".join(text(run(a[0])).split()),
    "ABS": lambda a, run: abs(number(run(a[0]))),
    "ROUND": _round,
    "PRODUCT": lambda a, run: math.prod(_numbers(a, run)),
    "MEDIAN": lambda a, run: statistics.median(_numbers(a, run)),
    "INT": lambda a, run: math.floor(number(run(a[0]))),
    "AND": lambda a, run: all(_numbers(a, run)),
    "OR": lambda a, run: any(_numbers(a, run)),
    "NOT": lambda a, run: not number(run(a[0])),
    "NA": _not_available,
    "VLOOKUP": _vrunup,
}
