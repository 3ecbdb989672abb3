"""A scheduled report waits for the books to reach the end of its period, where the school is."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from reports.finance import Period
from reports.mail import reporting
from reports.mail.outcome import Made, NotYet
from reports.mail.planning import report_letter
from reports.mail.scheduling import last_period, send_now
from store import outbox, schedules
from store.schedules import Schedule
from tests.reports.mail.world import World

pytestmark = pytest.mark.slow  # the quick part has a minute and a half for everything

OCTOBER = Period.of_month("2026-10")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def scheduled(world: World, school_id: int | None) -> Schedule:
    return schedules.add(world.engine, Schedule(
        school_id=school_id, rhythm="monthly", reports=("sales",), format="csv", language="en",
        recipients=("desk@school.pt",), actor="user:1", recorded_at=datetime(2026, 10, 5, tzinfo=UTC),
    ))


@pytest.mark.parametrize(
    ("zone", "as_of", "is_made"),
    [
        ("Atlantic/Azores", "2026-11-01T00:59:00+00:00", False), ("Atlantic/Azores", "2026-11-01T01:00:00+00:00", True),
        ("Europe/Lisbon", "2026-10-31T23:59:00+00:00", False), ("Europe/Lisbon", "2026-11-01T00:00:00+00:00", True),
        ("Asia/Dili", "2026-10-31T15:00:00+00:00", True),
    ],
)
def test_a_period_is_over_when_it_is_over_at_the_school(world: World, zone: str, as_of: str, is_made: bool) -> None:
    world.publish(f"update schools set timezone = '{zone}' where school_id = 1;", as_of=as_of)
    world.at(datetime.fromisoformat(as_of))
    schedule = scheduled(world, 1)
    letter = report_letter(schedule, "2026-10-01", "2026-11-01", "desk@school.pt", "school.pt")
    outbox.enqueue_all(world.engine, [letter], now=world.settings.clock())
    (message,) = outbox.listed(world.engine, kinds=["report"])
    made = reporting.make(world.engine, world.books, world.settings, message)
    assert isinstance(made, Made if is_made else NotYet)


def test_the_last_period_is_the_one_that_is_over_where_the_school_is(world: World) -> None:
    schedule = scheduled(world, 1)
    new_year = datetime(2026, 11, 1, 0, 30, tzinfo=UTC)
    assert last_period(schedule, zone="Europe/Lisbon", now=new_year) == OCTOBER
    assert last_period(schedule, zone="Atlantic/Azores", now=new_year) == Period.of_month("2026-09")
    weekly = Schedule(**{**vars(schedule), "rhythm": "weekly"})
    assert last_period(weekly, zone="Europe/Lisbon", now=new_year) == Period(date(2026, 10, 19), date(2026, 10, 26))


def test_asked_for_now_it_is_sent_again_but_once_for_two_presses(world: World) -> None:
    schedule = scheduled(world, 1)
    now = world.settings.clock()
    letter = report_letter(schedule, "2026-10-01", "2026-11-01", "desk@school.pt", "school.pt")
    outbox.enqueue_all(world.engine, [letter], now=now)
    assert send_now(world.engine, world.settings, schedule, OCTOBER, now=now) == 1
    assert send_now(world.engine, world.settings, schedule, OCTOBER, now=now) == 0
    assert len(outbox.listed(world.engine, kinds=["report"])) == 2
