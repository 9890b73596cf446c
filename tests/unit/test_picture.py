"""Pictures: what they are and how big, and how a mail carries one."""

from __future__ import annotations

import email
import email.policy
import struct
import zlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.contract.outbox_samples import letter
from tests.contract.sender_samples import SENDER
from toolkit.core.message import Attachment, Letter
from toolkit.core.picture import LOGO, LOGO_ID, Picture, picture_of
from toolkit.gateways.senders.mail import build_mail


def png(width=320, height=80):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\x2f\x5d\x50" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
TABLE = b"\xff\xc4\x00\x05\x00\x01\x02"
FRAME = b"\xff\xc2\x00\x11\x08" + struct.pack(">HH", 80, 320) + b"\x03" + b"\0" * 9
JPEG = b"\xff\xd8" + JFIF + b"\xff\xff" + TABLE[1:] + FRAME + b"\xff\xd9"
GIF = b"GIF89a" + struct.pack("<HH", 320, 80) + b"\0\0\0;"

KINDS = {
    "PNG": (png(), "image/png", "png"),
    "JPEG, with a table before its size and a mark that is filled up": (JPEG, "image/jpeg", "jpg"),
    "GIF": (GIF, "image/gif", "gif"),
}


@pytest.mark.parametrize("case", KINDS)
def test_a_picture_tells_what_it_is_and_how_big(case):
    content, mime, ending = KINDS[case]
    found = picture_of(content)
    assert (found.mime, found.width, found.height, found.ending) == (mime, 320, 80, ending)
    assert found.link.startswith(f"data:{mime};base64,")
    assert "content" not in repr(found)


NONE = {
    "SVG": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a PNG, JPEG or GIF"),
    "WebP": (b"RIFF\x24\0\0\0WEBPVP8 ", "not a PNG, JPEG or GIF"),
    "nothing": (b"", "not a PNG, JPEG or GIF"),
    "a PNG that was cut": (png()[:12], "a damaged picture (image/png)"),
    "a PNG of no size": (png(0, 4), "a damaged picture (image/png)"),
    "a GIF that was cut": (GIF[:8], "a damaged picture (image/gif)"),
    "a JPEG that was cut": (JPEG[:20], "a damaged picture (image/jpeg)"),
    "a JPEG of marks without end": (b"\xff\xd8" + b"\xff" * 50, "a damaged picture (image/jpeg)"),
}


@pytest.mark.parametrize("case", NONE)
def test_what_is_no_picture_is_refused_in_words(case):
    content, words = NONE[case]
    with pytest.raises(ValueError) as refused:
        picture_of(content)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("size", "shown"), [((320, 80), (192, 48)), ((960, 120), (240, 30)), ((40, 20), (40, 20)), ((5000, 4), (240, 1))]
)
def test_a_logo_is_fitted_into_its_frame_and_never_made_larger(size, shown):
    assert Picture(b"", "image/png", *size).fitted(240, 48) == shown


# -- in a mail ---------------------------------------------------------------------------------------------------

WITH = replace(SENDER, logo=picture_of(png()))
PAGE = f'<p><img src="{LOGO}" alt="安居" width="192" height="48" style="border: 0;"></p>'
FILE = Attachment("账单.pdf", "application/pdf", b"%PDF")


def mailed(page, sender, *files):
    message = letter(letter=Letter("预约", "您好\n", page, files))
    raw = build_mail(message, sender, datetime(2026, 11, 23, 10, tzinfo=UTC)).as_bytes()
    return email.message_from_bytes(raw, policy=email.policy.default)


def shape(part):
    kind = part.get_content_type()
    return (kind, [shape(one) for one in part.iter_parts()]) if part.is_multipart() else kind


RELATED = ("multipart/related", ["text/html", "image/png"])


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ((), ("multipart/alternative", ["text/plain", RELATED])),
        ((FILE,), ("multipart/mixed", [("multipart/alternative", ["text/plain", RELATED]), "application/pdf"])),
    ],
    ids=["alone", "with a file"],
)
def test_the_logo_stands_beside_its_page_inside_the_alternative(files, expected):
    mail = mailed(PAGE, WITH, *files)
    assert shape(mail) == expected
    (picture,) = (part for part in mail.walk() if part.get_content_type() == "image/png")
    assert (picture["Content-ID"], picture.get_content_disposition(), picture.get_filename()) == (
        f"<{LOGO_ID}>",
        "inline",
        "logo.png",
    )
    assert picture.get_content() == png()
    assert LOGO in mail.get_body(("html",)).get_content()
    assert mail.get_body(("plain",)).get_content().strip() == "您好"
    assert [one.get_filename() for one in mail.iter_attachments() if one.get_content_type() != RELATED[0]] == [
        one.name for one in files
    ]


def test_a_letter_that_shows_no_logo_carries_none():
    assert shape(mailed("<p>您好</p>", WITH)) == ("multipart/alternative", ["text/plain", "text/html"])
    assert shape(mailed(None, WITH)) == "text/plain"


def test_a_letter_whose_logo_is_gone_since_shows_the_name_in_its_place():
    mail = mailed(PAGE, SENDER)
    assert shape(mail) == ("multipart/alternative", ["text/plain", "text/html"])
    assert mail.get_body(("html",)).get_content().strip() == "<p>安居</p>"
