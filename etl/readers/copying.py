"""Carries rows from Postgres to DuckDB by COPY, through a CSV file that is gone afterwards."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import duckdb
from psycopg2 import extensions

from etl.contract import ContractTable
from etl.readers.shapes import quoted


def copy_rows(
    con: duckdb.DuckDBPyConnection, pg: extensions.connection, table: ContractTable, select: str, target: str
) -> None:
    """Insert the rows of ``select`` into the DuckDB table ``target``.  Raises psycopg2's errors as they are."""
    texts = ", ".join(quoted(c.name) for c in table.columns if c.stage == "varchar")
    force = f", force_quote ({texts})" if texts else ""
    columns = ", ".join(f"'{c.name}': '{c.stage}'" for c in table.columns)
    names = ", ".join(quoted(c.name) for c in table.columns)
    handle, path = tempfile.mkstemp(suffix=".csv", prefix="hourbook-")
    try:
        with os.fdopen(handle, "wb") as file, pg.cursor() as cursor:
            cursor.copy_expert(f"copy ({select}) to stdout (format csv, null '\\N', encoding 'utf8'{force})", file)
        con.execute(
            f"insert into {target} ({names}) select {names} from read_csv('{path}', header=false, delim=',',"
            " quote='\"', escape='\"', nullstr='\\N', allow_quoted_nulls=false, auto_detect=false,"
            f" parallel=false, max_line_size=20000000, new_line='\\n', columns={{{columns}}})"
        )
    finally:
        Path(path).unlink(missing_ok=True)
