"""Makes a whole demo school in one database: staff, personas, the crowd in chunks, and the hazards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa

from demo import database
from demo.bookings import booked, replay
from demo.class_rows import ChunkIds, class_rows
from demo.cohort import DAY, Window, draw_cohort, open_window
from demo.columns import NULL, Ids
from demo.desk import purchases
from demo.errors import BadDemoSize
from demo.hazards import identical_updates, plant_hazards
from demo.money_rows import money_rows
from demo.payers import payer_texts
from demo.people_rows import meet_people, people_rows
from demo.personas import tell_personas
from demo.report import DemoReport, Progress
from demo.staff import found_schools
from demo.story import Story
from demo.timetable import lay_out
from etl.contract import platform

_CHUNK = 4000
"""Students made at once: a few hundred megabytes of arrays at three years."""


def generate(
    url: str, *, students: int, years: int, seed: int = 1, today: datetime, hazards: bool = True,
    progress: Progress | None = None,
) -> DemoReport:  # fmt: skip
    """Write a demo school into an empty database, or in place of an earlier demo school.

    ``students`` is the crowd, beside a few dozen people with stories; ``years`` how far back it goes before
    ``today`` (aware, UTC).  The same arguments give the same rows.  Errors: NotADemoDatabase when the
    database holds platform tables that the demo did not make; BadDemoSize.
    """
    _check(students, years, today)
    today = today.astimezone(UTC).replace(microsecond=0)
    tell = progress or (lambda step, done, total: None)
    window = open_window(today, years)
    ids = Ids()
    planted = []
    with database.connected(url) as connection:
        database.clear(connection)
        database.create(connection, seed=seed, today=today, students=students, years=years, hazards=hazards)
        story = Story(ids, today)
        personas = found_schools(story) + tell_personas(story)
        counts = story.write(connection)
        first_of_crowd = ids.counts()["finances_hourconsumption"] + 1
        tell("students", 0, students)
        for done in range(0, students, _CHUNK):
            size = min(_CHUNK, students - done)
            rng = np.random.default_rng([seed, done // _CHUNK])
            for table, rows in _chunk(rng, ids, size, window):
                database.load(connection, table, rows)
                counts[table] += rows.num_rows
            tell("students", done + size, students)
        if hazards:
            last_of_crowd = ids.counts()["finances_hourconsumption"]
            planted = plant_hazards(story, students=students)
            counts += story.write(connection)
            planted.append(identical_updates(connection, first_of_crowd, last_of_crowd, today))
        for step, number, total in database.finish(connection, max(counts.values())):
            tell(step, number, total)
    written = {table.name: counts[table.name] for table in platform.sorted_tables}
    return DemoReport(seed, today, students, years, written, tuple(planted), tuple(personas))


def _check(students: int, years: int, today: datetime) -> None:
    if students < 1:
        raise BadDemoSize("students", students, "1 or more")
    if not 1 <= years <= 5:
        raise BadDemoSize("years", years, "1 to 5: the platform's counters hold no more than 999.99 hours")
    if today.tzinfo is None:
        raise BadDemoSize("today", today.isoformat(), "an instant with its zone, such as 2026-11-23T09:00:00+00:00")


def _chunk(rng: np.random.Generator, ids: Ids, size: int, window: Window) -> Iterator[tuple[str, pa.Table]]:
    """(table, rows) of one chunk of the crowd, parents before children."""
    cohort = draw_cohort(rng, size, window)
    timetable = lay_out(rng, cohort, window)
    desk = replay(rng, cohort, window, timetable)
    bought, taken = purchases(desk), booked(desk)
    first_seen = np.full(size, NULL)
    np.minimum.at(first_seen, bought.student, bought.created)
    # A trial takes place a week before the first class, and is arranged three days ahead.
    class_at = timetable.starts[taken.occurrence, cohort.series[taken.student]]
    np.minimum.at(first_seen, taken.student, class_at - 11 * DAY)
    people = meet_people(rng, ids, cohort, timetable, window, first_seen)
    transactions, package_of, refunded = money_rows(
        rng, ids, people.students, desk, bought, payer_texts(people, cohort)
    )
    yield from people_rows(rng, ids, people, cohort, desk, refunded)
    yield "finances_purchasetransaction", transactions
    chunk_ids = ChunkIds(people.students, people.accounts, people.teachers, package_of)
    yield from class_rows(rng, ids, chunk_ids, cohort, window, timetable, taken)


def drop(url: str) -> None:
    """Drop the platform's tables of a demo database; NotADemoDatabase when the demo did not make them."""
    with database.connected(url) as connection:
        database.clear(connection)


def is_demo(url: str) -> bool:
    """Whether the database carries the demo's mark; a SQLite file that is not there does not."""
    if not database.exists(url):
        return False
    with database.connected(url) as connection:
        return database.has_marker(connection)

