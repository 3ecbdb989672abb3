"""Carries the histories that need a replay from DuckDB to the ledger core and its entries back.

Only whole numbers cross: hundredths of an hour, cents, microseconds.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby, islice
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import pyarrow as pa

from ledger.history import NEVER, Adjustment, Booking, BurnOrder, Grant, History, Refund
from ledger.replay import Replay, replay

PARALLEL_FROM = 200_000
"""Bookings from which worker processes pay for their start."""

_GRANTS = """
select purchases.student_id, purchases.transaction_id, epoch_us(purchases.created_at), (purchases.hours * 100)::bigint,
    (purchases.amount * 100)::bigint, coalesce(epoch_us(purchases.expires_at), $never), purchases.school_id,
    epoch_us(purchases.updated_at)
from stage_purchases as purchases
semi join build_replay_students using (student_id)
where purchases.grants
order by purchases.student_id, purchases.transaction_id
"""
_REFUNDS = """
select purchases.student_id, refunds.transaction_id, epoch_us(refunds.refunded_at), refunds.cents, refunds.is_full,
    epoch_us(refunds.updated_at)
from stage_refunds as refunds
join stage_purchases as purchases on purchases.transaction_id = refunds.transaction_id
order by purchases.student_id, refunds.transaction_id, refunds.refunded_at, refunds.position
"""
_BOOKINGS = """
select student_id, consumption_id, booked_package_id, (booked * 100)::bigint, epoch_us(held_at), epoch_us(class_at),
    (returned * 100)::bigint, coalesce(epoch_us(returned_at), 0), session_school_id, session_id, epoch_us(booked_at)
from stage_consumptions
semi join build_replay_students using (student_id)
order by student_id, consumption_id
"""
_ADJUSTMENTS = """
select adjustments.student_id, adjustments.id, adjustments.kind, epoch_us(adjustments.effective_at),
    coalesce((adjustments.hours * 100)::bigint, $never), adjustments.package_id, adjustments.consumption_id,
    coalesce(epoch_us(adjustments.new_expires_at), $never),
    coalesce(epoch_us(adjustments.expires_at), $never), coalesce(adjustments.school_id, students.home_school_id),
    epoch_us(adjustments.recorded_at), adjustments.reason
from stage_adjustments as adjustments
left join stage_students as students on students.student_id = adjustments.student_id
order by adjustments.student_id, adjustments.id
"""

_ENTRY_TYPES = [
    ("entry_id", pa.string()),
    ("student_id", pa.int64()),
    ("school_id", pa.int64()),
    ("package_id", pa.int64()),
    ("kind", pa.string()),
    ("hours", pa.int64()),
    ("cents", pa.int64()),
    ("happened_at", pa.int64()),
    ("recorded_at", pa.int64()),
    ("source_table", pa.string()),
    ("source_id", pa.int64()),
    ("session_id", pa.int64()),
    ("note", pa.string()),
]
_CHARGE_TYPES = [
    ("consumption_id", pa.int64()),
    ("plain", pa.bool_()),
    ("package_id", pa.int64()),
    ("charged_to", pa.string()),
    ("school_id", pa.int64()),
    ("overdrawn", pa.int64()),
    ("returned", pa.int64()),
    ("returned_at", pa.int64()),
    ("cents_at_class", pa.int64()),
    ("cents", pa.int64()),
]
_HELD_TYPES = [("student_id", pa.int64()), ("package_id", pa.int64()), ("hours", pa.int64())]

_Rows = list[tuple[Any, ...]]
_Results = tuple[_Rows, _Rows, _Rows]


def _by_student(rows: Iterable[tuple[Any, ...]]) -> dict[int, _Rows]:
    return {student: [row[1:] for row in group] for student, group in groupby(rows, key=lambda row: row[0])}


def _histories(con: duckdb.DuckDBPyConnection) -> Iterator[History]:
    never = {"never": NEVER}
    grants = _by_student(con.execute(_GRANTS, never).fetchall())
    refunds = _by_student(con.execute(_REFUNDS).fetchall())
    adjustments = _by_student(con.execute(_ADJUSTMENTS, never).fetchall())
    bookings = _by_student(con.execute(_BOOKINGS).fetchall())
    for (student,) in con.execute("select student_id from build_replay_students order by student_id").fetchall():
        yield _history(
            student,
            grants.get(student, []),
            refunds.get(student, []),
            bookings.get(student, []),
            adjustments.get(student, []),
        )


def _history(student: int, grants: _Rows, refunds: _Rows, bookings: _Rows, adjustments: _Rows) -> History:
    back = {
        package: tuple(Refund(*row[1:]) for row in rows) for package, rows in groupby(refunds, key=lambda row: row[0])
    }
    history = History(student)
    history.grants = [
        Grant(package, at, hours, cents, expiry, school, recorded, back.get(package, ()))
        for package, at, hours, cents, expiry, school, recorded in grants
    ]
    history.bookings = [Booking(*row) for row in bookings]
    for number, kind, at, hours, package, consumption, new_expiry, expiry, school, recorded, reason in adjustments:
        if kind == "add":
            history.grants.append(Grant(-number, at, hours, 0, expiry, school, recorded, note=reason))
        else:
            history.adjustments.append(
                Adjustment(number, kind, at, hours, package, consumption, new_expiry, school, recorded, reason)
            )
    return history


def _results(done: Replay) -> _Results:
    student = done.history.student_id
    # An entry's own fields, with the student after its id.
    entries = [(entry[0], student, *entry[1:]) for entry in done.entries()]
    charges = [
        (
            c.consumption_id,
            c.plain,
            c.portions[0][0] if len(c.portions) == 1 else None,
            _in_words(c.portions),
            c.school_id,
            c.overdrawn,
            c.returned,
            c.returned_at,
            c.cents_at_class,
            c.cents,
        )
        for c in done.charges()
    ]
    held = [(student, number, package.held) for number, package in done.packages.items() if package.held > 0]
    return entries, charges, held


def _in_words(portions: tuple[tuple[int | None, int], ...]) -> str | None:
    """ "package 12: 1.50 h; overdrawn: 1.00 h"; one part per package."""
    parts: dict[int | None, int] = {}
    for package, hours in portions:
        parts[package] = parts.get(package, 0) + hours
    names = [f"{_payer(package)}: {hours // 100}.{hours % 100:02d} h" for package, hours in parts.items()]
    return "; ".join(names) or None


def _payer(package: int | None) -> str:
    if package is None:
        return "overdrawn"
    return f"package {package}" if package > 0 else "goodwill"


def _work(job: tuple[list[History], int, BurnOrder]) -> _Results:
    histories, until, order = job
    entries: _Rows = []
    charges: _Rows = []
    held: _Rows = []
    for history in histories:
        more = _results(replay(history, until, order, every_entry=False))
        entries += more[0]
        charges += more[1]
        held += more[2]
    return entries, charges, held


def _chunks(histories: Iterator[History], size: int) -> Iterator[list[History]]:
    while chunk := list(islice(histories, size)):
        yield chunk


class _Worker:
    """A process that replays what it is sent.  It ends when its pipe closes, so it never outlives a killed sync.

    Not multiprocessing: that would run the caller's main script again in every worker.
    """

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "etl.replaying"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parent.parent,
        )

    def replay(self, job: tuple[list[History], int, BurnOrder]) -> _Results:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        pickle.dump(job, self._process.stdin, protocol=5)
        self._process.stdin.flush()
        results: _Results = pickle.load(self._process.stdout)  # our own child process wrote it
        return results

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def serve(jobs: BinaryIO, results: BinaryIO) -> None:
    """A worker's life: replay each job until there are no more."""
    while True:
        try:
            job = pickle.load(jobs)  # our own parent process wrote it
        except EOFError:
            return
        pickle.dump(_work(job), results, protocol=5)
        results.flush()


def _all_results(con: duckdb.DuckDBPyConnection, until: int, order: BurnOrder) -> Iterator[_Results]:
    ((bookings,),) = con.execute(
        "select count(*) from stage_consumptions semi join build_replay_students using (student_id)"
    ).fetchall()
    jobs = ((chunk, until, order) for chunk in _chunks(_histories(con), 500))
    count = min(os.cpu_count() or 1, 4)
    if bookings < PARALLEL_FROM or count < 2:
        yield from map(_work, jobs)
        return
    workers = [_Worker() for _ in range(count)]
    try:
        with ThreadPoolExecutor(count) as pool:
            # One round at a time keeps only a few jobs in memory.
            while batch := list(islice(jobs, count)):
                yield from pool.map(_Worker.replay, workers, batch)
    finally:
        for worker in workers:
            worker.close()


def replay_students(con: duckdb.DuckDBPyConnection, until_us: int, order: BurnOrder) -> int:
    """Replay the students of ``build_replay_students``; adds to build_entries, build_charges and build_reservations.

    ``until_us`` is the snapshot's instant in microseconds.  Returns the number of students replayed.
    """
    con.execute(
        "create or replace temp table build_charges ("
        "consumption_id bigint, plain boolean, package_id bigint, charged_to varchar, school_id bigint,"
        " overdrawn bigint, returned bigint, returned_at bigint, cents_at_class bigint, cents bigint)"
    )
    for entries, charges, held in _all_results(con, until_us, order):
        _insert(
            con,
            entries,
            _ENTRY_TYPES,
            (
                "insert into build_entries select entry_id, student_id, school_id, package_id, kind,"
                " (hours / 100)::decimal(12,2), (cents / 100)::decimal(14,2), make_timestamptz(happened_at),"
                " make_timestamptz(recorded_at), source_table, source_id, session_id, note from incoming_rows"
            ),
        )
        _insert(con, charges, _CHARGE_TYPES, "insert into build_charges select * from incoming_rows")
        _insert(
            con,
            held,
            _HELD_TYPES,
            (
                "insert into build_reservations"
                " select student_id, package_id, (hours / 100)::decimal(12,2) from incoming_rows"
            ),
        )
    ((students,),) = con.execute("select count(*) from build_replay_students").fetchall()
    return int(students)


def _insert(con: duckdb.DuckDBPyConnection, rows: _Rows, types: list[tuple[str, pa.DataType]], statement: str) -> None:
    if not rows:
        return
    columns = list(zip(*rows, strict=True))
    arrays = [pa.array(column, kind) for column, (_, kind) in zip(columns, types, strict=True)]
    con.register("incoming_rows", pa.table(arrays, names=[name for name, _ in types]))
    con.execute(statement)
    con.unregister("incoming_rows")


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
