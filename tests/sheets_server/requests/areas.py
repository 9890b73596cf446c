"""Requests about things that lie on ranges: merges, names, protection."""

from __future__ import annotations

import re

from tests.sheets_server import masks, values
from tests.sheets_server.a1 import parse
from tests.sheets_server.errors import invalid
from tests.sheets_server.grid import Area
from tests.sheets_server.requests.context import Context, guard
from tests.sheets_server.resources import told
from tests.sheets_server.values import SERVICE_ACCOUNT


def _limits(sheet_id: int, area: Area) -> dict:
    return {
        "sheetId": sheet_id,
        "startRowIndex": area.top,
        "endRowIndex": area.bottom,
        "startColumnIndex": area.left,
        "endColumnIndex": area.right,
    }


def merge_cells(context: Context, body: dict) -> None:
    sheet, area = context.place(body.get("range"))
    guard(sheet, area)
    for merge in list(sheet.merges):
        inner = sheet.area(merge)
        if inner.touches(area):
            if not area.holds(inner):
                raise invalid("You must select all cells in a merged range to merge or unmerge them.")
            sheet.merges.remove(merge)
    for part in _parts(area, body.get("mergeType", "MERGE_ALL")):
        if part.bottom - part.top > 1 or part.right - part.left > 1:
            _keep_one_value(sheet, part)
            sheet.merges.append(_limits(sheet.id, part))


def _parts(area: Area, kind: str) -> list[Area]:
    if kind == "MERGE_ROWS":
        return [Area(row, row + 1, area.left, area.right) for row in range(area.top, area.bottom)]
    if kind == "MERGE_COLUMNS":
        return [Area(area.top, area.bottom, column, column + 1) for column in range(area.left, area.right)]
    return [area]


def _keep_one_value(sheet, area: Area) -> None:
    """The first value found goes to the upper left; the others are lost, as in the sheet."""
    from tests.sheets_server.cells import as_cell, is_blank, with_content

    first = next(((r, c, raw) for r, c, raw in sheet.grid.cells(area) if not is_blank(raw)), None)
    if first is None:
        return
    values.erase(sheet, area)
    corner = sheet.grid.get(area.top, area.left)
    sheet.grid.put(area.top, area.left, with_content(corner, as_cell(first[2])))


def unmerge_cells(context: Context, body: dict) -> None:
    sheet, area = context.place(body.get("range"))
    for merge in list(sheet.merges):
        inner = sheet.area(merge)
        if inner.touches(area):
            if not area.holds(inner):
                raise invalid("You must select all cells in a merged range to merge or unmerge them.")
            sheet.merges.remove(merge)


def _check_name(context: Context, name: str, own: dict | None = None) -> None:
    if not re.fullmatch(r"[^\W\d][\w.]{0,249}", name) or parse(name) or name.upper() in {"TRUE", "FALSE"}:
        raise invalid(f"Invalid name: {name}")
    if any(one is not own and one["name"].casefold() == name.casefold() for one in context.book.named):
        raise invalid(f"A named range with the name {name} already exists.")


def add_named_range(context: Context, body: dict) -> dict:
    wanted = body.get("namedRange", {})
    _check_name(context, wanted.get("name", ""))
    context.place(wanted.get("range"))
    named_id = wanted.get("namedRangeId") or str(context.new_id())
    if any(one["namedRangeId"] == named_id for one in context.book.named):
        raise invalid(f"A named range with the id {named_id} already exists.")
    new = {"namedRangeId": named_id, "name": wanted["name"], "range": dict(wanted["range"])}
    context.book.named.append(new)
    return {"namedRange": {**new, "range": told(new["range"])}}


def _find(items: list[dict], name: str, wanted) -> dict:
    for one in items:
        if str(one[name]) == str(wanted):
            return one
    raise invalid(f"No {name.removesuffix('Id')} with id: {wanted}")


def update_named_range(context: Context, body: dict) -> None:
    wanted = body.get("namedRange", {})
    mask = masks.required(body.get("fields"))
    one = _find(context.book.named, "namedRangeId", wanted.get("namedRangeId"))
    new = masks.update(mask, one, wanted)
    _check_name(context, new["name"], one)
    one.update(new)


def delete_named_range(context: Context, body: dict) -> None:
    context.book.named.remove(_find(context.book.named, "namedRangeId", body.get("namedRangeId")))


def add_protected_range(context: Context, body: dict) -> dict:
    """The caller always stays an editor, whatever was asked; the reply tells the editors that were sent."""
    wanted = dict(body.get("protectedRange", {}))
    if "namedRangeId" in wanted and "range" not in wanted:
        wanted["range"] = _find(context.book.named, "namedRangeId", wanted["namedRangeId"])["range"]
    sheet, _ = context.place(wanted.get("range"))
    new_id = wanted.get("protectedRangeId") or context.new_id()
    if any(one["protectedRangeId"] == new_id for home in context.book.sheets for one in home.protected):
        raise invalid(f"A protected range with the id {new_id} already exists.")
    new = {"protectedRangeId": new_id, "range": dict(wanted["range"])}
    for name in ("namedRangeId", "tableId", "description", "warningOnly", "unprotectedRanges"):
        if wanted.get(name):
            new[name] = wanted[name]
    new["requestingUserCanEdit"] = True
    sent = {name: value for name, value in wanted.get("editors", {}).items() if value}
    new["editors"] = _with_caller(sent)
    sheet.protected.append(new)
    return {"protectedRange": {**new, "range": told(new["range"]), "editors": sent}}


def _with_caller(editors: dict) -> dict:
    users = editors.get("users", [])
    return {**editors, "users": users if SERVICE_ACCOUNT in users else [*users, SERVICE_ACCOUNT]}


def _protection(context: Context, wanted) -> tuple:
    for sheet in context.book.sheets:
        for one in sheet.protected:
            if str(one["protectedRangeId"]) == str(wanted):
                return sheet, one
    raise invalid(f"No protected range with id: {wanted}")


def update_protected_range(context: Context, body: dict) -> None:
    wanted = body.get("protectedRange", {})
    mask = masks.required(body.get("fields"))
    _, one = _protection(context, wanted.get("protectedRangeId"))
    new = masks.update(mask, one, wanted)
    new["protectedRangeId"] = one["protectedRangeId"]
    if "editors" in mask:
        new["editors"] = _with_caller(new.get("editors", {}))
    one.clear()
    one.update(new)


def delete_protected_range(context: Context, body: dict) -> None:
    sheet, one = _protection(context, body.get("protectedRangeId"))
    sheet.protected.remove(one)
