"""Lets one worker at a time do a kind of work on a store, over processes and, on PostgreSQL, over machines."""

from __future__ import annotations

import fcntl
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

from errors import HourbookError


class WorkerRunning(HourbookError):
    """Another process does this work on the same store."""


@contextmanager
def only_worker(engine: Engine, work: str) -> Iterator[None]:
    """Hold the work's lock; raises WorkerRunning when another process has it.

    The lock goes with the process or connection that held it, however that ended.
    """
    with (_postgres(engine, work) if engine.dialect.name == "postgresql" else _file(engine, work)):
        yield


@contextmanager
def _file(engine: Engine, work: str) -> Iterator[None]:
    database = Path(str(engine.url.database))
    with database.with_name(f"{database.name}.{work}.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise _running(work) from taken
        yield


@contextmanager
def _postgres(engine: Engine, work: str) -> Iterator[None]:
    number = zlib.crc32(f"hourbook:{work}".encode())
    # A connection of its own that stays outside transactions: the lock is the session's.
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        if not connection.execute(text("select pg_try_advisory_lock(:number)"), {"number": number}).scalar():
            raise _running(work)
        try:
            yield
        finally:
            connection.execute(text("select pg_advisory_unlock(:number)"), {"number": number})


def _running(work: str) -> WorkerRunning:
    return WorkerRunning(f"Another process runs {work} on this store. Let it do the work, or end it first.")
