"""SMS letters of a desk: approved text or the notice's own, what stops one, what `check` and `doctor` are told."""

from __future__ import annotations

import re

import pytest

from tests.unit.test_letters import values
from tests.unit.test_settings import ROOT, settings
from tests.unit.test_sms_settings import ALIYUN
from toolkit.app import sms as gateways
from toolkit.app.texting import TextError, Texts, size, text_findings
from toolkit.app.writing import library
from toolkit.core.finding import Severity
from toolkit.core.words import LOCALES, Words
from toolkit.jobs.recipients import reached

TWILIO = "channels: {sms: {via: twilio, account_sid: A, auth_token: '${T}', from: '+15005550006'}}"


def texts(config):
    return Texts(config, lambda locale: library(config, locale))


def aliyun(old="", new=""):
    return settings(ALIYUN.replace(old, new) if old else ALIYUN, AK="a", SK="s")


def letter(config, notice="appointment", locale="zh-CN", **changes):
    return texts(config).letter(notice, library(config, locale), values(**changes), "tickets AS-1")


def test_an_approved_text_takes_the_place_of_the_templates():
    found = letter(aliyun())
    assert (found.text, found.template) == ("尊敬的王晓燕，师傅将于11月23日14:00上门。", "SMS_1")


def test_a_chinese_text_has_chinese_dates_for_english_readers_too():
    assert letter(aliyun(), locale="en").variables["time"] == "11月23日14:00"


def test_without_one_the_notices_own_text_is_sent():
    config = settings(TWILIO, T="t")
    found = letter(config)
    assert (found.template, dict(found.variables)) == ("", {})
    assert "上门" in found.text


def test_a_value_that_does_not_fit_stops_its_letter_and_says_which_but_not_what():
    with pytest.raises(TextError) as caught:
        letter(aliyun("max: 20", "max: 5"))
    words = Words("zh-CN", str).say(caught.value.reason)
    assert words == "短信变量 time 有 11 个字，最多 5 个，无法再缩短"


def test_a_text_that_the_gateway_would_refuse_stops_its_notice():
    with pytest.raises(TextError) as caught:
        letter(aliyun("上门。", "上门，优惠多多。"))
    assert "channels.sms.templates.appointment" in Words("en", str).say(caught.value.reason)


def test_a_text_of_our_own_is_no_longer_than_the_gateway_takes():
    config = settings(TWILIO, T="t")
    with pytest.raises(TextError):
        Texts(config, lambda _: Long()).letter("appointment", Long(), {}, "")


def test_a_desk_may_set_how_many_parts_a_text_may_cost():
    config = settings("channels: {sms: {via: folder, max_parts: 1}}")
    assert letter(config).text
    with pytest.raises(TextError) as caught:
        Texts(config, lambda _: Long()).letter("appointment", Long(), {}, "")
    assert Words("zh-CN", str).say(caught.value.reason) == "短信要按 24 条计费，max_parts 只允许 1 条"


class Long:
    """A library whose letters are too long."""

    locale = "zh-CN"

    def render(self, notice, channel, values, *, what=""):
        from toolkit.core.message import Letter

        return Letter("", "长" * 1601)


def findings(config):
    return [(one.code, one.severity, one.reason.code) for one in text_findings(config)]


def test_a_desk_without_a_gateway_has_nothing_to_be_told():
    assert findings(settings("")) == []


def test_the_letters_without_a_text_are_named_as_a_warning():
    assert findings(aliyun()) == [("sms-text", Severity.WARNING, "sms.untold")]


@pytest.mark.parametrize("locale", LOCALES)
def test_a_fault_names_the_place_in_the_configuration(locale):
    config = aliyun("name: customer", "name: '{{ ticket.customer'")
    words = Words(locale, str)
    told = [words.say(one.reason) for one in text_findings(config) if one.severity is Severity.ERROR]
    assert len(told) == 1
    assert "channels.sms.templates.appointment.variables.name" in told[0]


def test_a_library_that_is_not_installed_is_an_error_beforehand(monkeypatch):
    monkeypatch.setattr(gateways, "find_spec", lambda name: None)
    (found,) = [one for one in text_findings(aliyun()) if one.reason.code == "sms.extra"]
    assert "pip install 'aftersales-toolkit[sms-aliyun]'" in Words("en", str).say(found.reason)


def test_the_extras_are_those_of_the_package():
    import tomllib

    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert {extra for extra, _ in gateways.EXTRAS.values()} <= set(extras)


def test_the_sign_counts_in_mainland_china():
    assert size(aliyun(), "appointment", "字" * 66) == (70, 1)
    assert size(aliyun(), "appointment", "字" * 67) == (71, 2)
    assert size(settings(TWILIO + "\ncountry: US", T="t"), "appointment", "a" * 160) == (160, 1)


class Row:
    """Somebody with a mobile and an address."""

    language = None
    email = "li@shop.example"

    def __init__(self, phone):
        self.phone = phone


@pytest.mark.parametrize(
    ("phone", "way"),
    [
        ("13800138000", "sms"),
        ("+85261234567", "email"),
        ("021-62345678", "email"),
        ("400-820-1234", "email"),
        ("95338", "email"),
    ],
)
def test_only_mobiles_of_the_mainland_are_written_to_by_its_gateways(phone, way):
    config = aliyun("appointment:", "reminder:")
    (to,) = reached(config.notices["reminder"], config, Row(phone), "customer", "李", frozenset())
    assert to.channel == way


def test_the_sample_of_the_setup_page_is_one_that_gateways_take(tmp_path):
    page = (ROOT / "docs" / "setup.md").read_text("utf-8")
    (block,) = [one for one in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if "via: aliyun" in one]
    config = settings(block, SMS_KEY_ID="a", SMS_KEY_SECRET="s")
    assert [one for one in findings(config) if one[1] is Severity.ERROR] == []
    assert letter(config).text == "尊敬的王先生/女士，陈师傅将于11月23日14:00上门，出发前会来电。"
