"""The text of a new config.yaml, and the sheet's id in whatever people paste."""

from __future__ import annotations

import re

import pytest

from toolkit.app.new_config import Sheet, config_text, spreadsheet_id
from toolkit.core.errors import UsageError
from toolkit.settings.layers import PRESETS
from toolkit.settings.load import read

ID = "1aBcD_efGhIjKlMnOpQrStUvWxYz-0123456789AbCdEf"


@pytest.mark.parametrize(
    "pasted",
    [
        ID,
        f" {ID}\n",
        f"https://docs.google.com/spreadsheets/d/{ID}/edit#gid=0",
        f"https://docs.google.com/spreadsheets/u/1/d/{ID}/edit?usp=sharing",
        f"docs.google.com/spreadsheets/d/{ID}",
        f"<https://drive.google.com/open?id={ID}>",
        f"http://127.0.0.1:8080/spreadsheets/d/{ID}",
    ],
)
def test_an_id_is_found_in_what_is_pasted(pasted):
    assert spreadsheet_id(pasted) == ID


@pytest.mark.parametrize(
    ("pasted", "words"),
    [
        ("", "neither"),
        ("our sheet", "neither"),
        ("https://docs.google.com/spreadsheets/u/0/", "neither"),
        ("https://docs.google.com/spreadsheets/d/e/2PACX-1vT/pubhtml", "published"),
    ],
)
def test_what_holds_no_id_is_refused_in_words(pasted, words):
    with pytest.raises(UsageError, match=words):
        spreadsheet_id(pasted)


def test_the_google_book_stands_in_place_of_the_file_and_all_other_lines_are_the_samples(tmp_path):
    sheet = Sheet(ID, "service-account.json", "http://127.0.0.1:8080")
    text = config_text("furniture-retail", "en", None, sheet)
    book = read(text, tmp_path, environment={}).books[0]
    assert (book.google, book.path, book.endpoint) == (ID, None, "http://127.0.0.1:8080")
    assert book.credentials == tmp_path / "service-account.json"
    plain = config_text("furniture-retail", "en", None)
    assert len(re.findall("edit me", text)) == len(re.findall("edit me", plain))
    different = set(plain.splitlines()) ^ set(text.splitlines())
    assert all(
        "google" in one or "Google" in one or "aftersales.xlsx" in one or "Excel" in one or "Share" in one
        for one in different
    )


@pytest.mark.parametrize("path", ["C:/Schlüssel: neu/key.json", "/home/a b/key #1.json", "007", "yes", "{key}"])
def test_a_path_of_any_letters_comes_back_as_it_was(path, tmp_path):
    book = read(config_text(None, "zh-CN", None, Sheet("007", path)), tmp_path, environment={}).books[0]
    assert book.google == "007"
    assert book.credentials == tmp_path / path


@pytest.mark.parametrize("preset", PRESETS)
def test_a_new_desk_keeps_the_hours_the_holidays_and_the_pace_of_its_preset(preset, tmp_path):
    made = read(config_text(preset, "en", None), tmp_path, environment={})
    bare = read(f"preset: {preset}\n", tmp_path, environment={})
    assert (made.calendar.week, made.calendar.holidays) == (bare.calendar.week, bare.calendar.holidays)
    assert [one for one in made.schedule if one.job == "run"] == [one for one in bare.schedule if one.job == "run"]


def test_the_hours_of_a_mall_stand_in_its_new_config_with_the_notes_of_the_sample():
    lines = config_text("mall", "en", None).splitlines()
    (week,) = (one for one in lines if one.startswith("  week:"))
    assert week.startswith('  week: {mon-sun: ["10:00-22:00"]}     # edit me: your opening hours')
    assert [one.split("#")[0].strip() for one in lines if one.startswith("  holidays:")] == ["holidays: none"]
    assert [one for one in lines if one.startswith("  run:")] == ["  run: {every: 1min}"]
