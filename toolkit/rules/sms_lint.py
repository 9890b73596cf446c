"""Whether a gateway will take an SMS text: told before anything is queued, since a refusal there costs days of review.

The rules are data (`sms_rules.toml`); a fault is a reason, an error where the gateway would refuse, else a warning.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from math import ceil
from pathlib import Path
from typing import Any

from toolkit.core.approved import ApprovedText, signed
from toolkit.core.finding import Severity
from toolkit.core.reason import Reason, because

ALONE, EACH = 70, 67
"""Characters of a text that is one part, and of each part of a longer one, as mainland networks bill it."""

_LINK = re.compile(
    r"https?://|www\.|(?<![A-Za-z0-9@.-])[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\."
    r"(?:com|cn|net|org|cc|top|vip|io|me|co|shop|xyz|info|link|ly|im|gd|app|site)(?![A-Za-z0-9-])",
    re.IGNORECASE,
)
_SHORT_LINK = re.compile(
    r"(?<![A-Za-z0-9.-])(?:t\.cn|url\.cn|dwz\.cn|suo\.im|bit\.ly|goo\.gl|is\.gd|tinyurl\.com|sourl\.cn|w\.url\.cn|u\.nu)(?![A-Za-z0-9.-])",
    re.IGNORECASE,
)
_LINK_HOLE = re.compile(r"(?:https?://|www\.)[^\s，。；、）)]*(?:\$\{|\{\d)", re.IGNORECASE)
_MOBILE = re.compile(r"(?<![0-9])(?:\+?86[- ]?)?1[3-9][0-9](?:[- ]?[0-9]{4}){2}(?![0-9])")
_CONTACT = re.compile(
    r"(?<![0-9-])(?:[48]00[- ]?[0-9]{3}[- ]?[0-9]{4}|0[1-9][0-9]{1,2}[- ]?[0-9]{7,8}|95[0-9]{3,6})(?![0-9-])"
)
_WORDLESS = re.compile(r"[\W_]+")
_PHONES = ("phone", "vendor_phone")
"""Words of the vocabulary that put somebody's own number into a text."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`variable` names the one that is meant, or is empty where it is the text."""

    reason: Reason
    severity: Severity = Severity.ERROR
    variable: str = ""


@cache
def _rules() -> Mapping[str, Any]:
    with Path(__file__).with_name("sms_rules.toml").open("rb") as stream:
        return tomllib.load(stream)


def variable_max(dialect: str) -> int:
    """The most characters of a variable where the account's own number is not known."""
    return int(_rules()[dialect]["variable_max"])


def mainland_parts(text: str) -> int:
    """Parts as billed: one up to 70 characters, above that 67 each; Latin letters count like any other."""
    return 1 if len(text) <= ALONE else ceil(len(text) / EACH)


def lint(one: ApprovedText, *, account_max: int | None = None, allowed: Collection[str] = ()) -> tuple[Fault, ...]:
    """Everything a gateway would refuse in a text and its variables. `allowed` are words that it was seen to approve."""
    found = [fault for rule in RULES for fault in rule(one)]
    return (*found, *_lengths(one, account_max), *_subjects(one, allowed))


def lint_value(name: str, value: str, longest: int) -> Fault | None:
    """What is wrong with one variable of one message; only that message is stopped by it."""
    if not value:
        return Fault(because("sms.value-blank", name=name), variable=name)
    if len(value) > longest:
        return Fault(because("sms.value-long", name=name, length=len(value), most=longest), variable=name)
    if _LINK.search(value):
        return Fault(because("sms.value-link", name=name), variable=name)
    return None


def lint_whole(text: str, most: int | None) -> Fault | None:
    """What is wrong with one message as a whole."""
    return (
        Fault(because("sms.too-long", length=len(text), most=most)) if most is not None and len(text) > most else None
    )


# -- the text ------------------------------------------------------------------------------------------------------


def _length(one: ApprovedText) -> Iterator[Fault]:
    most = _rules()[one.dialect]["characters"]
    if not 1 <= len(one.text) <= most:
        yield Fault(because("sms.too-long", length=len(one.text), most=most))


def _parts(one: ApprovedText) -> Iterator[Fault]:
    longest = {name: "字" * each.longest for name, each in one.variables.items()}
    if set(one.holes) <= set(longest):
        text = signed(one.sign, one.filled(longest))
        if (parts := mainland_parts(text)) > 1:
            yield Fault(because("sms.parts", length=len(text), parts=parts), Severity.WARNING)


def _holes(one: ApprovedText) -> Iterator[Fault]:
    rules = _rules()[one.dialect]
    for found in re.findall(rules["hole"], one.text):
        if not re.fullmatch(rules["name"], found):
            yield Fault(because("sms.hole-form", found=found, like=rules["name_like"]))
    for name in dict.fromkeys(one.holes):
        if one.holes.count(name) > 1:
            yield Fault(because("sms.hole-twice", name=name), variable=name)
        if name not in one.variables:
            yield Fault(because("sms.hole-open", name=name), variable=name)
    for name in one.variables:
        if name not in one.holes:
            yield Fault(because("sms.hole-none", name=name), variable=name)
    numbers = [int(name) for name in one.ordered if name.isdecimal()]
    if one.dialect == "tencent" and numbers and numbers != list(range(1, len(numbers) + 1)):
        yield Fault(because("sms.hole-gap", numbers=tuple(map(str, numbers))))


def _adjacent(one: ApprovedText) -> Iterator[Fault]:
    names = one.holes
    for at, between in enumerate(one.fixed[1:-1]):
        if not between.strip():
            yield Fault(because("sms.adjacent", first=names[at], second=names[at + 1]), variable=names[at + 1])


def _only_holes(one: ApprovedText) -> Iterator[Fault]:
    if one.holes and not any(_WORDLESS.sub("", piece) for piece in one.fixed):
        yield Fault(because("sms.only-variables"))


def _links(one: ApprovedText) -> Iterator[Fault]:
    if found := _SHORT_LINK.search(one.text):
        yield Fault(because("sms.short-link", found=found[0]))
    elif _LINK_HOLE.search(one.text):
        yield Fault(because("sms.link-variable"))
    elif found := _LINK.search(one.text):
        yield Fault(because("sms.link", found=found[0]), Severity.WARNING)


def _signs(one: ApprovedText) -> Iterator[Fault]:
    text = "".join(one.fixed)
    symbols = _rules()["common"]["symbols"]
    found = dict.fromkeys(sign for sign in text if sign in symbols or ord(sign) > 0xFFFF)  # noqa: PLR2004  emoji
    if found:
        yield Fault(because("sms.symbol", found="".join(found)))
    if old := "".join(dict.fromkeys(sign for sign in text if _is_traditional(sign))):
        yield Fault(because("sms.traditional", found=old))


@cache
def _converters() -> tuple[Callable[[str], str], Callable[[str], str]]:
    from opencc import OpenCC

    return OpenCC("t2s").convert, OpenCC("s2t").convert


def _is_traditional(sign: str) -> bool:
    """Only a sign that the other direction leaves alone: 着 and 后 are simplified signs, and traditional ones of other words."""
    if not "\u4e00" <= sign <= "\u9fff":
        return False
    to_simple, to_traditional = _converters()
    return to_simple(sign) != sign and to_traditional(sign) == sign


def _contacts(one: ApprovedText) -> Iterator[Fault]:
    if found := _MOBILE.search(one.text):
        yield Fault(because("sms.mobile", found=f"{found[0][:3]}…"))
    most = _rules()["common"]["contacts_max"]
    numbers = _CONTACT.findall(one.text)
    hotlines = [name for name, each in one.variables.items() if each.source == "hotline"]
    if len(numbers) + len(hotlines) > most:
        yield Fault(because("sms.contacts", found=len(numbers) + len(hotlines), most=most))
    for name, each in one.variables.items():
        if each.source in _PHONES:
            yield Fault(because("sms.phone-variable", name=name), Severity.WARNING, name)


def _notice_only(one: ApprovedText) -> Iterator[Fault]:
    for phrase in _rules()["common"]["opt_out"]:
        if phrase in one.text:
            yield Fault(because("sms.opt-out", found=phrase))
            return


RULES: tuple[Callable[[ApprovedText], Iterator[Fault]], ...] = (
    _length, _holes, _adjacent, _only_holes, _links, _signs, _contacts, _notice_only, _parts,
)  # fmt: skip


# -- what the account and the operator say -------------------------------------------------------------------------


def _lengths(one: ApprovedText, account_max: int | None) -> Iterator[Fault]:
    most = variable_max(one.dialect) if account_max is None else account_max
    if most == 0 and one.holes:
        yield Fault(because("sms.no-variables"))
        return
    for name, each in one.variables.items():
        if each.longest > most:
            yield Fault(because("sms.variable-max", name=name, found=each.longest, most=most), variable=name)


def _subjects(one: ApprovedText, allowed: Collection[str]) -> Iterator[Fault]:
    text = "".join(one.fixed)
    for subject, words in _rules()["forbidden"].items():
        for word in words:
            if word in text and word not in allowed:
                yield Fault(because("sms.forbidden", found=word, subject=because(f"sms-subject.{subject}")))
    for word in _rules()["marketing"]["words"]:
        if word in text and word not in allowed:
            yield Fault(because("sms.marketing", found=word))
