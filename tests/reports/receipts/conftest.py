"""A small school whose purchases get receipts, and a key that signs them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

import store
import warehouse
from reports.signing import Key, Sealer, demo_authority, key_for
from settings import Settings
from tests import synthetic
from tests.reports.receipts.school import NOW, PUBLIC, SNAPSHOT, say_vat


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the school's snapshot."""
    folder = tmp_path_factory.mktemp("published")
    synthetic.publish(folder, rows=SNAPSHOT)
    return folder


@pytest.fixture
def chosen(tmp_path: Path, published: Path) -> Settings:
    """Settings of a school with a store of its own, in unsigned mode unless a test sets a key."""
    return settings_of(tmp_path, published)


def settings_of(folder: Path, published: Path, **more: object) -> Settings:
    """Settings of a real platform: no demo key is made by itself."""
    return Settings.model_validate({
        "platform_url": "postgresql://nobody@localhost/nothing", "store_url": f"sqlite:///{folder}/store.db",
        "warehouse": str(published), "now": NOW.isoformat(), "public_url": PUBLIC, **more,
    })


@pytest.fixture
def engine(chosen: Settings) -> Engine:
    return opened(chosen)


def opened(chosen: Settings) -> Engine:
    """A store in which both schools said their VAT."""
    store.migrate(chosen.store_url)
    engine = store.engine(chosen.store_url)
    say_vat(engine)
    return engine


@pytest.fixture
def books(chosen: Settings) -> warehouse.Warehouse:
    return warehouse.open(chosen.warehouse)


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the key ``default`` and its authority's certificate."""
    return demo_authority.read_or_make(tmp_path_factory.mktemp("keys"), now=NOW)


@pytest.fixture(scope="session")
def key(keys: Path) -> Key:
    found = key_for(Settings.model_validate({
        "platform_url": "postgresql://nobody@localhost/nothing", "signing_pkcs12": str(keys),
    }))
    assert found is not None
    return found


@pytest.fixture(scope="session")
def sealer(key: Key) -> Sealer:
    return Sealer(key)
