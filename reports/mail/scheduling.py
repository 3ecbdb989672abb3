"""Judges a schedule of reports before it is recorded: known reports, fit for its rhythm, and real addresses."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

import queries
from errors import HourbookError
from reports import finance
from reports.finance import Period
from reports.mail import periods
from reports.mail.addresses import BadAddress, read
from reports.mail.planning import domain_of, report_letter
from reports.mail.schools import WHOLE
from store import outbox
from store.schedules import Schedule

if TYPE_CHECKING:
    from settings import Settings

_MOST = 20


class ScheduleRefused(HourbookError):
    """A schedule cannot be what was given."""


def checked(books: queries.Snapshots, schedule: Schedule) -> Schedule:
    """The schedule with its lists in order.  Raises ScheduleRefused and UnknownReport."""
    reports, recipients = tuple(dict.fromkeys(schedule.reports)), tuple(dict.fromkeys(schedule.recipients))
    for what, some in (("report", reports), ("recipient", recipients)):
        if not 0 < len(some) <= _MOST:
            raise ScheduleRefused(f"A schedule has 1 to {_MOST} {what}s, not {len(some)}: name them.")
    for name in reports:
        span = finance.report_named(name).span
        if schedule.rhythm == "weekly" and span not in ("days", "day"):
            raise ScheduleRefused(f"The report {name} is made for whole months: schedule it monthly.")
    for address in recipients:
        try:
            read(address)
        except BadAddress as wrong:
            raise ScheduleRefused(f"Reports cannot be sent to {address!r}. {wrong.message}") from wrong
    if schedule.school_id is not None:
        known = queries.ask(books, WHOLE, "schools").column("school_id")
        if schedule.school_id not in known:
            raise ScheduleRefused(f"There is no school {schedule.school_id}. See them by `hourbook ask schools`.")
    return Schedule(**{**vars(schedule), "reports": reports, "recipients": recipients})


def last_period(schedule: Schedule, *, zone: str, now: datetime) -> Period:
    """The period of a schedule that was over last, by the days of a zone."""
    today = now.astimezone(ZoneInfo(zone)).date()
    return periods.over(schedule.rhythm, since=today - timedelta(days=62), today=today)[-1]


def send_now(engine: Engine, settings: Settings, schedule: Schedule, period: Period, *, now: datetime) -> int:
    """Let a period's reports be sent with the next round, whether they were sent before or not; how many messages.

    0 where the same was asked for within this minute: a button pressed twice sends once.
    """
    letters = [
        report_letter(schedule, period.start.isoformat(), period.end.isoformat(), address, domain_of(settings))
        for address in schedule.recipients
    ]
    return outbox.enqueue_all(
        engine, [dataclasses.replace(one, effect=f"{one.effect}:now:{now:%Y%m%d%H%M}") for one in letters], now=now,
    )
