"""Phone numbers and mail addresses in one spelling each, so that two spellings of one customer meet."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_CACHED = 65536
_CN_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_CN_MOBILE_TYPED = re.compile(r"0?(1[3-9][0-9]{9})")  # the 0 was once dialled to reach another city
_CN_LANDLINE = re.compile(r"(010|02[0-9]|0[3-9][0-9]{2})([0-9]{7,8})")
_CN_SERVICE = re.compile(r"([48]00)([0-9]{3})([0-9]{4})")
# Hotlines that are dialled as they are: 95338, 950618, 95105105, 96811, 10086, 11183, 12315, 1010xxxx.
_CN_HOTLINE = re.compile(r"95[0-9]{3,6}|96[0-9]{3,4}|100[0-9]{2}|111[0-9]{2}|123[0-9]{2}|1010[0-9]{4}")
_CN_WITH_CODE = re.compile(r"86[0-9]{10,}")

_LABEL = re.compile(
    r"(?:(?:联系|客户|联系人)?(?:电话|手机)(?:号码|号)?|(?:tele)?phone|tel|mobile)\s*[:.]?\s*", re.IGNORECASE
)
_WRITTEN = re.compile(r"\(?(\+?)[0-9 ()\-.]{3,30}")
_EXTENSION = re.compile(r"\s*(?:转|轉|分机|分機|ext\.?|x|#)\s*([0-9]{1,6})", re.IGNORECASE)
# 021-62345678-801: only so spelled is the last part an extension; 021-6234-5678 and 400-820-1234 are whole numbers.
_DASHED_EXTENSION = re.compile(r"((?:\+?86[ \-])?0?[0-9]{2,3}-[0-9]{7,8}|[48]00-?[0-9]{3}-?[0-9]{4})-([0-9]{1,6})")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－ー", "-"))
_NOT_DIGITS = re.compile(r"[^0-9]")

_PLAIN_EMAIL = re.compile(
    r"[A-Za-z0-9_+\-]+(?:\.[A-Za-z0-9_+\-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9]|-(?!-))*(?<!-)\.)+[A-Za-z]{2,24}", re.ASCII
)
_SHORT = 64  # shorter than any of the lengths that an address may not pass
_WRAPPED = re.compile(r"[^<>@]*<([^<>]+)>")


@lru_cache(maxsize=_CACHED)
def read_phone(raw_text: str, country: str) -> str | None:
    """One spelling for each number, None if it is none.

    In China: `13800138000`, `021-62345678`, `021-62345678-801` (extension), `400-820-1234`, `95338`. Every other
    number, and every number where `country` (ISO code of the desk) is not CN: E.164, e.g. `+85223456789`.
    A number of another country counts only with its `+` or `00`; a landline only with its area code.
    """
    if country == "CN" and _CN_MOBILE.fullmatch(raw_text):
        return raw_text
    text = _tidy(raw_text).lstrip("'").rstrip(".,;。、 ")
    if label := _LABEL.match(text):
        text = text[label.end() :]
    extension = ""
    if (tail := _DASHED_EXTENSION.fullmatch(text)) is not None:
        text, extension = tail[1], tail[2]
    elif (tail := _EXTENSION.search(text)) is not None and tail.end() == len(text):
        text, extension = text[: tail.start()], tail[1]
    written = _WRITTEN.fullmatch(text)
    if written is None:
        return None
    digits = _NOT_DIGITS.sub("", text)
    phone = _chinese_or_foreign(digits, written[1] == "+", country)
    if phone is None or not extension:
        return phone
    return None if is_mobile(phone) or _CN_HOTLINE.fullmatch(phone) else f"{phone}-{extension}"


def is_mobile(phone: str) -> bool:
    """Whether a number as `read_phone` gives it can take an SMS. Where a country does not tell (US), it may."""
    if not phone.startswith("+"):
        return _CN_MOBILE.fullmatch(phone) is not None
    return _is_mobile_abroad(phone)


_LAST_LABEL = re.compile(r"[a-z]{2,}|xn--[a-z0-9-]+", re.IGNORECASE)


@lru_cache(maxsize=_CACHED)
def read_email(raw_text: str) -> str | None:
    """The bare address with an ASCII domain (IDN as `xn--`), as typed before the `@`; None if it is none.

    No look-up is made. A name outside ASCII before the `@` is refused: the mail transport cannot send to it.
    """
    if len(raw_text) <= _SHORT and _PLAIN_EMAIL.fullmatch(raw_text):
        name, _, domain = raw_text.rpartition("@")
        return f"{name}@{domain.lower()}"
    text = _tidy(raw_text).rstrip(".,; ")
    if wrapped := _WRAPPED.fullmatch(text):
        text = wrapped[1].strip()
    if text[:7].lower() == "mailto:":
        text = text[7:]
    text = text.replace("。", ".")  # an input method left in Chinese
    if "." not in text.partition("@")[2]:
        return None
    from email_validator import EmailNotValidError, validate_email

    try:
        # A company may mail to its own `.local` hosts, hence not "globally deliverable".
        checked = validate_email(
            text, check_deliverability=False, allow_smtputf8=False, globally_deliverable=False, strict=True
        )
    except (EmailNotValidError, UnicodeError):
        return None
    # The library lets any last label pass for hosts of one's own: `qq.c0m` and `1.2.3.4` are typing mistakes.
    return checked.ascii_email if _LAST_LABEL.fullmatch(checked.ascii_domain.rpartition(".")[2]) else None


def _tidy(text: str) -> str:
    """Half width, one kind of dash and space, none of the invisible marks that address books copy along."""
    text = unicodedata.normalize("NFKC", text).translate(_DASHES)
    return " ".join("".join(sign for sign in text if unicodedata.category(sign) not in ("Cf", "Cs")).split())


def _chinese_or_foreign(digits: str, has_plus: bool, country: str) -> str | None:
    if not has_plus and digits.startswith("00"):
        digits, has_plus = digits[2:], True
    if country == "CN":
        if has_plus and not digits.startswith("86"):
            return _parsed(f"+{digits}", None)
        if not has_plus:
            phone = _chinese(digits)
            if phone is not None or not _CN_WITH_CODE.fullmatch(digits):
                return phone
        national = digits[2:]
        return _chinese(national) or _chinese(f"0{national}")
    return _parsed(f"+{digits}", None) if has_plus else _parsed(digits, country)


def _chinese(digits: str) -> str | None:
    if mobile := _CN_MOBILE_TYPED.fullmatch(digits):
        return mobile[1]
    if service := _CN_SERVICE.fullmatch(digits):
        return "-".join(service.groups())
    if _CN_HOTLINE.fullmatch(digits):
        return digits
    landline = _CN_LANDLINE.fullmatch(digits)
    # The library knows how long the numbers of each city are.
    return "-".join(landline.groups()) if landline and _parsed(digits, "CN") else None


def _parsed(text: str, country: str | None) -> str | None:
    import phonenumbers

    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


@lru_cache(maxsize=_CACHED)
def _is_mobile_abroad(phone: str) -> bool:
    import phonenumbers

    kinds = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    try:
        return phonenumbers.number_type(phonenumbers.parse(phone)) in kinds
    except phonenumbers.NumberParseException:
        return False
