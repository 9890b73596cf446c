"""The commands, and what each kind of error means for the exit code (60, 11)."""

from __future__ import annotations

import gc
import logging
import os
import sys
from importlib import import_module
from types import TracebackType
from typing import NoReturn

import typer

from toolkit.core.errors import BookError, OutsideError, UsageError
from toolkit.core.private import masked_text

COMMANDS = (
    "init", "doctor", "check", "plan", "run", "schedule", "explain", "due", "preview", "registers", "digest", "outbox", "template",
    "forget", "login", "board", "slip", "statement", "report", "money", "import", "export", "customer", "handover",
)  # fmt: skip
"""Each is a file of this folder with `register(app)`; a new command is a file and a word here."""

GARBAGE_EVERY = 100_000
"""A run makes hundreds of thousands of small lasting objects: looking through them every 700 costs an eighth of its time."""

app = typer.Typer(
    name="aftersales",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Turns the spreadsheets of an after-sales desk into a desk that never forgets.",
)


@app.callback()
def _root() -> None:
    """Keep single commands commands."""


FILES = {"import": "import_"}
"""Commands whose name no file of Python's can have."""

for _name in COMMANDS:
    import_module(f"toolkit.cli.{FILES.get(_name, _name)}").register(app)


def main() -> NoReturn:
    """Run a command; words on stderr and an exit code for whatever goes wrong."""
    gc.set_threshold(GARBAGE_EVERY)
    sys.excepthook = _bug
    for stream in (sys.stdout, sys.stderr):  # a Windows console or a bare pipe may not speak UTF-8
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")
    try:
        app(standalone_mode=True)
    except SystemExit as end:  # how every command ends
        if type(end.code) is int:
            _leave(end.code)
        raise
    except UsageError as error:
        _say(str(error), 2)
    except BookError as error:
        _say(str(error), 3)
    except OutsideError as error:
        _say(str(error), 3)
    except BrokenPipeError:  # `aftersales plan | head`
        sys.stderr.close()
        sys.exit(0)
    sys.exit(0)


def _bug(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A bug's traceback, as ever; but its last line may quote a customer's number, and such things get mailed about."""
    import traceback

    print(masked_text("".join(traceback.format_exception(kind, error, trace))), end="", file=sys.stderr)  # noqa: T201


def _leave(code: int) -> None:
    """End at once: files and database are closed by now, and to take a hundred thousand rows apart one by one before
    their memory goes anyway would be a twentieth of a short run. What cannot be shown ends as it always did.
    """
    if sys.gettrace() is not None or sys.getprofile() is not None:  # somebody debugs or measures
        return
    try:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    except (OSError, ValueError):
        return
    logging.shutdown()
    os._exit(code)


def _say(text: str, code: int) -> NoReturn:
    print(masked_text(text), file=sys.stderr)  # noqa: T201  the door speaks
    sys.exit(code)
