"""What a run wrote as one compressed blob of lines, packed and unpacked a few rows at a time."""

from __future__ import annotations

import json
import zlib
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


_TAG = "$type"
_SHARED = 1 << 14
"""So many moments are spelt once though many cells hold them."""
_LINE = 200
"""Rows of one line."""
_USUAL = {"row", "key", "column", "old", "new"}
_PIECE = 1 << 20
"""So much is unpacked at a time."""


def packed(writes: Iterable[Mapping[str, object]]) -> bytes:
    """Writes as a journal keeps them; those of one row that follow each other share its number and key."""
    packer, blob = zlib.compressobj(1), bytearray()
    encode = json.JSONEncoder(default=_tagged, ensure_ascii=False, separators=(",", ":")).encode
    rows: list[Any] = []

    def put() -> None:
        blob.extend(packer.compress((encode(rows) + "\n").encode()))

    last: tuple[object, object] | None = None
    for write in writes:
        if write.keys() != _USUAL:
            last = None
            rows.append(dict(write))
            continue
        at = (write["row"], write["key"])
        if at != last:
            if len(rows) >= _LINE:
                put()
                rows.clear()
            last = at
            rows.append([*at])
        rows[-1] += (write["column"], _shared(write["old"]), _shared(write["new"]))
    put()
    return bytes(blob + packer.flush())


def unpacked(blob: bytes) -> Iterator[Mapping[str, Any]]:
    """The writes of a journal."""
    return (write for line in lines_of(blob) for write in writes_of(line))


def lines_of(blob: bytes) -> Iterator[str]:
    """The lines of a journal, one after the other."""
    unpacker, rest, begun = zlib.decompressobj(), blob, b""
    while rest:
        begun += unpacker.decompress(rest, _PIECE)
        rest = unpacker.unconsumed_tail
        *whole, begun = begun.split(b"\n")
        yield from (line.decode() for line in whole)
    begun += unpacker.flush()
    if begun:
        yield begun.decode()


def writes_of(line: str) -> Iterator[Mapping[str, Any]]:
    """The writes of a line. One of another shape stands for itself, as all did in journals of earlier versions."""
    for entry in json.loads(line, object_hook=_untagged):
        if isinstance(entry, dict):
            yield entry
            continue
        row, key, *cells = entry
        for column, old, new in zip(cells[::3], cells[1::3], cells[2::3], strict=True):
            yield {"key": key, "row": row, "column": column, "old": old, "new": new}


_FEW = 20


def may_hold(line: str, keys: set[str]) -> bool:
    """Whether it is worth taking a line apart: to look for a few keys takes a tenth of that."""
    return len(keys) > _FEW or any(json.dumps(key, ensure_ascii=False) in line for key in keys)


def _shared(value: object) -> object:
    """The value for JSON; of a hundred thousand due times many are the same."""
    is_wall_time = (
        type(value) is datetime and value.tzinfo is None
    )  # others are equal though they are spelt differently
    return _spelt(cast(datetime, value)) if is_wall_time else value


@lru_cache(maxsize=_SHARED)
def _spelt(moment: datetime) -> dict[str, str]:
    return _tagged(moment)


def _tagged(value: object) -> dict[str, str]:
    match value:
        case datetime():  # before date: a datetime is one
            return {_TAG: "datetime", "v": value.isoformat()}
        case date():
            return {_TAG: "date", "v": value.isoformat()}
        case time():
            return {_TAG: "time", "v": value.isoformat()}
        case Decimal():
            return {_TAG: "decimal", "v": str(value)}
        case _:
            raise TypeError(f"a journal cannot keep {value!r}")


def _untagged(found: dict[str, Any]) -> Any:
    match found.get(_TAG):
        case "datetime":
            return datetime.fromisoformat(found["v"])
        case "date":
            return date.fromisoformat(found["v"])
        case "time":
            return time.fromisoformat(found["v"])
        case "decimal":
            return Decimal(found["v"])
        case _:
            return found
