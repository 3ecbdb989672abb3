"""Brings our own tables to the shape this version needs; safe to run at every start and by two at once."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from errors import HourbookError
from store.connect import SCHEMA, engine

_FOLDER = Path(__file__).parent / "migrations"
_LOCK_NUMBER = 4_681_726


class StoreUnreachable(HourbookError):
    """Our own tables cannot be opened."""


def migrate(url: str, *, to: str = "head") -> None:
    """Run the migrations that the database at ``url`` has not seen, in one transaction, one process at a time.

    Raises StoreUnreachable when the database does not answer, or is not one.
    """
    try:
        if make_url(url).get_backend_name() == "sqlite":
            with _alone_in_folder(url):
                _upgrade(url, to)
        else:
            _upgrade(url, to)
    except (SQLAlchemyError, OSError, sqlite3.Error) as error:
        reason = " ".join(str(getattr(error, "orig", None) or error).split())
        raise StoreUnreachable(
            f"Our own database {make_url(url).render_as_string(hide_password=True)} cannot be opened: {reason}. "
            "Check HOURBOOK_STORE_URL, that the server runs, and that the folder can be written."
        ) from error


def _upgrade(url: str, to: str) -> None:
    with engine(url).execution_options(writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            _enter_postgres(connection)
        command.upgrade(configuration(connection), to)


def configuration(connection: Connection) -> Config:
    """Alembic's configuration, working on the given connection."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _enter_postgres(connection: Connection) -> None:
    connection.execute(text("select pg_advisory_xact_lock(:number)"), {"number": _LOCK_NUMBER})
    exists = connection.execute(
        text("select 1 from pg_namespace where nspname = :name"), {"name": SCHEMA},
    ).first()
    if exists is None:  # a role without the right to make schemas gets one made by its administrator
        connection.execute(text(f"create schema {SCHEMA}"))


@contextmanager
def _alone_in_folder(url: str) -> Iterator[None]:
    """Hold the folder's lock while the file is made: SQLite cannot wait when two switch its log on at once."""
    engine(url)
    file = Path(str(make_url(url).database))
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("pragma journal_mode = wal")
        yield
        engine(url).dispose()  # the last one who closes writes the log into the file
    finally:
        os.close(folder)
