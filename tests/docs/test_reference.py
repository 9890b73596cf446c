"""The reference pages are fresh and complete: every command, option, job, column, finding and letter is documented."""

from __future__ import annotations

import re

import pytest

from tests.docs.coverage import rules
from tests.docs.reference import (
    DOCS,
    PAGES,
    ROOT,
    flat_options,
    notice_channels,
    settings_of,
    spelled,
    users,
    walk,
    ways,
    words,
)
from tests.docs.source_codes import source_codes
from toolkit.jobs.every import JOBS
from toolkit.registers.every import REGISTERS
from toolkit.settings.form import ConfigForm
from toolkit.settings.layers import PRESETS


@pytest.mark.parametrize("name", PAGES)
def test_a_reference_page_is_as_the_code_makes_it(name):
    file = DOCS / "reference" / f"{name}.md"
    assert file.is_file(), "run `python -m tests.docs.generate`"
    assert file.read_text(encoding="utf-8") == PAGES[name](), "run `python -m tests.docs.generate`"


def test_there_is_no_page_that_nothing_makes():
    assert {file.stem for file in (DOCS / "reference").glob("*.md")} == set(PAGES)


def test_every_finding_code_has_a_cause_and_a_cure():
    catalogue = words("findings")
    assert set(catalogue) == source_codes()
    for name, one in catalogue.items():
        assert set(one) == {"severity", "cause", "cure", "zh"}, name
        assert one["severity"] in {"error", "warning"}, name
        assert all(one.values()), name


def test_every_option_of_the_configuration_has_words_and_no_words_are_left_over():
    assert set(flat_options()) == set(ways(ConfigForm))


def test_every_command_and_option_explains_itself():
    silent = [
        f"{' '.join(path)} {spelled(option)}"
        for path, command in walk()
        for option in command.params
        if option.name != "help" and not option.help
    ]
    assert not [path for path, command in walk() if not command.help]
    assert not silent


def test_every_job_is_on_the_page_of_commands():
    page = PAGES["commands"]()
    assert [name for name in JOBS if f"| `{name}` |" not in page] == []


def test_every_register_and_column_is_on_the_page_of_registers():
    page = PAGES["registers"]()
    for register in REGISTERS:
        assert f"## {register.name} · " in page
        assert [column.key for column in register.columns if f"| `{column.key}` |" not in page] == []


def test_every_letter_says_when_it_is_written_and_has_a_text_in_both_languages():
    letters = settings_of(PRESETS[0]).notices
    assert set(words("notices")) == set(letters)
    for name in letters:
        assert notice_channels(name)
        for locale in ("zh-CN", "en"):
            assert (ROOT / "templates" / locale / f"{name}.md").is_file(), (locale, name)


def test_every_preset_is_on_the_page_of_policies_and_in_the_sample_configuration():
    page, sample = PAGES["policies"](), (ROOT / "config.yaml").read_text(encoding="utf-8")
    assert [name for name in PRESETS if f"## {name}\n" not in page] == []
    assert [name for name in PRESETS if name not in sample] == []


@pytest.mark.parametrize("file", [*ROOT.glob("*.md"), *DOCS.rglob("*.md")], ids=lambda file: file.name)
def test_the_links_of_a_page_lead_somewhere(file):
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", file.read_text(encoding="utf-8"))
    inside = [one for one in targets if not one.startswith(("http://", "https://", "mailto:"))]
    assert [one for one in inside if not (file.parent / one).exists()] == []


def test_every_number_is_on_the_page_of_policies_and_every_policy_of_a_preset_has_its_row():
    numbers = list(words("policies"))
    assert numbers == [f"P-{n:02}" for n in range(1, 29)]
    used = {one.no for preset in PRESETS for one in settings_of(preset).policies}
    assert {one for one in used if one.startswith("P-")} <= set(numbers)  # C-numbers are clocks of our own
    page = PAGES["policies"]()
    assert all(f"| `{no}` |" in page for no in numbers)
    assert [no for no in numbers if not users(no)] == []


def test_every_rule_of_the_trade_is_shown_by_a_test_that_names_it():
    assert [name for entries in rules().values() for name, (_, shown) in entries.items() if not shown] == []
