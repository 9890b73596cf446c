"""What pydantic found, in the words of config.yaml: the line, the value as it may be shown, what is allowed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from toolkit.settings.faults import Mistake, choices_text, shown_text, unknown_key_text
from toolkit.settings.fields import ONE_OF, SAY
from toolkit.settings.yaml_source import Node, Way, dotted

MISSING = "missing"

_EXPECTED = {
    "int_parsing": "expected a whole number",
    "int_from_float": "expected a whole number",
    "int_type": "expected a whole number",
    "float_parsing": "expected a number",
    "float_type": "expected a number",
    "finite_number": "expected a number",
    "bool_parsing": "expected yes or no",
    "bool_type": "expected yes or no",
    "string_type": "expected one value, not a list or section",
    "string_too_short": "expected a value",
    "tuple_type": "expected a list, e.g. [one, two]",
    "dict_type": "expected a section of names and values",
    "model_type": "expected a section of names and values",
    "model_attributes_type": "expected a section of names and values",
    "too_short": "expected at least one entry",
}
_BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "less than"),
}


def mistakes_of(form: type[BaseModel], errors: Sequence[ErrorDetails], tree: Node) -> Iterator[Mistake]:
    """Each error as a mistake at its place in the tree."""
    for error in errors:
        if error["type"] == "too_short" and any(_is_below(other["loc"], error["loc"]) for other in errors):
            continue  # an entry with a mistake of its own counts as absent
        way: Way = error["loc"]
        # A wrong key of a table is told with the mark [key] behind it; the place is the key's.
        is_key = bool(way) and way[-1] == "[key]"
        way = way[:-1] if is_key else way
        node = tree.at(way)
        shown = str(way[-1]) if is_key else node.shown
        yield Mistake(node.file, node.line, dotted(way), _text(form, error, way, node, shown))


def untold(told: Sequence[Mistake], found: Iterable[Mistake]) -> Iterator[Mistake]:
    """What was not said yet: a variable that is not set makes a wrong number too, a misspelt name misses everything."""
    places = {(one.file, one.name) for one in told}
    for one in found:
        parent = one.name.rpartition(".")[0]
        if (one.file, one.name) not in places and not (one.text == MISSING and (one.file, parent) in places):
            yield one


def _is_below(way: Way, above: Way) -> bool:
    return len(way) > len(above) and way[: len(above)] == above


def _text(form: type[BaseModel], error: ErrorDetails, way: Way, node: Node, shown: str) -> str:
    kind, context = error["type"], error.get("ctx", {})
    is_scalar = isinstance(node.value, str) or error["loc"] != way
    match kind:
        case "extra_forbidden":
            return unknown_key_text(str(way[-1]), keys_at(form, way[:-1]))
        case "missing":
            return MISSING
        case _ if kind == ONE_OF:
            return choices_text(shown, context["allowed"], found=_findable(node, shown))
        case _ if kind == SAY:
            text = str(context["text" if node.is_open() else "instead"])
        case _ if kind in _BOUNDS:
            bound, words = _BOUNDS[kind]
            text = f"expected {words} {context[bound]:g}"
        case _:
            text = _EXPECTED.get(kind, "not understood")
    return f"found {shown_text(shown)}; {text}" if is_scalar or node.value is None else text


def _findable(node: Node, shown: str) -> str:
    """The word to look up the nearest for; a value from outside is not given away by its neighbour."""
    return shown if node.is_open() else ""


def keys_at(form: type[BaseModel], way: Way) -> list[str]:
    """The keys that may stand in the section that a way leads to."""
    here: Any = form
    for part in way:
        here = _below(here, part)
    return [field.alias or name for name, field in here.model_fields.items()] if _is_form(here) else []


def _below(kind: Any, part: str | int) -> Any:
    """The type of a value within a value of a type; None where it is no section."""
    if _is_form(kind):
        field = next((one for name, one in kind.model_fields.items() if (one.alias or name) == part), None)
        return _sections_of(field.annotation) if field else None
    return _sections_of(get_args(kind)[-1 if get_origin(kind) in {dict, Mapping} else 0]) if get_args(kind) else None


def _sections_of(annotation: Any) -> Any:
    """The part of `Annotated[X, …]` or `X | None` that may hold sections."""
    if _is_form(annotation) or get_origin(annotation) in {dict, Mapping, tuple, list}:
        return annotation
    return next((found for one in get_args(annotation) if (found := _sections_of(one)) is not None), None)


def _is_form(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
