"""What a body or a query carries, checked as Google checks it: enums, and values that must be lists of lists."""

from __future__ import annotations

from tests.sheets_server.errors import bad_field


def enum(given, allowed: tuple, field: str, kind: str) -> str:
    """Google's word for a wrong enum; None means the first of the allowed ones."""
    if given in {None, "", "INPUT_VALUE_OPTION_UNSPECIFIED", "DIMENSION_UNSPECIFIED"}:
        return allowed[0]
    if given not in allowed:
        raise bad_field(
            field, f"Invalid value at '{field}' (type.googleapis.com/google.apps.sheets.v4.{kind}), \"{given}\""
        )
    return given


def matrix(body: dict, field: str) -> list[list]:
    """The values that a body carries, row by row."""
    values = body.get("values") or []
    kind = "type.googleapis.com/google.protobuf.ListValue"
    if not isinstance(values, list):
        raise bad_field(field, f"Invalid value at '{field}' ({kind}), {_proto(values)}")
    for at, line in enumerate(values):
        if not isinstance(line, list):
            place = f"{field}[{at}]"
            raise bad_field(place, f"Invalid value at '{place}' ({kind}), {_proto(line)}")
    major = enum(body.get("majorDimension"), ("ROWS", "COLUMNS"), "data.major_dimension", "Dimension")
    if major == "COLUMNS":
        height = max(map(len, values), default=0)
        values = [[line[at] if at < len(line) else None for line in values] for at in range(height)]
    return values


def _proto(value) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    return str(value).lower() if isinstance(value, bool) else str(value)
