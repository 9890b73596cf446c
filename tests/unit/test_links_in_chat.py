"""Links in chat posts: those that configuration, templates and sheets name can be tapped, those that people typed cannot."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.contract.outbox_samples import NOW, database, key, letter
from toolkit.app.discreet import discreet, discreet_text
from toolkit.app.merging import merged
from toolkit.core.link import LONGEST, OwnLink, own_link, parted
from toolkit.core.message import Letter
from toolkit.core.words import Words
from toolkit.letters.library import Library

TEMPLATES = Path(__file__).parents[2] / "templates"
STANDING = {
    "company": {"name": "Cloud", "brand": "Cloud", "hotline": ""},
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
}
FORM = "https://forms.example.com/survey?no=AS-1"
HOSTILE = [
    FORM,  # the very address of our form
    f"{FORM}&next=//evil.example",
    "https://forms.example.com/other",
    "https://forms.example.com@evil.example/survey",
    f"[tap here]({FORM})",
    f"<{FORM}|tap>",
    f"x {FORM} y",
    f"x\n{FORM}\ny",
    "HTTPS://forms.example.com/survey?no=AS-1",
    "@all https://evil.example",
    "www.evil.example",
    "https:\u200b//forms.example.com/survey?no=AS-1",
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (FORM, FORM),
        (" https://forms.example.com/f ", "https://forms.example.com/f"),
        ("https://forms.example.com/满意度?a=(1)", "https://forms.example.com/%E6%BB%A1%E6%84%8F%E5%BA%A6?a=%281%29"),
        ("https://forms.example.com/a b", "https://forms.example.com/a%20b"),
        ("https://docs.google.com/d/1_a/edit#gid=0&range=K7", "https://docs.google.com/d/1_a/edit#gid=0&range=K7"),
        ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"),
        ("https://shop.example", "https://shop.example"),
    ],
)
def test_an_address_that_the_desk_names_is_a_link_of_its_own_and_holds_no_sign_of_markup(text, expected):
    made = own_link(text)
    assert (made, type(made)) == (expected, OwnLink)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "forms.example.com/x",
        "javascript:alert(1)",
        "mailto:a@b.example",
        "https://",
        "https://a@b.example/x",
        "ftp://x.example",
        "https://x.example/" + "a" * LONGEST,
    ],
)
def test_what_is_no_web_address_stays_plain_text(text):
    assert type(own_link(text)) is str


def test_words_made_of_a_link_are_trusted_by_nobody():
    made = own_link(FORM)
    assert {type(one) for one in (made + "x", made.upper(), made[:10], f"{made}", made.strip("x"), str(made))} <= {str}


@pytest.mark.parametrize(
    ("text", "links"),
    [
        (f"a {FORM} b", [FORM]),
        (f"({FORM})（{FORM}）\n{FORM}", [FORM, FORM, FORM]),
        (f"a{FORM}", []),
        (f"{FORM}/x {FORM}&y {FORM}.", []),
        (f"「{FORM}」", []),
    ],
)
def test_a_link_is_told_whole_or_not_at_all(text, links):
    assert parted(text, [FORM])[1::2] == links
    assert "".join(parted(text, [FORM])) == text


def desk(tmp_path, source):
    """A library with one letter of the desk's own."""
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "x.md").write_text(source, "utf-8")
    return Library([tmp_path, TEMPLATES], "en", STANDING)


def tapped(made):
    """The links of a post that are trusted, as they stand in its text."""
    return parted(made.text, made.links)[1::2]


def is_tappable(text):
    """Whether a chat program would find an address in what is left of a text without our own links."""
    return "://" in text or any(tail[:2].isalpha() and tail[:2].isascii() for tail in text.split(".")[1:])


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
@pytest.mark.parametrize("text", ["Anna", *HOSTILE])
def test_the_survey_link_can_be_tapped_and_nothing_that_the_customer_wrote(text, locale):
    lib = Library([TEMPLATES], locale, STANDING)
    ticket = {"ticket_no": "AS-1", "product": text, "customer": text, "kind_key": "repair"}
    values = {"ticket": ticket, "vendor": None, "link": own_link(FORM), "to_name": text, "now": NOW}
    made = lib.render("survey", "chat", values)
    assert tapped(made) == [FORM]
    assert not is_tappable("".join(parted(made.text, made.links)[::2]))


@pytest.mark.parametrize("block", ["chat", "body"])
@pytest.mark.parametrize("text", HOSTILE)
def test_a_link_of_ours_stands_apart_from_what_is_said_beside_it(tmp_path, text, block):
    lines = (
        "{{ said }}{{ link }}{{ said }}\n\nSee [the form]({{ link }}), [theirs]({{ said }}), https://own.example/p.\n"
    )
    bodies = {"chat": f"{{% block body %}}-{{% endblock %}}{{% block chat %}}{lines}{{% endblock %}}",
              "body": f"{{% block body %}}{lines}{{% endblock %}}"}  # fmt: skip
    lib = desk(tmp_path, "{% block subject %}{{ said }}{% endblock %}" + bodies[block])
    made = lib.render("x", "chat", {"said": text, "link": own_link(FORM)})
    assert set(tapped(made)) == {FORM} | ({"https://own.example/p"} & set(made.links))
    rest = "".join(parted(made.text, made.links)[::2]).replace("https://own.example/p.", "")
    assert not is_tappable(rest)


def test_what_a_template_writes_out_is_the_desks_own_with_values_only_in_the_path(tmp_path):
    lib = desk(
        tmp_path,
        "{% block subject %}s{% endblock %}{% block body %}"
        "[shop](https://shop.example/t/{{ no }}), [any](https://{{ no }}.example/), https://shop.example/help\n"
        "{% endblock %}",
    )
    made = lib.render("x", "chat", {"no": "A/../b?x"})
    assert made.links == ("https://shop.example/t/A%2F..%2Fb%3Fx", "https://shop.example/help")


def test_mail_and_sms_read_as_before(tmp_path):
    lib = desk(tmp_path, "{% block subject %}s{% endblock %}{% block body %}See {{ link }}{% endblock %}{% block sms %}See {{ link }}{% endblock %}")  # fmt: skip
    mail = lib.render("x", "email", {"link": own_link(FORM)})
    assert mail.text.startswith(f"See {FORM}\n")
    assert (mail.links, lib.render("x", "sms", {"link": own_link(FORM)}).text) == ((), f"See {FORM}")


def test_a_room_reads_no_number_but_the_links_stay_whole():
    link = "https://forms.example.com/13800138000/021-62345678"
    text = f"call 13800138000 or {link} or {link}x"
    assert discreet_text(text, "", (link,)) == (
        f"call 138****8000 or {link} or https://forms.example.com/138****8000/021****5678x"
    )
    kept = discreet({"link": own_link(FORM), "ticket": {"phone": "13800138000"}})
    assert (type(kept["link"]), kept["ticket"]) == (OwnLink, {"phone": "138****8000"})


def test_a_post_of_several_notices_keeps_the_links_of_each():
    posts = [
        letter(
            key(row, "survey", channel="chat"),
            channel="chat",
            to="#default",
            letter=Letter("", f"see {one}", links=(one,)),
        )
        for row, one in (("T1", FORM), ("T2", f"{FORM}2"))
    ]
    (post,) = merged(posts, Words("en", str), frozen={}, apart=lambda _: 0)
    assert (post.letter.links, tapped(post.letter)) == ((FORM, f"{FORM}2"), [FORM, f"{FORM}2"])


def test_the_outbox_keeps_which_links_are_ours(tmp_path):
    said = Letter("", f"see {FORM}", links=(FORM,))
    plain = replace(said, links=())
    with database(tmp_path) as state:
        state.queue([
            letter(key("T1", channel="chat"), channel="chat", to="#default", letter=said),
            letter(key("T2", channel="chat"), channel="chat", to="#default", letter=plain),
        ], at=NOW)  # fmt: skip
        kept = {one.message.row_key: one.message.letter for one in state.messages(limit=9)}
    assert kept == {"T1": said, "T2": plain}
