"""Puts rows into SQLite or Postgres quickly, and knows whether a database was made by the demo.

Everything happens in one transaction.  In Postgres the tables are created bare, filled by COPY, and get their keys,
indexes and foreign keys afterwards; in SQLite they are created whole.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    create_engine,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.engine import make_url
from sqlalchemy.schema import AddConstraint, CreateTable

from demo.errors import NotADemoDatabase
from etl.contract import platform

_own = MetaData()
marker = Table(
    "hourbook_demo", _own,
    Column("seed", Integer, nullable=False), Column("today", DateTime(timezone=True), nullable=False),
    Column("students", Integer, nullable=False), Column("years", Integer, nullable=False),
    Column("hazards", Boolean, nullable=False),
)  # fmt: skip
"""The mark of a demo database, with what it was made from."""

_LARGE = 2_000_000
"""From so many rows in a table on, foreign keys are not checked row by row: the generator made them whole."""


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """One connection in one transaction, in UTC; the folder of a SQLite file is made when missing."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("set local timezone = 'UTC'"))
            yield connection
    finally:
        engine.dispose()


def exists(url: str) -> bool:
    """False for a SQLite file that is not there: asking about it must not make it."""
    parsed = make_url(url)
    return parsed.get_backend_name() != "sqlite" or bool(parsed.database and Path(parsed.database).exists())


def has_marker(connection: Connection) -> bool:
    """Whether the database was made by the demo."""
    return inspect(connection).has_table(marker.name)


def clear(connection: Connection) -> None:
    """Drop the platform's tables of a demo database; NotADemoDatabase when they are not the demo's."""
    found = sorted(set(inspect(connection).get_table_names()) & set(platform.tables))
    if not has_marker(connection):
        if found:
            raise NotADemoDatabase(connection.engine.url.render_as_string(hide_password=True), found)
        return
    platform.drop_all(connection)
    marker.drop(connection)


def create(connection: Connection, *, seed: int, today: datetime, students: int, years: int, hazards: bool) -> None:
    """Create the tables and leave the mark."""
    if connection.dialect.name == "postgresql":
        for table in platform.sorted_tables:
            bare = Table(table.name, MetaData(), *(Column(c.name, c.type, nullable=c.nullable) for c in table.columns))
            connection.execute(CreateTable(bare))
    else:
        platform.create_all(connection)
    marker.create(connection)
    connection.execute(insert(marker).values(seed=seed, today=today, students=students, years=years, hazards=hazards))


def made_from(connection: Connection) -> dict[str, Any]:
    """Seed, date and scale of a demo database."""
    return dict(connection.execute(select(marker)).mappings().one())


def load(connection: Connection, table: str, rows: pa.Table) -> None:
    """Append rows, given in the contract's column order."""
    if not rows.num_rows:
        return
    raw: Any = connection.connection.dbapi_connection
    cursor = raw.cursor()
    if connection.dialect.name == "postgresql":
        sink = io.BytesIO()
        pa.csv.write_csv(rows, sink, pa.csv.WriteOptions(include_header=False))
        sink.seek(0)
        names = ", ".join(rows.column_names)
        cursor.copy_expert(f"copy {table} ({names}) from stdin (format csv, freeze)", sink, size=1 << 20)
    else:
        marks = ", ".join("?" * rows.num_columns)
        columns = [_for_sqlite(column) for column in rows.columns]
        cursor.executemany(f"insert into {table} values ({marks})", zip(*columns, strict=True))
    cursor.close()


def _for_sqlite(column: pa.ChunkedArray) -> list[Any]:
    if pa.types.is_integer(column.type) or pa.types.is_string(column.type) or pa.types.is_boolean(column.type):
        return list(column.to_pylist())
    return list(pc.cast(column, pa.string()).to_pylist())


def finish(connection: Connection, largest: int) -> Iterator[tuple[str, int, int]]:
    """Add keys, indexes and foreign keys in Postgres, and statistics; yields (step, done, total)."""
    if connection.dialect.name != "postgresql":
        return
    connection.execute(text("set local maintenance_work_mem = '512MB'"))
    steps = list(_statements(connection, unchecked=largest >= _LARGE))
    for number, statement in enumerate(steps):
        yield "keys and indexes", number, len(steps)
        connection.execute(text(statement))
    yield "keys and indexes", len(steps), len(steps)


def _statements(connection: Connection, *, unchecked: bool) -> Iterator[str]:
    """The DDL that makes bare tables what the platform has: as Django does it, an index on every foreign key."""
    for kind in (PrimaryKeyConstraint, UniqueConstraint, ForeignKeyConstraint):
        for table in platform.sorted_tables:
            for constraint in sorted(table.constraints, key=lambda c: ",".join(c.columns.keys())):  # type: ignore[attr-defined]
                if not isinstance(constraint, kind):
                    continue
                skip = " not valid" if unchecked and kind is ForeignKeyConstraint else ""
                yield str(AddConstraint(constraint).compile(dialect=connection.dialect)) + skip
                if isinstance(constraint, ForeignKeyConstraint) and not _is_first_of_unique(table, constraint):
                    column = constraint.columns.keys()[0]
                    yield f"create index {table.name}_{column} on {table.name} ({column})"
    for table in platform.sorted_tables:
        yield f"alter table {table.name} alter column id add generated by default as identity"
        last = f"(select coalesce(max(id), 1) from {table.name})"
        yield f"select setval(pg_get_serial_sequence('{table.name}', 'id'), {last})"
        yield f"analyze {table.name}"


def _is_first_of_unique(table: Table, constraint: ForeignKeyConstraint) -> bool:
    column = constraint.columns.keys()[0]
    return any(
        isinstance(c, UniqueConstraint) and next(iter(c.columns.keys())) == column for c in table.constraints
    )
