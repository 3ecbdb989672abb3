"""Rules of the ledger that a whole sync once broke, each in its smallest platform."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import etl.sync
import store
from store.adjustments import Adjustment, record
from tests.etl.platform_rows import LONG_AGO, NOW, Platform, ask, settings_for

pytestmark = pytest.mark.slow  # the quick part has a minute and a half for everything

BURN_ORDERS = ("as_booked_then_soonest_expiry", "soonest_expiry", "oldest_first")


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    return Platform(f"sqlite:///{tmp_path / 'platform.db'}").small_school()


def adjust(platform: Platform, folder: Path, **values: Any) -> None:
    """Record an adjustment of student 1."""
    settings = settings_for(platform.url, folder)
    store.migrate(settings.store_url)
    common = {"student_id": 1, "reason": "why", "actor": "a@example.com", "effective_at": NOW, "recorded_at": NOW}
    record(store.engine(settings.store_url), Adjustment(**{**common, **values}))


def asked(platform: Platform, folder: Path, query: str, **settings: Any) -> list[tuple[Any, ...]]:
    """Sync, then the rows of a query on the snapshot."""
    chosen = settings_for(platform.url, folder, **settings)
    etl.sync.run(chosen)
    return ask(chosen, query)


def second_student(platform: Platform) -> None:
    platform.add("accounts_customuser", id=3, email="bea@example.com", name="Bea")
    platform.add("finances_studentaccountbalance", id=3, student_id=3)


def test_a_booking_on_another_students_package_leaves_that_package_alone(platform: Platform, tmp_path: Path) -> None:
    second_student(platform)
    platform.run("update finances_purchasetransaction set expires_at = '2025-06-01 00:00:00'")
    cancelled_at = datetime(2025, 7, 1, tzinfo=UTC)
    platform.book(
        1, student_account_id=3, status="cancelled", is_refunded=True, hours_consumed=Decimal(3),
        updated_at=cancelled_at,
    )
    rows = asked(
        platform, tmp_path, "select student_id, package_id, kind, hours from ledger where package_id = 1 order by all",
    )
    assert rows == [(1, 1, "expired", Decimal("-10.00")), (1, 1, "purchased", Decimal("10.00"))]


def test_a_return_without_hours_gives_the_whole_class_back(platform: Platform, tmp_path: Path) -> None:
    platform.book(1, hours_consumed=Decimal(2), hours_originally_reserved=Decimal(2))
    adjust(platform, tmp_path, kind="return", consumption_id=1)
    assert asked(
        platform, tmp_path, "select hours_returned, hours_remaining from student_balances where student_id = 1",
    ) == [
        (Decimal("2.00"), Decimal("10.00")),
    ]


def test_only_a_whole_number_names_a_plan(platform: Platform, tmp_path: Path) -> None:
    platform.add("finances_pricingplan", id=1, hours_included=Decimal(10))
    platform.add("finances_pricingplan", id=2, hours_included=Decimal(99))
    cases: list[tuple[Any, int]] = [(1, 10), ("1", 10), (" 1 ", 10), (1.5, 0), ("0.6", 0), (True, 0), ("x", 0)]
    for number, (written, _) in enumerate(cases, start=5):
        platform.add("finances_purchasetransaction", id=number, student_id=1, metadata={"plan_id": written})
    rows = asked(platform, tmp_path, "select hours from purchases where transaction_id >= 5 order by transaction_id")
    assert [(written, hours) for (written, _), (hours,) in zip(cases, rows, strict=True)] == cases


def test_a_refunded_amount_is_rounded_half_to_even(platform: Platform, tmp_path: Path) -> None:
    cases: list[tuple[Any, str]] = [("10.005", "10.00"), ("10.015", "10.02"), ("0.004", "0.00"), (20.5, "20.50")]
    for number, (written, _) in enumerate(cases, start=5):
        metadata = {"hours_included": 10, "refunds": [{"refund_amount": written, "refund_status": "succeeded"}]}
        platform.add("finances_purchasetransaction", id=number, student_id=1, metadata=metadata)
    rows = asked(platform, tmp_path, "select amount_refunded from packages where package_id >= 5 order by package_id")
    assert [(written, str(money)) for (written, _), (money,) in zip(cases, rows, strict=True)] == cases


def test_a_refund_on_the_last_day_of_the_calendar_is_still_to_come(platform: Platform, tmp_path: Path) -> None:
    refund = {"refund_amount": "50", "refund_status": "succeeded", "refund_processed_at": "9999-12-31T23:59:59+00:00"}
    platform.add(
        "finances_purchasetransaction", id=5, student_id=1, metadata={"hours_included": 10, "refunds": [refund]},
    )
    assert asked(platform, tmp_path, "select amount_refunded from packages where package_id = 5") == [(Decimal(0),)]


@pytest.mark.parametrize(("late", "added"), [(0, 1), (1, 0)])
def test_what_is_dated_at_the_snapshots_very_instant_counts(
    platform: Platform, tmp_path: Path, late: int, added: int,
) -> None:
    now = NOW + timedelta(microseconds=123_457)
    adjust(platform, tmp_path, kind="add", hours=Decimal(1), effective_at=now + timedelta(microseconds=late))
    rows = asked(platform, tmp_path, "select hours_added from student_balances where student_id = 1", now=now)
    assert rows == [(added,)]


def test_an_expiry_moved_into_the_past_counts_when_it_was_moved(platform: Platform, tmp_path: Path) -> None:
    moved_at = datetime(2025, 9, 1, tzinfo=UTC)
    adjust(platform, tmp_path, kind="extend", package_id=1, new_expires_at=LONG_AGO, effective_at=moved_at)
    assert asked(
        platform, tmp_path, "select effective_at, hours from ledger where kind = 'expired'",
    ) == [(moved_at, Decimal(-10))]


def test_an_extension_does_not_give_back_hours_whose_money_went_back(platform: Platform, tmp_path: Path) -> None:
    platform.run(
        "update finances_purchasetransaction"
        " set payment_status = 'refunded', expires_at = '2025-03-01', updated_at = '2025-04-01'"
    )
    adjust(platform, tmp_path, kind="extend", package_id=1, new_expires_at=NOW + timedelta(days=9))
    assert asked(
        platform, tmp_path, "select hours_remaining, hours_voided, hours_expired from packages",
    ) == [(0, 10, 0)]


def test_a_partial_refund_of_a_package_without_a_price_gives_nothing_back(platform: Platform, tmp_path: Path) -> None:
    metadata = {"hours_included": 10, "refunds": [{"refund_amount": "5", "refund_status": "succeeded"}]}
    platform.add("finances_purchasetransaction", id=5, student_id=1, amount=Decimal(-50), metadata=metadata)
    rows = asked(
        platform, tmp_path,
        "select amount_refunded, amount_deferred, hours_remaining from packages where package_id = 5",
    )
    assert rows == [(0, -50, 10)]


@pytest.mark.parametrize("burn_order", BURN_ORDERS)
def test_a_deduction_takes_from_the_package_it_names(platform: Platform, tmp_path: Path, burn_order: str) -> None:
    platform.add("finances_purchasetransaction", id=5, student_id=1, created_at=LONG_AGO + timedelta(days=1))
    adjust(platform, tmp_path, kind="deduct", hours=Decimal(2), package_id=5)
    rows = asked(platform, tmp_path, "select package_id from ledger where kind = 'deducted'", burn_order=burn_order)
    assert rows == [(5,)]


def test_a_class_on_a_night_the_clocks_change_has_one_instant(platform: Platform, tmp_path: Path) -> None:
    nights = [
        (datetime(2025, 3, 30, 1, 30, tzinfo=UTC), date(2025, 3, 30)),  # skipped in Lisbon: an hour later there
        (datetime(2025, 10, 26, 1, 30, tzinfo=UTC), date(2025, 10, 26)),  # twice in Lisbon: the second
        (datetime(2025, 7, 1, 0, 30, tzinfo=UTC), date(2025, 7, 1)),
    ]
    for number, (_, day) in enumerate(nights, start=1):
        platform.book(number, date=day, start_time=time(1, 30))
    rows = asked(platform, tmp_path, "select class_at, class_date from consumptions order by consumption_id")
    assert rows == nights


def test_hours_that_expire_together_are_counted_together(platform: Platform, tmp_path: Path) -> None:
    expires_at = NOW + timedelta(days=5)
    for number in (5, 6):
        platform.add("finances_purchasetransaction", id=number, student_id=1, expires_at=expires_at)
    adjust(platform, tmp_path, kind="add", hours=Decimal(2), expires_at=expires_at)
    query = "select next_expiry, next_expiry_hours, active_packages from student_balances where student_id = 1"
    assert asked(platform, tmp_path, query) == [(expires_at, Decimal(22), 3)]


def test_an_extension_from_before_the_purchase_moves_nothing(platform: Platform, tmp_path: Path) -> None:
    adjust(
        platform, tmp_path, kind="extend", package_id=1, new_expires_at=NOW + timedelta(days=9),
        effective_at=LONG_AGO - timedelta(days=1),
    )
    assert asked(platform, tmp_path, "select expires_at from packages") == [(None,)]


def test_a_package_is_refunded_once_its_refund_has_taken_place(platform: Platform, tmp_path: Path) -> None:
    platform.run("update finances_purchasetransaction set payment_status = 'refunded', updated_at = '2027-01-01'")
    assert asked(platform, tmp_path, "select status, hours_remaining from packages") == [("active", 10)]
