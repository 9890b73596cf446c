"""What is done to the XML of a part: lawful but unusual forms, and all kinds of damage. Text in, text out."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from tests.contract.fuzz.seeds import pick

Spoil = Callable[[random.Random, str], str]

TAG = re.compile(r"<[A-Za-z][^<>]*>")
ANY_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
ATTRIBUTE = re.compile(r"""\s([\w:.-]+)=("[^"]*"|'[^']*')""")
ROW = re.compile(r"<((?:\w+:)?)row\b[^>]*?(?:/>|>.*?</\1row>)", re.DOTALL)
CELL = re.compile(r"<((?:\w+:)?)c\b[^>]*?(?:/>|>.*?</\1c>)", re.DOTALL)
CELL_TAG = re.compile(r"<(?:\w+:)?c\b[^>]*>")
ROW_TAG = re.compile(r"<(?:\w+:)?row\b[^>]*>")
VALUE = re.compile(r"(<(?:\w+:)?v>)([^<]*)(</)")
SHEET_DATA_END = re.compile(r"</(?:\w+:)?sheetData>|<(?:\w+:)?sheetData\s*/>")
DIMENSION = re.compile(r"<(?:\w+:)?dimension\b[^>]*?(?:/>|>\s*</(?:\w+:)?dimension>)")
JUNK = (
    "", "0", "-1", "1", "2", "7", "99999", "99999999999999999999", "A0", "A1", "XFD1048576", "XFE1", "A1048577", "a&amp;b", "true", "é", "1e3", " 1 ",
    "A1:B2 C3", "C3:A1", "#REF!", "$A$1", "A:A", "1:1", "１２", "٣", "+3", "0x1", "1_0", "&#65;1", "&lt;", "x" * 3000, "\n", "rId1", "NaN", "s", "A1,B2",
)  # fmt: skip
IN_COMMENTS = (
    '<row r="5"><c r="A5"><v>1</v></c></row>', "</sheetData>", "<sheetData>", '<c r="A1"><v>9</v></c>', "</row>", "<", ">", "]]>", "<f>", '<mergeCell ref="A1:Z99"/>',
    "<xf/>", "<si><t>x</t></si>", "<sheets>", "a > b", '"', "'",
)  # fmt: skip
TRAPS = ('<row r="5"><c r="A5"><v>1</v></c></row>', "x", "</c>", "<![CDATA[]]>")


def _replaced(rng: random.Random, text: str, what: re.Pattern[str], make: Callable[[re.Match[str]], str]) -> str:
    """One random match made something else."""
    found = list(what.finditer(text))
    if not found:
        return text
    one = pick(rng, found)
    return text[: one.start()] + make(one) + text[one.end() :]


def _all_but_head(text: str) -> int:
    """Where the root's content begins."""
    root = re.search(r"<[A-Za-z][^>]*>", text)
    return root.end() if root else 0


# ---- lawful, unusual: a careful writer takes these


def single_quotes(_: random.Random, text: str) -> str:
    return TAG.sub(lambda m: ATTRIBUTE.sub(lambda a: a[0].replace('"', "'") if "'" not in a[2] else a[0], m[0]), text)


def blanks_in_tags(rng: random.Random, text: str) -> str:
    blank = rng.choice((" ", "\n", "\t ", "\r\n"))
    text = TAG.sub(lambda m: ATTRIBUTE.sub(lambda a: f"{blank}{a[1]}{blank}={blank}{a[2]}", m[0]), text)
    return re.sub(r"(</[\w:]+)>", lambda m: m[1] + blank + ">", text)


def attributes_turned_round(_: random.Random, text: str) -> str:
    def turned(match: re.Match[str]) -> str:
        parts = [one[0] for one in ATTRIBUTE.finditer(match[0])]
        end = "/>" if match[0].endswith("/>") else ">"
        return re.match(r"<[\w:.-]+", match[0])[0] + "".join(reversed(parts)) + end

    return TAG.sub(turned, text)


def a_comment(rng: random.Random, text: str) -> str:
    inside = pick(rng, IN_COMMENTS)
    return _replaced(rng, text, ANY_TAG, lambda m: rng.choice((f"{m[0]}<!--{inside}-->", f"<!-- {inside} -->{m[0]}")))


def many_comments(rng: random.Random, text: str) -> str:
    start = _all_but_head(text)
    return text[:start] + ANY_TAG.sub(
        lambda m: m[0] + (f"<!--{pick(rng, IN_COMMENTS)}-->" if rng.random() < 0.1 else ""), text[start:]
    )


def an_instruction(rng: random.Random, text: str) -> str:
    inside = pick(rng, IN_COMMENTS)
    return _replaced(rng, text, ANY_TAG, lambda m: f"{m[0]}<?odd {inside}?>")


def cdata_around_text(rng: random.Random, text: str) -> str:
    return _replaced(
        rng, text, re.compile(r"(<(?:\w+:)?[vt](?: [^>]*)?>)([^<&]+)(</)"), lambda m: f"{m[1]}<![CDATA[{m[2]}]]>{m[3]}"
    )


def characters_by_number(rng: random.Random, text: str) -> str:
    return _replaced(rng, text, VALUE, lambda m: m[1] + "".join(f"&#{ord(c)};" for c in m[2] if c not in "&;") + m[3])


def attribute_by_number(rng: random.Random, text: str) -> str:
    return _replaced(
        rng,
        text,
        re.compile(r'( (?:r|t|s|ref|spans)=")([^"&]+)(")'),
        lambda m: f"{m[1]}&#{ord(m[2][0])};{m[2][1:]}{m[3]}",
    )


def byte_order_mark(_: random.Random, text: str) -> str:
    return "\ufeff" + text


def no_declaration(_: random.Random, text: str) -> str:
    return re.sub(r"\A<\?xml[^>]*\?>\s*", "", text)


def pretty_printed(_: random.Random, text: str) -> str:
    return re.sub(r"(?<=>)(?=<)", "\n  ", text)


def prefix_for_all(_: random.Random, text: str) -> str:
    if not re.search(r'<\w+[^>]* xmlns="', text) or re.search(r"<x:", text):
        return text
    text = re.sub(r' xmlns="', ' xmlns:x="', text, count=1)
    return re.sub(r"<(/?)(?=[A-Za-z]\w*[\s/>])", r"<\1x:", text)


def a_foreign_row(rng: random.Random, text: str) -> str:
    """Elements of another namespace where rows or cells stand: readers pass them by."""
    foreign = pick(
        rng,
        [
            '<o:row xmlns:o="urn:o" r="5"><o:c r="A5"><o:v>1</o:v></o:c></o:row>',
            '<row xmlns="urn:o" r="2"><c r="A2"><v>1</v></c></row>',
        ],
    )
    return _replaced(rng, text, ROW, lambda m: foreign + m[0])


def one_prefix_more(rng: random.Random, text: str) -> str:
    """A row says the same namespace by another prefix."""
    if "<row" not in text or not (space := re.search(r'xmlns="([^"]+)"', text)):
        return text

    def renamed(match: re.Match[str]) -> str:
        inside = re.sub(r"<(/?)(?=[A-Za-z]\w*[\s/>])", r"<\1q:", match[0])
        return inside.replace("<q:row", f'<q:row xmlns:q="{space[1]}"', 1)

    return _replaced(rng, text, ROW, renamed)


def unused_namespaces(_: random.Random, text: str) -> str:
    return re.sub(r"(<[A-Za-z][\w:]*)(?=[\s>])", r'\1 xmlns:zz="urn:zz" xmlns:row="urn:row"', text, count=1)


def no_dimension(_: random.Random, text: str) -> str:
    return DIMENSION.sub("", text)


def no_spans(_: random.Random, text: str) -> str:
    return re.sub(r' spans="[^"]*"', "", text)


def empty_rows_written_out(_: random.Random, text: str) -> str:
    return re.sub(r"<((?:\w+:)?(?:row|c))\b([^>]*)/>", r"<\1\2></\1>", text)


def blank_row_tags(rng: random.Random, text: str) -> str:
    return _replaced(
        rng, text, SHEET_DATA_END, lambda m: m[0] if m[0].endswith("/>") else f'<row r="900000" ht="9"/>{m[0]}'
    )


def rich_inline_text(rng: random.Random, text: str) -> str:
    runs = '<is><r><rPr><b/></rPr><t xml:space="preserve">a </t></r><r><t>b</t></r><rPh sb="0" eb="1"><t>ph</t></rPh><phoneticPr fontId="0"/></is>'
    return _cell_made(rng, text, "inlineStr", runs)


def _cell_made(rng: random.Random, text: str, kind: str, inside: str) -> str:
    def made(match: re.Match[str]) -> str:
        tag = CELL_TAG.match(match[0])[0].rstrip("/>")
        name = re.match(r"<((?:\w+:)?)", tag)[1]
        body = re.sub(r"<(/?)(?=[A-Za-z])", rf"<\1{name}", inside)
        kept = re.sub(r' t="[^"]*"', "", tag)
        return f"{kept}{f' t={chr(34)}{kind}{chr(34)}' if kind else ''}>{body}</{name}c>"

    return _replaced(rng, text, CELL, made)


def odd_numbers(rng: random.Random, text: str) -> str:
    number = pick(
        rng, ["-0", "1E400", "1e-400", "-1E308", "2958466", "-1", "0.1e1", "+5", " 5 ", "00012", "1e+2", "9" * 30, "60", "59", ".5", "5."]
    )  # fmt: skip
    return _cell_made(rng, text, "", f"<v>{number}</v>")


def each_kind(rng: random.Random, text: str) -> str:
    return _cell_made(
        rng,
        text,
        *pick(
            rng,
            [
                ("b", "<v>1</v>"), ("e", "<v>#REF!</v>"), ("str", "<v>text &amp; more</v>"), ("n", "<v>5</v>"), ("d", "<v>2026-09-03</v>"), ("inlineStr", "<is><t> x </t></is>"),
                ("inlineStr", "<is/>"), ("s", "<v>0</v>"), ("str", "<v/>"), ("str", "<f>A9</f><v></v>"),
            ],
        ),
    )  # fmt: skip


def formulas_put_in(rng: random.Random, text: str) -> str:
    return _cell_made(
        rng,
        text,
        "",
        pick(
            rng,
            [
                '<f t="shared" ref="A1:A9" si="7">B1</f><v>1</v>', '<f t="shared" si="7"/><v>1</v>', '<f t="array" ref="B2:C5">A1</f><v>1</v>', "<f/><v>1</v>", "<f>1</f>",
                '<f t="dataTable" ref="B2:D9" dt2D="1" dtr="1" r1="A1" r2="A2"/><v>1</v>', '<f ca="1"></f><v/>', '<f t="array" ref="A1:XFD1048576">1</f>',
            ],
        ),
    )  # fmt: skip


def odd_attributes_of_cells(rng: random.Random, text: str) -> str:
    more = pick(
        rng,
        [
            ' cm="1"',
            ' vm="1"',
            ' ph="1"',
            ' xml:space="preserve"',
            ' zz:r="Z9" xmlns:zz="urn:z"',
            ' zz:t="s" xmlns:zz="urn:z"',
        ],
    )
    return _replaced(rng, text, CELL_TAG, lambda m: re.sub(r"\s*(/?>)\Z", more.replace("\\", "") + r"\1", m[0]))  # fmt: skip


def extension_in_a_cell(rng: random.Random, text: str) -> str:
    return _cell_made(rng, text, "", '<v>1</v><extLst><ext uri="{x}"/></extLst>')


def merged_anywhere(rng: random.Random, text: str) -> str:
    area = pick(rng, ["A1:B2", "A2:A1048576", "C3:C3", "A1:XFD1048576", "B2:D4", "A5:F5"])
    p = m[1] if (m := re.search(r"<(\w+:)sheetData", text)) else ""
    return _replaced(
        rng,
        text,
        SHEET_DATA_END,
        lambda m: f'{m[0]}<{p}mergeCells count="1"><{p}mergeCell ref="{area}"/></{p}mergeCells>',
    )


def filters_anywhere(rng: random.Random, text: str) -> str:
    area = pick(rng, ["A1:F12", "A1:A1", "B2:C9", "A1:XFD1048576", "A1:F1048576"])
    p = m[1] if (m := re.search(r"<(\w+:)sheetData", text)) else ""
    tail = f'<{p}autoFilter ref="{area}"/><{p}conditionalFormatting sqref="{area} Z9"/><{p}dataValidations count="1"><{p}dataValidation sqref="A2:A12"/></{p}dataValidations>'
    return _replaced(rng, text, SHEET_DATA_END, lambda m: m[0] + tail)


LAWFUL = (
    single_quotes, blanks_in_tags, attributes_turned_round, a_comment, many_comments, an_instruction, cdata_around_text, characters_by_number, attribute_by_number,
    byte_order_mark, no_declaration, pretty_printed, prefix_for_all, unused_namespaces, no_dimension, no_spans, empty_rows_written_out,
)  # fmt: skip
"""For any part, but for those that look for rows, which find none there."""
LAWFUL_IN_SHEETS = (
    a_foreign_row, one_prefix_more, blank_row_tags, rich_inline_text, odd_numbers, each_kind, formulas_put_in, odd_attributes_of_cells, extension_in_a_cell,
    merged_anywhere, filters_anywhere,
)  # fmt: skip


# ---- damage


def attribute_dropped(rng: random.Random, text: str) -> str:
    start = _all_but_head(text)
    return text[:start] + _replaced(rng, text[start:], ATTRIBUTE, lambda _: "")


def attribute_changed(rng: random.Random, text: str) -> str:
    start = _all_but_head(text) if rng.random() < 0.9 else 0
    return text[:start] + _replaced(rng, text[start:], ATTRIBUTE, lambda m: f' {m[1]}="{pick(rng, JUNK)}"')


def an_attribute_everywhere_changed(rng: random.Random, text: str) -> str:
    names = sorted({m[1] for m in ATTRIBUTE.finditer(text, _all_but_head(text))})
    if not names:
        return text
    name, value = pick(rng, names), pick(rng, JUNK)
    return re.sub(rf'\s{re.escape(name)}="[^"]*"', lambda _: f' {name}="{value}"', text)


def an_attribute_everywhere_dropped(rng: random.Random, text: str) -> str:
    names = sorted({m[1] for m in ATTRIBUTE.finditer(text, _all_but_head(text))})
    if not names:
        return text
    name = "r" if "r" in names and rng.random() < 0.5 else pick(rng, names)
    start = _all_but_head(text)
    return text[:start] + re.sub(rf'\s{re.escape(name)}="[^"]*"', "", text[start:])


def attribute_doubled(rng: random.Random, text: str) -> str:
    return _replaced(rng, text, ATTRIBUTE, lambda m: m[0] + m[0])


def style_out_of_range(rng: random.Random, text: str) -> str:
    value = pick(rng, ["9999", "-1", "x", "", "1.0", "4294967296", "1" * 5000])
    return _replaced(rng, text, CELL_TAG, lambda m: re.sub(r'( s="[^"]*")?(/?>)\Z', f' s="{value}"\\2', m[0]))


def type_changed(rng: random.Random, text: str) -> str:
    kind = pick(rng, ["s", "str", "b", "n", "e", "d", "inlineStr", "zzz", "", "S"])
    return _replaced(rng, text, CELL_TAG, lambda m: re.sub(r'( t="[^"]*")?(/?>)\Z', f' t="{kind}"\\2', m[0]))


def string_out_of_range(rng: random.Random, text: str) -> str:
    return _cell_made(rng, text, "s", f"<v>{pick(rng, ['99999', '-1', 'x', '', '1.5', '９', '9' * 5000])}</v>")


def rows_swapped(rng: random.Random, text: str) -> str:
    return _swapped(rng, text, ROW)


def cells_swapped(rng: random.Random, text: str) -> str:
    return _swapped(rng, text, CELL)


def _swapped(rng: random.Random, text: str, what: re.Pattern[str]) -> str:
    found = list(what.finditer(text))
    if len(found) < 2:
        return text
    n = rng.randrange(len(found) - 1)
    a, b = found[n], found[n + 1]
    return text[: a.start()] + b[0] + text[a.end() : b.start()] + a[0] + text[b.end() :]


def row_doubled(rng: random.Random, text: str) -> str:
    return _replaced(rng, text, ROW, lambda m: m[0] + m[0])


def cell_doubled(rng: random.Random, text: str) -> str:
    return _replaced(rng, text, CELL, lambda m: m[0] + m[0])


def row_in_a_row(rng: random.Random, text: str) -> str:
    return _replaced(rng, text, CELL, lambda m: f'{m[0]}<row r="4000"><c r="A4000"/></row>')


def cell_in_a_cell(rng: random.Random, text: str) -> str:
    return _replaced(rng, text, CELL_TAG, lambda m: m[0] if m[0].endswith("/>") else f'{m[0]}<c r="Z1"><v>1</v></c>')


def row_wrapped(rng: random.Random, text: str) -> str:
    wrap = '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice Requires="x14">{}</mc:Choice><mc:Fallback>{}</mc:Fallback></mc:AlternateContent>'
    return _replaced(rng, text, pick(rng, [ROW, CELL]), lambda m: wrap.replace("{}", m[0]))


def text_between(rng: random.Random, text: str) -> str:
    return _replaced(
        rng, text, ANY_TAG, lambda m: m[0] + pick(rng, ["x", "&amp;", "<![CDATA[ ]]>", "<![CDATA[<row/>]]>"])
    )


def entity_unknown(rng: random.Random, text: str) -> str:
    return _replaced(rng, text, VALUE, lambda m: f"{m[1]}{pick(rng, ['&nbsp;', '&x;', '&', '&#0;', '&#xD800;'])}{m[3]}")


def doctype(rng: random.Random, text: str) -> str:
    name = rng.choice(("DOCTYPE", "DOCTYPE", "doctype"))
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
    inside = pick(rng, ["", ' [<!ENTITY e0 "x">]', f' [<!ENTITY e0 "x">{bomb}]', ' SYSTEM "file:///etc/passwd"'])
    at = text.find("?>") + 2 if text.startswith("<?xml") else 0
    text = f"{text[:at]}<!{name} worksheet{inside}>{text[at:]}"
    return _replaced(rng, text, VALUE, lambda m: f"{m[1]}&e{rng.choice((0, 8))};{m[3]}")


def namespace_changed(rng: random.Random, text: str) -> str:
    to = pick(
        rng,
        [
            "urn:other",
            "",
            "http://purl.oclc.org/ooxml/spreadsheetml/main",
            "http://schemas.microsoft.com/office/excel/2006/2",
        ],
    )
    return re.sub(r'xmlns(:\w+)?="[^"]*spreadsheetml[^"]*"', lambda m: f'xmlns{m[1] or ""}="{to}"', text, count=1)


def namespace_turned_inside(rng: random.Random, text: str) -> str:
    return re.sub(r"<(sheetData|row|sheets|cellXfs)\b", r'<\1 xmlns="urn:other"', text, count=1)


def prefix_unbound(rng: random.Random, text: str) -> str:
    return _replaced(rng, text, TAG, lambda m: "<nobody:" + m[0][1:])


def tag_unclosed(rng: random.Random, text: str) -> str:
    return _replaced(rng, text, re.compile(r"</[\w:]+>"), lambda _: "")


def end_tag_more(rng: random.Random, text: str) -> str:
    return _replaced(rng, text, re.compile(r"</[\w:]+>"), lambda m: m[0] + m[0])


def tag_misspelt(rng: random.Random, text: str) -> str:
    return _replaced(rng, text, ANY_TAG, lambda m: m[0][:2] + rng.choice("xXé0 -:") + m[0][2:])


def cut_off(rng: random.Random, text: str) -> str:
    return text[: rng.randrange(len(text))] if text else text


def something_after(rng: random.Random, text: str) -> str:
    return text + pick(rng, ["\0", "x", "<a/>", "<!-- end -->\n", "\0" * 1000, "<?x y?>"])


def nested_deep(rng: random.Random, text: str) -> str:
    n = rng.choice((200, 1500, 60_000))
    deep = "<extLst>" * n + "</extLst>" * n
    return re.sub(r"(</[\w:]+>\s*)\Z", lambda m: deep + m[1], text)


def huge_attribute(rng: random.Random, text: str) -> str:
    big = "y" * rng.choice((10_000, 3_000_000))
    return _replaced(rng, text, TAG, lambda m: re.sub(r"(/?>)\Z", f' big="{big}"' + r"\1", m[0]))


def huge_text(rng: random.Random, text: str) -> str:
    return _cell_made(rng, text, "inlineStr", f"<is><t>{'z' * rng.choice((40_000, 3_000_000))}</t></is>")


def rows_without_end(rng: random.Random, text: str) -> str:
    n = rng.choice((3000, 40_000))
    rows = "".join(f'<row r="{r}"><c r="A{r}"><v>1</v></c></row>' for r in range(500_000, 500_000 + n))
    return _replaced(rng, text, SHEET_DATA_END, lambda m: m[0] if m[0].endswith("/>") else rows + m[0])


def dimension_wrong(rng: random.Random, text: str) -> str:
    area = pick(rng, ["A1", "B2:C3", "A1:XFD1048576", "Z9:A1", "", "x", "A1:B2 C3", "A1:A99999999"])
    other = f'<dimension ref="{area}"/>' * rng.choice((1, 1, 2))
    return DIMENSION.sub(other, text) if DIMENSION.search(text) else text.replace("<sheetData", other + "<sheetData", 1)


def spans_wrong(rng: random.Random, text: str) -> str:
    spans = pick(rng, ["1:1", "abc", "5:2", "", "1:99999", "3", "1:3 5:9", "-1:2"])
    text = re.sub(r' spans="[^"]*"', "", text)
    return re.sub(r"<((?:\w+:)?row)\b", rf'<\1 spans="{spans}"', text)


def row_number_changed(rng: random.Random, text: str) -> str:
    number = pick(rng, ["0", "1", "3", "1048576", "1048577", "99999999999", "01", " 2 ", "2.0", "x", "-3", "２"])
    return _replaced(rng, text, ROW_TAG, lambda m: re.sub(r' r="[^"]*"', f' r="{number}"', m[0]))


def cell_name_changed(rng: random.Random, text: str) -> str:
    def named(match: re.Match[str]) -> str:
        name = found[1] if (found := re.search(r' r="([^"]*)"', match[0])) else "A1"
        other = pick(
            rng, [name.lower(), "$" + name, name + "0", "A" + name, "R1C1", "1A", name[::-1], "A01", "AAAA1", "XFE1", "Z9", "A1:A1", f" {name} "]
        )  # fmt: skip
        return re.sub(r' r="[^"]*"', lambda _: f' r="{other}"', match[0])

    return _replaced(rng, text, CELL_TAG, named)


def sheet_data_emptied(rng: random.Random, text: str) -> str:
    to = rng.choice(("<sheetData/>", "", "<sheetData></sheetData><sheetData/>", "<sheetData  />\n"))
    return re.sub(r"<sheetData>.*</sheetData>", to, text, flags=re.DOTALL)


def sheet_data_twice(rng: random.Random, text: str) -> str:
    return re.sub(r"<sheetData>.*</sheetData>", lambda m: m[0] + m[0], text, flags=re.DOTALL)


def sheet_data_elsewhere(rng: random.Random, text: str) -> str:
    """A second one, where a search by text may find it first."""
    decoy = '<extLst><ext uri="x"><sheetData><row r="1"><c r="XX1"><v>666</v></c></row></sheetData></ext></extLst>'
    start = _all_but_head(text)
    return text[:start] + decoy + text[start:]


def areas_junk(rng: random.Random, text: str) -> str:
    return re.sub(r' (ref|sqref)="[^"]*"', lambda m: f' {m[1]}="{pick(rng, JUNK)}"', text)


def columns_junk(rng: random.Random, text: str) -> str:
    cols = pick(
        rng,
        [
            '<cols><col min="1" max="16384" style="9999"/></cols>', '<cols><col max="2" style="1"/></cols>', '<cols><col min="x" max="3" style="1"/></cols>',
            '<cols><col min="3" max="1" style="1"/></cols>', '<cols><col min="1" max="99999999999999999" style="2"/></cols>', '<cols><col min="1" max="3" style=""/></cols>',
        ],
    )  # fmt: skip
    return text.replace("<sheetData", cols + "<sheetData", 1)


def words_doubled(rng: random.Random, text: str) -> str:
    start, length = rng.randrange(max(1, len(text))), rng.choice((3, 20, 300))
    return text[: start + length] + text[start:]


def words_gone(rng: random.Random, text: str) -> str:
    start, length = rng.randrange(max(1, len(text))), rng.choice((1, 3, 20, 300))
    return text[:start] + text[start + length :]


DAMAGE = (
    attribute_dropped, attribute_changed, attribute_changed, an_attribute_everywhere_changed, an_attribute_everywhere_dropped, attribute_doubled, text_between,
    entity_unknown, doctype, namespace_changed, namespace_turned_inside, prefix_unbound, tag_unclosed, end_tag_more, tag_misspelt, cut_off, something_after,
    nested_deep, huge_attribute, areas_junk, words_doubled, words_gone,
)  # fmt: skip
DAMAGE_IN_SHEETS = (
    attribute_dropped, attribute_changed, an_attribute_everywhere_dropped, style_out_of_range, type_changed, string_out_of_range, rows_swapped, cells_swapped,
    row_doubled, cell_doubled, row_in_a_row, cell_in_a_cell, row_wrapped, huge_text, rows_without_end, dimension_wrong, spans_wrong, row_number_changed,
    cell_name_changed, sheet_data_emptied, sheet_data_twice, sheet_data_elsewhere, columns_junk,
)  # fmt: skip


# ---- encodings


def encoded_oddly(rng: random.Random, text: str) -> tuple[str, bytes]:
    """(what was done, the part) in another encoding than UTF-8, or in one that it is not."""
    bare = re.sub(r"\A<\?xml[^>]*\?>\s*", "", text)
    match rng.randrange(7):
        case 0:
            return "UTF-16", ('<?xml version="1.0" encoding="UTF-16"?>' + bare).encode("utf-16")
        case 1:
            return "UTF-16 without a mark", bare.encode("utf-16-le")
        case 2:
            return "GBK", ('<?xml version="1.0" encoding="gbk"?>' + bare).encode("gbk", "xmlcharrefreplace")
        case 3:
            return "Latin-1", ("<?xml version='1.0' encoding='ISO-8859-1'?>" + bare).encode(
                "latin-1", "xmlcharrefreplace"
            )
        case 4:
            return "says ASCII", ('<?xml version="1.0" encoding="US-ASCII"?>' + bare).encode(
                "ascii", "xmlcharrefreplace"
            )
        case 5:
            return "bytes that are no UTF-8", text.encode().replace(b">", b">\xff", 1 + rng.randrange(3))
        case _:
            return "UTF-32", bare.encode("utf-32")
