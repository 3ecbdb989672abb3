"""Knows which packages pay for the hours of one booking, and what has come back of them."""

from __future__ import annotations

from ledger.history import Adjustment, Booking, Charge
from ledger.package import Package


class Portion:
    """Part of a booking paid by one package, or by none (``package is None``)."""

    __slots__ = ("hours", "package", "returned")

    def __init__(self, package: Package | None, hours: int) -> None:
        self.package = package
        self.hours = hours
        self.returned = 0


class Held:
    """A booking's hours while they are held; a deduction past the last hour waits here too, without a class."""

    __slots__ = (
        "cents", "cents_at_class", "covers", "is_plain", "portions", "returned", "returned_at", "source", "taught",
    )

    def __init__(self, source: Booking | Adjustment) -> None:
        self.source = source
        self.portions: list[Portion] = []
        self.taught = isinstance(source, Adjustment)
        self.is_plain = False
        self.cents_at_class = 0
        self.cents = 0
        self.returned = 0
        self.returned_at: int | None = None
        self.covers = 0

    def is_owing(self) -> bool:
        """Whether hours that no package covers are still out."""
        return any(p.package is None and p.hours > p.returned for p in self.portions)

    def in_order_of_return(self) -> list[Portion]:
        """What was overdrawn first, then the packages, last taken first."""
        covered = [p for p in reversed(self.portions) if p.package is not None]
        return [p for p in self.portions if p.package is None] + covered

    def charge(self, consumption_id: int) -> Charge:
        """What became of the booking so far."""
        portions = tuple(
            (p.package.grant.package_id if p.package is not None else None, p.hours)
            for p in self.portions if p.hours > 0
        )
        schools = [p.package.grant.school_id for p in self.portions if p.package is not None and p.hours > 0]
        owed = sum(p.hours - p.returned for p in self.portions if p.package is None)
        return Charge(
            consumption_id, self.is_plain, portions, schools[0] if schools else None, owed,
            self.returned, self.returned_at, self.cents_at_class, self.cents,
        )
