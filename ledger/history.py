"""Decides what a student's history is made of before it is replayed.

Hours are hundredths of an hour, money is cents, instants are microseconds since 1970 (UTC); whole numbers only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

NEVER = 2**62

BurnOrder = Literal["as_booked_then_soonest_expiry", "soonest_expiry", "oldest_first"]


class Refund(NamedTuple):
    """Money given back: ``cents`` is ignored for a full refund, which takes all that is left of the price."""

    at: int
    cents: int
    full: bool
    recorded_at: int


class Grant(NamedTuple):
    """A purchase that grants hours, or goodwill hours of an adjustment (negative ``package_id``, no price)."""

    package_id: int
    at: int
    hours: int
    price_cents: int
    expires_at: int
    school_id: int | None
    recorded_at: int
    refunds: tuple[Refund, ...] = ()
    note: str | None = None


class Booking(NamedTuple):
    """A consumption: hours held at ``held_at`` for a class at ``class_at``; ``returned`` of them came back."""

    consumption_id: int
    package_id: int | None
    hours: int
    held_at: int
    class_at: int
    returned: int
    returned_at: int
    school_id: int | None
    session_id: int | None
    recorded_at: int


class Adjustment(NamedTuple):
    """An override of ours that is not a grant: hours deducted, an expiry moved, a class returned."""

    adjustment_id: int
    kind: Literal["deduct", "extend", "return"]
    at: int
    hours: int
    package_id: int | None
    consumption_id: int | None
    new_expires_at: int
    school_id: int | None
    recorded_at: int
    note: str | None


@dataclass(slots=True)
class History:
    """All that happened to one student, in any order."""

    student_id: int
    grants: list[Grant] = field(default_factory=list)
    bookings: list[Booking] = field(default_factory=list)
    adjustments: list[Adjustment] = field(default_factory=list)


class Entry(NamedTuple):
    """One ledger entry; ``hours`` and ``cents`` are signed (see README.md)."""

    entry_id: str
    school_id: int | None
    package_id: int | None
    kind: str
    hours: int
    cents: int
    at: int
    recorded_at: int
    source_table: str
    source_id: int
    session_id: int | None
    note: str | None


class Charge(NamedTuple):
    """What became of one booking: the portions that pay for it (package or None, hours), and its revenue.

    ``plain`` bookings were charged to one package from the start, so their reservation and consumption
    follow from this row and have no entries of their own.
    """

    consumption_id: int
    plain: bool
    portions: tuple[tuple[int | None, int], ...]
    school_id: int | None
    overdrawn: int
    returned: int
    returned_at: int | None
    cents_at_class: int
    cents: int
