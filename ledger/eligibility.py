"""Decides whether a class can be booked: are enough hours valid at the time of the class?

Hours that bookings already hold are not in what remains, so they are not counted twice. A package is valid from its
beginning until its expiry, the instant of expiry not included.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

_ZERO = Decimal(0)


class Reason(StrEnum):
    """Why a class can, or cannot, be booked."""

    OK = "ok"
    NO_PACKAGES = "no_packages"
    ALL_PACKAGES_EXPIRED = "all_packages_expired"
    INSUFFICIENT_HOURS = "insufficient_hours"
    ACCOUNT_INACTIVE = "account_inactive"


@dataclass(frozen=True)
class Holding:
    """Hours of one package that can still be booked, and when they are valid; None: no end.

    ``is_package`` is false for hours that were given, not bought. ``begins_at`` lies after the balance's instant
    for a package that is yet to come; its hours first pay for classes that no package covers.
    """

    hours: Decimal
    begins_at: datetime
    expires_at: datetime | None = None
    is_package: bool = True

    def is_valid(self, at: datetime) -> bool:
        """Begun by ``at`` and not expired then."""
        return self.begins_at <= at and (self.expires_at is None or at < self.expires_at)


@dataclass(frozen=True)
class Eligibility:
    """The answer, with the figures behind it, all of them at the time of the class."""

    reason: Reason
    hours_required: Decimal
    hours_available: Decimal
    active_packages: int

    @property
    def can_book(self) -> bool:
        """Whether the class can be booked."""
        return self.reason is Reason.OK

    @property
    def hours_remaining_after(self) -> Decimal:
        """What would be left after the booking; below zero where hours are missing."""
        return self.hours_available - self.hours_required


def check_booking(
    hours: Decimal, at: datetime, holdings: Iterable[Holding], *,
    now: datetime, hours_overdrawn: Decimal = _ZERO, is_active: bool = True,
) -> Eligibility:
    """Whether a class of ``hours`` (above zero) at ``at`` can be booked.

    ``holdings`` and ``hours_overdrawn`` are as of ``now``; packages whose money went back are not holdings.
    ``is_active`` is whether the account may book at all.
    """
    if not (hours.is_finite() and hours > 0):
        raise ValueError(f"hours of a class must be above zero, not {hours}")
    begun = [held for held in _after_debts(holdings, now, hours_overdrawn) if held.begins_at <= at]
    valid = [held for held in begun if held.is_valid(at)]
    available = sum((held.hours for held in valid), _ZERO)
    if not is_active:
        reason = Reason.ACCOUNT_INACTIVE
    elif not begun:
        reason = Reason.NO_PACKAGES
    elif not valid:
        reason = Reason.ALL_PACKAGES_EXPIRED
    elif available < hours:
        reason = Reason.INSUFFICIENT_HOURS
    else:
        reason = Reason.OK
    active = sum(1 for held in valid if held.is_package and held.hours > 0)
    return Eligibility(reason, hours, available, active)


def _after_debts(holdings: Iterable[Holding], now: datetime, overdrawn: Decimal) -> list[Holding]:
    """The holdings once packages still to come have paid for what no package covers, the first to come first."""
    left = []
    for held in sorted(holdings, key=lambda holding: holding.begins_at):
        if held.begins_at > now and overdrawn > 0:
            paid = min(held.hours, overdrawn)
            overdrawn -= paid
            held = Holding(held.hours - paid, held.begins_at, held.expires_at, held.is_package)
        left.append(held)
    return left
