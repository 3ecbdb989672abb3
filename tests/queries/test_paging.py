"""Going on after the last row seen gives every row once, whatever the order; and now is an instant like any other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import warehouse
from access.scope import Scope
from queries import ask
from tests import synthetic

pytestmark = pytest.mark.slow  # the quick part has a minute and a half for everything

SORTS = ("name", "hours_usable", "next_expiry", "pace", "last_class", "drift", "overdrawn")


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> warehouse.Warehouse:
    folder: Path = tmp_path_factory.mktemp("warehouse")
    synthetic.publish(folder)
    return warehouse.open(folder)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sort", SORTS)
def test_balances_after_the_last_one_seen_are_the_rest(books: warehouse.Warehouse, sort: str, descending: bool) -> None:
    order: dict[str, Any] = {"sort": sort, "descending": descending}
    whole = ask(books, Scope.business(), "balances_page", **order, limit=100).column("student_id")
    walked: list[int] = []
    after: dict[str, Any] = {}
    while rows := ask(books, Scope.business(), "balances_page", **order, **after, limit=7).as_dicts():
        walked += [row["student_id"] for row in rows]
        last = rows[-1]
        after = {
            "after_missing": last["sort_missing"], "after_measure": last["sort_measure"],
            "after_name": last["sort_name"], "after_id": last["student_id"],
        }
    assert walked == whole
    assert len(set(whole)) == 30


@pytest.mark.parametrize(
    "scope", [Scope.business(), Scope.schools([1]), Scope.students(range(1, 31))], ids=lambda scope: scope.key[:9]
)
def test_the_standing_now_is_the_standing_as_of_now(books: warehouse.Warehouse, scope: Scope) -> None:
    for student in {*range(1, 31)} - {5, 6}:  # their overdrawn classes are entries without a class
        now = ask(books, scope, "student_standing", student_id=student).as_dicts()
        then = ask(books, scope, "student_standing_as_of", student_id=student, as_of=synthetic.AS_OF).as_dicts()
        for row in now + then:
            del row["pace_per_week"]
        assert now == then
