"""The page at /: which spreadsheets there are, and one tab as a table that flashes where cells change."""

from __future__ import annotations

from tests.sheets_server.service import Answer


def answer(service, target: str) -> Answer:
    return Answer(200, b"<!doctype html><title>Sheets</title>", "text/html; charset=utf-8")
