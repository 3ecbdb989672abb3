"""Keeps our private copy of the platform's tables equal to the source: by a full read, or by the rows that changed."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import duckdb

from etl import contract
from etl.contract import ContractTable
from etl.errors import CertificateMismatch
from etl.readers.shapes import quoted
from etl.readers.source import Fingerprints, Moment, Progress, Source


@dataclass(frozen=True)
class TableRead:
    """What one table brought: counts, and both sides of the certificate."""

    name: str
    source: Fingerprints
    staged: Fingerprints
    content_scope: str
    changed: int
    deleted: int
    seconds: float

    @property
    def matches(self) -> bool:
        """Both sides have the same rows, ids and values."""
        return (self.source.rows, self.source.keys, self.source.content) == (
            self.staged.rows,
            self.staged.keys,
            self.staged.content,
        )


def create(con: duckdb.DuckDBPyConnection) -> None:
    """Make the mirror's tables and its memory where they are missing."""
    con.execute("create schema if not exists mirror")
    for table in contract.tables():
        con.execute(f"create table if not exists mirror.{table.name} ({_columns_of(table)})")
    con.execute(
        "create table if not exists odd_values (table_name varchar, row_id bigint, column_name varchar, value varchar)"
    )
    con.execute("create table if not exists memory (key varchar, value varchar)")
    con.execute("create table if not exists dirty_students (student_id bigint)")
    con.execute("create table if not exists dirty_days (class_date date)")
    con.execute("create table if not exists next_events (student_id bigint, happens_at timestamptz)")
    con.execute("create table if not exists known_adjustments (id bigint, student_id bigint)")


def _columns_of(table: ContractTable) -> str:
    return ", ".join(f"{quoted(column.name)} {column.stage}" for column in table.columns)


def remember(con: duckdb.DuckDBPyConnection, key: str, value: Any) -> None:
    """Keep a fact for the next sync."""
    con.execute("delete from memory where key = ?", [key])
    con.execute("insert into memory values (?, ?)", [key, json.dumps(value, default=str)])


def recall(con: duckdb.DuckDBPyConnection, key: str) -> Any:
    """A fact kept by an earlier sync, or None."""
    row = con.execute("select value from memory where key = ?", [key]).fetchone()
    return json.loads(row[0]) if row else None


def why_full(con: duckdb.DuckDBPyConnection, source: Source, moment: Moment) -> str | None:
    """Why only a full read is safe; None when the changed rows suffice."""
    horizon = recall(con, "horizon")
    if not source.can_read_changes or moment.horizon is None:
        return "the source has no row versions"
    if horizon is None:
        return "first sync of this platform"
    if recall(con, "identity") != moment.identity:
        return "the source is another database than before, or was restored"
    if recall(con, "columns") != _columns(source):
        return "the source's tables changed"
    passed = (moment.next_version or 0) - horizon
    if passed < 0:
        return "the source's row versions went backwards"
    if passed > 1_000_000_000 or horizon % 2**32 < 3:
        return "too many row versions passed since the last sync"
    return None


def _columns(source: Source) -> list[str]:
    return sorted(source.present())


def read_all(con: duckdb.DuckDBPyConnection, source: Source, progress: Progress) -> list[TableRead]:
    """Replace the mirror by what the source holds.  Runs inside the caller's transaction."""
    done = []
    present = source.present()
    con.execute("delete from odd_values")
    for number, table in enumerate(contract.tables()):
        # Inside the transaction: a failure later leaves the old mirror.
        con.execute(f"create or replace table mirror.{table.name} ({_columns_of(table)})")
        if table.name in present:
            progress(f"reading {table.name}", number, len(present))
            done.append(_read_one(con, source, table))
    return done


def _read_one(con: duckdb.DuckDBPyConnection, source: Source, table: ContractTable) -> TableRead:
    started = time.perf_counter()
    target = f"mirror.{table.name}"
    theirs = source.fingerprints(table)
    source.read(table, target)
    ours = source.staged(table, target, theirs.deep)
    read = TableRead(table.name, theirs, ours, "all rows", theirs.rows, 0, 0.0)
    if not read.matches:
        con.execute(f"delete from {target}")
        source.read_again(table, target)
        read = replace(read, staged=source.staged(table, target, theirs.deep))
    if not read.matches:
        raise CertificateMismatch(
            f"Table {table.name} was read twice and does not match the source: "
            f"{theirs.rows} rows there, {read.staged.rows} here. "
            "Nothing was published; run the sync again, and report this if it stays."
        )
    _keep_odd(con, source, table, None)
    return replace(read, seconds=time.perf_counter() - started)


def _keep_odd(con: duckdb.DuckDBPyConnection, source: Source, table: ContractTable, horizon: int | None) -> None:
    for odd in source.odd_values(table, horizon):
        con.execute("insert into odd_values values (?, ?, ?, ?)", [odd.table, odd.row_id, odd.column, odd.value])


def read_changes(con: duckdb.DuckDBPyConnection, source: Source, horizon: int, progress: Progress) -> list[TableRead]:
    """Bring the mirror up to the source's snapshot by what changed since ``horizon``.

    Leaves the old and new images of changed rows in ``temp.before_<table>`` and ``temp.after_<table>``.
    Raises CertificateMismatch when counts or checksums then differ: the caller reads everything instead.
    """
    done = []
    present = source.present()
    for number, table in enumerate(contract.tables()):
        if table.name in present:
            progress(f"comparing {table.name}", number, len(present))
            done.append(_change_one(con, source, table, horizon))
    return done


def _change_one(con: duckdb.DuckDBPyConnection, source: Source, table: ContractTable, horizon: int) -> TableRead:
    started = time.perf_counter()
    mirror, after = f"mirror.{table.name}", f"temp.after_{table.name}"
    theirs = source.fingerprints(table, horizon)
    con.execute(f"create or replace temp table after_{table.name} as from {mirror} limit 0")
    if theirs.rows:
        source.read_changes(table, after, horizon)
    ours = source.staged(table, after, theirs.deep)
    con.execute(
        f"create or replace temp table before_{table.name} as"
        f" select * from {mirror} where id in (select id from {after})"
    )
    if theirs.rows:
        con.execute(f"delete from {mirror} where id in (select id from {after})")
        con.execute(f"insert into {mirror} select * from {after}")
        con.execute(
            "delete from odd_values where table_name = ? and row_id in (select id from " + after + ")", [table.name]
        )
        _keep_odd(con, source, table, horizon)
    deleted, rows, keys = _delete_gone(con, source, table)
    read = TableRead(
        table.name,
        Fingerprints(rows[0], keys[0], theirs.content),
        Fingerprints(rows[1], keys[1], ours.content),
        "changed rows",
        theirs.rows,
        deleted,
        time.perf_counter() - started,
    )
    if not read.matches or theirs.rows != ours.rows or theirs.keys != ours.keys:
        raise CertificateMismatch(f"Table {table.name} differs from the source after its changes were read.")
    return read


def _delete_gone(
    con: duckdb.DuckDBPyConnection, source: Source, table: ContractTable
) -> tuple[int, tuple[int, int], tuple[str, str]]:
    """Delete what the source deleted: compare key sets block by block, and ids only where a block differs."""
    mirror, before = f"mirror.{table.name}", f"temp.before_{table.name}"
    there = {bucket: (rows, keys) for bucket, rows, keys in source.key_buckets(table)}
    here = _buckets(con, mirror)
    differing = [bucket for bucket in set(there) | set(here) if there.get(bucket) != here.get(bucket)]
    deleted = 0
    if differing:
        con.execute("create or replace temp table there_ids (id bigint)")
        ids = source.keys_in(table, differing)
        if ids:
            con.execute("insert into there_ids select unnest(?::bigint[])", [ids])
        gone = "id // 8192 in (select unnest(?::bigint[])) and id not in (select id from there_ids)"
        # A row deleted now may have been inserted or changed since; only its old image counts as before.
        con.execute(f"insert into {before} select * from {mirror} where {gone}", [differing])
        (deleted,) = con.execute(f"delete from {mirror} where {gone}", [differing]).fetchall()[0]
        con.execute(
            f"delete from odd_values where table_name = ? and row_id not in (select id from {mirror})", [table.name]
        )
        here = _buckets(con, mirror)
    return int(deleted), (_rows(there), _rows(here)), (_keys(there), _keys(here))


def _buckets(con: duckdb.DuckDBPyConnection, mirror: str) -> dict[int, tuple[int, str]]:
    rows = con.execute(
        f"select id // 8192, count(*), sum((id % 1000003) * (id % 999983))::varchar from {mirror} group by 1"
    ).fetchall()
    return {int(bucket): (int(count), str(keys)) for bucket, count, keys in rows}


def _rows(buckets: dict[int, tuple[int, str]]) -> int:
    return sum(rows for rows, _ in buckets.values())


def _keys(buckets: dict[int, tuple[int, str]]) -> str:
    return str(sum(int(keys) for _, keys in buckets.values()))


def remember_source(con: duckdb.DuckDBPyConnection, source: Source, moment: Moment) -> None:
    """Keep what the next sync needs to read only what changes from now on."""
    remember(con, "horizon", moment.horizon)
    remember(con, "identity", moment.identity)
    remember(con, "columns", _columns(source))
    remember(con, "mirror_as_of", moment.as_of)


def as_instant(value: Any) -> datetime | None:
    """A remembered instant."""
    return datetime.fromisoformat(value) if value else None
