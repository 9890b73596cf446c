"""Cells with a phone or an address. What was typed is never quoted: findings are shown and logged (60, 19)."""

from __future__ import annotations

import re
from functools import lru_cache
from math import isfinite

from toolkit.core.book import Raw
from toolkit.registers.reading.bad import NOT_A_PHONE, NOT_AN_EMAIL, Bad, bad, formula_error
from toolkit.registers.reading.plain import normal, number_text, plain
from toolkit.rules import contact

_EXPONENT = re.compile(r"([0-9])\.?([0-9]*)e\+?([0-9]{1,2})", re.IGNORECASE)
_EXPORTED = re.compile(r"([0-9]{5,15})\.0")  # 13800138000.0: a number cell, passed through another program
_LANDLINE = re.compile(r"0[0-9]{2,3}-")
_NUMBERS = re.compile(r"(?<![0-9])[0-9][0-9 \-]{5,}[0-9]")
_WORDS = re.compile(r"[^\W0-9_]")
_MOST_DIGITS = 15  # of any number in the world (E.164)
_LOCAL = (7, 8)


def read_phone(raw: Raw, country: str) -> str | Bad | None:
    """The number in its one spelling (`rules.contact`); a number cell may have lost a landline's first 0."""
    if type(raw) is str:
        return contact.read_phone(raw, country) or _from_text(raw, country)
    if raw is None:
        return None
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return _from_number(raw, country)
    return formula_error(raw) or bad(NOT_A_PHONE, "phone.words")


def read_email(raw: Raw) -> str | Bad | None:
    """The bare address (`rules.contact`)."""
    if type(raw) is str:
        return contact.read_email(raw) or _no_email(raw)
    if raw is None:
        return None
    return formula_error(raw) or _no_email(plain(raw))


def _from_number(raw: float, country: str) -> str | Bad:
    if not isfinite(raw) or raw <= 0 or raw != int(raw):
        return bad(NOT_A_PHONE, "phone.words")
    digits = number_text(raw)
    phone = contact.read_phone(digits, country)
    if phone is not None:
        return phone
    landline = contact.read_phone(f"0{digits}", country) if country == "CN" else None
    return landline if landline is not None and _LANDLINE.match(landline) else _why_no_phone(digits)


@lru_cache(maxsize=4096)
def _from_text(typed: str, country: str) -> str | Bad | None:
    text = normal(typed)
    if not text:
        return None
    if (error := formula_error(typed)) is not None:
        return error
    if exponent := _EXPONENT.fullmatch(text):
        # 1.38E+10 is what a narrow column showed: digits are gone, unless all of them are written out.
        digits = exponent[1] + exponent[2]
        is_whole = len(digits) == int(exponent[3]) + 1
        phone = contact.read_phone(digits, country) if is_whole else None
        return phone or bad(NOT_A_PHONE, "phone.lost_digits")
    if exported := _EXPORTED.fullmatch(text):
        return _from_number(int(exported[1]), country)
    return _why_no_phone(text)


def _why_no_phone(text: str) -> Bad:
    count = sum(sign.isdigit() for sign in text)
    if len(_NUMBERS.findall(text)) > 1 or count > _MOST_DIGITS:
        return bad(NOT_A_PHONE, "phone.two")
    if _WORDS.search(text):
        return bad(NOT_A_PHONE, "phone.words")
    if not count:
        return bad(NOT_A_PHONE, "phone.words")
    return bad(NOT_A_PHONE, "phone.area" if count in _LOCAL else "phone.digits", count=count)


@lru_cache(maxsize=4096)
def _no_email(typed: str) -> Bad | None:
    text = normal(typed)
    if not text:
        return None
    if (error := formula_error(typed)) is not None:
        return error
    signs = text.count("@")
    if signs == 0:
        return bad(NOT_AN_EMAIL, "email.at")
    if signs > 1:
        return bad(NOT_AN_EMAIL, "email.two")
    name, _, domain = text.partition("@")
    if " " in text:
        return bad(NOT_AN_EMAIL, "email.space")
    if not name.isascii():
        return bad(NOT_AN_EMAIL, "email.name")
    return bad(NOT_AN_EMAIL, "email.domain" if "." not in domain.strip(".") or "," in domain else "email.unknown")
