"""The kinds of request in :batchUpdate, one function each, in one explicit table."""

from __future__ import annotations

from tests.sheets_server.errors import ApiError, bad_field
from tests.sheets_server.requests import areas, cells, dimensions, metadata, moving, rules, tabs, tidying
from tests.sheets_server.requests.context import Context

KINDS = {
    "addSheet": tabs.add_sheet,
    "deleteSheet": tabs.delete_sheet,
    "duplicateSheet": tabs.duplicate_sheet,
    "updateSheetProperties": tabs.update_sheet_properties,
    "updateSpreadsheetProperties": tabs.update_spreadsheet_properties,
    "insertDimension": dimensions.insert_dimension,
    "deleteDimension": dimensions.delete_dimension,
    "moveDimension": dimensions.move_dimension,
    "appendDimension": dimensions.append_dimension,
    "updateDimensionProperties": dimensions.update_dimension_properties,
    "autoResizeDimensions": dimensions.auto_resize_dimensions,
    "addDimensionGroup": dimensions.add_dimension_group,
    "deleteDimensionGroup": dimensions.delete_dimension_group,
    "updateDimensionGroup": dimensions.update_dimension_group,
    "insertRange": dimensions.insert_range,
    "deleteRange": dimensions.delete_range,
    "updateCells": cells.update_cells,
    "repeatCell": cells.repeat_cell,
    "appendCells": cells.append_cells,
    "setDataValidation": cells.set_data_validation,
    "updateBorders": cells.update_borders,
    "pasteData": cells.paste_data,
    "copyPaste": moving.copy_paste,
    "cutPaste": moving.cut_paste,
    "sortRange": moving.sort_range,
    "randomizeRange": moving.randomize_range,
    "autoFill": moving.auto_fill,
    "findReplace": tidying.find_replace,
    "trimWhitespace": tidying.trim_whitespace,
    "deleteDuplicates": tidying.delete_duplicates,
    "textToColumns": tidying.text_to_columns,
    "mergeCells": areas.merge_cells,
    "unmergeCells": areas.unmerge_cells,
    "addNamedRange": areas.add_named_range,
    "updateNamedRange": areas.update_named_range,
    "deleteNamedRange": areas.delete_named_range,
    "addProtectedRange": areas.add_protected_range,
    "updateProtectedRange": areas.update_protected_range,
    "deleteProtectedRange": areas.delete_protected_range,
    "setBasicFilter": rules.set_basic_filter,
    "clearBasicFilter": rules.clear_basic_filter,
    "addFilterView": rules.add_filter_view,
    "updateFilterView": rules.update_filter_view,
    "deleteFilterView": rules.delete_filter_view,
    "duplicateFilterView": rules.duplicate_filter_view,
    "addConditionalFormatRule": rules.add_conditional_format_rule,
    "updateConditionalFormatRule": rules.update_conditional_format_rule,
    "deleteConditionalFormatRule": rules.delete_conditional_format_rule,
    "addBanding": rules.add_banding,
    "updateBanding": rules.update_banding,
    "deleteBanding": rules.delete_banding,
    "addTable": rules.add_table,
    "updateTable": rules.update_table,
    "deleteTable": rules.delete_table,
    "createDeveloperMetadata": metadata.create_developer_metadata,
    "updateDeveloperMetadata": metadata.update_developer_metadata,
    "deleteDeveloperMetadata": metadata.delete_developer_metadata,
}


def apply(context: Context, requests: list[dict]) -> list[dict]:
    """All requests on the context's book, which is a fork; the first bad one ends it."""
    replies = []
    for at, request in enumerate(requests):
        kinds = [kind for kind, body in request.items() if body is not None]
        if len(kinds) != 1:
            raise bad_field(f"requests[{at}]", f"Invalid requests[{at}]: Expected exactly one kind of request.")
        kind = kinds[0]
        if kind not in KINDS:
            place = f"requests[{at}]"
            message = f"Invalid JSON payload received. Unknown name \"{kind}\" at '{place}': Cannot find field."
            raise bad_field(place, message)
        try:
            reply = KINDS[kind](context, without_nulls(request[kind]))
        except ApiError as error:
            raise error.within(f"requests[{at}].{kind}") from None
        context.book.memo = {}
        replies.append({} if reply is None else {kind: reply})
    return replies


def without_nulls(value):
    """A null member of a request counts as not sent."""
    if isinstance(value, dict):
        return {name: without_nulls(one) for name, one in value.items() if one is not None}
    if isinstance(value, list):
        return [without_nulls(one) for one in value]
    return value
