"""Ways to read all consumptions out of PostgreSQL: ours, the floor, and what others would use.

Each function prepares and returns the callable that is measured; that returns the rows and the hours it read, as text
with the type they came in, so that exactness can be judged.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

Read = Callable[[], dict[str, Any]]
TABLE = "finances_hourconsumption"
_SELECT = f"select * from {TABLE}"


def floor(url: str, psql: str) -> Read:
    """The least anybody can do: PostgreSQL sends the rows in its own binary form, and nobody reads them."""
    plain = _libpq(url)

    def read() -> dict[str, Any]:
        with Path(os.devnull).open("wb") as nowhere:
            subprocess.run([psql, plain, "-qc", f"copy {TABLE} to stdout (format binary)"], stdout=nowhere, check=True)
        return {}

    return read


def ours(url: str, use_extension: bool) -> Read:
    """Hourbook's own reader, into a file as in a sync."""
    import duckdb

    from etl import contract, mirror
    from etl.readers import open_source

    table = next(table for table in contract.tables() if table.name == TABLE)

    def read() -> dict[str, Any]:
        with _folder() as folder, duckdb.connect(str(folder / "private.duckdb")) as connection:
            connection.execute("set memory_limit = '1GB'")
            mirror.create(connection)
            source = open_source(connection, url, use_extension=use_extension)
            source.begin()
            if use_extension and source.name != "extension":
                raise RuntimeError("the extension did not load")
            source.read(table, f"mirror.{TABLE}")
            found = connection.execute(f"select count(*), sum(hours_consumed) from mirror.{TABLE}").fetchone()
            if use_extension:
                connection.execute("commit")
            source.close()
        return _found(*(found or (0, 0)))

    return read


def pandas(url: str) -> Read:
    """pandas.read_sql, as in most tutorials."""
    import pandas as pd
    from sqlalchemy import create_engine

    def read() -> dict[str, Any]:
        frame = pd.read_sql(_SELECT, create_engine(url))
        return _found(len(frame), frame["hours_consumed"].sum())

    return read


def sqlalchemy(url: str) -> Read:
    """SQLAlchemy rows through a server-side cursor."""
    from sqlalchemy import create_engine, text

    def read() -> dict[str, Any]:
        rows, hours = 0, None
        with create_engine(url).connect().execution_options(yield_per=20_000) as connection:
            for row in connection.execute(text(_SELECT)).mappings():
                rows += 1
                hours = row["hours_consumed"] if hours is None else hours + row["hours_consumed"]
        return _found(rows, hours)

    return read


def dlt(url: str, backend: Literal["sqlalchemy", "pyarrow", "connectorx"]) -> Read:
    """dlt's own SQL source into DuckDB."""
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    os.environ["RUNTIME__LOG_LEVEL"] = "ERROR"
    import dlt as dlthub
    import duckdb
    from dlt.sources.sql_database import sql_table

    def read() -> dict[str, Any]:
        with _folder() as folder:
            file = str(folder / "loaded.duckdb")
            pipeline = dlthub.pipeline(
                "bench", pipelines_dir=str(folder / "pipelines"), destination=dlthub.destinations.duckdb(file),
                dataset_name="platform",
            )
            backend_options = {"return_type": "arrow"} if backend == "connectorx" else {}
            rows = sql_table(
                credentials=url.replace("+psycopg2", "") if backend == "connectorx" else url, table=TABLE,
                backend=backend, backend_kwargs=backend_options, reflection_level="full_with_precision",
            )
            pipeline.run(rows, write_disposition="replace")
            with duckdb.connect(file) as connection:
                found = connection.execute(f"select count(*), sum(hours_consumed) from platform.{TABLE}").fetchone()
        return _found(*(found or (0, 0)))

    return read


def adbc(url: str) -> Read:
    """ADBC into Arrow; hours as whole hundredths, for its numeric comes as text."""
    import adbc_driver_postgresql.dbapi
    import pyarrow.compute as pc

    select = (
        "select id, student_account_id, class_session_id, purchase_transaction_id, (hours_consumed * 100)::bigint as"
        " hours_consumed, (hours_originally_reserved * 100)::bigint as hours_originally_reserved, consumed_at,"
        f" is_refunded, refund_reason, created_at, updated_at from {TABLE}"
    )

    def read() -> dict[str, Any]:
        opened = adbc_driver_postgresql.dbapi.connect(url.replace("+psycopg2", ""))
        with opened as connection, connection.cursor() as cursor:
            cursor.execute(select)
            table = cursor.fetch_arrow_table()
        return _found(table.num_rows, Decimal(pc.sum(table["hours_consumed"]).as_py()) / 100)

    return read


def connectorx(url: str) -> Read:
    """ConnectorX into Arrow, in one part: more would see different instants."""
    import connectorx as cx
    import pyarrow.compute as pc

    def read() -> dict[str, Any]:
        table = cx.read_sql(url.replace("+psycopg2", ""), _SELECT, return_type="arrow")
        return _found(table.num_rows, pc.sum(table["hours_consumed"]).as_py())

    return read


def _found(rows: Any, hours: object) -> dict[str, Any]:
    return {"rows": int(rows), "hours": str(hours), "type": type(hours).__name__}


def _libpq(url: str) -> str:
    return url.replace("postgresql+psycopg2://", "postgresql://")


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="hourbook-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
