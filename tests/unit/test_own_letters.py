"""A user's own letters: looked through by `check`, copied by `template copy`, shown by `preview` without a workbook."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from toolkit.app.own_letters import copy_template, known_names, letter_faults, letter_findings
from toolkit.app.pages import demo_letter
from toolkit.core.errors import UsageError
from toolkit.letters.library import Library
from toolkit.letters.lint import Subject, lint_one
from toolkit.letters.sample import standing
from toolkit.settings.load import read
from toolkit.settings.model import Settings

PACKAGED = Path(__file__).parents[2] / "templates"
NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)
GOOD = (PACKAGED / "zh-CN" / "received.md").read_text("utf-8")


def settings(home: Path, text: str = "") -> Settings:
    (home / "templates" / "zh-CN").mkdir(parents=True, exist_ok=True)
    return read(text, home, environment={})


def faults(home: Path, source: str, name: str = "received") -> list[str]:
    (home / "templates" / "zh-CN").mkdir(parents=True, exist_ok=True)
    (home / "templates" / "zh-CN" / f"{name}.md").write_text(source, "utf-8")
    return [str(one) for one in letter_faults(settings(home))]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("ticket.product }}", "ticket.produkt }}", r"received\.md:\d+: unknown name 'ticket\.produkt', did you mean 'ticket\.product'"),
        ("ticket.opened_at", "tikcet.opened_at", r"received\.md:\d+: unknown name 'tikcet', did you mean 'ticket'"),
        ("response_due | when", "old_visit_at | when", r"unknown name 'old_visit_at'; there are .*response_due"),
        ("{% endblock %}", "{% endblok %}", r"received\.md:\d+: cannot be read"),
        ("{% block sms %}", "{% block smss %}", r"the block 'sms' is missing, and the letter may go by SMS"),
        ("{% block subject %}", "{% block subject %}a\nb", r"the subject is more than one line"),
        ("# 您的", "**您的", r"'\*\*' is left in the block 'body'"),
        ("ticket.opened_at | when", "ticket.opened_at | wehn", r"received\.md.*wehn"),
        ("{% block sms %}", "{% block sms %}www.x.example ", r"the SMS has a link that carriers refuse"),
        ("{% block sms %}", "{% block sms %}请填满意度问卷 ", r"the SMS has a subject that carriers refuse"),
        ("{% block sms %}", "{% block sms %}【云栖】", r"the SMS has a sign that carriers refuse"),
        ("{% block sms %}", "{% block sms %}" + "字" * 140, r"the SMS has \d+ characters, 3 parts; at most 2"),
        ("{{ ticket.kind }}", "{{ 1 // (ticket.fee and 0) }}", r"received\.md:\d+: "),
        ('{% include "_hello.md" %}', '{% include "_hullo.md" %}', r"received\.md.*_hullo"),
        ("{{ ticket.kind }}", "{% if ticket.product %}{% else %}{{ ticket.x.y }}{% endif %}", r"ticket\.x"),
        ("{{ ticket.kind }}", "{% if not ticket.product %}{{ ticket['nix'] }}{% endif %}", r"received\.md:\d+: unknown name 'nix'"),
    ],
)  # fmt: skip
def test_a_mistake_in_an_own_letter_is_named_with_file_and_line(tmp_path: Path, old: str, new: str, fault: str) -> None:
    assert old in GOOD
    found = faults(tmp_path, GOOD.replace(old, new, 1))
    assert [one for one in found if re.search(fault, one)], found
    assert all(one.startswith("templates/zh-CN/received.md") for one in found)


def test_a_good_letter_has_no_fault_and_no_folder_is_no_fault(tmp_path: Path) -> None:
    assert faults(tmp_path, GOOD) == []
    assert letter_faults(read("", tmp_path / "elsewhere", environment={})) == ()


def test_a_letter_of_a_name_that_does_not_exist_is_said(tmp_path: Path) -> None:
    assert faults(tmp_path, GOOD, "recieved") == [
        "templates/zh-CN/recieved.md: no letter has this name; do you mean received?"
    ]


def test_a_part_of_all_letters_is_tried_in_all(tmp_path: Path) -> None:
    found = faults(tmp_path, "{{ company.fax }}\n", "_footer")
    assert found
    assert {one.partition(": ")[0] for one in found} == {"templates/zh-CN/_footer.md:1"}


def test_check_gets_findings(tmp_path: Path) -> None:
    faults(tmp_path, GOOD.replace("ticket.kind", "ticket.knd", 1))
    found = letter_findings(settings(tmp_path))
    assert [one.code for one in found] == ["template-error"]


def test_a_condition_is_tried_both_ways() -> None:
    lib = Library((PACKAGED,), "en", standing("en"))
    assert (
        list(lint_one(lib, Subject("return-received", "returns", "customer", ("email", "sms")), mainland=False)) == []
    )


@pytest.mark.parametrize("name", [*known_names("zh-CN"), "layout", "received.md"])
def test_a_copy_is_the_packaged_letter_and_is_never_overwritten(tmp_path: Path, name: str) -> None:
    desk = settings(tmp_path)
    file = copy_template(desk, name, "zh-CN")
    assert file.read_bytes() == (PACKAGED / file.relative_to(tmp_path / "templates")).read_bytes()
    file.write_text("mine", "utf-8")
    with pytest.raises(UsageError, match="there already"):
        copy_template(desk, name, "zh-CN")
    assert file.read_text("utf-8") == "mine"


@pytest.mark.parametrize("name", ["recieved", "../config", "zh-CN/received", "", "/etc/passwd"])
def test_only_letters_are_copied(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="There is no template"):
        copy_template(settings(tmp_path), name, "zh-CN")
    assert [one for one in (tmp_path / "templates").rglob("*") if one.is_file()] == []


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_every_letter_can_be_looked_at_without_a_workbook(tmp_path: Path, locale: str) -> None:
    desk = settings(tmp_path)
    for name, notice in desk.notices.items():
        for channel in notice.channels:
            assert demo_letter(desk, NOW, name, channel, locale).text


@pytest.mark.parametrize(("notice", "channel"), [("shipmnet", "email"), ("shipment", "fax")])
def test_a_preview_of_what_is_not_there_says_what_is(tmp_path: Path, notice: str, channel: str) -> None:
    with pytest.raises(UsageError, match=r"There is no template|is no channel"):
        demo_letter(settings(tmp_path), NOW, notice, channel, "en")


def test_a_letter_without_sms_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'sms' is missing"):
        demo_letter(settings(tmp_path), NOW, "survey", "sms", "en")
