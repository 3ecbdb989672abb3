"""Lets one choose whom to be, in an invented school only."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import queries
from access.roles import Role
from access.scope import Scope
from access.viewer import Via, Viewer
from identity import people
from identity.errors import NotAdmitted, Reason

if TYPE_CHECKING:
    from identity.people import Books
    from settings import Settings

BUSINESS_KEY = "demo:business"

_ORDER = list(Role)


@dataclass(frozen=True)
class DemoPerson:
    """Somebody to be: `user_id` is None for the one who sees the whole business and is no user."""

    role: Role
    name: str
    school: str | None
    user_id: int | None


def demo_people(books: Books, settings: Settings) -> list[DemoPerson]:
    """Whom one may be: the business, and the first person of each role. Empty unless the school is an invented one."""
    if not people.is_demo(books):
        return []
    found = [DemoPerson(Role.platform_staff, "", None, None)]
    found += [
        DemoPerson(Role(row["role"]), row["name"], row["school_name"], row["user_id"])
        for row in queries.ask(books, Scope.business(), "first_of_each_role").as_dicts()
        if row["role"] in set(Role) - {Role.platform_staff}
    ]
    found += _finance_people(books, settings)
    return sorted(found, key=lambda person: _ORDER.index(person.role))


def by_demo(books: Books, settings: Settings, user_id: int | None) -> Viewer:
    """The viewer that was chosen; None is the whole business. Raises NotAdmitted in a real school."""
    if not people.is_demo(books):
        raise NotAdmitted(Reason.no_demo)
    if user_id is None:
        return Viewer(key=BUSINESS_KEY, user_id=None, name="", via=Via.demo, is_platform_staff=True)
    return people.by_user_id(books, settings, user_id, Via.demo)


def _finance_people(books: Books, settings: Settings) -> list[DemoPerson]:
    """The first person whose schools' money the settings open."""
    schools = queries.ask(books, Scope.business(), "schools").as_dicts()
    names = {school["school_id"]: school["name"] for school in schools}
    for entry in settings.finance or people.FINANCE_OF_THE_DEMO:
        who = entry.partition(":")[0]
        ids = [int(who)] if who.isdecimal() else people.with_email(books, who)
        for user_id in ids:
            with suppress(NotAdmitted):
                viewer = people.by_user_id(books, settings, user_id, Via.demo)
                for school_id in (school_id for school_id, role in viewer.school_roles if role is Role.finance):
                    return [DemoPerson(Role.finance, viewer.name, names.get(school_id), user_id)]
    return []
