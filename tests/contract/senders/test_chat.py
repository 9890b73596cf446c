"""Chat bots against stubs that check what the services check."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from datetime import UTC, datetime, timedelta

import pytest

from tests.contract.chat_stubs import BOTS, HANG, RESET, SECRET, channel_to, serving
from tests.contract.outbox_samples import key, letter
from tests.contract.sender_samples import free_port
from toolkit.core.message import Accepted, Deferred, Letter, Rejected, Unknown
from toolkit.gateways.senders import CONNECT, LIMIT, LOGIN
from toolkit.gateways.senders.chat.dingtalk import signature as dingtalk_signature
from toolkit.gateways.senders.chat.feishu import signature as feishu_signature
from toolkit.gateways.senders.chat.service import cut, defused, with_links, with_signs

SIGNED = ("dingtalk", "feishu")


def clock():
    return datetime.now(UTC)


def chat(text="已逾期 2 天：首次回复\nAS-1 王先生", to="#default", **more):
    return letter(key(channel="chat"), channel="chat", to=to, letter=Letter("", text), **more)


@pytest.fixture(params=BOTS)
def name(request):
    return request.param


@pytest.mark.parametrize("secret", ["", SECRET])
def test_a_post_arrives_signed_where_the_bot_wants_it(name, secret):
    if secret and name not in SIGNED:
        pytest.skip("this service signs nothing")
    bot = BOTS[name](secret=secret)
    with serving(bot) as port:
        assert channel_to(name, port, clock, secret=secret).send(chat()) == Accepted(name)
    assert bot.texts() == ["已逾期 2 天：首次回复\nAS-1 王先生"]


def test_the_signatures_are_those_of_the_vendors_formulas():
    # Worked out with openssl: printf '%s\n%s' 1577808000000 SEC | openssl dgst -sha256 -hmac SEC -binary | base64
    wanted = subprocess.run(
        "printf '%s\\n%s' 1577808000000 SEC | openssl dgst -sha256 -hmac SEC -binary | base64",
        shell=True, capture_output=True, text=True, check=False,
    ).stdout.strip()  # fmt: skip
    if not wanted:
        pytest.skip("no openssl on this machine")
    assert dingtalk_signature("SEC", 1577808000000) == wanted
    assert len(feishu_signature("SEC", 1577808000)) == 44


@pytest.mark.parametrize("secret", ["", "SEC-wrong"])
@pytest.mark.parametrize("signed", SIGNED)
def test_a_wrong_secret_stops_the_room_and_says_what_to_do(signed, secret):
    bot = BOTS[signed](secret=SECRET)
    with serving(bot) as port:
        outcome = channel_to(signed, port, clock, secret=secret).send(chat())
    assert isinstance(outcome, Deferred)
    assert outcome.code == LOGIN
    assert "channels.chat.secret" in outcome.text
    assert "KEY" not in outcome.text


@pytest.mark.parametrize("signed", SIGNED)
def test_the_bots_keyword_is_put_before_the_headline_once(signed):
    bot = BOTS[signed](keyword="售后")
    with serving(bot) as port:
        missing = channel_to(signed, port, clock).send(chat())
        assert (missing.code, "channels.chat.keyword" in missing.text or "keyword" in missing.text) == (LOGIN, True)
        with_word = channel_to(signed, port, clock, keyword="售后")
        assert isinstance(with_word.send(chat()), Accepted)
        assert isinstance(with_word.send(chat("售后逾期\nAS-1")), Accepted)
    assert bot.texts() == ["售后 已逾期 2 天：首次回复\nAS-1 王先生", "售后逾期\nAS-1"]


def test_a_strange_address_stops_the_room(name):
    bot = BOTS[name]()
    with serving(bot) as port:
        outcome = channel_to(name, port, clock, path="/elsewhere?key=no").send(chat())
    assert isinstance(outcome, Deferred)
    assert outcome.code == LOGIN
    assert "webhook" in outcome.text


def test_too_many_posts_rest_the_room_until_the_service_takes_more(name):
    bot = BOTS[name]()
    bot.per_minute = 0
    before = clock()
    with serving(bot) as port:
        outcome = channel_to(name, port, clock).send(chat())
    assert isinstance(outcome, Deferred)
    assert outcome.code == LIMIT
    wait = {"dingtalk": 600, "slack": 30}.get(name, 60)
    assert timedelta(seconds=wait - 1) <= outcome.not_before - before <= timedelta(seconds=wait + 10)


def test_the_twenty_first_post_of_a_minute_never_leaves():
    bot, now = BOTS["dingtalk"](), [clock()]
    with serving(bot) as port:
        channel = channel_to("dingtalk", port, lambda: now[0])
        assert all(isinstance(channel.send(chat()), Accepted) for _ in range(20))
        outcome = channel.send(chat())
        assert outcome == Deferred(LIMIT, outcome.text, now[0] + timedelta(minutes=1))
        assert bot.requests == 20
        now[0] += timedelta(seconds=61)
        assert isinstance(channel.send(chat()), Accepted)


CODES = [
    ("wecom", {"errcode": 45009, "errmsg": "api freq out of limit"}, LIMIT),
    ("wecom", {"errcode": -1, "errmsg": "system busy"}, "-1"),
    ("wecom", {"errcode": 40058, "errmsg": "exceed max length"}, Rejected),
    ("wecom", {"errcode": 93004, "errmsg": "robot disabled"}, LOGIN),
    ("wecom", {"errcode": 77777, "errmsg": "new"}, "77777"),
    ("wecom", {"msg": "?"}, Unknown),
    ("wecom", "<html>please log in</html>", Unknown),
    ("dingtalk", {"errcode": 130101, "errmsg": "send too fast"}, LIMIT),
    ("dingtalk", {"errcode": 310000, "errmsg": "sign not match"}, LOGIN),
    ("dingtalk", {"errcode": 430104, "errmsg": "improper"}, Rejected),
    ("feishu", {"code": 9499, "msg": "Bad Request"}, Rejected),
    ("feishu", {"code": 9499, "msg": "too many request"}, LIMIT),
    ("feishu", {"code": 11232, "msg": "frequency limited"}, LIMIT),
    ("feishu", {"code": 19021, "msg": "sign match fail"}, LOGIN),
    ("feishu", {"StatusCode": 0, "StatusMessage": "success"}, Accepted),
    ("slack", "not ok", Unknown),
]


@pytest.mark.parametrize(("service", "body", "expected"), CODES)
def test_a_refusal_inside_a_200_is_recognised(service, body, expected):
    bot = BOTS[service]()
    bot.next = [(200, body)]
    with serving(bot) as port:
        outcome = channel_to(service, port, clock).send(chat())
    if isinstance(expected, str):
        assert (type(outcome), outcome.code) == (Deferred, expected)
    else:
        assert isinstance(outcome, expected)


STATUSES = [
    ((429, "slow down", {"Retry-After": "90"}), Deferred, LIMIT),
    ((500, "oops"), Deferred, "500"),
    ((503, "busy"), Deferred, "503"),
    ((502, "bad gateway"), Unknown, None),
    ((504, "gateway timeout"), Unknown, None),
    ((302, "", {"Location": "http://127.0.0.1:1/evil"}), Deferred, LOGIN),
    (HANG, Unknown, None),
    (RESET, Unknown, None),
]


@pytest.mark.parametrize(("answer", "kind", "code"), STATUSES)
def test_the_status_and_a_cut_line_are_told_apart(name, answer, kind, code):
    bot = BOTS[name]()
    bot.next = [answer]
    with serving(bot) as port:
        channel = channel_to(name, port, clock, read_timeout=0.4)
        outcome = channel.send(chat())
        assert type(outcome) is kind
        assert bot.requests == 1, "one attempt"
        if code:
            assert outcome.code == code
        assert "KEY" not in outcome.text
        assert isinstance(channel.send(chat()), Accepted), "the next one goes"
        channel.close()


def test_a_server_that_is_not_there_defers_and_rests_the_room(name):
    outcome = channel_to(name, free_port(), clock).send(chat())
    assert (type(outcome), outcome.code) == (Deferred, CONNECT)


def test_a_strange_certificate_gets_no_post(name, tmp_path):
    words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    made = subprocess.run(
        ["openssl", *words.split(), "-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem"],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip("no openssl on this machine")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    heard = []

    def serve(listening):
        peer, _ = listening.accept()
        try:
            with context.wrap_socket(peer, server_side=True) as safe:
                heard.append(safe.recv(10))
        except (ssl.SSLError, OSError):
            pass

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, args=(listening,), daemon=True)
        thread.start()
        channel = channel_to(name, listening.getsockname()[1], clock)
        room = channel._rooms["default"]
        object.__setattr__(room, "webhook", room.webhook.replace("http:", "https:"))
        outcome = channel.send(chat())
        thread.join(5)
    assert (type(outcome), outcome.code) == (Deferred, CONNECT)
    assert not heard


HOSTILE = [
    "<@all> 你好",
    "@all @所有人 @everyone",
    "<!channel> <!here> <https://evil.example|点我>",
    '<at user_id="all">所有人</at>',
    "[点我领奖](https://evil.example/x)",
    "![x](https://evil.example/x.png)",
    "**粗** __下__ ~~删~~ `码` ```块```",
    "# 大标题\n## 又一个",
    "> 引用",
    '<font color="warning">红</font>',
    "@13900139000",
    "\\[x\\](y)",
    "| a | b |\n|---|---|",
    "标题\n====",
]
MARKUP = set("<>[]*`_~@|\\")


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_of_a_text_becomes_a_mention_a_link_or_markup(name, text):
    bot = BOTS[name]()
    with serving(bot) as port:
        channel = channel_to(name, port, clock)
        assert isinstance(channel.send(chat(f"逾期\n{text}")), Accepted)
        assert isinstance(channel.send(chat(text)), Accepted)
        assert isinstance(channel.send(chat(f"逾期\n{text}", to="#default 13800138000")), Accepted)
    for body, said in zip(bot.posts, bot.texts(), strict=True):
        assert set(bot.called(body)) <= {"13800138000"}
        if name == "slack":  # plain_text blocks: structure, not signs
            assert {block["text"]["type"] for block in body["blocks"]} == {"plain_text"}
            assert not set(body["text"]) & {"<", ">"}
        else:
            assert not set(said) & MARKUP
            assert not any(line.startswith("#") for line in said.splitlines()[1:])


FORM = "https://forms.example.com/visit_survey?no=AS-20261124-0001&x=1*2~3"
CELL = "https://docs.google.com/spreadsheets/d/1_aB-c_D/edit#gid=0&range=K7"


@pytest.mark.parametrize("to", ["#default", "#default 13800138000"])
def test_links_of_our_own_can_be_tapped_as_they_are_and_nothing_else_can(name, to):
    bot = BOTS[name]()
    said = (
        f"服务做得怎么样？\n请填写 {FORM} 谢谢\n[点我]({FORM}x) <{FORM}|x> *重*\n"
        f"见 ({CELL})\n@all {FORM}/evil\nhttps：//evil．example"
    )
    with serving(bot) as port:
        message = letter(key(channel="chat"), channel="chat", to=to, letter=Letter("", said, links=(FORM, CELL)))
        assert isinstance(channel_to(name, port, clock).send(message), Accepted)
    if name == "wecom" and to != "#default":  # a post of type text: the program finds the addresses itself
        assert [one for _, one in bot.tapped()][:1] == [FORM]
        assert f"({CELL})" in bot.texts()[0]
    else:
        assert bot.tapped() == [("forms.example.com", FORM), ("docs.google.com", CELL)]
    (text,) = bot.texts()
    if name != "slack":  # plain_text and mrkdwn: there structure tells markup from words
        assert "＠all" in text
        assert "＊重＊" in text


def test_a_post_that_is_cut_keeps_its_links_whole(name):
    bot = BOTS[name]()
    said = "\n".join(["本群提醒", *(f"第 {n:05} 条 {CELL}{n} 请处理 & 回复" for n in range(900))])
    links = tuple(f"{CELL}{n}" for n in range(900))
    with serving(bot) as port:
        message = letter(key(channel="chat"), channel="chat", to="#default", letter=Letter("", said, links=links))
        assert isinstance(channel_to(name, port, clock).send(message), Accepted)
    found = [address for _, address in bot.tapped()]
    assert found == list(links[: len(found)])
    assert 20 <= len(found) < 900
    assert f"……另有 {900 - len(found)} 行" in bot.texts()[0]


def test_signs_that_stand_for_links_cannot_be_typed():
    forged = f"{chr(0x100000)} {FORM}"
    signed = with_signs(forged, (FORM,))
    assert with_links(signed, (FORM,), lambda one: f"[{one}]") == f"? [{FORM}]"


def test_the_person_concerned_is_called_where_the_bot_can():
    for service in ("wecom", "dingtalk"):
        bot = BOTS[service]()
        with serving(bot) as port:
            assert isinstance(channel_to(service, port, clock).send(chat(to="#default 13800138000")), Accepted)
        assert bot.called(bot.posts[0]) == ["13800138000"]
        assert service != "dingtalk" or "@13800138000" in bot.posts[0]["markdown"]["text"]


@pytest.mark.parametrize("lines", [40, 400, 5000])
def test_a_text_over_the_limit_is_cut_at_a_line_and_says_so(name, lines):
    bot = BOTS[name]()
    whole = "\n".join(["本群 400 条提醒", *(f"第 {n:05} 条 客户 已逾期 3 天，请马上处理" for n in range(lines))])
    with serving(bot) as port:
        for to in ("#default", "#default 13800138000"):
            assert isinstance(channel_to(name, port, clock).send(chat(whole, to=to)), Accepted)
    for said in bot.texts():
        body = [line for line in said.split("\n") if line and not line.startswith("@")]
        assert body[0] == "本群 400 条提醒"
        kept = [line for line in body if line.startswith("第 ")]
        assert all(line.endswith("处理") for line in kept)
        assert len(kept) == lines or body[-1] == f"……另有 {lines - len(kept)} 行"
        assert len(kept) >= min(lines, 30)


def test_one_endless_line_is_cut_inside(name):
    bot = BOTS[name]()
    with serving(bot) as port:
        for text in ("逾期\n" + "很" * 60_000, "很" * 60_000):
            outcome = channel_to(name, port, clock).send(chat(text))
            assert isinstance(outcome, Accepted), outcome


def test_cutting_keeps_what_fits():
    def fits(text):
        return len(text) <= 12

    more = "+{}".format
    assert cut("ab\ncd", fits, more) == "ab\ncd"
    assert cut("abcd\nefgh\nijkl", fits, more) == "abcd\nefgh\n+1"
    assert cut("abcd\n\nijklmno\nx", fits, more) == "abcd\n+2"
    assert cut("a" * 20, fits, more) == "a" * 11 + "…"


def test_defusing_keeps_what_people_read():
    assert defused("AS-20261107-0001 王先生 · 3 天") == "AS-20261107-0001 王先生 · 3 天"
