"""The zip package of a workbook: opened with suspicion, written back with every untouched member's bytes as they were."""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from copy import copy
from typing import IO

from toolkit.gateways.excel.form import NESTING_UP_TO, PARSED_UP_TO, FormCheck, SheetForm
from toolkit.gateways.excel.member import LOCAL_HEADER, Member, packed
from toolkit.gateways.excel.unsafe import UnsafeWorkbook
from toolkit.gateways.excel.xmltext import Markup, attributes, must_be_utf8

MOST_BYTES = 2 << 30  # inflated, of the whole package; a register of 300,000 rows has 0.3 GB
MOST_RATIOS = ((64 << 20, 400),)  # above so many bytes inflated to packed: a white picture reaches 400, a bomb 1000
MOST_XML_RATIOS = ((8 << 20, 100), (48 << 20, 40))  # of what is parsed and partly held: big honest sheets reach 30
MOST_WHOLE = 32 << 20  # bytes of a part that is held whole: Excel's most styles are 15 MB
MOST_MEMBERS = 65_000  # more need zip64, and no workbook has a tenth of them
_PIECE = 1 << 18
_FIRST_BYTES = 256
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0"
_END = struct.Struct("<4s4H2LH")
_ENCRYPTED = 0x1
_XML_MEMBER = re.compile(r"\.(?:xml|rels)\Z", re.IGNORECASE)


def part_key(name: str) -> str:
    r"""A member's name as readers compare it: any case, `\` for `/`, with or without the first `/`."""
    return name.replace("\\", "/").lstrip("/").lower()


class Package:
    """An open workbook package. Raises UnsafeWorkbook for everything that is not a plain, whole, unsigned one.

    Big parts are had in pieces; the source must stay open and unchanged as long as the package is used.
    """

    def __init__(self, source: IO[bytes] | bytes) -> None:
        self._source: IO[bytes] = io.BytesIO(source) if isinstance(source, bytes) else source
        self._source.seek(0)
        _look_before(self._source.read(_FIRST_BYTES))
        try:
            self._zip = zipfile.ZipFile(self._source)
        except (zipfile.BadZipFile, ValueError, OSError, struct.error, NotImplementedError) as error:
            raise UnsafeWorkbook(f"not a whole workbook (the file is cut off or damaged: {error})") from error
        if len(self._zip.infolist()) > MOST_MEMBERS:
            raise UnsafeWorkbook(f"the package holds more than {MOST_MEMBERS:,} members")
        self._members: dict[str, zipfile.ZipInfo] = {}
        for info in self._zip.infolist():
            if "\0" in info.orig_filename:  # some programs end the name there, others do not
                raise UnsafeWorkbook(f"the package holds a member with an impossible name, {info.orig_filename!r}")
            key = part_key(info.filename)
            if key in self._members:
                raise UnsafeWorkbook(f"the package holds {info.filename!r} twice")
            self._members[key] = info
        self._refuse_the_dangerous()

    def _refuse_the_dangerous(self) -> None:
        if any(key.startswith("_xmlsignatures/") for key in self._members):
            raise UnsafeWorkbook("the workbook is digitally signed, any change would break the signature")
        if sum(info.file_size for info in self._members.values()) > MOST_BYTES:
            raise UnsafeWorkbook("the package would unpack to more than 2 GB")
        for info in self._members.values():
            if info.flag_bits & _ENCRYPTED:
                raise UnsafeWorkbook(f"the member {info.filename!r} is encrypted")
            _refuse_a_bomb(info, is_xml=_XML_MEMBER.search(info.filename) is not None)
        if "[content_types].xml" not in self._members and "_rels/.rels" not in self._members:
            raise UnsafeWorkbook("a zip file, but not a workbook")

    def has(self, name: str) -> bool:
        """Whether a part is there, by any spelling of its name."""
        return part_key(name) in self._members

    def names(self) -> Iterator[str]:
        """The keys of all members in the file's order."""
        return iter(self._members)

    def _info(self, name: str) -> zipfile.ZipInfo:
        info = self._members.get(part_key(name))
        if info is None:
            raise UnsafeWorkbook(f"the part {name!r} is missing from the package")
        return info

    def size(self, name: str) -> int:
        """How long a part is when it is unpacked: at most, for one that hides more is refused when it is read."""
        return self._info(name).file_size

    def read(self, name: str, *, most: int = MOST_WHOLE) -> bytes:
        """A part's content, checked: its CRC, and no DOCTYPE in XML (entity bombs, and no workbook has one).

        Raises UnsafeWorkbook before anything is unpacked if that would be more than `most` bytes.
        """
        info = self._info(name)
        _refuse_a_bomb(info, is_xml=True)
        if info.file_size > most:
            raise UnsafeWorkbook(
                f"the member {info.filename!r} is {info.file_size >> 20:,} MB unpacked, more than any program writes"
            )
        out = io.BytesIO()  # pieces that are joined would be there twice
        for piece in self._unpacked(info):
            out.write(piece)
        content = out.getvalue()
        if _XML_MEMBER.search(info.filename) and b"<!DOCTYPE" in content:
            raise UnsafeWorkbook(f"the member {info.filename!r} declares a DOCTYPE, which no workbook needs")
        return content

    def pieces(self, name: str, *, is_sheet: bool = False) -> Iterator[bytes]:
        """A part's content in pieces, its CRC checked with the last one, its form too unless it is big."""
        info = self._info(name)
        _refuse_a_bomb(info, is_xml=True)  # whatever its name: it is read as XML
        form = FormCheck() if info.file_size <= PARSED_UP_TO else None
        form = SheetForm() if is_sheet and info.file_size <= NESTING_UP_TO else form
        is_first = True
        for piece in self._unpacked(info):
            if is_first:
                must_be_utf8(piece)
                is_first = False
            if form:
                form.feed(piece)
            yield piece
        if form:
            form.close()

    def is_unparsed(self, name: str) -> bool:
        """Whether a part is too big for `pieces` to check its form."""
        return self._info(name).file_size > PARSED_UP_TO

    def raw_pieces(self, name: str) -> Iterator[bytes]:
        """A member's content in pieces, only its CRC checked: what is damaged would come out damaged."""
        return self._unpacked(self._info(name))

    def _unpacked(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        """A member's content. One that hides more than its header says ends with a wrong CRC.

        Other readers, calamine too, go by the packed bytes and would unpack all of it: so one byte more is asked for.
        """
        asked = copy(info)
        asked.file_size += 1
        try:
            with self._zip.open(asked) as member:
                while piece := member.read(_PIECE):
                    yield piece
        except NotImplementedError as error:
            raise UnsafeWorkbook(f"the member {info.filename!r} is packed in an unknown way") from error
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError, struct.error) as error:
            raise UnsafeWorkbook(f"the member {info.filename!r} is damaged: {error}") from error

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Id -> (kind, part key) of a part's internal relationships; kind is the last word of the type's URI."""
        folder, base = posixpath.split(part_key(part))
        name = posixpath.join(folder, "_rels", base + ".rels")
        found: dict[str, tuple[str, str]] = {}
        if not self.has(name):
            return found
        for tag in Markup(self.read(name)).tags():
            if tag.name != "Relationship" or tag.is_end:
                continue
            given = attributes(tag.text)
            if given.get("TargetMode") == "External":
                continue
            target = given.get("Target", "").replace("\\", "/")
            if not target.startswith("/"):
                target = posixpath.normpath(posixpath.join(folder, target))
            found[given.get("Id", "")] = (given.get("Type", "").rpartition("/")[2], part_key(target))
        return found

    def write(
        self,
        out: IO[bytes],
        streams: Mapping[str, Iterable[bytes]],
        late: Collection[str],
        finish: Callable[[], Mapping[str, bytes]],
    ) -> None:
        """The package with some parts replaced: same members, same order, the others' packed bytes untouched.

        `streams` are written as they come. What the `late` parts shall hold is asked of `finish` after that (those
        that it leaves out stay); they stand last in the file, in their old places in its directory.
        """
        streams = {part_key(name): pieces for name, pieces in streams.items()}
        put_off = {part_key(name) for name in late}
        entries: dict[str, bytes] = {}
        for key, info in self._members.items():
            if key in streams:
                entries[key] = packed(out, info, streams[key])
            elif key not in put_off:
                entries[key] = self._copied(out, info)
        news = {part_key(name): content for name, content in finish().items()}
        for key, info in self._members.items():
            if key not in entries:
                entries[key] = packed(out, info, [news[key]]) if key in news else self._copied(out, info)
        directory = b"".join(entries[key] for key in self._members)
        start, comment = out.tell(), self._zip.comment
        if start + len(directory) >= zipfile.ZIP64_LIMIT:
            raise UnsafeWorkbook("the workbook would grow beyond 2 GB")
        count = len(self._members)
        out.write(directory)
        out.write(_END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), start, len(comment)) + comment)

    def _copied(self, out: IO[bytes], info: zipfile.ZipInfo) -> bytes:
        """Copy a member's packed bytes; its entry for the directory."""
        self._source.seek(info.header_offset)
        fields = LOCAL_HEADER.unpack(self._source.read(LOCAL_HEADER.size))
        self._source.seek(fields[9], io.SEEK_CUR)
        extra = self._source.read(fields[10])
        member = Member(info, info.compress_type, info.CRC, info.compress_size, info.file_size, out.tell())
        out.write(member.local(extra))
        left = info.compress_size
        while left and (piece := self._source.read(min(left, _PIECE))):
            out.write(piece)
            left -= len(piece)
        if left:
            raise UnsafeWorkbook(f"the member {info.filename!r} is cut off")
        return member.central()


def _refuse_a_bomb(info: zipfile.ZipInfo, *, is_xml: bool) -> None:
    """Refuse a member by the sizes that the directory tells of it: nothing has been unpacked yet."""
    ratio = info.file_size / max(info.compress_size, 1)
    if any(info.file_size > free and ratio > most for free, most in (MOST_XML_RATIOS if is_xml else MOST_RATIOS)):
        raise UnsafeWorkbook(f"the member {info.filename!r} looks like a zip bomb")


def _look_before(content: bytes) -> None:
    """Say what a file is that is no .xlsx, in words that help."""
    if content.startswith(_COMPOUND_FILE):
        raise UnsafeWorkbook("protected by a password, or an old .xls file: save it as .xlsx without a password")
    if not content:
        raise UnsafeWorkbook("the file is empty")
    if not content.startswith(b"PK"):
        raise UnsafeWorkbook("not a workbook (.xlsx, .xlsm): save it as .xlsx")
    if content[30:38] == b"mimetype" and b"opendocument" in content[38:120]:
        raise UnsafeWorkbook("an OpenDocument file (.ods): save it as .xlsx")
