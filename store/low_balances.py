"""Remembers on which side of their school's threshold students were seen last, and so who has just fallen below."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, Engine, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from store.mail_tables import low_balances as table
from store.outbox import Letter, enqueue

_ROWS_AT_ONCE = 100


def see(
    engine: Engine, school_id: int, threshold: Decimal, is_low: Mapping[int, bool],
    letters: Callable[[Sequence[int]], Sequence[Letter]], *, now: datetime,
) -> int:
    """Note where each student stands, and enqueue the letters to those who fell since they were last seen.

    Both in one transaction, so that a fall is neither lost nor told twice.  Who is seen for the first time, or for the
    first time with this threshold, has not fallen.  How many letters are new.
    """
    with engine.execution_options(writes=True).begin() as connection:
        last = _last_seen(connection, school_id, threshold)
        changed = {student: low for student, low in is_low.items() if last.get(student) is not low}
        fallen = [student for student, low in sorted(changed.items()) if low and last.get(student) is False]
        made = sum(enqueue(connection, letter, now=now) for letter in letters(fallen))
        _write(connection, school_id, threshold, changed, now)
        _forget(connection, school_id, sorted(set(last) - set(is_low)))
        return made


def forget(engine: Engine, school_ids: Sequence[int]) -> None:
    """Forget who stood where at these schools: once switched on again, everybody is seen for the first time."""
    known = select(table.c.school_id).where(table.c.school_id.in_(list(school_ids))).distinct()
    with engine.connect() as connection:
        found = list(connection.execute(known).scalars())
    if found:
        with engine.execution_options(writes=True).begin() as connection:
            connection.execute(delete(table).where(table.c.school_id.in_(found)))


def _last_seen(connection: Connection, school_id: int, threshold: Decimal) -> dict[int, bool]:
    rows = connection.execute(select(table.c.student_id, table.c.is_low).where(
        table.c.school_id == school_id, table.c.threshold == threshold,
    ))
    return {row.student_id: bool(row.is_low) for row in rows}


def _write(
    connection: Connection, school_id: int, threshold: Decimal, seen: Mapping[int, bool], now: datetime,
) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    rows = [
        {"school_id": school_id, "student_id": student, "threshold": threshold, "is_low": low, "seen_at": now}
        for student, low in sorted(seen.items())
    ]
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        new = dialect.insert(table).values(rows[start:start + _ROWS_AT_ONCE])
        connection.execute(new.on_conflict_do_update(
            index_elements=["school_id", "student_id"],
            set_={name: new.excluded[name] for name in ("threshold", "is_low", "seen_at")},
        ))


def _forget(connection: Connection, school_id: int, students: Sequence[int]) -> None:
    """Students who are not the school's any more: when they come back, they are seen for the first time."""
    for start in range(0, len(students), _ROWS_AT_ONCE):
        connection.execute(delete(table).where(
            table.c.school_id == school_id, table.c.student_id.in_(students[start:start + _ROWS_AT_ONCE]),
        ))
