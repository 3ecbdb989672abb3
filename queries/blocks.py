"""Answers a question about one student together with the same question about many others, and keeps all the answers.

A database of columns takes hardly longer for two hundred neighbouring students than for one, so who asks for one
student after the other is answered from memory nearly every time. A question that can be asked so has a parameter
`until_student`, `student_id` as its first column, is ordered by it, and says of each student only what it would say of
that student alone (`tests/queries/test_blocks.py`).
"""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from access.scope import Reach, Scope
from queries import door

if TYPE_CHECKING:
    import pyarrow as pa

BLOCK = 256
KEPT_BYTES = 96 * 1024 * 1024
"""Values kept at most in this process; the blocks used longest ago go first."""

LEAST_BYTES = 4096
"""What a block counts for at least: who asks for students that do not exist must not fill the memory with nothing."""

_EVERYTHING = Scope.business()


@dataclass(frozen=True)
class _Block:
    table: pa.Table
    student_ids: list[int]

    @property
    def bytes(self) -> int:
        """What it counts for among the kept ones."""
        return max(LEAST_BYTES, int(self.table.nbytes))

    def rows(self, student_id: int) -> list[dict[str, Any]]:
        """The rows of one student, as dictionaries keyed by column."""
        first, last = bisect_left(self.student_ids, student_id), bisect_right(self.student_ids, student_id)
        return self.table.slice(first, last - first).to_pylist() if last > first else []


class _Blocks:
    """Blocks used last, as many as fit; two who want the same one wait for one answer. Safe to share."""

    def __init__(self, most_bytes: int) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[Any, _Block] = OrderedDict()
        self._asking: dict[Any, threading.Lock] = {}
        self._bytes = 0
        self._most = most_bytes

    def get(self, key: Any) -> _Block | None:
        with self._lock:
            block = self._kept.get(key)
            if block is not None:
                self._kept.move_to_end(key)
            return block

    def asking(self, key: Any) -> threading.Lock:
        with self._lock:
            return self._asking.setdefault(key, threading.Lock())

    def put(self, key: Any, block: _Block) -> None:
        with self._lock:
            self._asking.pop(key, None)
            before = self._kept.pop(key, None)
            self._bytes += block.bytes - (before.bytes if before else 0)
            self._kept[key] = block
            while self._bytes > self._most and self._kept:
                _, oldest = self._kept.popitem(last=False)
                self._bytes -= oldest.bytes

    def gave_up(self, key: Any) -> None:
        with self._lock:
            self._asking.pop(key, None)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self._bytes = 0


_blocks = _Blocks(KEPT_BYTES)


def ask_one(warehouse: door.Snapshots, scope: Scope, name: str, /, student_id: int) -> list[dict[str, Any]]:
    """What `ask(…, student_id=student_id).as_dicts()` says, sooner where a neighbour was asked for before.

    Raises what `ask` raises. A student's own view is taken from the block of the whole business: of a question of this
    kind it is the rows with that student's id, no more and no less.
    """
    if scope.reach is Reach.STUDENTS and scope.within is None and scope.money is None:
        if student_id not in scope.ids:
            return []
        scope = _EVERYTHING
    snapshot = warehouse.current()
    if snapshot is None or student_id <= 0:
        return door.ask(warehouse, scope, name, student_id=student_id).as_dicts()
    first = student_id - student_id % BLOCK
    key = (snapshot, scope.key, name, first)
    block = _blocks.get(key)
    if block is None:
        with _blocks.asking(key):
            block = _blocks.get(key)
            if block is None:
                try:
                    table = door.ask_arrow(
                        warehouse, snapshot, scope, name, student_id=first, until_student=first + BLOCK - 1
                    )
                except BaseException:
                    _blocks.gave_up(key)
                    raise
                block = _Block(table, table.column("student_id").to_pylist())
                _blocks.put(key, block)
    return block.rows(student_id)


def is_kept(warehouse: door.Snapshots, scope: Scope, name: str, /, student_id: int) -> bool:
    """`ask_one` would answer from memory."""
    if scope.reach is Reach.STUDENTS and scope.within is None and scope.money is None:
        scope = _EVERYTHING
    return _blocks.get((warehouse.current(), scope.key, name, student_id - student_id % BLOCK)) is not None


def forget() -> None:
    """Drops every kept block (tests and measurements)."""
    _blocks.clear()
