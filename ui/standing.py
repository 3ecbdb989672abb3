"""Reads a student's standing as what can be booked, and foretells with the ledger's rules; shared by student pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from ledger.eligibility import Eligibility, Holding, check_booking
from ledger.outlook import Outlook, outlook
from ui.session import Here

_ZERO = Decimal(0)


@dataclass(frozen=True)
class Standing:
    """A student's hours, package by package, as of the snapshot."""

    rows: tuple[dict[str, Any], ...]
    """Rows of the question `student_standing`; those without a package are left out."""
    card: Mapping[str, Any]

    def holdings(self) -> list[Holding]:
        """What can be booked, and when it is valid.

        Hours that were given and not bought have no package: they are what is usable beyond the packages. When they
        expire only the student's next expiry may tell; the cautious reading is that they expire then.
        """
        found = [
            Holding(
                hours=row["hours_upcoming"] if row["status"] == "upcoming" else row["hours_remaining"],
                begins_at=row["purchased_at"],
                expires_at=row["expires_at"],
            )
            for row in self.rows
            if row["status"] != "refunded"
        ]
        bought = sum((row["hours_remaining"] for row in self.rows if row["status"] == "active"), _ZERO)
        given = self.card["hours_usable"] - bought
        if given > 0:
            ends = [row["expires_at"] for row in self.rows if row["status"] == "active"]
            soonest = self.card["next_expiry"]
            own_end = None if soonest is None or soonest in ends else soonest
            found.append(Holding(given, self.card["as_of"], own_end, is_package=False))
        return found

    def outlook(self) -> Outlook | None:
        """When the hours run out at the pace of recent weeks; None without a pace."""
        return outlook(
            self.holdings(),
            hours_booked_ahead=self.card["hours_booked_ahead"],
            pace_per_week=self.card["pace_per_week"],
            now=self.card["as_of"],
        )

    def check(self, hours: Decimal, at: datetime) -> Eligibility:
        """Whether a class of these hours can be booked."""
        return check_booking(
            hours,
            at,
            self.holdings(),
            now=self.card["as_of"],
            hours_overdrawn=self.card["hours_overdrawn"],
            is_active=bool(self.card["is_active"]),
        )


def standing(here: Here, card: Mapping[str, Any]) -> Standing:
    """The standing behind a student's card."""
    rows: Sequence[dict[str, Any]] = here.ask("student_standing", student_id=card["student_id"]).as_dicts()
    return Standing(tuple(row for row in rows if row["package_id"] is not None), card)
