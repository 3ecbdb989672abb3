"""Nothing outside a scope can be seen: not by any question, not by any parameter.

Two worlds are made that agree in every row inside the scope and differ in every value outside it. Whoever sees only
the scope must not be able to tell them apart.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from access.scope import Scope
from queries import ask, questions
from queries.amounts import amount_columns
from queries.scope_sql import RULES, rows_of
from tests.memory import MemoryBooks
from tests.queries import invented
from tests.queries.asked import ways
from tests.queries.invented import TABLES

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
COUNTS = {"rows_read", "rows_changed", "rows_deleted", "students_rebuilt"}
OF_THE_WHOLE = {
    "checks": {"sample", "found"},
    "sync": {"source", *COUNTS},
    "certificate": {
        *("source_rows", "staged_rows", "rows_changed", "rows_deleted"),
        *("source_keys", "staged_keys", "source_content", "staged_content"),
    },
}
"""What a school's viewer may not know of the platform as a whole."""

OF_TEACHING = {
    "students": {"email", "is_active", "school_year", "school_ids", "school_names", "joined_at", "has_account"},
    "consumptions": {
        *("booked_package_id", "charged_package_id", "is_split", "charged_to", "charged_school_id"),
        *("hours_overdrawn", "amount", "amount_at_class"),
    },
}
"""What a teacher may not know of the students and the classes taught."""

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


@pytest.mark.slow
@PAIRS
@given(ours=st.integers(0, 10**6), theirs=st.integers(0, 10**6))
def test_a_teacher_cannot_tell_worlds_apart_that_differ_elsewhere(ours: int, theirs: int) -> None:
    _assert_same(Scope.teaching([OURS]), _inside_teaching, ours, theirs)


def test_the_whole_business_can_tell_such_worlds_apart() -> None:
    """Otherwise the two tests above would prove nothing."""
    one, other = (MemoryBooks(_world(1, theirs, _inside_schools)) for theirs in (2, 3))
    blind = {
        name
        for name, question in questions().items()
        if all(
            ask(one, Scope.business(), name, **way).rows == ask(other, Scope.business(), name, **way).rows
            for way in ways(question, student_ids=(1, 3, 5), school_ids=(None, OURS, THEIRS))
        )
    }
    assert blind <= {"pricing_plans", "people_by_email", "students_with_email"}


def _assert_same(scope: Scope, inside: Inside, ours: int, theirs: int) -> None:
    one, other = (MemoryBooks(_world(ours, seed, inside)) for seed in (theirs, theirs + 1))
    for name, question in questions().items():
        for way in ways(question, student_ids=(1, 3, 5), school_ids=(None, OURS, THEIRS)):
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


def _inside_teaching(table: str, row: dict[str, Any]) -> bool:
    """Rows that teacher 1 has a part in."""
    if table in {"consumptions", "usage_by_day", "teachers"}:
        return bool(row["teacher_id"] == OURS)
    if table == "schools":
        return bool(row["school_id"] == OURS)
    if table == "memberships":
        return bool(row["user_id"] == 100 + OURS)
    return table in {"plans", "sync"} or (table == "students" and OURS in STUDENTS[row["student_id"]])


def _hidden(table: str, row: dict[str, Any], inside: Inside) -> set[str]:
    """Columns of an inside row that other rows have a part in."""
    if inside is _inside_schools:
        if table == "students" and STUDENTS[row["student_id"]] != {OURS}:
            return {"school_ids", "school_names"}
        if table == "consumptions" and row["charged_school_id"] != OURS:
            return {"charged_package_id", "charged_to", "amount", "amount_at_class"}
        return OF_THE_WHOLE.get(table, set())
    if table == "schools":
        return {"student_count"}
    if inside is _inside_teaching and table in OF_TEACHING:
        return OF_TEACHING[table]
    return {"source", "mode_reason", "fingerprint", *COUNTS} if table == "sync" else set()


def _world(ours: int, theirs: int, inside: Inside) -> dict[str, list[dict[str, Any]]]:
    world = {}
    for table, columns in TABLES.items():
        if table == "ledger":
            continue  # a view
        rows = []
        for number, keys in enumerate(invented.keys(table, STUDENTS)):
            seed = ours if inside(table, keys) else theirs
            dice = random.Random(f"{seed} {table} {number}")
            other = random.Random(f"{theirs} {table} {number}")
            hidden = _hidden(table, keys, inside) if inside(table, keys) else set()
            rows.append(
                {
                    column: keys[column]
                    if column in keys
                    else invented.value(column, type_, other if column in hidden else dice)
                    for column, type_ in columns.items()
                }
            )
        world[table] = rows
    return world
