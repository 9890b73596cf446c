"""The text of a new config.yaml: the packaged sample, with what `init` was told put in its place."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from toolkit.core.errors import UsageError
from toolkit.registers.lexicon import Lexicon
from toolkit.settings.layers import PRESETS
from toolkit.settings.layers import preset as settings_of

DEMO_REACHES_BACK = timedelta(days=800)
"""Demo messages go live before the oldest demo row (60, 16)."""
_ID = re.compile(r"[A-Za-z0-9_-]+")
_IN_ADDRESS = re.compile(r"/d/([A-Za-z0-9_-]+)|[?&](?:id|key)=([A-Za-z0-9_-]+)")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A Google spreadsheet as `init --google` is told of it. `credentials` as it shall stand in config.yaml."""

    id: str
    credentials: str | None = None
    endpoint: str | None = None


def spreadsheet_id(text: str) -> str:
    """The id in what a person pastes: the id itself, or the address of the open sheet. UsageError where there is none."""
    said = text.strip().strip("<>\"'")
    if _ID.fullmatch(said):
        return said
    if "/d/e/" in said:
        raise UsageError(
            f"{said} is the address of a page that was published from a sheet: open the sheet itself, and take the address "
            "that the browser shows then"
        )
    match = _IN_ADDRESS.search(said)
    if match is None:
        raise UsageError(
            f"“{said}” is neither a spreadsheet's id nor its address: open the sheet in the browser and copy the address, "
            "https://docs.google.com/spreadsheets/d/…/edit"
        )
    return match[1] or match[2]


def packaged_config() -> Path:
    """The sample configuration: inside the wheel, else at the top of a checkout (60, 32)."""
    inside = Path(__file__).parent.parent / "config.yaml"
    return inside if inside.is_file() else Path(__file__).parent.parent.parent / "config.yaml"


def config_text(preset: str | None, locale: str, demo_at: datetime | None, sheet: Sheet | None = None) -> str:
    """The new file's text. `demo_at`: the moment that a demo is made for."""
    text = packaged_config().read_text(encoding="utf-8")
    if preset is not None:
        text = re.sub(r"(?m)^preset: \S+", f"preset: {preset}", text, count=1)
        text = _with_hours(text, preset) if preset in PRESETS else text
    if locale != "zh-CN":
        tab = Lexicon(locale).tabs("tickets")[0]
        text = re.sub(r"(?m)^locale: \S+", f"locale: {locale}", text, count=1)
        text = re.sub(r"(?m)^(    tab:) 售后登记表", rf"\1 {tab}", text, count=1)
        text = re.sub(r"(?m)^(    aliases:).*$", r"\1 {phone: [Mobile, Telephone]}", text, count=1)
        text = text.replace("name: 示例家居 ", "name: Example Home ").replace("brand: 示例 ", "brand: Example ")
    if demo_at is not None:
        since = (demo_at - DEMO_REACHES_BACK).date()
        # Whoever tries the demo at night shall see its letters too.
        text = re.sub(r'(?m)^(  quiet_hours:) "[^"]+" ', r"\1 none          ", text, count=1)
        text = re.sub(r"(?m)^  # only_since: \S+", f"  only_since: {since}", text, count=1)
    return text if sheet is None else _with_sheet(text, sheet)


def _with_hours(text: str, preset: str) -> str:
    """The preset's own opening hours, holidays and pace: a line of the sample that stayed would overrule them."""
    said = settings_of(preset)
    lines = {
        "  week": _inline(said.at(("calendar", "week")).plain()),
        "  holidays": str(said.at(("calendar", "holidays")).plain()),
        "  run": _inline(said.at(("schedule", "run")).plain()),
    }
    for key, value in lines.items():
        found = re.search(rf"(?m)^{key}: [^#\n]*", text)
        if found is not None:  # the note behind the value keeps its column
            line = f"{key}: {value}"
            padded = line.ljust(len(found[0])) if found[0] != found[0].rstrip() else line
            text = text[: found.start()] + padded + text[found.end() :]
    return text


def _inline(value: object) -> str:
    """A mapping or list of texts as YAML in one line; texts with a colon in quotes."""
    match value:
        case dict():
            return "{" + ", ".join(f"{key}: {_inline(one)}" for key, one in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_inline, value)) + "]"
        case _:
            return _yaml(str(value)) if ":" in str(value) else str(value)


def _with_sheet(text: str, sheet: Sheet) -> str:
    """The Google book in place of the Excel file, which stays as a note."""
    said = {"google": sheet.id, "credentials": sheet.credentials, "endpoint": sheet.endpoint}
    parts = ", ".join(f"{key}: {_yaml(value)}" for key, value in said.items() if value)
    start, end = text.index("  - {name: main, path:"), text.index("\ncalendar:")
    lines = (
        f"  - {{name: main, {parts}}}",
        "  # Share the sheet with the client_email of the credentials, as an editor (与密钥里的 client_email 共享，编辑者).",
        "  # An Excel file instead (Excel 文件):",
        "  # - {name: main, path: workbooks/aftersales.xlsx}",
    )
    return text[:start] + "\n".join(lines) + "\n" + text[end:]


def _yaml(value: str) -> str:
    """A plain word where that is safe, else in quotes: an id may look like a number, a path hold a colon."""
    is_plain = re.fullmatch(r"[A-Za-z_][\w./-]*", value, re.ASCII) and value.casefold() not in {
        "yes",
        "no",
        "on",
        "off",
    }
    return value if is_plain else json.dumps(value, ensure_ascii=False)
