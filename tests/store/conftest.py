"""Each test of the store runs on SQLite and on a real PostgreSQL, on tables of the present shape without a row."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

import store
from bench.postgres import PostgresServer
from store.tables import metadata
from tests.conftest import database


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of a store that has no table yet."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path / 'a folder' / 'store.db'}"


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite store of the present shape, to be copied."""
    file = tmp_path_factory.mktemp("migrated") / "store.db"
    store.migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: PostgresServer) -> Iterator[Engine]:
    """A PostgreSQL store of the present shape, to be emptied."""
    with database(postgres_server) as url:
        store.migrate(url)
        yield store.engine(url)
        store.engine(url).dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    """A store brought to the present shape; made once and emptied, because migrating takes longer than most tests."""
    if request.param == "sqlite":
        file = tmp_path / "a folder" / "store.db"
        file.parent.mkdir()
        shutil.copy(request.getfixturevalue("migrated_file"), file)
        return store.engine(f"sqlite:///{file}")
    made: Engine = request.getfixturevalue("migrated_postgres")
    with made.begin() as connection:
        connection.execute(text("set local session_replication_role = replica"))  # the audit log lets nobody delete
        for table in metadata.tables:
            connection.execute(text(f"delete from {table}"))
    return made
