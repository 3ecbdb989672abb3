"""Writes the entries of one student: what an entry is called, which row it comes from, whose books it stands in."""

from __future__ import annotations

from ledger.bookings import Held, Portion
from ledger.history import Booking, Entry
from ledger.package import Package

CONSUMPTION = "finances_hourconsumption"
PURCHASE = "finances_purchasetransaction"
ADJUSTMENT = "adjustments"


def origin(held: Held) -> tuple[tuple[str, int], str, int | None, int | None]:
    """The row that took these hours, its name, its school and its class."""
    source = held.source
    if isinstance(source, Booking):
        number = source.consumption_id
        return (CONSUMPTION, number), f"consumption:{number}", source.school_id, source.session_id
    return (ADJUSTMENT, source.adjustment_id), f"adjustment:{source.adjustment_id}", source.school_id, None


def name_of(package: Package) -> str:
    """What the entries of a package begin with."""
    number = package.grant.package_id
    return f"purchase:{number}" if number > 0 else f"adjustment:{-number}"


def row_of(package: Package) -> tuple[str, int]:
    """The row that granted a package."""
    number = package.grant.package_id
    return (PURCHASE, number) if number > 0 else (ADJUSTMENT, -number)


class Journal:
    """The entries written so far."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def write(
        self, name: str, package: Package | None, kind: str, hours: int, cents: int, at: int, recorded_at: int,
        source: tuple[str, int], session_id: int | None = None, note: str | None = None, school_id: int | None = None,
    ) -> None:
        """An entry stands in the books of its package's school; without a package, of the class's."""
        if package is not None:
            school_id = package.grant.school_id
        number = package.grant.package_id if package is not None else None
        self.entries.append(
            Entry(name, school_id, number, kind, hours, cents, at, recorded_at, source[0], source[1], session_id, note)
        )

    def write_booking(
        self, held: Held, portion: Portion, number: int, step: str, kind: str, hours: int, cents: int, at: int
    ) -> None:
        """An entry of the ``number``-th portion of a booking."""
        source, name, school, session = origin(held)
        name = f"{name}:{step}:{number + 1}" if number else f"{name}:{step}"
        note = "class time reached" if step == "lifted" else None
        recorded = held.source.recorded_at
        self.write(name, portion.package, kind, hours, cents, at, recorded, source, session, note, school)
