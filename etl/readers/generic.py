"""Reads any other platform database (the SQLite demo school) through SQLAlchemy, every value as text.

Texts are cast by DuckDB, so a value means the same whichever driver carried it; what cannot be cast is an odd value.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import URL

from etl import contract
from etl.contract import ContractTable
from etl.errors import ContractViolated, SourceUnreachable
from etl.readers.shapes import quoted
from etl.readers.source import Fingerprints, Moment, OddValue, add_up
from settings import masked_url

_BATCH = 100_000

# How a text becomes each type; a boolean may come as 0 and 1, a number as a floating-point text of two decimals.
_CASTS = {
    "boolean": "try_cast({c} as boolean)",
    "decimal(18,2)": "try_cast({c} as decimal(18,2))",
    "timestamptz": "case when try_cast({c} as timestamptz) is not null then"
    " least(greatest(try_cast({c} as timestamptz), '0001-01-02 00:00:00+00'), '9999-12-31 23:59:59.999999+00') end",
    "date": "case when try_cast({c} as date) is not null then"
    " least(greatest(try_cast({c} as date), '0001-01-02'), '9999-12-31') end",
}


class GenericSource:
    """A platform behind SQLAlchemy: full reads only, one transaction."""

    name = "sqlalchemy"
    can_read_changes = False

    def __init__(self, con: duckdb.DuckDBPyConnection, url: URL, *, now: datetime | None = None) -> None:
        self.con = con
        self.url = url
        self.now = now
        self.where = masked_url(url.render_as_string(hide_password=False))
        self._engine = sa.create_engine(url)
        self._connection: sa.Connection | None = None
        self._tables: dict[str, ContractTable] = {}
        self._is_demo = False
        self._odd: dict[str, list[OddValue]] = {}

    def begin(self) -> Moment:
        """Open one transaction and validate the contract in it."""
        if self.url.get_backend_name() == "sqlite":
            database = self.url.database
            if database and database != ":memory:" and not Path(database).exists():
                raise self._unreachable(f"there is no file {database}")
        try:
            self._connection = self._engine.connect()
            if self.url.get_backend_name() == "sqlite":
                # The driver would begin only before a write; reading several tables needs one transaction too.
                self._connection.exec_driver_sql("begin")
            self._validate(sa.inspect(self._connection))
        except sa.exc.DBAPIError as error:
            raise self._unreachable(" ".join(str(error.orig).split())) from error
        identity = hashlib.sha256(self.where.encode()).hexdigest()[:16]
        return Moment(self.now or datetime.now(UTC), None, None, None, identity, self._is_demo)

    def _unreachable(self, reason: str) -> SourceUnreachable:
        return SourceUnreachable(
            f"The platform's database {self.where} cannot be read: {reason}. "
            "Check HOURBOOK_PLATFORM_URL; the last snapshot keeps serving."
        )

    def _validate(self, inspector: sa.Inspector) -> None:
        problems: list[str] = []
        names = set(inspector.get_table_names()) | set(inspector.get_view_names())
        self._is_demo = "hourbook_demo" in names
        for table in contract.tables():
            if table.name not in names:
                if table.optional is None:
                    problems.append(f"table {table.name} is missing")
                continue
            columns = {column["name"] for column in inspector.get_columns(table.name)}
            problems += [f"column {table.name}.{c.name} is missing" for c in table.columns if c.name not in columns]
            self._tables[table.name] = table
        if problems:
            raise ContractViolated(
                f"The platform {self.where} is not as expected: {'; '.join(problems)}. "
                "Nothing was changed; point HOURBOOK_PLATFORM_URL at the platform's database."
            )

    @property
    def in_transaction(self) -> bool:
        """Whether DuckDB's own transaction was begun together with the source's snapshot."""
        return False

    def present(self) -> Mapping[str, ContractTable]:
        """The contract's tables that this platform has."""
        return self._tables

    def _query(self, statement: str) -> sa.CursorResult[*tuple[object, ...]]:
        assert self._connection is not None
        try:
            return self._connection.exec_driver_sql(statement)
        except sa.exc.DBAPIError as error:
            raise self._unreachable(" ".join(str(error.orig).split())) from error

    def read(self, table: ContractTable, target: str) -> None:
        """Insert all rows into ``target``."""
        names = [column.name for column in table.columns]
        texts = ", ".join(f"cast({quoted(name)} as {self._text()})" for name in names)
        result = self._query(f"select {texts} from {quoted(table.name)}")
        casts = [
            _CASTS.get(c.stage, "try_cast({c} as " + c.stage + ")").format(c=quoted(c.name)) for c in table.columns
        ]
        listed = ", ".join(quoted(name) for name in names)
        self._odd[table.name] = []
        while rows := result.fetchmany(_BATCH):
            columns = [pa.array(values, pa.string()) for values in zip(*rows, strict=True)]
            batch = pa.table(columns, names=names)
            self.con.register("incoming_rows", batch)
            self.con.execute(f"insert into {target} ({listed}) select {', '.join(casts)} from incoming_rows")
            self._note_odd(table)
            self.con.unregister("incoming_rows")

    def _text(self) -> str:
        return "text" if self.url.get_backend_name() == "sqlite" else "char"

    def _note_odd(self, table: ContractTable) -> None:
        for column in table.columns:
            if column.stage in ("varchar", "bigint"):
                continue
            name = quoted(column.name)
            rows = self.con.execute(
                f"select try_cast(id as bigint), left({name}, 80) from incoming_rows"
                f" where {name} is not null and ({_exact(column.stage, name)}) order by 1 limit 1000"
            ).fetchall()
            self._odd[table.name] += [
                OddValue(table.name, int(i), column.name, str(v)) for i, v in rows if i is not None
            ]

    read_again = read

    def read_changes(self, table: ContractTable, target: str, horizon: int) -> None:
        """Not offered: there are no row versions to compare."""
        raise NotImplementedError("a source without row versions is always read in full")

    def _sums(self, table: ContractTable) -> tuple[str, str]:
        """Sums that SQLite and DuckDB write alike: ids, flags, and lengths of texts."""
        parts = ["0"]
        for number, column in enumerate(table.columns):
            name = quoted(column.name)
            if column.stage == "bigint":
                parts.append(f"{2 * number + 3} * coalesce({name} % 1000000007, 11)")
            elif column.stage == "boolean":
                parts.append(f"{2 * number + 3} * (case when {name} then 3 when not {name} then 5 else 7 end)")
            elif column.stage == "varchar":
                parts.append(f"{2 * number + 3} * coalesce(length({name}), 29)")
        return (
            "coalesce(sum((id % 1000003) * (id % 999983)), 0)",
            f"coalesce(sum(({' + '.join(parts)}) * (id % 61 + 1)), 0)",
        )

    def fingerprints(self, table: ContractTable, horizon: int | None = None) -> Fingerprints:
        """Count and checksums computed by the source."""
        keys, content = self._sums(table)
        row = self._query(f"select count(*), {keys}, {content} from {quoted(table.name)}").one()
        return Fingerprints(int(str(row[0])), str(row[1]), str(row[2]))

    def staged(self, table: ContractTable, target: str, deep: bool) -> Fingerprints:
        """The same sums over our copy in the DuckDB table ``target``."""
        return add_up(self.con, target, self._sums(table))

    def key_buckets(self, table: ContractTable) -> list[tuple[int, int, str]]:
        """Not needed: a full read brings no deleted rows."""
        return []

    def keys_in(self, table: ContractTable, buckets: list[int]) -> list[int]:
        """Not needed: a full read brings no deleted rows."""
        return []

    def odd_values(self, table: ContractTable, horizon: int | None = None) -> list[OddValue]:
        """Values that could not be cast, found while reading."""
        return self._odd.get(table.name, [])

    def close(self) -> None:
        """End the transaction."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._engine.dispose()


def _exact(stage: str, name: str) -> str:
    """True where the cast value is not what the text says."""
    if stage == "timestamptz":
        return (
            f"try_cast({name} as timestamptz) is null or not (try_cast({name} as timestamptz)"
            " between '0001-01-02 00:00:00+00' and '9999-12-31 23:59:59.999999+00')"
        )
    if stage == "decimal(18,2)":
        return (
            f"try_cast({name} as decimal(18,2)) is null"
            f" or try_cast({name} as decimal(18,2)) <> try_cast({name} as decimal(28,6))"
        )
    return f"try_cast({name} as {stage}) is null"
