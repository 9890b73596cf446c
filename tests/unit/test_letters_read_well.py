"""Every letter, text and chat line as a reader finds it: whole sentences in one language, whatever a row leaves blank."""

from __future__ import annotations

import re

import pytest

from tests.letters_to_look_at.letters import LOCALES, ROOT, TOGETHER, library, subjects, together, values
from toolkit.core.reason import because
from toolkit.core.words import Words
from toolkit.letters import sample
from toolkit.letters.library import Library
from toolkit.letters.lint import variants
from toolkit.letters.slots import in_html

NO_HOTLINE = {locale: sample.standing(locale)["company"] | {"hotline": ""} for locale in LOCALES}
BROKEN = {
    "a stop or comma after nothing": re.compile(r"(?:^|[(（，、：；,:;]|\s)[ ]*[，、。；,.;](?!\.)", re.MULTILINE),
    "two stops": re.compile(r"[。！？；][。！？；，]|(?<!\.)[.!?]\.(?!\.)|,,|，，|\.\.\. ?\.(?!\.)"),
    "an empty bracket": re.compile(r"\(\s*\)|（\s*）|“\s*”"),
    "a label without a value": re.compile(r"[:：][ ]*$(?!\n\n|\n- |\n\d+\. )", re.MULTILINE),
    "a separator without a neighbour": re.compile(r"(?:^|\n)[ ]*·|·[ ]*(?:$|\n)"),
    "two spaces in a sentence": re.compile(r"(?<=[a-z,.。，]) {2,}(?=\S)"),
    "a Python value": re.compile(r"\b(?:None|True|False|nan)\b|\{\}|\[\]"),
    "several of one thing": re.compile(r"(?<![\w.,])1 [a-z]+ ?[a-z]*[^s\W]s\b(?<!less)(?<!this)|\(e?s\)"),
}
# Fact lines are aligned by spaces: what stands between a label and its value is no gap in a sentence.
_ALIGNED = re.compile(r"(?m)^([^:：\n]{1,24}[:：]) +")


def faults(text):
    """Which faults a text has, with the place."""
    flat = _ALIGNED.sub(r"\1 ", text.partition("\n-- \n")[0])
    return {kind: found[0] for kind, pattern in BROKEN.items() if (found := pattern.search(flat))}


def every_text(name, locale):
    """Each text of the notice, about the sample row, about rows with each value blank, with and without a hotline."""
    subject, lib = subjects()[name], library(locale)
    for given in variants(name, values(name, locale), lib.uses(name)):
        for company in (sample.standing(locale)["company"], NO_HOTLINE[locale]):
            for channel in subject.channels:
                letter = lib.render(name, channel, given | {"company": company})
                yield letter.subject
                yield letter.text


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", subjects())
def test_every_text_is_whole_sentences_whatever_is_blank(name, locale):
    for text in every_text(name, locale):
        assert faults(text) == {}, text


@pytest.mark.parametrize(
    "text",
    [
        "Ellen Shaw, , Bristol", "编号1，。", "Ask us ()", "Next:", "One. . Two", "was cracked.. Done", "好。。",
        "· Repair", "Ellen · ", "by None", "1 packages", "6 working day(s) late", "end.  Start",
    ],
)  # fmt: skip
def test_a_broken_text_is_known_for_one(text):
    assert faults(text)


@pytest.mark.parametrize("name", subjects())
def test_a_chinese_letter_has_no_english_and_an_english_one_no_chinese(name):
    """But for names of products and numbers, and the address of a page."""
    for text in every_text(name, "zh-CN"):
        words = re.sub(r"https?[:：]\S+", "", text)
        assert not re.findall(r"\b[A-Za-z]*[a-z]{2,}[A-Za-z]*\b", words), text
        assert not re.search(r"(?<=[\u4e00-\u9fff])(?:[,;:?]|!(?![A-Z]+\d))", words), text
    for text in every_text(name, "en"):
        assert not re.search(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]", re.sub(r"https?[:：]\S+", "", text)), text


@pytest.mark.parametrize("name", [name for name, one in subjects().items() if "sms" in one.channels])
def test_an_english_sms_names_the_brand_which_the_sign_does_in_china(name):
    """Vendors work for several houses, and a number alone tells nobody who writes."""
    brand = sample.standing("en")["company"]["brand"]
    assert library("en").render(name, "sms", values(name, "en")).text.startswith(brand)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_received_letter_promises_no_remedy(locale):
    """40: it says that the request is noted and when somebody gets in touch, not what will be done about it."""
    promises = r"refund|replace|repair(?!\n)|free|solve|fix|guarantee|退款|换货|更换|免费|维修(?!\n)|解决|保证|赔"
    for text in every_text("received", locale):
        kind = sample.rows_of(locale)["ticket"]["kind"]
        assert not re.search(promises, text.replace(kind, "").casefold()), text


@pytest.mark.parametrize("locale", LOCALES)
def test_a_letter_of_several_notices_is_whole_sentences_too(locale):
    for to in TOGETHER:
        letter = together(to, locale)
        assert faults(letter.subject) | faults(letter.text) == {}


def test_no_letter_of_ours_has_a_table_that_a_phone_would_squeeze():
    """Programs that keep no `@media` show a table as narrow as it gets: lists are read everywhere."""
    for file in (ROOT / "templates").glob("*/*.md"):
        heads = re.findall(r"(?m)^(\|.*\|)\n\|[-:| ]+\|$", file.read_text("utf-8"))
        assert not [head for head in heads if head.strip("| ")], file


@pytest.mark.parametrize(
    ("source", "value", "chinese", "english"),
    [
        ("{{ x | sentence }}", "换扶手", "换扶手。", "换扶手."),
        ("{{ x | sentence }}", "Done.", "Done.", "Done."),
        ("{{ x | sentence }}", "很满意！", "很满意！", "很满意！"),
        ("{{ x | sentence }}", "先看，", "先看。", "先看."),
        ("{{ x | sentence }}", None, "", ""),
        ("{{ x | clip(8) | sentence }}", "a long sentence", "a lon...", "a lon..."),
        ("{{ x | located('杭州') }}", "文三路188号", "杭州文三路188号", "文三路188号, 杭州"),
        ("{{ x | located('杭州') }}", "浙江省杭州市文三路188号", "浙江省杭州市文三路188号", "浙江省杭州市文三路188号"),
        ("{{ x | located('Bristol') }}", "18 Queen St, BRISTOL", "18 Queen St, BRISTOL", "18 Queen St, BRISTOL"),
        ("{{ x | located(none) }}", "18 Queen St", "18 Queen St", "18 Queen St"),
        ("{{ x | located('Bristol') }}", None, "Bristol", "Bristol"),
        ("{{ x | located(none) or '?' }}", None, "?", "?"),
        ("{{ x | capital }}", "first response", "First response", "First response"),
        ("{{ x | capital }}", None, "", ""),
    ],
)  # fmt: skip
def test_what_staff_wrote_becomes_part_of_a_sentence(tmp_path, source, value, chinese, english):
    for locale, wanted in (("zh-CN", chinese), ("en", english)):
        (tmp_path / locale).mkdir()
        block = "{% block sms %}" + source + "{% endblock %}"
        (tmp_path / locale / "received.md").write_text(block, encoding="utf-8")
        assert Library((tmp_path,), locale, {}).render("received", "sms", {"x": value}).text == wanted


@pytest.mark.parametrize(
    ("value", "stays"),
    [
        ("AS-20261122-0007", True), ("+44 7700 900123", True), ("0571-88005678", True), ("95353", True),
        ("11月24日（周二）14:00", True), ("2027年8月14日（周六）", True), ("Tue 24 Nov, 14:00", True), ("Sat 14 Aug 2027", True),
        ("A-12345678901-12345678901-12345678901", False), ("0571-88001234 13800138000", False), ("Nina Lee", False), ("x", False),
    ],
)  # fmt: skip
def test_numbers_and_times_stand_on_one_line_unless_they_are_too_long_for_a_phone(value, stays):
    assert ("nowrap" in in_html(value)) is stays


def test_a_table_reads_well_as_plain_text(tmp_path):
    (tmp_path / "zh-CN").mkdir()
    (tmp_path / "zh-CN" / "received.md").write_text(
        "{% block body %}\n| 工单 | 下一步 |\n|---|---|\n| 1 | 回访 |\n| 2 | {{ x }} |\n{% endblock %}",
        encoding="utf-8",
    )
    texts = Library((tmp_path,), "zh-CN", {}).texts("received", {"x": None})
    assert texts["body"] == "工单：1\n下一步：回访\n\n工单：2"


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (because("late.days", days=1), "1 working day"),
        (because("late.days", days=6), "6 working days"),
        (because("left.hours", hours=1), "1 hour"),
        (because("left.working-hours", hours=11), "11 working hours"),
        (because("left.under-an-hour"), "less than an hour"),
        (because("edit.due-paused", due="18:00", times=1), "18:00, without 1 stretch of waiting for the customer"),
        (because("edit.due-paused", due="18:00", times=2), "18:00, without 2 stretches of waiting for the customer"),
    ],
)
def test_a_number_and_what_it_counts_agree(reason, said):
    assert Words("en", lambda name: name.key).say(reason) == said
