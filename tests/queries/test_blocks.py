"""Asking about one student by way of the neighbours says exactly what asking about that student alone says."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

import warehouse
from access.scope import Scope
from queries import QuestionError, ask, ask_one, blocks, questions
from tests import synthetic

pytestmark = pytest.mark.slow  # the quick part has a minute and a half for everything

IN_BLOCKS = [name for name, one in questions().items() if any(p.name == "until_student" for p in one.params)]
SCOPES = [
    Scope.business(),
    Scope.schools([1]),
    Scope.schools([2], money=[]),
    Scope.schools([]),
    Scope.students([3]),
    Scope.students([3, 7, 29]),
    Scope.students(range(1, 31)),
    Scope.students([]),
    Scope.students([3, 4], schools=[1]),
    Scope.students([3, 4], money=[]),
    Scope.teaching([1]),
]
ASKED = [*range(32), -1, 255, 256, 10**12]


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> warehouse.Warehouse:
    folder: Path = tmp_path_factory.mktemp("warehouse")
    synthetic.publish(folder)
    return warehouse.open(folder)


def test_some_questions_can_be_asked_so() -> None:
    assert "student_standing" in IN_BLOCKS


@pytest.mark.parametrize("name", IN_BLOCKS)
@pytest.mark.parametrize("scope", SCOPES, ids=lambda scope: scope.key[:40])
def test_a_block_says_of_each_student_what_is_said_of_that_student_alone(
    books: warehouse.Warehouse, scope: Scope, name: str
) -> None:
    blocks.forget()
    for student in ASKED:
        alone = [_plain(row) for row in ask(books, scope, name, student_id=student).as_dicts()]
        assert [_plain(row) for row in ask_one(books, scope, name, student_id=student)] == alone


@pytest.mark.parametrize("name", IN_BLOCKS)
def test_a_student_gets_no_other_out_of_a_block_that_is_kept(books: warehouse.Warehouse, name: str) -> None:
    assert ask_one(books, Scope.business(), name, student_id=3)
    assert ask_one(books, Scope.students([3]), name, student_id=4) == []
    assert ask_one(books, Scope.schools([]), name, student_id=3) == []


def test_a_new_snapshot_is_asked_anew(tmp_path: Path) -> None:
    synthetic.publish(tmp_path)
    books = warehouse.open(tmp_path)
    before = books.current()
    assert before is not None
    assert ask_one(books, Scope.business(), "student_standing", student_id=3)
    assert blocks.is_kept(books, Scope.students([3]), "student_standing", student_id=3)
    moved = warehouse.SnapshotRef(before.snapshot_id + 1, before.path, before.as_of, before.published_at)
    assert not blocks.is_kept(books.pinned(moved), Scope.students([3]), "student_standing", student_id=3)


def test_blocks_of_students_who_do_not_exist_do_not_fill_the_memory(
    books: warehouse.Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "_blocks", blocks._Blocks(5 * blocks.LEAST_BYTES))
    for block in range(1, 50):
        assert ask_one(books, Scope.business(), "student_standing", student_id=10**6 + block * blocks.BLOCK) == []
    assert len(blocks._blocks._kept) == 5


def test_a_question_that_fails_leaves_nothing_behind(books: warehouse.Warehouse) -> None:
    with pytest.raises(QuestionError):
        ask_one(books, Scope.business(), "student_packages", student_id=3)
    assert not blocks._blocks._asking


def test_many_at_once_get_one_answer(books: warehouse.Warehouse) -> None:
    blocks.forget()
    found: list[Any] = []

    def look() -> None:
        found.append(ask_one(books, Scope.business(), "student_standing", student_id=3))

    threads = [threading.Thread(target=look) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 16
    assert all(rows == found[0] for rows in found)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Lists and tuples of the same values are the same."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in row.items()}
