"""Letters through a local mail server: the toolkit's outbox, naive yagmail, and plain smtplib on one connection.

    python -m benchmarks.mail [MESSAGES ...] [--runs N]                           (default: 1000 10000, 1)

The server is aiosmtpd in a process of its own, so that only the sender's CPU seconds and memory are shown (its wall
seconds include the server's work on the other core). The toolkit has its messages queued in a SQLite file, claims,
commits before and after each, and builds the MIME; yagmail is used as its README says, one connection each; smtplib
sends the same MIME as the toolkit over one connection and remembers nothing. Each figure is a fresh process that imports,
then sends; its memory is the most that it ever had.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message as Mime
from pathlib import Path
from typing import Any

from toolkit.core.message import Letter, Message

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
FROM = "care@shop.example"
TEXT = (
    "Dear {name},\n\nour installer will be with you on 26 November between 9:00 and 11:00.\n\nTicket AS-{number:06d}.\n"
    * 3
)
HTML = "<html><body>" + "<p>Dear {name}, our installer will be with you on 26 November.</p>" * 12 + "</body></html>"
CHUNK = 500


def letter(number: int) -> Message:
    """One of many: a name in Chinese, plain and HTML parts, about 2 kB."""
    key = f"main|tickets|T{number}|visit||0||customer|email"
    name = f"张先生 {number}"
    told = Letter(f"Your appointment {number}", TEXT.format(name=name, number=number), HTML.format(name=name))
    to = f"customer{number}@example.com"
    return Message(
        key, (key,), "visit", "email", "customer", "customer", to, name, told, "main", "tickets", f"T{number}"
    )


# -- the server --------------------------------------------------------------------------------------------------


class Counting:
    """Takes every mail."""

    def __init__(self) -> None:
        self.mails = 0
        self.ids: set[str] = set()
        self.connections = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ARG002, N802
        self.mails += 1
        if not hasattr(session, "is_counted"):  # a session a connection; the numbers of ports come round
            session.is_counted = True
            self.connections += 1
        head = envelope.content.partition(b"\r\n\r\n")[0].decode("ascii")
        self.ids.add(head.partition("Message-ID: ")[2].partition("\r\n")[0])
        return "250 taken"


def serve(pipe: Any) -> None:
    """The server's process: tells its port, and when asked what it counted since it was last asked."""
    import socket

    from aiosmtpd.controller import Controller

    handler = Counting()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    pipe.send(port)
    while pipe.recv():
        pipe.send((handler.mails, len(handler.ids), handler.connections))
        handler.mails = handler.connections = 0
        handler.ids.clear()
    controller.stop()


# -- the senders -------------------------------------------------------------------------------------------------


def by_toolkit(port: int, count: int, folder: Path) -> None:
    """`deliver()` as a run does it."""
    from toolkit.app.deliver import deliver
    from toolkit.gateways.senders.smtp import SmtpChannel, SmtpConfig
    from toolkit.gateways.state import open_state

    channel = SmtpChannel(SmtpConfig("127.0.0.1", port, FROM, security="none"), lambda: datetime.now(UTC))
    with open_state("sqlite:///state/toolkit.db", folder) as state:
        report = deliver(state, {"email": channel}, lambda: datetime.now(UTC), alone=True)
    channel.close()
    assert len(report.sent) == count


def by_yagmail(port: int, count: int, folder: Path) -> None:  # noqa: ARG001
    """As in the README of yagmail."""
    import yagmail

    client = yagmail.Client(
        FROM, "", host="127.0.0.1", port=port, smtp_ssl=False, smtp_starttls=False, smtp_skip_login=True
    )
    for number in range(count):
        one = letter(number)
        # Without an id of our own it makes one of From, To and Subject.
        client.send(one.to, one.letter.subject, [one.letter.text, one.letter.html])


def by_smtplib(port: int, count: int, folder: Path) -> None:  # noqa: ARG001
    """The same MIME, one connection, nothing remembered."""
    import smtplib

    from toolkit.gateways.senders.mail import MailFrom, build_mail

    with smtplib.SMTP("127.0.0.1", port) as server:
        for number in range(count):
            mail: Mime = build_mail(letter(number), MailFrom(FROM), NOW)
            server.sendmail(FROM, [letter(number).to], mail.as_bytes())


SENDERS: dict[str, Callable[[int, int, Path], None]] = {
    "toolkit": by_toolkit,
    "naive yagmail": by_yagmail,
    "plain smtplib": by_smtplib,
}


# -- measuring ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figure:
    """One sender, one number of messages."""

    wall: float
    cpu: float
    peak_mb: float


def send(name: str, port: int, count: int, folder: Path, pipe: Any) -> None:
    """The sender's process."""
    began, before = time.perf_counter(), time.process_time()
    SENDERS[name](port, count, folder)
    wall, cpu = time.perf_counter() - began, time.process_time() - before
    pipe.send(Figure(wall, cpu, peak_mb()))


def peak_mb() -> float:
    """The most that this process held. `ru_maxrss` would count what its parent held when it was forked."""
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text("ascii"))
    assert found
    return int(found[1]) / 1024


def measured(name: str, port: int, count: int, folder: Path) -> Figure:
    """A fresh process; one that the parent's memory does not count for."""
    context = multiprocessing.get_context("spawn")
    mine, its = context.Pipe()
    process = context.Process(target=send, args=(name, port, count, folder, its))
    process.start()
    its.close()
    figure: Figure = mine.recv()
    process.join()
    return figure


def queue(folder: Path, count: int) -> None:
    """Lay the messages in the outbox, some at a time."""
    from toolkit.gateways.state import open_state

    with open_state("sqlite:///state/toolkit.db", folder) as state:
        for start in range(0, count, CHUNK):
            numbers = range(start, min(start + CHUNK, count))
            state.queue([letter(number) for number in numbers], at=NOW, scope=lambda _: False)


def row(name: str, count: int, runs: int, port: int, server: Any) -> str:
    """A line of the table: the best of the runs."""
    figures = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            if name == "toolkit":
                queue(folder, count)
            figures.append(measured(name, port, count, folder))
            server.send(True)
            mails, ids, connections = server.recv()
            assert mails == ids == count, (mails, ids)
    best = min(figures, key=lambda one: one.wall)
    rate = f"{count / best.wall:,.0f}"
    return f"| {count:,} | {name} | {rate} | {best.wall:.1f} | {best.cpu:.1f} | {connections:,} | {best.peak_mb:.0f} |"


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser()
    options.add_argument("messages", nargs="*", type=int, default=[1000, 10000])
    options.add_argument("--runs", type=int, default=1)
    options.add_argument("--only", choices=SENDERS)
    told = options.parse_args()
    context = multiprocessing.get_context("spawn")
    server, its = context.Pipe()
    process = context.Process(target=serve, args=(its,))
    process.start()
    port = server.recv()
    print(f"load {os.getloadavg()[0]:.1f}, CPython {sys.version.split()[0]}")
    print("| messages | sender | messages a second | wall s | CPU s | connections | peak MB |")
    print("|--:|---|--:|--:|--:|--:|--:|")
    for count in told.messages:
        for name in [told.only] if told.only else SENDERS:
            print(row(name, count, told.runs, port, server), flush=True)
    server.send(False)
    process.join()


if __name__ == "__main__":
    main()
