"""The workbook part: its sheets, its epoch, and the two small things that a patch may change in it."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.gateways.excel.areas import Area, find_area
from toolkit.gateways.excel.package import MOST_MEMBERS, Package
from toolkit.gateways.excel.unsafe import UnsafeWorkbook
from toolkit.gateways.excel.xmltext import Markup, Splice, attributes, spliced, with_attribute

STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
_BEFORE_CALC = ("sheets", "functionGroups", "externalReferences", "definedNames")
_TRUE = ("1", "true")


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """A sheet as the workbook lists it: `kind` is worksheet, chartsheet, dialogsheet, xlMacrosheet."""

    title: str
    kind: str
    part: str
    index: int


class Workbook:
    """What a patch must know of a workbook part. Parts are found by relationships, never by file name."""

    def __init__(self, package: Package) -> None:
        self.package = package
        root = [part for kind, part in package.relations("").values() if kind == "officeDocument"]
        if not root:
            raise UnsafeWorkbook("a zip file, but not a workbook")
        self.part = root[0]
        self._markup = Markup(package.read(self.part))
        self._relations = package.relations(self.part)
        self.is_strict = STRICT in self._markup.data
        self.is_1904 = False
        self.sheets: list[SheetEntry] = []
        for tag in self._markup.tags():
            if tag.is_end:
                continue
            if tag.name == "workbookPr":
                self.is_1904 = attributes(tag.text).get("date1904") in _TRUE
            elif tag.name == "sheet" and tag.path[-1:] == ("sheets",):
                self._add_sheet(attributes(tag.text))
        if not self.sheets:
            raise UnsafeWorkbook("not an Excel workbook (it has no sheets)")

    def _add_sheet(self, given: dict[str, str]) -> None:
        relation = next((value for name, value in given.items() if name.endswith(":id")), "")
        kind, part = self._relations.get(relation, ("", ""))
        if len(self.sheets) == MOST_MEMBERS:
            raise UnsafeWorkbook(f"the workbook lists more than {MOST_MEMBERS:,} sheets")
        self.sheets.append(SheetEntry(given.get("name", ""), kind, part, len(self.sheets)))

    def part_of(self, kind: str) -> str | None:
        """The part with a kind of relationship (styles, sharedStrings, calcChain), if the package has it."""
        return next((part for one, part in self._relations.values() if one == kind and self.package.has(part)), None)

    def worksheet(self, title: str) -> SheetEntry:
        """The worksheet of that name; raises UnsafeWorkbook if there is none or it is no grid of cells."""
        for entry in self.sheets:
            if entry.title == title and entry.kind == "xlWorksheet":  # no library reads these
                raise UnsafeWorkbook("the workbook was made by a trial version of Office 2007: save it anew in Excel")
            if entry.title == title:
                if entry.kind != "worksheet":
                    raise UnsafeWorkbook(
                        f"the sheet {title!r} is a {entry.kind or 'sheet without content'}, it has no cells"
                    )
                return entry
        names = ", ".join(repr(entry.title) for entry in self.sheets)
        raise UnsafeWorkbook(f"there is no sheet {title!r}; the workbook has {names}")

    def written(self, filters: dict[int, Area], *, recalculate: bool) -> bytes:
        """The part with `_FilterDatabase` of some sheets (by index) moved and, if wished, calculation upon opening."""
        splices = self._filter_splices(filters)
        if recalculate:
            splices += self._calc_splices()
        return spliced(self._markup.data, splices)

    def _calc_splices(self) -> list[Splice]:
        # formulas that use a patched cell keep their old result until Excel is told to reckon anew
        after = 0
        prefix = b""
        for tag in self._markup.tags():
            if tag.name == "calcPr" and len(tag.path) == 1 and not tag.is_end:
                if attributes(tag.text).get("fullCalcOnLoad") in _TRUE:
                    return []
                return [(tag.start, tag.end, with_attribute(tag.text, "fullCalcOnLoad", "1"))]
            if tag.name in _BEFORE_CALC and len(tag.path) == 1 and (tag.is_end or tag.is_empty):
                after, prefix = tag.end, tag.prefix
        return [(after, after, b"<" + prefix + b'calcPr fullCalcOnLoad="1"/>')]

    def _filter_splices(self, filters: dict[int, Area]) -> list[Splice]:
        splices: list[Splice] = []
        begun = None
        for tag in self._markup.tags():
            if tag.name != "definedName" or not filters:
                continue
            if tag.is_end and begun is not None:
                index = attributes(begun.text).get("localSheetId", "")
                area = next((one for sheet, one in filters.items() if str(sheet) == index), None)
                text = self._markup.data[begun.end : tag.start]
                if area is not None and attributes(begun.text).get("name", "").endswith("_FilterDatabase"):
                    title, mark, old = text.rpartition(b"!")
                    if find_area(old.decode()) is not None:
                        new = title + mark + area.text(is_absolute=True).encode()
                        splices.append((begun.end, tag.start, new))
            begun = None if tag.is_end else tag
        return splices
