"""Turns a replayed chunk into rows of class sessions, their students and the hour consumptions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from demo.bookings import Booked
from demo.cohort import DAY, MINUTE, Cohort, Ints, Window
from demo.columns import NULL, Ids, arrow_table
from demo.timetable import CANCELLED, COMPLETED, EARLY, RUNNING, SCHEDULED, Timetable

_STATUS = np.array(
    ["completed", "cancelled", "completed", "no_show", "scheduled", "scheduled", "in_progress"], dtype=object
)
_REASONS = np.array(
    ["Session cancelled", "Session cancelled: student is ill", "Session cancelled by the teacher",
     "Session cancelled: family trip"], dtype=object,
)  # fmt: skip
_GRADES = np.array([str(grade) for grade in range(1, 13)], dtype=object)


@dataclass(frozen=True)
class ChunkIds:
    """Platform ids of a chunk's people: students' users and accounts, teachers' profiles; first id of its packages."""

    users: Ints
    accounts: Ints
    teachers: Ints
    package_of: Ints
    """Transaction id by student (row) and package number (column)."""


def class_rows(
    rng: np.random.Generator, ids: Ids, people: ChunkIds, cohort: Cohort, window: Window, timetable: Timetable,
    booked: Booked,
) -> Iterator[tuple[str, pa.Table]]:
    """(table, rows) of the chunk's classes: with hours, and trials without."""
    width = len(cohort.series_school)
    key = booked.occurrence * width + cohort.series[booked.student]
    trial_key, trial_student = _trials(rng, cohort, window, timetable, booked)
    sessions, position = np.unique(np.concatenate([key, trial_key]), return_inverse=True)
    students = np.concatenate([booked.student, trial_student])
    at = np.concatenate([booked.at, timetable.starts.reshape(-1)[trial_key] - 3 * DAY])
    session_ids = ids.take("finances_classsession", len(sessions))
    is_trial = np.isin(sessions, trial_key)
    made = np.full(len(sessions), NULL)
    np.minimum.at(made, position, at)
    yield _sessions(rng, session_ids, people, cohort, window, timetable, sessions, is_trial, made, position, students)
    links = ids.take("finances_classsession_students", len(students))
    yield "finances_classsession_students", arrow_table("finances_classsession_students", {
        "id": links, "classsession_id": session_ids[position], "customuser_id": people.users[students],
    })  # fmt: skip
    yield _consumptions(rng, ids, people, timetable, booked, key, session_ids[position[: len(key)]])


def _trials(
    rng: np.random.Generator, cohort: Cohort, window: Window, timetable: Timetable, booked: Booked
) -> tuple[Ints, Ints]:
    """A free first lesson a week before the first class of most who are taught alone."""
    first = np.full(cohort.size, NULL)
    np.minimum.at(first, booked.student, booked.occurrence)
    wants = (rng.random(cohort.size) < 0.8) & ~cohort.series_group[cohort.series]
    student = np.flatnonzero(wants & (first != NULL) & (first >= 2))
    occurrence, series = first[student] - 2, cohort.series[student]
    open_day = window.teaching[cohort.school[student], timetable.day[occurrence, series]]
    open_day &= timetable.ends[occurrence, series] < window.now
    student, occurrence, series = student[open_day], occurrence[open_day], series[open_day]
    return occurrence * len(cohort.series_school) + series, student


def _sessions(
    rng: np.random.Generator, session_ids: Ints, people: ChunkIds, cohort: Cohort, window: Window,
    timetable: Timetable, sessions: Ints, is_trial: np.ndarray, made: Ints, position: Ints, students: Ints,
) -> tuple[str, pa.Table]:
    """One row per class that somebody booked."""
    series = sessions % len(cohort.series_school)
    outcome = timetable.outcome.reshape(-1)[sessions]
    outcome = np.where(is_trial & (outcome != CANCELLED), COMPLETED, outcome)
    settled = timetable.settled.reshape(-1)[sessions]
    ends, starts = timetable.ends.reshape(-1)[sessions], timetable.starts.reshape(-1)[sessions]
    minute = timetable.start_minute.reshape(-1)[sessions].astype(np.int64) * MINUTE
    taught = (outcome == COMPLETED) | (outcome == EARLY)
    hours = cohort.series_minutes[series] * 100 // 60 - timetable.given_back.reshape(-1)[sessions] * (outcome == EARLY)
    people_count = np.bincount(position, minlength=len(sessions))
    closed = np.where((outcome == SCHEDULED) | (outcome == RUNNING), made, np.maximum(settled, made))
    one = np.zeros(len(sessions), dtype=np.int64)
    one[position] = students
    return "finances_classsession", arrow_table("finances_classsession", {
        "id": session_ids, "teacher_id": people.teachers[timetable.teacher[series]],
        "school_id": cohort.series_school[series] + 1,
        "date": window.midnight // DAY + timetable.day.reshape(-1)[sessions].astype(np.int64),
        "start_time": minute, "end_time": minute + (ends - starts),
        "session_type": np.where(cohort.series_group[series], "group", "individual"),
        "grade_level": _GRADES[(one * 5 + 3) % 12],
        "student_count": people_count, "is_trial": is_trial,
        "is_makeup": (rng.random(len(sessions)) < 0.03) & ~is_trial, "status": _STATUS[outcome],
        "actual_duration_hours": np.where(taught, hours, NULL),
        "cancelled_at": np.where(outcome == CANCELLED, settled, NULL),
        "created_at": made, "updated_at": np.minimum(closed, window.now),
    })  # fmt: skip


def _consumptions(
    rng: np.random.Generator, ids: Ids, people: ChunkIds, timetable: Timetable, booked: Booked, key: Ints,
    session_ids: Ints,
) -> tuple[str, pa.Table]:
    """One row per student and class: what was booked, and what came back."""
    outcome = timetable.outcome.reshape(-1)[key]
    cancelled, early = outcome == CANCELLED, outcome == EARLY
    consumed = booked.hours - np.where(early, timetable.given_back.reshape(-1)[key], 0)
    reason = np.where(cancelled, _REASONS[session_ids % 7 % 4], np.where(early, "Session ended early", ""))
    count = len(key)
    return "finances_hourconsumption", arrow_table("finances_hourconsumption", {
        "id": ids.take("finances_hourconsumption", count), "student_account_id": people.accounts[booked.student],
        "class_session_id": session_ids, "purchase_transaction_id": people.package_of[booked.student, booked.number],
        "hours_consumed": consumed, "hours_originally_reserved": booked.hours, "consumed_at": booked.at,
        "is_refunded": cancelled | early, "refund_reason": reason, "created_at": booked.at,
        "updated_at": np.where(cancelled | early, timetable.settled.reshape(-1)[key], booked.at),
    })  # fmt: skip
