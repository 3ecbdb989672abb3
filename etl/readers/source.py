"""Decides what every reader of a platform must offer, so that the sync does not care which one it uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import duckdb

from errors import HourbookError
from etl.contract import ContractTable

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much is done and how much there is."""


@dataclass(frozen=True)
class Moment:
    """The one instant of the source that all tables are read at.

    ``horizon`` is the oldest transaction still open then: every later change has a row version at or past it.
    ``identity`` changes when the database is not the same one any more (restored, replaced, tables made anew).
    ``is_demo`` when the source carries the mark of an invented school.
    """

    as_of: datetime
    snapshot: str | None
    horizon: int | None
    next_version: int | None
    identity: str
    is_demo: bool = False


@dataclass(frozen=True)
class Fingerprints:
    """One side's count and checksums of a table (or of its changed rows); ``deep`` when texts are hashed."""

    rows: int
    keys: str
    content: str
    deep: bool = True


@dataclass(frozen=True)
class OddValue:
    """A value the mirror's type cannot hold."""

    table: str
    row_id: int
    column: str
    value: str


class ExtensionFailed(HourbookError):
    """DuckDB's extension could not read a table that the server can: read by COPY instead."""


class Source(Protocol):
    """A platform database, read in one consistent snapshot.  Every call may raise SourceUnreachable."""

    name: str
    can_read_changes: bool
    where: str

    @property
    def in_transaction(self) -> bool:
        """Whether DuckDB's own transaction was begun together with the source's snapshot."""

    def begin(self) -> Moment:
        """Open the snapshot after validating the contract (ContractViolated, SourceRefused)."""

    def present(self) -> Mapping[str, ContractTable]:
        """The contract's tables that this source has."""

    def read(self, table: ContractTable, target: str) -> None:
        """Insert all rows of ``table`` into the DuckDB table ``target``, exact to the digit."""

    def read_again(self, table: ContractTable, target: str) -> None:
        """The same by the slower, independent road, after a certificate did not match."""

    def read_changes(self, table: ContractTable, target: str, horizon: int) -> None:
        """Insert the rows whose version is at or past ``horizon``."""

    def fingerprints(self, table: ContractTable, horizon: int | None = None) -> Fingerprints:
        """Count and checksums computed by the source; of the changed rows when ``horizon`` is given."""

    def staged(self, table: ContractTable, target: str, deep: bool) -> Fingerprints:
        """The same sums over our copy in the DuckDB table ``target``."""

    def key_buckets(self, table: ContractTable) -> list[tuple[int, int, str]]:
        """(bucket, rows, checksum) per block of 8192 ids."""

    def keys_in(self, table: ContractTable, buckets: list[int]) -> list[int]:
        """The ids in these blocks."""

    def odd_values(self, table: ContractTable, horizon: int | None = None) -> list[OddValue]:
        """Values that were read as something else, because the mirror cannot hold them."""

    def close(self) -> None:
        """End the snapshot."""


def add_up(con: duckdb.DuckDBPyConnection, target: str, sums: tuple[str, str]) -> Fingerprints:
    """Our side's count and checksums of the DuckDB table ``target``; ``sums`` are two SQL aggregates."""
    row: Any = con.execute(f"select count(*), {sums[0]}::varchar, {sums[1]}::varchar from {target}").fetchone()
    return Fingerprints(int(row[0]), str(row[1]), str(row[2]))
