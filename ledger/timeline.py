"""Decides when everything in a history happens, and what comes first at one instant.

At one instant the order is: grant, extend, return, void, deduct, expire, hold, class; then by id.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from ledger.history import NEVER, Booking, History, Refund
from ledger.journal import ADJUSTMENT, CONSUMPTION

_GRANT, _EXTEND, _RETURN, _VOID, _DEDUCT, _EXPIRE, _HOLD, _CLASS = range(8)

Action = Literal["grant", "extend", "give_back", "void", "deduct", "expire", "hold", "teach"]

Event = tuple[int, int, int, int, Action, Any]
"""(instant, place at that instant, id, turn, what is done, with what)."""


class Expiry(NamedTuple):
    """A package's end as it was known at some time; it counts only while it is still the package's end."""

    package_id: int | None
    expires_at: int
    at: int
    name: str


class Voiding(NamedTuple):
    """The ``turn``-th refund of a package."""

    package_id: int
    refund: Refund
    turn: int


class Return(NamedTuple):
    """Hours of a booking that come back, and the row that says so."""

    consumption_id: int
    hours: int
    at: int
    source_table: str
    source_id: int
    note: str | None


def events(history: History) -> Iterator[Event]:
    """Everything that happens in a history, in no order; the first four fields are the order."""
    # A row seen twice counts once.
    bookings = {booking.consumption_id: booking for booking in history.bookings}
    for grant in {grant.package_id: grant for grant in history.grants}.values():
        # Goodwill has negative ids; it comes after the purchases of the same instant.
        key = grant.package_id if grant.package_id > 0 else NEVER - grant.package_id
        yield grant.at, _GRANT, key, 0, "grant", grant
        end = max(grant.expires_at, grant.at)
        expiry = Expiry(grant.package_id, grant.expires_at, end, str(grant.expires_at))
        yield end, _EXPIRE, key, 0, "expire", expiry
        for turn, refund in enumerate(sorted(grant.refunds, key=lambda r: (r.at, r.full, r.cents))):
            yield max(refund.at, grant.at), _VOID, key, turn, "void", Voiding(grant.package_id, refund, turn)
    for booking in bookings.values():
        key = booking.consumption_id
        yield booking.held_at, _HOLD, key, 0, "hold", booking
        yield booking.class_at, _CLASS, key, 0, "teach", booking
        if booking.returned > 0:
            back = Return(key, booking.returned, booking.returned_at, CONSUMPTION, key, None)
            yield _return(booking, back, key, 1)
    yield from _adjustments(history, bookings)


def _adjustments(history: History, bookings: dict[int, Booking]) -> Iterator[Event]:
    for change in {change.adjustment_id: change for change in history.adjustments}.values():
        number = change.adjustment_id
        order = NEVER + number
        if change.kind == "deduct":
            yield change.at, _DEDUCT, number, 0, "deduct", change
        elif change.kind == "extend":
            yield change.at, _EXTEND, number, 0, "extend", change
            end = max(change.new_expires_at, change.at)
            moved = Expiry(change.package_id, change.new_expires_at, end, f"adjustment:{number}")
            yield end, _EXPIRE, order, 0, "expire", moved
        elif change.consumption_id in bookings:
            booking = bookings[change.consumption_id]
            back = Return(booking.consumption_id, change.hours, change.at, ADJUSTMENT, number, change.note)
            yield _return(booking, back, order, 1 + number)


def _return(booking: Booking, back: Return, key: int, turn: int) -> Event:
    """Hours cannot come back before they were held: then they come back at once."""
    if back.at <= booking.held_at:
        return booking.held_at, _HOLD, booking.consumption_id, turn, "give_back", back
    return back.at, _RETURN, key, 0, "give_back", back
