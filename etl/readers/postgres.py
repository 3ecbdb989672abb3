"""Reads a Postgres platform in one read-only snapshot: by DuckDB's extension, or by COPY.

Two connections see the same snapshot: DuckDB's extension reads the rows in bulk, and a psycopg2 connection
(which joins the snapshot the extension exported) validates, counts and adds up checksums.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import duckdb
import psycopg2
from psycopg2 import extensions
from sqlalchemy.engine import URL

from etl.contract import ContractTable
from etl.errors import SourceRefused, SourceUnreachable
from etl.readers.connection import dsn_of, extension_path
from etl.readers.copying import copy_rows
from etl.readers.shapes import Shape, checksums, quoted, quoted_text
from etl.readers.source import ExtensionFailed, Fingerprints, Moment, OddValue, add_up
from etl.readers.validation import validate
from settings import masked_url

DEEP_BYTES = 32_000_000
"""Tables up to this size have their texts hashed into the certificate; larger ones have them measured."""

_BUCKET = 8192


class PostgresSource:
    """A Postgres platform; ``use_extension=False`` reads by COPY only."""

    can_read_changes = True

    def __init__(
        self, con: duckdb.DuckDBPyConnection, url: URL, *, use_extension: bool = True, now: datetime | None = None
    ) -> None:
        self.con = con
        self.url = url
        self.dsn = dsn_of(url)
        self.now = now
        self.where = masked_url(url.render_as_string(hide_password=False))
        self._pg: extensions.connection | None = None
        self._shapes: dict[str, list[Shape]] = {}
        self._schemas: dict[str, str] = {}
        self._tables: dict[str, ContractTable] = {}
        self._odd: set[str] = set()
        self._has_versions = True
        self._attached = False
        self._extension = extension_path() if use_extension else None
        self.name = "copy"

    # -- the snapshot ------------------------------------------------------------------------------

    def begin(self) -> Moment:
        """Open one snapshot on both connections and validate the contract in it."""
        self._pg = self._connect()
        self._run("set timezone to 'UTC'")
        exported = self._attach()
        self._run("commit")
        self._run("begin transaction isolation level repeatable read read only")
        if exported is not None:
            self._run("set transaction snapshot %s", (exported,))
        # A server started anew may stand on restored files whose row versions say nothing about the ones we know.
        as_of, snapshot, identity, started = self._one(
            "select transaction_timestamp(), pg_current_snapshot()::text, current_database() || ':' ||"
            " (select oid from pg_database where datname = current_database()), pg_postmaster_start_time()::text"
        )
        self._validate()
        oldest, following, _ = str(snapshot).split(":")
        return Moment(
            self.now or as_of.astimezone(UTC),
            str(snapshot),
            int(oldest) if self._has_versions else None,
            int(following),
            f"{identity}:{started}:{self._cluster()}:{self._oids()}",
            self._one("select to_regclass('hourbook_demo') is not null")[0],
        )

    def _connect(self) -> extensions.connection:
        try:
            return psycopg2.connect(self.dsn)
        except psycopg2.OperationalError as error:
            raise self._unreachable(error) from error

    def _unreachable(self, error: Exception) -> SourceUnreachable:
        reason = " ".join(str(error).split()) or type(error).__name__
        return SourceUnreachable(
            f"The platform's database {self.where} cannot be reached: {reason}. "
            "Check HOURBOOK_PLATFORM_URL, the network and that the server runs; the last snapshot keeps serving."
        )

    def _attach(self) -> str | None:
        """Begin the extension's snapshot inside DuckDB's transaction; its id, or None to read by COPY."""
        if self._extension is None:
            return None
        try:
            self.con.execute(f"load {quoted_text(str(self._extension))}")
            self.con.execute(f"attach {quoted_text(self.dsn)} as source (type postgres, read_only)")
            self._attached = True
            self.con.execute("begin")
            row = self.con.execute(
                "select * from postgres_query('source', 'select pg_export_snapshot() as id')"
            ).fetchone()
        except duckdb.Error:
            self._detach()
            return None
        self.name = "extension"
        return str(row[0]) if row else None

    def _detach(self) -> None:
        if self._attached:
            with suppress(duckdb.Error):
                self.con.execute("rollback")
            self.con.execute("detach source")
            self._attached = False

    def close(self) -> None:
        """End the snapshot on both connections; DuckDB's transaction must be over."""
        if self._attached:
            with suppress(duckdb.Error):
                self.con.execute("detach source")
            self._attached = False
        if self._pg is not None:
            with suppress(psycopg2.Error):
                self._pg.close()
            self._pg = None

    # -- asking Postgres ---------------------------------------------------------------------------

    def _run(self, query: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        assert self._pg is not None
        try:
            with self._pg.cursor() as cursor:
                cursor.execute(query, values or None)
                return cursor.fetchall() if cursor.description else []
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
            raise self._unreachable(error) from error
        except psycopg2.errors.InsufficientPrivilege as error:
            raise SourceRefused(
                f"The platform refused to be read: {' '.join(str(error).split())}. Grant SELECT to our role."
            ) from error

    def _one(self, query: str, values: tuple[Any, ...] = ()) -> tuple[Any, ...]:
        return self._run(query, values)[0]

    def _cluster(self) -> str:
        """Identifies the cluster and its timeline where the role may ask; a restore changes the timeline."""
        self._run("savepoint cluster")
        try:
            row = self._one(
                "select (select system_identifier from pg_control_system())::text || ':' ||"
                " (select timeline_id from pg_control_checkpoint())::text"
            )
        except SourceRefused:
            self._run("rollback to savepoint cluster")
            return "unknown"
        return str(row[0])

    def _oids(self) -> str:
        rows = self._run(
            "select to_regclass(name)::oid from unnest(%s) with ordinality as t(name, n) order by n",
            (list(self._tables),),
        )
        return ",".join(str(row[0]) for row in rows)

    def _validate(self) -> None:
        found = validate(self._run, self.where, self.url.username or "hourbook")
        self._tables, self._shapes, self._schemas = found.tables, found.shapes, found.schemas
        self._has_versions = found.has_versions

    @property
    def in_transaction(self) -> bool:
        """Whether DuckDB's own transaction was begun together with the source's snapshot."""
        return self._attached

    def present(self) -> Mapping[str, ContractTable]:
        """The contract's tables that this platform has."""
        return self._tables

    # -- rows --------------------------------------------------------------------------------------

    def _from(self, table: ContractTable, horizon: int | None = None) -> str:
        place = f"{quoted(self._schemas[table.name])}.{quoted(table.name)}"
        # Row versions have 32 bits; age() compares them the right way round across a wrap.
        return place if horizon is None else f"{place} where age(xmin) <= age('{horizon % 2**32}'::xid)"

    def _select(self, table: ContractTable, horizon: int | None = None) -> str:
        careful = table.name in self._odd
        columns = [
            f"{quoted(s.column.name)}" if s.plain and not careful else f"{s.expression} as {quoted(s.column.name)}"
            for s in self._shapes[table.name]
        ]
        return f"select {', '.join(columns)} from {self._from(table, horizon)}"

    def read(self, table: ContractTable, target: str) -> None:
        """Insert all rows into ``target``: by the extension where it is loaded."""
        if not self._attached:
            self.read_again(table, target)
            return
        names = ", ".join(quoted(c.name) for c in table.columns)
        if all(s.plain for s in self._shapes[table.name]) and table.name not in self._odd:
            rows = f"select {names} from source.{quoted(self._schemas[table.name])}.{quoted(table.name)}"
        else:
            rows = (
                f"select {names} from postgres_query('source', '{self._select(table).replace(chr(39), chr(39) * 2)}')"
            )
        try:
            self.con.execute(f"insert into {target} ({names}) {rows}")
        except duckdb.Error as error:
            # Raises SourceUnreachable where the server is gone; where it answers, the extension is at fault.
            self._one("select 1")
            raise ExtensionFailed(f"table {table.name}: {type(error).__name__}") from error

    def read_again(self, table: ContractTable, target: str) -> None:
        """Insert all rows by COPY."""
        self._copy(table, self._select(table), target)

    def read_changes(self, table: ContractTable, target: str, horizon: int) -> None:
        """Insert the rows whose version is at or past ``horizon``, by COPY."""
        self._copy(table, self._select(table, horizon), target)

    def _copy(self, table: ContractTable, select: str, target: str) -> None:
        assert self._pg is not None
        try:
            copy_rows(self.con, self._pg, table, select, target)
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
            raise self._unreachable(error) from error

    # -- evidence ----------------------------------------------------------------------------------

    def fingerprints(self, table: ContractTable, horizon: int | None = None) -> Fingerprints:
        """Count and checksums computed by Postgres in the snapshot, and which tables hold odd values."""
        (size,) = self._one("select pg_table_size(to_regclass(%s))", (table.name,))
        deep = int(size) <= DEEP_BYTES
        self._run("savepoint adding")
        try:
            return self._added_up(table, horizon, deep)
        except (psycopg2.DataError, psycopg2.NotSupportedError):
            # A value that no whole number can hold (NaN, infinity): add up what it will be read as.
            self._run("rollback to savepoint adding")
            self._odd.add(table.name)
            return self._added_up(table, horizon, deep)

    def _added_up(self, table: ContractTable, horizon: int | None, deep: bool) -> Fingerprints:
        shapes = self._shapes[table.name]
        odd = " or ".join(f"({s.odd})" for s in shapes if s.odd) or "false"
        careful = table.name in self._odd
        values = {s.column.name: s.expression for s in shapes if careful or not s.plain or s.column.stage == "varchar"}
        keys, content = checksums(table, "postgres", deep=deep, values=values)
        rows, strange, keys_sum, content_sum = self._one(
            f"select count(*), count(*) filter (where {odd}), {keys}::text, {content}::text"
            f" from {self._from(table, horizon)}"
        )
        if strange and not careful:
            self._odd.add(table.name)
            return self._added_up(table, horizon, deep)
        return Fingerprints(int(rows), str(keys_sum), str(content_sum), deep)

    def odd_values(self, table: ContractTable, horizon: int | None = None) -> list[OddValue]:
        """At most 10,000 values of a table that the mirror cannot hold."""
        if table.name not in self._odd:
            return []
        found: list[OddValue] = []
        for shape in self._shapes[table.name]:
            if shape.odd is None:
                continue
            condition = f"({shape.odd})"
            place = self._from(table, horizon)
            joined = f"{place} {'and' if horizon is not None else 'where'} {condition}"
            rows = self._run(
                f"select id, left({quoted(shape.column.name)}::text, 80) from {joined} order by id limit 10000"
            )
            found += [OddValue(table.name, int(row_id), shape.column.name, str(value)) for row_id, value in rows]
        return found

    def staged(self, table: ContractTable, target: str, deep: bool) -> Fingerprints:
        """The same sums over our copy in the DuckDB table ``target``."""
        return add_up(self.con, target, checksums(table, "duckdb", deep=deep))

    def key_buckets(self, table: ContractTable) -> list[tuple[int, int, str]]:
        """(bucket, rows, checksum) per block of ids."""
        checksum = "sum((id % 1000003) * (id % 999983))::text"
        query = f"select id / {_BUCKET} as b, count(*), {checksum} from {self._from(table)} group by 1"
        return [(int(b), int(n), str(s)) for b, n, s in self._run(query)]

    def keys_in(self, table: ContractTable, buckets: list[int]) -> list[int]:
        """The ids in these blocks."""
        return [
            int(row[0])
            for row in self._run(f"select id from {self._from(table)} where id / {_BUCKET} = any(%s)", (buckets,))
        ]
