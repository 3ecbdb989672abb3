"""Connects to our own tables: PostgreSQL (schema ``hourbook``) or an SQLite file (write-ahead log)."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

SCHEMA = "hourbook"
_SQLITE_WAIT_SECONDS = 30


@lru_cache(maxsize=32)
def engine(url: str) -> Engine:
    """The engine for an address, one per process and address; connects when first used."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return _sqlite_engine(url, Path(str(address.database)))
    made = create_engine(url, pool_pre_ping=True)
    event.listen(made, "connect", _only_our_schema)
    return made


def _sqlite_engine(url: str, file: Path) -> Engine:
    """Connections are kept, since opening one costs ten times a look-up; one of a file since replaced is dropped."""
    file.parent.mkdir(parents=True, exist_ok=True)
    made = create_engine(url, max_overflow=-1, connect_args={"timeout": _SQLITE_WAIT_SECONDS})

    def remember(connection: Any, record: ConnectionPoolEntry) -> None:
        _prepare_sqlite(connection)
        record.info["opened"] = _identity(file)

    def still_the_same(connection: Any, record: ConnectionPoolEntry, proxy: object) -> None:
        if record.info["opened"] != _identity(file):
            raise InvalidatePoolError

    event.listen(made, "connect", remember)
    event.listen(made, "checkout", still_the_same)
    event.listen(made, "begin", _begin_sqlite)
    return made


def _identity(file: Path) -> tuple[int, int, int] | None:
    """Which file lies there, and which process asks: a connection must not cross a fork."""
    try:
        found = os.stat(file)
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino, os.getpid()


def _only_our_schema(connection: Any, record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"set search_path to {SCHEMA}")
        cursor.execute("set time zone 'UTC'")
    connection.commit()


def _prepare_sqlite(connection: Any) -> None:
    connection.isolation_level = None  # Python's driver would otherwise commit before each change of a table's shape
    connection.execute("pragma foreign_keys = on")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("begin immediate" if connection.get_execution_options().get("writes") else "begin")
