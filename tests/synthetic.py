"""Builds a small snapshot by SQL alone: three schools, thirty students, books that add up.

It stands in for a sync where a test needs a published snapshot with known, plausible rows and not the rules of the
ledger: one package pays each class, nothing is split. Every random choice is a hash, so two builds are equal.
"""

from __future__ import annotations

import json
import tempfile
from functools import cache
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parent.parent
AS_OF = "2026-11-23T05:00:00+00:00"
NASTY = "<script>alert(1)</script> **bold** $x^2$ :material/home: =1+1"

_ROWS = Path(__file__).with_suffix(".sql").read_text("utf-8")


def publish(folder: Path, *, rows: str = _ROWS, snapshot_id: int = 1, as_of: str = AS_OF) -> Path:
    """Writes `snap_<id>.duckdb` and the pointer into `folder`, made by etl/schema.sql and `rows`; returns the file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"snap_{snapshot_id:06d}.duckdb"
    path.write_bytes(_without_rows())
    with duckdb.connect(str(path)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        if rows:
            connection.execute(rows)
        connection.execute("checkpoint")
    point(folder, snapshot_id, as_of=as_of)
    return path


@cache
def _without_rows() -> bytes:
    """The file of a snapshot that holds tables only; making them takes longer than filling them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.duckdb"
        with duckdb.connect(str(path)) as connection:
            connection.execute("begin")
            connection.execute((ROOT / "etl" / "schema.sql").read_text("utf-8"))
            connection.execute("commit")
            connection.execute("checkpoint")
        return path.read_bytes()


def point(folder: Path, snapshot_id: int, *, as_of: str = AS_OF) -> None:
    """Makes a snapshot of `folder` the current one."""
    file = f"snap_{snapshot_id:06d}.duckdb"
    said = {"snapshot_id": snapshot_id, "file": file, "as_of": as_of, "published_at": as_of}
    fresh = folder / "current.json.new"
    fresh.write_text(json.dumps(said), "utf-8")
    fresh.replace(folder / "current.json")


EMPTY = f"insert into sync (snapshot_id, as_of, is_demo) values (1, '{AS_OF}', true)"
"""Rows of a platform that holds nothing yet."""
