"""An edge on a store of its own, asked in this process."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import pytest

import store
from settings import Settings
from tests.web.asking import Asker


class Makes(Protocol):
    """Makes an edge with settings of the test's own."""

    def __call__(self, **chosen: Any) -> Asker: ...


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Settings that name a migrated store and an empty warehouse."""
    folder = tmp_path_factory.mktemp("edge")
    url = f"sqlite:///{folder}/store.db"
    store.migrate(url)
    return {"store_url": url, "warehouse": folder}


@pytest.fixture
def chosen(kept: dict[str, Any]) -> Settings:
    """The settings of the plain edge."""
    return Settings(**kept)


@pytest.fixture
def edge_with(kept: dict[str, Any]) -> Makes:
    """An edge with settings of the test's own."""
    def make(**chosen: Any) -> Asker:
        return Asker(Settings(**{**kept, **chosen}))

    return make


@pytest.fixture
def plain(edge_with: Makes) -> Asker:
    """An edge as it is when nothing is set."""
    return edge_with()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of the test's own."""
    return tmp_path
