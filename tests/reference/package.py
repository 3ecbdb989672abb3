"""A package and the pieces taken from it, as the reference keeps them."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from tests.reference.reading import ZERO, Consumption, Purchase


@dataclass
class Package:
    """A package as it stands; ``base`` euros are deferred for ``base_hours``, of which ``used`` have left."""

    of: Purchase
    expires: int | None
    may_expire_from: int = 0
    granted: bool = False
    expired: bool = False
    refunded_in_full: bool = False
    remaining: Decimal = ZERO
    expired_hours: Decimal = ZERO
    base: Decimal = ZERO
    base_hours: Decimal = ZERO
    used: Decimal = ZERO
    deferred: Decimal = ZERO
    recognised: Decimal = ZERO
    breakage: Decimal = ZERO
    rebased: bool = False

    def left_deferred(self, used: Decimal) -> Decimal:
        """Money that has left what is deferred after so many hours of this base."""
        if self.base <= 0 or self.base_hours <= 0:
            return ZERO
        exact = Fraction(self.base) * Fraction(used) / Fraction(self.base_hours)
        return Decimal(round(exact * 100)) / 100

    def use(self, hours: Decimal) -> Decimal:
        """Count hours as used (below 0: no longer), and say how much money that moves out of what is deferred."""
        before = self.left_deferred(self.used)
        self.used += hours
        moved = self.left_deferred(self.used) - before
        self.deferred -= moved
        return moved


@dataclass
class Piece:
    """Part of a hold or deduction: hours on one package, or on none."""

    package: Package | None
    hours: Decimal
    returned: Decimal = ZERO

    @property
    def kept(self) -> Decimal:
        """Hours not returned."""
        return self.hours - self.returned


@dataclass
class Taking:
    """Hours taken by a class (or, without one, by a deduction), as pieces in the order in which they were taken."""

    school: int | None
    of: Consumption | None
    pieces: list[Piece] = field(default_factory=list)
    uncovered: Piece = field(default_factory=lambda: Piece(None, ZERO))
    begun: bool = False
    taught: bool = False
