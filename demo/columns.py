"""Column-wise rows on their way into a database: plain numpy columns, typed as the contract's tables are.

A number column holds hundredths, an instant microseconds since 1970 in UTC, a date days since 1970, a time of day
microseconds; ``NULL`` stands for null in all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from etl.contract import platform

NULL = np.iinfo(np.int64).max
"""Null in a numeric column."""

Column = NDArray[Any] | Sequence[Any] | int | str | bool
"""Values of a column; a single value stands for every row."""


class Ids:
    """The next id of every table; ids are handed out in blocks, in the order the rows are made."""

    def __init__(self) -> None:
        self._next = {table.name: 1 for table in platform.sorted_tables}

    def take(self, table: str, count: int) -> NDArray[np.int64]:
        """``count`` new ids of a table, ascending."""
        first = self._next[table]
        self._next[table] = first + count
        return np.arange(first, first + count, dtype=np.int64)

    def one(self, table: str) -> int:
        """One new id of a table."""
        return int(self.take(table, 1)[0])

    def counts(self) -> dict[str, int]:
        """Rows handed out so far, by table."""
        return {table: following - 1 for table, following in self._next.items()}


def arrow_table(table: str, columns: Mapping[str, Column]) -> pa.Table:
    """The columns as an Arrow table in the contract's order and types; KeyError when one is missing."""
    length = max(len(c) for c in columns.values() if not isinstance(c, int | str | bool))
    contract = platform.tables[table].columns
    unknown = set(columns) - set(contract.keys())
    if unknown:
        raise KeyError(f"{table} has no column {sorted(unknown)}")
    arrays = [_arrow_column(columns[c.name], c.info["stage"], length, json=c.name == "metadata") for c in contract]
    return pa.table(arrays, names=[c.name for c in contract])


def _arrow_column(values: Column, stage: str, length: int, *, json: bool) -> pa.Array:
    if isinstance(values, int | str | bool):
        values = [values] * length
    if stage == "varchar" or json:
        if isinstance(values, np.ndarray):
            return pa.array(values.astype(object), pa.string())
        return pa.array(values, pa.string())
    if stage == "boolean":
        return pa.array(np.asarray(values, dtype=np.bool_))
    numbers = np.ascontiguousarray(values, dtype=np.int64)
    null = numbers == NULL
    mask = null if null.any() else None
    if stage.startswith("decimal"):
        return _decimals(numbers, mask)
    if stage == "bigint":
        return pa.array(numbers, pa.int64(), mask=mask)
    if stage == "date":
        return pa.array(np.where(null, 0, numbers).astype(np.int32), pa.int32(), mask=mask).cast(pa.date32())
    kind = {"timestamptz": pa.timestamp("us"), "time": pa.time64("us")}[stage]
    return pa.array(np.where(null, 0, numbers), pa.int64(), mask=mask).cast(kind)


def _decimals(hundredths: NDArray[np.int64], mask: NDArray[np.bool_] | None) -> pa.Array:
    """Exact decimals with two places: the integers are laid out as Arrow keeps decimals, never through a float."""
    words = np.empty((len(hundredths), 2), dtype=np.int64)
    words[:, 0] = hundredths
    words[:, 1] = hundredths >> 63
    valid = None if mask is None else pa.py_buffer(np.packbits(~mask, bitorder="little").tobytes())
    return pa.Array.from_buffers(pa.decimal128(18, 2), len(hundredths), [valid, pa.py_buffer(words.tobytes())])
