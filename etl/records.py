"""Writes into a snapshot how it was made: the certificate and the sync's own row."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import duckdb

from etl.reading import Mirrored

_LATEST = """
select max(moved_at)
from (
    select max(updated_at) as moved_at from snap.purchases where updated_at <= getvariable('as_of')
    union all
    select max(updated_at) from snap.consumptions where updated_at <= getvariable('as_of')
)
"""


def write_certificate(con: duckdb.DuckDBPyConnection, mirrored: Mirrored) -> None:
    """Both sides' counts and checksums, per table read."""
    con.execute("delete from snap.certificate")
    for table in mirrored.tables:
        theirs, ours = table.source, table.staged
        con.execute(
            "insert into snap.certificate values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                table.name,
                theirs.rows,
                ours.rows,
                theirs.keys,
                ours.keys,
                theirs.content,
                ours.content,
                table.content_scope,
                table.changed,
                table.deleted,
                table.matches,
                round(table.seconds, 3),
            ],
        )


def write_sync(
    con: duckdb.DuckDBPyConnection,
    mirrored: Mirrored,
    *,
    snapshot_id: int,
    fingerprint: str,
    current: dict[str, Any] | None,
    students: int,
    started_at: datetime,
    seconds: float,
) -> None:
    """The one row that says how and when this snapshot was made."""
    ((latest,),) = con.execute(_LATEST).fetchall()
    read = sum(t.source.rows if t.content_scope == "all rows" else t.changed for t in mirrored.tables)
    con.execute("delete from snap.sync")
    con.execute(
        f"insert into snap.sync values ({', '.join('?' * 19)})",
        [
            snapshot_id,
            mirrored.moment.as_of,
            started_at,
            datetime.now(UTC),
            mirrored.mode,
            mirrored.reason,
            mirrored.reader,
            mirrored.where,
            mirrored.moment.snapshot,
            round(seconds, 3),
            read,
            sum(t.changed for t in mirrored.tables),
            sum(t.deleted for t in mirrored.tables),
            students,
            latest,
            current["snapshot_id"] if current else None,
            fingerprint,
            _version(),
            mirrored.moment.is_demo,
        ],
    )


def _version() -> str:
    try:
        return version("hourbook")
    except PackageNotFoundError:
        return "0.1.0"
