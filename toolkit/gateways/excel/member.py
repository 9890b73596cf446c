"""A member of a package written anew or copied: its packed bytes, its header before them, its entry in the directory."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import IO, Protocol

from toolkit.gateways.excel.unsafe import UnsafeWorkbook

LEVEL = 4  # zlib: half the time of level 6 for a quarter more bytes (benchmarks/RESULTS.md)
ISAL_LEVEL = 2  # of 0 to 3; the highest takes three times as long for a twentieth less
LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s4B4H3L5H2L")
_DESCRIPTOR = 0x8
_UTF8 = 0x800


class _Packer(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self) -> bytes: ...


def _packer() -> _Packer:
    """ISA-L packs six times as fast as zlib, for a twelfth more bytes. Where there is none for the computer, zlib does.
    What is written is read back with zlib in either case, so one library proves the other.
    """
    try:
        from isal import isal_zlib
    except ImportError:
        return zlib.compressobj(LEVEL, zlib.DEFLATED, -15)
    return isal_zlib.compressobj(ISAL_LEVEL, zlib.DEFLATED, -15)


def packed(out: IO[bytes], info: zipfile.ZipInfo, pieces: Iterable[bytes]) -> bytes:
    """Pack new content in a member's place; its entry for the directory."""
    offset = out.tell()
    out.write(bytes(len(Member(info, zipfile.ZIP_DEFLATED, 0, 0, 0, offset).local(b""))))  # filled in below
    packer = _packer()
    crc = size = 0
    for piece in pieces:
        crc = zlib.crc32(piece, crc)
        size += len(piece)
        out.write(packer.compress(piece))
    out.write(packer.flush())
    end = out.tell()
    member = Member(info, zipfile.ZIP_DEFLATED, crc, 0, size, offset)
    member = replace(member, packed=end - offset - len(member.local(b"")))
    out.seek(offset)
    out.write(member.local(b""))
    out.seek(end)
    return member.central()


@dataclass(frozen=True, slots=True)
class Member:
    """A member's two headers: as they were but for sizes, and without the data-descriptor flag."""

    info: zipfile.ZipInfo
    method: int
    crc: int
    packed: int
    size: int
    offset: int

    def local(self, extra: bytes) -> bytes:
        """The header before its data."""
        if max(self.packed, self.size, self.offset) >= zipfile.ZIP64_LIMIT:
            raise UnsafeWorkbook("the workbook would grow beyond 2 GB")
        extra, name = _without_zip64(extra), self._name
        fixed = LOCAL_HEADER.pack(
            b"PK\x03\x04", self._needs, self._flags, self.method, *self._stamp, self.crc, self.packed, self.size,
            len(name), len(extra),
        )  # fmt: skip
        return fixed + name + extra

    def central(self) -> bytes:
        """Its entry in the directory at the end."""
        info, name, extra = self.info, self._name, _without_zip64(self.info.extra)
        fixed = _CENTRAL.pack(
            b"PK\x01\x02", info.create_version, info.create_system, self._needs, info.reserved, self._flags, self.method,
            *self._stamp, self.crc, self.packed, self.size, len(name), len(extra), len(info.comment), 0,
            info.internal_attr, info.external_attr, self.offset,
        )  # fmt: skip
        return fixed + name + extra + info.comment

    @property
    def _flags(self) -> int:
        return self.info.flag_bits & ~_DESCRIPTOR

    @property
    def _name(self) -> bytes:
        return self.info.orig_filename.encode("utf-8" if self._flags & _UTF8 else "cp437")

    @property
    def _needs(self) -> int:
        return max(self.info.extract_version, 20) if self.info.extract_version < zipfile.ZIP64_VERSION else 20

    @property
    def _stamp(self) -> tuple[int, int]:
        year, month, day, hour, minute, second = self.info.date_time
        return hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day


def _without_zip64(extra: bytes) -> bytes:
    """An extra field without the zip64 record, whose sizes stand in the header again."""
    kept, at = b"", 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind != 1:
            kept += extra[at : at + 4 + length]
        at += 4 + length
    return kept + extra[at:]
