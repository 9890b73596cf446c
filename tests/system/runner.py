"""Runs `python -m toolkit` many times without paying for its imports each time: a small server that forks.

Started once a test process as `python -m tests.system.runner`. It imports the package and its libraries, runs nothing
itself, and then answers orders on stdin, one a line: `{"argv", "cwd", "out", "err", "hooks"}`. For each it forks; the
child puts the hooks in place (`tests.system.hooks`) and runs `toolkit` as `__main__`, like `python -m toolkit` does. The
answer is the exit code, negative for a signal.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import runpy
import sys
import traceback
from pathlib import Path
from typing import Any

HEAVY = (
    "alembic.command",
    "alembic.config",
    "aiosmtpd.smtp",
    "time_machine",
    "sqlalchemy.dialects.sqlite",
    "babel.dates",
    "babel.numbers",
    "holidays.countries.china",
    "smtplib",
    "email.mime.text",
    "jinja2.sandbox",
    "rich.table",
    "rich.console",
)


def warm() -> None:
    """Import what the commands import; a module that others have half-edited is their own test's matter."""
    import toolkit

    names = [one.name for one in pkgutil.walk_packages(toolkit.__path__, "toolkit.", onerror=lambda _: None)]
    for name in (*names, *HEAVY):
        if "migrations" in name or name.endswith("__main__"):
            continue
        with contextlib.suppress(Exception):
            importlib.import_module(name)


def child(order: dict[str, Any]) -> None:
    """The command, in a process of its own. Never comes back."""
    code = 70
    try:
        os.chdir(order["cwd"])
        # The real streams of the process are turned, so that what a library writes below Python is caught too.
        for number, path in ((0, os.devnull), (1, order["out"]), (2, order["err"])):
            flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
            handle = os.open(path, flags)
            os.dup2(handle, number)
            os.close(handle)
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        hooks = importlib.import_module("tests.system.hooks")
        sys.argv = ["aftersales", *order["argv"]]
        for name, options in order["hooks"]:
            getattr(hooks, name)(**options)
        runpy.run_module("toolkit", run_name="__main__", alter_sys=False)
        code = 0
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 0 if left.code is None else 1
    except BaseException:  # noqa: BLE001
        traceback.print_exc()
        code = 1
    finally:
        sys.setprofile(None)
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def main() -> None:
    """Answer orders until stdin ends."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    warm()
    importlib.import_module("tests.system.hooks")
    gc.freeze()  # the children need not look through what they share
    answers = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    print("ready", file=answers)
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            child(order)
        _, status = os.waitpid(pid, 0)
        print(json.dumps(os.waitstatus_to_exitcode(status)), file=answers)


if __name__ == "__main__":
    main()
