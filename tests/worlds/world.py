"""One platform's rows, and the adjustments recorded beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.worlds.values import ZONES

TABLES = (
    "accounts_customuser", "accounts_school", "accounts_schoolsettings", "accounts_schoolmembership",
    "accounts_teacherprofile", "finances_pricingplan", "finances_studentaccountbalance", "finances_purchasetransaction",
    "finances_classsession", "finances_hourconsumption",
)


@dataclass
class World:
    """A platform's raw rows by table, and the adjustments recorded beside it."""

    now: datetime
    rows: dict[str, list[dict[str, Any]]]
    adjustments: list[dict[str, Any]] = field(default_factory=list)

    def add(self, table: str, **row: Any) -> dict[str, Any]:
        """Append a row."""
        self.rows.setdefault(table, []).append(row)
        return row

    def ids(self, table: str) -> list[int]:
        """Ids of a table's rows so far."""
        return [row["id"] for row in self.rows.get(table, [])]


def zone_of(world: World, school: int) -> ZoneInfo:
    """The zone in which a school's classes are held; the default where its own is unknown or missing."""
    named = [row["timezone"] for row in world.rows["accounts_schoolsettings"] if row["school_id"] == school]
    return ZoneInfo(named[0] if named and named[0] != ZONES[-1] else ZONES[0])
