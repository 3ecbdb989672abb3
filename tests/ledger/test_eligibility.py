"""Whether a class can be booked, and why not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.eligibility import Holding, Reason, check_booking

NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)
BEGAN = NOW - timedelta(days=30)
FRIDAY = NOW + timedelta(days=4)


def held(hours: str, *, expires: timedelta | None = None, begins: datetime = BEGAN, **also: bool) -> Holding:
    return Holding(Decimal(hours), begins, None if expires is None else NOW + expires, **also)


def reason(hours: str, *holdings: Holding, at: datetime = FRIDAY, overdrawn: str = "0", active: bool = True) -> Reason:
    return check_booking(
        Decimal(hours), at, holdings, now=NOW, hours_overdrawn=Decimal(overdrawn), is_active=active
    ).reason


def test_a_class_that_takes_the_last_hour_can_be_booked() -> None:
    answer = check_booking(Decimal("1.50"), FRIDAY, [held("1.00"), held("0.50")], now=NOW)
    assert answer.can_book
    assert answer.hours_remaining_after == 0
    assert answer.active_packages == 2


def test_a_hundredth_of_an_hour_too_little_is_too_little() -> None:
    answer = check_booking(Decimal("1.50"), FRIDAY, [held("1.49")], now=NOW)
    assert answer.reason is Reason.INSUFFICIENT_HOURS
    assert answer.hours_remaining_after == Decimal("-0.01")


def test_without_any_package_the_reason_says_so() -> None:
    assert reason("1") is Reason.NO_PACKAGES


def test_a_package_that_expires_at_the_class_does_not_count() -> None:
    package = held("5", expires=timedelta(days=4))
    assert reason("1", package) is Reason.ALL_PACKAGES_EXPIRED
    assert reason("1", package, at=FRIDAY - timedelta(microseconds=1)) is Reason.OK


def test_hours_that_expire_before_the_class_do_not_help_those_that_do_not() -> None:
    assert reason("2", held("5", expires=timedelta(days=3)), held("1")) is Reason.INSUFFICIENT_HOURS


def test_an_exhausted_package_that_is_valid_lacks_hours_and_is_not_active() -> None:
    answer = check_booking(Decimal(1), FRIDAY, [held("0")], now=NOW)
    assert (answer.reason, answer.active_packages) == (Reason.INSUFFICIENT_HOURS, 0)


def test_a_package_counts_from_its_beginning_on() -> None:
    package = held("5", begins=FRIDAY)
    assert reason("1", package) is Reason.OK
    assert reason("1", package, at=FRIDAY - timedelta(microseconds=1)) is Reason.NO_PACKAGES


def test_a_package_to_come_first_pays_for_classes_that_no_package_covers() -> None:
    package = held("5", begins=NOW + timedelta(days=1))
    assert reason("3", package, overdrawn="2") is Reason.OK
    assert reason("3.01", package, overdrawn="2") is Reason.INSUFFICIENT_HOURS


def test_hours_of_now_are_already_net_of_what_is_overdrawn() -> None:
    assert reason("5", held("5"), overdrawn="2") is Reason.OK


def test_given_hours_can_be_booked_and_are_no_package() -> None:
    answer = check_booking(Decimal(1), FRIDAY, [held("1", is_package=False)], now=NOW)
    assert (answer.can_book, answer.active_packages) == (True, 0)


def test_an_inactive_account_books_nothing() -> None:
    assert reason("1", held("5"), active=False) is Reason.ACCOUNT_INACTIVE


@pytest.mark.parametrize("hours", ["0", "-1", "NaN", "Infinity"])
def test_a_class_has_hours_above_zero(hours: str) -> None:
    with pytest.raises(ValueError, match="above zero"):
        reason(hours, held("5"))


HOURS = st.decimals(min_value=0, max_value=999, places=2)
HOLDINGS = st.lists(
    st.builds(
        Holding, HOURS, st.datetimes(timezones=st.just(UTC)), st.none() | st.datetimes(timezones=st.just(UTC))
    )
)


@given(HOLDINGS, HOURS.filter(lambda hours: hours > 0), st.datetimes(timezones=st.just(UTC)), HOURS)
def test_what_can_be_booked_leaves_no_less_than_nothing(
    holdings: list[Holding], hours: Decimal, at: datetime, overdrawn: Decimal
) -> None:
    answer = check_booking(hours, at, holdings, now=NOW, hours_overdrawn=overdrawn)
    assert answer.can_book == (answer.hours_remaining_after >= 0 and any(one.is_valid(at) for one in holdings))
    if hours > Decimal("0.01"):
        less = check_booking(hours - Decimal("0.01"), at, holdings, now=NOW, hours_overdrawn=overdrawn)
        assert less.can_book or not answer.can_book
