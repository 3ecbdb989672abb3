"""Lets one student's story be told event by event, with the platform's rows and counters kept as its code keeps them.

Personas and hazards are told with it; the crowd of ordinary students is made column by column in demo.bookings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert

from demo.columns import Ids
from demo.payers import billing, card
from demo.schools import SCHOOLS, Plan, School
from demo.terms import is_teaching_day
from etl.contract import platform

Row = dict[str, Any]


def hours(value: float | str | Decimal) -> Decimal:
    """Exact hours with two places."""
    return Decimal(str(value)).quantize(Decimal("0.01"))


@dataclass
class Story:
    """Rows being told, by table; nothing is written before ``write``."""

    ids: Ids
    today: datetime
    teachers: dict[int, list[int]] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    left: dict[int, Decimal] = field(default_factory=dict)
    busy: set[tuple[int, date, time]] = field(default_factory=set)
    payers: dict[int, str] = field(default_factory=dict)

    def add(self, table: str, **values: Any) -> Row:
        """One row with the next id, as it stands."""
        row = {"id": self.ids.one(table), **values}
        self.rows.setdefault(table, []).append(row)
        return row

    def write(self, connection: Connection) -> Counter[str]:
        """Insert everything told so far, parents before children, and forget it; answers the rows by table."""
        written: Counter[str] = Counter()
        for table in platform.sorted_tables:
            if rows := self.rows.get(table.name):
                connection.execute(insert(table), rows)
                written[table.name] = len(rows)
        self.rows.clear()
        return written

    def ago(self, days: float, *, at: time = time(18, 5)) -> datetime:
        """The instant ``days`` days before today, at a time of day in UTC."""
        return datetime.combine((self.today - timedelta(days=days)).date(), at, UTC)

    def user(self, name: str, email: str, *, joined: datetime | None = None, **values: Any) -> int:
        """A user; answers its id."""
        row = {
            "email": email, "name": name, "phone_number": "+351 910 000 000", "is_active": True, "is_staff": False,
            "is_superuser": False, "date_joined": joined or self.ago(400),
        }  # fmt: skip
        return int(self.add("accounts_customuser", **(row | values))["id"])

    def member(self, user: int, school: int, role: str, *, active: bool = True, joined: datetime | None = None) -> None:
        """A role of a user in a school."""
        self.add(
            "accounts_schoolmembership", user_id=user, school_id=school, role=role, is_active=active,
            joined_at=joined or self.ago(399),
        )  # fmt: skip

    def teacher(self, name: str, email: str, school: int, specialty: str, user: int | None = None) -> int:
        """A teacher of a school; answers the teacher profile's id."""
        user = user or self.user(name, email)
        self.member(user, school, "teacher")
        row = self.add("accounts_teacherprofile", user_id=user, specialty=specialty)
        self.teachers.setdefault(school, []).append(row["id"])
        return int(row["id"])

    def student(
        self, name: str, email: str, school: int, *, joined: datetime | None = None, school_year: str = "9"
    ) -> Row:
        """A student with membership, profile and an empty account; answers the account's row."""
        user = self.user(name, email, joined=joined)
        self.member(user, school, "student", joined=joined)
        self.profile(user, school_year)
        return self.account(user, joined)

    def profile(self, user: int, school_year: str) -> None:
        """A student's profile."""
        self.add(
            "accounts_studentprofile", user_id=user, school_year=school_year, birth_date=date(2012, 3, 14),
            educational_system_id=1,
        )  # fmt: skip

    def account(self, user: int, joined: datetime | None = None) -> Row:
        """An empty account of a user."""
        at = joined or self.ago(399)
        return self.add(
            "finances_studentaccountbalance", student_id=user, hours_purchased=hours(0), hours_consumed=hours(0),
            balance_amount=hours(0), created_at=at, updated_at=at,
        )  # fmt: skip

    def buy(
        self, account: Row, school: School, plan: Plan, at: datetime, *, status: str = "completed",
        metadata: Any = ..., expires: datetime | Any | None = ..., amount: Decimal | None = None,
    ) -> Row:  # fmt: skip
        """A purchase of a plan; a completed one moves the counters of hours and money."""
        granted = hours(plan.hours_hundredths / 100)
        if metadata is ...:
            metadata = {
                "plan_id": plan.id, "plan_name": plan.name, "hours_included": str(granted), "school_id": school.id,
                **self._paid_by(account, school),
            }  # fmt: skip
        if expires is ...:
            days = plan.validity_days
            end = None if days is None else (at + timedelta(days=days)).date()
            expires = None if end is None else datetime.combine(end, time(23, 59, 59), UTC)
        number = self.ids.counts()["finances_purchasetransaction"] + 1
        row = self.add(
            "finances_purchasetransaction", student_id=account["student_id"], transaction_type=plan.plan_type,
            amount=hours(plan.price_cents[1]) / 100 if amount is None else amount, payment_status=status,
            stripe_payment_intent_id=f"pi_demo{number:014d}",
            stripe_customer_id=f"cus_demo{account['student_id']:010d}",
            expires_at=expires, metadata=metadata, created_at=at, updated_at=at + timedelta(seconds=4),
        )  # fmt: skip
        if status == "completed":
            self.left[row["id"]] = granted
            account["hours_purchased"] += granted
            account["balance_amount"] += row["amount"]
            self._touch(account, at)
        return row

    def _paid_by(self, account: Row, school: School) -> Row:
        """Card and address of who pays: the student, unless the story names another."""
        student = account["student_id"]
        name = self.payers.get(student) or next(
            user["name"] for user in self.rows["accounts_customuser"] if user["id"] == student
        )
        return {
            "payment_method_details": {"type": "card", "card": card(student)},
            "billing_address": billing(name, school.id - 1, student),
        }

    def lesson_day(self, school: School, days_ago: int) -> date:
        """The first teaching day on or after so many days ago (negative: to come), staying on its side of today."""
        day = self.today.date() - timedelta(days=days_ago)
        step = timedelta(days=1)
        while not is_teaching_day(school.calendar, day):
            day += step
        if days_ago > 0 and day >= self.today.date():
            day = self.today.date() - step
            while not is_teaching_day(school.calendar, day):
                day -= step
        return day

    def _free_hour(self, school: int, day: date, start: time | None) -> tuple[int, time]:
        """A teacher and a start at which no class of theirs has been told; 16:00 first."""
        starts = [start] if start else [time((16 - 2 * n) % 12 + 8) for n in range(6)]
        pairs = [(teacher, begin) for begin in starts for teacher in self.teachers[school]]
        free = next((pair for pair in pairs if (pair[0], day, pair[1]) not in self.busy), pairs[0])
        self.busy.add((free[0], day, free[1]))
        return free

    def session(
        self, school: School, day: date, *, start: time | None = None, minutes: int = 60, students: Sequence[int] = (),
        status: str = "completed", booked: datetime | None = None, **values: Any,
    ) -> Row:  # fmt: skip
        """A class on a day of the school, with its students."""
        teacher, start = self._free_hour(school.id, day, start)
        begins = datetime.combine(day, start, ZoneInfo(school.timezone)).astimezone(UTC)
        ends = (datetime.combine(day, start) + timedelta(minutes=minutes)).time()
        made = booked or begins - timedelta(days=3)
        taught = status == "completed"
        row = {
            "teacher_id": teacher, "school_id": school.id, "date": day,
            "start_time": start, "end_time": ends, "grade_level": "9",
            "session_type": "group" if len(students) > 1 else "individual",
            "student_count": len(students), "is_trial": False, "is_makeup": False, "status": status,
            "actual_duration_hours": hours(minutes / 60) if taught else None, "cancelled_at": None,
            "created_at": made, "updated_at": begins + timedelta(minutes=minutes + 5) if taught else made,
        }  # fmt: skip
        session = self.add("finances_classsession", **(row | values))
        for student in students:
            self.add("finances_classsession_students", classsession_id=session["id"], customuser_id=student)
        return session

    def charge(
        self, account: Row, session: Row, package: Row, spent: Decimal, at: datetime, **values: Any
    ) -> Row:
        """A consumption on a package, and its hours on the counter."""
        row = {
            "student_account_id": account["id"], "class_session_id": session["id"],
            "purchase_transaction_id": package["id"], "hours_consumed": spent, "hours_originally_reserved": spent,
            "consumed_at": at, "is_refunded": False, "refund_reason": "", "created_at": at, "updated_at": at,
        }  # fmt: skip
        account["hours_consumed"] += spent
        self.left[package["id"]] = self.left.get(package["id"], hours(0)) - spent
        self._touch(account, at)
        return self.add("finances_hourconsumption", **(row | values))

    def take_class(
        self, account: Row, school: School, package: Row, days_ago: int, *, minutes: int = 60, status: str = "",
    ) -> tuple[Row, Row]:  # fmt: skip
        """Book one class three days ahead, in any case after the purchase and by now; (session, consumption)."""
        day = self.lesson_day(school, days_ago)
        past = day < self.today.date()
        lead = datetime.combine(day, time(12, 0), UTC) - timedelta(days=3)
        booked = max(min(lead, self.ago(1, at=time(12, 0))), package["created_at"] + timedelta(minutes=10))
        session = self.session(
            school, day, minutes=minutes, students=[account["student_id"]], booked=booked,
            status=status or ("completed" if past else "scheduled"),
        )  # fmt: skip
        return session, self.charge(account, session, package, hours(minutes / 60), booked)

    def cancel(self, account: Row, session: Row, consumption: Row, at: datetime) -> None:
        """Cancel a class: all its hours come back, and the row keeps its ``hours_consumed``."""
        session.update(status="cancelled", cancelled_at=at, actual_duration_hours=None, updated_at=at)
        self._give_back(account, consumption, consumption["hours_consumed"], "Session cancelled: student is ill", at)

    def end_early(self, account: Row, session: Row, consumption: Row, back: Decimal) -> None:
        """End a class early: the row is lowered, the difference leaves the counter, and the row is flagged."""
        consumption["hours_consumed"] -= back
        session["actual_duration_hours"] -= back
        self._give_back(account, consumption, back, "Session ended early", session["updated_at"])

    def _give_back(self, account: Row, consumption: Row, back: Decimal, reason: str, at: datetime) -> None:
        consumption.update(is_refunded=True, refund_reason=reason, updated_at=at)
        account["hours_consumed"] -= back
        self.left[consumption["purchase_transaction_id"]] += back
        self._touch(account, at)

    def expire(self, account: Row, package: Row) -> Decimal:
        """Run the expiry job on a package: what is left leaves the counter of hours bought."""
        lost = max(self.left[package["id"]], hours(0))
        self.left[package["id"]] -= lost
        account["hours_purchased"] -= lost
        self._touch(account, package["expires_at"] + timedelta(minutes=20))
        return lost

    def refund(self, account: Row, package: Row, amount: Decimal, at: datetime) -> None:
        """Give money back: all of it sets the status, a part only the metadata; hours are left as they are."""
        if amount == package["amount"]:
            package["payment_status"] = "refunded"
        package["metadata"] = dict(package["metadata"]) | {
            "refunds": [{
                "refund_amount": str(amount), "stripe_refund_id": f"re_demo{package['id']:012d}",
                "refund_status": "succeeded", "refund_processed_at": at.isoformat(),
            }],
        }  # fmt: skip
        package["updated_at"] = at
        account["balance_amount"] -= amount
        self._touch(account, at)

    @staticmethod
    def _touch(account: Row, at: datetime) -> None:
        account["updated_at"] = max(account["updated_at"], at)


def school(number: int) -> School:
    """The school of that id."""
    return SCHOOLS[number - 1]
