"""Books in memory: the published tables made by etl/schema.sql, with given rows, behind the real door."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from warehouse import SnapshotRef

SCHEMA = (Path(__file__).resolve().parent.parent / "etl" / "schema.sql").read_text("utf-8")
AS_OF = datetime(2026, 11, 23, 5, tzinfo=UTC)


class MemoryBooks:
    """A warehouse of one snapshot that is never written to a file. Columns that a row leaves out are null."""

    def __init__(self, given: Mapping[str, Sequence[Mapping[str, Any]]] | None = None) -> None:
        self._database = duckdb.connect(":memory:", config={"threads": 1})  # as readers do: see warehouse.py
        self._database.execute("set TimeZone = 'UTC'")
        self._database.execute(SCHEMA)
        for table, rows in (given or {}).items():
            for row in rows:
                names, marks = ", ".join(row), ", ".join("?" * len(row))
                self._database.execute(f"insert into {table} ({names}) values ({marks})", list(row.values()))
        self._snapshot = SnapshotRef(1, Path(f"/memory/{uuid.uuid4()}"), AS_OF, AS_OF)

    def current(self) -> SnapshotRef:
        return self._snapshot

    @contextmanager
    def lease(self, snapshot: SnapshotRef | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
        cursor = self._database.cursor()
        try:
            yield cursor
        finally:
            cursor.close()


def tables() -> dict[str, dict[str, str]]:
    """Every table and view of etl/schema.sql, with its columns and their types."""
    database = duckdb.connect(":memory:")
    database.execute(SCHEMA)
    rows = database.execute(
        "select table_name, column_name, data_type from information_schema.columns "
        "order by table_name, ordinal_position"
    ).fetchall()
    found: dict[str, dict[str, str]] = {}
    for table, column, type_ in rows:
        found.setdefault(table, {})[column] = type_
    return found
