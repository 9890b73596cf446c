"""Opening the state database: settings, migrations, refusals."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event, inspect
from sqlalchemy import text as sql

from tests.contract.outbox_samples import (
    NOW,
    ON_SQLITE,
    database,
    key,
    letter,
    states,
)
from tests.contract.postgres_server import new_database
from toolkit.core.errors import UsageError
from toolkit.core.message import (
    State,
)
from toolkit.gateways.state import Person, StateError, open_state, tables
from toolkit.gateways.state import engine as engine_module


@ON_SQLITE
def test_the_folder_is_made(state, tmp_path):
    assert (tmp_path / "state" / "toolkit.db").is_file()


def test_the_schema_is_the_declared_one(state):
    with state.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []


def test_the_head_said_in_the_tables_is_the_newest_migration():
    folder = Path(engine_module.__file__).parent / "migrations"
    assert ScriptDirectory(str(folder)).get_heads() == [tables.HEAD]


@ON_SQLITE
def test_the_settings_hold_on_every_connection(state):
    with state.engine.connect() as connection:
        found = [
            connection.execute(sql(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        ]
    assert found == ["wal", 2, 30000, 1]


@ON_SQLITE
def test_opening_a_database_at_the_head_does_not_load_alembic(state, tmp_path):
    words = (
        "import sys; from pathlib import Path; from toolkit.gateways.state import open_state;"
        f"open_state('sqlite:///state/toolkit.db', Path({str(tmp_path)!r})).counts();"
        "print('alembic' in sys.modules, 'yagmail' in sys.modules, 'psycopg' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"] * 3


def test_four_that_open_a_new_database_at_once_all_get_it(place):
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(lambda _: database(place), range(4)))
    assert [one.counts() for one in opened] == [{}] * 4


@pytest.mark.parametrize("url", ["nonsense", "sqlite://", "sqlite:///:memory:", "mysql://a/b"])
def test_an_address_that_cannot_be_meant_is_refused_in_words(url, tmp_path):
    with pytest.raises(UsageError, match="state: "):
        open_state(url, tmp_path)


def test_a_file_that_is_no_database_is_refused_in_words(tmp_path):
    (tmp_path / "x.db").write_bytes(b"PK\x03\x04 a workbook, by mistake" * 200)
    with pytest.raises(StateError, match=r"x\.db refused: file is not a database"):
        open_state("sqlite:///x.db", tmp_path)


def test_a_database_of_a_newer_toolkit_is_refused_and_left_alone(state, tmp_path):
    with state.engine.begin() as connection:
        connection.execute(sql("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StateError, match="newer toolkit"):
        database(tmp_path)


def test_a_transaction_that_fails_takes_everything_inside_it_back(state):
    def half_done():
        with state.transaction():
            state.begin_run(NOW, NOW, ["tickets"])
            state.queue([letter()], at=NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_done()
    assert (state.counts(), state.last_run_at()) == ({}, None)


@ON_SQLITE
def test_a_full_disk_is_an_outside_error_and_loses_nothing(state):
    state.queue([letter()], at=NOW)

    @event.listens_for(state.engine, "connect")
    def _tight(driver, _record):
        pages = driver.execute("PRAGMA page_count").fetchone()[0]
        driver.execute(f"PRAGMA max_page_count = {pages}")

    state.engine.dispose()
    with pytest.raises(StateError, match="full"):
        state.queue([letter(key("T2"), text="长" * 100_000), letter()], at=NOW)
    assert states(state) == [State.READY]


def test_a_new_database_is_as_one_that_went_through_every_migration(state, backend, tmp_path, monkeypatch, request):
    folder = tmp_path / "old"
    folder.mkdir()
    if backend == "postgresql":
        (folder / "state.url").write_text(new_database(request.getfixturevalue("server")))
    monkeypatch.setattr(engine_module, "_create", lambda connection: engine_module._migrate(connection, "here"))
    with database(folder) as old:
        assert _schema(old) == _schema(state)


def _schema(state):
    """Tables, columns, keys and indexes; a column that came later stands further back, which means nothing."""
    look = inspect(state.engine)

    def sorted_texts(found):
        texts = [
            {name: value for name, value in one.items() if name not in ("comment", "dialect_options")} for one in found
        ]
        options = [{name: str(value) for name, value in one.get("dialect_options", {}).items()} for one in found]
        return sorted(f"{text} {option}" for text, option in zip(texts, options, strict=True))

    return {
        table: [
            sorted_texts(look.get_columns(table)),
            sorted_texts(look.get_indexes(table)),
            sorted_texts(look.get_unique_constraints(table)),
            sorted_texts(look.get_foreign_keys(table)),
            look.get_pk_constraint(table)["constrained_columns"],
        ]
        for table in look.get_table_names()
    }


def test_the_messages_of_an_older_database_are_found_by_their_recipients(place, monkeypatch):
    def as_it_was(connection):
        config = Config()
        config.set_main_option("script_location", str(Path(engine_module.__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")

    words = "key, occasions, recipient, state, created_at, changed_at"
    moment = NOW.isoformat(timespec="microseconds")
    old = "INSERT INTO message (" + words + ") VALUES ('k', '[]', 'Zhang@shop.example', 'sent', :at, :at)"
    with monkeypatch.context() as then:
        then.setattr(engine_module, "_create", as_it_was)
        with database(place) as state, state.engine.begin() as connection:
            is_server = connection.dialect.name == "postgresql"
            connection.execute(sql(old), {"at": NOW if is_server else moment})
    with database(place) as state:
        assert state.trail(Person(frozenset({"zhang@SHOP.example"}))).to_them == (1,)
