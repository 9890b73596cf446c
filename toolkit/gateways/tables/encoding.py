"""Bytes into text: what another system exported says nowhere in which encoding, and a wrong guess turns names to rubbish."""

from __future__ import annotations

import codecs

from toolkit.core.errors import UsageError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like the mark of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHINESE, _COMMON = "gb18030", "gb2312"
_MOSTLY = 0.9
"""So many of its signs outside ASCII are everyday ones: text of that encoding. German read as Chinese has next to none."""
_SAMPLE = 1 << 16
_OTHERS = ["big5", "cp1252", "cp1250", "cp1251", "shift_jis", "euc_kr"]


def decoded(content: bytes, encoding: str | None = None) -> tuple[str, str]:
    """(the text without a byte order mark, its encoding). `encoding` is what the user says it is (UsageError)."""
    found = encoding or _encoding_of(content)
    try:
        text = content.decode(found)
    except LookupError:
        raise UsageError(f"“{found}” is no encoding; there is utf-8, gb18030, utf-16, big5, cp1252 …") from None
    except UnicodeDecodeError as error:
        raise UsageError(_broken(content, error, found)) from None
    text = text.removeprefix("\ufeff")
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise UsageError(f"line {line} holds characters of no text (NUL): the file is damaged, or no text at all")
    return text, found


def _broken(content: bytes, error: UnicodeDecodeError, encoding: str) -> str:
    line = content.count(b"\n", 0, error.start) + 1
    return (
        f"line {line} cannot be read as {encoding}: the file is cut off, or put together of several encodings; "
        "export it anew, or name its encoding with --encoding"
    )


def _encoding_of(content: bytes) -> str:
    for mark, name in _MARKS:
        if content.startswith(mark):
            return name
    if (wide := _without_mark(content)) is not None:
        return wide
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return _not_utf_8(content)
    return "utf-8"


def _without_mark(content: bytes) -> str | None:
    """UTF-16 that forgot its mark: every other byte of its separators and digits is zero."""
    sample = content[:_SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    most, least = max(even, odd), min(even, odd)
    if not most or len(sample) % 2 or most * 10 < len(sample) or least * 10 > most:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _not_utf_8(content: bytes) -> str:
    """GB 18030 where it reads as everyday Chinese, else what the library makes of it. Mixed encodings are refused."""
    lines = [line for line in content.splitlines() if not line.isascii()]
    valid = sum(_is(line, "utf-8") for line in lines)
    if 2 * valid >= len(lines) > valid:
        return "utf-8"  # one line of another encoding in between: the refusal names it
    if _is(content, _CHINESE) and _is_everyday(content.decode(_CHINESE)):
        return _CHINESE
    from charset_normalizer import from_bytes

    best = from_bytes(content[:_SAMPLE], cp_isolation=_OTHERS).best()
    if best is None:
        raise UsageError("the file's encoding is not known; save it as CSV UTF-8, or name it with --encoding")
    return best.encoding


def _is(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _is_everyday(text: str) -> bool:
    signs = [sign for sign in text if not sign.isascii()]
    common = sum(_in(sign) for sign in signs)
    return common >= _MOSTLY * len(signs)


def _in(sign: str) -> bool:
    try:
        sign.encode(_COMMON)
    except UnicodeEncodeError:
        return False
    return True
