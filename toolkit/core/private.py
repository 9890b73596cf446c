"""Personal data in texts that are shown: telephone numbers and mail addresses are found and masked (60, 19)."""

from __future__ import annotations

import re
import unicodedata

from toolkit.core.message import masked_address

_DIGIT = r"[0-9０-９]"
_GAP = r"[ \-‐-―－.]?"
_EMAIL = r"[\w.+'&/=#%-]{1,64}[@＠](?:[\w-]+[.．。])+[\w-]{2,24}"
_PLUS = rf"[+＋]{_DIGIT}(?:[ \-－.()]{{0,2}}{_DIGIT}){{6,14}}"
_MOBILE = rf"(?:(?:00)?86{_GAP})?[1１][3-9３-９](?:{_GAP}{_DIGIT}){{9}}"
_LANDLINE = rf"[(（]?[0０]{_DIGIT}{{2,3}}[)）]?{_GAP}{_DIGIT}{{4}}{_GAP}{_DIGIT}{{3,4}}"
_PRIVATE = re.compile(
    rf"(?P<email>{_EMAIL})|(?<![0-9０-９A-Za-z_+.\-])(?P<phone>{_PLUS}|{_MOBILE}|{_LANDLINE})(?![0-9０-９A-Za-z_])"
)
_MAY_HOLD = re.compile(r"[@＠]|[0-9０-９](?:.?[0-9０-９]){6}")


def masked_text(text: str) -> str:
    """The text with each telephone number and mail address masked, however it is spelt; all else stays."""
    if _MAY_HOLD.search(text) is None:
        return text
    return _PRIVATE.sub(_masked, text)


def _masked(found: re.Match[str]) -> str:
    plain = unicodedata.normalize("NFKC", found[0]).replace("。", ".")
    if found["email"] is not None:
        return masked_address(plain)
    return masked_address("".join(sign for sign in plain if sign.isdigit() or sign == "+"))
