"""Judges a schedule of reports before it is recorded: known reports, fit for its rhythm, and real addresses."""

from __future__ import annotations

import queries
from errors import HourbookError
from reports import finance
from reports.mail.addresses import BadAddress, read
from reports.mail.schools import WHOLE
from store.schedules import Schedule

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
