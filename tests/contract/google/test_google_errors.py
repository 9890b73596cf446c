"""Every refusal is one sentence that says what, where, and what to do."""

from __future__ import annotations

import ssl
from dataclasses import replace

import pytest
import requests
from google.auth.exceptions import RefreshError, TransportError
from urllib3.exceptions import MaxRetryError, SSLError

from tests.contract.google.scripted import CUT, HANG, Answer, refusal
from toolkit.core.errors import BookChangedError, BookError
from toolkit.gateways.google.credentials import account
from toolkit.gateways.google.errors import LayoutChangedError, UnknownOutcomeError, explained

BOT = "desk@shop.iam.gserviceaccount.com"
WHERE = "https://docs.google.com/spreadsheets/d/KEY/edit"
OFF = (
    "Google Sheets API has not been used in project 77 before or it is disabled. Enable it by visiting "
    "https://console.developers.google.com/apis/api/sheets.googleapis.com/overview?project=77 then retry."
)
REFUSALS = [
    (
        refusal(404, "Requested entity was not found.", "NOT_FOUND"),
        "{} does not exist: is `google` in config.yaml the sheet's id? It stands in its address between /d/ and /edit",
    ),
    (
        refusal(403, "The caller does not have permission", "PERMISSION_DENIED"),
        f"{{}} is not open to {BOT}: share the sheet with {BOT} as editor (Share, at the top right)",
    ),
    (
        refusal(403, OFF, "PERMISSION_DENIED", details=[{"@type": "ErrorInfo", "reason": "SERVICE_DISABLED"}]),
        (
            f"{{}} cannot be opened: the Google Sheets API is not enabled in the Cloud project of {BOT}: enable it at "
            "https://console.developers.google.com/apis/api/sheets.googleapis.com/overview?project=77 and wait a few minutes"
        ),
    ),
    (
        refusal(403, "Access Not Configured.", errors=[{"domain": "usageLimits", "reason": "accessNotConfigured"}]),
        (
            f"{{}} cannot be opened: the Google Sheets API is not enabled in the Cloud project of {BOT}: enable it at "
            "https://console.cloud.google.com/apis/library/sheets.googleapis.com and wait a few minutes"
        ),
    ),
    (
        refusal(403, "Request had insufficient authentication scopes.", "PERMISSION_DENIED"),
        (
            f"{{}} cannot be opened: the token of {BOT} was made without the right to spreadsheets: remove the token file "
            "and make it anew"
        ),
    ),
    (
        refusal(400, "This operation is not supported for this document", "FAILED_PRECONDITION"),
        (
            "{} is an Excel file that was opened in Drive, not a Google sheet: choose File > Save as Google Sheets there, "
            "and put the new sheet's id into config.yaml"
        ),
    ),
    (
        refusal(
            400,
            "Invalid requests[0].updateCells: You are trying to edit a protected cell or object. Please contact the "
            "spreadsheet owner to remove protection if you need to edit.",
            "INVALID_ARGUMENT",
        ),
        (
            f"{{}}: a cell to be written is protected: let {BOT} edit it (Data > Protect sheets and ranges); nothing of "
            "this step was written"
        ),
    ),
    (
        refusal(
            400, "This action would increase the number of cells in the workbook above the limit of 10000000 cells."
        ),
        (
            "{} is full, a Google sheet holds 10 million cells: delete tabs, empty rows and columns that nobody needs, or "
            "move old rows to another sheet"
        ),
    ),
    (
        refusal(401, "Request had invalid authentication credentials.", "UNAUTHENTICATED"),
        (
            f"{{}}: Google does not accept the key of {BOT} (The credentials do not contain the necessary fields need to "
            "refresh the access token. You must specify refresh_token, token_uri, client_id, and client_secret.): it was "
            "revoked, or this computer's clock is wrong: set the clock, or download a new key"
        ),
    ),
    (
        refusal(429, "Quota exceeded for quota metric 'Read requests'", "RESOURCE_EXHAUSTED"),
        (
            "{}: Google's quota is exceeded all the time: something else uses it up (other desks, other programs of the "
            "same Cloud project); the next run tries again"
        ),
    ),
    (
        refusal(503, "The service is currently unavailable.", "UNAVAILABLE"),
        "{}: Google answers 503 all the time, it is out of order; the next run tries again",
    ),
    (
        Answer(502, b"<html>Bad Gateway</html>", {"Content-Type": "text/html"}),
        "{}: Google answers 502 all the time, it is out of order; the next run tries again",
    ),
    (
        Answer(403, b"<html>Blocked by Shop Firewall</html>", {"Content-Type": "text/html"}),
        "{}: something on the way to Google refuses (403 Forbidden): see to the proxy or firewall",
    ),
    (
        Answer(403, {"error": "blocked by policy"}),
        "{}: something on the way to Google refuses (403 Forbidden): see to the proxy or firewall",
    ),
    (
        Answer(503, {"error": {"message": "no backend"}}),
        "{}: Google answers 503 all the time, it is out of order; the next run tries again",
    ),
    (
        Answer(200, b"<html>Sign in to the guest network</html>", {"Content-Type": "text/html"}),
        (
            "{}: something else answered in Google's place (200, text/html): a network that wants a sign-in first, or a "
            "proxy: open the sheet in a browser on this computer"
        ),
    ),
    (
        Answer(302, b"", {"Location": "http://login.example/?id=1"}),
        (
            "{}: something else answered in Google's place (it sends elsewhere): a network that wants a sign-in first, "
            "or a proxy: open the sheet in a browser on this computer"
        ),
    ),
    (
        refusal(400, "Request payload size exceeds the limit: 10485760 bytes."),
        "{}: too much was sent at once; report this, it is a fault of the toolkit",
    ),
    (
        refusal(400, "Invalid value at 'data.values'" + "x" * 500, "INVALID_ARGUMENT"),
        "{}: Google refuses (400: Invalid value at 'data.values'"
        + "x" * 170
        + "…): if it stays so, report it with this text",
    ),
    (Answer(trouble=HANG), "{} did not answer in time: see to the network; the next run tries again"),
    (
        Answer(body={"a": "b" * 99}, trouble=CUT),
        "{} cannot be reached, the connection is broken off: see to the network; the next run tries again",
    ),
    (
        Answer(body=b'{"valueRanges":['),
        "{}: every reply broke off before its end: see to the network, or its proxy",
    ),
]


@pytest.mark.parametrize(("answer", "text"), REFUSALS, ids=lambda one: one[:40] if isinstance(one, str) else one.status)
def test_what_the_api_refuses(script, api, time, answer, text):
    server = script(answer)
    who = replace(account(None, server.url), email=BOT)
    one = api(server, who=who, deadline=5)
    with pytest.raises(BookError) as caught:
        one.read(["A1"])
    assert str(caught.value) == text.format(one.location)
    assert caught.value.book == "main"
    assert (type(caught.value), caught.value.code) == (BookError, "refused")


def test_an_account_without_a_known_address_is_named_by_its_file(script, api):
    server = script(refusal(403, "The caller does not have permission", "PERMISSION_DENIED"))
    with pytest.raises(BookError, match="share the sheet with the account of the credentials file as editor"):
        api(server).read(["A1"])


def test_no_network_and_no_dns_are_one(api):
    with pytest.raises(BookError, match="this computer has no network, or no DNS; the next run tries again"):
        api(None, url="http://sheets.invalid").read(["A1"])


def test_an_endpoint_that_is_no_address(api):
    with pytest.raises(BookError, match=r"mend `endpoint` in config\.yaml"):
        api(None, url="http://").read(["A1"])


def _said(error):
    with pytest.raises(BookError) as caught, explained("main", WHERE, BOT):
        raise error
    return str(caught.value)


def test_a_certificate_that_is_not_trusted():
    root = SSLError(ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"))
    error = requests.exceptions.SSLError(MaxRetryError(None, "/", root))
    text = (
        f"{WHERE} cannot be reached safely: its certificate is not trusted: set this computer's clock, or name your "
        "proxy's certificate in REQUESTS_CA_BUNDLE"
    )
    assert _said(error) == text
    assert _said(TransportError(error)) == text  # met on the way to the token


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (
            "invalid_grant: Invalid JWT Signature.",
            (
                f"{WHERE}: Google does not accept the key of {BOT} (invalid_grant: Invalid JWT Signature.): it was revoked, "
                "or this computer's clock is wrong: set the clock, or download a new key"
            ),
        ),
        (
            "invalid_grant: Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.",
            (
                f"{WHERE}: Google does not accept {BOT}: this computer's clock is wrong (invalid_grant: Invalid JWT: Token "
                "must be a short-lived token (60 minutes) and in a reasonable timeframe.): set it"
            ),
        ),
        (
            "invalid_grant: Invalid grant: account not found",
            (
                f"{WHERE}: {BOT} does not exist any more (invalid_grant: Invalid grant: account not found): make a new one "
                "in the Cloud project, and share the sheet with it"
            ),
        ),
        (
            "invalid_grant: Token has been expired or revoked.",
            (
                f"{WHERE}: the token of {BOT} has expired or was revoked (invalid_grant: Token has been expired or "
                "revoked.): remove the token file and make it anew"
            ),
        ),
    ],
)
def test_a_token_that_is_not_given_says_why_and_nothing_of_the_reply(said, text):
    assert _said(RefreshError(said, {"access_token": "secret"})) == text


def test_a_token_server_that_is_out_of_order_is_told_apart():
    assert "sign-in is out of order" in _said(RefreshError("internal_failure", retryable=True))


def test_a_moved_layout_becomes_a_changed_book():
    with pytest.raises(BookChangedError) as caught, explained("main", WHERE, BOT):
        raise LayoutChangedError("Unable to parse range: 旧!A1")
    assert str(caught.value) == (
        f"{WHERE} was changed since it was read: a tab was renamed, removed or cut (Unable to parse range: 旧!A1); plan "
        "anew"
    )
    assert caught.value.code == "changed"


def test_an_unknown_outcome_and_a_bug_pass_through():
    for error in (UnknownOutcomeError("?"), ValueError("a bug"), BookError("other", "said already")):
        with pytest.raises(type(error)) as caught, explained("main", WHERE, BOT):
            raise error
        assert caught.value is error
