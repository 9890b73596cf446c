"""What the SMS gateways of mainland China refuse, as a table of cases, said in both languages."""

from __future__ import annotations

import pytest

from toolkit.core.approved import ApprovedText, Variable, dialect_of, signed
from toolkit.core.finding import Severity
from toolkit.core.words import LOCALES, Words
from toolkit.rules.sms_lint import lint, lint_value, lint_whole, mainland_parts, variable_max

GOOD = "尊敬的${name}，师傅将于${time}上门，出发前会来电。"


def text(said=GOOD, dialect="aliyun", sign="安居", longest=10, source="customer", **variables):
    holes = ApprovedText("n", "c", said, dialect).holes
    given = {name: Variable(name, source, longest) for name in holes} | variables
    return ApprovedText("appointment", "SMS_1", said, dialect, sign, given)


def codes(one, severity=Severity.ERROR, **more):
    return [fault.reason.code.removeprefix("sms.") for fault in lint(one, **more) if fault.severity is severity]


def test_texts_as_they_should_be_have_no_fault():
    assert lint(text()) == ()
    assert lint(text("您的预约为{1}，时间{2}，请留意来电。", "tencent", longest=6)) == ()


ALIYUN = [
    ("", ["too-long"]),
    ("好" * 501, ["too-long"]),
    ("尊敬的${name}，${name}您好", ["hole-twice"]),
    ("尊敬的${name}${time}上门", ["adjacent"]),
    ("尊敬的${name} ${time}上门", ["adjacent"]),
    ("${name}，${time}。", ["only-variables"]),
    ("尊敬的{name}，您好", ["hole-form"]),
    ("尊敬的${Name}，您好", ["hole-form"]),
    ("尊敬的${姓名}，您好", ["hole-form"]),
    ("尊敬的{1}，您好", ["hole-form"]),
    ("详情见 http://t.cn/A6abc ，谢谢", ["short-link"]),
    ("详情见 bit.ly/x ，谢谢", ["short-link"]),
    ("详情见 https://shop.example.com/${id} ，谢谢", ["link-variable"]),
    ("【安居】您好，师傅将上门", ["symbol"]),
    ("费用¥100，请准备", ["symbol"]),
    ("★您好✓", ["symbol"]),
    ("您好😀师傅将上门", ["symbol"]),
    ("師傅將於明天上門", ["traditional"]),
    ("师傅着装整齐，之后上门，干净利落", []),  # 着, 后, 干 are simplified signs, whatever else they are
    ("师傅电话13800138000", ["mobile"]),
    ("师傅电话138 0013 8000，请接听", ["mobile"]),
    ("师傅电话+8613800138000", ["mobile"]),
    ("热线400-820-1234，或021-62345678，或95338", ["contacts"]),
    ("热线400-820-1234，或021-62345678", []),
    ("单号20261122138001380001，请留意", []),  # a number of a parcel is nobody's telephone
    ("邀您参与满意度调查", ["forbidden"]),
    ("您的装修已完成", ["forbidden"]),
    ("请给个五星好评", ["forbidden", "forbidden"]),
    ("收到请回复", ["forbidden"]),
    ("新品上市，欢迎光临", ["marketing"]),
    ("师傅明天上门，拒收请回复R", ["opt-out"]),
    ("预约成功，退订回T", ["opt-out"]),
]


@pytest.mark.parametrize(("said", "expected"), ALIYUN)
def test_a_text_is_refused_for_what_the_gateway_would_refuse(said, expected):
    assert codes(text(said)) == expected


TENCENT = [
    ("您的预约为${name}，请留意", ["hole-form"]),
    ("您的预约为{1}，时间{3}，请留意", ["hole-gap"]),
    ("您的预约为{1}，时间{1}，请留意", ["hole-twice"]),
    ("您的预约{1}{2}，请留意", ["adjacent"]),
    ("{1}，{2}", ["only-variables"]),
    ("您的沙发已修好", ["forbidden"]),
]


@pytest.mark.parametrize(("said", "expected"), TENCENT)
def test_tencent_numbers_its_variables(said, expected):
    assert codes(text(said, "tencent", longest=6)) == expected


def test_every_variable_is_described_and_stands_in_the_text():
    one = ApprovedText("n", "c", "尊敬的${name}，您好", "aliyun", variables={"nam": Variable("nam", "customer", 9)})
    assert codes(one) == ["hole-open", "hole-none"]


@pytest.mark.parametrize(
    ("dialect", "longest", "account", "expected"),
    [
        ("aliyun", 35, None, []),
        ("aliyun", 36, None, ["variable-max", "variable-max"]),
        ("tencent", 6, None, []),
        ("tencent", 7, None, ["variable-max"]),
        ("tencent", 12, 12, []),
        ("tencent", 6, 0, ["no-variables"]),
    ],
)
def test_a_variable_is_as_long_as_the_account_allows(dialect, longest, account, expected):
    said = GOOD if dialect == "aliyun" else "尊敬的{1}，您好"
    assert codes(text(said, dialect, longest=longest), account_max=account) == expected
    assert (variable_max("aliyun"), variable_max("tencent")) == (35, 6)


def test_what_costs_or_needs_a_look_is_a_warning():
    assert codes(text("师傅今天上门" + "，请留意" * 20), Severity.WARNING) == ["parts"]
    assert codes(text("师傅今天上门，详情见 https://shop.example.com 谢谢"), Severity.WARNING) == ["link"]
    assert codes(text("请致电师傅${phone}，谢谢", source="vendor_phone"), Severity.WARNING) == ["phone-variable"]


def test_a_hotline_in_a_variable_counts_as_a_number_too():
    one = text("热线${a}，或021-62345678，或95338，谢谢", source="hotline")
    assert codes(one) == ["contacts"]


def test_a_word_that_the_gateway_approved_is_allowed():
    assert codes(text("您的沙发已修好")) == ["forbidden"]
    assert codes(text("您的沙发已修好"), allowed=["沙发"]) == []


VALUES = [
    ("王先生", None),
    ("", "value-blank"),
    ("很" * 11, "value-long"),
    ("看t.cn/x", "value-link"),
    ("http://x", "value-link"),
    ("a.b.com", "value-link"),
    ("AS-2026.11", None),
    ("1.4米餐桌", None),
    ("11月4日 9:00", None),
]


@pytest.mark.parametrize(("value", "expected"), VALUES)
def test_a_value_stops_its_own_message_only(value, expected):
    fault = lint_value("name", value, 10)
    assert (fault and fault.reason.code) == (expected and f"sms.{expected}")


def test_a_free_text_has_the_channels_length():
    assert lint_whole("x" * 1600, 1600) is None
    assert lint_whole("x" * 9999, None) is None
    assert lint_whole("x" * 1601, 1600).reason.code == "sms.too-long"


@pytest.mark.parametrize(("length", "parts"), [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (500, 8)])
def test_parts_are_70_alone_and_67_each(length, parts):
    assert mainland_parts("字" * length) == parts


def test_the_sign_counts():
    assert signed("安居", "您好") == "【安居】您好"
    one = text("字" * 67, sign="安居")
    assert codes(one, Severity.WARNING) == ["parts"]
    assert codes(text("字" * 66, sign="安居"), Severity.WARNING) == []


def test_the_placeholders_tell_the_gateway():
    assert (dialect_of("尊敬的${name}"), dialect_of("尊敬的{1}"), dialect_of("您好")) == ("aliyun", "tencent", "aliyun")
    assert text("您的{2}，时间{1}，请", "tencent").ordered == ("1", "2")
    assert text().filled({"name": "王先生", "time": "明天"}) == "尊敬的王先生，师傅将于明天上门，出发前会来电。"


@pytest.mark.parametrize("locale", LOCALES)
def test_every_fault_can_be_said(locale):
    words = Words(locale, str)
    everything = [fault for said, _ in ALIYUN for fault in lint(text(said), account_max=5)]
    everything += [fault for said, _ in TENCENT for fault in lint(text(said, "tencent"), account_max=0)]
    everything += [fault for value, _ in VALUES if (fault := lint_value("name", value, 10))]
    said = {fault.reason.code: words.say(fault.reason) for fault in everything}
    assert len(said) > 18
    assert not [
        one for one in said.values() if "{" in one and "${" not in one and "{1}" not in one and "{name}" not in one
    ]
