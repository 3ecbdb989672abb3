"""Founds a platform: schools, plans, people, and draws of which Hypothesis may be the source."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import Any

from tests.worlds.values import PLAN_HOURS, ZONES
from tests.worlds.world import TABLES, World


class Founder:
    """Founds a platform with its schools and plans; ids are drawn so that their order says nothing about time."""

    def __init__(self, random: Random, now: datetime) -> None:
        self.random = random
        self.world = World(now, {table: [] for table in TABLES})
        self.taken: dict[str, set[int]] = {}

    def one(self, choices: Sequence[Any]) -> Any:
        return choices[self.random.randrange(len(choices))]

    def often(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def new_id(self, table: str, room: int) -> int:
        """An id not yet taken in a table; the next free one where the drawn one is taken."""
        taken = self.taken.setdefault(table, set())
        number = 1 + self.random.randrange(room)
        while number in taken:
            number += 1
        taken.add(number)
        return number

    # -- schools, plans, people

    def schools(self) -> None:
        at = datetime(2020, 1, 1, tzinfo=UTC)
        for number in range(1, 2 + self.random.randrange(3)):
            self.world.add(
                "accounts_school", id=number, name=f"School {number}", address="", contact_email="", phone_number="",
                website="", logo=None, primary_color="#112233", secondary_color="#112233", created_at=at, updated_at=at,
            )
            if number == 1 or self.often(80):
                self.world.add(
                    "accounts_schoolsettings", id=number + 10, school_id=number, timezone=self.one(ZONES),
                    currency_code=self.one(("EUR", "USD", "BRL")), language="pt", billing_contact_name="",
                    billing_contact_email="",
                    billing_address="", tax_id="", data_retention_policy="", gdpr_compliance_enabled=True,
                    allow_data_export=True,
                    updated_at=None,
                )
        for number in range(1, 4):
            self.world.add(
                "finances_pricingplan", id=number, name=f"Plan {number}", description="", plan_type="package",
                hours_included=Decimal(self.one(PLAN_HOURS)), price_eur=Decimal("100.00"), validity_days=90,
                display_order=number, is_featured=False, is_active=True, created_at=at, updated_at=at,
            )
        self.user(1)
        self.taken["user"] = {1}
        self.world.add("accounts_teacherprofile", id=1, user_id=1, specialty="")

    def user(self, number: int) -> None:
        self.world.add(
            "accounts_customuser", id=number, email=f"u{number}@example.org", name=f"U {number}", phone_number="",
            is_active=True, is_staff=False, is_superuser=False, date_joined=datetime(2020, 1, 1, tzinfo=UTC),
        )
