"""Invents one student's histories: few instants, so that much falls together; hours that run short.

A history comes from one seed, which keeps thousands of varied examples cheap.
"""

from __future__ import annotations

from random import Random
from typing import Literal

from hypothesis import strategies as st

from ledger.history import NEVER, Adjustment, Booking, BurnOrder, Grant, History, Refund

LAST = 16
BURN_ORDERS: tuple[BurnOrder, ...] = ("as_booked_then_soonest_expiry", "soonest_expiry", "oldest_first")
_KINDS: tuple[Literal["deduct", "extend", "return"], ...] = ("deduct", "extend", "extend", "return", "return")
_HOURS = (0, 1, 25, 33, 50, 100, 100, 150, 200, 300, 999)
_PRICES = (0, -500, 1, 5, 100, 999, 1000, 3333, 10000, 99999)
_SCHOOLS = (None, 1, 2)

instants = st.integers(0, LAST)
randoms = st.integers(0, 2**32 - 1).map(Random)


def _refunds(random: Random) -> tuple[Refund, ...]:
    found = [
        Refund(random.randint(0, LAST), random.choice((1, 10, 333, 500, 1000, 9999)), full=False, recorded_at=0)
        for _ in range(random.choice((0, 0, 1, 2, 3)))
    ]
    if found and random.random() < 0.5:
        last = max(range(len(found)), key=lambda number: (found[number].at, found[number].cents))
        found[last] = found[last]._replace(full=True)
    return tuple(found)


def _grant(random: Random, package_id: int) -> Grant:
    bought = package_id > 0
    return Grant(
        package_id, random.randint(0, LAST), random.choice(_HOURS), random.choice(_PRICES) if bought else 0,
        random.choice((NEVER, random.randint(0, LAST), random.randint(0, LAST))), random.choice(_SCHOOLS), 0,
        _refunds(random) if bought else (),
    )


def _booking(random: Random, number: int, packages: list[int]) -> Booking:
    class_at, hours = random.randint(0, LAST), random.choice(_HOURS)
    return Booking(
        number, random.choice([*packages, *packages, 999, None]), hours, min(random.randint(0, LAST), class_at),
        class_at,
        random.choice((0, 0, hours, hours // 2)), random.randint(0, LAST), random.choice(_SCHOOLS),
        random.choice((None, number)), 0,
    )


def _adjustment(random: Random, number: int, packages: list[int], bookings: list[int]) -> Adjustment:
    kind = random.choice(_KINDS)
    hours = random.choice((1, 50, 100, 400, NEVER) if kind == "return" else (1, 50, 100, 400))
    return Adjustment(
        number, kind, random.randint(0, LAST), hours,
        random.choice([*packages, *packages, 999]) if kind != "return" else None,
        random.choice([*bookings, 999]) if kind == "return" else None,
        random.choice((NEVER, random.randint(0, LAST), random.randint(0, LAST))), random.choice(_SCHOOLS), 0, None,
    )


def invented(random: Random) -> History:
    """A history of up to four packages, two goodwill packages, eight bookings and five other adjustments."""
    packages = random.sample(range(1, 41), random.randint(0, 4))
    goodwill = random.sample(range(-40, -20), random.choice((0, 0, 1, 2)))
    bookings = random.sample(range(1, 41), random.randint(0, 8))
    changes = random.sample(range(1, 21), random.choice((0, 0, 1, 3, 5)))
    return History(
        7, [_grant(random, number) for number in [*packages, *goodwill]],
        [_booking(random, number, packages) for number in bookings],
        [_adjustment(random, number, [*packages, *goodwill], bookings) for number in changes],
    )


def histories() -> st.SearchStrategy[History]:
    """Invented histories."""
    return randoms.map(invented)


def shuffled(history: History, random: Random, *, twice: bool = False) -> History:
    """The same rows in another order; ``twice`` repeats some of them."""
    def mixed(rows: list) -> list:
        more = rows + [row for row in rows if twice and random.random() < 0.5]
        return random.sample(more, len(more))

    grants = [
        grant._replace(refunds=tuple(random.sample(grant.refunds, len(grant.refunds)))) for grant in history.grants
    ]
    return History(history.student_id, mixed(grants), mixed(history.bookings), mixed(history.adjustments))
