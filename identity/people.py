"""Makes a viewer of a user of the platform, as the current snapshot has them: roles, children, classes, money.

Nothing is kept between calls but the door's own answers, which belong to one snapshot: who loses a role on the platform
has lost it here with the next snapshot.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import queries
from access.roles import Role
from access.scope import Scope
from access.viewer import Via, Viewer
from identity.errors import NotAdmitted, Reason
from queries.door import Snapshots

if TYPE_CHECKING:
    from settings import Settings

Books = Snapshots
"""The published snapshots, or one of them: `warehouse.Warehouse` or `warehouse.Pinned`."""

_EVERYTHING = Scope.business()
_OF_MEMBERSHIPS = {
    role.value: role
    for role in (Role.school_owner, Role.school_admin, Role.school_staff, Role.teacher, Role.student, Role.parent)
}
_AT_WORK = frozenset({Role.school_owner, Role.school_admin, Role.school_staff, Role.teacher})
_LARGEST_ID = 2**63 - 1
FINANCE_OF_THE_DEMO = ("ruth.pemberton@thornbury.example.com",)
"""Who sees the money of her school in an invented school, as long as the settings name nobody."""


def by_user_id(books: Books, settings: Settings, user_id: int, via: Via = Via.login) -> Viewer:
    """The viewer that a user of the platform is.

    Raises NotAdmitted for who is unknown, switched off or without a role, and for a chosen one of a real school.
    """
    invented = is_demo(books)
    if via is Via.demo and not invented:
        raise NotAdmitted(Reason.no_demo)
    person = find(books, user_id)
    if person is None:
        raise NotAdmitted(Reason.unknown)
    if not person["is_active"]:
        raise NotAdmitted(Reason.inactive, user_id)
    roles = [
        (row["school_id"], _OF_MEMBERSHIPS[row["role"]])
        for row in queries.ask(books, _EVERYTHING, "person_roles", user_id=user_id).as_dicts()
        if row["role"] in _OF_MEMBERSHIPS
    ]
    finance = settings.finance or (FINANCE_OF_THE_DEMO if invented else ())
    teaches = any(role is Role.teacher for _, role in roles)
    own = [user_id] if person["is_student"] else []
    viewer = Viewer(
        key=f"{'demo' if via is Via.demo else 'user'}:{user_id}",
        user_id=user_id,
        name=person["name"],
        via=via,
        is_platform_staff=person["is_staff"],
        school_roles=tuple(sorted({*roles, *_finance(finance, person, roles)})),
        student_ids=tuple(sorted({*own, *person["child_ids"]})),
        teacher_ids=person["teacher_ids"] if teaches else (),
    )
    if not viewer.roles:
        raise NotAdmitted(Reason.no_role, user_id)
    return viewer


def by_login(books: Books, settings: Settings, claims: Mapping[str, Any]) -> Viewer:
    """The viewer whose verified e-mail the sign-in service told. Raises NotAdmitted with the reason otherwise."""
    email = claims.get("email")
    if not isinstance(email, str) or "@" not in email:
        raise NotAdmitted(Reason.no_email)
    if not _is_verified(claims, settings.trusted_issuers):
        raise NotAdmitted(Reason.unverified)
    found = with_email(books, email)
    if not found:
        raise NotAdmitted(Reason.unknown)
    if len(found) > 1:
        raise NotAdmitted(Reason.ambiguous)
    return by_user_id(books, settings, found[0], Via.login)


def with_email(books: Books, email: str) -> list[int]:
    """Users who have this e-mail, in whatever case."""
    return queries.ask(books, _EVERYTHING, "people_by_email", email=email).column("user_id")


def find(books: Books, user_id: int) -> dict[str, Any] | None:
    """What the snapshot says of a user; None where there is none."""
    if not 0 < user_id <= _LARGEST_ID:
        return None
    return queries.ask(books, _EVERYTHING, "person", user_id=user_id).one() or None


def is_demo(books: Books) -> bool:
    """The snapshot was made from an invented school."""
    if books.current() is None:
        return False
    return bool(queries.ask(books, _EVERYTHING, "sync").one().get("is_demo"))


def _is_verified(claims: Mapping[str, Any], trusted: Iterable[str]) -> bool:
    """The service vouches for the e-mail, or is one whose e-mails we were told to trust."""
    said = claims.get("email_verified")
    if said is True or said == "true":  # some services write it as text
        return True
    issuer = claims.get("iss")
    return isinstance(issuer, str) and issuer.rstrip("/") in {one.rstrip("/") for one in trusted}


def _finance(
    entries: Iterable[str], person: Mapping[str, Any], roles: Iterable[tuple[int, Role]]
) -> set[tuple[int, Role]]:
    """Schools whose money the settings open to this person: those named, else those where the person works."""
    schools: set[int] = set()
    for entry in entries:
        who, _, school = entry.partition(":")
        if who != str(person["user_id"]) and who.strip().lower() != person["email"].strip().lower():
            continue
        if school:
            schools.add(int(school))
        else:
            schools |= {school_id for school_id, role in roles if role in _AT_WORK}
    return {(school_id, Role.finance) for school_id in schools}
