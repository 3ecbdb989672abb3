"""Finds what is to be mailed now, from the books and the schedules, and writes it into the outbox: each effect once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

import queries
from reports.finance import guard
from reports.finance.running import pin
from reports.mail import periods
from reports.mail.schools import WHOLE, School, people, schools
from reports.speech import speaking
from store import low_balances, outbox, schedules
from store.outbox import Letter

if TYPE_CHECKING:
    from settings import Settings


@dataclass
class Planned:
    """How many messages entered the outbox; ``held`` says why some kinds were not looked for."""

    reminders: int = 0
    low_balances: int = 0
    reports: int = 0
    held: list[str] = field(default_factory=list)


def plan(engine: Engine, books: queries.Snapshots, settings: Settings, *, now: datetime) -> Planned:
    """Write down what is due and was not written down before.  Raises NoSnapshot before the first sync.

    Nothing is said about students' hours while the checks of hours fail or the books are stale; reports are planned
    all the same, since their messages say so.
    """
    planned, pinned = Planned(), pin(books)
    domain = domain_of(settings)
    known = schools(engine, pinned)
    planned.reports = _new(engine, _reports(engine, settings, known, domain, now), now)
    reason = guard.reason(pinned, settings, guard.HOURS_CHECKS, speaking("en"))
    if reason is not None:
        planned.held.append(f"No student is written to about hours: {reason}")
        return planned
    low_balances.forget(engine, [
        one.school_id for one in known if one.settings.low_balance_hours is None and one.school_id is not None
    ])
    for school in known:
        planned.reminders += _new(engine, _reminders(pinned, school, domain, now), now)
        planned.low_balances += _low(engine, pinned, school, domain, now)
    return planned


def domain_of(settings: Settings) -> str:
    """The right side of Message-IDs."""
    return (settings.mail_from or "").rpartition("@")[2] or outbox.NO_DOMAIN


def due_reminder(days: Iterable[int], until_expiry: int, validity: int | None) -> int | None:
    """Which of the reminders (so many days before) is due now: the latest whose day has come.

    None where none has, and where the package was bought within those days: its buyer has just read when it ends.
    """
    due = min((one for one in days if until_expiry <= one), default=None)
    return None if due is None or (validity is not None and validity <= due) else due


def _reminders(books: queries.Snapshots, school: School, domain: str, now: datetime) -> Iterator[Letter]:
    days = school.settings.reminder_days
    if not days or school.school_id is None:
        return
    rows = queries.ask(
        books, WHOLE, "packages_to_remind", school_id=school.school_id, days=max(days),
    ).as_dicts()
    due: list[tuple[dict[str, Any], int]] = []
    for row in rows:
        bought = row["purchased_date"]
        validity = None if bought is None else (row["expires_date"] - bought).days
        until_expiry = (row["expires_date"] - school.day_of(now)).days  # the books may be of yesterday
        wanted = due_reminder(days, until_expiry, validity)
        if row["is_active"] and wanted is not None and until_expiry >= 0:
            due.append((row, wanted))
    reached = people(books, (row["student_id"] for row, _ in due), school.school_id)
    for row, before in due:
        for person in reached.get(row["student_id"], []):
            yield Letter(
                effect=f"reminder:{row['package_id']}:{row['expires_date']}:{before}:{person['user_id']}",
                kind="reminder", recipient=f"user:{person['user_id']}", language=school.language,
                school_id=school.school_id, domain=domain,
                facts={
                    "package_id": row["package_id"], "student_id": row["student_id"],
                    "expires": row["expires_date"].isoformat(), "days": before,
                },
            )


def _low(engine: Engine, books: queries.Snapshots, school: School, domain: str, now: datetime) -> int:
    threshold = school.settings.low_balance_hours
    if threshold is None or school.school_id is None:
        return 0
    school_id = school.school_id
    rows = queries.ask(books, WHOLE, "hours_left_by_student", school_id=school_id).as_dicts()
    is_low = {row["student_id"]: row["hours_usable"] <= threshold for row in rows}
    today = school.day_of(now)

    def letters(fallen: Sequence[int]) -> list[Letter]:
        reached = people(books, fallen, school_id)
        return [
            Letter(
                effect=f"low:{student}:{school_id}:{today}:{person['user_id']}", kind="low_balance",
                recipient=f"user:{person['user_id']}", language=school.language, school_id=school_id, domain=domain,
                facts={"student_id": student},
            )
            for student in fallen for person in reached.get(student, [])
        ]

    return low_balances.see(engine, school_id, threshold, is_low, letters, now=now)


def _reports(
    engine: Engine, settings: Settings, known: Sequence[School], domain: str, now: datetime,
) -> Iterator[Letter]:
    zones = {school.school_id: school.timezone for school in known}
    for schedule in schedules.running(engine):
        zone = ZoneInfo(zones.get(schedule.school_id, settings.timezone))
        since, today = schedule.recorded_at.astimezone(zone).date(), now.astimezone(zone).date()
        for period in periods.over(schedule.rhythm, since=since, today=today):
            for address in schedule.recipients:
                yield report_letter(schedule, period.start.isoformat(), period.end.isoformat(), address, domain)


def report_letter(schedule: schedules.Schedule, start: str, end: str, address: str, domain: str) -> Letter:
    """The message of one period of a schedule to one address; the key holds no address."""
    mark = hashlib.sha256(address.strip().casefold().encode()).hexdigest()[:16]
    return Letter(
        effect=f"report:{schedule.id}:{start}:{end}:{mark}", kind="report", recipient=address,
        language=schedule.language, school_id=schedule.school_id, domain=domain,
        facts={"schedule_id": schedule.id, "start": start, "end": end},
    )


def _new(engine: Engine, letters: Iterable[Letter], now: datetime) -> int:
    """Enqueue those that are not there yet; without any, nothing is written at all."""
    wanted = list(letters)
    there = outbox.known_effects(engine, [one.effect for one in wanted])
    return outbox.enqueue_all(engine, [one for one in wanted if one.effect not in there], now=now)
