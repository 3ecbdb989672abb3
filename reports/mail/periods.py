"""Decides which periods of a schedule are over and so are to be reported."""

from __future__ import annotations

from datetime import date, timedelta

from reports.finance import Period
from store.schedules import Rhythm

MOST_BEHIND = 12
"""After a long rest only so many periods are made up for."""


def over(rhythm: Rhythm, *, since: date, today: date) -> list[Period]:
    """The periods that ended after ``since`` and are over today, the earliest first; weeks begin on Monday."""
    found: list[Period] = []
    period = Period.month_before(today) if rhythm == "monthly" else _week_before(today)
    while period.end > since and len(found) < MOST_BEHIND:
        found.append(period)
        period = Period.month_before(period.start) if rhythm == "monthly" else _week_before(period.start)
    return found[::-1]


def _week_before(day: date) -> Period:
    monday = day - timedelta(days=day.weekday())
    return Period(monday - timedelta(days=7), monday)
