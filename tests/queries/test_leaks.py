"""Every question, asked in every way within every kind of scope, tells nothing of anybody outside it.

In this world everything can be recognised: texts carry the student's, school's and teacher's mark, students' ids are
numbers that nothing else has, hours are small, and amounts are of another size in each school.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from access.scope import Scope
from queries import Answer, ask, questions
from tests.memory import MemoryBooks
from tests.queries import invented
from tests.queries.asked import ways
from tests.queries.invented import TABLES

FIRST = 990_000
STUDENTS: dict[int, set[int | None]] = {
    FIRST + 1: {1},
    FIRST + 2: {1},
    FIRST + 3: {1, 2},
    FIRST + 4: {1, None},
    FIRST + 5: {2},
    FIRST + 6: {2},
    FIRST + 7: {None},
}
SCHOOLS: tuple[int | None, ...] = (1, 2, None)
LEAST_AMOUNT = {1: 10**6, 2: 10**8, None: 10**10}
"""No sum over the rows of one school reaches the next one's least amount, and no hour the first."""

INSTANTS = {"sort_measure"}
"""Numbers that may be microseconds."""

MARK = re.compile(r"\b([STK])(\d+)!")


@dataclass(frozen=True)
class Viewing:
    """A scope, and what may be told within it."""

    scope: Scope
    students: set[int]
    schools: set[int]
    money: set[int | None]
    emails: bool = True


def of_schools(*ids: int | None) -> set[int]:
    return {student for student, belongs in STUDENTS.items() if belongs & set(ids)}


VIEWINGS = [
    Viewing(Scope.schools([1]), of_schools(1), {1}, {1}),
    Viewing(Scope.schools([2]), of_schools(2), {2}, {2}),
    Viewing(Scope.schools([1], money=[]), of_schools(1), {1}, set()),
    Viewing(Scope.schools([1, 2], money=[1]), of_schools(1, 2), {1, 2}, {1}),
    Viewing(Scope.schools([]), set(), set(), set()),
    Viewing(Scope.students([FIRST + 1]), {FIRST + 1}, {1, 2}, {1, 2, None}),
    Viewing(Scope.students([FIRST + 3]), {FIRST + 3}, {1, 2}, {1, 2, None}),
    Viewing(Scope.students([FIRST + 3], schools=[1]), {FIRST + 3}, {1}, {1}),
    Viewing(Scope.students([FIRST + 3], schools=[1, 2], money=[1]), {FIRST + 3}, {1, 2}, {1}),
    Viewing(Scope.students([FIRST + 5], schools=[1]), set(), set(), set()),
    Viewing(Scope.students([]), set(), set(), set()),
    Viewing(Scope.teaching([1]), of_schools(1), {1}, set(), emails=False),
    Viewing(Scope.teaching([1], schools=[2]), set(), set(), set(), emails=False),
]


def marked(table: str, column: str, type_: str, keys: dict[str, Any], dice: random.Random) -> Any:
    """A value of the column's type that says whose it is."""
    student = keys.get("student_id") or keys.get("child_id") or keys.get("user_id")
    school = keys.get("school_id")
    if type_.startswith("DECIMAL") or column == "charged_to":
        school = keys.get("charged_school_id", school)
    if type_ == "DECIMAL(12,2)":
        return Decimal(dice.randint(0, 900)) / 100
    if type_.startswith("DECIMAL"):
        return Decimal(1 if table == "plans" else LEAST_AMOUNT[school] + dice.randint(0, 999))
    if type_ == "BIGINT" and column != "days_until_expiry":
        return dice.randint(1, 9)
    if type_ != "VARCHAR" or column in invented.WORDS:
        return invented.value(column, type_, dice)
    marks = [f"K{school}!" if school else "", f"S{student}!" if student and student > FIRST else ""]
    marks.append(f"T{keys['teacher_id']}!" if table == "teachers" else "")
    return " ".join([column, *filter(None, marks)])


@pytest.fixture(scope="module")
def business() -> MemoryBooks:
    dice = random.Random(7)
    world = {
        table: [
            {column: keys.get(column, marked(table, column, type_, keys, dice)) for column, type_ in columns.items()}
            for keys in invented.keys(table, STUDENTS)
            if table != "consumptions" or keys["charged_school_id"] in STUDENTS[keys["student_id"]]
        ]
        for table, columns in TABLES.items()
        if table != "ledger"
    }
    return MemoryBooks(world)


def values(answer: Answer) -> Iterator[tuple[str, Any]]:
    """Every value of an answer with its column, those of lists one by one."""
    for row in answer.rows:
        for column, value in zip(answer.columns, row, strict=True):
            for one in value if isinstance(value, tuple) else (value,):
                yield column, one


def leaks(answer: Answer, viewing: Viewing) -> Iterator[str]:
    """What an answer tells that it must not."""
    largest = max((LEAST_AMOUNT[school] * 50 for school in viewing.money), default=LEAST_AMOUNT[1] // 10)
    # What is left of some amounts when others are taken off may be a little less than the least of them.
    smallest = min((LEAST_AMOUNT[school] * 9 // 10 for school in viewing.money), default=0)
    for column, value in values(answer):
        if isinstance(value, str):
            for kind, number in MARK.findall(value):
                allowed = viewing.students if kind == "S" else viewing.schools
                if int(number) not in allowed:
                    yield f"{column}: {value}"
            if "email" in value and "contact_email" not in value and not viewing.emails:  # a school's own is nobody's
                yield f"{column}: {value}"
        elif isinstance(value, Decimal) and column not in INSTANTS:
            if abs(value) > largest or LEAST_AMOUNT[1] // 10 < abs(value) < smallest:
                yield f"{column}: {value}"
        elif isinstance(value, int) and value > FIRST and value in STUDENTS and value not in viewing.students:
            yield f"{column}: {value}"


def told(business: MemoryBooks, viewing: Viewing, asked: list[int], schools: tuple[int | None, ...]) -> list[str]:
    """Every leak of every question, asked in every way of these students and schools."""
    return [
        f"{name} {way}: {leak}"
        for name, question in questions().items()
        for way in ways(question, student_ids=asked, school_ids=schools)
        for leak in leaks(ask(business, viewing.scope, name, **way), viewing)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("viewing", VIEWINGS, ids=lambda viewing: viewing.scope.key)
def test_no_question_tells_of_anybody_outside_the_scope(viewing: Viewing, business: MemoryBooks) -> None:
    assert told(business, viewing, [FIRST + number for number in (1, 3, 5, 7)], SCHOOLS) == []


def test_no_question_tells_a_school_without_money_of_others(business: MemoryBooks) -> None:
    """The one of them that the quick tests wait for."""
    viewing = Viewing(Scope.schools([1, 2], money=[]), of_schools(1, 2), {1, 2}, set())
    assert told(business, viewing, [FIRST + 7], (None,)) == []


@pytest.mark.parametrize("viewing", VIEWINGS, ids=lambda viewing: viewing.scope.key)
def test_the_whole_business_tells_of_somebody_outside_each_scope(viewing: Viewing, business: MemoryBooks) -> None:
    """Otherwise the test above would prove nothing."""
    asked = [FIRST + number for number in (1, 3, 5, 7)]
    telling = {
        name
        for name in ("student_card", "student_ledger", "student_purchases", "balances_page", "schools")
        for way in ways(questions()[name], student_ids=asked, school_ids=SCHOOLS)
        if any(leaks(ask(business, Scope.business(), name, **way), viewing))
    }
    assert len(telling) >= 2


def test_a_teacher_sees_no_balance_and_no_ledger(business: MemoryBooks) -> None:
    for name in ("student_ledger", "student_packages", "student_purchases", "balances_page"):
        for way in ways(questions()[name], student_ids=[FIRST + 1], school_ids=(None, 1)):
            assert ask(business, Scope.teaching([1]), name, **way).rows == ()


def test_a_school_with_money_sees_its_amounts(business: MemoryBooks) -> None:
    told = ask(business, Scope.schools([1, 2], money=[1]), "money_by_month", months=20)
    assert {row["school_id"] for row in told.as_dicts()} == {1}
    bought = ask(business, Scope.schools([1], money=[1]), "student_purchases", student_id=FIRST + 1)
    assert all(amount is not None for amount in bought.column("amount"))
