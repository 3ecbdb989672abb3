"""Finds entries of the log for people who may read it, newest first."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select

from audit import chain
from audit.entry import Entry, LogDamaged
from store.tables import audit_log


def entries(
    engine: Engine, *, school_ids: Iterable[int] | None = None, event: str | None = None, actor: str | None = None,
    student_id: int | None = None, since: datetime | None = None, until: datetime | None = None,
    before: int | None = None, limit: int = 50,
) -> tuple[Entry, ...]:
    """The newest entries that fit every limit; ``before`` the number of the last one seen gives the next page.

    ``school_ids`` None is no limit; otherwise what belongs to no school is left out too. The period is half-open.
    Raises LogDamaged.
    """
    table = audit_log
    query = select(table)
    if school_ids is not None:
        query = query.where(table.c.school_id.in_(sorted(set(school_ids))))
    for column, wanted in (("event", event), ("actor", actor), ("student_id", student_id)):
        if wanted is not None:
            query = query.where(table.c[column] == wanted)
    if since is not None:
        query = query.where(table.c.at >= chain.stamp(since))
    if until is not None:
        query = query.where(table.c.at < chain.stamp(until))
    if before is not None:
        query = query.where(table.c.id < before)
    with engine.connect() as connection:
        found = connection.execute(query.order_by(table.c.id.desc()).limit(max(0, limit))).mappings()
        return tuple(_entry(row) for row in found)


def _entry(row: Any) -> Entry:
    kept = {name: row[name] for name in row if name not in ("previous_hash", "details", "at")}
    try:
        return Entry(at=datetime.fromisoformat(row["at"]), details=json.loads(row["details"]), **kept)
    except (ValueError, TypeError) as damaged:
        raise LogDamaged(
            f"Audit entry {row['id']} cannot be read: it was changed after it was written. "
            "Run `hourbook audit verify` to see where the chain breaks."
        ) from damaged
