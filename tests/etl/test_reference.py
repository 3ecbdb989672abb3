"""A sync gives what the slow reference gives, entry by entry and figure by figure."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings

from tests import reference
from tests.etl import synced_worlds as snapshots
from tests.strategies import calm_rows, platform_rows, worlds
from tests.worlds.world import World

pytestmark = pytest.mark.slow  # the quick part has a minute and a half for everything

BURN_ORDERS = ("as_booked_then_soonest_expiry", "soonest_expiry", "oldest_first")


def compare(world: World, *, burn_order: str = BURN_ORDERS[0]) -> int:
    """Sync a world and hold every figure against the reference; returns how many students were compared."""
    platform = reference.read(world.rows, world.adjustments, zone="Europe/Lisbon", currency="EUR")
    until = reference.micros(world.now)
    books = [reference.replay_student(rows, until, burn_order) for rows in platform.students.values()]
    with TemporaryDirectory() as folder, snapshots.synced(world, Path(folder), burn_order=burn_order) as con:
        ours, theirs = snapshots.snapshot_entries(con), snapshots.reference_entries(books)
        assert _by_student(ours - theirs, theirs - ours) == {}
        students = snapshots.figures(con, "student_balances", "student_id", snapshots.STUDENT_FIGURES)
        assert students == {book.student: reference.student_figures(book) for book in books}
        packages = snapshots.figures(con, "packages", "package_id", snapshots.PACKAGE_FIGURES)
        assert packages == {
            number: package for book in books for number, package in reference.package_figures(book).items()
        }
        assert snapshots.snapshot_refunds(con) == snapshots.reference_refunds(platform, until)
        classes = snapshots.figures(con, "consumptions", "consumption_id", ("hours_booked", "hours_effective"))
        assert {number: tuple(hours.values()) for number, hours in classes.items()} == {
            number: hours
            for book in books
            for number, hours in reference.consumption_hours(book, platform.students[book.student]).items()
        }
        expiries = snapshots.expiries(con)
        assert expiries.packages == {n: at for book in books for n, at in reference.package_expiries(book).items()}
        assert expiries.students == {book.student: reference.next_expiry(book) for book in books}
        entries = [entry for book in books for entry in book.entries]
        assert snapshots.snapshot_months(con) == reference.money_by_month(platform, entries, until)
    return len(books)


def _by_student(ours: Counter, theirs: Counter) -> dict[int, dict[str, list]]:
    """Entries that only one side has, per student."""
    found: dict[int, dict[str, list]] = {}
    for side, entries in (("only synced", ours), ("only reference", theirs)):
        for entry in entries.elements():
            found.setdefault(entry[0], {}).setdefault(side, []).append(entry[1:])
    return found


@pytest.mark.parametrize(
    "burn_order", [BURN_ORDERS[0], *(pytest.param(order, marks=pytest.mark.slow) for order in BURN_ORDERS[1:])]
)
def test_a_platform_full_of_hazards_gives_the_references_figures(burn_order: str) -> None:
    assert compare(platform_rows(Random(burn_order), students=150), burn_order=burn_order) > 100


def test_a_calm_platform_gives_the_references_figures() -> None:
    assert compare(calm_rows(Random(3), students=200)) == 200


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_thousands_of_histories_give_the_references_figures(seed: int) -> None:
    world = platform_rows(Random(seed), students=700, with_adjustments=seed % 2 == 0)
    assert compare(world, burn_order=BURN_ORDERS[seed % 3]) > 600


@pytest.mark.slow
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(world=worlds())
def test_small_platforms_give_the_references_figures(world: World) -> None:
    compare(world)
