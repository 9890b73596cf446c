"""Letters that are looked at and changed, not sent: `preview` with and without a desk, `template copy`, `check`."""

from __future__ import annotations

import pytest

from tests.system.desks import NOW, ROOT, aftersales, demo


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return demo(tmp_path_factory.mktemp("letters"), ran_at=NOW)


def test_a_preview_needs_neither_desk_nor_workbook(tmp_path):
    done = aftersales("preview", "shipment", "--locale", "en", cwd=tmp_path)
    assert done.code == 0, done.err
    assert "Your order has shipped" in done.out
    assert list(tmp_path.iterdir()) == []


def test_a_preview_of_a_ticket_shows_the_ticket(desk):
    row = next(one for one in desk.rows() if one["status"] == desk.said("tickets", "status", "dispatched"))
    for notice in ("appointment", "fee", "overdue", "supplier-complaint", "closing"):
        done = desk("preview", notice, "--ticket", row["ticket_no"], now=NOW)
        assert done.code == 0, done.err
        assert row["ticket_no"] in done.out
    assert (
        row["customer"] in desk("preview", "appointment", "--ticket", row["ticket_no"], "--locale", "en", now=NOW).out
    )


def test_a_preview_of_a_register_that_the_desk_lacks_says_so(desk):
    row = next(one for one in desk.rows() if one["ticket_no"])
    done = desk("preview", "shipment", "--ticket", row["ticket_no"], now=NOW)
    assert done.code == 2
    assert "without --ticket it shows a sample row" in done.err


def test_a_letter_is_copied_changed_and_looked_through(tmp_path):
    desk = demo(tmp_path)
    assert desk("template", "copy", "thanks").code == 0
    file = desk.folder / "templates" / "en" / "thanks.md"
    assert file.read_bytes() == (ROOT / "templates" / "en" / "thanks.md").read_bytes()
    again = desk("template", "copy", "thanks")
    assert again.code == 2
    assert "left as it is" in again.err
    file.write_text(file.read_text("utf-8").replace("ticket.ticket_no", "ticket.ticket_nr", 1), "utf-8")
    checked = desk("check", "--json", now=NOW)
    assert checked.code == 1
    said = [one["message"] for one in checked.json["findings"] if one["code"] == "template-error"]
    (whole,) = [one for one in said if one.startswith("a letter's text")]  # the others name a letter that waits
    assert "templates/en/thanks.md:" in whole
    assert "did you mean 'ticket.ticket_no'" in whole


def test_a_date_that_is_missing_is_for_the_desk_to_mend_and_not_for_the_customer_to_read(desk):
    """The cell `coverage` says which date is missing; a letter says what is sure of the warranty, or nothing."""
    rows = [one for one in desk.rows() if one["coverage"]]
    asked = next(one for one in rows if one["coverage"].startswith(("缺日期", "needs a date")))
    known = next(one for one in rows if one["coverage"] in ("保修期内", "in warranty"))
    for row, is_told in ((asked, False), (known, True)):
        done = desk("preview", "solution", "--ticket", row["ticket_no"], now=NOW)
        assert done.code == 0, done.err
        assert (row["coverage"].casefold() in done.out.casefold()) is is_told
