"""Chromium without a window: letters side by side in frames of a phone's or a desk's width, measured and pictured."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.letters_to_look_at.letters import Shown

PHONE, DESK = 375, 900
"""Widths in CSS pixels. A window cannot be as narrow as a phone, a frame in it can: what a letter asks of the screen's
width (`@media`), it asks of its frame.
"""
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_MEASURES = Path(__file__).with_name("measure.js")
_DARK = "@media (prefers-color-scheme: dark)"
_PATIENCE = 240


class Frame(NamedTuple):
    """A letter in a frame of a width, by day or by night."""

    shown: Shown
    width: int
    is_dark: bool = False

    @property
    def label(self) -> str:
        return f"{self.shown.label}, {self.width} px{', dark' if self.is_dark else ''}"

    @property
    def page(self) -> str:
        """The letter's page; by night what it keeps for dark screens counts always."""
        page = self.shown.letter.html or ""
        return page.replace(_DARK, "@media all") if self.is_dark else page


def chromium() -> str | None:
    """The browser on this machine: what CHROMIUM names, or one of the usual names."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


def measured(browser: str, frames: Sequence[Frame]) -> list[dict[str, Any]]:
    """For each frame its `height` in pixels and its `faults`, sentences (see measure.js)."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "measured.html")
        script = f"<script>{_MEASURES.read_text('utf-8')}</script>"
        page.write_text(_sheet(frames, [200] * len(frames), script), encoding="utf-8")
        text = _run(browser, folder, "--dump-dom", page.as_uri()).decode("utf-8", "replace")
    found = re.search(r'<script id="found"[^>]*>(.*?)</script>', text, re.DOTALL)
    assert found is not None, f"{browser} did not measure anything: {text[-400:]}"
    results: list[dict[str, Any]] = json.loads(found[1])
    assert len(results) == len(frames)
    return results


def pictured(browser: str, frames: Sequence[Frame], heights: Sequence[int], to: Path, *, scale: float) -> None:
    """One picture with all the frames beside each other."""
    wide = sum(frame.width + 16 for frame in frames) + 16
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "sheet.html")
        page.write_text(_sheet(frames, heights, ""), encoding="utf-8")
        size = f"--window-size={max(wide, 500)},{max(heights) + 56}"
        shot = Path(folder, "sheet.png")
        _run(browser, folder, f"--screenshot={shot}", size, f"--force-device-scale-factor={scale}", page.as_uri())
        shutil.move(shot, to)


def _sheet(frames: Sequence[Frame], heights: Sequence[int], script: str) -> str:
    """A page of frames. A letter stands in `srcdoc`, so that the script may look into it."""
    figures = "".join(
        f'<figure style="width:{frame.width}px"><figcaption>{html.escape(frame.label)}</figcaption>'
        f'<iframe width="{frame.width}" height="{height}" srcdoc="{html.escape(frame.page)}"></iframe></figure>'
        for frame, height in zip(frames, heights, strict=True)
    )
    style = (
        "body{margin:0;padding:8px;display:flex;align-items:flex-start;background:#8a8a8a}figure{margin:0 8px;flex:none}"
        "figcaption{font:13px/24px sans-serif;color:#fff;white-space:nowrap;overflow:hidden}iframe{border:0;background:#fff}"
    )
    return f'<!DOCTYPE html><meta charset="utf-8"><style>{style}</style>{figures}{script}'


def _run(browser: str, folder: str, *words: str) -> bytes:
    """Chromium's answer. It gets a home of its own, that runs beside each other share nothing."""
    command = [
        browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
        "--disable-background-networking", f"--user-data-dir={folder}/home", "--virtual-time-budget=20000", *words,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, timeout=_PATIENCE, check=False)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")[-800:]
    return done.stdout
