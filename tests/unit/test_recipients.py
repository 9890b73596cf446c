"""Who hears of something: the owner and those above, the store, a role; and that config.yaml names them rightly."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.unit.test_settings import settings
from toolkit.jobs.recipients import chain
from toolkit.settings.faults import ConfigError


def person(name, role, *, manager=None, store=None, active=True):
    return SimpleNamespace(name=name, role=role, manager=manager, store=store, active=active)


STAFF = (
    person("Ann", "after_sales", manager="Max"),
    person("Max", "manager", manager="Hope"),
    person("Hope", "head"),
    person("Old", "store_manager", store="North", active=False),
    person("Nora", "store_manager", store="North"),
    person("Dan", "dispatcher"),
    person("Cal", "caller"),
)


class Desk:
    def rows(self, register):
        return [(None, one) for one in STAFF] if register == "staff" else []

    def person(self, name, book=None):
        return next((one for one in STAFF if one.name == name), None)


@pytest.mark.parametrize(
    ("to", "store", "expected"),
    [
        ("owner", None, "Ann"),
        ("manager", None, "Max"),
        ("head", None, "Hope"),
        ("store", " north ", "Nora"),
        ("store", "South", "Max"),
        ("store", None, "Max"),
        ("role:dispatcher", None, "Dan"),
        ("role:finance", None, "Max"),
        ("caller", None, "Cal"),
    ],
)
def test_everybody_is_found_and_where_nobody_is_the_manager_hears_of_it(to, store, expected):
    assert chain(Desk(), "Ann", "main", to, store).name == expected


def test_letters_to_colleagues_may_name_a_role_or_the_store():
    found = settings(
        """
        registers: {staff: {choices: {role: {inspector: [Inspector]}}}}
        notices: {overdue: {to: store}, warning: {to: "role:inspector"}, callback-list: {to: "role:operations"}}
        policies: {P-13: {ladder: [{after: 1bd, to: "role:dispatcher"}]}}
        """
    )
    assert [found.notices[one].to for one in ("overdue", "warning")] == ["store", "role:inspector"]
    assert {found.notices[one].audience for one in ("overdue", "warning", "callback-list")} == {"staff"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('notices: {overdue: {to: "role:dispacher"}}', 'did you mean "role:dispatcher"?'),
        ("notices: {overdue: {to: customer}}", "notices.overdue.to"),
        ("notices: {received: {to: vendor}}", "notices.received.to"),
        ("notices: {callback-list: {to: store}}", "notices.callback-list.to"),
        ("policies: {P-13: {ladder: [{after: 1bd, to: boss}]}}", "policies.P-13.ladder.1.to"),
    ],
)
def test_a_recipient_that_does_not_exist_is_named_with_what_is_meant(text, said):
    with pytest.raises(ConfigError) as error:
        settings(text)
    assert said in str(error.value)
