"""The vocabulary of SMS variables, and the rules by which a value is made shorter. The words are data."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple


class Word(NamedTuple):
    """What a word stands for (a template expression), and the rules that shorten it, in turn."""

    expression: str
    shorten: tuple[str, ...]


@cache
def vocabulary() -> Mapping[str, Word]:
    """Every word that `from` may be."""
    with Path(__file__).with_suffix(".toml").open("rb") as stream:
        return {name: Word(one["is"], tuple(one["shorten"])) for name, one in tomllib.load(stream).items()}


def is_expression(source: str) -> bool:
    """Whether a source is a template of its own rather than a word."""
    return "{{" in source or "{%" in source


def fitted(value: str, longest: int, rules: Sequence[str]) -> str:
    """The value, or the first of its shorter forms that has at most `longest` characters; the shortest if none has."""
    for rule in rules:
        if len(value) <= longest:
            break
        value = SHORTEN[rule](value, longest)
    return value


_PAIRS = re.compile("欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|司徒|夏侯|端木|南宫|西门|独孤|轩辕|宇文|长孙")
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金贾韦夏付方邹熊白孟秦邱侯江尹薛闫段雷"
    "龙黎史陶贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔庞颜倪庄聂章鲁岳翟申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单裴季成冉辛管娄项曲"
)
_TITLES = ("先生", "女士", "小姐", "老师", "师傅", "经理", "阿姨", "叔叔", "总")


def surname_of(name: str) -> str:
    """The surname of a Chinese personal name, 欧阳 before 欧; empty where it is a firm, a nickname, a Western name."""
    found = _PAIRS.match(name)
    pair = found[0] if found else ""
    given = name[len(pair) or 1 :]
    is_name = 1 <= len(given) <= 2 and all("\u4e00" <= sign <= "\u9fff" for sign in given)  # noqa: PLR2004
    return (pair or name[0]) if is_name and (pair or name[0] in _SURNAMES) else ""


EITHER = "先生/女士"
"""Whether it is a lady the sheet does not say."""


def _named(value: str) -> tuple[str, str]:
    """Surname and title as typed: `王女士` is 王 and 女士, `王建国` 王 and nothing."""
    name = value.strip()
    typed = next((one for one in (EITHER, *_TITLES) if name.endswith(one) and len(name) > len(one)), "")
    bare = name.removesuffix(typed)
    is_surname = bare in _SURNAMES or _PAIRS.fullmatch(bare) is not None
    return (bare if is_surname else surname_of(bare) if bare else ""), typed


def polite(value: str | None, title: str = EITHER) -> str:
    """`王建国` as `王先生/女士`, `王建国女士` as `王女士`; what is no personal name stays as it is."""
    surname, typed = _named(value or "")
    return f"{surname}{typed or title}" if surname else (value or "").strip()


def _surname(value: str, longest: int) -> str:
    surname, typed = _named(value)
    forms = [polite(value)] + ([f"{surname}贵客"] if surname and typed in ("", EITHER) else [])
    return next((one for one in forms if len(one) <= longest), value)


def _master(value: str, _: int) -> str:
    return polite(value, "师傅")


_BRACKETS = re.compile(r"[(（\[［〔<《][^)）\]］〕>》]*[)）\]］〕>》]")
_MODEL = re.compile(r"[\s\-_/·,，、+]+.*$|[A-Za-z0-9][A-Za-z0-9.\-_/]*$")


def _short_name(value: str, longest: int) -> str:
    """`北欧实木餐桌（1.4米）MT-1400` as `北欧实木餐桌`: without what stands in brackets, then without the model."""
    bare = _BRACKETS.sub("", value).strip()
    if bare and len(bare) <= longest:
        return bare
    return _MODEL.sub("", bare).strip() or bare or value


def _no_year(value: str, _: int) -> str:
    return re.sub(r"^\d{4}年|（周.）|,? \d{4}(?=,|$)", "", value)


def _cut(value: str, longest: int) -> str:
    """Cut, and seen to be cut where there is room for that: `…` is not in every gateway's list of signs."""
    dots = "..." if longest > len("...") * 3 else ""
    return value[: longest - len(dots)].rstrip() + dots


SHORTEN: Mapping[str, Callable[[str, int], str]] = {
    "surname": _surname,
    "master": _master,
    "short_name": _short_name,
    "no_year": _no_year,
    "cut": _cut,
}
"""Every rule by the name that config.yaml knows it by."""
