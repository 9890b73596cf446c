"""Gmail without a password: the token server, the sign-in at the mail server, and a sign-in by a person in a browser."""

from __future__ import annotations

import json
import stat
import sys
import textwrap

import pytest
from aiosmtpd.controller import Controller

from tests.contract.google_stubs import CHALLENGE, CLIENT, REFRESH, SECRETS, SIGN_IN, USER, Gmail, google
from tests.contract.outbox_samples import key, letter
from tests.contract.sender_samples import Mailbox, free_port, server, smtp
from tests.system.desks import aftersales
from toolkit.core.message import Accepted, Deferred
from toolkit.gateways.senders.oauth2 import Grant, TokenError, Tokens, grant_in
from toolkit.gateways.senders.smtp import SmtpConfig

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
OPEN = {"auth_required": True, "auth_require_tls": False}


@pytest.fixture
def file(tmp_path):
    return written(tmp_path / "gmail.json", SIGN_IN)


def written(path, found):
    path.write_text(found if isinstance(found, str) else json.dumps(found), "utf-8")
    return path


def gmail(port, tokens, **more):
    return smtp(port, user=USER, tokens=tokens, **more)


# -- at the mail server ------------------------------------------------------------------------------------------


def test_many_mails_cost_one_token_and_one_sign_in(file):
    with google() as token_server:
        box = Gmail(token_server)
        with server(box, **OPEN) as port:
            channel = gmail(port, Tokens(file, token_server.url))
            assert all(isinstance(channel.send(letter(key(f"T{n}"))), Accepted) for n in range(20))
            channel.close()
    asked = {"grant_type": "refresh_token", "refresh_token": REFRESH, **CLIENT}
    assert token_server.asked == [asked]
    assert box.shown == [b"user=care@shop.example\x01auth=Bearer ya29.token-1\x01\x01"]
    assert (len(box.bodies), len(box.connections)) == (20, 1)


def test_a_refused_token_is_told_in_the_servers_words_after_an_empty_answer_to_its_challenge(file):
    with google() as token_server:
        box = Gmail()
        with server(box, **OPEN) as port:
            outcome = gmail(port, Tokens(file, token_server.url)).send(letter())
    assert outcome == Deferred("login", f"535 5.7.8 Username and Password not accepted {CHALLENGE}")
    assert (box.answered, box.bodies, len(box.shown)) == ([b""], [], 1)


def test_a_token_that_is_over_before_its_time_is_fetched_anew_once(file):
    with google() as token_server:
        box = Gmail(taken=["ya29.token-1"])
        tokens, port = Tokens(file, token_server.url), free_port()
        first = Controller(box, hostname="127.0.0.1", port=port, **OPEN)
        first.start()
        channel = gmail(port, tokens)
        assert isinstance(channel.send(letter(key("a"))), Accepted)
        first.stop()
        box.taken = {"ya29.token-2"}
        with_new = Controller(box, hostname="127.0.0.1", port=port, **OPEN)
        with_new.start()
        assert isinstance(channel.send(letter(key("b"))), Accepted)
        channel.close()
        with_new.stop()
    assert [one.rpartition(b" ")[2].strip(b"\1") for one in box.shown] == [
        b"ya29.token-1",
        b"ya29.token-1",
        b"ya29.token-2",
    ]
    assert len(token_server.asked) == 2


def test_a_challenge_that_nobody_can_read_and_a_server_without_oauth2_send_nothing(file):
    class Odd(Gmail):
        async def auth_XOAUTH2(self, server, args):  # noqa: N802
            await server.push("334 abc")
            return await super().auth_XOAUTH2(server, args)

    with google() as token_server:
        for box, words in ((Odd(), "334"), (Mailbox(), "504")):
            with server(box, **OPEN) as port:
                outcome = gmail(port, Tokens(file, token_server.url)).send(letter())
            assert (type(outcome), outcome.code, outcome.text[:3]) == (Deferred, "login", words)
            assert box.bodies == []


@pytest.mark.parametrize("security", ["starttls", "ssl"])
def test_a_token_goes_over_a_verified_line_only(security, certificate, file):
    """Yagmail with OAuth2 leaves the line open where a context is given for STARTTLS."""
    served, trusted = certificate
    options = {"tls_context": served, "require_starttls": True} if security == "starttls" else {"ssl_context": served}
    with google() as token_server:
        box = Gmail(token_server)
        with server(box, auth_required=True, auth_require_tls=security == "starttls", **options) as port:
            strange = gmail(port, Tokens(file, token_server.url), security=security).send(letter())
            assert (strange.code, "certificate" in strange.text.lower()) == ("connect", True)
            assert box.shown == []
            known = gmail(port, Tokens(file, token_server.url), security=security, context=trusted)
            assert isinstance(known.send(letter()), Accepted)
            known.close()
    assert len(box.bodies) == 1


# -- the token server --------------------------------------------------------------------------------------------


REFUSALS = {
    "a sign-in that was withdrawn": (
        (400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}),
        "login",
        ("Token has been expired or revoked", "aftersales login", "seven days", "publish"),
    ),
    "a client that was deleted": (
        (401, {"error": "deleted_client", "error_description": "The OAuth client was deleted."}),
        "login",
        ("deleted_client", "was deleted"),
    ),
    "a client with another secret": (
        (401, {"error": "invalid_client", "error_description": "Unauthorized"}),
        "login",
        ("OAuth client", "Download it anew"),
    ),
    "a server that is broken": ((503, "busy"), "connect", ("HTTP 503",)),
    "a server that has enough": ((429, {"error": "rate_limit_exceeded"}), "connect", ("rate_limit_exceeded",)),
    "somebody else's page": ((200, "<html>sign in to this hotel"), "connect", ("HTTP 200",)),
    "an answer without a token": ((200, {"token_type": "Bearer"}), "connect", ("gave no token",)),
    "a redirection": ((307, ""), "connect", ("HTTP 307",)),
    "silence": (1.5, "connect", ("no answer in time",)),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_token_server_that_gives_none_is_told_of_and_nothing_is_sent(case, file):
    answer, code, words = REFUSALS[case]
    with google(answer) as token_server:
        box = Gmail(token_server)
        with server(box, **OPEN) as port:
            outcome = gmail(port, Tokens(file, token_server.url, timeout=0.5)).send(letter())
        assert len(token_server.asked) == 1, "asked once, and redirected nowhere"
    assert (type(outcome), outcome.code) == (Deferred, code)
    assert [one for one in words if one not in outcome.text] == []
    assert [one for one in SECRETS if one in outcome.text] == []
    assert (box.shown, box.bodies) == ([], [])


def test_a_token_server_that_is_not_there_is_told_of(file):
    with pytest.raises(TokenError, match="cannot be reached: ConnectionError") as refused:
        Tokens(file, f"http://127.0.0.1:{free_port()}/token").token()
    assert refused.value.code == "connect"


@pytest.mark.parametrize(
    ("life", "passed", "fetched"), [(3599, 3538, 1), (3599, 3540, 2), (40, 19, 1), (40, 21, 2), ("soon", 239, 1)]
)
def test_a_token_is_kept_while_it_holds_and_renewed_a_minute_before(life, passed, fetched, file):
    clock = [1000.0]
    with google(life=life) as token_server:
        tokens = Tokens(file, token_server.url, clock=lambda: clock[0])
        first = tokens.token()
        clock[0] += passed
        assert (tokens.is_kept, tokens.token() == first) == (fetched == 1, fetched == 1)
        assert len(token_server.asked) == fetched


def test_a_new_sign_in_counts_without_a_new_start(file):
    with google() as token_server:
        token_server.refresh = "1//another"
        tokens = Tokens(file, token_server.url)
        with pytest.raises(TokenError, match="invalid_grant"):
            tokens.token()
        written(file, SIGN_IN | {"refresh_token": "1//another"})
        assert tokens.token() == "ya29.token-1"


# -- the file ----------------------------------------------------------------------------------------------------

YAGMAIL = {"email_address": USER, "google_refresh_token": REFRESH, **{f"google_{k}": v for k, v in CLIENT.items()}}


@pytest.mark.parametrize(
    ("found", "server_"),
    [
        (SIGN_IN, "https://oauth2.googleapis.com/token"),
        (SIGN_IN | {"token_uri": "https://elsewhere.example/token"}, "https://elsewhere.example/token"),
        (YAGMAIL, "https://oauth2.googleapis.com/token"),
        ("\ufeff" + json.dumps(SIGN_IN), "https://oauth2.googleapis.com/token"),
    ],
    ids=["Google's", "with a server", "yagmail's", "opened in Notepad"],
)
def test_a_sign_in_is_understood_in_each_of_its_forms(found, server_, tmp_path):
    assert grant_in(written(tmp_path / "x.json", found)) == Grant(*CLIENT.values(), REFRESH, server_)
    assert grant_in(tmp_path / "x.json", "http://127.0.0.1:1/t").server == "http://127.0.0.1:1/t"


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (None, "does not exist: download the OAuth client"),
        ("{", "is no JSON, or damaged: run `aftersales login`"),
        ("[]", "is neither an OAuth client nor a sign-in"),
        (SIGN_IN | {"refresh_token": ""}, "lacks refresh_token: run `aftersales login`"),
        ({"type": "service_account", "private_key": "s3cret"}, "lacks client_id, client_secret, refresh_token"),
        ({"installed": CLIENT}, "nobody has signed in yet: run `aftersales login` on a computer with a browser"),
    ],
)
def test_a_file_that_holds_no_sign_in_is_told_with_what_to_do(found, words, tmp_path):
    path = tmp_path / "gmail.json"
    if found is not None:
        written(path, found)
    with pytest.raises(TokenError) as refused:
        Tokens(path).token()
    assert (refused.value.code, words in str(refused.value)) == ("login", True), refused.value
    assert "s3cret" not in str(refused.value)


def test_no_secret_stands_in_a_representation(file):
    tokens = Tokens(file)
    shown = repr((tokens, grant_in(file), SmtpConfig("h", 1, "a@b.example", tokens=tokens)))
    assert [one for one in SECRETS if one in shown] == []


# -- a person signs in -------------------------------------------------------------------------------------------

VISIT = """
    import sys, urllib.parse, urllib.request
    asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(sys.argv[1]).query))
    assert asked["scope"] == "https://mail.google.com/" and asked["prompt"] == "consent", asked
    assert asked["access_type"] == "offline" and asked["login_hint"] == "care@shop.example", asked
    said = {"state": asked["state"], **ANSWER}
    urllib.request.urlopen(asked["redirect_uri"] + "?" + urllib.parse.urlencode(said)).read()
"""


def signing_in(folder, token_server, answer):
    """`aftersales login` in a process of its own, with a script in place of the browser."""
    (folder / "visit.py").write_text(textwrap.dedent(VISIT).replace("ANSWER", repr(answer)), "utf-8")
    client = {**CLIENT, "auth_uri": "https://accounts.google.example/o/oauth2/auth", "token_uri": "https://x.example/t"}
    written(folder / "gmail.json", {"installed": client | {"redirect_uris": ["http://localhost"]}})
    said = f"{{via: smtp, host: 127.0.0.1, port: 1, security: none, user: {USER}, from: {USER}, oauth2: OAUTH}}"
    oauth = f"{{file: gmail.json, endpoint: '{token_server.url}'}}"
    (folder / "config.yaml").write_text(f"channels:\n  email: {said.replace('OAUTH', oauth)}\n", "utf-8")
    env = {"BROWSER": f"{sys.executable} {folder / 'visit.py'} %s &", "OAUTHLIB_INSECURE_TRANSPORT": "1"}
    return aftersales("login", cwd=folder, env=env)


@pytest.mark.skipif(sys.platform == "win32", reason="a script stands for the browser by $BROWSER, and modes are Unix's")
def test_somebody_signs_in_in_the_browser_once_and_letters_leave(tmp_path):
    with google() as token_server:
        done = signing_in(tmp_path, token_server, {"code": token_server.code, "scope": "https://mail.google.com/"})
        assert done.code == 0, done.err
        assert f"signed in as c***@shop.example; written to {tmp_path / 'gmail-token.json'}" in done.err
        file = tmp_path / "gmail-token.json"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        kept = json.loads(file.read_text())
        assert (kept["refresh_token"], kept["account"], "token" in kept) == (REFRESH, USER, False)
        assert [one["grant_type"] for one in token_server.asked] == ["authorization_code"]
        box = Gmail(token_server)
        with server(box, **OPEN) as port:
            channel = gmail(port, Tokens(tmp_path / "gmail.json", token_server.url))
            assert isinstance(channel.send(letter()), Accepted)
            channel.close()
    assert len(box.bodies) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="a script stands for the browser by $BROWSER")
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"error": "access_denied"}, "Google refused the sign-in: access_denied"),
        ({"code": "4/wrong"}, "Google refused the sign-in: invalid_grant"),
    ],
)
def test_a_sign_in_that_fails_is_told_and_writes_nothing(answer, words, tmp_path):
    with google() as token_server:
        done = signing_in(tmp_path, token_server, answer)
    assert done.code == 3, done.err
    assert words in done.err
    assert not (tmp_path / "gmail-token.json").exists()


def test_signing_in_without_a_client_is_wrong_usage(tmp_path):
    (tmp_path / "config.yaml").write_text("locale: en\n")
    done = aftersales("login", cwd=tmp_path)
    assert (done.code, "names no OAuth client" in done.err) == (2, True)
