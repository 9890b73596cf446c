"""Field masks: `sheets(properties,data.rowData)` and `gridProperties/rowCount`, applied to replies and to updates."""

from __future__ import annotations

import copy
import re

from tests.sheets_server.errors import bad_field, invalid

Mask = dict  # name -> Mask; an empty one means everything below

_TOKEN = re.compile(r"\s*([A-Za-z_*][A-Za-z0-9_]*|\*|[(),./])")


def parse(text: str) -> Mask:
    tokens, at = [], 0
    text = text.strip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if not match:
            raise bad_field("fields", f"Error expanding 'fields' parameter. Cannot parse at position {at}: {text}")
        tokens.append(match[1])
        at = match.end()
    return _group(tokens)


def _group(tokens: list[str]) -> Mask:
    mask: Mask = {}
    while tokens and tokens[0] != ")":
        if tokens[0] == ",":
            tokens.pop(0)
            continue
        _path(tokens, mask)
    return mask


def _path(tokens: list[str], mask: Mask) -> None:
    name = tokens.pop(0)
    known_whole = name in mask and not mask[name]
    below = mask.setdefault(_camel(name), {})
    fresh: Mask = {}
    if tokens and tokens[0] in "./":
        tokens.pop(0)
        _path(tokens, fresh)
    elif tokens and tokens[0] == "(":
        tokens.pop(0)
        fresh = _group(tokens)
        if tokens:
            tokens.pop(0)
    if fresh and not known_whole:
        _merge(below, fresh)
    else:
        below.clear()


def _merge(into: Mask, other: Mask) -> None:
    for name, below in other.items():
        if name not in into:
            into[name] = below
        elif not into[name] or not below:
            into[name] = {}
        else:
            _merge(into[name], below)


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def wants(mask: Mask | None, *path: str) -> bool:
    """Does the mask ask for anything at or below the path?"""
    if mask is None:
        return True
    for name in path:
        if not mask or "*" in mask:
            return True
        if name not in mask:
            return False
        mask = mask[name]
    return True


def pick(mask: Mask | None, value):
    """What a reply keeps. A list keeps its places: cells without the member stay as {}."""
    if not mask or "*" in mask:
        return value
    if isinstance(value, list):
        return [pick(mask, one) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: pick(mask[name], one) for name, one in value.items() if name in mask}


def required(text: str | None) -> Mask:
    mask = parse(text or "")
    if not mask:
        raise invalid("At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)")
    return mask


def update(mask: Mask, target: dict, source: dict) -> dict:
    """A copy of the target with the masked members of the source; a masked member that is not sent is taken away."""
    result = dict(target)
    if "*" in mask:
        return copy.deepcopy(source)
    for name, below in mask.items():
        sent = source.get(name)
        if below and "*" not in below:
            inner = update(below, result.get(name) or {}, sent or {})
            _set(result, name, inner or None)
        else:
            _set(result, name, copy.deepcopy(sent))
    return result


def _set(target: dict, name: str, value) -> None:
    if value is None:
        target.pop(name, None)
    else:
        target[name] = value
