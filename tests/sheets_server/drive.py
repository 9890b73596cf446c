"""As much of Drive v3 (and v2's upload) as spreadsheets need: files, permissions, comments, export, import of CSV."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re

from tests.sheets_server import masks, values
from tests.sheets_server.a1 import WHOLE
from tests.sheets_server.book import Book, Sheet
from tests.sheets_server.errors import drive_invalid, drive_missing
from tests.sheets_server.grid import Grid
from tests.sheets_server.sheets_api import Call
from tests.sheets_server.values import Entry, Rendering

SPREADSHEET = "application/vnd.google-apps.spreadsheet"
_DEFAULT = "kind,id,name,mimeType"
_TERM = re.compile(
    r"""\s*(?:(?P<field>mimeType|name|trashed|parents|fullText)\s*(?P<op>=|!=|in|contains)\s*"""
    r"""(?P<value>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|true|false)"""
    r"""|(?P<list>"[^"]*"|'[^']*')\s+in\s+(?P<of>parents))\s*"""
)


def stamp(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def resource(book: Book) -> dict:
    return {
        "kind": "drive#file",
        "id": book.id,
        "name": book.title,
        "mimeType": SPREADSHEET,
        "starred": False,
        "trashed": False,
        "explicitlyTrashed": False,
        "parents": book.parents or ["0AGuqNO7uEKDoUk9PVA"],
        "version": str(book.version),
        "webViewLink": f"https://docs.google.com/spreadsheets/d/{book.id}/edit?usp=drivesdk",
        "createdTime": stamp(book.created),
        "modifiedTime": stamp(book.modified),
        "permissions": book.permissions,
    }


def _told(call: Call, full: dict, default: str) -> dict:
    return masks.pick(masks.parse(call.one("fields") or default), full)


def create(call: Call) -> dict:
    wanted = call.body
    book = call.store.create(wanted.get("name") or "Untitled")
    book.parents = wanted.get("parents") or []
    return _told(call, resource(book), _DEFAULT)


def copy(call: Call) -> dict:
    title = call.body.get("name") or f"Copy of {call.book.title}"
    book = call.store.copy(call.book, title)
    book.parents = call.body.get("parents") or []
    return _told(call, resource(book), _DEFAULT)


def get(call: Call) -> dict:
    return _told(call, resource(call.book), _DEFAULT)


def update(call: Call) -> dict:
    if call.body.get("name"):
        call.book.title = call.body["name"]
        call.store.touch(call.book)
    return _told(call, resource(call.book), _DEFAULT)


def delete(call: Call) -> None:
    del call.store.books[call.book.id]


def list_files(call: Call) -> dict:
    """Newest change first, as Drive does by default."""
    wanted = _query(call.one("q") or "")
    found = [book for book in call.store.books.values() if book.state != "denied" and wanted(book)]
    found.sort(key=lambda book: book.modified, reverse=True)
    size, start = int(call.one("pageSize") or 100), int(call.one("pageToken") or 0)
    full = {
        "kind": "drive#fileList",
        "incompleteSearch": False,
        "files": [resource(book) for book in found[start : start + size]],
    }
    if start + size < len(found):
        full["nextPageToken"] = str(start + size)
    return _told(call, full, "kind,incompleteSearch,nextPageToken,files(kind,id,name,mimeType)")


def _query(text: str):
    tests, at = [], 0
    while at < len(text):
        match = _TERM.match(text, at)
        if not match:
            raise drive_invalid("Invalid Value")
        tests.append(match)
        at = match.end()
        if text[at : at + 3] == "and":
            at += 3
        elif at < len(text):
            raise drive_invalid("Invalid Value")
    return lambda book: all(_holds(book, match) for match in tests)


def _holds(book: Book, match: re.Match) -> bool:
    if match["list"]:
        return match["list"][1:-1] in resource(book)["parents"]
    value = match["value"]
    value = re.sub(r"\\(.)", r"\1", value[1:-1]) if value[0] in "'\"" else value
    kind = match["op"]
    told = {"mimeType": SPREADSHEET, "name": book.title, "trashed": "false", "fullText": book.title}
    if match["field"] == "parents":
        return value in resource(book)["parents"]
    if kind == "contains":
        return value.casefold() in told[match["field"]].casefold()
    same = told[match["field"]].casefold() == value.casefold()
    return same if kind == "=" else not same


# export and import


def export(call: Call) -> tuple[str, bytes]:
    """Delimited text of the first tab; other kinds are told as not built."""
    kind = call.one("mimeType")
    marks = {"text/csv": ",", "text/tab-separated-values": "\t"}
    if kind not in marks:
        raise drive_invalid("The requested conversion is not supported.", "convertTo")
    sheet = call.book.sheets[0]
    rows = values.read(call.book, sheet, sheet.grid.whole, Rendering()).get("values", [])
    width = max(map(len, rows), default=0)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=marks[kind], lineterminator="\r\n")
    writer.writerows([row + [""] * (width - len(row)) for row in rows])
    return kind, out.getvalue().removesuffix("\r\n").encode()


def import_csv(call: Call) -> dict:
    """v2's upload with conversion: one tab takes the place of all."""
    rows = list(csv.reader(io.StringIO(call.body["text"])))
    width = max(map(len, rows), default=0)
    book = call.book
    sheet = Sheet(call.store.new_id(), book.title, Grid(max(1000, len(rows)), max(26, width)))
    book.sheets, book.named, book.metadata = [sheet], [], []
    values.write(book, sheet, WHOLE, rows, Entry(as_typed=True, now=call.store.now()))
    call.store.touch(book)
    return _v2(book)


def _v2(book: Book) -> dict:
    link = f"https://docs.google.com/spreadsheets/d/{book.id}"
    return {
        "kind": "drive#file",
        "id": book.id,
        "selfLink": f"https://www.googleapis.com/drive/v2/files/{book.id}",
        "alternateLink": f"{link}/edit?usp=drivesdk",
        "embedLink": f"{link}/htmlembed",
        "title": book.title,
        "mimeType": SPREADSHEET,
        "createdDate": stamp(book.created),
        "modifiedDate": stamp(book.modified),
        "version": str(book.version),
        "editable": True,
    }


# permissions


def permissions_list(call: Call) -> dict:
    full = {"kind": "drive#permissionList", "permissions": call.book.permissions}
    return _told(call, full, "kind,nextPageToken,permissions(id,type,kind,role)")


def permissions_create(call: Call) -> dict:
    wanted = call.body
    new = {
        "kind": "drive#permission",
        "id": "anyoneWithLink" if wanted.get("type") == "anyone" else str(10**19 + call.store.new_id()),
        "type": wanted.get("type"),
        "role": wanted.get("role"),
    }
    for name in ("emailAddress", "domain"):
        if wanted.get(name):
            new |= {name: wanted[name], "displayName": wanted[name]}
    if wanted.get("type") in {"user", "group"}:
        new |= {"deleted": False, "pendingOwner": False}
    call.book.permissions.append(new)
    return _told(call, new, "kind,id,type,role")


def _permission(call: Call) -> dict:
    for one in call.book.permissions:
        if one["id"] == call.path["permission"]:
            return one
    raise drive_missing(call.path["permission"])


def permissions_get(call: Call) -> dict:
    return _told(call, _permission(call), "kind,id,type,role")


def permissions_update(call: Call) -> dict:
    one = _permission(call)
    one.update({name: call.body[name] for name in ("role", "pendingOwner") if name in call.body})
    return _told(call, one, "kind,id,type,role")


def permissions_delete(call: Call) -> None:
    call.book.permissions.remove(_permission(call))


# comments


def comments_list(call: Call) -> dict:
    full = {"kind": "drive#commentList", "comments": call.book.comments}
    return _told(call, full, "kind,nextPageToken,comments")


def comments_create(call: Call) -> dict:
    now = stamp(call.store.now())
    new = {"kind": "drive#comment", "id": f"AAAA{call.store.new_id()}", "createdTime": now, "modifiedTime": now}
    new |= {name: call.body[name] for name in ("content", "anchor") if call.body.get(name)}
    call.book.comments.append(new)
    return _told(call, new, "id")
