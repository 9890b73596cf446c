"""Every letter of triage is told what its template asks for: rendered in both languages from small desks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.unit.small_desk import SmallDesk, at, ticket, wall
from toolkit.app.writing import write_letters
from toolkit.core.words import LOCALES


def planned(**more: object) -> dict[str, object]:
    return ticket(**{"responded_at": wall("18 11:00"), "opened_at": wall("18 10:00"), "status": "planned", **more})


def finished(**more: object) -> dict[str, object]:
    return planned(status="done", started_at=wall("24 08:00"), finished_at=wall("24 09:00"), category="sofa", **more)


DESKS: dict[str, Callable[[str], SmallDesk]] = {
    "evidence": lambda locale: SmallDesk(locale=locale).with_rows("tickets", planned(cause="transport_damage")),
    "fee": lambda locale: SmallDesk(locale=locale).with_rows("tickets", planned(fee=180)),
    "delay": lambda locale: SmallDesk(
        locale=locale,
        promised={"AS-1": [(wall("26 12:00").isoformat(), "23 11:00")]},
        seen={"AS-1": [("planned", "18 10:00")]},
    ).with_rows("tickets", planned(promised_by=wall("28 12:00"), delay_reason="Late glass")),
    "progress": lambda locale: SmallDesk(locale=locale, now=at("20 17:00")).with_rows("tickets", planned()),
    "waiting": lambda locale: SmallDesk(
        locale=locale, seen={"AS-1": [("planned", "18 10:00"), ("waiting_for_customer", "20 10:00")]}
    ).with_rows("tickets", planned(status="waiting_for_customer")),
    "closing": lambda locale: SmallDesk(
        locale=locale, seen={"AS-1": [("planned", "18 10:00"), ("waiting_for_customer", "20 10:00")]}
    ).with_rows("tickets", planned(status="closed")),
    "out-of-scope": lambda locale: SmallDesk(locale=locale).with_rows(
        "tickets", planned(status="out_of_scope", solution="Another maker's")
    ),
    "care": lambda locale: SmallDesk(locale=locale).with_rows("tickets", finished()),
    "repair-report": lambda locale: SmallDesk(locale=locale).with_rows(
        "tickets", finished(accepted_at=wall("24 09:20"))
    ),
}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("notice", DESKS)
def test_triage_letters_are_told_what_their_templates_ask_for(notice, locale):
    desk = DESKS[notice](locale)
    plan = desk.plan()
    mine = tuple(one for one in plan.plan.occasions if one.notice == notice and not one.skip)
    assert [one.to.role for one in mine] == ["customer"]
    written = write_letters(mine, plan.snapshot, desk.settings, desk.now, ())
    assert written.findings == ()
    (message,) = written.messages
    assert "AS-1" in message.letter.text
    assert message.letter.subject
    again = DESKS[notice](locale)
    again.occasions, again.heard = plan.keys(), {"AS-1": f"{desk.now:%d %H:%M}"}
    assert again.plan().keys() <= plan.keys(), "a second plan tells nothing new"


@pytest.mark.parametrize("notice", DESKS)
def test_triage_a_row_that_was_misread_or_stands_twice_writes_to_nobody(notice):
    for more in ({"phone": "12"}, {"double": True}):
        desk = DESKS[notice]("en")
        row = desk.rows["tickets"][0]
        desk.rows["tickets"] = [row, dict(row)] if "double" in more else [{**row, **more}]
        assert desk.plan().letters(notice) == []


def test_triage_letters_go_to_nobody_who_wants_none():
    for made in DESKS.values():
        desk = made("en").with_rows("contacts_opt_out", {"contact": "ellen@example.com"}, {"contact": "13800000001"})
        assert [one for one in desk.plan().plan.occasions if one.to.role == "customer"] == []
