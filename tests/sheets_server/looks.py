"""Formats as Google keeps them: each colour stands twice (plain and as a style), in 8-bit steps told as 32-bit floats."""

from __future__ import annotations

import struct

_PAIRS = {
    "backgroundColor": "backgroundColorStyle",
    "foregroundColor": "foregroundColorStyle",
    "color": "colorStyle",
    "tabColor": "tabColorStyle",
    "headerColor": "headerColorStyle",
    "firstBandColor": "firstBandColorStyle",
    "secondBandColor": "secondBandColorStyle",
    "footerColor": "footerColorStyle",
}
_PLAIN = {style: plain for plain, style in _PAIRS.items()}

WHITE, BLACK = {"red": 1, "green": 1, "blue": 1}, {}
DEFAULT_FORMAT = {
    "backgroundColor": WHITE,
    "padding": {"top": 2, "right": 3, "bottom": 2, "left": 3},
    "verticalAlignment": "BOTTOM",
    "wrapStrategy": "OVERFLOW_CELL",
    "textFormat": {
        "foregroundColor": BLACK,
        "fontFamily": "arial,sans,sans-serif",
        "fontSize": 10,
        "bold": False,
        "italic": False,
        "strikethrough": False,
        "underline": False,
        "foregroundColorStyle": {"rgbColor": BLACK},
    },
    "backgroundColorStyle": {"rgbColor": WHITE},
}


def _rgb(red: float, green: float, blue: float) -> dict:
    return {"rgbColor": {"red": red, "green": green, "blue": blue}}


THEME = {
    "primaryFontFamily": "Arial",
    "themeColors": [
        {"colorType": "TEXT", "color": {"rgbColor": BLACK}},
        {"colorType": "BACKGROUND", "color": {"rgbColor": WHITE}},
        {"colorType": "ACCENT1", "color": _rgb(0.25882354, 0.52156866, 0.95686275)},
        {"colorType": "ACCENT2", "color": _rgb(0.91764706, 0.2627451, 0.20784314)},
        {"colorType": "ACCENT3", "color": _rgb(0.9843137, 0.7372549, 0.015686275)},
        {"colorType": "ACCENT4", "color": _rgb(0.20392157, 0.65882355, 0.3254902)},
        {"colorType": "ACCENT5", "color": _rgb(1, 0.42745098, 0.003921569)},
        {"colorType": "ACCENT6", "color": _rgb(0.27450982, 0.7411765, 0.7764706)},
        {"colorType": "LINK", "color": _rgb(0.06666667, 0.33333334, 0.8)},
    ],
}


def single(number: float) -> float | int:
    """The shortest text of the nearest 32-bit float, as JSON of a proto float shows it."""
    exact = struct.unpack("f", struct.pack("f", number))[0]
    for digits in range(1, 10):
        short = float(f"{exact:.{digits}g}")
        if struct.unpack("f", struct.pack("f", short))[0] == exact:
            return int(short) if short.is_integer() else short
    return exact


def colour(given: dict) -> dict:
    steps = {name: round(given.get(name, 0) * 255) for name in ("red", "green", "blue")}
    return {name: single(step / 255) for name, step in steps.items() if step}


def completed(look: dict) -> dict:
    """The same look with both forms of each colour; where both are given, the style wins."""
    out = {}
    for name, value in look.items():
        if name in _PAIRS and _PAIRS[name] not in look:
            out[name] = colour(value)
            out[_PAIRS[name]] = {"rgbColor": colour(value)}
        elif name in _PLAIN and isinstance(value, dict):
            if "themeColor" in value:
                out[name] = value
                out[_PLAIN[name]] = _themed(value["themeColor"])
            elif "rgbColor" in value:
                out[name] = {"rgbColor": colour(value["rgbColor"])}
                out[_PLAIN[name]] = colour(value["rgbColor"])
        elif name in _PAIRS:
            continue
        else:
            out[name] = completed(value) if isinstance(value, dict) else value
    return out


def _themed(name: str) -> dict:
    return next((one["color"]["rgbColor"] for one in THEME["themeColors"] if one["colorType"] == name), {})


def paired(mask: dict) -> dict:
    """A mask that names one form of a colour means both."""
    out = {}
    for name, below in mask.items():
        below = paired(below)
        if name in _PAIRS or name in _PLAIN:
            out[name] = out[_PAIRS.get(name) or _PLAIN[name]] = {}
        else:
            out[name] = below
    return out


def merged(base: dict, over: dict | None) -> dict:
    """A deep overlay: the effective look of a cell."""
    out = dict(base)
    for name, value in (over or {}).items():
        mixes = (
            isinstance(value, dict) and isinstance(out.get(name), dict) and name not in _PAIRS and name not in _PLAIN
        )
        out[name] = merged(out[name], value) if mixes else value
    return out
