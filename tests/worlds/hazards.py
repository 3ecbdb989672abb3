"""Invents platforms full of hazards: everything at once, late, twice, odd, or on somebody else's package."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from tests.worlds import values
from tests.worlds.founding import Founder
from tests.worlds.values import DANGLING, FAR, HOURS, PRICES
from tests.worlds.world import zone_of


class Inventor(Founder):
    """Invents students to whom anything may have happened."""

    def __init__(self, random: Random, now: datetime) -> None:
        super().__init__(random, now)
        self.instants: list[datetime] = []

    def draw_instants(self) -> None:
        """A few instants that one student's events share, so that many fall together."""
        start = self.world.now - timedelta(days=self.random.randrange(400))
        steps = [timedelta(hours=h) for h in (0, 1, 24, 24 * 7, 24 * 30, 24 * 45, 24 * 60, 24 * 90, 24 * 200)]
        self.instants = [start + step + timedelta(hours=self.random.randrange(30)) for step in steps]
        self.instants += [
            self.world.now, self.world.now + timedelta(days=9), self.instants[3] + timedelta(microseconds=1),
        ]

    def instant(self) -> datetime:
        return FAR if self.often(1) else self.one(self.instants)

    def memberships(self, student: int) -> None:
        drawn = {
            (
                self.one([*self.world.ids("accounts_school"), DANGLING]),
                self.one(("student", "student", "student", "parent", "teacher")),
            )
            for _ in range(self.random.randrange(4))
        }
        for school, role in sorted(drawn):
            self.world.add(
                "accounts_schoolmembership", id=self.new_id("membership", 9999), user_id=student, school_id=school,
                role=role,
                is_active=self.often(70), joined_at=self.instant(),
            )

    # -- purchases

    def purchase(self, student: int) -> None:
        created = self.instant()
        price = Decimal(self.one(PRICES))
        self.world.add(
            "finances_purchasetransaction", id=self.new_id("purchase", 99999), student_id=student,
            transaction_type=self.one(("package",) * 8 + ("subscription", "subscription", "gift")),
            amount=price,
            payment_status=self.one(("completed",) * 12 + ("refunded",) * 4 + ("failed", "pending", "weird")),
            stripe_payment_intent_id=None, stripe_customer_id=None,
            expires_at=self.instant() if self.often(60) else None,
            metadata=self.metadata(price), created_at=created, updated_at=self.instant(),
        )

    def metadata(self, price: Decimal) -> Any:
        if self.often(6):
            return self.one(values.ODD_METADATA)
        found: dict[str, Any] = {}
        if self.often(85):
            found["hours_included"] = self.one(values.GRANTS) if self.often(85) else self.one(values.NOT_NUMBERS)
        if self.often(25):
            found["hours"] = self.one(values.GRANTS) if self.often(70) else self.one(values.NOT_NUMBERS)
        if self.often(40):
            found["plan_id"] = self.one((1, 2, "3", " 1 ", 99, "x", None, True, [], 1.5))
        if self.often(30):
            found["school_id"] = self.one((1, 2, "3", 99, None, "x", True, {}))
        if self.often(30):
            refunds = [self.refund(price) for _ in range(1 + self.random.randrange(3))]
            found["refunds"] = refunds if self.often(95) else self.one((None, {}, "x", 3))
        return found

    def refund(self, price: Decimal) -> Any:
        if self.often(4):
            return self.one((None, "x", 3, []))
        share = price * self.one((1, 1, 2, 3, 5, 7, 11)) / self.one((1, 2, 4, 10, 11))
        amount: Any = str(share.quantize(Decimal("0.01")))
        if self.often(30):
            amount = self.one((float(amount), -5, "0", 0, True, None, "", "5,0", "10", 20.0, " 7.5 ", "NaN"))
        at: Any = self.instant().isoformat() if self.often(80) else self.one(values.INSTANT_TEXTS)
        if isinstance(at, str) and at.endswith("+00:00") and self.often(30):
            at = at.removesuffix("+00:00") + self.one(("Z", ""))
        found = {
            "refund_amount": amount, "stripe_refund_id": "re_1", "refund_status": self.one(values.REFUND_STATUS),
            "refund_processed_at": at,
        }
        if self.often(10):
            del found[self.one(list(found))]
        return found

    # -- classes

    def consumption(self, account: int, packages: Sequence[int], others: Sequence[int]) -> None:
        session = self.session() if self.often(90) else DANGLING + self.new_id("dangling", 9999)
        consumed = Decimal(self.one(HOURS))
        reserved = consumed if self.often(60) else Decimal(self.one(HOURS))
        booked_on = self.one(packages) if packages and self.often(85) else self.one([*others, DANGLING])
        self.world.add(
            "finances_hourconsumption", id=self.new_id("consumption", 99999), student_account_id=account,
            class_session_id=session,
            purchase_transaction_id=booked_on, hours_consumed=consumed, hours_originally_reserved=reserved,
            consumed_at=self.instant(),
            is_refunded=self.often(35), refund_reason="", created_at=self.instant(), updated_at=self.instant(),
        )

    def session(self) -> int:
        number = self.new_id("session", 99999)
        school = self.one([*self.world.ids("accounts_school"), *([DANGLING] if self.often(3) else [])])
        day, clock = self.one(values.DST_NIGHTS), self.one(values.NIGHT_CLOCKS)
        if self.often(75):
            local = min(self.instant(), FAR - timedelta(days=1)).astimezone(zone_of(self.world, school))
            day, clock = local.date(), local.time()
        elif self.often(5):
            day = date(9999, 12, 31)
        at = self.instant()
        self.world.add(
            "finances_classsession", id=number, teacher_id=1, school_id=school, date=day, start_time=clock,
            end_time=time(23, 59, 59),
            session_type="individual", grade_level="9", student_count=1, is_trial=self.often(5), is_makeup=False,
            status=self.one(values.SESSION_STATUS), actual_duration_hours=None, cancelled_at=None, created_at=at,
            updated_at=at,
        )
        return number

    # -- adjustments

    def adjustment(self, student: int, packages: Sequence[int], consumptions: Sequence[int]) -> None:
        kind = self.one(("add", "add", "deduct", "extend", "return"))
        if (kind == "extend" and not packages) or (kind == "return" and not consumptions):
            kind = "add"
        row: dict[str, Any] = dict.fromkeys(
            ("hours", "school_id", "package_id", "consumption_id", "new_expires_at", "expires_at", "approver"),
        )
        status = "approved" if self.often(90) else self.one(("pending", "rejected"))
        row |= {
            "id": len(self.world.adjustments) + 1, "kind": kind, "student_id": student, "reason": "why",
            "actor": "a@example.org", "status": status,
            "approver": "b@example.org" if status == "rejected" else None, "effective_at": self.instant(),
            "recorded_at": self.instant(),
        }
        if kind in ("add", "deduct") or (kind == "return" and self.often(50)):
            row["hours"] = Decimal(self.one(("0.50", "1.00", "2.00", "5.00", "0.33")))
        if kind == "add":
            row["expires_at"] = self.instant() if self.often(40) else None
            row["school_id"] = self.one(self.world.ids("accounts_school")) if self.often(50) else None
        if kind == "extend":
            row |= {"package_id": self.one(packages), "new_expires_at": self.instant()}
        if kind == "deduct" and self.often(50):
            row["package_id"] = self.one([*packages, DANGLING])
        if kind == "return":
            row["consumption_id"] = self.one(consumptions)
        self.world.adjustments.append(row)

    # -- students

    def student(self, *, with_adjustments: bool) -> None:
        number = self.new_id("user", 9999)
        self.user(number)
        self.draw_instants()
        self.memberships(number)
        others = self.world.ids("finances_purchasetransaction")[-3:]
        before = len(self.world.rows["finances_purchasetransaction"])
        for _ in range(self.random.randrange(7)):
            self.purchase(number)
        packages = self.world.ids("finances_purchasetransaction")[before:]
        if self.often(10):
            return
        account = self.new_id("account", 9999)
        at = self.instant()
        self.world.add(
            "finances_studentaccountbalance", id=account, student_id=number, hours_purchased=Decimal("10.00"),
            hours_consumed=Decimal("1.00"), balance_amount=Decimal("0.00"), created_at=at, updated_at=at,
        )
        before = len(self.world.rows["finances_hourconsumption"])
        for _ in range(self.random.randrange(13)):
            self.consumption(account, packages, others)
        consumptions = self.world.ids("finances_hourconsumption")[before:]
        for _ in range(self.random.randrange(4) if with_adjustments and self.often(50) else 0):
            self.adjustment(number, packages, consumptions)
