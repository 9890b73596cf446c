"""The zip package of a workbook: opened with suspicion, written back with every untouched member's bytes as they were."""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO

from toolkit.gateways.excel.unsafe import UnsafeWorkbook
from toolkit.gateways.excel.xmltext import Markup, attributes

MOST_BYTES = 2 << 30  # inflated, of the whole package; a register of 300,000 rows has 0.3 GB
MOST_RATIO = 400  # inflated to packed, of one big member: honest sheets reach 30, a bomb 1000
_BIG = 64 << 20
_PIECE = 1 << 20
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0"
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s4B4H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_ENCRYPTED, _DESCRIPTOR, _UTF8 = 0x1, 0x8, 0x800
_XML_MEMBER = re.compile(r"\.(?:xml|rels)\Z", re.IGNORECASE)


def part_key(name: str) -> str:
    r"""A member's name as readers compare it: any case, `\` for `/`, with or without the first `/`."""
    return name.replace("\\", "/").lstrip("/").lower()


class Package:
    """An open workbook package. Raises UnsafeWorkbook for everything that is not a plain, whole, unsigned one."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        _look_before(content)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, OSError, struct.error) as error:
            raise UnsafeWorkbook(f"not a whole workbook (the file is cut off or damaged: {error})") from error
        self._members: dict[str, zipfile.ZipInfo] = {}
        for info in self._zip.infolist():
            key = part_key(info.filename)
            if key in self._members:
                raise UnsafeWorkbook(f"the package holds {info.filename!r} twice")
            self._members[key] = info
        self._refuse_the_dangerous()

    @classmethod
    def open(cls, path: Path) -> Package:
        """The package in a file; the file is read once, so that what is judged is what is patched."""
        return cls(path.read_bytes())

    def _refuse_the_dangerous(self) -> None:
        if any(key.startswith("_xmlsignatures/") for key in self._members):
            raise UnsafeWorkbook("the workbook is digitally signed, any change would break the signature")
        if sum(info.file_size for info in self._members.values()) > MOST_BYTES:
            raise UnsafeWorkbook("the package would unpack to more than 2 GB")
        for info in self._members.values():
            if info.flag_bits & _ENCRYPTED:
                raise UnsafeWorkbook(f"the member {info.filename!r} is encrypted")
            if info.file_size > _BIG and info.file_size > MOST_RATIO * max(info.compress_size, 1):
                raise UnsafeWorkbook(f"the member {info.filename!r} looks like a zip bomb")
        if "[content_types].xml" not in self._members and "_rels/.rels" not in self._members:
            raise UnsafeWorkbook("a zip file, but not a workbook")

    def has(self, name: str) -> bool:
        """Whether a part is there, by any spelling of its name."""
        return part_key(name) in self._members

    def names(self) -> Iterator[str]:
        """The keys of all members in the file's order."""
        return iter(self._members)

    def read(self, name: str) -> bytes:
        """A part's content, checked: its CRC, and no DOCTYPE in XML (entity bombs, and no workbook has one)."""
        info = self._members.get(part_key(name))
        if info is None:
            raise UnsafeWorkbook(f"the part {name!r} is missing from the package")
        try:
            content = self._zip.read(info)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,
            RuntimeError,
            OSError,
            struct.error,
        ) as error:
            raise UnsafeWorkbook(f"the member {info.filename!r} is damaged: {error}") from error
        if _XML_MEMBER.search(info.filename) and b"<!DOCTYPE" in content:
            raise UnsafeWorkbook(f"the member {info.filename!r} declares a DOCTYPE, which no workbook needs")
        return content

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

    def write(self, out: IO[bytes], changed: Mapping[str, Iterable[bytes]]) -> None:
        """The package with some parts' content replaced: same members, same order, the others' packed bytes untouched.

        The content of a changed part comes as pieces, so that a big sheet is never held twice.
        """
        news = {part_key(name): pieces for name, pieces in changed.items()}
        directory = bytearray()
        for key, info in self._members.items():
            offset = out.tell()
            if key in news:
                packed, crc, size = _deflated(news[key])
                head, central = _headers(
                    info, method=zipfile.ZIP_DEFLATED, crc=crc, packed=len(packed), size=size, extra=b"", offset=offset
                )
            else:
                packed, extra = self._raw(info)
                head, central = _headers(
                    info,
                    method=info.compress_type,
                    crc=info.CRC,
                    packed=len(packed),
                    size=info.file_size,
                    extra=extra,
                    offset=offset,
                )
            out.write(head)
            out.write(packed)
            directory += central
        start, comment = out.tell(), self._zip.comment
        if start + len(directory) >= zipfile.ZIP64_LIMIT:
            raise UnsafeWorkbook("the workbook would grow beyond 2 GB")
        count = len(self._members)
        out.write(directory)
        out.write(_END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), start, len(comment)) + comment)

    def _raw(self, info: zipfile.ZipInfo) -> tuple[bytes, bytes]:
        """A member's packed bytes and its local extra field, after a look that they are whole."""
        self._check(info)
        start = info.header_offset
        fields = _LOCAL.unpack_from(self._content, start)
        names, extras = fields[9], fields[10]
        data = start + _LOCAL.size + names + extras
        return self._content[data : data + info.compress_size], self._content[data - extras : data]

    def _check(self, info: zipfile.ZipInfo) -> None:
        """A damaged member that is copied raw would come out damaged: refuse, Excel would not open it either."""
        try:
            with self._zip.open(info) as member:
                while member.read(_PIECE):
                    pass
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, struct.error) as error:
            raise UnsafeWorkbook(f"the member {info.filename!r} is damaged: {error}") from error
        except NotImplementedError as error:
            raise UnsafeWorkbook(f"the member {info.filename!r} is packed in an unknown way") from error


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


def _deflated(pieces: Iterable[bytes]) -> tuple[bytes, int, int]:
    """(packed at level 6, CRC, size) of the joined pieces."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    packed, crc, size = bytearray(), 0, 0
    for piece in pieces:
        crc = zlib.crc32(piece, crc)
        size += len(piece)
        packed += packer.compress(piece)
    packed += packer.flush()
    return bytes(packed), crc, size


def _without_zip64(extra: bytes) -> bytes:
    """An extra field without the zip64 record, whose sizes stand in the header again."""
    kept, at = b"", 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind != 1:
            kept += extra[at : at + 4 + length]
        at += 4 + length
    return kept + extra[at:]


def _headers(
    info: zipfile.ZipInfo, *, method: int, crc: int, packed: int, size: int, extra: bytes, offset: int
) -> tuple[bytes, bytes]:
    """A member's local and central header: as they were but for sizes, and without the data-descriptor flag."""
    if max(packed, size, offset) >= zipfile.ZIP64_LIMIT:
        raise UnsafeWorkbook("the workbook would grow beyond 2 GB")
    flags = info.flag_bits & ~_DESCRIPTOR
    name = info.orig_filename.encode("utf-8" if flags & _UTF8 else "cp437")
    year, month, day, hour, minute, second = info.date_time
    date, time = (year - 1980) << 9 | month << 5 | day, hour << 11 | minute << 5 | second // 2
    needs = max(info.extract_version, 20) if info.extract_version < zipfile.ZIP64_VERSION else 20
    extra, central_extra = _without_zip64(extra), _without_zip64(info.extra)
    local = _LOCAL.pack(b"PK\x03\x04", needs, flags, method, time, date, crc, packed, size, len(name), len(extra))
    central = _CENTRAL.pack(
        b"PK\x01\x02", info.create_version, info.create_system, needs, info.reserved, flags, method, time, date, crc,
        packed, size, len(name), len(central_extra), len(info.comment), 0, info.internal_attr, info.external_attr, offset,
    )  # fmt: skip
    return local + name + extra, central + name + central_extra + info.comment
