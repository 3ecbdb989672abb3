"""What must hold for every question, whatever it asks."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

import warehouse
from access.scope import Scope
from queries import ask, question, questions
from tests import synthetic
from tests.memory import MemoryBooks
from tests.queries.asked import required, ways

NAMES = sorted(questions())


@pytest.fixture(scope="module")
def nothing() -> MemoryBooks:
    return MemoryBooks()


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> warehouse.Warehouse:
    folder: Path = tmp_path_factory.mktemp("warehouse")
    synthetic.publish(folder)
    return warehouse.open(folder)


@pytest.mark.parametrize(
    "scope", [Scope.business(), Scope.schools([1]), Scope.students([1])], ids=lambda scope: scope.key
)
@pytest.mark.parametrize("name", NAMES)
def test_a_question_of_empty_books_has_an_answer(name: str, scope: Scope, nothing: MemoryBooks) -> None:
    answer = ask(nothing, scope, name, **required(question(name)))
    assert set(question(name).grain) <= set(answer.columns)


@pytest.mark.parametrize(
    "scope",
    [Scope.business(), Scope.schools([1]), Scope.schools([1, 2]), Scope.students([20])],
    ids=lambda scope: scope.key,
)
@pytest.mark.parametrize("name", NAMES)
def test_a_question_answers_one_row_per_declared_grain(name: str, scope: Scope, books: warehouse.Warehouse) -> None:
    asked = question(name)
    for params in ways(asked, student_ids=range(1, 4), school_ids=(1, 2)):
        answer = ask(books, scope, name, **params)
        grains = Counter(tuple(row[column] for column in asked.grain) for row in answer.as_dicts())
        assert [grain for grain, rows in grains.items() if rows > 1] == []


@pytest.mark.parametrize("name", NAMES)
def test_hours_and_money_are_exact_decimals_never_floats(name: str, books: warehouse.Warehouse) -> None:
    answer = ask(books, Scope.business(), name, **required(question(name)))
    inexact = [
        column for column, type_ in zip(answer.columns, answer.types, strict=True) if type_ in ("DOUBLE", "FLOAT")
    ]
    assert set(inexact) <= {"seconds", "read_seconds"}


@pytest.mark.parametrize("name", NAMES)
def test_a_question_names_its_columns_and_its_order(name: str) -> None:
    last_select = f"\n{question(name).sql.lower()}".rsplit("\nselect\n", 1)[1]
    assert "\norder by" in last_select or "\nlimit" in last_select
    assert not any(line.strip().startswith("*") for line in last_select.splitlines())


@pytest.mark.parametrize("name", NAMES)
def test_an_answer_becomes_arrow_without_losing_a_digit(name: str, books: warehouse.Warehouse) -> None:
    answer = ask(books, Scope.business(), name, **required(question(name)))
    table = answer.arrow()
    assert table.column_names == list(answer.columns)
    read = [tuple(tuple(v) if isinstance(v, list) else v for v in row.values()) for row in table.to_pylist()]
    assert read == list(answer.rows)


def test_every_page_of_balances_together_is_the_whole_list(books: warehouse.Warehouse) -> None:
    whole = ask(books, Scope.business(), "balances_page", limit=100).column("student_id")
    paged = [
        student
        for offset in range(0, 30, 7)
        for student in ask(books, Scope.business(), "balances_page", limit=7, offset=offset).column("student_id")
    ]
    assert paged == whole
    assert len(whole) == 30


def test_the_entries_of_a_figure_add_up_to_the_figure(books: warehouse.Warehouse) -> None:
    for student in range(1, 31):
        figures = ask(books, Scope.business(), "student_balance_as_of", student_id=student).one()
        for name, hours in figures.items():
            if name.startswith("hours_"):
                entries = ask(books, Scope.business(), "student_ledger", student_id=student, figure=name[6:])
                assert (entries.column("running")[-1] if entries.rows else 0) == hours
