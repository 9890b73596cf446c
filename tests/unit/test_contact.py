"""One spelling for each phone and address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.rules.contact import is_mobile, read_email, read_phone

MOBILE = "13800138000"
SPELLINGS = [
    ("13800138000", MOBILE),
    ("138 0013 8000", MOBILE),
    ("138-0013-8000", MOBILE),
    ("138.0013.8000", MOBILE),
    ("138–0013—8000", MOBILE),
    ("+86 138 0013 8000", MOBILE),
    ("+8613800138000", MOBILE),
    ("＋８６　１３８００１３８０００", MOBILE),
    ("0086 13800138000", MOBILE),
    ("86-13800138000", MOBILE),
    ("8613800138000", MOBILE),
    ("(+86)13800138000", MOBILE),
    ("013800138000", MOBILE),
    ("１３８００１３８０００", MOBILE),
    (" 13800138000\u3000", MOBILE),
    ("\u202d13800138000\u202c", MOBILE),
    ("\ufeff138\u00a00013\u200b8000", MOBILE),
    ("'13800138000", MOBILE),
    ("13800138000。", MOBILE),
    ("13800138000;", MOBILE),
    ("电话：13800138000", MOBILE),
    ("手机号 13800138000", MOBILE),
    ("Tel: 138 0013 8000", MOBILE),
    ("19912345678", "19912345678"),
    ("021-62345678", "021-62345678"),
    ("02162345678", "021-62345678"),
    ("021 6234 5678", "021-62345678"),
    ("(021)62345678", "021-62345678"),
    ("（021）6234-5678", "021-62345678"),
    ("+86 21 6234 5678", "021-62345678"),
    ("+86-021-62345678", "021-62345678"),
    ("862162345678", "021-62345678"),
    ("010-62345678", "010-62345678"),
    ("0571-87654321", "0571-87654321"),
    ("021-62345678-801", "021-62345678-801"),
    ("021-62345678转801", "021-62345678-801"),
    ("021-62345678 ext. 801", "021-62345678-801"),
    ("4008201234", "400-820-1234"),
    ("400-820-1234", "400-820-1234"),
    ("400 8201 234", "400-820-1234"),
    ("400-820-1234转5", "400-820-1234-5"),
    ("400-820-1234-5", "400-820-1234-5"),
    ("800 820 1234", "800-820-1234"),
    ("95338", "95338"),
    ("95105105", "95105105"),
    ("11183", "11183"),
    ("+852 2345 6789", "+85223456789"),
    ("0085223456789", "+85223456789"),
    ("+1 (650) 253-0000", "+16502530000"),
    ("+44 20 7031 3000", "+442070313000"),
]
NO_PHONES = [
    "",
    "   ",
    "1380013800",
    "138001380001",
    "12800138000",
    "1380013800O",
    "13800138000/13900139000",
    "13800138000、13900139000",
    "张先生13800138000",
    "13800138000（晚上）",
    "62345678",
    "0755-8234567",
    "026-12345678",
    "23456789",
    "1.38E+10",
    "+852 123",
    "+999 12345678",
    "+",
    "待补",
    "-",
    "13800138000转1",
    "110",
    "000000000000",
    "9" * 500,
]


@pytest.mark.parametrize(("typed", "canonical"), SPELLINGS, ids=[typed for typed, _ in SPELLINGS])
def test_every_spelling_of_a_number_gives_one_form(typed, canonical):
    assert read_phone(typed, "CN") == canonical


@pytest.mark.parametrize("typed", NO_PHONES)
def test_what_is_no_number_is_none(typed):
    assert read_phone(typed, "CN") is None


@pytest.mark.parametrize("typed", [typed for typed, canonical in SPELLINGS if canonical])
def test_a_canonical_number_is_its_own_canonical_form(typed):
    once = read_phone(typed, "CN")
    assert read_phone(once, "CN") == once


@pytest.mark.parametrize(
    ("typed", "country", "canonical"),
    [
        ("(650) 253-0000", "US", "+16502530000"),
        ("13800138000", "US", None),
        ("+86 13800138000", "US", "+8613800138000"),
        ("2345 6789", "HK", "+85223456789"),
        ("020 7031 3000", "GB", "+442070313000"),
        ("13800138000", "nowhere", None),
    ],
)
def test_a_desk_abroad_has_its_numbers_in_e164(typed, country, canonical):
    assert read_phone(typed, country) == canonical


@pytest.mark.parametrize(
    ("phone", "takes_sms"),
    [
        (MOBILE, True),
        ("021-62345678", False),
        ("021-62345678-801", False),
        ("400-820-1234", False),
        ("95338", False),
        ("+85291234567", True),
        ("+85223456789", False),
        ("+16502530000", True),
        ("+442070313000", False),
        ("+8613800138000", True),
        ("", False),
        ("+", False),
    ],
)
def test_only_a_mobile_takes_an_sms(phone, takes_sms):
    assert is_mobile(phone) is takes_sms


ADDRESSES = [
    ("li.na@example.com", "li.na@example.com"),
    ("Li.Na@Example.COM", "Li.Na@example.com"),
    (" li.na@example.com ", "li.na@example.com"),
    ("li.na@example.com;", "li.na@example.com"),
    ("mailto:li.na@example.com", "li.na@example.com"),
    ("李娜 <li.na@example.com>", "li.na@example.com"),
    ("<li.na@example.com>", "li.na@example.com"),
    ("ｌｉ．ｎａ＠ｅｘａｍｐｌｅ．ｃｏｍ", "li.na@example.com"),
    ("li.na@example。com", "li.na@example.com"),
    ("\u200bli.na@example.com\u00a0", "li.na@example.com"),
    ("123456789@qq.com", "123456789@qq.com"),
    ("a+b_c-d@mail.example.com.cn", "a+b_c-d@mail.example.com.cn"),
    ("o'hara@example.com", "o'hara@example.com"),
    ("kf@例子.中国", "kf@xn--fsqu00a.xn--fiqs8s"),
    ("kf@xn--fsqu00a.xn--fiqs8s", "kf@xn--fsqu00a.xn--fiqs8s"),
    ("desk@shop.invalid", "desk@shop.invalid"),
    ("desk@nas.local", "desk@nas.local"),
]
NO_ADDRESSES = [
    "",
    "li.na",
    "@example.com",
    "li.na@",
    "li.na@example",
    "li.na@example,com",
    "li na@example.com",
    "li..na@example.com",
    ".li@example.com",
    "li.@example.com",
    "li@-example.com",
    "li@exa_mple.com",
    "li@example..com",
    "a@example.com b@example.com",
    "a@example.com;b@example.com",
    "a@@example.com",
    "李娜@example.com",
    "li@na@example.com",
    "li@example.com\r\nBcc: x@example.com",
    "li@[127.0.0.1]",
    "a" * 65 + "@example.com",
    "a@" + "b" * 64 + ".com",
    "无",
]


@pytest.mark.parametrize(("typed", "address"), ADDRESSES)
def test_every_spelling_of_an_address_gives_the_bare_one(typed, address):
    assert read_email(typed) == address
    assert read_email(address) == address


@pytest.mark.parametrize("typed", NO_ADDRESSES)
def test_what_is_no_address_is_none(typed):
    assert read_email(typed) is None


ANY_TEXT = st.text(st.characters(), max_size=30)
NEARLY = st.text("0123456789+-() .@a。＠１x转#\u200b\ud800", max_size=24)


@given(ANY_TEXT | NEARLY)
def test_any_text_is_read_without_a_crash(text):
    phone, address = read_phone(text, "CN"), read_email(text)
    assert phone is None or read_phone(phone, "CN") == phone
    assert address is None or read_email(address) == address
    read_phone(text, "US")
    is_mobile(text)
