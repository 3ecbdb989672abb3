"""Adds entries to the log, one after the other, whoever else records at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, insert, select, text

from audit import chain, entry
from audit.entry import Event
from store.tables import audit_log

_LOCK_NUMBER = 4_681_727
MOST_AT_ONCE = 200


@dataclass(frozen=True, kw_only=True)
class Said:
    """What somebody did, to be written down. Raises NotForTheLog when a value is not an id, number or word of ours."""

    event: Event
    actor: str
    now: datetime
    school_id: int | None = None
    student_id: int | None = None
    object: str | int | None = None
    details: Mapping[str, Any] | None = None
    row: Mapping[str, Any] = field(init=False)
    """The same as the log keeps it, without its place in the chain."""

    def __post_init__(self) -> None:
        row = {
            "at": chain.stamp(self.now), "event": str(Event(self.event)), "actor": entry.checked_actor(self.actor),
            "school_id": entry.checked_id("school_id", self.school_id),
            "student_id": entry.checked_id("student_id", self.student_id),
            "object": entry.checked_object(self.object),
            "details": chain.canonical(entry.checked_details(self.details)),
        }
        object.__setattr__(self, "row", row)


def record(
    engine: Engine, *, event: Event, actor: str, now: datetime, school_id: int | None = None,
    student_id: int | None = None, object: str | int | None = None, details: Mapping[str, Any] | None = None,
) -> int:
    """Write one entry and return its number: numbers count from 1 without a gap.

    Whoever asked waits until it is on disk. Raises NotForTheLog when a value is not an id, number or word of ours.
    """
    said = Said(
        event=event, actor=actor, now=now, school_id=school_id, student_id=student_id, object=object, details=details,
    )
    return record_all(engine, [said])


def record_all(engine: Engine, said: Sequence[Said]) -> int:
    """Write these entries, all or none, in their order; the number of the last. There must be at least one."""
    with engine.execution_options(writes=True).begin() as connection:  # SQLite: the only writer from here on
        if connection.dialect.name == "postgresql":
            connection.execute(text("select pg_advisory_xact_lock(:number)"), {"number": _LOCK_NUMBER})
        last = connection.execute(
            select(audit_log.c.id, audit_log.c.hash).order_by(audit_log.c.id.desc()).limit(1),
        ).first()
        number, previous = (last.id, last.hash) if last else (0, chain.GENESIS)
        rows = []
        for one in said:
            number += 1
            row = {**one.row, "id": number, "previous_hash": previous}
            previous = chain.hash_of(row)
            rows.append({**row, "hash": previous})
        connection.execute(insert(audit_log), rows)
    return int(number)


class Gathering:
    """Writes what several threads have to say at the same moment in one transaction.

    Each still waits until its own entry is on disk: a busy API pays for one write where it paid for many.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._waiting: list[tuple[Said, Future[None]]] = []
        self._writing = threading.Lock()

    def record(self, said: Said) -> None:
        """Write one entry; returns when it is on disk. Raises what writing raises."""
        written: Future[None] = Future()
        with self._lock:
            self._waiting.append((said, written))
        with self._writing:  # whoever comes in first writes for all who wait behind
            while not written.done():
                self._write()
        written.result()

    def _write(self) -> None:
        with self._lock:
            batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
        try:
            record_all(self._engine, [said for said, _ in batch])
        except BaseException as failure:  # noqa: BLE001 - each who waits is told, and raises it
            for _, written in batch:
                written.set_exception(failure)
        else:
            for _, written in batch:
                written.set_result(None)
