"""A zip package that may lie: written member by member, with whatever headers a mutation asks for."""

from __future__ import annotations

import bz2
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tests.contract.fuzz.seeds import pick, some

STORED, DEFLATED, BZIP2, LZMA, UNKNOWN = 0, 8, 12, 14, 99
ENCRYPTED, DESCRIPTOR, UTF8 = 0x1, 0x8, 0x800
UTF8_NAME_EXTRA = struct.pack("<HHBI", 0x7075, 9, 1, 0) + b"name"


@dataclass
class Member:
    """One member: what is in it, and what its headers say of it (None: the truth)."""

    name: str
    content: bytes
    method: int = DEFLATED
    flags: int = 0
    extra: bytes = b""
    comment: bytes = b""
    level: int = 6
    is_zip64: bool = False
    external: int = 0
    local_name: str | None = None
    crc: int | None = None
    size: int | None = None
    packed_size: int | None = None
    local_sizes: tuple[int, int] | None = None
    date: int = 0x21

    def packed(self) -> bytes:
        """The bytes in the file."""
        match self.method:
            case 8:
                packer = zlib.compressobj(self.level, zlib.DEFLATED, -15)
                return packer.compress(self.content) + packer.flush()
            case 12:
                return bz2.compress(self.content)
            case _:
                return self.content


@dataclass
class Package:
    """The members, what stands before, between and behind them."""

    members: list[Member]
    before: bytes = b""
    is_shifted: bool = True  # whether the offsets count what stands before
    behind: bytes = b""
    comment: bytes = b""
    count_off: int = 0
    is_shuffled: bool = False  # the directory has another order than the members
    twins: list[tuple[int, str]] = field(default_factory=list)  # (member, another name for the same bytes)
    has_zip64_end: bool = False

    @classmethod
    def of(cls, content: bytes) -> Package:
        """The package in a workbook's bytes."""
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return cls(
                [
                    Member(one.filename, package.read(one), 0 if one.compress_type == 0 else 8)
                    for one in package.infolist()
                ]
            )

    def find(self, start: str) -> list[Member]:
        """The members whose name begins so."""
        return [one for one in self.members if one.name.replace("\\", "/").startswith(start)]

    def bytes(self, rng: random.Random) -> bytes:
        """The file."""
        out = bytearray(self.before)
        places = []
        for one in self.members:
            places.append(len(out) - (0 if self.is_shifted else len(self.before)))
            out += _local(one)
        entries = [_central(one, at) for one, at in zip(self.members, places, strict=True)]
        entries += [_central(replace(self.members[n], name=name), places[n]) for n, name in self.twins]
        if self.is_shuffled:
            rng.shuffle(entries)
        start, directory = len(out) - (0 if self.is_shifted else len(self.before)), b"".join(entries)
        out += directory
        count = max(0, len(entries) + self.count_off)
        if self.has_zip64_end:
            at = len(out)
            out += struct.pack("<4sQHHLLQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, len(directory), start)
            out += struct.pack("<4sLQL", b"PK\x06\x07", 0, at, 1)
        out += struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), start, len(self.comment))
        return bytes(out + self.comment + self.behind)


def _said(one: Member) -> tuple[bytes, int, int, int]:
    packed = one.packed()
    crc = zlib.crc32(one.content) if one.crc is None else one.crc
    size = len(one.content) if one.size is None else one.size
    return packed, crc, len(packed) if one.packed_size is None else one.packed_size, size


def _name(name: str, flags: int) -> tuple[bytes, int]:
    if name.isascii():
        return name.encode(), flags
    return name.encode(), flags | UTF8


def _local(one: Member) -> bytes:
    packed, crc, packed_size, size = _said(one)
    name, flags = _name(one.local_name or one.name, one.flags)
    extra, needs = one.extra, 20
    here = (packed_size, size) if one.local_sizes is None else one.local_sizes
    tail = b""
    if flags & DESCRIPTOR:
        tail = struct.pack("<4sLLL", b"PK\x07\x08", crc, packed_size, size)
        crc, here = 0, (0, 0)
    if one.is_zip64:
        extra = struct.pack("<HHQQ", 1, 16, here[1], here[0]) + extra
        here, needs = (0xFFFFFFFF, 0xFFFFFFFF), 45
    head = struct.pack(
        "<4s5H3L2H", b"PK\x03\x04", needs, flags, one.method, 0, one.date, crc, *here, len(name), len(extra)
    )
    return head + name + extra + packed + tail


def _central(one: Member, at: int) -> bytes:
    _, crc, packed_size, size = _said(one)
    name, flags = _name(one.name, one.flags)
    extra, sizes = one.extra, (packed_size, size)
    if one.is_zip64:
        extra, sizes = struct.pack("<HHQQ", 1, 16, size, packed_size) + extra, (0xFFFFFFFF, 0xFFFFFFFF)
    return (
        struct.pack(
            "<4s6H3L5H2L", b"PK\x01\x02", 20, 45 if one.is_zip64 else 20, flags, one.method, 0, one.date, crc, *sizes,
            len(name), len(extra), len(one.comment), 0, 0, one.external, at,
        )
        + name + extra + one.comment
    )  # fmt: skip


# ---- what is done to a package

Spoil = Callable[[random.Random, Package], None]


def member_gone(rng: random.Random, package: Package) -> None:
    package.members.remove(pick(rng, package.members))


def member_doubled(rng: random.Random, package: Package) -> None:
    one = pick(rng, package.members)
    package.members.insert(rng.randrange(len(package.members) + 1), replace(one))


def member_renamed(rng: random.Random, package: Package) -> None:
    one = pick(rng, package.members)
    one.name = pick(
        rng,
        [
            one.name.upper(), one.name.replace("/", "\\"), "/" + one.name, "../" + one.name, one.name + " ",
            f"{one.name}\0x", "é/" + one.name, "C:" + one.name, one.name + "/", "", "a" * 70000, one.name.replace("xml", "bin"),
        ],
    )[:65000]  # fmt: skip


def harmless_names(rng: random.Random, package: Package) -> None:
    """As some makers write them: backslashes, other case, a slash in front."""
    how = pick(rng, [str.lower, lambda name: name.replace("/", "\\"), lambda name: "/" + name])
    for one in package.members:
        one.name = how(one.name)


def local_name_differs(rng: random.Random, package: Package) -> None:
    pick(rng, package.members).local_name = "xl/other.xml"


def crc_wrong(rng: random.Random, package: Package) -> None:
    one = pick(rng, package.members)
    one.crc = rng.choice((0, zlib.crc32(one.content) ^ 1))


def sizes_wrong(rng: random.Random, package: Package) -> None:
    one = pick(rng, package.members)
    wrong = pick(rng, [0, 1, len(one.content) + 7, len(one.content) // 2, 0xFFFFFFFF, 0x7FFFFFFF, 3 << 30])
    match rng.randrange(3):
        case 0:
            one.size = wrong
        case 1:
            one.packed_size = wrong
        case _:
            one.local_sizes = (wrong, wrong)


def packed_otherwise(rng: random.Random, package: Package) -> None:
    for one in some(rng, package.members):
        one.method = rng.choice((STORED, DEFLATED, STORED, DEFLATED, BZIP2))


def packed_in_an_unknown_way(rng: random.Random, package: Package) -> None:
    pick(rng, package.members).method = rng.choice((LZMA, UNKNOWN, 1, 9, 95))


def data_descriptors(rng: random.Random, package: Package) -> None:
    for one in some(rng, package.members):
        one.flags |= DESCRIPTOR


def zip64_extras(rng: random.Random, package: Package) -> None:
    for one in some(rng, package.members):
        one.is_zip64 = True


def zip64_end(_: random.Random, package: Package) -> None:
    package.has_zip64_end = True


def other_extras(rng: random.Random, package: Package) -> None:
    for one in some(rng, package.members):
        one.extra = pick(
            rng, [b"\x55\x54\x05\x00\x01abcd", struct.pack("<HH", 0xA220, 12) + b"x" * 12, UTF8_NAME_EXTRA]
        )


def broken_extras(rng: random.Random, package: Package) -> None:
    pick(rng, package.members).extra = pick(
        rng, [b"\x01", b"\x01\x00\xff\x00ab", b"\x01\x00\x04\x00abcd", b"\x01\x00\x00\x00", rng.randbytes(30)]
    )


def encrypted_flag(rng: random.Random, package: Package) -> None:
    pick(rng, package.members).flags |= ENCRYPTED


def odd_flags(rng: random.Random, package: Package) -> None:
    pick(rng, package.members).flags |= 1 << rng.randrange(16)


def a_bomb(rng: random.Random, package: Package) -> None:
    """Zeros or blanks that pack to a thousandth, in a member of its own or at the end of one that is read."""
    size = rng.choice((1 << 20, 20 << 20, 70 << 20, 120 << 20))
    if rng.random() < 0.5:
        package.members.append(Member("xl/media/image9.png", bytes(size), level=1))
    else:
        one = pick(rng, package.members)
        one.content += b" " * size
        one.level = 1


def a_hidden_bomb(rng: random.Random, package: Package) -> None:
    """The same, and the headers say that it is small."""
    one = pick(rng, package.members)
    one.size, one.crc = len(one.content), zlib.crc32(one.content)
    one.content, one.level = one.content + b" " * (100 << 20), 1


def something_in_front(rng: random.Random, package: Package) -> None:
    package.before = pick(rng, [b"PK" + bytes(30), b"#!/bin/sh\n", rng.randbytes(100), b"\xef\xbb\xbf", b"PK\x03\x04"])
    package.is_shifted = rng.random() < 0.5


def something_behind(rng: random.Random, package: Package) -> None:
    package.behind = pick(rng, [b"\0" * 20, b"\n", b"x" * 70000, rng.randbytes(200), b"PK\x05\x06" + bytes(18)])


def a_comment(rng: random.Random, package: Package) -> None:
    package.comment = pick(rng, [b"made by hand", b"x" * 65535])


def counts_wrong(rng: random.Random, package: Package) -> None:
    package.count_off = rng.choice((-1, 1, 5, -99))


def directory_shuffled(_: random.Random, package: Package) -> None:
    package.is_shuffled = True


def members_shuffled(rng: random.Random, package: Package) -> None:
    rng.shuffle(package.members)


def one_body_two_names(rng: random.Random, package: Package) -> None:
    package.twins.append((rng.randrange(len(package.members)), "xl/media/twin.png"))


def folders_and_links(rng: random.Random, package: Package) -> None:
    package.members.insert(0, Member("xl/", b"", STORED, external=0x10))
    pick(rng, package.members).external = 0o120777 << 16


def many_members(_: random.Random, package: Package) -> None:
    package.members += [Member(f"customXml/item{n}.xml", b"<a/>", STORED) for n in range(3000)]


def odd_dates(rng: random.Random, package: Package) -> None:
    for one in package.members:
        one.date = rng.choice((0, 0xFFFF, 0x21))


def member_comments(rng: random.Random, package: Package) -> None:
    pick(rng, package.members).comment = b"PK\x01\x02" * 9


def a_member_emptied(rng: random.Random, package: Package) -> None:
    pick(rng, package.members).content = b""


HARMLESS = (
    packed_otherwise, data_descriptors, zip64_extras, zip64_end, other_extras, directory_shuffled, members_shuffled,
    a_comment, many_members, harmless_names,
)  # fmt: skip
HARMFUL = (
    member_gone, member_doubled, member_renamed, local_name_differs, crc_wrong, sizes_wrong, packed_in_an_unknown_way,
    broken_extras, encrypted_flag, odd_flags, something_in_front, something_behind, counts_wrong, one_body_two_names,
    folders_and_links, odd_dates, member_comments, a_member_emptied,
)  # fmt: skip
HEAVY = (a_bomb, a_hidden_bomb)


# ---- what is done to the bytes of a file


def spoilt_bytes(rng: random.Random, content: bytes) -> tuple[str, bytes]:
    """(what was done, the file)."""
    data = bytearray(content)
    match rng.randrange(8):
        case 0 | 1:
            for _ in range(rng.choice((1, 1, 2, 10, 100))):
                data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
            return "bits flipped", bytes(data)
        case 2:
            start = max(0, content.rfind(b"PK\x01\x02") - 200)
            for _ in range(rng.choice((1, 2, 4))):
                data[rng.randrange(start, len(data))] = rng.randrange(256)
            return "bytes of the directory changed", bytes(data)
        case 3:
            return "cut off", content[: rng.randrange(len(content))]
        case 4:
            start, length = rng.randrange(len(data)), rng.choice((1, 4, 30, 1000))
            return "a piece is gone", content[:start] + content[start + length :]
        case 5:
            start, length = rng.randrange(len(data)), rng.choice((1, 4, 30, 1000))
            return "a piece is doubled", content[: start + length] + content[start:]
        case 6:
            start = rng.randrange(len(data))
            data[start : start + 100] = bytes(min(100, len(data) - start))
            return "a piece is zeros", bytes(data)
        case _:
            local = [m for m in range(len(data) - 4) if data[m : m + 4] == b"PK\x03\x04"]
            data[rng.choice(local) + rng.randrange(4, 30)] = rng.randrange(256)
            return "a byte of a member's header changed", bytes(data)
