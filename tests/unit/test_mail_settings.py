"""channels.email beyond a server and a password, and the company's logo: what is understood, mistakes with their lines."""

from __future__ import annotations

import base64
from textwrap import dedent

import pytest

from tests.unit.test_picture import png
from toolkit.core.picture import picture_of
from toolkit.settings.beyond import LOGO_MOST
from toolkit.settings.faults import ConfigError
from toolkit.settings.load import read
from toolkit.settings.sections.mail import DkimSetting, OAuthSetting, SentSetting

BODY = base64.encodebytes(b"\x30\x82" + b"s3cret" * 40).decode()
PEM = f"-----BEGIN PRIVATE KEY-----\n{BODY}-----END PRIVATE KEY-----\n"
SMTP = "channels:\n  email: {via: smtp, host: smtp.shop.example, user: care@shop.example, from: care@shop.example"


@pytest.fixture
def home(tmp_path):
    (tmp_path / "logo.png").write_bytes(png())
    (tmp_path / "dkim.pem").write_text(PEM)
    return tmp_path


def settings(home, text, **environment):
    return read(dedent(text), home, home / "config.yaml", environment)


def mistakes(home, text, **environment):
    with pytest.raises(ConfigError) as caught:
        settings(home, text, **environment)
    return str(caught.value).splitlines()


def test_all_of_it_said(home):
    found = settings(
        home,
        """
        company: {name: 安居, logo: logo.png}
        channels:
          email:
            via: smtp
            host: smtp.gmail.com
            user: care@shop.example
            from: 安居 <care@shop.example>
            oauth2: {file: gmail.json, endpoint: "http://127.0.0.1:1/token"}
            dkim: {domain: Shop.example, selector: mail2026, key: dkim.pem}
            sent: {host: imap.gmail.com, folder: ["[Gmail]/Sent Mail", INBOX]}
        """,
    )
    email = found.channels.email
    assert found.company.logo == picture_of(png())
    assert email.oauth2 == OAuthSetting(home / "gmail.json", "http://127.0.0.1:1/token")
    assert email.dkim == DkimSetting("shop.example", "mail2026", PEM, home / "dkim.pem")
    folders = ("[Gmail]/Sent Mail", "INBOX")
    assert email.sent == SentSetting("imap.gmail.com", 993, "ssl", "care@shop.example", "", folders)
    assert (email.port, email.password, found.warnings) == (587, None, ())


def test_the_short_forms(home):
    mailbox = "\nmailbox: {host: imap.shop.example, user: care@shop.example, password: '${BOX}', security: starttls}"
    shared = SentSetting("imap.shop.example", 143, "starttls", "care@shop.example", "app")
    for said, folders in (("{}", ()), ("Sent", ("Sent",)), ("{folder: [Sent, 已发送]}", ("Sent", "已发送"))):
        email = settings(home, f"{SMTP}, oauth2: gmail.json, sent: {said}}}{mailbox}", BOX="app").channels.email
        assert email.oauth2 == OAuthSetting(home / "gmail.json")
        assert email.sent == SentSetting(*(getattr(shared, name) for name in shared.__slots__[:5]), folders)


def test_nothing_said_is_as_before(home):
    found = settings(home, "locale: en\n")
    email = found.channels.email
    assert (found.company.logo, email.oauth2, email.dkim, email.sent) == (None, None, None, None)


@pytest.mark.parametrize(
    "text", [PEM, PEM.replace("\n", "\\n"), PEM.replace("\n", "\r\n")], ids=["lines", "\\n", "CRLF"]
)
def test_a_key_may_come_from_the_environment_and_is_never_shown(text, home):
    said = f"{SMTP}, dkim: {{domain: shop.example, selector: m, key: '${{KEY}}'}}}}"
    found = settings(home, said, KEY=text)
    assert found.channels.email.dkim.file is None
    assert found.channels.email.dkim.key.replace("\r\n", "\n") == PEM
    assert "BEGIN" not in repr(found)
    bad = mistakes(
        home, said, KEY=text.replace("BEGIN PRIVATE", "BEGIN EC PRIVATE").replace("END PRIVATE", "END EC PRIVATE")
    )
    assert len(bad) == 1
    assert "BODY" not in bad[0]
    assert BODY[:20] not in bad[0]


def test_a_key_in_the_open_is_warned_of(home):
    block = "".join(f"        {line}\n" for line in PEM.splitlines())
    said = "channels:\n  email:\n    dkim:\n      domain: shop.example\n      selector: m\n      key: |\n" + block
    (warning,) = settings(home, said).warnings
    assert warning.startswith("config.yaml:6: channels.email.dkim.key: a password in the file in the open")
    assert BODY[:20] not in warning


EMAIL = "config.yaml:2: channels.email"
MISTAKES = {
    "two ways to sign in": (
        f"{SMTP}, oauth2: x.json, password: '${{P}}'}}",
        [f"{EMAIL}: password and oauth2 are two ways to sign in: one of the two"],
    ),
    "a token in the open": (
        f"{SMTP}, oauth2: x.json, security: none}}",
        [f"{EMAIL}: oauth2 needs security: starttls or ssl; the token would go over the line in the open"],
    ),
    "nobody who signed in": (
        "channels:\n  email: {via: smtp, host: h, from: a@b.example, oauth2: x.json}",
        [f"{EMAIL}: oauth2 needs user: the address of the account that signed in"],
    ),
    "a signature without its parts": (
        f"{SMTP}, dkim: {{domain: shop, selector: 'a b'}}}}",
        [
            f'{EMAIL}.dkim.domain: found "shop"; a domain, e.g. shop.example',
            f"{EMAIL}.dkim.key: missing",
            (
                f'{EMAIL}.dkim.selector: found "a b"; a selector is the name of the key in the DNS, e.g. mail2026 for '
                "mail2026._domainkey.shop.example"
            ),
        ],
    ),
    "a misspelt key": (
        f"{SMTP}, sent: {{hst: x}}}}",
        [f'{EMAIL}.sent.hst: unknown key; allowed: host, port, security, user, password, folder; did you mean "host"?'],
    ),
    "sent mail of nobody": (
        f"{SMTP}, sent: {{}}}}",
        [f"{EMAIL}.sent: needs host (the IMAP server of the account), or the section mailbox to look into"],
    ),
    "sent mail of a mailbox that is off": (
        f"{SMTP}, sent: Sent}}\nmailbox: {{host: h, user: u, password: '${{P}}', off: true}}",
        [f"{EMAIL}.sent: needs host (the IMAP server of the account), or the section mailbox to look into"],
    ),
    "sent mail without a password": (
        f"{SMTP}, sent: {{host: imap.x.example}}}}",
        [f"{EMAIL}.sent: needs password: ${{NAME}}, often an app password"],
    ),
    "sent mail of no account": (
        "channels:\n  email: {via: smtp, host: h, from: a@b.example, sent: {host: i, password: '${P}'}}",
        [f"{EMAIL}.sent: needs user: the account whose sent mail is looked into"],
    ),
    "sent mail without a server": (
        f"{SMTP}, sent: {{user: u}}}}",
        [
            f"{EMAIL}.sent: host is missing: the IMAP server; without one the account of the section mailbox is looked into",
        ],
    ),
    "a logo that is not there": (
        "company:\n  logo: pictures/logo.png",
        ['config.yaml:2: company.logo: found "pictures/logo.png"; the file cannot be read: No such file or directory'],
    ),
    "a logo that is none": (
        "company:\n  logo: dkim.pem",
        [
            (
                'config.yaml:2: company.logo: found "dkim.pem"; not a PNG, JPEG or GIF picture: many mail programs show no '
                "other kind"
            )
        ],
    ),
    "a folder for a logo": (
        "company:\n  logo: .",
        ['config.yaml:2: company.logo: found "."; the file cannot be read: Is a directory'],
    ),
    "a key that is not there": (
        f"{SMTP}, dkim: {{domain: shop.example, selector: m, key: no.pem}}}}",
        [f'{EMAIL}.dkim.key: found "no.pem"; the file cannot be read: No such file or directory'],
    ),
    "a key that is a picture": (
        f"{SMTP}, dkim: {{domain: shop.example, selector: m, key: logo.png}}}}",
        [
            (
                f'{EMAIL}.dkim.key: found "logo.png"; no private key: expected the text -----BEGIN PRIVATE KEY----- … (PEM), '
                "or a file with it"
            )
        ],
    ),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_each_mistake_is_told_with_its_line(case, home):
    text, expected = MISTAKES[case]
    assert mistakes(home, text, P="secret") == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (PEM.replace("PRIVATE", "ENCRYPTED PRIVATE"), "the key has a passphrase"),
        (PEM.replace("KEY-----\n", "KEY-----\nProc-Type: 4,ENCRYPTED\n", 1), "the key has a passphrase"),
        (PEM.replace("PRIVATE", "PUBLIC"), "a public key; DKIM signs with an RSA private key: openssl genrsa"),
        (PEM.replace("PRIVATE", "OPENSSH PRIVATE"), "a openssh private key; DKIM signs with an RSA"),
        (PEM.replace("MII", "MI"), None),
        (PEM.replace(BODY, BODY[1:]), "the private key is damaged"),
        (PEM.replace(BODY, "中文\n"), "the private key is damaged"),
        (PEM[:90], "no private key"),
    ],
)
def test_a_wrong_key_is_a_mistake_at_its_line_and_nothing_of_it_is_repeated(text, words, home):
    (home / "dkim.pem").write_text(text, "utf-8")
    said = f"{SMTP}, dkim: {{domain: shop.example, selector: m, key: dkim.pem}}}}"
    if words is None:
        assert settings(home, said).channels.email.dkim.key == text
        return
    (found,) = mistakes(home, said)
    assert found.startswith(f'{EMAIL}.dkim.key: found "dkim.pem"; {words}')
    assert BODY[5:25] not in found


def test_a_logo_that_is_too_big_is_a_mistake_with_its_size(home):
    (home / "logo.png").write_bytes(png() + b"\0" * LOGO_MOST)
    (found,) = mistakes(home, "company: {logo: logo.png}")
    assert found == 'config.yaml:1: company.logo: found "logo.png"; the file has 101 KB; at most 100 KB'
    (home / "logo.png").write_bytes(png().ljust(LOGO_MOST, b"\0"))
    assert settings(home, "company: {logo: logo.png}").company.logo.width == 320
