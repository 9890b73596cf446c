"""Whether a written workbook is right: by zip, by XML and by two readers that know nothing of the writer.

The structure is judged always: members, their packed bytes, every row and cell that nobody asked to change. The readers
(openpyxl, calamine) judge where they could read the original.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import re
import struct
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from lxml import etree
from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula
from python_calamine import CalamineWorkbook

from tests.contract.fuzz.wishes import Wish

Place = tuple[int, int]
CELL_NAME = re.compile(r"\s*\$?([A-Za-z]{1,3})\$?([0-9]+)\s*\Z")
AREA = re.compile(r"\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?\Z")
HINTS = frozenset({"dimension"})
GROW = frozenset({"autoFilter", "conditionalFormatting", "dataValidation", "dataValidations"})
MOST_DENSE = 400_000
EPOCHS = (dt.datetime(1899, 12, 30), dt.datetime(1904, 1, 1))


class WrongError(AssertionError):
    """The writer did harm, or not what was asked."""


class TooMuchError(Exception):
    """The judge cannot say: the file is beyond its own means."""


@dataclass
class Found:
    """What the judge learns on the way."""

    readers: list[str] = field(default_factory=list)
    landed: dict[Place, object] = field(default_factory=dict)
    of_the_table: frozenset[Place] = frozenset()
    values: frozenset[Place] = frozenset()
    """Where the original holds something: a reader that finds less than half of it cannot read it."""
    is_known: bool = True
    """Whether the sheet is in a namespace of spreadsheets."""


def place_of(name: str) -> Place:
    """Row and column of `B5`."""
    letters, row = CELL_NAME.match(name).groups()
    return int(row), column_index_from_string(letters.upper())


def judge(
    old: bytes, new: bytes, wish: Wish, *, readers: tuple[str, ...], blocked: frozenset[Place] = frozenset()
) -> Found:
    """Raises WrongError with what is wrong. `blocked`: cells that the writer said it left alone."""
    found = Found()
    asked = {place_of(name): value for name, value in wish.writes.items()}
    asked = {place: value for place, value in asked.items() if place not in blocked}
    changed = changed_members(old, new) if old != new else {}
    sheets = [name for name, (_, root) in changed.items() if root == "worksheet"]
    if len(sheets) > 1:
        raise WrongError(f"several sheets differ: {sheets}")
    if sheets:
        before, after = (Grid(_read(one, sheets[0])) for one in (old, new))
        found.landed = landed(
            before, after, asked, wish.appends, has_tables="table" in {r for _, r in changed.values()}
        )
        compare(before, after, {**asked, **found.landed}, may_grow=bool(found.landed))
        found.values = frozenset(
            (number, c)
            for number, (_, cells, _) in before.rows.items()
            for c, one in cells
            if c and one.get("t") != "e" and before.has_value((number, c))
        )
        found.is_known = "spreadsheetml/2006/main" in (before.is_main or "")
        every = {**asked, **found.landed}
        found.of_the_table = frozenset(
            (number, c)
            for number in {row for row, _ in found.landed}
            for c, one in after.rows[number][1]
            if c is not None and _is_of_the_table(before, every, (number, c), one)
        )
        not_ours(before, after, {**asked, **found.landed})
        looks(before, after, old, new, {**asked, **found.landed})
    elif any(row for row in map(_content_of_row, wish.appends)):
        raise WrongError("rows were to be appended, and no sheet differs")
    for name, (_, root) in changed.items():
        if root not in ("worksheet", "styleSheet", "workbook", "table", "sst"):
            raise WrongError(f"{name} differs")
        if root == "styleSheet":
            styles_grow_at_the_end(_read(old, name), _read(new, name))
        if root == "workbook":
            same_but(_read(old, name), _read(new, name), {"calcPr"}, {"definedName"})
        if root == "table":
            if not wish.appends:
                raise WrongError(f"{name} differs, and nothing was appended")
            same_but(
                _read(old, name),
                _read(new, name),
                {"autoFilter"},
                set(),
                root_attributes={"ref", "insertRow", "insertRowShift"},
            )
    for reader in readers:
        if by_reader(
            READERS[reader],
            old,
            new,
            wish.sheet,
            {**asked, **found.landed},
            found.of_the_table,
            must_see=found.values,
            is_known=found.is_known,
        ):
            found.readers.append(reader)
    return found


def _content_of_row(row: dict[str, object]) -> bool:
    return any(value not in (None, "") for value in row.values())


# ---- the package


def members(content: bytes) -> dict[str, bytes]:
    """Name -> packed bytes, in order."""
    raw = {}
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for info in package.infolist():
            names, extras = struct.unpack_from("<2H", content, info.header_offset + 26)
            start = info.header_offset + 30 + names + extras
            raw[info.filename] = content[start : start + info.compress_size]
    return raw


def changed_members(old: bytes, new: bytes) -> dict[str, tuple[bytes, str]]:
    """Name -> (packed, root element) of the members that differ. Everything else must be there, in order, as packed."""
    try:
        before = members(old)
    except (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError) as error:
        raise WrongError(f"a package that zipfile cannot open was accepted: {error}") from error
    after = members(new)
    if list(before) != list(after):
        raise WrongError(f"members or their order differ: {list(before)} -> {list(after)}"[:500])
    with zipfile.ZipFile(io.BytesIO(new)) as package:
        if package.testzip() is not None:
            raise WrongError(f"{package.testzip()} is damaged in the new file")
        dates = {one.filename: (one.date_time, one.external_attr, one.comment) for one in package.infolist()}
    with zipfile.ZipFile(io.BytesIO(old)) as package:
        kept = {one.filename: (one.date_time, one.external_attr, one.comment) for one in package.infolist()}
    odd = [name for name, said in kept.items() if dates[name][1:] != said[1:]]
    if odd:
        raise WrongError(f"attributes or comment of a member differ: {odd}")
    differ = [name for name in before if before[name] != after[name]]
    return {name: (after[name], _root_of(_read(new, name), name)) for name in differ}


def _read(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read(name)


def _root_of(data: bytes, name: str) -> str:
    try:
        return etree.QName(parsed(data)).localname
    except etree.XMLSyntaxError as error:
        if "Excessive depth" in str(error):
            raise TooMuchError("nested too deep for the judge") from error
        raise WrongError(f"{name} is not well-formed: {error}") from error


def parsed(data: bytes) -> etree._Element:
    """A part as a tree, nothing resolved, comments kept."""
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))


# ---- one sheet


def local(element: etree._Element) -> str:
    """The name without its namespace; empty for comments and the like."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def plain(element: etree._Element) -> bytes:
    """An element in canonical form."""
    if not isinstance(element.tag, str):  # a comment, an instruction: lxml's c14n crashes on one by itself
        return f"{type(element).__name__} {getattr(element, 'target', '')} {element.text}".encode()
    try:
        return etree.tostring(element, method="c14n", exclusive=True, with_tail=False)
    except etree.C14NError:  # a namespace that is no whole address
        return etree.tostring(element, with_tail=False)


class Grid:
    """A sheet's rows and cells by place, and everything else of it in canonical form."""

    def __init__(self, data: bytes) -> None:
        root = parsed(data)
        self.is_main = etree.QName(root).namespace
        areas = [one for one in root if local(one) == "sheetData"]
        areas = [one for one in areas if etree.QName(one).namespace == self.is_main] or areas
        if not areas:
            raise WrongError("a sheet without a cell area was accepted")
        self.is_main = etree.QName(areas[0]).namespace
        self.rows: dict[int, tuple[dict[str, str], list[tuple[int | None, etree._Element]], str]] = {}
        self.others: list[bytes] = []
        self.gaps = areas[0].text or ""
        last = 0
        for one in areas[0]:
            self.gaps += one.tail or ""
            if not self._is(one, "row"):
                self.others.append(plain(one))
                continue
            said = one.get("r", "").strip()
            number = int(said) if said.isdecimal() else last + 1
            if number <= last:
                raise WrongError(f"rows out of order or doubled at {number}")
            last = number
            self.rows[number] = (
                dict(one.attrib),
                list(self._cells(one)),
                (one.text or "") + "".join(c.tail or "" for c in one),
            )
        self.gaps = self.gaps.strip()
        self.around = [(local(one), one) for one in root if one is not areas[0]]
        self.root = dict(root.attrib), root.nsmap

    def _is(self, one: etree._Element, name: str) -> bool:
        return local(one) == name and etree.QName(one).namespace == self.is_main

    def _cells(self, row: etree._Element) -> Iterator[tuple[int | None, etree._Element]]:
        last = 0
        for one in row:
            if not self._is(one, "c"):
                yield None, one
                continue
            name = one.get("r")
            named = CELL_NAME.match(name) if name is not None else None
            last = column_index_from_string(named[1].upper()) if named else last + 1
            yield last, one

    def cell(self, place: Place) -> etree._Element | None:
        """The cell there, if there is one."""
        row = self.rows.get(place[0])
        return next((one for column, one in row[1] if column == place[1]), None) if row else None

    def has_value(self, place: Place) -> bool:
        """Whether something can be read there."""
        cell = self.cell(place)
        return cell is not None and any(local(one) in ("v", "t", "f") and (one.text or "") for one in cell.iter())

    def last_row(self) -> int:
        """The last row with a value typed in it; a formula alone does not count."""
        return max(
            (
                number
                for number, (_, cells, _) in self.rows.items()
                if any(
                    local(one) in ("v", "t") and one.text
                    for _, cell in cells
                    for one in cell.iter()
                    if not _formula(cell)
                )
            ),
            default=0,
        )

    def areas(self, name: str) -> list[tuple[int, int, int, int]]:
        """The areas (top, left, bottom, right) that elements of a name have in `ref`."""
        refs = [e.get("ref") for kind, one in self.around if kind == name for e in one] if name == "mergeCells" else [
            f.get("ref") for _, cells, _ in self.rows.values() for _, c in cells for f in c if local(f) == "f" and f.get("t") in ("array", "dataTable")
        ]  # fmt: skip
        return [area for ref in refs if (area := area_of(ref or ""))]


def _formula(cell: etree._Element) -> bool:
    return any(local(one) == "f" for one in cell)


def area_of(text: str) -> tuple[int, int, int, int] | None:
    """(top, left, bottom, right)."""
    if not (m := AREA.match(text.strip())):
        return None
    rows, columns = [int(m[2]), int(m[4] or m[2])], [column_index_from_string(one) for one in (m[1], m[3] or m[1])]
    return min(rows), min(columns), max(rows), max(columns)


def landed(
    before: Grid, after: Grid, asked: dict[Place, object], appends: list[dict[str, object]], *, has_tables: bool
) -> dict[Place, object]:
    """Where the appended rows went: the place of each of their values."""
    rows = [{column_index_from_string(k): v for k, v in row.items() if v not in (None, "")} for row in appends]
    rows = [row for row in rows if row]
    if not rows:
        return {}
    new = sorted(
        number
        for number, (_, cells, _) in after.rows.items()
        if any(
            c is not None and (number, c) not in asked and differs(before.cell((number, c)), one) for c, one in cells
        )
    )
    if not new or new[-1] - new[0] + 1 > len(rows):
        raise WrongError(f"{len(rows)} rows to append, rows {new[:9]} changed")
    first = new[-1] - len(rows) + 1
    if first <= before.last_row() and not has_tables:
        raise WrongError(f"rows were appended at {first}, values stand down to row {before.last_row()}")
    places = {(first + n, column): value for n, row in enumerate(rows) for column, value in row.items()}
    taken = [place for place in places if before.has_value(place)]
    if taken:
        raise WrongError(f"an appended row was put over values: {taken}")
    return places


def differs(one: etree._Element | None, other: etree._Element | None) -> bool:
    """Whether two cells are not the same."""
    if one is None or other is None:
        return one is not other
    return plain(one) != plain(other)


def compare(before: Grid, after: Grid, asked: dict[Place, object], *, may_grow: bool) -> None:
    """Everything that nobody asked to change is as it was."""
    if before.root != after.root or before.others != after.others or before.gaps != after.gaps:
        raise WrongError("the root, or what stands between the rows, differs")
    for number, (attributes, cells, text) in before.rows.items():
        if number not in after.rows:
            raise WrongError(f"row {number} is gone")
        new_attributes, new_cells, new_text = after.rows[number]
        formulas = {c for c, one in new_cells if _is_of_the_table(before, asked, (number, c), one)}
        old_cells, new_cells = ([(c, one) for c, one in row if c not in formulas] for row in (cells, new_cells))
        rest, new_rest = (
            [(c, plain(one)) for c, one in row if c is None or (number, c) not in asked]
            for row in (old_cells, new_cells)
        )
        if rest != new_rest:
            raise WrongError(f"row {number}: a cell differs that nobody asked for: {_first(rest, new_rest)}")
        if {k: v for k, v in attributes.items() if k != "spans"} != {
            k: v for k, v in new_attributes.items() if k != "spans"
        }:
            raise WrongError(f"row {number}: attributes {attributes} -> {new_attributes}")
        if text.strip() != new_text.strip():
            raise WrongError(f"row {number}: text between the cells differs")
    for number, (_, cells, _) in after.rows.items():
        columns = [c for c, _ in cells if c is not None]
        before_them = [c for c, _ in before.rows[number][1] if c is not None] if number in before.rows else []
        was_fine = before_them == sorted(set(before_them))
        mine = [c for c in columns if (number, c) in asked]
        if (was_fine and columns != sorted(set(columns))) or len(mine) > len(set(mine)):
            raise WrongError(f"row {number}: cells out of order or doubled: {before_them[:20]} -> {columns[:20]}")
        mine = [c for c, one in cells if (number, c) in asked or _is_of_the_table(before, asked, (number, c), one)]
        if number not in before.rows and (not cells or len(mine) < len(cells)):
            raise WrongError(f"row {number} is new, and nobody asked for it")
    around, new_around = (
        [plain(_without_growth(one) if may_grow else one) for kind, one in grid.around if kind not in HINTS]
        for grid in (before, after)
    )
    if around != new_around:
        raise WrongError(f"outside of the cells: {_first(around, new_around)}")


def _is_of_the_table(
    before: Grid, asked: dict[Place, object], place: tuple[int, int | None], cell: etree._Element
) -> bool:
    """Whether it is a formula of a table's column, put into a row that was appended to the table, as Excel does."""
    row, column = place
    old = before.cell((row, column)) if column is not None else None
    is_new = column is not None and (old is None or len(old) == 0) and place not in asked  # a styled blank is no value
    return is_new and _formula(cell) and any(number == row for number, _ in asked)


def _first(old: list[object], new: list[object]) -> str:
    pairs = [(a, b) for a, b in zip(old, new, strict=False) if a != b] or [(len(old), len(new))]
    return f"{str(pairs[0][0])[:300]} -> {str(pairs[0][1])[:300]}"


def _without_growth(one: etree._Element) -> etree._Element:
    copy = (
        etree.fromstring(etree.tostring(one, with_tail=False), etree.XMLParser(resolve_entities=False, huge_tree=True))
        if local(one)
        else one
    )
    for each in copy.iter():
        if local(each) in GROW:
            each.attrib.pop("ref", None)
            each.attrib.pop("sqref", None)
        elif local(each) == "sqref":
            each.text = ""
    return copy


def not_ours(before: Grid, after: Grid, asked: dict[Place, object]) -> None:
    """Formulas, arrays, and what hides under a merged cell were not written; each asked-for cell holds its value."""
    merged, arrays = before.areas("mergeCells"), before.areas("f")
    for place, value in asked.items():
        old, new = before.cell(place), after.cell(place)
        if not differs(old, new):
            continue
        name = f"{get_column_letter(place[1])}{place[0]}"
        if old is not None and _formula(old):
            raise WrongError(f"{name} held a formula and was written")
        if any(_inside(place, area) for area in arrays):
            raise WrongError(f"{name} belongs to an array formula or data table and was written")
        if any(_inside(place, area) and place != area[:2] for area in merged):
            raise WrongError(f"{name} is hidden under a merged cell and was written")
        if old is not None and old.get("cm") is not None:
            raise WrongError(f"{name} is the head of a dynamic array and was written")
        if not _holds(new, value):
            raise WrongError(f"{name} shall hold {value!r:.80}, holds {plain(new)[:200] if new is not None else None}")


def _inside(place: Place, area: tuple[int, int, int, int]) -> bool:
    top, left, bottom, right = area
    return top <= place[0] <= bottom and left <= place[1] <= right


def _holds(cell: etree._Element | None, value: object) -> bool:
    """Whether the XML says what was wished (shared strings are left to the readers)."""
    texts = {local(one): one.text or "" for one in cell} if cell is not None else {}
    kind = cell.get("t", "n") if cell is not None else "n"
    match value:
        case None | "":
            return not texts.get("v") and "is" not in texts
        case bool():
            return kind == "b" and texts.get("v") == str(int(value))
        case str():
            said = "".join(one.text or "" for one in cell.iter() if local(one) == "t")
            return kind == "s" or (kind == "inlineStr" and said == value)
        case dt.date():
            moment = value if isinstance(value, dt.datetime) else dt.datetime(value.year, value.month, value.day)
            serial = float(texts.get("v") or "nan")
            return kind == "n" and any(abs((moment - one) / dt.timedelta(days=1) - serial) < 1e-5 for one in EPOCHS)
        case _:
            return kind == "n" and float(texts.get("v") or "nan") == float(value)


def looks(before: Grid, after: Grid, old: bytes, new: bytes, asked: dict[Place, object]) -> None:
    """A cell that was there keeps its style, or has one that differs in number format alone."""
    formats, new_formats = _formats(old), _formats(new)
    for place in asked:
        was, now = before.cell(place), after.cell(place)
        if was is None or now is None or was.get("s", "0") == now.get("s", "0"):
            continue
        try:
            then, since = formats[int(was.get("s", "0"))], new_formats[int(now.get("s", "0"))]
        except (IndexError, ValueError) as error:
            raise WrongError(f"{place}: style {was.get('s')} -> {now.get('s')}, which is in no list") from error
        if then != since and was.get("s"):
            raise WrongError(f"{place}: looks {then} -> {since}")


def _formats(content: bytes) -> list[tuple[object, ...]]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            if name.replace("\\", "/").lower().endswith("styles.xml"):
                root = parsed(package.read(name))
                lists = [one for one in root if local(one) == "cellXfs"]
                return [_format(one) for one in lists[0] if local(one) == "xf"] if lists else []
    return []


def _format(xf: etree._Element) -> tuple[object, ...]:
    kept = {k: v for k, v in xf.attrib.items() if k not in ("numFmtId", "applyNumberFormat")}
    return tuple(sorted(kept.items())), tuple(plain(one) for one in xf)


# ---- the other parts


def styles_grow_at_the_end(old: bytes, new: bytes) -> None:
    """Every list keeps its entries in place."""
    before, after = parsed(old), parsed(new)
    lists = {local(one): one for one in after}
    for one in before:
        entries, later = [plain(each) for each in one], [plain(each) for each in lists.get(local(one), ())]
        if local(one) in ("cellXfs", "numFmts"):
            later = later[: len(entries)]
        if entries != later:
            raise WrongError(f"styles: {local(one)} differs")
    said, there = (one.find("{*}cellXfs") for one in (before, after))
    if said is None or said.get("count") != str(len(said.findall("{*}xf"))):
        return
    if there.get("count") != str(len(there.findall("{*}xf"))):
        raise WrongError("styles: the count of cellXfs is wrong")


def same_but(
    old: bytes, new: bytes, loose: set[str], texts: set[str], root_attributes: frozenset[str] | set[str] = frozenset()
) -> None:
    """Two parts are the same but for the attributes of some elements and the text of others."""
    forms = []
    for data in (old, new):
        root = parsed(data)
        for name in root_attributes:
            root.attrib.pop(name, None)
        for one in list(root.iter()):
            if local(one) in loose and one.getparent() is root:
                one.getparent().remove(one) if local(one) == "calcPr" else one.attrib.pop("ref", None)
            elif local(one) in texts:
                one.text = ""
        forms.append(re.sub(rb"\s+", b" ", plain(root)).replace(b"> <", b"><"))
    if forms[0] != forms[1]:
        raise WrongError(f"a part differs in more than it may: {forms[0][:300]} -> {forms[1][:300]}")


# ---- readers

Cells = dict[Place, object]


def by_openpyxl(content: bytes, title: str) -> Cells:
    """The sheet's cells as openpyxl reads them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        sheet = book[title]
        sheet.reset_dimensions()
        found = {
            (one.row, one.column): one.value
            for row in sheet.iter_rows()
            for one in row
            if one.value is not None and one.value != ""
        }
        book.close()
    return found


def by_calamine(content: bytes, title: str) -> Cells:
    """The sheet's cells as calamine reads them."""
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(title)
    return {
        (r, c): value
        for r, row in enumerate(sheet.to_python(skip_empty_area=False), 1)
        for c, value in enumerate(row, 1)
        if value != ""
    }


READERS: dict[str, Callable[[bytes, str], Cells]] = {"openpyxl": by_openpyxl, "calamine": by_calamine}


def by_reader(
    read: Callable[[bytes, str], Cells],
    old: bytes,
    new: bytes,
    title: str,
    asked: dict[Place, object],
    loose: frozenset[Place] = frozenset(),
    *,
    must_see: frozenset[Place] = frozenset(),
    is_known: bool = True,
) -> bool:
    """Whether the reader could judge; raises WrongError if it reads something else than it should."""
    try:
        before = read(old, title)
    except MemoryError:
        raise
    except BaseException:  # noqa: BLE001  whatever it says (pyo3 panics included), it cannot read the original
        return False
    unseen = must_see - before.keys()
    if len(unseen) * 2 > len(must_see) or unseen & asked.keys() or not (before or is_known):
        return False  # it sees little of what stands there
    try:
        after = read(new, title)
    except Exception as error:
        raise WrongError(
            f"{read.__name__} could read the original and cannot read the result: {error!r:.200}"
        ) from error
    for place, value in asked.items():
        if not reads_as(after.get(place), value):
            raise WrongError(
                f"{read.__name__}: {get_column_letter(place[1])}{place[0]} shall read {value!r:.80}, reads {after.get(place)!r:.80}"
            )
    for place in before.keys() | after.keys():
        if place not in asked and place not in loose and not _same(before.get(place), after.get(place)):
            raise WrongError(f"{read.__name__}: {place} read {before.get(place)!r:.80}, now {after.get(place)!r:.80}")
    return True


def _same(one: object, other: object) -> bool:
    if isinstance(one, ArrayFormula | DataTableFormula):
        return type(one) is type(other) and vars(one) == vars(other)
    return repr(one) == repr(other) or one == other


def reads_as(found: object, value: object) -> bool:
    """Whether a reader's value is what was wished."""
    match value:
        case None | "":
            return found is None
        case bool() | str():
            return found == value and type(found) is type(value)
        case dt.datetime():
            moment = _moment(found)
            return moment is not None and abs(moment - value) <= dt.timedelta(seconds=1)
        case dt.date():
            return _moment(found) == dt.datetime(value.year, value.month, value.day)
        case int() | float() | Decimal():
            return (
                isinstance(found, int | float)
                and not isinstance(found, bool)
                and math.isclose(found, float(value), rel_tol=1e-12)
            )
    return False


def _moment(found: object) -> dt.datetime | None:
    if isinstance(found, dt.datetime):
        return found
    return dt.datetime(found.year, found.month, found.day) if isinstance(found, dt.date) else None
