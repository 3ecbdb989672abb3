"""Nothing outside a scope can be seen: not by any question, not by any parameter.

Two worlds are made that agree in every row inside the scope and differ in every value outside it. Whoever sees only
the scope must not be able to tell them apart.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from access.scope import Scope
from queries import ask, questions
from queries.amounts import amount_columns
from queries.scope_sql import RULES, rows_of
from tests.memory import MemoryBooks, tables
from tests.queries.asked import ways

OURS, THEIRS = 1, 2
STUDENTS: dict[int, set[int | None]] = {
    1: {OURS},
    2: {OURS},
    3: {OURS, THEIRS},
    4: {OURS, None},
    5: {THEIRS},
    6: {THEIRS},
    7: {None},
}
"""Students by the schools they belong to; None is no school's books."""

TABLES = tables()
WORDS = {
    "status": ["active", "expired", "completed", "cancelled"],
    "payment_status": ["completed", "failed"],
    "kind": ["purchased", "consumed", "reserved", "overdrawn", "expired", "returned"],
    "timezone": ["Europe/Lisbon", "Atlantic/Azores"],
    "currency": ["EUR", "GBP"],
    "role": ["teacher", "student", "school_admin"],
    "severity": ["error", "warning"],
    "source_table": ["finances_hourconsumption", "finances_purchasetransaction"],
}
PAIRS = settings(
    max_examples=max(1, settings().max_examples // 250),  # each asks every question in every way
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
SCOPES = [
    Scope.schools([1, 2]),
    Scope.schools([]),
    Scope.schools([1, 2], money=[1]),
    Scope.schools([1], money=[]),
    Scope.students([1]),
    Scope.students([1], money=[]),
    Scope.students([1, 3], schools=[1]),
    Scope.students([1, 3], schools=[1, 2], money=[2]),
    Scope.teaching([1]),
    Scope.teaching([1], schools=[1]),
]
NOBODY = [
    Scope.schools([]),
    Scope.students([]),
    Scope.students([], schools=[1]),
    Scope.students([1], schools=[]),
    Scope.students([5], schools=[1]),
    Scope.teaching([]),
    Scope.teaching([1], schools=[]),
    Scope.teaching([9], schools=[1]),
]
Inside = Callable[[str, dict[str, Any]], bool]


@pytest.fixture(scope="module")
def no_rows() -> MemoryBooks:
    return MemoryBooks()


@pytest.fixture(scope="module")
def two_schools() -> MemoryBooks:
    return MemoryBooks(_world(0, 0, _inside_schools))


def test_every_published_table_has_a_rule_and_every_rule_a_table() -> None:
    assert set(RULES) == set(TABLES)


@pytest.mark.parametrize("table", sorted(RULES))
@pytest.mark.parametrize("scope", SCOPES, ids=lambda scope: scope.key)
def test_a_rule_keeps_the_columns_and_types_of_its_table(table: str, scope: Scope, no_rows: MemoryBooks) -> None:
    with no_rows.lease() as cursor:
        cursor.execute(f"select * from ({rows_of(table, scope, amount_columns(cursor, no_rows.current()))})")
        assert cursor.description is not None
        assert {column[0]: str(column[1]) for column in cursor.description} == TABLES[table]


@pytest.mark.parametrize("table", sorted(set(RULES) - {"plans", "checks", "certificate", "sync"}))
@pytest.mark.parametrize("scope", NOBODY, ids=lambda scope: scope.key)
def test_a_scope_of_nobody_sees_no_row(table: str, scope: Scope, two_schools: MemoryBooks) -> None:
    with two_schools.lease() as cursor:
        sql = rows_of(table, scope, amount_columns(cursor, two_schools.current()))
        assert cursor.execute(f"select * from ({sql})").fetchall() == []


@PAIRS
@given(ours=st.integers(0, 10**6), theirs=st.integers(0, 10**6))
def test_a_school_cannot_tell_worlds_apart_that_differ_elsewhere(ours: int, theirs: int) -> None:
    _assert_same(Scope.schools([OURS]), _inside_schools, ours, theirs)


@PAIRS
@given(ours=st.integers(0, 10**6), theirs=st.integers(0, 10**6))
def test_a_student_cannot_tell_worlds_apart_that_differ_elsewhere(ours: int, theirs: int) -> None:
    _assert_same(Scope.students([1]), _inside_student, ours, theirs)


def test_the_whole_business_can_tell_such_worlds_apart() -> None:
    """Otherwise the two tests above would prove nothing."""
    one, other = (MemoryBooks(_world(1, theirs, _inside_schools)) for theirs in (2, 3))
    blind = {
        name
        for name, question in questions().items()
        if all(
            ask(one, Scope.business(), name, **way).rows == ask(other, Scope.business(), name, **way).rows
            for way in ways(question, student_ids=range(1, 8), school_ids=(None, OURS, THEIRS))
        )
    }
    assert blind <= {"certificate", "pricing_plans", "people_by_email", "students_with_email"}


def _assert_same(scope: Scope, inside: Inside, ours: int, theirs: int) -> None:
    one, other = (MemoryBooks(_world(ours, seed, inside)) for seed in (theirs, theirs + 1))
    for name, question in questions().items():
        for way in ways(question, student_ids=range(1, 8), school_ids=(None, OURS, THEIRS)):
            assert ask(one, scope, name, **way).rows == ask(other, scope, name, **way).rows, (name, way)


def _inside_schools(table: str, row: dict[str, Any]) -> bool:
    """Rows that a viewer of our school may see whole."""
    if table == "consumptions":  # a class held elsewhere but paid by our package has entries in our books
        return OURS in (row["school_id"], row["charged_school_id"])
    if "school_id" in row:
        return bool(row["school_id"] == OURS)
    if table == "reservations":
        return bool(row["package_id"] // 100 == OURS)
    if table in {"student_balances", "drift_causes"}:
        return STUDENTS[row["student_id"]] == {OURS}
    if table in {"students", "users"}:
        return OURS in STUDENTS[row["student_id" if table == "students" else "user_id"]]
    if table == "teachers":
        return bool(row["teacher_id"] == OURS)
    return table in {"plans", "certificate", "checks", "sync"}


def _inside_student(table: str, row: dict[str, Any]) -> bool:
    """Rows that student 1 may see whole."""
    for column in ("student_id", "child_id", "user_id"):
        if column in row and table not in {"teachers", "data_issues"}:
            return bool(row[column] == 1)
    return table in {"plans", "schools", "sync"} or (table == "teachers" and row["teacher_id"] == OURS)


def _hidden(table: str, row: dict[str, Any], inside: Inside) -> set[str]:
    """Columns of an inside row that other rows have a part in."""
    if inside is _inside_schools:
        if table == "students" and STUDENTS[row["student_id"]] != {OURS}:
            return {"school_ids", "school_names"}
        if table == "consumptions" and row["charged_school_id"] != OURS:
            return {"charged_package_id", "charged_to", "amount", "amount_at_class"}
        return {"checks": {"sample"}, "sync": {"source"}}.get(table, set())
    if table == "schools":
        return {"student_count"}
    return (
        {"source", "mode_reason", "fingerprint", "rows_read", "rows_changed", "rows_deleted", "students_rebuilt"}
        if table == "sync"
        else set()
    )


def _world(ours: int, theirs: int, inside: Inside) -> dict[str, list[dict[str, Any]]]:
    world = {}
    for table, columns in TABLES.items():
        if table == "ledger":
            continue  # a view
        rows = []
        for number, keys in enumerate(_keys(table)):
            seed = ours if inside(table, keys) else theirs
            dice = random.Random(f"{seed} {table} {number}")
            other = random.Random(f"{theirs} {table} {number}")
            hidden = _hidden(table, keys, inside) if inside(table, keys) else set()
            rows.append(
                {
                    column: keys[column]
                    if column in keys
                    else _value(column, type_, other if column in hidden else dice)
                    for column, type_ in columns.items()
                }
            )
        world[table] = rows
    return world


def _keys(table: str) -> list[dict[str, Any]]:
    """What says whose a row is; the same in every world."""
    columns = TABLES[table]
    pairs = [(student, school) for student, schools in STUDENTS.items() for school in sorted(schools, key=str)]
    if table == "schools":
        return [{"school_id": OURS}, {"school_id": THEIRS}]
    if table == "sync":
        return [{"snapshot_id": 1, "as_of": datetime(2026, 11, 23, 5, tzinfo=UTC)}]
    if table in {"students", "student_balances"}:
        return [{"student_id": student} for student in STUDENTS]
    if table == "users":
        return [{"user_id": student} for student in STUDENTS]
    if table == "teachers":
        return [{"teacher_id": OURS, "user_id": 101}, {"teacher_id": THEIRS, "user_id": 102}]
    if table == "student_schools":
        return [{"student_id": student, "school_id": school} for student, school in pairs if school]
    if table in {"memberships", "guardians"}:
        who = "user_id" if table == "memberships" else "child_id"
        rows = [{who: student, "school_id": school} for student, school in pairs if school]
        teachers = [{"user_id": 100 + school, "school_id": school, "role": "teacher"} for school in (OURS, THEIRS)]
        return rows + teachers if table == "memberships" else rows
    if table == "consumptions":
        return [
            {"consumption_id": 10 * at + charged, "student_id": student, "school_id": school, "teacher_id": school,
             "charged_school_id": charged, "booked_package_id": 100 * charged + student, "is_split": False}
            for at, (student, school) in enumerate(pairs) if school for charged in (OURS, THEIRS)
        ]  # fmt: skip
    if table == "reservations":
        return [{"student_id": student, "package_id": 100 * (school or 9) + student} for student, school in pairs]
    if table in {"purchases", "packages", "expirations"}:
        key = "transaction_id" if table == "purchases" else "package_id"
        return [
            {key: 100 * (school or 9) + student, "student_id": student, "school_id": school}
            for student, school in pairs
        ]
    if table == "drift_causes":
        return [{"student_id": student, "cause": f"cause {at}"} for student in STUDENTS for at in range(2)]
    if "student_id" in columns and "school_id" in columns:
        own: dict[str, Callable[[int], Any]] = {"entry_id": str, "source_id": int}
        return [
            {
                "student_id": student,
                "school_id": school,
                **({"package_id": 100 * (school or 9) + student} if table == "entries" else {}),
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
            for school in (OURS, THEIRS, None) for at in days
        ]  # fmt: skip
    if table in {"checks", "certificate"}:
        return [{"name" if table == "checks" else "table_name": "one"}]
    return [{"plan_id": 1}]


def _value(column: str, type_: str, dice: random.Random) -> Any:
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
