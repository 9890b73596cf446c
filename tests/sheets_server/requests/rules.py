"""Requests about filters, filter views, conditional formats, banding and tables: kept and told, not drawn."""

from __future__ import annotations

from tests.sheets_server import masks
from tests.sheets_server.book import Sheet
from tests.sheets_server.errors import invalid
from tests.sheets_server.looks import completed
from tests.sheets_server.requests.context import Context
from tests.sheets_server.resources import ranged


def _closed(context: Context, item: dict) -> tuple[Sheet, dict]:
    """The item with its range closed at the grid's ends, as replies show filters."""
    sheet, area = context.place(item.get("range"))
    limits = {
        "sheetId": sheet.id,
        "startRowIndex": area.top,
        "endRowIndex": area.bottom,
        "startColumnIndex": area.left,
        "endColumnIndex": area.right,
    }
    return sheet, {**item, "range": limits}


def set_basic_filter(context: Context, body: dict) -> None:
    sheet, item = _closed(context, body.get("filter", {}))
    sheet.basic_filter = item


def clear_basic_filter(context: Context, body: dict) -> None:
    context.book.sheet(body.get("sheetId", 0)).basic_filter = None


def _find(context: Context, items: str, name: str, wanted) -> tuple[Sheet, dict]:
    for sheet in context.book.sheets:
        for one in getattr(sheet, items):
            if str(one[name]) == str(wanted):
                return sheet, one
    raise invalid(f"No {name.removesuffix('Id')} with id: {wanted}")


def _add(context: Context, items: str, name: str, sheet: Sheet, item: dict, new_id) -> dict:
    wanted = item.get(name)
    if wanted is not None and any(one[name] == wanted for home in context.book.sheets for one in getattr(home, items)):
        raise invalid(f"The {name} {wanted} already exists.")
    new = {name: wanted if wanted is not None else new_id, **{key: one for key, one in item.items() if key != name}}
    getattr(sheet, items).append(new)
    return ranged(new)


def add_filter_view(context: Context, body: dict) -> dict:
    sheet, item = _closed(context, body.get("filter", {}))
    item.setdefault("title", f"Filter {len(sheet.filter_views) + 1}")
    return {"filter": _add(context, "filter_views", "filterViewId", sheet, item, context.new_id())}


def update_filter_view(context: Context, body: dict) -> None:
    wanted = body.get("filter", {})
    _, one = _find(context, "filter_views", "filterViewId", wanted.get("filterViewId"))
    one.update(masks.update(masks.required(body.get("fields")), one, wanted))


def delete_filter_view(context: Context, body: dict) -> None:
    sheet, one = _find(context, "filter_views", "filterViewId", body.get("filterId"))
    sheet.filter_views.remove(one)


def duplicate_filter_view(context: Context, body: dict) -> dict:
    sheet, one = _find(context, "filter_views", "filterViewId", body.get("filterId"))
    twin = {**one, "title": f"Copy of {one.get('title', '')}"}
    del twin["filterViewId"]
    return {"filter": _add(context, "filter_views", "filterViewId", sheet, twin, context.new_id())}


def _rule(context: Context, rule: dict) -> tuple[Sheet, dict]:
    if not rule.get("ranges"):
        raise invalid("No ranges specified.")
    sheet, _ = context.place(rule["ranges"][0])
    if "booleanRule" not in rule and "gradientRule" not in rule:
        raise invalid("No rule specified.")
    rule = {**rule, "ranges": [dict(one) for one in rule["ranges"]]}
    if "booleanRule" in rule:
        boolean = rule["booleanRule"]
        rule["booleanRule"] = {**boolean, "format": completed(boolean.get("format", {}))}
    return sheet, rule


def add_conditional_format_rule(context: Context, body: dict) -> None:
    sheet, rule = _rule(context, body.get("rule", {}))
    sheet.conditional.insert(body.get("index", 0), rule)


def _rule_at(sheet: Sheet, index: int) -> dict:
    if not 0 <= index < len(sheet.conditional):
        raise invalid(f"No conditional format on sheet: {sheet.id} at index: {index}")
    return sheet.conditional[index]


def update_conditional_format_rule(context: Context, body: dict) -> dict:
    index = body.get("index", 0)
    if "rule" in body:
        sheet, rule = _rule(context, body["rule"])
        old = _rule_at(sheet, index)
        sheet.conditional[index] = rule
        reply = {"newRule": ranged(rule), "newIndex": index, "oldRule": ranged(old), "oldIndex": index}
    else:
        sheet = context.book.sheet(body.get("sheetId", 0))
        rule, new = _rule_at(sheet, index), body.get("newIndex", 0)
        sheet.conditional.remove(rule)
        sheet.conditional.insert(new, rule)
        reply = {"newRule": ranged(rule), "newIndex": new, "oldIndex": index}
    return {name: value for name, value in reply.items() if value != 0}


def delete_conditional_format_rule(context: Context, body: dict) -> dict:
    sheet = context.book.sheet(body.get("sheetId", 0))
    rule = _rule_at(sheet, body.get("index", 0))
    sheet.conditional.remove(rule)
    return {"rule": ranged(rule)}


def add_banding(context: Context, body: dict) -> dict:
    sheet, item = _closed(context, body.get("bandedRange", {}))
    area = sheet.area(item["range"])
    if any(sheet.area(one["range"]).touches(area) for one in sheet.banded):
        raise invalid("You cannot add alternating background colors to a range that already has them.")
    return {"bandedRange": _add(context, "banded", "bandedRangeId", sheet, completed(item), context.new_id())}


def update_banding(context: Context, body: dict) -> None:
    wanted = body.get("bandedRange", {})
    _, one = _find(context, "banded", "bandedRangeId", wanted.get("bandedRangeId"))
    one.update(completed(masks.update(masks.required(body.get("fields")), one, wanted)))


def delete_banding(context: Context, body: dict) -> None:
    sheet, one = _find(context, "banded", "bandedRangeId", body.get("bandedRangeId"))
    sheet.banded.remove(one)


def add_table(context: Context, body: dict) -> dict:
    sheet, item = _closed(context, body.get("table", {}))
    item.setdefault("name", f"Table{len(sheet.tables) + 1}")
    return {"table": _add(context, "tables", "tableId", sheet, item, str(context.new_id()))}


def update_table(context: Context, body: dict) -> None:
    wanted = body.get("table", {})
    _, one = _find(context, "tables", "tableId", wanted.get("tableId"))
    one.update(masks.update(masks.required(body.get("fields")), one, wanted))


def delete_table(context: Context, body: dict) -> None:
    sheet, one = _find(context, "tables", "tableId", body.get("tableId"))
    sheet.tables.remove(one)
