"""Notes how a sync ended where the screens can read it, and gives every failure a name and a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import psycopg2
import sqlalchemy.exc

from errors import HourbookError
from etl import publish
from etl.errors import SyncBroken

_GAVE_OUT = (duckdb.Error, psycopg2.Error, sqlalchemy.exc.SQLAlchemyError, OSError, EOFError, MemoryError)
"""What can go wrong without a class of its own: memory, disk, a worker, a table dropped midway."""


@contextmanager
def failures_noted(folder: Path, started_at: datetime) -> Iterator[None]:
    """Turn whatever fails into a HourbookError and write it to ``last_sync.json``; an interruption stays one."""
    try:
        yield
    except HourbookError as error:
        _note_failure(folder, started_at, error)
        raise
    except RuntimeError as error:
        # DuckDB's word for Ctrl-C while a statement runs.
        if "interrupt" in str(error).lower():
            raise KeyboardInterrupt from error
        raise
    except _GAVE_OUT as error:
        broken = SyncBroken(
            f"The sync stopped: {type(error).__name__}: {' '.join(str(error).split())[:300]}. "
            "Nothing was published and the last snapshot keeps serving; check memory and disk space, then sync again."
        )
        _note_failure(folder, started_at, broken)
        raise broken from error


def note_success(folder: Path, started_at: datetime, *, mode: str, snapshot_id: int) -> None:
    """The last sync published a snapshot."""
    _note(folder, started_at, None, mode, snapshot_id)


def _note_failure(folder: Path, started_at: datetime, error: HourbookError) -> None:
    # A full disk must not hide why the sync failed.
    with suppress(OSError):
        current = publish.pointer(folder)
        _note(folder, started_at, error, None, int(current["snapshot_id"]) if current else None)


def _note(
    folder: Path, started_at: datetime, error: HourbookError | None, mode: str | None, snapshot_id: int | None
) -> None:
    publish.write_atomically(
        folder / publish.LAST_SYNC,
        {
            "ok": error is None,
            "started_at": started_at.isoformat(),
            "finished_at": datetime.now(UTC).isoformat(),
            "kind": type(error).__name__ if error else None,
            "message": str(error) if error else None,
            "mode": mode,
            "snapshot_id": snapshot_id,
        },
    )
