"""The one door: answers a question within a scope, from the current snapshot, or from what was answered before.

A cached answer belongs to one snapshot file, one scope and one set of parameters, so it can neither be stale nor cross
between viewers.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from access.scope import Scope
from queries.amounts import amount_columns
from queries.answer import Answer
from queries.catalogue import Question, QuestionError, question
from queries.parse import Parsed, parse
from queries.scope_sql import RULES, under

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

CACHED_CELLS = 4_000_000
"""Values kept at most in this process, about 0.4 GB; the answers used longest ago go first."""


STREAMED_ROWS = 2_000
"""Rows that a streamed answer holds at once."""


class Snapshot(Protocol):
    """What the door needs to know of a snapshot; `warehouse.SnapshotRef` is one."""

    @property
    def snapshot_id(self) -> int: ...
    @property
    def path(self) -> Path: ...
    @property
    def as_of(self) -> datetime | None: ...
    @property
    def published_at(self) -> datetime | None: ...


class Snapshots(Protocol):
    """What the door needs of a warehouse; `warehouse.Warehouse` is one."""

    def current(self) -> Any: ...
    def lease(self, snapshot: Any = None) -> AbstractContextManager[duckdb.DuckDBPyConnection]: ...


@dataclass(frozen=True)
class CacheReport:
    """How the cache has done since the process began."""

    hits: int
    misses: int
    answers: int
    cells: int


def ask(warehouse: Snapshots, scope: Scope, name: str, /, **params: Any) -> Answer:
    """Answers question `name` with the rows of `scope`.

    Raises QuestionError for an unknown question or a parameter that is unknown, missing or ill-typed, and
    `warehouse.NoSnapshot` before the first sync.
    """
    asked = question(name)
    values = asked.values(params)
    snapshot = warehouse.current()
    if snapshot is None:
        with warehouse.lease():  # raises NoSnapshot, unless one was published in between
            snapshot = warehouse.current()
    key = (snapshot, scope.key, name, tuple(values.items()))
    if (known := _cache.get(key)) is not None:
        return known
    with warehouse.lease(snapshot) as cursor:
        answer = _answer(cursor, scope, asked, values, snapshot)
    _cache.put(key, answer)
    return answer


@dataclass(frozen=True)
class Streamed:
    """An answer while it is being read: its columns, and its rows one after the other, once."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]


@contextmanager
def stream(warehouse: Snapshots, scope: Scope, name: str, /, **params: Any) -> Iterator[Streamed]:
    """As `ask`, for answers too long to be held: rows come batch by batch while the block lasts; none are kept."""
    asked = question(name)
    values = asked.values(params)
    snapshot = warehouse.current()
    with warehouse.lease(snapshot) as cursor:
        cursor.execute(_within(cursor, scope, asked, snapshot), values or None)
        yield Streamed(tuple(column[0] for column in cursor.description or []), _batched(cursor))


def _batched(cursor: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while batch := cursor.fetchmany(STREAMED_ROWS):
        yield from batch


def ask_arrow(warehouse: Snapshots, snapshot: Snapshot, scope: Scope, name: str, /, **params: Any) -> pa.Table:
    """Answers question `name` of one snapshot as an Arrow table, exact as ever, and keeps nothing. Raises as `ask`."""
    asked = question(name)
    values = asked.values(params)
    with warehouse.lease(snapshot) as cursor:
        cursor.execute(_within(cursor, scope, asked, snapshot), values or None)
        return cursor.to_arrow_table()


def _within(cursor: duckdb.DuckDBPyConnection, scope: Scope, asked: Question, snapshot: Snapshot) -> str:
    amounts = {} if scope.money is None else amount_columns(cursor, snapshot)
    return under(scope, _parsed(cursor, asked).tables, asked.sql, amounts)


def _answer(
    cursor: duckdb.DuckDBPyConnection, scope: Scope, asked: Question, values: dict[str, Any], snapshot: Snapshot
) -> Answer:
    cursor.execute(_within(cursor, scope, asked, snapshot), values or None)
    described = cursor.description or []
    return Answer(
        question=asked.name,
        columns=tuple(column[0] for column in described),
        types=tuple(str(column[1]) for column in described),
        rows=tuple(_frozen(row) for row in cursor.fetchall()),
        as_of=snapshot.as_of,
        snapshot_id=snapshot.snapshot_id,
    )


def _frozen(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A row that no reader can change for the others."""
    return tuple(tuple(value) if isinstance(value, list) else value for value in row)


def _parsed(cursor: duckdb.DuckDBPyConnection, asked: Question) -> Parsed:
    if asked not in _proved:
        _proved[asked] = parse(cursor, asked, RULES)
    return _proved[asked]


class _Cache:
    """Answers used last, as many as fit into CACHED_CELLS; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: OrderedDict[Any, Answer] = OrderedDict()
        self._hits = self._misses = self._cells = 0

    def get(self, key: Any) -> Answer | None:
        with self._lock:
            answer = self._answers.get(key)
            if answer is None:
                self._misses += 1
                return None
            self._hits += 1
            self._answers.move_to_end(key)
            return answer

    def put(self, key: Any, answer: Answer) -> None:
        with self._lock:
            before = self._answers.pop(key, None)
            self._cells += _cells(answer) - (_cells(before) if before else 0)
            self._answers[key] = answer
            while self._cells > CACHED_CELLS and self._answers:
                _, oldest = self._answers.popitem(last=False)
                self._cells -= _cells(oldest)

    def report(self) -> CacheReport:
        with self._lock:
            return CacheReport(self._hits, self._misses, len(self._answers), self._cells)

    def clear(self) -> None:
        with self._lock:
            self._answers.clear()
            self._cells = 0


def _cells(answer: Answer) -> int:
    return 100 + len(answer.rows) * len(answer.columns)


_cache = _Cache()
_proved: dict[Question, Parsed] = {}


def cache_report() -> CacheReport:
    """Hits, misses and size of the answers kept by this process."""
    return _cache.report()


def forget() -> None:
    """Drops every kept answer (benches measure without them)."""
    _cache.clear()


__all__ = ["QuestionError", "Streamed", "ask", "ask_arrow", "cache_report", "forget", "stream"]
