"""The credentials files that people bring, and the ones they bring by mistake."""

from __future__ import annotations

import json
import logging
import os
import socket
import stat
import threading
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import jwt
from google.oauth2.credentials import Credentials

from tests.contract.google.scripted import Answer, refusal
from toolkit.core.errors import BookError
from toolkit.gateways.google.api import open_api
from toolkit.gateways.google.credentials import account
from toolkit.gateways.google.errors import AccountError, UnknownOutcomeError

BOT = "desk@shop.iam.gserviceaccount.com"
TOKEN = Answer(body={"access_token": "ya29.secret", "expires_in": 3599, "token_type": "Bearer"})
GOT = Answer(body={"valueRanges": []})
NO = refusal(401, "expired", "UNAUTHENTICATED")


@pytest.fixture(scope="session")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def file(tmp_path, key):
    """`file(**changes)` writes a service account's key file; None leaves a member out."""
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()

    def made(name="key.json", **changes):
        info = {
            "type": "service_account",
            "client_email": BOT,
            "private_key": pem,
            "private_key_id": "1",
            "token_uri": "https://oauth2.googleapis.com/token",
            **changes,
        }
        path = tmp_path / name
        path.write_text(json.dumps({name: one for name, one in info.items() if one is not None}), encoding="utf-8")
        return path

    return made


def _paths(server):
    return [one.path for one in server.asked]


def test_a_service_account_signs_for_spreadsheets_only_at_the_address_in_its_file(script, api, file, key):
    server = script(TOKEN, GOT)
    who = account(file(token_uri=f"{server.url}/token"), server.url)
    one = api(server, who=who)
    one.read(["A1"])
    one.read(["A1"])
    assert _paths(server) == ["/token", *["/v4/spreadsheets/KEY/values:batchGet"] * 2]
    assert server.asked[1].headers["Authorization"] == "Bearer ya29.secret"
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    grant = parse_qs(server.asked[0].body.decode())
    claims = jwt.decode(grant["assertion"][0], public, audience="https://oauth2.googleapis.com/token")
    assert (claims["iss"], claims["scope"]) == (BOT, "https://www.googleapis.com/auth/spreadsheets")
    assert (one.account_email, one.calls) == (BOT, 2)  # the token is no call of the API


def test_a_token_that_ran_out_is_renewed_once_and_the_whole_body_sent_again(script, api, file):
    server = script(TOKEN, NO, TOKEN, Answer(body={"responses": [{"updatedData": {"range": "A1"}}]}))
    who = account(file(token_uri=f"{server.url}/token"), server.url)
    assert api(server, who=who).write([{"range": "A1", "values": [["已修"]]}]) == [{"range": "A1"}]
    assert server.asked[1].body == server.asked[3].body != b""
    server.answers = [NO, TOKEN, NO]
    with pytest.raises(BookError, match="does not accept the token of desk@shop"):
        api(server, who=who).write([{"range": "A1", "values": [[1]]}])


def test_a_token_server_that_refuses_is_explained_and_not_asked_again(script, api, file, time):
    server = script(Answer(400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}))
    who = account(file(token_uri=f"{server.url}/token"), server.url)
    with pytest.raises(
        BookError, match=r"key of desk@shop\S+ \(invalid_grant: Invalid JWT Signature.\): it was revoked"
    ):
        api(server, who=who).write([{"range": "A1", "values": [[1]]}])
    assert (_paths(server), time.sleeps) == (["/token"], [])


def test_a_token_server_that_is_away_leaves_no_doubt_about_a_write(script, api, file, time):
    server = script(GOT)
    who = account(file(token_uri="http://127.0.0.1:9/token"), server.url)
    with pytest.raises(BookError, match="refused"):
        api(server, who=who).write([{"range": "A1", "values": [[1]]}])
    assert len(time.sleeps) > 5
    assert server.asked == []


def test_nobody_is_asked_but_the_api_and_the_token_server(script, api, file, monkeypatch):
    hosts = []
    real = socket.getaddrinfo
    monkeypatch.setattr(
        "socket.getaddrinfo", lambda host, *more, **how: (hosts.append(host), real(host, *more, **how))[1]
    )
    server = script(TOKEN, GOT)
    api(server, who=account(file(token_uri=f"{server.url}/token"), server.url)).read(["A1"])
    for thread in threading.enumerate():
        if "google.auth" in type(thread).__module__:
            thread.join(10)
    assert set(hosts) == {"127.0.0.1"}


def test_a_local_server_needs_no_file(script, api):
    server = script(GOT)
    one = api(server, who=account(None, server.url))
    one.read(["A1"])
    assert server.asked[0].headers["Authorization"] == "Bearer local"
    assert one.account_email == ""


def test_a_persons_token_is_renewed_with_what_the_file_holds(script, api, tmp_path):
    server = script(TOKEN, GOT)
    path = tmp_path / "me.json"
    info = {"type": "authorized_user", "client_id": "c", "client_secret": "s", "refresh_token": "r"}
    path.write_text(json.dumps({**info, "token_uri": f"{server.url}/token", "account": "li@shop.cn"}), "utf-8-sig")
    who = account(path, server.url)
    api(server, who=who).read(["A1"])
    sent = parse_qs(server.asked[0].body.decode())
    assert (sent["refresh_token"], sent["client_id"], "scope" in sent) == (["r"], ["c"], False)
    assert (who.email, who.identity) == ("li@shop.cn", "li@shop.cn")


CLIENT = {"installed": {"client_id": "c", "client_secret": "s", "auth_uri": "https://a", "token_uri": "https://t"}}


def test_an_oauth_client_says_how_to_sign_in_where_nobody_can(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.stdin", open(os.devnull))  # noqa: SIM115
    path = tmp_path / "client.json"
    path.write_text(json.dumps(CLIENT))
    with pytest.raises(AccountError) as caught:
        account(path, None)
    assert str(caught.value) == (
        f"{path} is an OAuth client, somebody has to sign in once: run `aftersales check` in a terminal on a computer "
        "with a browser, which writes client-token.json beside it; or use a service account, which needs no sign-in"
    )


def test_an_oauth_client_at_a_terminal_signs_in_once_and_keeps_the_token_to_this_user(tmp_path, monkeypatch):
    asked = []

    def flow(client_config, scopes):
        asked.append((client_config, scopes))
        return Credentials(
            "ya29.secret", refresh_token="r", client_id="c", client_secret="s", token_uri="https://oauth2.example/token"
        )

    monkeypatch.setattr("gspread.auth.local_server_flow", flow)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    path = tmp_path / "client.json"
    path.write_text(json.dumps(CLIENT))
    for _ in range(2):
        assert account(path, None).identity == "c"
    assert asked == [(CLIENT, ["https://www.googleapis.com/auth/spreadsheets"])]
    token = tmp_path / "client-token.json"
    assert json.loads(token.read_text())["type"] == "authorized_user"
    assert "ya29" not in token.read_text()
    if os.name == "posix":
        assert stat.S_IMODE(token.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"PK\x03\x04\xff\xfe", "the credentials file {} is no JSON, or damaged: download the JSON key"),
        (b'{"type": "service_account", "private_key": "hush', "the credentials file {} is no JSON, or damaged"),
        (b"[1]", "the credentials file {} is no key file"),
        (b"{}", "{} is JSON of another kind, not a key that the desk can use"),
        (b'{"type": "external_account"}', "{} is JSON of type external_account, not a key that the desk can use"),
        (b'{"type": "service_account"}', "the credentials file {} lacks client_email, private_key, token_uri"),
        (
            b'{"type": "authorized_user", "client_id": "a"}',
            "the credentials file {} lacks client_secret, refresh_token",
        ),
        (
            b'{"type": "service_account", "client_email": "a", "token_uri": "b", "private_key": "hush"}',
            "the private key in {} is damaged",
        ),
    ],
)
def test_a_file_that_is_no_key_is_named_and_not_quoted(tmp_path, content, text):
    path = tmp_path / "key.json"
    path.write_bytes(content)
    with pytest.raises(AccountError) as caught:
        account(path, None)
    assert str(caught.value).startswith(text.format(path))
    assert "download the JSON key of a service account" in str(caught.value)
    assert "hush" not in str(caught.value)


def test_a_file_that_is_away_or_a_folder_is_an_error_of_its_book(tmp_path):
    with pytest.raises(
        BookError, match=r"the credentials file .*gone.json does not exist: download the JSON key"
    ) as caught:
        open_api("main", "KEY", tmp_path / "gone.json")
    assert caught.value.book == "main"
    with pytest.raises(BookError, match="cannot be read"):
        open_api("main", "KEY", tmp_path)
    with pytest.raises(BookError, match="a Google sheet needs credentials"):
        open_api("main", "KEY")


def test_books_of_one_account_share_its_token_until_the_file_is_replaced(script, file):
    server = script(TOKEN, GOT)
    path = file(token_uri=f"{server.url}/token")
    for name in ("main", "second"):
        open_api(name, "KEY", path, server.url).read(["A1"])
    assert _paths(server).count("/token") == 1
    server.answers = [TOKEN, GOT]
    os.utime(file(token_uri=f"{server.url}/token"), (1, 1))
    open_api("main", "KEY", path, server.url).read(["A1"])
    assert _paths(server).count("/token") == 2


def test_secrets_are_in_no_log_and_no_repr(script, api, file, caplog):
    server = script(TOKEN, GOT, Answer(body=b"cut"))
    path = file(token_uri=f"{server.url}/token")
    with caplog.at_level(logging.DEBUG):
        who = account(path, server.url)
        one = api(server, who=who)
        one.read(["A1"])
        with pytest.raises(UnknownOutcomeError) as caught:
            one.write([{"range": "A1", "values": [[1]]}])
    said = "\n".join([caplog.text, repr(who), str(who), repr(one), repr(caught.value)])
    for secret in ("ya29", "PRIVATE KEY", "assertion"):
        assert secret not in said


def test_where_a_google_sheet_is_found():
    one = open_api("main", "KEY", None, "http://127.0.0.1:1/")
    assert one.location == "http://127.0.0.1:1/spreadsheets/d/KEY"


def test_a_real_sheet_is_found_at_google(file):
    assert open_api("main", "KEY", file()).location == "https://docs.google.com/spreadsheets/d/KEY/edit"
