"""What somebody types into a form reaches mail servers, gateways, chat rooms and sheets as text, and does nothing there."""

from __future__ import annotations

import json
import re
from itertools import cycle

import openpyxl
import pytest
from lxml import html

from tests.contract import chat_stubs, sms_stubs
from tests.contract.sender_samples import Mailbox, server
from tests.system import test_sms, test_staff_chat
from tests.system.desks import CAN_FORK, NOW
from toolkit.excel import patch_workbook

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="turns the clock of a forked run")
CLOCK = [("clock", {"at": f"{NOW}:00+08:00"})]

BEGIN, END = "Zed", "Dez"
"""Around each value, so that what became of it can be found."""
TYPED = {
    "line breaks": "\r\nBcc: evil@evil.example\r\n\r\nbody",
    "a template": "{{ 7*7 }}{% raw %}{{ config }}",
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "signs that turn the text round": "\u202egnp.exe\u200f\u2066",
    "ten thousand characters": "长" * 10_000,
    "emoji": "👩‍👩‍👧 🏳️‍🌈 \U0001f4a9",
    "chat marks": "@all <!channel> [点我](https://evil.example) ![x](https://evil.example/x.png)",
}
ADDRESSES = {
    "quotes and a second recipient": '"zhang, boss@evil.example"@shop.example, boss@evil.example',
    "a header": "zhang@shop.example\r\nBcc: boss@evil.example",
    "brackets": "zhang <boss@evil.example>@shop.example",
    "a command": "zhang@shop.example> SIZE=1\r\nRCPT TO:<boss@evil.example",
}
FORMULA = '=HYPERLINK("https://evil.example","open")'
HEADERS = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "In-Reply-To",
    "References",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "X-Peer",
    "X-MailFrom",
    "X-RcptTo",
}
UNSEEN = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Breaks, control characters, and marks that turn a line round."""
SMS = test_sms.SMS.replace("{who: vendor, ", '{who: {from: "{{ ticket.customer | clip(35) }}"}, ')


class World:
    """A desk with three servers around it."""

    def __init__(self, desk, mailbox, gateway, bot):
        self.desk, self.mailbox, self.gateway, self.bot = desk, mailbox, gateway, bot

    def type_everywhere(self, **cells):
        """The same into every ticket that has a customer."""
        for name, value in cells.items():
            self.type_in_turn(name, [value])

    def type_in_turn(self, name, values):
        """One value after the other into the tickets that have something there."""
        letter, book = self.desk.letters_of("tickets")[name], self.desk.workbook
        rows = [row["row"] for row in self.desk.rows() if row["customer"] and row[name]]
        typed = {f"{letter}{row}": value for row, value in zip(rows, cycle(values), strict=False)}
        patch_workbook(book, book, sheet=self.desk.tab("tickets"), writes=typed)

    def run(self):
        return self.desk("run", "--json", now=NOW, hooks=CLOCK)

    @property
    def letters(self):
        return self.mailbox.mails


@pytest.fixture
def world(tmp_path, monkeypatch):
    monkeypatch.setattr(test_sms, "SMS", SMS)
    mailbox, gateway, bot = Mailbox(), test_sms.Gateway(), chat_stubs.Dingtalk(secret=chat_stubs.SECRET)
    test_staff_chat.unclocked(bot)
    with server(mailbox) as mail, sms_stubs.serving(gateway), chat_stubs.serving(bot) as chat:
        desk = test_sms.texting(tmp_path, gateway.url)
        test_staff_chat.configure(desk, chat)
        keys = desk.folder / ".env"
        keys.write_text(keys.read_text("utf-8") + "AK=test-key-id\nSK=test-key-secret\n", "utf-8")
        desk.configure(
            "email: {via: folder}",
            f"email: {{via: smtp, host: 127.0.0.1, port: {mail}, security: none, from: care@shop.example}}",
        )
        yield World(desk, mailbox, gateway, bot)


@pytest.mark.parametrize("value", TYPED.values(), ids=TYPED)
def test_what_is_typed_into_a_form_is_text_wherever_it_arrives(world, value):
    hostile = f"{BEGIN}{value}{END}"
    world.type_everywhere(customer=hostile, problem=hostile, address=hostile)
    done = world.run()
    assert done.code in (0, 1), done.err
    assert "Traceback" not in done.err
    told = [*mails_are_clean(world), *texts_are_clean(world), *posts_are_clean(world)]
    assert any(BEGIN in one for one in told), "it did get out"
    assert not any(f"{BEGIN}49" in one or "<Config" in one for one in told), "nothing was computed"
    cells_are_text(world)
    output_is_lines(done)


def mails_are_clean(world):
    """One recipient, known headers, well-formed parts, HTML without anything that acts."""
    assert world.letters
    for (_, recipients), mail in zip(world.mailbox.envelopes, world.letters, strict=True):
        assert len(recipients) == 1
        assert "evil.example" not in recipients[0]
        assert set(mail.keys()) <= HEADERS, set(mail.keys()) - HEADERS
        assert [name for name in mail if len(mail.get_all(name)) > 1] == []
        assert [part.defects for part in mail.walk() if part.defects] == []
        assert len(mail["To"].addresses) == 1
        page = html.fromstring(mail.get_body(("html",)).get_content())
        assert page.xpath("//script | //img[@onerror] | //iframe | //@onload | //a[contains(@href, 'evil')]") == []
        yield from (str(mail["Subject"]), str(mail["To"]), mail.get_body(("plain",)).get_content(), page.text_content())


def texts_are_clean(world):
    """JSON with the approved names and one line of text in each; the gateway's own checks found nothing."""
    assert world.gateway.complaints == []
    assert world.gateway.taken
    for one in world.gateway.taken:
        values = json.loads(one["TemplateParam"])
        assert set(values) in ({"who", "time"}, {"no", "time"})
        assert all(len(value) <= 35 and not UNSEEN.search(value) for value in values.values()), values
        yield from values.values()


def posts_are_clean(world):
    """Nobody is called but those whom the desk calls; no sign is left that makes markup."""
    assert world.bot.posts
    for body, said in zip(world.bot.posts, world.bot.texts(), strict=True):
        assert set(body) == {"msgtype", "markdown", "at"}
        assert body["at"]["isAtAll"] is False
        marks = set("<>[]`_~|\\")
        assert not set(said) & marks
        assert not re.search(r"@(?!1\d{10}\b)", said)
        yield said


def cells_are_text(world):
    """No cell that the toolkit wrote is a formula, and no tab has lost its shape."""
    book = openpyxl.load_workbook(world.desk.workbook)
    tab = book[world.desk.tab("messages")]
    kinds = {cell.data_type for row in tab.iter_rows(min_row=2) for cell in row if cell.value is not None}
    assert "f" not in kinds
    assert len(world.desk.rows("messages")) == len(world.desk.outbox())


def output_is_lines(done):
    """A log line begins as log lines do: what was typed opens none of its own, and turns none round."""
    assert "Bcc: evil" not in {line[:9] for line in done.err.splitlines()}
    assert not set(done.err) & set("\u202e\u2066\r\x1b")
    json.loads(done.out)


def test_a_name_that_is_a_formula_stays_text_in_letters_and_in_the_log(world):
    world.type_everywhere(customer=FORMULA, problem=FORMULA)
    done = world.run()
    assert done.code in (0, 1), done.err
    told = [*mails_are_clean(world), *texts_are_clean(world), *posts_are_clean(world)]
    assert any("=HYPERLINK" in one for one in told)
    cells_are_text(world)


def test_addresses_with_quotes_or_commands_reach_nobody_but_their_one_recipient(world):
    world.type_in_turn("email", list(ADDRESSES.values()))
    done = world.run()
    assert done.code in (0, 1), done.err
    assert "Traceback" not in done.err
    list(mails_are_clean(world))
    cells_are_text(world)
