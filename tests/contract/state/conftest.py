"""A migrated database for each test, on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest

from tests.contract.outbox_samples import database
from tests.contract.postgres_server import new_database, postgres_server

BACKENDS = ("sqlite", "postgresql")


@pytest.fixture(params=BACKENDS)
def backend(request):
    """The kind of database; a test of one kind alone says `@ON_SQLITE`."""
    return request.param


@pytest.fixture(scope="session")
def server():
    """A PostgreSQL server for all tests; without one they are skipped loudly."""
    with postgres_server() as found:
        yield found


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """A new database, migrated once for all tests."""
    folder = tmp_path_factory.mktemp("fresh")
    database(folder).close()
    return folder / "state"


@pytest.fixture(scope="session")
def fresh_on_server(server, tmp_path_factory):
    """The same on the server; every test gets a copy."""
    folder = tmp_path_factory.mktemp("fresh")
    url = new_database(server)
    (folder / "state.url").write_text(url)
    database(folder).close()
    return url


@pytest.fixture
def tmp_path(tmp_path):
    """In memory where the system has such a folder: every commit here is synced, and disks are slow at that."""
    quick = Path("/dev/shm")
    if not quick.is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=quick) as folder:
        yield Path(folder)


@pytest.fixture
def place(backend, tmp_path, request):
    """A folder for `database(folder)`, with nothing in its database yet."""
    if backend == "postgresql":
        (tmp_path / "state.url").write_text(new_database(request.getfixturevalue("server")))
    return tmp_path


@pytest.fixture
def state(backend, tmp_path, request):
    if backend == "postgresql":
        fresh = request.getfixturevalue("fresh_on_server")
        (tmp_path / "state.url").write_text(new_database(request.getfixturevalue("server"), fresh))
    else:
        shutil.copytree(request.getfixturevalue("fresh"), tmp_path / "state")
    with database(tmp_path) as opened:
        yield opened
