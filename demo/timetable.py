"""Lays out when every class of a chunk takes place, who comes, and how each class ends.

Arrays have one row per occurrence (two a week: the first and the second class) and one column per series or student.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demo.cohort import DAY, HOUR, MINUTE, ORDINARY, Cohort, Flags, Ints, Window

COMPLETED, CANCELLED, EARLY, NO_SHOW, FORGOTTEN, SCHEDULED, RUNNING = range(7)
"""How a class ends. EARLY is a completed class that gave time back; FORGOTTEN is past and still 'scheduled'."""

_CELLS = 9
"""Appointments of a teacher: three pairs of days (Mon and Thu, Tue and Fri, Wed and Sat) at three times."""


@dataclass(frozen=True)
class Timetable:
    """Classes of the chunk's series (o rows, m columns) and attendance of its students (o rows, n columns)."""

    day: NDArray[np.int32]
    start_minute: NDArray[np.int16]
    starts: Ints
    ends: Ints
    outcome: NDArray[np.int8]
    settled: Ints
    given_back: NDArray[np.int16]
    attends: Flags
    teacher: Ints
    teachers: int


def lay_out(rng: np.random.Generator, cohort: Cohort, window: Window) -> Timetable:
    """The whole timetable of a chunk; teachers are numbered from 0 within it and never teach two classes at once."""
    unit, half = _appointments(cohort)
    teacher, cell = _teachers(unit, cohort.series_school)
    weeks = np.repeat(np.arange(window.weeks), 2)[:, None]
    slot = np.tile([0, 1], window.weeks)[:, None]
    weekday = cell % 3 + 3 * np.where(cohort.series_twice, slot, half)
    day = (weeks * 7 + weekday).astype(np.int32)
    # Saturday's classes are in the morning.
    minute = 14 * 60 + cell // 3 * 120 + teacher * 7 % 4 * 15 - np.where(weekday == 5, 300, 0)
    school = cohort.series_school
    starts = window.midnight + day.astype(np.int64) * DAY + minute * MINUTE - window.offset[school, day]
    ends = starts + cohort.series_minutes * MINUTE
    held = window.teaching[school, day] & (cohort.series_twice | (slot == half))
    outcome, settled, back = _outcomes(rng, cohort, starts, ends, window.now)
    attends = held[:, cohort.series] & _attendance(rng, cohort, day, starts, window)
    return Timetable(
        day, minute.astype(np.int16), starts, ends, outcome, settled, back, attends, teacher,
        int(teacher.max(initial=-1)) + 1,
    )


def _appointments(cohort: Cohort) -> tuple[Ints, Ints]:
    """Each series' pair of weekly hours and, for one class a week, which of the two it uses; numbered per school."""
    unit = np.zeros(len(cohort.series_school), dtype=np.int64)
    half = np.zeros_like(unit)
    for school in np.unique(cohort.series_school):
        rows = np.flatnonzero(cohort.series_school == school)
        twice = cohort.series_twice[rows]
        once_rank = np.cumsum(~twice) - 1
        pairs = (int((~twice).sum()) + 1) // 2
        unit[rows] = np.where(twice, pairs + np.cumsum(twice) - 1, once_rank // 2)
        half[rows] = np.where(twice, 0, once_rank % 2)
    return unit, half


def _teachers(unit: Ints, school: Ints) -> tuple[Ints, Ints]:
    """The teacher of each series and the cell of the week; the units of a school are dealt out to its teachers."""
    teacher = np.zeros_like(unit)
    cell = np.zeros_like(unit)
    first = 0
    for one in np.unique(school):
        rows = school == one
        staff = int(unit[rows].max()) // _CELLS + 1
        # Dealt like cards, so that one who is taught once a week does not always meet the same teacher as the next.
        teacher[rows] = first + unit[rows] % staff
        cell[rows] = unit[rows] // staff
        first += staff
    return teacher, cell


def _attendance(
    rng: np.random.Generator, cohort: Cohort, day: NDArray[np.int32], starts: Ints, window: Window
) -> Flags:
    """Who books which class, were there hours enough: stays, fading, and how far ahead each has booked."""
    days = day[:, cohort.series]
    luck = rng.random(days.shape, dtype=np.float32)
    fading = np.clip(1 - (days - cohort.fade_day) / 110.0, 0.05, 1.0)
    ahead = window.now + rng.choice([3, 8, 15], cohort.size, p=[0.3, 0.45, 0.25]) * DAY
    comes = luck < cohort.attendance * np.where(days >= cohort.fade_day, fading, 1.0)
    comes &= (days >= cohort.first_day) & (days <= cohort.last_day) & (starts[:, cohort.series] < ahead)
    ordinary: Flags = comes & (cohort.kind == ORDINARY)
    return ordinary


def _outcomes(
    rng: np.random.Generator, cohort: Cohort, starts: Ints, ends: Ints, now: int
) -> tuple[NDArray[np.int8], Ints, NDArray[np.int16]]:
    """How each class ends, when that is settled, and the hundredths of an hour an early ending gives back."""
    luck = rng.random(starts.shape, dtype=np.float32)
    spread = rng.random(starts.shape, dtype=np.float32)
    outcome = np.full(starts.shape, COMPLETED, dtype=np.int8)
    outcome[luck < 0.094] = NO_SHOW
    # Classes of an hour and a half end early now and then, others only where the appointment is like that.
    early_share = np.where((cohort.series_minutes == 90) | (rng.random(starts.shape[1]) < 0.03), 0.12, 0.0)
    outcome[(luck > 0.985 - early_share) & (luck < 0.985)] = EARLY
    outcome[luck < 0.066] = CANCELLED
    outcome[luck > 0.997] = FORGOTTEN
    outcome[(outcome == NO_SHOW) & cohort.series_group] = COMPLETED
    # A quarter of the cancellations come within the last five hours.
    notice = np.where(spread < 0.25, 0.5 + spread * 18, 20 + spread * 40) * HOUR
    closing = (spread * 40 * MINUTE).astype(np.int64)
    settled = np.where(outcome == CANCELLED, starts - notice.astype(np.int64), ends + closing)
    settled = settled // 1_000_000 * 1_000_000
    undone = settled > now
    outcome[undone] = np.where((starts <= now) & (now < ends), RUNNING, SCHEDULED)[undone]
    # Ended and not closed yet: the teacher has still to say how it went.
    outcome[undone & (ends <= now)] = FORGOTTEN
    back = np.where(spread < 0.6, 25, 50).astype(np.int16)
    return outcome, settled, np.where(outcome == EARLY, back, 0).astype(np.int16)
