"""Replays what the platform does when classes are booked, and what comes back afterwards.

One step per occurrence of the timetable, for all students of a chunk at once.  A class is booked wholly on the oldest
package by purchase date that has hours left, even past zero; the counter moves at booking; a cancellation gives all
hours back and leaves the row's ``hours_consumed``; an early ending lowers it; expiry lowers ``hours_purchased``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from demo.cohort import DAY, HOUR, MINUTE, Cohort, Flags, Ints, Window
from demo.desk import Desk, buy_without_classes, charge_subscriptions, expire, joined, open_desk, renew
from demo.timetable import CANCELLED, SCHEDULED, Timetable


@dataclass(frozen=True)
class Booked:
    """Consumptions: student and occurrence within the chunk, the package's number, when, and hundredths reserved."""

    student: Ints
    occurrence: Ints
    number: Ints
    at: Ints
    hours: Ints


@dataclass(frozen=True)
class _Step:
    """The students who would take one occurrence of their class, and how that class goes; hundredths of an hour."""

    who: Ints
    ends: Ints
    outcome: Ints
    settled: Ints
    closes: Ints
    hours: Ints
    back: Ints

    def only(self, rows: Flags) -> _Step:
        return _Step(*(getattr(self, column.name)[rows] for column in fields(self)))


def replay(rng: np.random.Generator, cohort: Cohort, window: Window, timetable: Timetable) -> Desk:
    """Book every class of the timetable that its student can and will pay for; the desk holds what came of it."""
    desk = open_desk(rng, cohort, window)
    for occurrence in range(len(timetable.starts)):
        step = _step(desk, timetable, occurrence)
        if len(step.who):
            _book(desk, rng, step, occurrence)
    desk.left += desk.pending
    subscribed = (desk.bought > 0) & (cohort.last_day >= window.today_index)
    charge_subscriptions(desk, rng, np.flatnonzero(subscribed), window.now)
    buy_without_classes(desk, rng)
    expire(desk, np.arange(cohort.size), np.full(cohort.size, window.now))
    return desk


def _step(desk: Desk, timetable: Timetable, occurrence: int) -> _Step:
    who = np.flatnonzero(timetable.attends[occurrence] & desk.renews)
    series = desk.cohort.series[who]
    outcome, settled = timetable.outcome[occurrence, series], timetable.settled[occurrence, series]
    hours = desk.cohort.series_minutes[series] * 100 // 60
    cancelled = outcome == CANCELLED
    # A cancelled class can only have been booked before it was cancelled.
    closes = np.where(cancelled, settled, timetable.starts[occurrence, series])
    back = np.where(cancelled, hours, timetable.given_back[occurrence, series])
    return _Step(who, timetable.ends[occurrence, series], outcome, settled, closes, hours, back)


def _book(desk: Desk, rng: np.random.Generator, step: _Step, occurrence: int) -> None:
    """Book one step's classes, buying what is needed, and settle them."""
    block = desk.cohort.block[step.who]
    in_block = desk.place[step.who] % block
    at = _booking_time(rng, desk, step)
    at = np.where(in_block == 0, at, desk.block_at[step.who] + in_block * 20_000_000)
    fits = at < np.minimum(step.closes, desk.window.now)
    step, at, in_block = step.only(fits), at[fits], in_block[fits]
    returned = step.who[in_block == 0]
    desk.left[returned] += desk.pending[returned]
    desk.pending[returned] = 0
    expire(desk, step.who, at)
    charge_subscriptions(desk, rng, step.who, at)
    renew(desk, rng, step.who, at, step.hours)
    number, possible = _oldest(desk, step.who, at)
    # What comes back comes back while the package is valid; such a class is otherwise not booked.
    possible &= (step.back == 0) | (step.settled < desk.expires[step.who, number])
    step, at, number, in_block = step.only(possible), at[possible], number[possible], in_block[possible]
    _settle(desk, step, at, number)
    desk.block_at[step.who] = np.where(in_block == 0, at, desk.block_at[step.who])
    desk.place[step.who] += 1
    desk.booked.append((step.who, np.full(len(at), occurrence), number, at, step.hours))


def _settle(desk: Desk, step: _Step, at: Ints, number: Ints) -> None:
    """Move the counters by what a class takes and gives back, and free the student for the next booking."""
    who = step.who
    desk.left[who, number] -= step.hours
    desk.pending[who, number] += step.back
    desk.consumed[who] += step.hours - step.back
    desk.touched[who] = np.maximum(desk.touched[who], np.where(step.back > 0, step.settled, at))
    coming = step.outcome == SCHEDULED
    over = np.maximum(np.where(coming, at, step.settled), np.where(coming, 0, step.ends))
    desk.free[who] = np.minimum(over + 11 * MINUTE, desk.window.now)


def _booking_time(rng: np.random.Generator, desk: Desk, step: _Step) -> Ints:
    """An instant after the student's last class was settled and before this one starts, seldom at night."""
    now = desk.window.now
    latest = np.minimum(step.closes, now)
    earliest = np.maximum(desk.free[step.who], np.minimum(step.ends - 13 * DAY, now - 2 * DAY))
    at = earliest + (rng.uniform(0.05, 0.9, len(latest)) * (latest - earliest)).astype(np.int64)
    by_day = at + np.where(at % DAY < 7 * HOUR, 8 * HOUR, 0)
    at = np.where(by_day < latest, by_day, at)
    whole: Ints = at // 1_000_000 * 1_000_000
    return whole


def _oldest(desk: Desk, who: Ints, at: Ints) -> tuple[Ints, Flags]:
    """The package each class is booked on, and whether there is one."""
    valid = desk.expires[who] > at[:, None]
    has_hours = desk.left[who] > 0
    # As its code stands the platform takes the oldest valid package even when it is empty.
    exists = np.arange(desk.left.shape[1]) < desk.bought[who][:, None]
    usable = valid & np.where(desk.cohort.oldest_only[who][:, None], exists, has_hours)
    number = usable.argmax(axis=1)
    return number, usable[np.arange(len(who)), number]


def booked(desk: Desk) -> Booked:
    """Everything booked, in the order of the timetable."""
    return Booked(*joined(desk.booked, 5))
