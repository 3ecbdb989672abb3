"""Who somebody is comes from the platform's people at the current snapshot, and from nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from access.scope import Scope
from access.viewer import Area, Role, Via, Viewer
from identity import NotAdmitted, Reason, by_login, by_user_id
from identity.people import Books
from tests.identity import school
from tests.identity.school import Published, books, people, settings_of

SCHOOL = books()


def signing_in(email: str, books_: Books = SCHOOL, **claims: Any) -> Viewer:
    return by_login(books_, settings_of(), {"email": email, "email_verified": True, **claims})


def refusal(call: Any, *args: Any, **more: Any) -> Reason:
    with pytest.raises(NotAdmitted) as refused:
        call(*args, **more)
    assert refused.value.message.endswith(".")
    return refused.value.reason


@pytest.mark.parametrize(
    ("user", "role"),
    [
        (school.OWNER, Role.school_owner),
        (school.ADMIN, Role.school_admin),
        (school.STAFF, Role.school_staff),
        (school.TEACHER, Role.teacher),
        (school.STUDENT, Role.student),
        (school.PARENT, Role.parent),
        (school.PLATFORM, Role.platform_staff),
    ],
)
def test_a_role_is_what_the_platform_says(user: int, role: Role) -> None:
    viewer = by_user_id(SCHOOL, settings_of(), user)
    assert viewer.roles == {role}
    assert (viewer.key, viewer.user_id, viewer.via) == (f"user:{user}", user, Via.login)


def test_somebody_with_several_roles_has_them_all_and_no_unknown_or_inactive_one() -> None:
    viewer = by_user_id(SCHOOL, settings_of(), school.BUSY)
    assert viewer.school_roles == ((1, Role.school_admin), (2, Role.school_staff), (2, Role.student))
    assert viewer.student_ids == (school.BUSY, 62)
    assert viewer.roles == {Role.school_admin, Role.school_staff, Role.student, Role.parent}


def test_a_parent_sees_children_by_active_links_to_students_only() -> None:
    assert by_user_id(SCHOOL, settings_of(), school.PARENT).student_ids == (61,)


def test_a_teacher_profile_without_the_role_gives_no_classes() -> None:
    assert by_user_id(SCHOOL, settings_of(), school.STAFF).teacher_ids == ()
    assert by_user_id(SCHOOL, settings_of(), school.TEACHER).scope(Area.usage) == Scope.teaching([7], schools=[1])


def test_a_student_whose_membership_was_switched_off_is_none_and_one_without_any_is_one() -> None:
    assert refusal(by_user_id, SCHOOL, settings_of(), school.FORMER) is Reason.no_role
    assert by_user_id(SCHOOL, settings_of(), school.NEVER_MEMBER).roles == {Role.student}


@pytest.mark.parametrize(
    ("user", "reason"),
    [
        (school.GONE, Reason.inactive),
        (school.NOBODY, Reason.no_role),
        (999, Reason.unknown),
        (0, Reason.unknown),
        (-1, Reason.unknown),
        (2**63, Reason.unknown),
        (10**30, Reason.unknown),
    ],
)
def test_who_is_switched_off_without_role_or_unknown_is_not_admitted(user: int, reason: Reason) -> None:
    assert refusal(by_user_id, SCHOOL, settings_of(), user) is reason


def test_a_membership_switched_off_takes_the_role_away_with_the_next_snapshot() -> None:
    published = Published(people())
    assert signing_in("user12@school.example", published).roles == {Role.school_admin}
    rows = people()
    for row in rows["memberships"]:
        row["is_active"] = row["user_id"] != school.ADMIN
    published.publish(rows)
    assert refusal(signing_in, "user12@school.example", published) is Reason.no_role


def test_a_guardian_link_switched_off_takes_the_child_away_with_the_next_snapshot() -> None:
    published = Published(people())
    rows = people()
    rows["guardians"] = [{**row, "is_active": False} for row in rows["guardians"]]
    assert by_user_id(published, settings_of(), school.PARENT).may(Area.own)
    published.publish(rows)
    assert refusal(by_user_id, published, settings_of(), school.PARENT) is Reason.no_role


@pytest.mark.parametrize("email", ["user12@school.example", "USER12@School.EXAMPLE", "  user12@school.example "])
def test_an_email_is_found_in_whatever_case(email: str) -> None:
    assert signing_in(email).user_id == school.ADMIN


@pytest.mark.parametrize("email", ["ana@school.example", "Ana@School.example", "ANA@SCHOOL.EXAMPLE"])
def test_two_people_whose_emails_differ_in_case_only_are_both_refused(email: str) -> None:
    """Even where one of them is switched off: the sign-in service vouches for neither way of writing."""
    assert refusal(signing_in, email) is Reason.ambiguous


@pytest.mark.parametrize("email", [None, "", 12, "nobody", ["user12@school.example"]])
def test_a_sign_in_without_an_email_is_refused(email: Any) -> None:
    assert refusal(signing_in, email) is Reason.no_email


def test_a_user_without_email_is_found_by_nobody() -> None:
    rows = people()
    rows["users"].append({"user_id": 70, "email": "@", "name": "", "is_active": True, "is_staff": True})
    rows["users"].append({"user_id": 71, "email": " ", "name": "", "is_active": True, "is_staff": True})
    assert refusal(signing_in, " ", books(rows)) is Reason.no_email
    assert refusal(signing_in, "%@school.example", books(rows)) is Reason.unknown
    assert refusal(signing_in, "' or '1'='1' --@", books(rows)) is Reason.unknown


@pytest.mark.parametrize("said", [None, False, "false", "True ", 1, "yes", {}])
def test_an_email_that_is_not_verified_is_refused(said: Any) -> None:
    claims = {"email": "user12@school.example", "email_verified": said, "iss": "https://other.example"}
    settings = settings_of(trusted_issuers=("https://login.school.example/",))
    assert refusal(by_login, SCHOOL, settings, claims) is Reason.unverified


def test_an_email_is_taken_from_an_issuer_that_we_were_told_to_trust() -> None:
    claims = {"email": "user12@school.example", "iss": "https://login.school.example"}
    settings = settings_of(trusted_issuers=("https://login.school.example/",))
    assert by_login(SCHOOL, settings, claims).user_id == school.ADMIN
    other = {**claims, "iss": "https://login.school.example.evil"}
    assert refusal(by_login, SCHOOL, settings, other) is Reason.unverified
    assert refusal(by_login, SCHOOL, settings_of(), claims) is Reason.unverified


@pytest.mark.parametrize(
    ("entry", "schools"),
    [
        ("user13@school.example", (1,)),
        ("USER13@school.example", (1,)),
        ("13", (1,)),
        ("13:2", (2,)),
        ("user13@school.example:2", (2,)),
        ("1", ()),
        ("user1@school.example", ()),
    ],
)
def test_finance_people_see_the_money_of_schools_named_or_worked_at(entry: str, schools: tuple[int, ...]) -> None:
    viewer = by_user_id(SCHOOL, settings_of([entry]), school.STAFF)
    assert tuple(id_ for id_, role in viewer.school_roles if role is Role.finance) == schools
    money = viewer.scope(Area.money)
    assert money == (Scope.schools(schools) if schools else None)


def test_a_student_named_as_finance_without_a_school_sees_no_money_of_a_school() -> None:
    viewer = by_user_id(SCHOOL, settings_of([str(school.STUDENT)]), school.STUDENT)
    assert viewer.scope(Area.money) is None


def test_a_refusal_names_no_person() -> None:
    for email in ("user31@school.example", "user30@school.example", "ana@school.example", "who@school.example"):
        with pytest.raises(NotAdmitted) as refused:
            signing_in(email)
        assert "@" not in refused.value.message
        assert "User" not in refused.value.message
