"""The looks of a Google tab as requests: headers, formats, widths, dropdowns, colours, stripes. Nothing is asked or sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from toolkit.core.layout import (
    FORMATS,
    HEAD_LINE,
    REQUIRED_LINE,
    RULES,
    STAFF_HEAD,
    TOOLKIT_CELL,
    TOOLKIT_HEAD,
    TOOLKIT_INK,
    ColumnSpec,
    Kind,
    RuleKind,
    TabSpec,
    width_of,
)
from toolkit.core.place import column_letters

Request = dict[str, Any]
Area = dict[str, int]

_FORMAT_TYPES: Mapping[Kind, str] = {
    "text": "TEXT",
    "date": "DATE",
    "datetime": "DATE_TIME",
    "money": "NUMBER",
}
_STRIPES = ("FFFFFF", "F7F9FB")
_HEAD_HEIGHT = 44
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  cells hold wall time
_DAY = timedelta(days=1)
_FORMATTED = ("numberFormat", "textFormat", "horizontalAlignment", "verticalAlignment", "wrapStrategy")


def area(sheet: int, rows: tuple[int, int | None], columns: tuple[int, int]) -> Area:
    """A range; rows without an end are all rows, those too that are still to come."""
    found = {"sheetId": sheet, "startRowIndex": rows[0], "startColumnIndex": columns[0], "endColumnIndex": columns[1]}
    if rows[1] is not None:
        found["endRowIndex"] = rows[1]
    return found


def together(columns: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Columns that stand side by side as (first, end)."""
    for _, run in groupby(enumerate(sorted(columns)), key=lambda one: one[1] - one[0]):
        found = [column for _, column in run]
        yield found[0], found[-1] + 1


def headers(sheet: int, row: int, columns: Mapping[int, ColumnSpec]) -> Iterator[Request]:
    """The header cells with their notes and colours."""
    for first, end in together(columns):
        cells = [_header(columns[one]) for one in range(first, end)]
        yield {
            "updateCells": {
                "range": area(sheet, (row, row + 1), (first, end)),
                "rows": [{"values": cells}],
                "fields": "userEnteredValue,note,userEnteredFormat",
            }
        }


def _header(column: ColumnSpec) -> dict[str, Any]:
    line = REQUIRED_LINE if column.is_required else HEAD_LINE
    cell = {
        "userEnteredValue": {"stringValue": column.label},
        "userEnteredFormat": {
            "numberFormat": {"type": "TEXT"},
            "backgroundColorStyle": colour(TOOLKIT_HEAD if column.is_toolkit else STAFF_HEAD),
            "textFormat": {"foregroundColorStyle": colour("FFFFFF"), "bold": True, "fontSize": 10},
            "horizontalAlignment": "CENTER",
            "verticalAlignment": "MIDDLE",
            "wrapStrategy": "WRAP",
            "borders": {
                "bottom": {"style": "SOLID_THICK" if column.is_required else "SOLID_MEDIUM", "colorStyle": colour(line)}
            },
        },
    }
    return cell | ({"note": column.note} if column.note else {})


def head_height(sheet: int, row: int) -> Request:
    """Room for two lines in the header."""
    return {
        "updateDimensionProperties": {
            "range": {"sheetId": sheet, "dimension": "ROWS", "startIndex": row, "endIndex": row + 1},
            "properties": {"pixelSize": _HEAD_HEIGHT},
            "fields": "pixelSize",
        }
    }


def formats(sheet: int, row: int, columns: Mapping[int, ColumnSpec]) -> Iterator[Request]:
    """Whole columns below the header, so that new rows have them; neighbours of one kind in one request."""
    kinds: dict[tuple[Kind, bool], list[int]] = {}
    for place, column in columns.items():
        kinds.setdefault((column.kind, column.is_toolkit), []).append(place)
    for (kind, is_toolkit), places in kinds.items():
        looks = _format(kind, is_toolkit=is_toolkit)
        fields = ",".join([*_FORMATTED, *(["backgroundColorStyle"] if is_toolkit else [])])
        for run in together(places):
            yield {
                "repeatCell": {
                    "range": area(sheet, (row + 1, None), run),
                    "cell": {"userEnteredFormat": looks},
                    "fields": f"userEnteredFormat({fields})",
                }
            }


def _format(kind: Kind, *, is_toolkit: bool) -> dict[str, Any]:
    side = {"number": "RIGHT", "money": "RIGHT", "date": "CENTER", "datetime": "CENTER"}.get(kind, "LEFT")
    looks: dict[str, Any] = {
        "textFormat": {"fontSize": 10},
        "horizontalAlignment": side,
        "verticalAlignment": "MIDDLE",
        # A toolkit cell that is too long is cut, lest one late ticket makes its row as high as five.
        "wrapStrategy": "CLIP" if is_toolkit or kind != "text" else "WRAP",
    }
    if kind in _FORMAT_TYPES:
        looks["numberFormat"] = {"type": _FORMAT_TYPES[kind], "pattern": FORMATS[kind]}
    if is_toolkit:  # a cell's own ground lies over the stripes
        looks["backgroundColorStyle"] = colour(TOOLKIT_CELL)
        looks["textFormat"] = {"fontSize": 10, "foregroundColorStyle": colour(TOOLKIT_INK)}
    return looks


def widths(sheet: int, tab: TabSpec, places: Mapping[int, ColumnSpec]) -> Iterator[Request]:
    """Column widths; a character is some seven pixels wide. Hidden columns are hidden."""
    index = {column.key: number for number, column in enumerate(tab.columns)}
    sized = {place: (round(width_of(tab, index[one.key]) * 7 + 12), one.is_hidden) for place, one in places.items()}
    for (size, is_hidden), run in groupby(sorted(sized), key=lambda place: sized[place]):
        for first, end in together(run):
            yield {
                "updateDimensionProperties": {
                    "range": {"sheetId": sheet, "dimension": "COLUMNS", "startIndex": first, "endIndex": end},
                    "properties": {"pixelSize": size} | ({"hiddenByUser": True} if is_hidden else {}),
                    "fields": "pixelSize,hiddenByUser" if is_hidden else "pixelSize",
                }
            }


def dropdown(sheet: int, row: int, column: int, spec: ColumnSpec) -> Request:
    """A list to choose from. Another word is marked, not refused: old rows are pasted in, and `check` says what is wrong."""
    return {
        "setDataValidation": {
            "range": area(sheet, (row + 1, None), (column, column + 1)),
            "rule": {
                "condition": {
                    "type": "ONE_OF_LIST",
                    "values": [{"userEnteredValue": one} for one in spec.choices or ()],
                },
                "strict": False,
                "showCustomUi": True,
            }
            | ({"inputMessage": spec.note} if spec.note else {}),
        }
    }


def red_cells(sheet: int, row: int, column: int, kind: RuleKind) -> Request:
    """Filled cells of a column turn red; a count of none does not."""
    ground, ink = RULES[kind]
    cell = f"${column_letters(column + 1)}{row + 2}"
    return {
        "addConditionalFormatRule": {
            "index": 0,
            "rule": {
                "ranges": [area(sheet, (row + 1, None), (column, column + 1))],
                "booleanRule": {
                    "condition": {
                        "type": "CUSTOM_FORMULA",
                        "values": [{"userEnteredValue": f"=(LEN(TRIM({cell}))>0)*({cell}<>0)>0"}],
                    },
                    "format": {
                        "backgroundColorStyle": colour(ground),
                        "textFormat": {"foregroundColorStyle": colour(ink), "bold": kind == "overdue"},
                    },
                },
            },
        }
    }


def stripes(sheet: int, row: int, width: int) -> Request:
    """Every other row a shade darker, below the header."""
    first, second = (colour(one) for one in _STRIPES)
    band = {"firstBandColorStyle": first, "secondBandColorStyle": second}
    return {
        "addBanding": {"bandedRange": {"range": area(sheet, (row + 1, None), (0, width)), "rowProperties": band}},
    }


def basic_filter(sheet: int, row: int, width: int) -> Request:
    """The filter over the header, for all rows."""
    return {"setBasicFilter": {"filter": {"range": area(sheet, (row, None), (0, width))}}}


def filled_rows(sheet: int, row: int, rows: Sequence[Sequence[object]], width: int) -> Request:
    """Rows of values below the header, in the order of the columns."""
    return {
        "updateCells": {
            "range": area(sheet, (row + 1, row + 1 + len(rows)), (0, width)),
            "rows": [{"values": [_cell(value) for value in one]} for one in rows],
            "fields": "userEnteredValue",
        }
    }


def _cell(value: object) -> dict[str, Any]:
    """A value as it is: text stays text, even if it begins with `=`; times are days since the end of 1899."""
    match value:
        case None | "":
            return {}
        case bool():
            return {"userEnteredValue": {"boolValue": value}}
        case int() | float() | Decimal():
            return {"userEnteredValue": {"numberValue": float(value)}}
        case datetime():
            return {"userEnteredValue": {"numberValue": (value.replace(tzinfo=None) - _EPOCH) / _DAY}}
        case date():
            return {"userEnteredValue": {"numberValue": float((value - _EPOCH.date()).days)}}
        case _:
            return {"userEnteredValue": {"stringValue": str(value)}}


def colour(text: str) -> dict[str, Any]:
    """A colour as Google writes it."""
    red, green, blue = (round(int(text[at : at + 2], 16) / 255, 4) for at in (0, 2, 4))
    return {"rgbColor": {"red": red, "green": green, "blue": blue}}
