"""YAML text into a tree that remembers the line of every value, so that each mistake can name it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from toolkit.settings.faults import ConfigError, Mistake

Way = tuple[str | int, ...]
"""How to get to a value: keys and positions."""

_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True)
class Node:
    """A value with its place. Scalars stay text (typing is for those who know the type) or None where nothing is said.

    `shown` is how a scalar may appear in an error text: as it stands in the file, never a value from the environment.
    """

    value: str | dict[str, Node] | list[Node] | None
    file: str
    line: int
    shown: str = ""

    def child(self, part: str | int) -> Node | None:
        """The value below, or None."""
        if isinstance(self.value, dict):
            return self.value.get(str(part))
        if isinstance(self.value, list) and isinstance(part, int) and part < len(self.value):
            return self.value[part]
        return None

    def find(self, way: Sequence[str | int]) -> Node | None:
        """The value that a way leads to, or None."""
        here: Node | None = self
        for part in way:
            here = here.child(part) if here is not None else None
        return here

    def at(self, way: Sequence[str | int]) -> Node:
        """The value that a way leads to, or the last one on the way that exists."""
        here = self
        for part in way:
            below = here.child(part)
            if below is None:
                return here
            here = below
        return here

    def is_open(self) -> bool:
        """Whether everything in it may be shown: it stands in the file as it is."""
        match self.value:
            case dict() as below:
                return all(node.is_open() for node in below.values())
            case list() as items:
                return all(node.is_open() for node in items)
            case value:
                return value is None or value == self.shown

    def plain(self) -> object:
        """Dictionaries, lists, text and None only."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


def dotted(way: Sequence[str | int]) -> str:
    """`books.1.path`: list positions count from 1, as people do."""
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in way)


def read_text(path: Path) -> str:
    """A configuration file's text. An editor's byte order mark is dropped, another encoding is a mistake."""
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise ConfigError([Mistake(path.name, line, "", "not UTF-8 text; save the file as UTF-8")]) from None


def parse(text: str, file: str) -> tuple[Node, list[Mistake]]:
    """The tree of one document and the mistakes of its form. Text that is not YAML ends in a ConfigError at once."""
    events = _Events(text, file)
    try:
        return events.document(), events.mistakes
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ConfigError([*events.mistakes, Mistake(file, mark.line + 1 if mark else 1, "", _words(error))]) from None
    except RecursionError:
        raise ConfigError(
            [*events.mistakes, Mistake(file, 1, "", "brackets or lists within each other, too deep")]
        ) from None
    except YAMLError:
        line = next((i for i, one in enumerate(text.splitlines(), 1) if not one.isprintable() and "\t" not in one), 1)
        raise ConfigError([*events.mistakes, Mistake(file, line, "", "a character that YAML does not allow")]) from None


def _words(error: MarkedYAMLError) -> str:
    """The parser's complaint for people; it never quotes the line, which may hold a password."""
    problem = error.problem or "not understood"
    if "'\\t'" in problem:
        return "a tab; YAML indents with spaces only"
    if "mapping values are not allowed" in problem:
        return 'not YAML: a ":" where none can be; is the indentation right, is a text with ":" in quotes?'
    if "could not find expected ':'" in problem:
        return 'not YAML: a ":" is missing after a name'
    if "tag handle" in problem:
        return "a text that begins with ! needs quotes; YAML's tags are not used here"
    return f"not YAML: {problem}"


class _Events:
    """Builds the tree from the parser's events: leaner than a composed document, and each key's line is at hand."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.mistakes: list[Mistake] = []
        self._events = iter(YAML(typ="safe", pure=True).parse(text))

    def document(self) -> Node:
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                root = self._node(next(self._events), (), 1)
                self._no_second()
                return root
        return Node(None, self.file, 1)

    def _no_second(self) -> None:
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                self._mistake(event.start_mark.line + 1, (), 'a second document after "---"; a configuration is one')
                return

    def _node(self, event: NodeEvent, way: Way, line: int) -> Node:
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            # Aliases can blow up a file, and a text such as `*secret` that lacks its quotes must not be repeated.
            self._mistake(
                line, way, "a text that begins with * or & needs quotes; YAML's anchors and aliases are not used here"
            )
            if isinstance(event, AliasEvent):
                return Node(None, self.file, line)
        if str(getattr(event, "tag", None) or "").startswith("!"):
            self._mistake(line, way, "a text that begins with ! needs quotes; YAML's tags are not used here")
        if isinstance(event, MappingStartEvent):
            return self._mapping(way, line)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(way, line)
        if not isinstance(event, ScalarEvent) or (event.style is None and event.value in _NOTHING):
            return Node(None, self.file, line)
        return Node(event.value, self.file, line, event.value)

    def _mapping(self, way: Way, line: int) -> Node:
        found: dict[str, Node] = {}
        while not isinstance(event := next(self._events), MappingEndEvent):
            at = event.start_mark.line + 1
            if not isinstance(event, ScalarEvent):
                self._mistake(at, way, "a key must be a plain word")
                self._node(event, way, at)
                self._node(next(self._events), way, at)
                continue
            key = event.value
            node = self._node(next(self._events), (*way, key), at)
            if key in found:
                self._mistake(at, (*way, key), f"written twice; the first one is in line {found[key].line}")
            else:
                found[key] = node
        return Node(found, self.file, line)

    def _sequence(self, way: Way, line: int) -> Node:
        found: list[Node] = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            found.append(self._node(event, (*way, len(found)), event.start_mark.line + 1))
        return Node(found, self.file, line)

    def _mistake(self, line: int, way: Way, text: str) -> None:
        self.mistakes.append(Mistake(self.file, line, dotted(way), text))
