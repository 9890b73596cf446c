"""The API's own description (the discovery document that google-api-python-client carries), where it is installed.

The server refuses requests with members or words that Google does not know, and the tests check requests and replies by it.
"""

from __future__ import annotations

import importlib.util
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from tests.sheets_server.errors import ApiError, bad_field


class Problem(NamedTuple):
    kind: str  # unknown, enum, type, null
    place: str
    word: object
    of: str = ""


@lru_cache
def document(api: str = "sheets.v4") -> dict | None:
    spec = importlib.util.find_spec("googleapiclient")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / "discovery_cache" / "documents" / f"{api}.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else None


@lru_cache
def methods() -> dict[str, dict]:
    """Id of a method without `sheets.spreadsheets.` -> its description."""
    found: dict[str, dict] = {}

    def walk(resource: dict) -> None:
        for method in resource.get("methods", {}).values():
            found[method["id"].removeprefix("sheets.spreadsheets.")] = method
        for below in resource.get("resources", {}).values():
            walk(below)

    walk((document() or {"resources": {"spreadsheets": {}}})["resources"]["spreadsheets"])
    return found


def problems(name: str, value, place: str = "", *, nulls: bool = False, api: str = "sheets.v4") -> list[Problem]:
    """What is wrong with a value by the schema of that name; a request may hold nulls, a reply may not."""
    found: list[Problem] = []
    _check({"$ref": name}, value, place, found, nulls=nulls, api=api)
    return found


def _check(schema: dict, value, place: str, found: list, **how) -> None:
    if "$ref" in schema:
        schema = document(how["api"])["schemas"][schema["$ref"]]
    kind = schema.get("type")
    if value is None:
        if not how["nulls"] and kind != "any":
            found.append(Problem("null", place, value))
    elif kind == "object":
        _check_object(schema, value, place, found, **how)
    elif kind == "array":
        if not isinstance(value, list):
            found.append(Problem("type", place, value, kind))
        elif schema["items"].get("type") != "any":
            for at, one in enumerate(value):
                _check(schema["items"], one, f"{place}[{at}]", found, **how)
    elif kind != "any":
        _check_scalar(schema, kind, value, place, found)


def _check_object(schema: dict, value, place: str, found: list, **how) -> None:
    if not isinstance(value, dict):
        found.append(Problem("type", place, value, "object"))
        return
    known, others = schema.get("properties", {}), schema.get("additionalProperties")
    for name, one in value.items():
        at = f"{place}.{name}" if place else name
        if name in known or others:
            _check(known.get(name, others), one, at, found, **how)
        else:
            found.append(Problem("unknown", place, name))


def _check_scalar(schema: dict, kind: str, value, place: str, found: list) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    fits = {
        "string": isinstance(value, str),
        "boolean": isinstance(value, bool),
        "number": number,
        "integer": number and float(value).is_integer(),
    }
    if not fits[kind]:
        found.append(Problem("type", place, value, kind))
    elif "enum" in schema and value not in schema["enum"]:
        found.append(Problem("enum", place, value))


_TYPES = {"integer": "TYPE_INT32", "number": "TYPE_FLOAT", "string": "TYPE_STRING", "boolean": "TYPE_BOOL"}
MASKED = {
    "updateCells": "CellData",
    "repeatCell": "CellData",
    "appendCells": "CellData",
    "updateSheetProperties": "SheetProperties",
    "updateSpreadsheetProperties": "SpreadsheetProperties",
    "updateDimensionProperties": "DimensionProperties",
    "updateDimensionGroup": "DimensionGroup",
    "updateNamedRange": "NamedRange",
    "updateProtectedRange": "ProtectedRange",
    "updateFilterView": "FilterView",
    "updateBanding": "BandedRange",
    "updateTable": "Table",
    "updateDeveloperMetadata": "DeveloperMetadata",
}


def unknown_path(name: str, mask: dict, place: str = "") -> str | None:
    """The first path of a field mask that the schema of that name does not have."""
    if document() is None:
        return None
    schema = document()["schemas"][name]
    for field, below in mask.items():
        at = f"{place}.{field}" if place else field
        member = schema.get("properties", {}).get(field)
        if field == "*":
            continue
        if member is None:
            return at
        found = None
        inner = member.get("$ref") or member.get("items", {}).get("$ref")
        if below:
            found = (
                unknown_path(inner, below, at) if inner else next((f"{at}.{one}" for one in below if one != "*"), None)
            )
        if found:
            return found
    return None


def refusal(kind: str, body: dict) -> ApiError | None:
    """Google's answer to a body with a member or a word that it does not know."""
    method = methods().get(kind.partition(":")[0].removeprefix("spreadsheets."))
    if method is None or "request" not in method:
        return None
    for one in problems(method["request"]["$ref"], body, nulls=True):
        snake = re.sub(r"(?<=[a-z0-9])([A-Z])", lambda match: "_" + match[1].lower(), one.place)
        if one.kind == "unknown":
            text = f'Invalid JSON payload received. Unknown name "{one.word}"'
            return bad_field(snake, text + (f" at '{snake}'" if snake else "") + ": Cannot find field.")
        if one.kind == "type" and one.of in _TYPES and not str(one.word).lstrip("-").isdigit():
            return bad_field(snake, f"Invalid value at '{snake}' ({_TYPES[one.of]}), \"{one.word}\"")
        if one.kind == "enum":
            return bad_field(snake, f"Invalid value at '{snake}' (TYPE_ENUM), \"{one.word}\"")
    return None
