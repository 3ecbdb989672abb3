from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

import store
from store import tokens

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def names(engine: Engine) -> list[str]:
    return [token.name for token in tokens.listed(engine)]


def made(file: Path, name: str) -> Engine:
    """An SQLite store that holds one token of this name."""
    url = f"sqlite:///{file}"
    store.migrate(url)
    tokens.create(store.engine(url), name=name, permissions=["read"], created_by="user:1", now=NOW)
    return store.engine(url)


def test_a_file_that_was_replaced_is_read_anew(tmp_path: Path) -> None:
    engine = made(tmp_path / "store.db", "old")
    other = made(tmp_path / "other.db", "new")
    assert names(engine) == ["old"]
    other.dispose()  # what is still in the log beside the file is written into it
    for suffix in ("-wal", "-shm"):
        (tmp_path / f"store.db{suffix}").unlink(missing_ok=True)
    os.replace(tmp_path / "other.db", tmp_path / "store.db")
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: names(engine), range(8))) == [["new"]] * 8


def test_a_file_that_was_deleted_is_not_served_any_more(tmp_path: Path) -> None:
    engine = made(tmp_path / "store.db", "old")
    for file in tmp_path.iterdir():
        file.unlink()
    with pytest.raises(OperationalError, match="no such table"):
        names(engine)
    assert names(made(tmp_path / "store.db", "new")) == ["new"]


def test_many_threads_may_read_and_write_at_once(engine: Engine) -> None:
    def write_and_read(number: int) -> bool:
        tokens.create(engine, name=str(number), permissions=["read"], created_by="user:1", now=NOW)
        return str(number) in names(engine)

    with ThreadPoolExecutor(24) as pool:
        assert all(pool.map(write_and_read, range(48)))
    assert len(names(engine)) == 48
