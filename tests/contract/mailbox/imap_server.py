"""A real IMAP server (pymap, in a process of its own), and how mails get into it."""

from __future__ import annotations

import imaplib
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

from tests.contract.sender_samples import free_port

USER, PASSWORD = "care@shop.example", "s3cret-app-password"


class Server:
    """One account with its INBOX."""

    def __init__(self, port, context=None):
        self.port = port
        self.context = context

    @contextmanager
    def session(self):
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        if self.context is not None:
            client.starttls(self.context)
        client.login(USER, PASSWORD)
        try:
            yield client
        finally:
            client.logout()

    def deliver(self, *mails, folder="INBOX"):
        with self.session() as client:
            for mail in mails:
                assert client.append(folder, None, None, mail)[0] == "OK"

    def flags(self):
        with self.session() as client:
            client.select("INBOX", readonly=True)
            return [line for line in client.uid("FETCH", "1:*", "(FLAGS)")[1] if line]

    def make_anew(self, folder):
        """The folder with another numbering, as after a restored backup."""
        with self.session() as client:
            client.delete(folder)
            assert client.create(folder)[0] == "OK"


@contextmanager
def imap(certificate=None, key=None, context=None):
    """The server; with a certificate it wants STARTTLS."""
    port = free_port()
    tls = ["--cert", str(certificate), "--key", str(key)] if certificate else ["--no-tls"]
    words = ["--host", "127.0.0.1", "--port", str(port), *tls, "dict", "--demo-user", USER, "--demo-password", PASSWORD]
    process = subprocess.Popen(
        [sys.executable, "-c", "from pymap.main import main; main()", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(200):
            assert process.poll() is None, "pymap did not start"
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield Server(port, context)
    finally:
        process.terminate()
        process.wait(10)
