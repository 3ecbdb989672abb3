"""Invents rows of every published table for students who belong to schools as a test says."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.memory import tables

Students = Mapping[int, set[int | None]]
"""Students by the schools they belong to; None is no school's books."""

TABLES = tables()
WORDS = {
    "status": ["active", "expired", "completed", "cancelled"],
    "payment_status": ["completed", "refunded"],
    "kind": ["purchased", "consumed", "reserved", "overdrawn", "expired", "returned"],
    "timezone": ["Europe/Lisbon", "Atlantic/Azores"],
    "currency": ["EUR", "GBP"],
    "role": ["teacher", "student", "school_admin"],
    "severity": ["error", "warning"],
    "source_table": ["finances_hourconsumption", "finances_purchasetransaction"],
}


def keys(table: str, students: Students) -> list[dict[str, Any]]:
    """What says whose a row is. Teacher n teaches at school n; each class is paid from every school once."""
    columns = TABLES[table]
    schools = sorted({school for belongs in students.values() for school in belongs if school})
    pairs = [(student, school) for student, schools in students.items() for school in sorted(schools, key=str)]
    if table == "schools":
        return [{"school_id": school} for school in schools]
    if table == "sync":
        return [{"snapshot_id": 1, "as_of": datetime(2026, 11, 23, 5, tzinfo=UTC)}]
    if table in {"students", "student_balances", "users"}:
        return [{"user_id" if table == "users" else "student_id": student} for student in students]
    if table == "teachers":
        return [{"teacher_id": school, "user_id": 100 + school} for school in schools]
    if table == "student_schools":
        return [{"student_id": student, "school_id": school} for student, school in pairs if school]
    if table in {"memberships", "guardians"}:
        who = "user_id" if table == "memberships" else "child_id"
        rows = [{who: student, "school_id": school} for student, school in pairs if school]
        teachers = [{"user_id": 100 + school, "school_id": school, "role": "teacher"} for school in schools]
        return rows + teachers if table == "memberships" else rows
    if table == "consumptions":
        return [
            {"consumption_id": 10 * at + charged, "student_id": student, "school_id": school, "teacher_id": school,
             "charged_school_id": charged, "booked_package_id": 100 * charged + student, "is_split": False}
            for at, (student, school) in enumerate(pairs) if school for charged in schools
        ]  # fmt: skip
    if table == "reservations":
        return [{"student_id": student, "package_id": 100 * (school or 9) + student} for student, school in pairs]
    if table in {"refunds", "entries"}:
        return _of_purchases(table, pairs)
    if table in {"purchases", "packages", "expirations"}:
        key = "transaction_id" if table == "purchases" else "package_id"
        return [
            {key: 100 * (school or 9) + student, "student_id": student, "school_id": school}
            for student, school in pairs
        ]
    if table == "drift_causes":
        return [{"student_id": student, "cause": f"cause {at}"} for student in students for at in range(2)]
    if "student_id" in columns and "school_id" in columns:
        own: dict[str, Callable[[int], Any]] = {"entry_id": str, "source_id": int}
        return [
            {
                "student_id": student,
                "school_id": school,
                **{name: make(at) for name, make in own.items() if name in columns},
            }
            for at, (student, school) in enumerate(pairs)
        ]
    if table in {"usage_by_day", "usage_by_hour", "money_by_month"}:
        days = [date(2026, month, 1) for month in range(1, 12)]
        day = {"usage_by_day": "class_date", "usage_by_hour": "class_month", "money_by_month": "month"}[table]
        extra = {"usage_by_day": {"teacher_id": True}}.get(table, {})
        return [
            {"school_id": school, day: at, **({"teacher_id": school} if extra else {}),
             **({"currency": "EUR"} if table == "money_by_month" else {})}
            for school in (*schools, None) for at in days
        ]  # fmt: skip
    if table in {"checks", "certificate"}:
        return [{"name" if table == "checks" else "table_name": "one"}]
    return [{"plan_id": 1}]


def _of_purchases(table: str, pairs: list[tuple[int, int | None]]) -> list[dict[str, Any]]:
    """What hangs on the one purchase of each student in each school: two refunds, and entries of every kind."""
    rows: list[dict[str, Any]] = []
    for student, school in pairs:
        purchase = 100 * (school or 9) + student
        whose: dict[str, Any] = {"student_id": student, "school_id": school}
        if table == "refunds":
            rows += [{"refund_id": f"{purchase}:{n}", "transaction_id": purchase, **whose} for n in (1, 2)]
        else:
            rows += [
                {"entry_id": f"{purchase}:{kind}", "package_id": purchase, "kind": kind, "source_id": purchase, **whose}
                for kind in ("purchased", "consumed", "returned", "voided", "expired", "overdrawn")
            ]
    return rows


def value(column: str, type_: str, dice: random.Random) -> Any:
    """Something of the column's type, by the dice."""
    if column in WORDS:
        return dice.choice(WORDS[column])
    if type_.startswith("DECIMAL"):
        return Decimal(dice.randint(0, 9999)) / 100
    if column == "days_until_expiry":
        return dice.randint(0, 80)
    if type_ == "BIGINT":
        return dice.randint(1, 10**6)
    if type_ == "BIGINT[]":
        return [dice.randint(1, 9)]
    if type_ == "BOOLEAN":
        return dice.random() < 0.5
    if type_ == "DATE":
        return date(2026, 1, 1) + timedelta(days=dice.randint(0, 400))
    if type_ == "TIMESTAMP WITH TIME ZONE":
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=dice.randint(0, 500_000))
    if type_ == "DOUBLE":
        return dice.random()
    return f"{column} {dice.randint(0, 10**9)}"
