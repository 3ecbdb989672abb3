"""The pages on the demo school, generated and synced for real: every hazard of a platform is in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import demo
import etl.sync
import store
import warehouse
from access.scope import Scope
from queries import ask, question, questions
from settings import Settings
from tests.queries.asked import ways

pytestmark = pytest.mark.slow  # a demo school is made and synced

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
PAGES = ["overview", "balances", "student", "usage", "expirations", "health"]
SCOPES = [Scope.business(), Scope.schools([1]), Scope.schools([2]), Scope.schools([1, 2, 3])]
SOME_AT_ONCE = [*SCOPES[:2], *(pytest.param(scope, marks=pytest.mark.slow) for scope in SCOPES[2:])]


@pytest.fixture(scope="module")
def demo_books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small demo school after its first sync."""
    folder = tmp_path_factory.mktemp("demo")
    settings = Settings(
        platform_url=f"sqlite:///{folder / 'platform.db'}",
        store_url=f"sqlite:///{folder / 'store.db'}",
        warehouse=folder / "warehouse",
        now=NOW,
    )
    demo.generate(settings.platform_url, students=60, years=1, seed=3, today=NOW, hazards=True)
    store.migrate(settings.store_url)
    etl.sync.run(settings)
    return settings.warehouse


@pytest.fixture(scope="module")
def student_ids(demo_books: Path) -> list[int]:
    return ask(warehouse.open(demo_books), Scope.business(), "balances_page", limit=10_000).column("student_id")


@pytest.mark.parametrize("viewer", ["business", "school-1", "school-2"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_on_the_demo_school(page: str, viewer: str, run: Callable[..., AppTest], demo_books: Path) -> None:
    app = run(demo_books, page, viewer=viewer)
    assert not app.exception
    assert not app.error


@pytest.mark.slow
def test_every_students_page_opens_whatever_the_platform_holds(
    run: Callable[..., AppTest], demo_books: Path, student_ids: list[int]
) -> None:
    for student_id in student_ids[:: max(1, len(student_ids) // 40)]:
        app = run(demo_books, "student", student=student_id)
        assert not app.exception, student_id
        assert not app.error, student_id


@pytest.mark.parametrize("scope", SOME_AT_ONCE, ids=lambda scope: scope.key)
def test_every_figure_of_every_student_is_the_sum_of_its_entries(
    scope: Scope, demo_books: Path, student_ids: list[int]
) -> None:
    books = warehouse.open(demo_books)
    for student_id in student_ids:
        card = ask(books, scope, "student_card", student_id=student_id).one()
        if not card:
            continue
        sums = ask(books, scope, "student_balance_as_of", student_id=student_id).one()
        for name in (name for name in sums if name.startswith("hours_")):
            assert card[name] == sums[name], (student_id, name)


@pytest.mark.parametrize("scope", SCOPES, ids=lambda scope: scope.key)
def test_every_question_answers_one_row_per_grain_on_real_books(
    scope: Scope, demo_books: Path, student_ids: list[int]
) -> None:
    books = warehouse.open(demo_books)
    for name in questions():
        for way in ways(question(name), student_ids=range(student_ids[0], student_ids[0] + 3), school_ids=(1, 2)):
            answer = ask(books, scope, name, **way)
            grains = Counter(tuple(row[column] for column in question(name).grain) for row in answer.as_dicts())
            assert all(rows == 1 for rows in grains.values()), (name, way)
