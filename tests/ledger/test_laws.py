"""The laws of ledger/README.md, on generated histories (3 and 6 to 7 need a whole sync: see tests/etl)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.history import BurnOrder, Entry, History
from ledger.replay import replay
from ledger.rounding import half_even, recognised_cents
from tests.ledger.histories import BURN_ORDERS, LAST, histories, instants, randoms, shuffled

orders = st.sampled_from(BURN_ORDERS)
_PLUS = ("purchased", "added", "returned", "extended")
_MINUS = ("consumed", "overdrawn", "reserved", "deducted", "expired", "voided")


def everything(history: History, until: int, order: BurnOrder) -> list[Entry]:
    """Every entry of the replay."""
    return replay(history, until, order).entries()


def hours_of(entries: Iterable[Entry], *kinds: str) -> int:
    return sum(entry.hours for entry in entries if entry.kind in kinds)


def cents_of(entries: Iterable[Entry], *kinds: str) -> int:
    return sum(entry.cents for entry in entries if entry.kind in kinds)


def by_package(entries: Iterable[Entry]) -> dict[int, list[Entry]]:
    found: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.package_id is not None:
            found[entry.package_id].append(entry)
    return found


@given(histories(), instants, orders)
def test_law_1_hours_bought_and_given_less_hours_gone_are_what_remains(
    history: History, until: int, order: BurnOrder,
) -> None:
    done = replay(history, until, order)
    entries = done.entries()
    remaining = sum(package.remaining for package in done.packages.values())
    overdrawn = -sum(entry.hours for entry in entries if entry.package_id is None)
    assert hours_of(entries, *_PLUS) + hours_of(entries, *_MINUS) == remaining - overdrawn
    assert overdrawn >= 0


@given(histories(), instants, orders)
def test_law_2_a_price_is_recognised_lost_refunded_or_deferred(history: History, until: int, order: BurnOrder) -> None:
    done = replay(history, until, order)
    for number, entries in by_package(done.entries()).items():
        package = done.packages[number]
        assert cents_of(entries, "purchased") == package.grant.price_cents
        assert -cents_of(entries, "consumed", "returned") == package.recognised
        assert -cents_of(entries, "expired", "extended") == package.breakage
        assert -cents_of(entries, "voided") == package.refunded
        assert sum(entry.cents for entry in entries) == package.deferred
        parts = package.recognised + package.breakage + package.refunded + package.deferred
        assert parts == package.grant.price_cents


@given(histories(), instants, orders, randoms)
def test_law_4_the_order_of_the_rows_does_not_matter(
    history: History, until: int, order: BurnOrder, random: Random,
) -> None:
    assert everything(shuffled(history, random), until, order) == everything(history, until, order)


@given(histories(), instants, orders, randoms)
def test_law_4_a_row_seen_twice_counts_once(history: History, until: int, order: BurnOrder, random: Random) -> None:
    assert everything(shuffled(history, random, twice=True), until, order) == everything(history, until, order)


@given(histories(), instants, orders)
def test_law_5_the_ledger_cut_at_an_instant_is_the_ledger_built_at_it(
    history: History, cut: int, order: BurnOrder,
) -> None:
    built = everything(history, cut, order)
    assert [entry for entry in everything(history, LAST, order) if entry.at <= cut] == built


@given(histories(), instants, orders)
def test_law_5_what_is_dated_later_is_not_seen(history: History, cut: int, order: BurnOrder) -> None:
    """Rows of the future may be missing altogether; a future change of a row counts as it was before."""
    grants = [
        grant._replace(refunds=tuple(refund for refund in grant.refunds if refund.at <= cut))
        for grant in history.grants if grant.at <= cut
    ]
    bookings = [
        booking if booking.returned_at <= cut else booking._replace(returned=0)
        for booking in history.bookings if booking.held_at <= cut
    ]
    changes = [change for change in history.adjustments if change.at <= cut]
    known = History(history.student_id, grants, bookings, changes)
    assert everything(known, cut, order) == everything(history, cut, order)


@given(histories(), instants, orders)
def test_law_8_no_package_is_below_zero(history: History, until: int, order: BurnOrder) -> None:
    for entries in by_package(everything(history, until, order)).values():
        level = 0
        for entry in entries:
            level += entry.hours
            # A class lifts its reservation before it is consumed; both happen at once.
            assert level >= 0


@given(histories(), instants, orders)
def test_every_entry_has_an_id_of_its_own(history: History, until: int, order: BurnOrder) -> None:
    repeated = [
        name for name, times in Counter(e.entry_id for e in everything(history, until, order)).items() if times > 1
    ]
    assert repeated == []


@given(histories(), instants, orders)
def test_entries_are_written_in_the_order_of_time(history: History, until: int, order: BurnOrder) -> None:
    times = [entry.at for entry in everything(history, until, order)]
    assert times == sorted(times)
    assert all(at <= until for at in times)


@given(histories(), instants, orders)
def test_entries_left_out_are_those_a_plain_booking_implies(history: History, until: int, order: BurnOrder) -> None:
    done = replay(history, until, order, every_entry=False)
    bookings = {booking.consumption_id: booking for booking in history.bookings}
    implied = []
    for charge in done.charges():
        booking = bookings[charge.consumption_id]
        if not charge.plain or booking.hours == 0:
            continue
        ((package, hours),) = charge.portions
        early, taught = booking.held_at < booking.class_at, booking.class_at <= until
        if early:
            implied.append((package, "reserved", -hours, 0, booking.held_at))
        if early and taught:
            implied.append((package, "reserved", hours, 0, booking.class_at))
        if taught:
            implied.append((package, "consumed", -hours, -charge.cents_at_class, booking.class_at))
    kept = [(e.package_id, e.kind, e.hours, e.cents, e.at) for e in done.entries()]
    assert Counter(kept + implied) == Counter(
        (e.package_id, e.kind, e.hours, e.cents, e.at) for e in everything(history, until, order)
    )


@given(histories(), instants, orders)
def test_a_charge_tells_what_its_entries_tell(history: History, until: int, order: BurnOrder) -> None:
    done = replay(history, until, order)
    own: dict[int, list[Entry]] = defaultdict(list)
    for entry in done.entries():
        if entry.source_table == "finances_hourconsumption":
            own[entry.source_id].append(entry)
    returned_by_us = {change.consumption_id for change in history.adjustments}
    for charge in done.charges():
        if charge.consumption_id not in returned_by_us:
            entries = own[charge.consumption_id]
            assert charge.cents == -cents_of(entries, "consumed", "returned")
            assert charge.overdrawn == -sum(entry.hours for entry in entries if entry.package_id is None)
            assert charge.returned == hours_of(entries, "returned")


@given(
    st.integers(0, 10**9), st.lists(st.integers(0, 10_000), min_size=1, max_size=30),
)
def test_rounding_never_loses_a_cent(price: int, parts: list[int]) -> None:
    granted = sum(parts)
    used, total = 0, 0
    for hours in parts:
        total += recognised_cents(price, used + hours, granted) - recognised_cents(price, used, granted)
        used += hours
    assert total == (price if granted else 0)


@pytest.mark.parametrize(("numerator", "denominator", "nearest"), [
    (1, 2, 0), (3, 2, 2), (5, 2, 2), (-1, 2, 0), (-3, 2, -2), (2, 3, 1), (1, 3, 0), (-2, 3, -1), (0, 5, 0),
    (250, 100, 2), (350, 100, 4),
])
def test_exact_halves_go_to_the_even_neighbour(numerator: int, denominator: int, nearest: int) -> None:
    assert half_even(numerator, denominator) == nearest


@pytest.mark.parametrize("denominator", [0, -2])
def test_a_denominator_that_is_not_positive_is_refused(denominator: int) -> None:
    with pytest.raises(ValueError, match="denominator must be positive"):
        half_even(1, denominator)
