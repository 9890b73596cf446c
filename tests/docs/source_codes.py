"""The finding codes that the source can give, read from its syntax: what is constructed as Fault, Finding or `bad(…)`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "toolkit"
_CODE = re.compile(r"[a-z]+(-[a-z]+)*")
_MAKERS = {"Fault": 0, "Finding": 0, "_fault": 0}


def source_codes() -> set[str]:
    """Every code."""
    found: set[str] = set()
    for file in SOURCE.rglob("*.py"):
        if file.name == "demo.py":  # speaks of findings, makes none
            continue
        tree = ast.parse(file.read_text(encoding="utf-8"))
        found.update(_made(tree))
        if file.name == "bad.py":
            found.update(_named(tree))
    return found


def _made(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in _MAKERS:
            yield from _texts(node.args[_MAKERS[name]])


def _texts(node: ast.AST) -> Iterator[str]:
    """A text, or either text of `a if x else b`."""
    match node:
        case ast.Constant(value=str(text)) if _CODE.fullmatch(text):
            yield text
        case ast.IfExp(body=one, orelse=other):
            yield from (*_texts(one), *_texts(other))


def _named(tree: ast.Module) -> Iterator[str]:
    """`NOT_A_DATE = "not-a-date"`: what `bad` is called with."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield from _texts(node.value)
