"""Adds entries to the log, one after the other, whoever else records at the same moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, insert, select, text

from audit import chain, entry
from audit.entry import Event
from store.tables import audit_log

_LOCK_NUMBER = 4_681_727


def record(
    engine: Engine, *, event: Event, actor: str, now: datetime, school_id: int | None = None,
    student_id: int | None = None, object: str | int | None = None, details: Mapping[str, Any] | None = None,
) -> int:
    """Write one entry and return its number: numbers count from 1 without a gap.

    Whoever asked waits until it is on disk. Raises NotForTheLog when a value is not an id, number or word of ours.
    """
    row: dict[str, Any] = {
        "at": chain.stamp(now), "event": str(Event(event)), "actor": entry.checked_actor(actor),
        "school_id": entry.checked_id("school_id", school_id),
        "student_id": entry.checked_id("student_id", student_id), "object": entry.checked_object(object),
        "details": chain.canonical(entry.checked_details(details)),
    }
    with engine.execution_options(writes=True).begin() as connection:  # SQLite: the only writer from here on
        if connection.dialect.name == "postgresql":
            connection.execute(text("select pg_advisory_xact_lock(:number)"), {"number": _LOCK_NUMBER})
        last = connection.execute(
            select(audit_log.c.id, audit_log.c.hash).order_by(audit_log.c.id.desc()).limit(1),
        ).first()
        row |= {"id": last.id + 1 if last else 1, "previous_hash": last.hash if last else chain.GENESIS}
        connection.execute(insert(audit_log).values(**row, hash=chain.hash_of(row)))
    return int(row["id"])
