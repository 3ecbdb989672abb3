"""Draws the habits of a chunk of students: school, pace, class length, plan, when they come and when they leave.

Everything is a numpy array with one value per student, so a chunk of thousands costs no more than a few dozen calls.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from demo.schools import SCHOOLS
from demo.terms import teaching_days

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

DAY = 86_400_000_000
"""Microseconds in a day; all instants are microseconds since 1970 in UTC."""
HOUR = 3_600_000_000
MINUTE = 60_000_000

ORDINARY, NEW, BOUGHT_ONLY = 0, 1, 2
"""Kinds of student: has classes; has nothing yet; has bought and not been taught."""


@dataclass(frozen=True)
class Window:
    """The days of the demo: from a Monday ``years`` ago to three weeks past today, with each school's calendar."""

    monday: date
    weeks: int
    now: int
    price_rise: int
    today_index: int
    teaching: Flags
    offset: Ints

    @property
    def midnight(self) -> int:
        """The window's first midnight as if its days were UTC days, in microseconds."""
        return int(np.datetime64(self.monday, "us").astype(np.int64))


def open_window(today: datetime, years: int) -> Window:
    """The window that ends three weeks after ``today`` (aware UTC)."""
    start = today.date() - timedelta(days=round(365.25 * years))
    monday = start - timedelta(days=start.weekday())
    weeks = (today.date() - monday).days // 7 + 4
    days = weeks * 7
    teaching = np.stack([teaching_days(school.calendar, monday, days) for school in SCHOOLS])
    offset = np.zeros((len(SCHOOLS), days), dtype=np.int64)
    for row, school in enumerate(SCHOOLS):
        zone = ZoneInfo(school.timezone)
        for day in range(days):
            noon = datetime.combine(monday + timedelta(days=day), datetime.min.time(), zone) + timedelta(hours=12)
            shift = noon.utcoffset()
            assert shift is not None
            offset[row, day] = round(shift.total_seconds()) * 1_000_000
    now = int(np.datetime64(today.replace(tzinfo=None), "us").astype(np.int64))
    school_year = today.year if today.month >= 9 else today.year - 1
    rise = int(np.datetime64(date(school_year, 9, 1), "us").astype(np.int64))
    return Window(monday, weeks, now, rise, (today.date() - monday).days, teaching, offset)


@dataclass(frozen=True)
class Cohort:
    """Habits of a chunk of students (n values each) and of its class series (m values each).

    A series is one weekly appointment: of one student, or of a group of two to four of one school.
    Days are indexes into the window; hours are hundredths.
    """

    school: Ints
    kind: Ints
    first_day: Ints
    last_day: Ints
    fade_day: Ints
    attendance: NDArray[np.float64]
    plan: Ints
    renew_at: Ints
    block: Ints
    oldest_only: Flags
    discount: Flags
    series: Ints
    series_school: Ints
    series_group: Flags
    series_twice: Flags
    series_minutes: Ints

    @property
    def size(self) -> int:
        """Number of students."""
        return len(self.school)


SUBSCRIPTION = 4
"""Index into a school's plans; 0 to 3 are the packages of 5, 10, 20 and 40 hours."""


def draw_cohort(rng: np.random.Generator, size: int, window: Window) -> Cohort:
    """Draw ``size`` students. Groups are of students of one school, side by side in the arrays."""
    shares = np.array([school.share for school in SCHOOLS])
    school = np.sort(rng.choice(len(SCHOOLS), size, p=shares)).astype(np.int64)
    series, lead = _draw_series(rng, school)
    count = len(lead)
    minutes = rng.choice([60, 90, 120], count, p=[0.85, 0.05, 0.1]).astype(np.int64)
    twice = (rng.random(count) < 0.66) & (minutes < 120)
    group = np.bincount(series, minlength=count) > 1
    kind = rng.choice([ORDINARY, NEW, BOUGHT_ONLY], size, p=[0.945, 0.035, 0.02]).astype(np.int64)
    first, last, fade = _draw_stay(rng, size, window)
    pace = (minutes * (1 + twice))[series]
    return Cohort(
        school=school, kind=kind, first_day=first, last_day=last, fade_day=fade,
        attendance=rng.uniform(0.9, 1.0, size), plan=_draw_plan(rng, pace),
        renew_at=rng.choice([0, 1, 2], size, p=[0.45, 0.35, 0.2]).astype(np.int64),
        block=rng.choice([1, 4], size, p=[0.78, 0.22]).astype(np.int64),
        oldest_only=rng.random(size) < 0.008, discount=rng.random(size) < 0.08,
        series=series, series_school=school[lead], series_group=group, series_twice=twice, series_minutes=minutes,
    )


def _draw_series(rng: np.random.Generator, school: Ints) -> tuple[Ints, Ints]:
    """Each student's series, and the index of each series' first student."""
    size = len(school)
    joins = rng.random(size) < 0.31
    joins[0] = False
    joins[1:] &= school[1:] == school[:-1]
    run = np.arange(size) - np.maximum.accumulate(np.where(joins, 0, np.arange(size)))
    joins &= run % 4 != 0
    series = np.cumsum(~joins) - 1
    return series.astype(np.int64), np.flatnonzero(~joins)


def _draw_stay(rng: np.random.Generator, size: int, window: Window) -> tuple[Ints, Ints, Ints]:
    """First and last day of each stay, and the day from which attendance fades (past the last: it does not)."""
    today = window.today_index
    already_here = rng.random(size) < 0.42
    first = np.where(already_here, rng.integers(0, 21, size), (rng.random(size) ** 1.1 * (today - 3)).astype(np.int64))
    leaves = rng.random(size) < 0.3
    span = np.maximum(today - first, 30)
    last = np.where(leaves, first + 20 + (rng.random(size) ** 0.6 * span).astype(np.int64), today + 400)
    fades = rng.random(size) < 0.1
    # Some of those who fade are still here today: they are the ones a school wants to notice.
    still = fades & (rng.random(size) < 0.4)
    last = np.where(still, today + 60, last)
    fade = np.where(fades, np.minimum(last, today + 20) - rng.integers(70, 160, size), today + 1000)
    return first.astype(np.int64), last.astype(np.int64), fade.astype(np.int64)


def _draw_plan(rng: np.random.Generator, pace_minutes: Ints) -> Ints:
    """The plan a student buys: small packages at a slow pace, so that most are used before they expire."""
    choices = {60: (0.27, 0.45, 0.22, 0.0, 0.06), 120: (0.0, 0.3, 0.38, 0.2, 0.12)}
    plan = np.zeros(len(pace_minutes), dtype=np.int64)
    slow = pace_minutes <= 90
    for rows, weights in ((slow, choices[60]), (~slow, choices[120])):
        plan[rows] = rng.choice(5, int(rows.sum()), p=weights)
    return plan
