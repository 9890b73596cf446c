"""One case: an original, what was done to it, what is asked for. All of it follows from seed and number."""

from __future__ import annotations

import io
import random
import re
import zipfile
import zlib
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path

from tests.contract.fuzz import markup, package
from tests.contract.fuzz.package import Member, Package
from tests.contract.fuzz.seeds import pick
from tests.contract.fuzz.wishes import Wish, a_wish

SHEETS = "xl/worksheets/sheet"
OTHER_PARTS = (
    "xl/workbook.xml",
    "xl/styles.xml",
    "xl/sharedStrings.xml",
    "xl/_rels/",
    "_rels/",
    "[Content_Types].xml",
    "xl/worksheets/_rels/",
    "xl/tables/",
)


@dataclass
class Case:
    """`steps` says what was done, in order; `way` how it is asked for: new file, old file there, in place, through the book."""

    number: int
    original: str
    steps: list[str]
    content: bytes
    wish: Wish
    way: str
    is_lawful: bool


@cache
def _original(path: Path) -> bytes:
    return path.read_bytes()


@cache
def _titles(path: Path) -> tuple[list[str], str]:
    """(titles of the sheets, the first sheet's XML), by plain search."""
    with zipfile.ZipFile(io.BytesIO(_original(path))) as one:
        names = {name.replace("\\", "/").lstrip("/").lower(): name for name in one.namelist()}
        book = one.read(names["xl/workbook.xml"]).decode("utf-8", "replace") if "xl/workbook.xml" in names else ""
        first = next((one.read(real) for name, real in names.items() if name.startswith(SHEETS)), b"")
    titles = [unescape(name) for name in re.findall(r"<(?:\w+:)?sheet [^>]*?\bname=[\"']([^\"']*)", book)]
    return titles or ["S"], first.decode("utf-8", "replace")


def a_case(seed: int, number: int, folder: Path) -> Case:
    """The case; `folder` holds the originals."""
    rng = random.Random(f"{seed}:{number}")
    paths = sorted(folder.iterdir())
    made = [one for one in paths if one.name.startswith("made_")]
    path = pick(rng, made) if rng.random() < 0.5 else pick(rng, paths)
    titles, first = _titles(path)
    wish = a_wish(rng, titles[: rng.choice((1, 1, 3))], first)
    way = rng.choices(("new", "over", "in place", "book"), (5, 2, 2, 3))[0]
    if not wish.is_sane and way == "book":
        way = "new"
    steps, content, is_lawful = _mutated(rng, Package.of(_original(path)), _original(path))
    return Case(number, path.name, steps, content, wish, way, is_lawful)


def _mutated(rng: random.Random, parts: Package, original: bytes) -> tuple[list[str], bytes, bool]:
    """(steps, the file, whether all of them are lawful)."""
    steps: list[str] = []
    kind = rng.random()
    if kind < 0.04:
        return ["nothing"], original, True
    is_lawful = kind < 0.32
    if kind < 0.24 or 0.32 <= kind < 0.74:
        steps += [_spoil_markup(rng, parts, is_lawful=is_lawful) for _ in range(rng.choice((1, 1, 2, 3)))]
    elif kind < 0.9:
        for _ in range(rng.choice((1, 1, 2))):
            chosen = package.HARMLESS if is_lawful or rng.random() < 0.3 else package.HARMFUL
            spoil = pick(rng, package.HEAVY) if not is_lawful and rng.random() < 0.04 else pick(rng, chosen)
            spoil(rng, parts)
            steps.append(spoil.__name__)
    else:
        step, content = package.spoilt_bytes(rng, original)
        return [step], content, False
    if rng.random() < 0.15:
        spoil = pick(rng, package.HARMLESS)
        spoil(rng, parts)
        steps.append(spoil.__name__)
    try:
        return steps, parts.bytes(rng), is_lawful
    except (zlib.error, UnicodeEncodeError) as error:  # a name that no zip can hold
        raise AssertionError(f"the fuzz itself is wrong: {steps} {error}") from error


def _spoil_markup(rng: random.Random, parts: Package, *, is_lawful: bool) -> str:
    member = _a_part(rng, parts)
    is_sheet = member.name.replace("\\", "/").startswith(SHEETS)
    try:
        text = member.content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "nothing (no UTF-8)"
    if not is_lawful and rng.random() < 0.04:
        step, member.content = markup.encoded_oddly(rng, text)
        return f"{step} in {member.name}"
    if is_lawful:
        pool = markup.LAWFUL + markup.LAWFUL_IN_SHEETS * 2 if is_sheet else markup.LAWFUL
    else:
        pool = markup.DAMAGE + markup.DAMAGE_IN_SHEETS * 2 if is_sheet else markup.DAMAGE
    spoil = pick(rng, pool)
    member.content = spoil(rng, text).encode("utf-8", "surrogatepass")
    return f"{spoil.__name__} in {member.name}"


def _a_part(rng: random.Random, parts: Package) -> Member:
    """Mostly a sheet, then what a writer must read, else anything that is XML."""
    kind = rng.random()
    if kind < 0.65 and (sheets := parts.find(SHEETS)):
        return sheets[0] if rng.random() < 0.8 else pick(rng, sheets)
    if kind < 0.95 and (others := [one for start in OTHER_PARTS for one in parts.find(start)]):
        return pick(rng, others)
    xml = [one for one in parts.members if one.name.endswith((".xml", ".rels"))]
    return pick(rng, xml or parts.members)
