"""A scripted server, and the API of one spreadsheet on it that neither sleeps nor waits long."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from tests.contract.google.scripted import Script, Time, serving
from toolkit.gateways.google.api import SheetsApi
from toolkit.gateways.google.client import SheetsHTTP, Timeouts
from toolkit.gateways.google.credentials import account

QUICK = Timeouts(connect=1.0, read=0.3, long=0.4)


@pytest.fixture
def script():
    """`script(answers...)` starts a server that gives them."""
    with ExitStack() as stack:
        yield lambda *answers: stack.enter_context(serving(Script(*answers)))


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def api(time):
    """`api(script)`: the calls that the book makes, against that server."""

    def made(script, *, who=None, pace=None, timeouts=QUICK, url=None, deadline=180):
        url = url or script.url
        one = who or account(None, url)
        http = SheetsHTTP(
            one.credentials,
            endpoint=url,
            pace=pace,
            deadline=deadline,
            timeouts=timeouts,
            clock=time,
            sleep=time.sleep,
            jitter=lambda: 0.5,
        )
        return SheetsApi("main", "KEY", one, endpoint=url, http=http)

    return made
