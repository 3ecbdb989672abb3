"""Connects to our own tables: PostgreSQL (schema ``hourbook``) or an SQLite file (write-ahead log)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, make_url

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
    """A new connection each time: a pooled one would keep serving a file that was since replaced."""
    file.parent.mkdir(parents=True, exist_ok=True)
    made = create_engine(url, poolclass=NullPool, connect_args={"timeout": _SQLITE_WAIT_SECONDS})
    event.listen(made, "connect", _prepare_sqlite)
    event.listen(made, "begin", _begin_sqlite)
    return made


def _only_our_schema(connection: Any, record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"set search_path to {SCHEMA}")
        cursor.execute("set time zone 'UTC'")
    connection.commit()


def _prepare_sqlite(connection: Any, record: object) -> None:
    connection.isolation_level = None  # Python's driver would otherwise commit before each change of a table's shape
    connection.execute("pragma foreign_keys = on")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("begin immediate" if connection.get_execution_options().get("writes") else "begin")
