"""When hours run out at the pace of recent weeks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ledger.eligibility import Holding
from ledger.outlook import Outlook, outlook

NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)
BEGAN = NOW - timedelta(days=30)


def held(hours: str, days: int | None = None) -> Holding:
    return Holding(Decimal(hours), BEGAN, None if days is None else NOW + timedelta(days=days))


def seen(*holdings: Holding, pace: str | None, booked: str = "0") -> Outlook | None:
    pace_per_week = None if pace is None else Decimal(pace)
    return outlook(holdings, hours_booked_ahead=Decimal(booked), pace_per_week=pace_per_week, now=NOW)


def test_four_hours_at_two_a_week_last_two_weeks() -> None:
    assert seen(held("4"), pace="2") == Outlook(NOW + timedelta(weeks=2), Decimal("0.00"))


def test_classes_already_booked_are_taught_first() -> None:
    assert seen(held("4"), pace="2", booked="2") == Outlook(NOW + timedelta(weeks=3), Decimal("0.00"))


def test_without_a_pace_nothing_is_foretold() -> None:
    assert seen(held("4"), pace=None) is None
    assert seen(held("4"), pace="0") is None


def test_without_hours_they_have_run_out() -> None:
    assert seen(pace="2") == Outlook(NOW, Decimal("0.00"))


def test_hours_that_expire_sooner_than_the_pace_are_lost() -> None:
    assert seen(held("4", 7), pace="2") == Outlook(NOW + timedelta(days=7), Decimal("2.00"))


def test_what_expires_first_is_used_first() -> None:
    assert seen(held("4"), held("2", 7), pace="2") == Outlook(NOW + timedelta(weeks=3), Decimal("0.00"))


def test_hours_that_expire_while_booked_classes_are_taught_are_all_lost() -> None:
    assert seen(held("3", 7), held("2"), pace="2", booked="4") == Outlook(NOW + timedelta(weeks=3), Decimal("3.00"))


def test_expired_packages_and_those_to_come_do_not_count() -> None:
    later = Holding(Decimal(9), NOW + timedelta(days=1))
    assert seen(held("9", 0), later, pace="2") == Outlook(NOW, Decimal("0.00"))


def test_further_than_ten_years_ahead_nothing_is_foretold() -> None:
    told = seen(held("99999999.99"), pace="0.01")
    assert told is not None
    assert told.runs_out_at is None


HOURS = st.decimals(min_value=0, max_value=9999, places=2)
LATER = st.datetimes(min_value=datetime(2026, 11, 24), timezones=st.just(UTC))  # noqa: DTZ001 Hypothesis adds the zone
HOLDINGS = st.lists(st.builds(Holding, HOURS, st.just(BEGAN), st.none() | LATER), max_size=6)


@given(HOLDINGS, HOURS, HOURS.filter(lambda pace: pace > 0))
def test_no_more_is_lost_than_there_is_and_a_quicker_pace_loses_no_more(
    holdings: list[Holding], booked: Decimal, pace: Decimal
) -> None:
    told = outlook(holdings, hours_booked_ahead=booked, pace_per_week=pace, now=NOW)
    quicker = outlook(holdings, hours_booked_ahead=booked, pace_per_week=pace * 2, now=NOW)
    assert told is not None
    assert quicker is not None
    assert 0 <= told.hours_unused <= sum((one.hours for one in holdings if one.expires_at), Decimal(0))
    assert quicker.hours_unused <= told.hours_unused + Decimal("0.01") * len(holdings)
    assert told.runs_out_at is None or told.runs_out_at >= NOW
