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


def test_a_scope_that_sees_less_has_another_key() -> None:
    scopes = [
        Scope.schools([1, 2]),
        Scope.schools([1, 2], money=[1]),
        Scope.schools([1, 2], money=[]),
        Scope.students([1, 2]),
        Scope.students([1, 2], money=[]),
        Scope.students([1, 2], schools=[1]),
        Scope.students([1, 2], schools=[]),
        Scope.students([1, 2], schools=[1], money=[]),
        Scope.teaching([1, 2]),
        Scope.teaching([1, 2], schools=[1]),
    ]
    assert len({scope.key for scope in scopes}) == len(scopes)


def test_money_of_every_school_seen_is_the_same_as_money_unsaid() -> None:
    assert Scope.schools([1, 2], money=[2, 1, 9]) == Scope.schools([1, 2])
    assert Scope.students([7], schools=[1], money=[1]) == Scope.students([7], schools=[1])


def test_money_is_seen_of_schools_in_scope_only() -> None:
    assert Scope.schools([1, 2], money=[2, 3]).money == (2,)
    assert Scope.schools([1], money=[2]).sees_money is False
    assert Scope.teaching([1]).sees_money is False
    assert Scope.business().sees_money is True


@pytest.mark.parametrize("ids", [("1",), (1.0,), (True,), ("1) or (1=1",)])
def test_an_id_that_is_no_whole_number_is_refused(ids: tuple[object, ...]) -> None:
    with pytest.raises(ValueError, match="whole numbers"):
        Scope(Reach.SCHOOLS, ids)  # type: ignore[arg-type]


def test_the_whole_business_takes_no_ids() -> None:
    with pytest.raises(ValueError, match="takes no ids"):
        Scope(Reach.BUSINESS, (1,))
    with pytest.raises(ValueError, match="takes no ids"):
        Scope(Reach.BUSINESS, money=())


@pytest.mark.parametrize("field", ["within", "money"])
def test_what_narrows_a_scope_is_checked_like_its_ids(field: str) -> None:
    with pytest.raises(ValueError, match="whole numbers"):
        Scope(Reach.STUDENTS, (1,), **{field: ("1) or (1=1",)})  # type: ignore[arg-type]


def test_schools_are_not_narrowed_to_schools_again() -> None:
    with pytest.raises(ValueError, match="not narrowed"):
        Scope(Reach.SCHOOLS, (1,), within=(1,))
