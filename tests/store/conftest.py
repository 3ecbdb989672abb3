"""Each test of the store runs on SQLite and on a real PostgreSQL."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

import store


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of a store that has no table yet."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path / 'a folder' / 'store.db'}"


@pytest.fixture
def engine(empty_url: str) -> Engine:
    """A store brought to the present shape."""
    store.migrate(empty_url)
    return store.engine(empty_url)
