"""Which method a path means: one table, tried from the top."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from tests.sheets_server import drive, sheets_api

_S, _D = r"/v4/spreadsheets", r"/drive/v3/files"
_ID = r"/(?P<id>[^/:]+)"
_RANGE = r"/values/(?P<range>[^/]+?)"

# (verb, path, kind, method, does it write)
_TABLE = [
    ("POST", rf"{_S}", "spreadsheets.create", sheets_api.create, True),
    ("GET", rf"{_S}{_ID}", "spreadsheets.get", sheets_api.get, False),
    ("POST", rf"{_S}{_ID}:batchUpdate", "spreadsheets.batchUpdate", sheets_api.batch_update, True),
    ("POST", rf"{_S}{_ID}:getByDataFilter", "spreadsheets.getByDataFilter", sheets_api.get_by_data_filter, False),
    ("GET", rf"{_S}{_ID}/values:batchGet", "values.batchGet", sheets_api.values_batch_get, False),
    ("POST", rf"{_S}{_ID}/values:batchUpdate", "values.batchUpdate", sheets_api.values_batch_update, True),
    ("POST", rf"{_S}{_ID}/values:batchClear", "values.batchClear", sheets_api.values_batch_clear, True),
    (
        "POST",
        rf"{_S}{_ID}/values:batchGetByDataFilter",
        "values.batchGetByDataFilter",
        sheets_api.values_batch_get_by_data_filter,
        False,
    ),
    (
        "POST",
        rf"{_S}{_ID}/values:batchUpdateByDataFilter",
        "values.batchUpdateByDataFilter",
        sheets_api.values_batch_update_by_data_filter,
        True,
    ),
    (
        "POST",
        rf"{_S}{_ID}/values:batchClearByDataFilter",
        "values.batchClearByDataFilter",
        sheets_api.values_batch_clear_by_data_filter,
        True,
    ),
    ("POST", rf"{_S}{_ID}{_RANGE}:append", "values.append", sheets_api.values_append, True),
    ("POST", rf"{_S}{_ID}{_RANGE}:clear", "values.clear", sheets_api.values_clear, True),
    ("GET", rf"{_S}{_ID}{_RANGE}", "values.get", sheets_api.values_get, False),
    ("PUT", rf"{_S}{_ID}{_RANGE}", "values.update", sheets_api.values_update, True),
    ("POST", rf"{_S}{_ID}/sheets/(?P<sheet>\d+):copyTo", "sheets.copyTo", sheets_api.copy_to, True),
    ("POST", rf"{_S}{_ID}/developerMetadata:search", "developerMetadata.search", sheets_api.metadata_search, False),
    (
        "GET",
        rf"{_S}{_ID}/developerMetadata/(?P<metadata>\d+)",
        "developerMetadata.get",
        sheets_api.metadata_get,
        False,
    ),
    ("GET", _D, "drive.files.list", drive.list_files, False),
    ("POST", _D, "drive.files.create", drive.create, True),
    ("GET", rf"{_D}{_ID}", "drive.files.get", drive.get, False),
    ("PATCH", rf"{_D}{_ID}", "drive.files.update", drive.update, True),
    ("DELETE", rf"{_D}{_ID}", "drive.files.delete", drive.delete, True),
    ("POST", rf"{_D}{_ID}/copy", "drive.files.copy", drive.copy, True),
    ("GET", rf"{_D}{_ID}/export", "drive.files.export", drive.export, False),
    ("PUT", rf"/upload/drive/v2/files{_ID}", "drive.files.import", drive.import_csv, True),
    ("PATCH", rf"/upload/drive/v3/files{_ID}", "drive.files.import", drive.import_csv, True),
    ("GET", rf"{_D}{_ID}/permissions", "drive.permissions.list", drive.permissions_list, False),
    ("POST", rf"{_D}{_ID}/permissions", "drive.permissions.create", drive.permissions_create, True),
    ("GET", rf"{_D}{_ID}/permissions/(?P<permission>[^/]+)", "drive.permissions.get", drive.permissions_get, False),
    (
        "PATCH",
        rf"{_D}{_ID}/permissions/(?P<permission>[^/]+)",
        "drive.permissions.update",
        drive.permissions_update,
        True,
    ),
    (
        "DELETE",
        rf"{_D}{_ID}/permissions/(?P<permission>[^/]+)",
        "drive.permissions.delete",
        drive.permissions_delete,
        True,
    ),
    ("GET", rf"{_D}{_ID}/comments", "drive.comments.list", drive.comments_list, False),
    ("POST", rf"{_D}{_ID}/comments", "drive.comments.create", drive.comments_create, True),
]
ROUTES = [(verb, re.compile(path), kind, method, writes) for verb, path, kind, method, writes in _TABLE]


@dataclass(frozen=True)
class Route:
    kind: str
    method: object
    writes: bool
    path: dict
    query: dict

    @property
    def is_drive(self) -> bool:
        return self.kind.startswith("drive.")


def find(verb: str, target: str) -> Route | None:
    """Ranges are matched before their %xx are read, so that a colon inside them is not taken for a verb."""
    parts = urlsplit(target)
    for wanted, pattern, kind, method, writes in ROUTES:
        match = pattern.fullmatch(parts.path) if verb == wanted else None
        if match:
            named = {name: unquote(text) for name, text in match.groupdict().items()}
            return Route(kind, method, writes, named, parse_qs(parts.query, keep_blank_values=True))
    return None
