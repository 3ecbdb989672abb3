"""Invents students whose packages never run short and who ask no money back: most students of a real school."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from tests.worlds.founding import Founder
from tests.worlds.world import zone_of

_PRICES = ("100.00", "99.99", "33.33", "180.00", "0.00", "-20.00", "0.05", "1000.01")
_GRANTS = ("10.00", "7.00", "12.50", "3.33", "20.00")
_HOURS = ("1.00", "1.50", "0.33", "0.50", "2.00")


class CalmInventor(Founder):
    """Classes booked in time on packages with room; some come back, before or after class or expiry."""

    def student(self) -> None:
        """One student with packages one after another."""
        number = self.new_id("user", 99999)
        self.user(number)
        school = self.one(self.world.ids("accounts_school"))
        start = self.world.now - timedelta(days=30 + self.random.randrange(500), hours=self.random.randrange(24))
        self.world.add(
            "accounts_schoolmembership", id=self.new_id("membership", 99999), user_id=number, school_id=school,
            role="student", is_active=True, joined_at=start,
        )
        account = self.new_id("account", 99999)
        self.world.add(
            "finances_studentaccountbalance", id=account, student_id=number, hours_purchased=Decimal("10.00"),
            hours_consumed=Decimal("1.00"), balance_amount=Decimal("0.00"), created_at=start, updated_at=start,
        )
        for turn in range(1 + self.random.randrange(3)):
            self.package(number, account, school, start + timedelta(days=turn * 60 + self.random.randrange(5)))

    def package(self, student: int, account: int, school: int, bought: datetime) -> None:
        """A package and the classes it pays for, never more of them than it has hours."""
        package, hours = self.new_id("purchase", 999999), Decimal(self.one(_GRANTS))
        days = self.one((None, 20, 60, 90))
        self.world.add(
            "finances_purchasetransaction", id=package, student_id=student, transaction_type="package",
            amount=Decimal(self.one(_PRICES)), payment_status="completed", stripe_payment_intent_id=None,
            stripe_customer_id=None,
            expires_at=bought + timedelta(days=days) if days else None, metadata={"hours_included": str(hours)},
            created_at=bought, updated_at=bought,
        )
        while hours > 0 and self.often(90):
            taken = min(hours, Decimal(self.one(_HOURS)))
            hours -= taken
            booked = bought + timedelta(hours=self.random.randrange((days or 90) * 24))
            if booked <= self.world.now:
                self.consumption(account, package, school, booked, taken)

    def consumption(self, account: int, package: int, school: int, booked: datetime, taken: Decimal) -> None:
        """A class up to a month ahead, taught, cancelled or cut short."""
        number = self.new_id("consumption", 999999)
        local = (booked + timedelta(hours=self.random.randrange(-3, 24 * 30))).astimezone(zone_of(self.world, school))
        booked = min(booked, local.astimezone(UTC))
        outcome = self.one(("completed",) * 6 + ("cancelled", "no_show", "shorter"))
        back = min(self.world.now, booked + timedelta(hours=1 + self.random.randrange(24 * 60)))
        is_back = outcome in ("cancelled", "shorter") and back > booked
        self.world.add(
            "finances_classsession", id=number, teacher_id=1, school_id=school, date=local.date(),
            start_time=local.time(), end_time=local.time(),
            session_type="individual", grade_level="9", student_count=1, is_trial=False, is_makeup=False,
            status="cancelled" if outcome == "cancelled" and is_back else "completed", actual_duration_hours=None,
            cancelled_at=None,
            created_at=booked, updated_at=booked,
        )
        self.world.add(
            "finances_hourconsumption", id=number, student_account_id=account, class_session_id=number,
            purchase_transaction_id=package,
            hours_consumed=taken - Decimal("0.25") if outcome == "shorter" and is_back else taken,
            hours_originally_reserved=taken,
            consumed_at=booked, is_refunded=is_back, refund_reason="", created_at=booked,
            updated_at=back if is_back else booked,
        )
