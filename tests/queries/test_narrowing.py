"""What a narrowed scope sees of any published table is part of what each of its parts sees there."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from access.scope import Reach, Scope
from queries.amounts import PUBLIC, amount_columns
from queries.scope_sql import FREE_TEXT, MONEY_ONLY, RULES, rows_of
from tests.memory import SCHEMA, MemoryBooks
from tests.queries import invented
from tests.queries.invented import TABLES, Students

GRAINS = {
    table: tuple(column.strip() for column in grain.split(","))
    for table, grain in re.findall(r"^comment on (?:table|view) (\w+) is '.*Grain: ([\w, ]+)\.';$", SCHEMA, flags=re.M)
}
ADDED_UP_AGAIN = {"student_balances", "students"}
"""What a school sees of a student is made of its own books: not the student's row, but never more students."""

SCHOOLS = (1, 2, 3)
FEW = settings(
    max_examples=max(1, settings().max_examples // 100),  # each reads every table many times
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
belonging = st.dictionaries(
    st.integers(1, 6), st.sets(st.sampled_from([*SCHOOLS, None]), min_size=1, max_size=3), min_size=1
)
some_schools = st.lists(st.sampled_from(SCHOOLS), max_size=3, unique=True)
some_students = st.lists(st.integers(1, 6), max_size=3, unique=True)
Rows = dict[tuple[Any, ...], dict[str, Any]]


def books(students: Students, seed: int) -> MemoryBooks:
    """A business with these students; every value is by the dice."""
    dice = random.Random(seed)
    return MemoryBooks({
        table: [
            {column: keys[column] if column in keys else invented.value(column, type_, dice)
             for column, type_ in TABLES[table].items()}
            for keys in invented.keys(table, students)
        ]
        for table in TABLES if table != "ledger"
    })  # fmt: skip


def seen(of: MemoryBooks, table: str, scope: Scope) -> Rows:
    """The rows of a table in scope, by its grain; grains of columns left empty in these worlds are told apart."""
    with of.lease() as cursor:
        columns = amount_columns(cursor, of.current())
        cursor.execute(f"from {table}" if scope == Scope.business() else rows_of(table, scope, columns))
        names = [column[0] for column in cursor.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {tuple(row[column] for column in GRAINS[table]): row for row in rows}


def assert_part(narrow: Rows, wide: Rows, table: str, *, whole_rows: bool = True) -> None:
    """Every row of the one is a row of the other, with some values left out at most."""
    assert set(narrow) <= set(wide), table
    for key, row in narrow.items():
        changed = {name for name, value in row.items() if value is not None and value != wide[key][name]}
        assert not whole_rows or changed == set(), (table, key, changed)


def parts(scope: Scope) -> Iterable[tuple[Scope, bool]]:
    """The wider scopes that a scope was narrowed from; True where its rows must be theirs."""
    if scope.reach is Reach.STUDENTS:
        yield Scope.students(scope.ids), scope.within is None
        if scope.within is not None:
            yield Scope.students(scope.ids, schools=scope.within), True
            yield Scope.schools(scope.within), True
            yield Scope.schools(scope.within, money=scope.money), True
    if scope.reach is Reach.SCHOOLS:
        yield Scope.schools(scope.ids), True
    if scope.reach is Reach.TEACHING and scope.within is not None:
        yield Scope.teaching(scope.ids), False
        yield Scope.schools(scope.within, money=[]), False
    yield Scope.business(), False


@FEW
@example(students={1: {1, 2}, 2: {3, None}}, seed=1, who=[1, 2], schools=[1, 3], money=[3])
@given(students=belonging, seed=st.integers(0, 10**6), who=some_students, schools=some_schools, money=some_schools)
def test_a_narrowed_scope_sees_part_of_what_each_of_its_parts_sees(
    students: Students, seed: int, who: list[int], schools: list[int], money: list[int]
) -> None:
    business = books(students, seed)
    scopes = [
        Scope.schools(schools, money=money),
        Scope.students(who, money=money),
        Scope.students(who, schools=schools),
        Scope.students(who, schools=schools, money=money),
        Scope.teaching(schools, schools=money),
    ]
    for scope in scopes:
        for table in RULES:
            narrow = seen(business, table, scope)
            for part, whole in parts(scope):
                whole_rows = whole or table not in ADDED_UP_AGAIN | {"schools"}
                assert_part(narrow, seen(business, table, part), table, whole_rows=whole_rows and table != "checks")


@FEW
@example(students={1: {1, 2}, 2: {3}}, seed=1, schools=[1, 2], money=[2], who=[1])
@given(students=belonging, seed=st.integers(0, 10**6), schools=some_schools, money=some_schools, who=some_students)
def test_an_amount_is_seen_of_the_schools_with_money_only(
    students: Students, seed: int, schools: list[int], money: list[int], who: list[int]
) -> None:
    business = books(students, seed)
    for scope in (Scope.schools(schools, money=money), Scope.students(who, schools, money), Scope.teaching(schools)):
        with_money = scope.money if scope.money is not None else tuple(schools)
        for table in RULES:
            of = "charged_school_id" if table == "consumptions" else "school_id"
            for row in seen(business, table, scope).values():
                told = {column for column in amounts(table) if row[column] is not None}
                assert not told or row[of] in with_money, (scope.key, table, told)


@FEW
@given(students=belonging, seed=st.integers(0, 10**6), schools=some_schools, money=some_schools)
def test_money_hidden_hides_no_row_and_no_hour(
    students: Students, seed: int, schools: list[int], money: list[int]
) -> None:
    business = books(students, seed)
    for table in set(RULES) - MONEY_ONLY:
        covered = {*amounts(table), *FREE_TEXT.get(table, ())}
        without, with_ = (
            {key: bare(row, covered) for key, row in seen(business, table, scope).items()}
            for scope in (Scope.schools(schools, money), Scope.schools(schools))
        )
        assert without == with_


def bare(row: dict[str, Any], covered: set[str]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in covered}


def amounts(table: str) -> set[str]:
    """Columns of money by the published types: whatever is a wider decimal than hours are."""
    return {
        column
        for column, type_ in TABLES[table].items()
        if type_.startswith("DECIMAL") and type_ != "DECIMAL(12,2)" and (table, column) not in PUBLIC
    }


def test_the_amounts_that_are_covered_are_those_of_the_published_types() -> None:
    nothing = MemoryBooks()
    with nothing.lease() as cursor:
        found = amount_columns(cursor, nothing.current())
    assert {table: set(columns) for table, columns in found.items() if columns} == {
        table: amounts(table) for table in TABLES if amounts(table)
    }
    assert {"amount", "amount_refunded"} <= set(found["purchases"])
    assert set(found["money_by_month"]) > {"sold", "cash"}


def test_every_text_that_is_not_covered_is_known_to_hold_no_amount() -> None:
    """A text added to a table with amounts is covered until somebody says here that it holds none."""
    plain = {
        *("currency", "plan_name", "transaction_type", "payment_status", "hours_source", "status", "kind", "entry_id"),
        *("source_table", "session_type", "grade_level", "session_status", "state", "charged_to"),
        "subscription_period",
        *("issue", "severity", "column_name"),
    }
    texts = {
        (table, column)
        for table, columns in TABLES.items()
        if (amounts(table) or table in FREE_TEXT) and table not in MONEY_ONLY
        for column, type_ in columns.items()
        if type_ == "VARCHAR" and column not in plain
    }
    assert texts == {(table, column) for table, columns in FREE_TEXT.items() for column in columns}


@pytest.mark.parametrize("table", sorted(RULES))
def test_every_table_says_its_grain(table: str) -> None:
    assert set(GRAINS[table]) <= set(TABLES[table])


def test_the_worlds_hold_money_to_hide() -> None:
    """Otherwise the tests above would prove nothing."""
    business = books({1: {1, 2}, 2: {2}}, 1)
    scope = Scope.schools([1, 2], money=[1])
    told = [row["amount"] for row in seen(business, "purchases", scope).values()]
    assert None in told
    assert any(isinstance(amount, Decimal) for amount in told)
    assert seen(business, "consumptions", Scope.teaching([1]))
