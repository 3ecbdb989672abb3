"""Holds what a question was answered: exact rows, their columns, and the snapshot they come from."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Answer:
    """Rows as tuples: hours and money are Decimal, days are date, instants are aware UTC datetime.

    An answer may be shared with other readers through the cache, so nothing in it can be changed: lists are tuples.
    """

    question: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    """DuckDB's names of the columns' types, such as DECIMAL(12,2)."""
    rows: tuple[tuple[Any, ...], ...] = field(repr=False)
    as_of: datetime | None
    snapshot_id: int

    def __len__(self) -> int:
        return len(self.rows)

    def as_dicts(self) -> list[dict[str, Any]]:
        """The rows as dictionaries keyed by column."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def one(self) -> dict[str, Any]:
        """The first row as a dictionary; empty where there is none."""
        return dict(zip(self.columns, self.rows[0], strict=True)) if self.rows else {}

    def column(self, name: str) -> list[Any]:
        """The values of one column, in the order of the rows."""
        position = self.columns.index(name)
        return [row[position] for row in self.rows]

    def arrow(self) -> pa.Table:
        """The rows as an Arrow table; decimals keep their precision and scale."""
        import pyarrow as pa

        values = {name: [row[at] for row in self.rows] for at, name in enumerate(self.columns)}
        arrays = [
            pa.array(values[name], type=_arrow_type(type_))
            for name, type_ in zip(self.columns, self.types, strict=True)
        ]
        return pa.Table.from_arrays(arrays, names=list(self.columns))


def _arrow_type(duckdb_type: str) -> pa.DataType | None:
    import pyarrow as pa

    if decimal := re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", duckdb_type):
        return pa.decimal128(int(decimal[1]), int(decimal[2]))
    if duckdb_type.endswith("[]"):
        element = _arrow_type(duckdb_type[:-2])
        return pa.list_(element) if element is not None else None
    plain = {
        "BIGINT": pa.int64(),
        "INTEGER": pa.int32(),
        "HUGEINT": pa.decimal128(38, 0),
        "VARCHAR": pa.string(),
        "BOOLEAN": pa.bool_(),
        "DOUBLE": pa.float64(),
        "DATE": pa.date32(),
        "TIMESTAMP WITH TIME ZONE": pa.timestamp("us", tz="UTC"),
    }
    return plain.get(duckdb_type)
