"""A preset under a user's config.yaml: single fields win, whole sections stay, `off` switches off."""

from __future__ import annotations

import dataclasses
from functools import cache
from pathlib import Path

from toolkit.settings.yaml_source import Node, Way, parse

PRESETS = (
    "furniture-retail",
    "office-furniture",
    "custom-home",
    "dining-chairs",
    "dorm-furniture",
    "curtains",
    "mall",
    "ecommerce-returns",
    "lighting-factory",
    "home-repair",
)
DEFAULT_PRESET = PRESETS[0]

_FOLDER = Path(__file__).with_name("presets")
_WHOLE = frozenset({"when", "week", "stars"})
"""Said anew as a whole: a narrower condition or a shorter week must not keep parts of the old one."""
_MAY_BE_OFF = frozenset({"policies", "notices", "questionnaires", "schedule"})


@cache
def preset(name: str) -> Node:
    """What a preset says on top of what every desk has."""
    return over(_packaged("base"), _packaged(name))


def preset_of(said: Node) -> str:
    """The preset that a file names; the default where it names none, or one that does not exist (told elsewhere)."""
    named = said.child("preset")
    return named.value if named and isinstance(named.value, str) and named.value in PRESETS else DEFAULT_PRESET


@cache
def _packaged(name: str) -> Node:
    # A mistake in the form of a packaged file is a bug; the tests load every one of them.
    return parse((_FOLDER / f"{name}.yaml").read_text("utf-8"), f"presets/{name}.yaml")[0]


def over(under: Node, top: Node, way: Way = ()) -> Node:
    """Two trees as one; `top` wins. New policies stand before the old ones, so that they govern first (60, 24)."""
    if top.value is None:
        return under
    if not isinstance(under.value, dict) or not isinstance(top.value, dict) or _is_whole(way):
        return top
    old, new = under.value, top.value
    kept = {key: over(node, new[key], (*way, key)) if key in new else node for key, node in old.items()}
    added = {key: node for key, node in new.items() if key not in old}
    merged = added | kept if way == ("policies",) else kept | added
    return dataclasses.replace(top, value=merged)


def _is_whole(way: Way) -> bool:
    # `run: {daily: "08:30"}` replaces `run: {every: 10min}`: an entry has one kind of time.
    is_schedule_entry = len(way) == 2 and way[0] == "schedule"  # noqa: PLR2004  (section and job)
    return is_schedule_entry or (bool(way) and way[-1] in _WHOLE)


def without_off(tree: Node) -> Node:
    """The tree without what is switched off: `P-01: off`, `P-01: {off: true}`, `report: off`.

    The number of a rule switches off all of it: `P-04: off` means P-04.reply and P-04.resolve too.
    """
    if not isinstance(tree.value, dict):
        return tree
    sections = {key: _without_off(node) if key in _MAY_BE_OFF else node for key, node in tree.value.items()}
    return dataclasses.replace(tree, value=sections)


def _without_off(section: Node) -> Node:
    if not isinstance(section.value, dict):
        return section
    off = {key for key, node in section.value.items() if is_off(node)}
    left = {key: node for key, node in section.value.items() if key not in off and key.partition(".")[0] not in off}
    return dataclasses.replace(section, value=left)


def is_off(node: Node) -> bool:
    """Whether an entry is switched off."""
    if isinstance(node.value, str):
        return node.value.casefold() in _OFF
    off = node.child("off")
    return off is not None and isinstance(off.value, str) and off.value.casefold() in _ON


_OFF = frozenset({"off", "false", "no"})
_ON = frozenset({"true", "yes", "on"})
