"""The small Markdown that letters are written in, read into a tree.

Only these rules are on: paragraphs, headings, lists, quotes, tables, rules, emphasis, code, links, breaks. Raw HTML,
pictures and indented code are off: a template's indentation must not turn a sentence into code.

Three conventions carry the design, see `templates/README.md`: a table with an empty heading row is a panel of facts
(label, value), the same with centred columns is a strip of figures, a paragraph that is one link is a button.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

_RULES = (
    "heading", "list", "blockquote", "table", "hr",
    "emphasis", "backticks", "link", "newline", "escape", "entity",
)  # fmt: skip


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("zero", {"html": False}).enable(list(_RULES))


def tree(source: str) -> SyntaxTreeNode:
    """The parsed text."""
    from markdown_it.tree import SyntaxTreeNode

    return SyntaxTreeNode(_parser().parse(source))


def rows(table: SyntaxTreeNode) -> tuple[tuple[SyntaxTreeNode, ...], ...]:
    """The cells of a table's body."""
    body = table.children[1:]
    return tuple(tuple(row.children) for part in body for row in part.children)


def heads(table: SyntaxTreeNode) -> tuple[SyntaxTreeNode, ...]:
    return tuple(table.children[0].children[0].children)


def is_facts(table: SyntaxTreeNode) -> bool:
    """Without headings: labels on the left, values on the right."""
    return not any(cell.children[0].content.strip() for cell in heads(table))


def is_figures(table: SyntaxTreeNode) -> bool:
    """Facts in centred columns: numbers to be seen at a glance."""
    return is_facts(table) and all("center" in str(cell.attrs.get("style", "")) for cell in heads(table))


def only_child(paragraph: SyntaxTreeNode, kind: str) -> bool:
    """Is the paragraph one link, one emphasis, and nothing else?"""
    inline = paragraph.children[0].children
    return len(inline) == 1 and inline[0].type == kind
