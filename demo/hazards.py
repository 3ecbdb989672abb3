"""Plants the oddities that real platforms hold: the fixed list, and those that need the whole crowd."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from demo import drifts, odd_billing, odd_classes, odd_people, odd_purchases
from demo.report import Hazard
from demo.story import Story
from etl.contract import platform

_MANY_STUDENTS = 10_000

HAZARDS: tuple[Callable[[Story], Hazard], ...] = (
    odd_people.names_of_all_kinds,
    odd_people.emails_that_differ_in_case,
    odd_people.users_without_account,
    odd_people.memberships_none_inactive_several,
    odd_people.family_ties_that_do_not_hold,
    odd_people.users_switched_off,
    odd_purchases.metadata_of_any_shape,
    odd_purchases.hours_in_odd_shapes,
    odd_purchases.amounts_zero_negative_huge,
    odd_purchases.statuses_unknown,
    odd_purchases.dates_far_ahead,
    odd_purchases.expiry_where_none_belongs,
    odd_purchases.refunds_in_odd_shapes,
    odd_purchases.rare_keys,
    odd_billing.billing_in_odd_shapes,
    odd_billing.refunds_that_look_alike,
    odd_classes.hours_negative_zero_huge,
    odd_classes.classes_on_dst_nights,
    odd_classes.classes_at_the_edge_of_a_day,
    odd_classes.classes_without_students,
    odd_classes.consumption_of_a_stranger,
    odd_classes.consumption_on_a_foreign_package,
    odd_classes.consumption_before_purchase,
    odd_classes.classes_far_ahead,
    odd_classes.class_words_unknown,
    odd_classes.flags_that_contradict,
    drifts.expired_twice,
    drifts.returned_twice,
    drifts.lost_update,
    drifts.consumption_deleted,
    drifts.booked_past_zero,
    drifts.grant_without_hours,
    drifts.plan_changed,
    drifts.duplicate_purchase,
    drifts.completed_after_refund,
    drifts.edited_later,
    drifts.unknown_difference,
)
"""Every hazard that is told as a story of its own, whatever the size of the crowd."""


def plant_hazards(story: Story, *, students: int) -> list[Hazard]:
    """Tell every hazard; one more in a crowd of ten thousand and above."""
    planted = [tell(story) for tell in HAZARDS]
    if students >= _MANY_STUDENTS:
        planted.append(odd_purchases.many_purchases_by_one(story))
    return planted


def identical_updates(connection: Connection, first: int, last: int, today: datetime) -> Hazard:
    """A bulk save: consumptions with one and the same ``updated_at``, thousands of them when there are many."""
    table = platform.tables["finances_hourconsumption"]
    count = max(min(5000, (last - first + 1) // 5), 1)
    # Rows that gave hours back keep their time: there it says when the hours came back.
    rows = (table.c.id.between(first, first + count - 1)) & ~table.c.is_refunded
    at = today - timedelta(days=9)
    connection.execute(update(table).where(rows).values(updated_at=at))
    ids = connection.execute(select(table.c.id).where(rows).order_by(table.c.id)).scalars().all()
    return Hazard("identical updated_at", table.name, tuple(ids), f"Saved together at {at.isoformat()}.")
