"""Every letter in a real browser, on a phone and on a desk, by day and by night: what Chromium can measure of it.

How they look is for people: `python -m tests.letters_to_look_at FOLDER` draws them.
"""

from __future__ import annotations

import os
import struct

import pytest

from tests.letters_to_look_at.__main__ import main
from tests.letters_to_look_at.browser import DESK, PHONE, Frame, chromium, measured, pictured
from tests.letters_to_look_at.letters import (
    ROOT,
    Shown,
    all_letters,
    every_letter,
    letters_together,
    long_lists,
    subjects,
)
from toolkit.core.message import Letter
from toolkit.letters import sample
from toolkit.letters.library import Library

BROWSER = chromium() or ""
pytestmark = pytest.mark.skipif(
    not BROWSER, reason="Chromium is not installed: NOT TESTED how the letters look on a phone and on a desk"
)


def faults(frames):
    """What is wrong with each frame that has a fault."""
    found = measured(BROWSER, frames)
    return {frame.label: one["faults"] for frame, one in zip(frames, found, strict=True) if one["faults"]}


def test_every_letter_fits_a_phone_can_be_read_and_its_links_can_be_tapped():
    letters = all_letters()
    assert len(letters) > 6 * len(subjects())
    assert faults([Frame(one, PHONE) for one in letters]) == {}


@pytest.mark.parametrize(("width", "is_dark"), [(DESK, False), (PHONE, True)])
def test_every_letter_can_be_read_on_a_desk_and_by_night(width, is_dark):
    letters = [*every_letter(), *letters_together(), *long_lists()]
    assert faults([Frame(one, width, is_dark) for one in letters]) == {}


def test_the_table_of_a_letter_of_ones_own_becomes_lines_on_a_phone(tmp_path):
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "received.md").write_text(
        "{% block subject %}s{% endblock %}{% block body %}# Title\n\n| Ticket | Step | How late | Next |\n|---|---|---|---|\n"
        "| AS-20261118-0001 Wolfeschlegelsteinhausen | first response, due Mon 23 Nov | 2 working days | call the customer "
        "|\n{% endblock %}",
        encoding="utf-8",
    )
    own = Library((tmp_path, ROOT / "templates"), "en", sample.standing("en"))
    shown = Shown("a table", "en", own.render("received", "email", {}))
    assert faults([Frame(shown, PHONE), Frame(shown, DESK)]) == {}


SPOILED = {
    "the page is": '<table class="rows"><tr><td style="width:900px;display:block">wide</td></tr></table>',
    "contrast 2.8: pale": '<p style="color:#999">pale</p>',
    "text of 9px: tiny": '<p style="font-size:9px">tiny</p>',
    "a link of": '<p><a href="tel:123" style="padding:0">call</a></p>',
    "leads nowhere: nowhere": '<p><a href="example" style="padding:20px">nowhere</a></p>',
    "something lies over the link: under": '<p><a href="tel:123" style="padding:20px">under</a></p>'
    '<div style="position:absolute;top:0;left:0;width:100%;height:100%;color:#000">over</div>',
    "an empty fact beside: Label": '<table class="facts"><tr><th>Label</th><td></td></tr></table>',
    "a column of": '<table class="facts"><tr><td style="width:40px;max-width:40px">one two three four five six</td>'
    '<td style="width:100%">.</td></tr></table>',
    "beyond the screen": f'<p style="white-space:nowrap">{"a long line without an end " * 4}</p>',
}
"""What is to be found, by what is put into a letter."""


def test_what_the_browser_is_to_find_it_finds():
    whole = next(iter(every_letter())).letter.html or ""
    start = whole.index("<h1")
    pages = {fault: whole[:start] + body + whole[start:] for fault, body in SPOILED.items()}
    found = faults([Frame(Shown(fault, "en", Letter("s", "t", page)), PHONE) for fault, page in pages.items()])
    for fault in SPOILED:
        assert [one for one in found[f"en {fault}, 375 px"] if one.startswith(fault)], (fault, found)


def test_a_picture_shows_a_phone_of_375_pixels(tmp_path):
    """A window of Chromium cannot be so narrow; the frame in it is."""
    shown = next(iter(every_letter()))
    (one,) = measured(BROWSER, [Frame(shown, PHONE)])
    pictured(BROWSER, [Frame(shown, PHONE)], [one["height"]], tmp_path / "one.png", scale=2)
    head = (tmp_path / "one.png").read_bytes()[:24]
    assert struct.unpack(">II", head[16:]) == (2 * 500, 2 * (one["height"] + 56))


def test_one_command_draws_what_is_asked_for(tmp_path, capsys):
    assert main([str(tmp_path), "thanks"]) == 0
    names = {file.name for file in tmp_path.iterdir()}
    assert {
        "phone-001.png",
        "desk-001.png",
        "dark-001.png",
        "plain.txt",
        "en thanks.html",
        "zh-CN thanks.html",
    } <= names
    assert "The browser finds no fault." in capsys.readouterr().out
    assert "感谢您接听回访" in (tmp_path / "plain.txt").read_text("utf-8")


def test_a_browser_that_was_named_is_the_one_that_is_taken(monkeypatch):
    monkeypatch.setitem(os.environ, "CHROMIUM", "/opt/another")
    assert chromium() == "/opt/another"
