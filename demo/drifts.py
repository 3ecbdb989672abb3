"""Hazards in the platform's counters: each way they drift from the rows, on a student of its own."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from demo.odd_people import odd_student, with_a_package
from demo.report import Hazard
from demo.story import Row, Story, hours, school

_ACCOUNTS = "finances_studentaccountbalance"


def _hazard(name: str, account: Row, note: str) -> Hazard:
    return Hazard(name, _ACCOUNTS, (account["id"],), note, (account["student_id"],))


def _old_package(story: Story, number: int, account: Row, taught: int = 2) -> Row:
    """Five hours bought 200 days ago, of which some were used before they expired."""
    package = story.buy(account, school(number), school(number).plan(5), story.ago(200))
    for week in range(taught):
        story.take_class(account, school(number), package, 196 - 7 * week)
    return package


def expired_twice(story: Story) -> Hazard:
    """The expiry job ran twice over the same package."""
    account = odd_student(story, "drift.expired_twice", number=1)
    old = _old_package(story, 1, account)
    lost = story.expire(account, old)
    with_a_package(story, account, number=1, taught=3)
    account["hours_purchased"] -= lost
    return _hazard("expired twice", account, "Stored 3 hours too low.")


def returned_twice(story: Story) -> Hazard:
    """One cancellation gave its hours back twice."""
    account = odd_student(story, "drift.returned_twice", number=2)
    package = with_a_package(story, account, number=2, taught=3)
    session, row = story.take_class(account, school(2), package, 20)
    story.cancel(account, session, row, story.ago(21))
    account["hours_consumed"] -= row["hours_consumed"]
    return _hazard("returned twice", account, "Stored 1 hour too high.")


def lost_update(story: Story) -> Hazard:
    """Two bookings at one moment: the counter kept only one of them."""
    account = odd_student(story, "drift.lost_update", number=1)
    package = with_a_package(story, account, number=1, taught=2)
    _, first = story.take_class(account, school(1), package, 27)
    _, second = story.take_class(account, school(1), package, 20)
    at = first["created_at"] + timedelta(milliseconds=180)
    second.update(created_at=at, consumed_at=at, updated_at=at)
    account["hours_consumed"] -= second["hours_consumed"]
    return _hazard("lost update", account, "Stored 1 hour too high.")


def consumption_deleted(story: Story) -> Hazard:
    """A consumption was deleted by hand; the counter still holds its hours."""
    account = odd_student(story, "drift.consumption_deleted", number=2)
    package = with_a_package(story, account, number=2, taught=3)
    _, row = story.take_class(account, school(2), package, 20)
    story.rows["finances_hourconsumption"].remove(row)
    return _hazard("consumption deleted", account, "Stored 1 hour too low.")


def booked_past_zero(story: Story) -> Hazard:
    """Classes went on the older package past zero, and the newer one expired full."""
    account = odd_student(story, "drift.booked_past_zero", number=1)
    old = story.buy(account, school(1), school(1).plan(5), story.ago(330), expires=story.ago(100))
    new = story.buy(account, school(1), school(1).plan(5), story.ago(325))
    for week in range(7):
        story.take_class(account, school(1), old, 320 - 7 * week)
    story.expire(account, old)
    story.expire(account, new)
    return _hazard("booked past zero", account, "Stored 2 hours too low: 5 expired of which 2 were used.")


def grant_without_hours(story: Story) -> Hazard:
    """The purchase records no hours and no plan, yet ten went on the counter."""
    account = odd_student(story, "drift.grant_without_hours", number=2)
    story.buy(account, school(2), school(2).plan(10), story.ago(60), metadata={})
    return _hazard("grant without hours", account, "Stored 10 hours too high.")


def plan_changed(story: Story) -> Hazard:
    """Twelve hours were bought and counted; only the plan was recorded, and it now says ten."""
    account = odd_student(story, "drift.plan_changed", number=1)
    plan = school(1).plans[5]
    package = story.buy(account, school(1), plan, story.ago(150), metadata={"plan_id": plan.id})
    account["hours_purchased"] += hours(2)
    for days_ago in (48, 41):
        story.take_class(account, school(1), package, days_ago)
    return _hazard("plan changed after purchase", account, "Stored 2 hours too high.")


def duplicate_purchase(story: Story) -> Hazard:
    """One payment stored twice within half a minute; both were counted."""
    account = odd_student(story, "drift.duplicate_purchase", number=2)
    package = with_a_package(story, account, number=2, taught=2)
    again = story.buy(
        account, school(2), school(2).plan(10), package["created_at"] + timedelta(seconds=27)
    )
    again["stripe_customer_id"] = package["stripe_customer_id"]
    return _hazard("duplicate purchase", account, "Rows and counters agree; one payment was made.")


def completed_after_refund(story: Story) -> Hazard:
    """A late success message completed a purchase whose money had gone back."""
    account = odd_student(story, "drift.completed_after_refund", number=1)
    package = with_a_package(story, account, number=1, taught=2)
    story.refund(account, package, package["amount"], story.ago(12))
    package.update(payment_status="completed", updated_at=story.ago(11))
    return _hazard("completed again after its refund", account, "Refunded in full and still completed.")


def edited_later(story: Story) -> Hazard:
    """A class was made longer afterwards; the counter was not told."""
    account = odd_student(story, "drift.edited_later", number=2)
    package = with_a_package(story, account, number=2, taught=2)
    _, row = story.take_class(account, school(2), package, 20)
    row.update(hours_consumed=hours("1.5"), updated_at=story.ago(19))
    return _hazard("hours edited after booking", account, "Stored 0.5 hours too high.")


def unknown_difference(story: Story) -> Hazard:
    """The counter was changed by hand, and nothing says why."""
    account = odd_student(story, "drift.unknown", number=1)
    with_a_package(story, account, number=1, taught=2)
    account["hours_purchased"] += Decimal("0.75")
    return _hazard("counter changed by hand", account, "Stored 0.75 hours too high; no row explains it.")
