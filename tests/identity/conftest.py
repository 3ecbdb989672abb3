"""A store of our own with its tables, and a platform that publishes its public keys over HTTP."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

import store
from tests.identity.signing import KeyServer


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite store of the present shape, to be copied."""
    file = tmp_path_factory.mktemp("store") / "store.db"
    store.migrate(f"sqlite:///{file}")
    store.engine(f"sqlite:///{file}").dispose()  # so that all of it is in the one file
    return file


@pytest.fixture
def engine(migrated: Path, tmp_path: Path) -> Engine:
    """An empty store of the present shape."""
    shutil.copy(migrated, tmp_path / "store.db")
    return store.engine(f"sqlite:///{tmp_path}/store.db")


@pytest.fixture(scope="module")
def key_server() -> Iterator[KeyServer]:
    """A platform's public keys, over real HTTP."""
    with KeyServer() as server:
        yield server
