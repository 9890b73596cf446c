"""SMS variables: what the words of the vocabulary are, how a value is shortened, and the text filled in."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.unit.test_letters import STANDING, library, values
from toolkit.core.approved import ApprovedText, Variable
from toolkit.letters.approved import fill
from toolkit.letters.faults import LetterError
from toolkit.letters.sms_values import SHORTEN, fitted, polite, vocabulary

WORDS = {
    "customer": "王晓燕",
    "customer_polite": "王先生/女士",
    "recipient": "王晓燕",
    "ticket_no": "AS-20261121-0007",
    "product": "布艺沙发",
    "address": "杭州文三路 188 号",
    "visit": "11月23日14:00",
    "visit_day": "11月23日",
    "visit_time": "14:00",
    "old_visit": "11月22日09:30",
    "vendor": "陈师傅",
    "vendor_phone": "13911112222",
    "hotline": STANDING["company"]["hotline"],
    "fee": "180",
    "warranty_until": "2027年8月14日（周六）",
}


def test_every_word_gives_a_value():
    given = {name: library().value(word.expression, values()) for name, word in vocabulary().items()}
    assert {name: given[name] for name in WORDS} == WORDS
    assert [name for name, value in given.items() if not value or "None" in value] == []
    assert {rule for word in vocabulary().values() for rule in word.shorten} <= set(SHORTEN)


def test_a_value_that_is_not_there_is_blank_never_none():
    bare = values()
    bare["ticket"] = dict.fromkeys(bare["ticket"])
    bare["vendor"] = None
    for name in ("customer", "customer_polite", "address", "visit", "visit_time", "vendor", "product"):
        assert library().value(vocabulary()[name].expression, bare) == ""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("王建国", "王先生/女士"),
        ("王伟", "王先生/女士"),
        ("欧阳娜娜", "欧阳先生/女士"),
        ("王女士", "王女士"),
        ("李建国先生", "李先生"),
        ("顺达安装", "顺达安装"),
        ("顺达公司", "顺达公司"),
        ("小明妈妈", "小明妈妈"),
        ("Mary Johnson", "Mary Johnson"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_polite_form_is_made_of_personal_names_only(name, expected):
    assert polite(name) == expected


SHORTER = [
    ("customer", "王建国", 6, "王建国"),
    ("customer", "李建国先生", 4, "李先生"),
    ("customer", "欧阳娜娜", 4, "欧阳娜娜"),
    ("customer", "欧阳娜娜", 3, "欧阳娜"),
    ("customer_polite", "王先生/女士", 4, "王贵客"),
    ("customer_polite", "王女士", 2, "王女"),
    ("vendor", "陈建国", 35, "陈建国"),
    ("product", "北欧实木餐桌（1.4米）MT-1400", 35, "北欧实木餐桌（1.4米）MT-1400"),
    ("product", "北欧实木餐桌（1.4米）MT-1400", 15, "北欧实木餐桌MT-1400"),
    ("product", "北欧实木餐桌（1.4米）MT-1400", 6, "北欧实木餐桌"),
    ("product", "北欧实木餐桌", 4, "北欧实木"),
    ("problem", "扶手开裂，有异响，还会掉漆", 10, "扶手开裂，有异..."),
    ("visit", "2027年1月4日（周一）14:00", 12, "1月4日14:00"),
    ("visit", "11月24日14:00", 6, "11月24日14:00"),  # never cut: half a time is a wrong time
    ("ticket_no", "AS-20261121-0007", 6, "AS-20261121-0007"),
    ("phone", "13800138000", 6, "13800138000"),
]


@pytest.mark.parametrize(("word", "value", "longest", "expected"), SHORTER)
def test_a_value_is_shortened_by_its_own_rules_and_no_further_than_it_stays_true(word, value, longest, expected):
    assert fitted(value, longest, vocabulary()[word].shorten) == expected


def text(said, **sources):
    variables = {name: Variable(name, source, 35) for name, source in sources.items()}
    return ApprovedText("appointment", "SMS_1", said, "aliyun", "安居", variables)


def test_the_letter_is_the_approved_text_filled_in_with_code_and_variables():
    one = text("尊敬的${name}，${who}将于${time}上门。", time="visit", name="customer", who="{{ vendor.contact }}")
    found = fill(one, library(), values())
    assert found.text == "尊敬的王晓燕，陈师傅将于11月23日14:00上门。"
    assert (found.template, list(found.variables.items())) == (
        "SMS_1",
        [("name", "王晓燕"), ("who", "陈师傅"), ("time", "11月23日14:00")],
    )


def test_numbered_variables_stand_in_their_order():
    one = ApprovedText("n", "1", "时间{2}，{1}上门", "tencent", variables={n: Variable(n, "vendor", 6) for n in "12"})
    assert list(fill(one, library(), values()).variables) == ["1", "2"]


HOSTILE = [
    ("{{ 7*7 }}", "{{ 7*7 }}"),
    ("王\r\n李", "王 李"),
    ("【王】¥5★", "[王]RMB 5"),
    ("a\u202eb\x00", "ab"),
    ("${time}", "${time}"),
]


@pytest.mark.parametrize(("name", "expected"), HOSTILE)
def test_a_hostile_value_stays_a_value(name, expected):
    one = text("尊敬的${name}，${time}见", name="customer", time="visit")
    found = fill(one, library(), values(ticket=values()["ticket"] | {"customer": name}))
    assert found.variables["name"] == expected
    assert found.text == f"尊敬的{expected}，11月23日14:00见"


@pytest.mark.parametrize("source", ["{{ ticket.custmer }}", "{{ 1/0 }}", "{{ ().__class__.__mro__ }}", "{{ nothing }}"])
def test_an_expression_that_fails_stops_its_letter_only(source):
    with pytest.raises(LetterError):
        fill(text("尊敬的${name}您好", name=source), library(), values())


def test_dates_of_a_variable_know_the_year_of_now():
    given = values(ticket=values()["ticket"] | {"visit_at": datetime(2027, 1, 4, 14)})
    assert fill(text("${t}上门", t="visit"), library(), given).variables["t"] == "2027年1月4日（周一）14:00"
