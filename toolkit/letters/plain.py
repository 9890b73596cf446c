"""The plain part of a letter: the tree as text that reads well by itself."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING

from toolkit.letters.markdown import heads, is_facts, only_child, rows
from toolkit.letters.slots import Slots, clipped, in_text, one_line

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

PREVIEW_LIMIT = 140  # as much as the widest inbox shows


def width(text: str) -> int:
    """Columns on a screen: Chinese signs take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


class PlainText:
    """Writes trees of one letter as text."""

    def __init__(self, slots: Slots, put_back: Callable[[str], str] = in_text) -> None:
        self._slots = slots
        self._put_back = put_back

    def blocks(self, node: SyntaxTreeNode) -> list[str]:
        """One text for each block, to be joined by empty lines."""
        return [text for child in node.children if (text := self._block(child))]

    def whole(self, node: SyntaxTreeNode) -> str:
        return "\n\n".join(self.blocks(node))

    def preview(self, node: SyntaxTreeNode) -> str:
        """What an inbox shows beside the subject: the first sentence that is no heading, greeting or button."""
        sentences = [child for child in node.children if child.type in {"paragraph", "blockquote"}]
        for at, child in enumerate(sentences):
            said = one_line(self.whole(child) if child.type == "blockquote" else self.inline(child))
            is_greeting = at == 0 and said[-1:] in {"：", ":", "，", ","}
            is_button = child.type == "paragraph" and only_child(child, "link")
            if said and not is_greeting and not is_button:
                return clipped(said, PREVIEW_LIMIT)
        return ""

    def _block(self, node: SyntaxTreeNode) -> str:
        match node.type:
            case "heading":
                text = self.inline(node)
                return f"{text}\n{('=' if node.tag == 'h1' else '-') * min(width(text), 60)}" if text else ""
            case "bullet_list":
                return self._list(node, ["- "] * len(node.children))
            case "ordered_list":
                first = int(node.attrs.get("start", 1))
                return self._list(node, [f"{first + number}. " for number in range(len(node.children))])
            case "blockquote":
                return _hang("  ", self.whole(node))
            case "table":
                return self._facts(node) if is_facts(node) else self._table(node)
            case "hr":
                return "-" * 24
            case _:
                return self.inline(node)

    def _list(self, node: SyntaxTreeNode, markers: list[str]) -> str:
        texts = ["\n".join(self.blocks(item)) for item in node.children]
        # Items of several lines want air between them, short ones do not.
        gap = "\n\n" if any("\n" in text for text in texts) else "\n"
        return gap.join(_hang(marker, text) for marker, text in zip(markers, texts, strict=True))

    def _facts(self, table: SyntaxTreeNode) -> str:
        pairs = [(self.inline(row[0]), "\n".join(self.inline(cell) for cell in row[1:])) for row in rows(table)]
        labels = [_label(label) for label, _ in pairs]
        column = max(map(width, labels), default=0)
        return "\n".join(
            _hang(label + " " * (column - width(label)), value) for label, (_, value) in zip(labels, pairs, strict=True)
        )

    def _table(self, table: SyntaxTreeNode) -> str:
        labels = [self.inline(cell) for cell in heads(table)]
        return "\n\n".join(
            "\n".join(
                f"{_label(label)}{said}"
                for label, cell in zip(labels, row, strict=False)
                if (said := self.inline(cell))
            )
            for row in rows(table)
        )

    def inline(self, node: SyntaxTreeNode) -> str:
        """The words of a paragraph, heading or cell."""
        match node.type:
            case "text" | "code_inline":
                return self._slots.fill(node.content, self._put_back)
            case "softbreak" | "hardbreak":
                return "\n"
            case "link":
                return self._link(node)
            case _:
                return "".join(self.inline(child) for child in node.children).strip("\n")

    def _link(self, node: SyntaxTreeNode) -> str:
        """`words (address)`; an address that is a phone number, or says the same as the words, is left out."""
        words = "".join(self.inline(child) for child in node.children)
        address = str(node.attrs.get("href", ""))
        href = self._slots.href(address)
        is_told = not href or href.startswith("tel:") or href.removeprefix("mailto:") in words
        if is_told:
            return words
        # An address that somebody typed is put back as any other value: in a chat room nobody may tap it.
        return f"{words} ({href if self._slots.is_own(address) else self._put_back(href)})"


def _label(label: str) -> str:
    """A Chinese label takes a Chinese colon."""
    return f"{label}{'：' if label[-1:] and width(label[-1:]) > 1 else ': '}"


def _hang(marker: str, text: str) -> str:
    """The marker before the first line, blanks of its width before the others."""
    first, *others = text.split("\n")
    blank = " " * width(marker)
    return "\n".join([f"{marker}{first}".rstrip(), *(f"{blank}{line}".rstrip() for line in others)])
