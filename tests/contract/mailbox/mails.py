"""Mails as servers and people send them, after the shapes of real ones; `{id}` is the Message-ID of our letter."""

from __future__ import annotations

import base64
from email.message import EmailMessage
from email.utils import format_datetime

from tests.contract.outbox_samples import NOW

ID = "<" + "0123456789abcdef" * 2 + "01234567@shop.example>"

POSTFIX = """\
Return-Path: <>
From: MAILER-DAEMON@mx.shop.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: care@shop.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="9B8F1A2C.1700000000/mx.shop.example"
Message-Id: <20261122100000.9B8F1A2C@mx.shop.example>

This is a MIME-encapsulated message.

--9B8F1A2C.1700000000/mx.shop.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.shop.example.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

<zhang@nowhere.example>: host mail.nowhere.example[192.0.2.1] said: 550 5.1.1
    <zhang@nowhere.example>: Recipient address rejected: User unknown in local
    recipient table (in reply to RCPT TO command)

--9B8F1A2C.1700000000/mx.shop.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.shop.example
X-Postfix-Queue-ID: 9B8F1A2C
X-Postfix-Sender: rfc822; care@shop.example
Arrival-Date: Sun, 22 Nov 2026 10:00:00 +0800 (CST)

Final-Recipient: rfc822; zhang@nowhere.example
Original-Recipient: rfc822;zhang@nowhere.example
Action: {action}
Status: {status}
Remote-MTA: dns; mail.nowhere.example
Diagnostic-Code: smtp; 550 5.1.1 <zhang@nowhere.example>: Recipient address
    rejected: User unknown in local recipient table

--9B8F1A2C.1700000000/mx.shop.example
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

Return-Path: <care@shop.example>
From: care@shop.example
To: zhang@nowhere.example
Subject: =?utf-8?b?6aKE57qm?=
Message-ID: {id}

--9B8F1A2C.1700000000/mx.shop.example--
"""

EXCHANGE = """\
From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@corp.example>
To: care@shop.example
Date: Sun, 22 Nov 2026 02:00:05 +0000
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="b1_exchange"
Message-ID: <ndr-1@corp.example>
Subject: Undeliverable: appointment
Auto-Submitted: auto-replied
MIME-Version: 1.0

--b1_exchange
Content-Type: multipart/alternative; differences=Content-Type;
\tboundary="b2_exchange"

--b2_exchange
Content-Type: text/plain; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

Delivery has failed to these recipients or groups:

li@corp.example<mailto:li@corp.example>
The email address you entered couldn't be found. Please check the recipient's=
 email address and try to resend the message.

--b2_exchange
Content-Type: text/html; charset="us-ascii"

<html><body><p>Delivery has failed to these recipients or groups:</p></body></html>

--b2_exchange--

--b1_exchange
Content-Type: message/delivery-status

Reporting-MTA: dns;EX01.corp.example
Received-From-MTA: dns;mx.shop.example
Arrival-Date: Sun, 22 Nov 2026 02:00:04 +0000

Final-Recipient: rfc822;li@corp.example
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient li@corp.example not found by SMTP address lookup

--b1_exchange
Content-Type: message/rfc822

From: care@shop.example
To: li@corp.example
Subject: appointment
Message-ID: {id}
MIME-Version: 1.0
Content-Type: text/plain

Hello
--b1_exchange--
"""

GMAIL = """\
Return-Path: <>
From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>
To: care@shop.example
Auto-Submitted: auto-replied
Subject: Delivery Status Notification (Failure)
References: {id}
In-Reply-To: {id}
X-Failed-Recipients: wang@gmail.com
Message-ID: <6560aa.gmail@mx.google.com>
Content-Type: multipart/report; boundary="000000000000gm"; report-type=delivery-status

--000000000000gm
Content-Type: text/plain; charset="UTF-8"

** Address not found **

Your message wasn't delivered to wang@gmail.com because the address couldn't be found, or is unable to receive mail.

The response from the remote server was:
550 5.1.1 The email account that you tried to reach does not exist. Please try double-checking the recipient's email address for typos.

--000000000000gm
Content-Type: message/delivery-status

Reporting-MTA: dns; googlemail.com
X-Original-Message-ID: {id}

Final-Recipient: rfc822; wang@gmail.com
Action: failed
Status: 5.1.1
Remote-MTA: dns; gmail-smtp-in.l.google.com. (192.0.2.2, the server for the domain gmail.com.)
Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.
 550 5.1.1 Please try double-checking the recipient's email address for typos.

--000000000000gm
Content-Type: message/rfc822

From: care@shop.example
To: wang@gmail.com
Message-ID: {id}
Subject: x

hello
--000000000000gm--
"""


def qq():
    """No report by the rules: a page in GB18030 and the letter as a file."""
    mail = EmailMessage()
    mail["From"] = "PostMaster@qq.com"
    mail["To"] = "care@shop.example"
    mail["Subject"] = "系统退信/Systems bounce"
    mail["Message-ID"] = "<tencent_0815@qq.com>"
    page = (
        "<html><body><div>抱歉，您的邮件被退回来了……</div><p>原邮件信息：</p>"
        "<p>退信原因：收件人邮件地址（88888@qq.com）不存在，邮件无法送达。</p>"
        "<p>host mx3.qq.com said: 550 Mailbox unavailable or access denied</p></body></html>"
    )
    mail.set_content("请用支持 HTML 的程序查看", subtype="plain")
    mail.clear_content()
    mail.set_content(page, subtype="html", charset="gb18030")
    original = f"From: care@shop.example\r\nTo: 88888@qq.com\r\nMessage-ID: {ID}\r\nSubject: x\r\n\r\nhello"
    mail.add_attachment(original.encode(), maintype="application", subtype="octet-stream", filename="原信.eml")
    return mail.as_bytes()


def netease():
    """163: plain words in GB2312 as base64, our id among them."""
    words = (
        "您好，这里是网易邮件系统。\n很抱歉，您发送的邮件未能投递成功。\n"
        "收件人：nobody@163.com\n退信原因：User not found: nobody@163.com\nSMTP error, RCPT TO: 550 User not found\n"
        f"Message-ID: {ID}\n"
    )
    body = base64.encodebytes(words.encode("gb2312")).decode()
    return (
        "Return-Path: <>\r\nFrom: Postmaster@163.com\r\nTo: care@shop.example\r\nMessage-ID: <coremail-1@163.com>\r\n"
        "Subject: =?GBK?B?" + base64.b64encode("系统退信".encode("gbk")).decode() + "?=\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=GB2312\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + body
    ).encode()


EXIM = """\
Return-path: <>
From: Mail Delivery System <Mailer-Daemon@host.example>
To: care@shop.example
Subject: Mail delivery failed: returning message to sender
X-Failed-Recipients: zhao@old.example
Auto-Submitted: auto-replied
Message-Id: <E1abc-0001@host.example>

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  zhao@old.example
    host mx.old.example [192.0.2.9]
    SMTP error from remote mail server after RCPT TO:<zhao@old.example>:
    552 5.2.2 mailbox full

------ This is a copy of the message, including all the headers. ------

From: care@shop.example
To: zhao@old.example
Message-ID: {id}
"""

DELAY = """\
Return-path: <>
From: Mail Delivery System <Mailer-Daemon@host.example>
To: care@shop.example
Subject: Warning: message E1abc delayed 24 hours
Auto-Submitted: auto-replied
Message-Id: <E1abc-0002@host.example>
X-Failed-Recipients: zhao@old.example

The message has not yet been delivered: 451 4.7.1 greylisted. No action is required on your part.
Delivery attempts will continue for some time.

Message-ID: {id}
"""


def postfix(action="failed", status="5.1.1"):
    return POSTFIX.format(id=ID, action=action, status=status).encode()


def filled(text):
    return text.format(id=ID).encode()


BOUNCES = {
    "postfix": (postfix(), True, "550 5.1.1 : Recipient address rejected: User unknown in local recipient table"),
    "exchange": (
        filled(EXCHANGE),
        True,
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
    ),
    "gmail": (filled(GMAIL), True, "550-5.1.1 The email account that you tried to reach does not exist."),
    "qq": (qq(), True, "host mx3.qq.com said: 550 Mailbox unavailable or access denied"),
    "163": (netease(), True, "SMTP error, RCPT TO: 550 User not found"),
    "exim": (filled(EXIM), True, "552 5.2.2 mailbox full"),
    "given up after days": (postfix(status="4.4.7"), False, "4.4.7 "),
}


def reply(text="好的，明天下午可以。", *, to=ID, subject="回复：上门预约", sender="zhang@shop.example", **headers):
    """What a person sends by an ordinary program."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = "care@shop.example"
    mail["Subject"] = subject
    mail["Date"] = format_datetime(NOW)
    mail["Message-ID"] = headers.pop("own", "<r1@shop.example>")
    if to:
        mail["In-Reply-To"] = to
        mail["References"] = to
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


def bare(charset, encoded, kind="plain", encoding="8bit"):
    """A reply whose body is as given, byte for byte."""
    head = (
        f"From: zhang@shop.example\r\nTo: care@shop.example\r\nSubject: re\r\nMessage-ID: <b1@shop.example>\r\n"
        f"In-Reply-To: {ID}\r\nMIME-Version: 1.0\r\nContent-Type: text/{kind}; charset={charset}\r\n"
        f"Content-Transfer-Encoding: {encoding}\r\n\r\n"
    )
    return head.encode() + encoded


SAID = "镕先生说：明天下午三点可以，谢谢！"

REPLIES = {
    "utf-8": (reply(SAID), SAID),
    "gb18030 said to be gb2312": (bare("gb2312", SAID.encode("gb18030")), SAID),
    "gbk in base64": (bare("GBK", base64.encodebytes(SAID.encode("gbk")), encoding="base64"), SAID),
    "a charset that is none": (bare("x-unknown", SAID.encode("gb18030")), SAID),
    "html only": (
        bare(
            "utf-8",
            (
                "<html><head><style>p{}</style></head><body><p>"
                + SAID
                + "</p><div>电话请打我手机&nbsp;&amp; 短信</div>"
                '<blockquote class="gmail_quote">您的预约……<p>旧的</p></blockquote><script>x()</script></body></html>'
            ).encode(),
            "html",
        ),
        SAID + "\n电话请打我手机 & 短信",
    ),
    "qq's quotation": (
        reply(f'{SAID}\n\n\n------------------ 原始邮件 ------------------\n发件人: "安居" <care@shop.example>;\n旧的'),
        SAID,
    ),
    "163's quotation": (
        reply(f'{SAID}\n\n在 2026-11-22 10:00:00，"安居 售后" <care@shop.example> 写道：\n> 您好\n'),
        SAID,
    ),
    "gmail's quotation, wrapped": (
        reply(
            "Tomorrow is fine.\n\nOn Sun, Nov 22, 2026 at 10:00 AM Anju Care <care@shop.example>\nwrote:\n\n> Dear Li\n> old"
        ),
        "Tomorrow is fine.",
    ),
    "outlook's quotation": (
        reply(
            f"{SAID}\n\n________________________________\n发件人: 安居 <care@shop.example>\n发送时间: 2026年11月22日\n旧的"
        ),
        SAID,
    ),
    "outlook's quotation without a line": (
        reply(f"{SAID}\n\n发件人: 安居 <care@shop.example>\n发送时间: 2026年11月22日\n收件人: 我\n旧的"),
        SAID,
    ),
    "a phone's signature": (reply(f"{SAID}\n\n发自我的iPhone\n"), SAID),
    "a customer who names a sender": (
        reply("请看说明，发件人：李四 不是我\n谢谢"),
        "请看说明，发件人：李四 不是我\n谢谢",
    ),
    "answers between the lines": (reply("> 明天可以吗\n可以\n> 几点\n三点"), "可以\n\n三点"),
}

NEITHER = {
    "a delay": filled(DELAY),
    "a delay by the rules": postfix("delayed", "4.4.1"),
    "a letter that arrived": postfix("delivered", "2.0.0"),
    "relayed": postfix("relayed", "2.6.0"),
    "out of office": reply("我在休假", subject="自动回复：上门预约", Auto_Submitted="auto-replied"),
    "out of office without the header": reply("我在休假", subject="自动回复: 预约"),
    "x-autoreply": reply("away", X_Autoreply="yes"),
    "a list": reply("x", List_Id="<l.example>"),
    "bulk": reply("x", Precedence="bulk"),
    "a mail about other things": reply("你们卖沙发吗", to=None),
    "a receipt": b"From: a@b.example\r\nIn-Reply-To: " + ID.encode() + b"\r\nContent-Type: multipart/report; "
    b"report-type=disposition-notification; boundary=x\r\n\r\n--x\r\n\r\nread\r\n--x--\r\n",
    "a bounce of somebody else's": filled(GMAIL).replace(ID.encode(), b""),
    "nothing": b"",
    "noise": bytes(range(256)) * 40,
}
