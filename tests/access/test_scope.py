"""A scope is a plain value: equal scopes see the same, and nothing but whole numbers gets into one."""

from __future__ import annotations

import pytest

from access.scope import Reach, Scope


def test_two_scopes_of_the_same_schools_are_one_whatever_the_order() -> None:
    assert Scope.schools([2, 1, 2]) == Scope.schools({1, 2})
    assert Scope.schools([2, 1]).key == "schools:1,2"
    assert len({Scope.schools([1, 2]), Scope.schools([2, 1])}) == 1


def test_schools_and_students_of_the_same_number_are_different_scopes() -> None:
    keys = {Scope.schools([1]).key, Scope.students([1]).key, Scope.business().key, Scope.schools([]).key}
    assert len(keys) == 4


@pytest.mark.parametrize("ids", [("1",), (1.0,), (True,), ("1) or (1=1",)])
def test_an_id_that_is_no_whole_number_is_refused(ids: tuple[object, ...]) -> None:
    with pytest.raises(ValueError, match="whole numbers"):
        Scope(Reach.SCHOOLS, ids)  # type: ignore[arg-type]


def test_the_whole_business_takes_no_ids() -> None:
    with pytest.raises(ValueError, match="takes no ids"):
        Scope(Reach.BUSINESS, (1,))
