"""What each kind of person may open, and how far they see there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.roles import AREAS
from access.scope import Reach, Scope
from access.viewer import Area, Role, Via, Viewer

RUNNING = {
    *(Area.students, Area.usage, Area.expirations, Area.money, Area.health, Area.overrides),
    *(Area.view_as, Area.audit, Area.settings, Area.issuing),
}
AT_SCHOOLS = [Role.school_owner, Role.school_admin, Role.finance, Role.school_staff]


def viewer(*school_roles: tuple[int, Role], **more: Any) -> Viewer:
    told = {"key": "user:1", "user_id": 1, "name": "Ana", "via": Via.login, "school_roles": school_roles}
    return Viewer(**{**told, **more})


def opened(who: Viewer) -> set[Area]:
    return {area for area in Area if who.may(area)}


@pytest.mark.parametrize("role", [Role.school_owner, Role.school_admin])
def test_who_runs_a_school_sees_all_of_it_and_nothing_of_others(role: Role) -> None:
    who = viewer((1, role))
    assert opened(who) == RUNNING
    assert {who.scope(area) for area in RUNNING} == {Scope.schools([1])}
    assert who.roles == {role}
    assert not who.sees_business


def test_staff_see_balances_and_usage_of_their_schools_without_money() -> None:
    who = viewer((1, Role.school_staff), (2, Role.school_staff))
    assert opened(who) == {Area.students, Area.usage, Area.expirations}
    assert {who.scope(area) for area in opened(who)} == {Scope.schools([1, 2], money=[])}


def test_finance_people_see_money_and_change_nothing() -> None:
    who = viewer((2, Role.finance))
    assert opened(who) == {Area.students, Area.usage, Area.expirations, Area.money}
    assert who.scope(Area.money) == Scope.schools([2])


def test_a_teacher_sees_own_classes_where_the_role_is_held() -> None:
    who = viewer((1, Role.teacher), teacher_ids=(7,))
    assert opened(who) == {Area.usage}
    assert who.scope(Area.usage) == Scope.teaching([7], schools=[1])


def test_a_teacher_without_a_profile_sees_nothing() -> None:
    assert opened(viewer((1, Role.teacher))) == set()
    assert opened(viewer(teacher_ids=(7,))) == set()


def test_a_student_sees_the_own_pages() -> None:
    who = viewer((1, Role.student), student_ids=(1,))
    assert opened(who) == {Area.own}
    assert who.scope(Area.own) == Scope.students([1])
    assert who.roles == {Role.student}


def test_a_parent_sees_the_children_and_not_being_a_student_nothing_else() -> None:
    who = viewer((1, Role.parent), student_ids=(5, 6))
    assert who.scope(Area.own) == Scope.students([5, 6])
    assert who.roles == {Role.parent}


def test_a_membership_as_parent_without_children_opens_nothing() -> None:
    who = viewer((1, Role.parent), (1, Role.student))
    assert opened(who) == set()
    assert who.roles == set()


def test_platform_staff_see_the_whole_business() -> None:
    who = viewer(is_platform_staff=True)
    assert who.sees_business
    assert opened(who) == RUNNING
    assert {who.scope(area) for area in RUNNING} == {Scope.business()}


def test_nobody_in_particular_sees_nothing() -> None:
    assert opened(viewer()) == set()


def test_somebody_with_several_roles_has_each_where_it_is_held() -> None:
    """Runs school 1, works at school 2 without money, sees the money of 3, learns and has a child."""
    who = viewer(
        *[(1, Role.school_admin), (2, Role.school_staff), (3, Role.finance), (4, Role.student), (5, Role.parent)],
        student_ids=(1, 8),
    )
    assert who.scope(Area.students) == Scope.schools([1, 2, 3], money=[1, 3])
    assert who.scope(Area.usage) == Scope.schools([1, 2, 3], money=[1, 3])
    assert who.scope(Area.money) == Scope.schools([1, 3])
    assert who.scope(Area.health) == Scope.schools([1])
    assert who.scope(Area.audit) == Scope.schools([1])
    assert who.scope(Area.view_as) == Scope.schools([1])
    assert who.scope(Area.own) == Scope.students([1, 8])
    assert who.roles == {Role.school_admin, Role.school_staff, Role.finance, Role.student, Role.parent}


def test_who_runs_one_school_and_teaches_at_another_sees_the_school() -> None:
    who = viewer((1, Role.school_admin), (2, Role.teacher), teacher_ids=(7,))
    assert who.scope(Area.usage) == Scope.schools([1])


def test_platform_staff_who_learn_have_own_pages_too() -> None:
    who = viewer(is_platform_staff=True, student_ids=(1,))
    assert who.scope(Area.own) == Scope.students([1])
    assert who.scope(Area.students) == Scope.business()


def test_view_as_is_the_students_own_pages_within_the_schools_one_runs() -> None:
    admin = viewer((1, Role.school_admin), (2, Role.school_staff), student_ids=(1,))
    seen = admin.as_student(9, key="user:1")
    assert seen is not None
    assert opened(seen) == {Area.own}
    assert seen.scope(Area.own) == Scope.students([9], schools=[1])
    assert (seen.via, seen.key, seen.sees_business) == (Via.view_as, "user:1", False)
    assert seen.roles == {Role.student}


def test_view_as_by_platform_staff_is_the_whole_student() -> None:
    seen = viewer(is_platform_staff=True).as_student(9, key="user:1")
    assert seen is not None
    assert seen.scope(Area.own) == Scope.students([9])
    assert opened(seen) == {Area.own}


def test_view_as_leads_to_nobody_else() -> None:
    seen = viewer(is_platform_staff=True).as_student(9, key="user:1")
    assert seen is not None
    assert seen.as_student(10, key="user:1") is None


@pytest.mark.parametrize(
    "who",
    [
        viewer((1, Role.school_staff)),
        viewer((1, Role.finance)),
        viewer((1, Role.teacher), teacher_ids=(7,)),
        viewer(student_ids=(1, 5)),
        viewer((1, Role.school_admin), permissions=frozenset({"read", "embed", "audit"})),
    ],
    ids=["staff", "finance", "teacher", "parent", "an administrator's token"],
)
def test_nobody_else_views_as_a_student(who: Viewer) -> None:
    assert who.as_student(5, key="user:1") is None


def test_a_token_does_only_what_it_permits_of_what_its_owner_may() -> None:
    admin = [(1, Role.school_admin)]
    read = {Area.students, Area.usage, Area.expirations, Area.money, Area.health}
    assert opened(viewer(*admin, permissions=frozenset({"read"}))) == read
    assert opened(viewer(*admin, permissions=frozenset({"audit"}))) == {Area.audit}
    assert opened(viewer(*admin, permissions=frozenset({"embed"}))) == {Area.embed}
    assert opened(viewer(*admin, permissions=frozenset())) == set()
    assert opened(viewer(*admin, permissions=frozenset({"everything"}))) == set()
    assert opened(viewer((1, Role.school_staff), permissions=frozenset({"audit", "embed"}))) == set()
    assert opened(viewer(student_ids=(1,), permissions=frozenset({"read"}))) == {Area.own}


def test_a_token_bound_to_schools_never_sees_the_business() -> None:
    service = viewer(is_platform_staff=True, user_id=None, only_schools=(2,), permissions=frozenset({"read", "embed"}))
    assert not service.sees_business
    assert service.scope(Area.students) == Scope.schools([2])
    assert service.scope(Area.embed) == Scope.schools([2])


def test_a_token_bound_to_schools_narrows_its_owner() -> None:
    who = viewer((1, Role.school_admin), (2, Role.school_staff), student_ids=(1,), only_schools=(2,))
    assert who.scope(Area.students) == Scope.schools([2], money=[])
    assert who.scope(Area.health) is None
    assert who.scope(Area.own) == Scope.students([1], schools=[2])
    assert who.roles == {Role.school_staff, Role.student}


def test_an_embedded_page_is_the_student_and_nothing_else() -> None:
    page = Viewer(key="embed:9", user_id=None, name="", via=Via.embed, student_ids=(5,), only_schools=(1,))
    assert opened(page) == {Area.own}
    assert page.scope(Area.own) == Scope.students([5], schools=[1])
    assert page.roles == {Role.student}


people = st.builds(
    lambda roles, staff, own, teacher, only, may: viewer(
        *roles, is_platform_staff=staff, student_ids=own, teacher_ids=teacher, only_schools=only, permissions=may
    ),
    st.lists(st.tuples(st.integers(1, 4), st.sampled_from(sorted(set(Role) - {Role.platform_staff}))), max_size=5),
    st.booleans(),
    st.lists(st.integers(1, 9), max_size=2, unique=True).map(tuple),
    st.lists(st.integers(1, 3), max_size=1).map(tuple),
    st.none() | st.lists(st.integers(1, 4), max_size=2, unique=True).map(lambda ids: tuple(sorted(ids))),
    st.none() | st.frozensets(st.sampled_from(["read", "embed", "audit"])),
)


@given(who=people, area=st.sampled_from(Area))
def test_no_scope_reaches_beyond_the_roles_and_bounds_that_gave_it(who: Viewer, area: Area) -> None:
    scope = who.scope(area)
    if scope is None:
        return
    if scope.reach is Reach.BUSINESS:
        assert who.is_platform_staff
        assert who.only_schools is None
    if scope.reach is Reach.SCHOOLS:
        given_ = {school for school, role in who.school_roles if area in AREAS[role]}
        assert who.is_platform_staff or set(scope.ids) <= given_
        money = set(scope.ids if scope.money is None else scope.money)
        seeing = {school for school, role in who.school_roles if role in AT_SCHOOLS and role is not Role.school_staff}
        assert who.is_platform_staff or money <= seeing
    if scope.reach is Reach.STUDENTS:
        assert area is Area.own
        assert set(scope.ids) == set(who.student_ids)
    if scope.reach is Reach.TEACHING:
        assert (scope.ids, scope.money) == (who.teacher_ids, ())
    if who.only_schools is not None:
        bound = scope.ids if scope.reach is Reach.SCHOOLS else scope.within
        assert bound is not None
        assert set(bound) <= set(who.only_schools)


@given(who=people, area=st.sampled_from(Area))
def test_a_role_more_never_closes_an_area(who: Viewer, area: Area) -> None:
    if who.permissions is None and who.only_schools is None:
        more = replace(who, school_roles=(*who.school_roles, (1, Role.school_owner)))
        assert more.may(area) >= who.may(area)
