"""Invents small platforms full of hazards, from a random generator that Hypothesis may drive.

``platform_rows(random, ...)`` takes any ``random.Random``: a seeded one makes a large platform fast, Hypothesis's own
makes small ones that shrink.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
ZONES = ("Europe/Lisbon", "America/Sao_Paulo", "America/New_York", "Asia/Kolkata", "Nowhere/Atall")
DST_NIGHTS = (date(2026, 3, 29), date(2026, 10, 25), date(2026, 3, 8), date(2026, 11, 1), date(2017, 10, 15))
NIGHT_CLOCKS = (time(0, 30), time(1, 0), time(1, 30), time(2, 0), time(2, 30), time(23, 30), time(23, 59, 59))
FAR = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
HOURS = ("0.25", "0.50", "1.00", "1.00", "1.50", "2.00", "3.00", "0.33", "0.01", "4.00", "99.99", "0.00", "-1.00")
PRICES = ("100.00", "250.00", "99.99", "33.33", "10.00", "0.01", "0.00", "-50.00", "999999.99", "0.05", "180.00")
GRANTS: tuple[Any, ...] = (
    "10.00", "5", 3, 2.5, " 4 ", "1e1", "+2.00", "0.5", ".5", "7.", 10, "3.00", "1.005", "1.015", 8, 0, "-3", -1, "0.00",
)
NOT_NUMBERS: tuple[Any, ...] = (
    "10,5", True, False, None, "", " ", "ten", "NaN", "Infinity", "-inf", [], {}, [5], {"hours": 5}, "1_0", "0x10", "١٠", "1e", "--1", "5 h",
)
ODD_METADATA: tuple[Any, ...] = ({}, None, [], "", "text", '{"hours_included": 5}', 7, 1.5, True, [{"hours": 5}], {"refunds": "x"})
REFUND_STATUS: tuple[Any, ...] = ("succeeded", "succeeded", "completed", None, "failed", "canceled", "cancelled", "pending", "", 3)
INSTANT_TEXTS: tuple[Any, ...] = (None, "", "yesterday", 7, [])
SESSION_STATUS = ("scheduled", "in_progress", "completed", "completed", "completed", "cancelled", "cancelled", "no_show", "odd")
DANGLING = 777_777


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


TABLES = (
    "accounts_customuser", "accounts_school", "accounts_schoolsettings", "accounts_schoolmembership",
    "accounts_teacherprofile", "finances_pricingplan", "finances_studentaccountbalance", "finances_purchasetransaction",
    "finances_classsession", "finances_hourconsumption",
)


class _Inventor:
    """Invents one platform; ids are drawn so that their order says nothing about time."""

    def __init__(self, random: Random, now: datetime) -> None:
        self.random = random
        self.world = World(now, {table: [] for table in TABLES})
        self.taken: dict[str, set[int]] = {}
        self.instants: list[datetime] = []

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

    def draw_instants(self) -> None:
        """A few instants that one student's events share, so that many fall together."""
        start = self.world.now - timedelta(days=self.random.randrange(400))
        steps = [timedelta(hours=h) for h in (0, 1, 24, 24 * 7, 24 * 30, 24 * 45, 24 * 60, 24 * 90, 24 * 200)]
        self.instants = [start + step + timedelta(hours=self.random.randrange(30)) for step in steps]
        self.instants += [self.world.now, self.world.now + timedelta(days=9), self.instants[3] + timedelta(microseconds=1)]

    def instant(self) -> datetime:
        return FAR if self.often(1) else self.one(self.instants)

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
                    currency_code=self.one(("EUR", "USD", "BRL")), language="pt", billing_contact_name="", billing_contact_email="",
                    billing_address="", tax_id="", data_retention_policy="", gdpr_compliance_enabled=True, allow_data_export=True,
                    updated_at=None,
                )
        for number in range(1, 4):
            self.world.add(
                "finances_pricingplan", id=number, name=f"Plan {number}", description="", plan_type="package",
                hours_included=Decimal(self.one(("10.00", "4.00", "0.00", "-2.00", "7.50"))), price_eur=Decimal("100.00"), validity_days=90,
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

    def memberships(self, student: int) -> None:
        drawn = {
            (self.one([*self.world.ids("accounts_school"), DANGLING]), self.one(("student", "student", "student", "parent", "teacher")))
            for _ in range(self.random.randrange(4))
        }
        for school, role in sorted(drawn):
            self.world.add(
                "accounts_schoolmembership", id=self.new_id("membership", 9999), user_id=student, school_id=school, role=role,
                is_active=self.often(70), joined_at=self.instant(),
            )

    # -- purchases

    def purchase(self, student: int) -> None:
        created = self.instant()
        price = Decimal(self.one(PRICES))
        self.world.add(
            "finances_purchasetransaction", id=self.new_id("purchase", 99999), student_id=student,
            transaction_type=self.one(("package",) * 8 + ("subscription", "subscription", "gift")),
            amount=price, payment_status=self.one(("completed",) * 12 + ("refunded",) * 4 + ("failed", "pending", "weird")),
            stripe_payment_intent_id=None, stripe_customer_id=None, expires_at=self.instant() if self.often(60) else None,
            metadata=self.metadata(price), created_at=created, updated_at=self.instant(),
        )

    def metadata(self, price: Decimal) -> Any:
        if self.often(6):
            return self.one(ODD_METADATA)
        found: dict[str, Any] = {}
        if self.often(85):
            found["hours_included"] = self.one(GRANTS) if self.often(85) else self.one(NOT_NUMBERS)
        if self.often(25):
            found["hours"] = self.one(GRANTS) if self.often(70) else self.one(NOT_NUMBERS)
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
        at: Any = self.instant().isoformat() if self.often(80) else self.one(INSTANT_TEXTS)
        if isinstance(at, str) and at.endswith("+00:00") and self.often(30):
            at = at.removesuffix("+00:00") + self.one(("Z", ""))
        found = {"refund_amount": amount, "stripe_refund_id": "re_1", "refund_status": self.one(REFUND_STATUS), "refund_processed_at": at}
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
            "finances_hourconsumption", id=self.new_id("consumption", 99999), student_account_id=account, class_session_id=session,
            purchase_transaction_id=booked_on, hours_consumed=consumed, hours_originally_reserved=reserved, consumed_at=self.instant(),
            is_refunded=self.often(35), refund_reason="", created_at=self.instant(), updated_at=self.instant(),
        )

    def session(self) -> int:
        number = self.new_id("session", 99999)
        school = self.one([*self.world.ids("accounts_school"), *([DANGLING] if self.often(3) else [])])
        day, clock = self.one(DST_NIGHTS), self.one(NIGHT_CLOCKS)
        if self.often(75):
            local = min(self.instant(), FAR - timedelta(days=1)).astimezone(self._zone(school))
            day, clock = local.date(), local.time()
        elif self.often(5):
            day = date(9999, 12, 31)
        at = self.instant()
        self.world.add(
            "finances_classsession", id=number, teacher_id=1, school_id=school, date=day, start_time=clock, end_time=time(23, 59, 59),
            session_type="individual", grade_level="9", student_count=1, is_trial=self.often(5), is_makeup=False,
            status=self.one(SESSION_STATUS), actual_duration_hours=None, cancelled_at=None, created_at=at, updated_at=at,
        )
        return number

    def _zone(self, school: int) -> ZoneInfo:
        named = [row["timezone"] for row in self.world.rows["accounts_schoolsettings"] if row["school_id"] == school]
        return ZoneInfo(named[0] if named and named[0] != ZONES[-1] else ZONES[0])

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
            "id": len(self.world.adjustments) + 1, "kind": kind, "student_id": student, "reason": "why", "actor": "a@example.org", "status": status,
            "approver": "b@example.org" if status == "rejected" else None, "effective_at": self.instant(), "recorded_at": self.instant(),
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


def platform_rows(random: Random, *, students: int, with_adjustments: bool = True, now: datetime = NOW) -> World:
    """A platform of so many students; the same generator gives the same platform."""
    inventor = _Inventor(random, now)
    inventor.schools()
    for _ in range(students):
        inventor.student(with_adjustments=with_adjustments)
    return inventor.world


def worlds(*, with_adjustments: bool = True) -> st.SearchStrategy[World]:
    """Platforms of one to three students that Hypothesis can shrink."""
    return st.builds(
        lambda random, students: platform_rows(random, students=students, with_adjustments=with_adjustments),
        st.randoms(use_true_random=False), st.integers(1, 3),
    )


def shown(world: World) -> str:
    """The world as text, for a failing example."""
    return json.dumps({"rows": world.rows, "adjustments": world.adjustments}, default=str, indent=1)
