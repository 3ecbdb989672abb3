"""Names the roles a person may have, the areas of the app, and which role opens which area."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What somebody is: to the platform, to one school, or to a student."""

    platform_staff = "platform_staff"
    school_owner = "school_owner"
    school_admin = "school_admin"
    finance = "finance"
    school_staff = "school_staff"
    teacher = "teacher"
    student = "student"
    parent = "parent"


class Via(StrEnum):
    """How a viewer was recognised."""

    login = "login"
    demo = "demo"
    embed = "embed"
    jwt = "jwt"
    token = "token"
    view_as = "view_as"


class Area(StrEnum):
    """A part of the app that is opened or closed as a whole."""

    students = "students"
    """Finding students, their balances, one student's card, packages and ledger."""
    usage = "usage"
    expirations = "expirations"
    money = "money"
    issuing = "issuing"
    """Giving receipts their numbers and sending them: those who run a school. Reading them is money."""
    health = "health"
    overrides = "overrides"
    view_as = "view_as"
    audit = "audit"
    settings = "settings"
    embed = "embed"
    """Opening a student's page inside the school's own site: for software only, by a token that permits it."""
    own = "own"
    """One's own pages as a student, or one's children's."""


_RUNNING_A_SCHOOL = frozenset(Area) - {Area.own}
AREAS: Mapping[Role, frozenset[Area]] = MappingProxyType(
    {
        Role.platform_staff: frozenset(Area) - {Area.own},
        Role.school_owner: _RUNNING_A_SCHOOL,
        Role.school_admin: _RUNNING_A_SCHOOL,
        Role.finance: frozenset({Area.students, Area.usage, Area.expirations, Area.money}),
        Role.school_staff: frozenset({Area.students, Area.usage, Area.expirations}),
        Role.teacher: frozenset({Area.usage}),
        Role.student: frozenset({Area.own}),
        Role.parent: frozenset({Area.own}),
    }
)
"""What each role opens. Where somebody has several roles, each school counts by itself."""

SEES_MONEY = frozenset({Role.platform_staff, Role.school_owner, Role.school_admin, Role.finance})
"""Roles that see amounts of a school's books. Students and parents see what they paid themselves."""

PERMISSIONS: Mapping[str, frozenset[Area]] = MappingProxyType(
    {
        "read": frozenset({Area.students, Area.usage, Area.expirations, Area.money, Area.health, Area.own}),
        "embed": frozenset({Area.embed}),
        "audit": frozenset({Area.audit}),
        "issue": frozenset({Area.issuing}),
    }
)
"""What each permission of a token lets through of what its owner may do.

No token changes anything but embeds and receipts: beside "read", "issue" lets those be issued and mailed that its owner
may issue, and one's own.
"""
READ, ISSUE = "read", "issue"
