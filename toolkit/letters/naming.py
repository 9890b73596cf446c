"""Which values a template names, on which line, and what it compares them with: read from its syntax, never run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from jinja2 import nodes
from jinja2.meta import find_referenced_templates, find_undeclared_variables


class Use(NamedTuple):
    """A place where a template names a value (`rows`, `ticket.ticket_no`), and the constants that it is compared with."""

    name: str
    file: Path
    line: int
    compared: tuple[object, ...] = ()


def uses(name: str, parsed: Callable[[str], tuple[nodes.Template, Path]]) -> Iterator[Use]:
    """Every use in a template and in the parts that it includes. `parsed` gives syntax and file of a template."""
    todo, seen = [name], {name}
    while todo:
        ast, file = parsed(todo.pop())
        roots = find_undeclared_variables(ast)
        compared = _compared(ast)
        for part in ast.find_all((nodes.Getattr, nodes.Name)):
            said = _said(part)
            if said.partition(".")[0] in roots:
                yield Use(said, file, part.lineno, compared.get(said, ()))
        others = [other for other in find_referenced_templates(ast) if other and other not in seen]
        todo += others
        seen.update(others)


def _said(part: nodes.Node) -> str:
    """`ticket`, `ticket.product`; nothing for what is no plain name."""
    match part:
        case nodes.Name(name=name):
            return str(name)
        case nodes.Getattr(node=nodes.Name(name=root), attr=attr):
            return f"{root}.{attr}"
        case _:
            return ""


def _compared(ast: nodes.Template) -> dict[str, tuple[object, ...]]:
    """The constants that a template compares each name with: `case.kind_key == "exchange"`."""
    found: dict[str, tuple[object, ...]] = {}
    for one in ast.find_all(nodes.Compare):
        constants = tuple(side.expr.value for side in one.ops if isinstance(side.expr, nodes.Const))
        found[_said(one.expr)] = (*found.get(_said(one.expr), ()), *constants)
    return found
