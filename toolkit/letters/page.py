"""The HTML part of a letter: the tree as markup, in the common layout, with its styles written into each element."""

from __future__ import annotations

import html
from functools import cache
from typing import TYPE_CHECKING

from toolkit.letters.markdown import heads, is_facts, is_figures, only_child, rows
from toolkit.letters.slots import Slots, in_html

if TYPE_CHECKING:
    import css_inline
    from markdown_it.tree import SyntaxTreeNode

_TAGS = {"bullet_list": "ul", "ordered_list": "ol", "blockquote": "blockquote", "strong": "strong", "em": "em"}
_MANY = 4  # figures that stand in one row; more are broken into rows of three, or of four where that is even


class Markup:
    """Writes trees of one letter as HTML. Words are escaped here, data once more as it is put back."""

    def __init__(self, slots: Slots) -> None:
        self._slots = slots

    def whole(self, node: SyntaxTreeNode) -> str:
        """The node's inside."""
        return "".join(self._node(child) for child in node.children)

    def _node(self, node: SyntaxTreeNode) -> str:
        match node.type:
            case "text":
                return self._slots.fill(html.escape(node.content), in_html)
            case "code_inline":
                return f"<code>{self._slots.fill(html.escape(node.content), in_html)}</code>"
            case "softbreak":
                return "\n"
            case "hardbreak":
                return "<br>"
            case "hr":
                return "<hr>"
            case "paragraph":
                return self._paragraph(node)
            case "heading":
                return f"<{node.tag}>{self.whole(node)}</{node.tag}>"
            case "list_item":
                return f"<li>{self.whole(node)}</li>"
            case "link":
                return self._link(node)
            case "table":
                return self._table(node)
            case kind if kind in _TAGS:
                return f"<{_TAGS[kind]}>{self.whole(node)}</{_TAGS[kind]}>"
            case _:
                return self.whole(node)

    def _paragraph(self, node: SyntaxTreeNode) -> str:
        inside = self.whole(node)
        if node.hidden:  # in a list without empty lines
            return inside
        if only_child(node, "link"):
            return f'<p class="button">{inside}</p>'
        return f'<p class="note">{inside}</p>' if only_child(node, "em") else f"<p>{inside}</p>"

    def _link(self, node: SyntaxTreeNode) -> str:
        href = self._slots.href(str(node.attrs.get("href", "")))
        inside = self.whole(node)
        return f'<a href="{html.escape(href)}">{inside}</a>' if href else f"<span>{inside}</span>"

    def _table(self, table: SyntaxTreeNode) -> str:
        if is_figures(table):
            return self._figures(table)
        if is_facts(table):
            body = "".join(
                f'<tr><th scope="row">{self.whole(row[0])}</th><td>{"<br>".join(map(self.whole, row[1:]))}</td></tr>'
                for row in rows(table)
            )
            return f'<table class="facts" width="100%" cellpadding="0" cellspacing="0">{body}</table>'
        head = "".join(f'<th scope="col">{self.whole(cell)}</th>' for cell in heads(table))
        body = "".join(f"<tr>{''.join(f'<td>{self.whole(cell)}</td>' for cell in row)}</tr>" for row in rows(table))
        return f'<table class="rows" width="100%" cellpadding="0" cellspacing="0"><tr>{head}</tr>{body}</table>'

    def _figures(self, table: SyntaxTreeNode) -> str:
        """A real table of cells of one width: the only grid that every mail program keeps."""
        cells = [(self.whole(row[0]), "".join(map(self.whole, row[1:]))) for row in rows(table)]
        if not cells:
            return ""
        count = len(cells)
        across = count if count <= _MANY else 4 if count % 4 in {0, 3} else 3
        filled = cells + [("", "")] * (-count % across)
        lines = "".join(
            f"<tr>{''.join(_figure(*cell, share=100 // across) for cell in filled[at : at + across])}</tr>"
            for at in range(0, len(filled), across)
        )
        return (
            f'<table class="figures" role="presentation" width="100%" cellpadding="0" cellspacing="0">{lines}</table>'
        )


def _figure(label: str, value: str, *, share: int) -> str:
    if not label and not value:
        return f'<td width="{share}%" class="blank"></td>'
    return f'<td width="{share}%"><span class="value">{value}</span><span class="label">{label}</span></td>'


@cache
def _inliner() -> css_inline.CSSInliner:
    import css_inline

    # The style element stays for what cannot be inlined: the phone's media query. Nothing is fetched, ever.
    return css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)


def with_styles(document: str) -> str:
    """The document with each rule of its style element written into the elements: Gmail and Outlook want that."""
    return str(_inliner().inline(document))
