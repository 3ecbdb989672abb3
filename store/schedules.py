"""Schedules of reports by mail, recorded and ended but never edited, so that it is known what was sent why."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Engine, insert, select, update

from errors import HourbookError
from store.mail_tables import report_schedules as table

Rhythm = Literal["weekly", "monthly"]


class ScheduleUnknown(HourbookError):
    """No running schedule has this id."""


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Which reports go to whom, and how often; without a school, of the whole business."""

    school_id: int | None
    rhythm: Rhythm
    reports: tuple[str, ...]
    format: str
    language: str
    recipients: tuple[str, ...]
    actor: str
    recorded_at: datetime
    ended_at: datetime | None = None
    ended_by: str | None = None
    id: int = 0


def add(engine: Engine, schedule: Schedule) -> Schedule:
    """Record a schedule; gives it back with its id."""
    values = {name: getattr(schedule, name) for name in (
        "school_id", "rhythm", "format", "language", "actor", "recorded_at",
    )}
    with engine.execution_options(writes=True).begin() as connection:
        (new_id,) = connection.execute(insert(table).values(
            **values, reports=json.dumps(schedule.reports), recipients=json.dumps(schedule.recipients),
        )).inserted_primary_key or (0,)
    return by_id(engine, int(new_id))


def end(engine: Engine, schedule_id: int, *, actor: str, now: datetime) -> Schedule:
    """End a schedule: nothing is sent by it any more.  Raises ScheduleUnknown."""
    with engine.execution_options(writes=True).begin() as connection:
        done = connection.execute(update(table).where(
            table.c.id == schedule_id, table.c.ended_at.is_(None),
        ).values(ended_at=now, ended_by=actor))
    if done.rowcount != 1:
        raise _unknown(schedule_id)
    return by_id(engine, schedule_id)


def by_id(engine: Engine, schedule_id: int) -> Schedule:
    """The schedule, running or ended; raises ScheduleUnknown."""
    with engine.connect() as connection:
        row = connection.execute(select(table).where(table.c.id == schedule_id)).mappings().first()
    if row is None:
        raise _unknown(schedule_id)
    return _made(row)


def running(engine: Engine) -> list[Schedule]:
    """All that were not ended, in the order in which they were made."""
    with engine.connect() as connection:
        rows = connection.execute(select(table).where(table.c.ended_at.is_(None)).order_by(table.c.id)).mappings()
        return [_made(row) for row in rows]


def _made(row: Any) -> Schedule:
    values = dict(row)
    for name in ("reports", "recipients"):
        values[name] = tuple(json.loads(values[name]))
    return Schedule(**values)


def _unknown(schedule_id: int) -> ScheduleUnknown:
    return ScheduleUnknown(
        f"There is no running schedule with the id {schedule_id}: see them by `hourbook mail schedules`."
    )
