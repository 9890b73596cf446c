"""Every letter as pictures on contact sheets: `python -m tests.letters_to_look_at FOLDER [WORD …]`.

Writes `phone-….png` and `desk-….png` (and `dark-….png`), `plain.txt` with the plain parts, short messages and chat lines to be
read through, and every page as a file of its own. With words, only the letters whose name holds one of them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.letters_to_look_at.browser import DESK, PHONE, Frame, chromium, measured, pictured
from tests.letters_to_look_at.letters import Shown, all_letters, library, subjects, values
from toolkit.letters.sms import sms_parts

SHEETS = {"phone": (PHONE, False, 4), "desk": (DESK, False, 3), "dark": (PHONE, True, 4)}
"""What stands on a kind of sheet: the width of a letter, whether by night, how many beside each other."""


def main(words: Sequence[str]) -> int:
    """Draw what was asked for; 1 where a browser's measures find a fault, 2 where there is no browser."""
    if not words:
        print(__doc__)
        return 2
    folder, wanted = Path(words[0]), words[1:]
    letters = [one for one in all_letters() if not wanted or any(word in one.label for word in wanted)]
    folder.mkdir(parents=True, exist_ok=True)
    write_texts(folder, letters)
    browser = chromium()
    if browser is None:
        print("No Chromium on this machine: pages and texts are written, pictures are not. CHROMIUM may name one.")
        return 2
    faults = [fault for kind in SHEETS for fault in draw(browser, folder, kind, letters)]
    print("\n".join(faults) or "The browser finds no fault.")
    return 1 if faults else 0


def write_texts(folder: Path, letters: Iterable[Shown]) -> None:
    """The pages, and one file with all that is plain text."""
    parts = []
    for one in letters:
        (folder / f"{one.label}.html").write_text(one.letter.html or "", encoding="utf-8")
        parts.append(f"######## {one.label}\n{one.letter.subject}\n\n{one.letter.text}")
        if one.name in subjects():
            parts += short_texts(one)
    (folder / "plain.txt").write_text("\n".join(parts), encoding="utf-8")


def short_texts(one: Shown) -> list[str]:
    """Its short message with the length as billed, and its chat line."""
    found = []
    for channel in set(subjects()[one.name].channels) & {"sms", "chat"}:
        text = library(one.locale).render(one.name, channel, values(one.name, one.locale)).text
        size = sms_parts(text, mainland=one.locale == "zh-CN")
        found.append(f"#### {channel} ({size.length}, {size.parts} part(s))\n{text}\n")
    return found


def draw(browser: str, folder: Path, kind: str, letters: Sequence[Shown]) -> list[str]:
    """The sheets of one kind; the faults that were measured on the way."""
    width, is_dark, beside = SHEETS[kind]
    frames = [Frame(one, width, is_dark) for one in letters]
    found = measured(browser, frames)
    together = list(zip(frames, found, strict=True))
    for number, at in enumerate(range(0, len(together), beside), 1):
        sheet = together[at : at + beside]
        to = folder / f"{kind}-{number:03}.png"
        pictured(browser, [frame for frame, _ in sheet], [one["height"] for _, one in sheet], to, scale=1)
    return [f"{frame.label}: {fault}" for frame, one in together for fault in one["faults"]]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
