"""A migrated database for each test."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest

from tests.contract.outbox_samples import (
    database,
)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """A new database, migrated once for all tests."""
    folder = tmp_path_factory.mktemp("fresh")
    database(folder).close()
    return folder / "state"


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
def state(fresh, tmp_path):
    shutil.copytree(fresh, tmp_path / "state")
    with database(tmp_path) as opened:
        yield opened
