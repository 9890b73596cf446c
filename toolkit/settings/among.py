"""Looks into a configuration's tree and complains of words that are not among the allowed ones.

Values of a wrong shape are passed over: the form complains of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from toolkit.settings.faults import Mistake, choices_text, unknown_key_text
from toolkit.settings.yaml_source import Node, Way, dotted


def entries(node: Node | None) -> list[tuple[str, Node]]:
    """Names and values of a section."""
    return list(node.value.items()) if node is not None and isinstance(node.value, dict) else []


def items(node: Node | None, way: Way) -> list[tuple[Way, Node]]:
    """The values of a list, or the one value that may stand in its place."""
    if node is None:
        return []
    if isinstance(node.value, list):
        return [((*way, i), one) for i, one in enumerate(node.value)]
    return [(way, node)] if isinstance(node.value, str) else []


def word_at(node: Node | None, default: str) -> str:
    """The text of a scalar."""
    return node.value if node is not None and isinstance(node.value, str) else default


def among(node: Node, way: Way, key: str, allowed: Iterable[str]) -> Iterator[Mistake]:
    """The value, or values, of a key must be allowed ones."""
    below = node.child(key)
    return values_among(below, (*way, key), allowed) if below is not None else iter(())


def values_among(node: Node, way: Way, allowed: Iterable[str]) -> Iterator[Mistake]:
    """The value, or values of a list, must be allowed ones. What came from outside is not compared in public."""
    words = list(allowed)
    for here, one in items(node, way):
        if isinstance(one.value, str) and one.value and one.value not in words:
            found = one.shown if one.shown == one.value else ""
            yield mistake(one, here, choices_text(one.shown, words, found=found))


def keys_among(node: Node | None, way: Way, allowed: Iterable[str]) -> Iterator[Mistake]:
    """The names in a section must be allowed ones."""
    words = list(allowed)
    for key, one in entries(node):
        if key not in words:
            yield mistake(one, (*way, key), unknown_key_text(key, words))


def mistake(node: Node, way: Way, text: str) -> Mistake:
    """A mistake at a value's place."""
    return Mistake(node.file, node.line, dotted(way), text)
