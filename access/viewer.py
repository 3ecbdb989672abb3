"""Holds who looks: one value made from the platform's people, which says what may be opened and what is seen there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from access.roles import AREAS, PERMISSIONS, SEES_MONEY, Area, Role, Via
from access.scope import Scope

__all__ = ["Area", "Role", "Via", "Viewer"]


@dataclass(frozen=True)
class Viewer:
    """A person, an embedded page or a service that looks, with everything that decides what it may see."""

    key: str
    """Who is written down in the audit: "user:12", "token:3", "embed:9", "demo:business"."""
    user_id: int | None
    name: str
    via: Via
    is_platform_staff: bool = False
    school_roles: tuple[tuple[int, Role], ...] = ()
    """(school_id, role) of every active membership, and of every school whose money is this person's to see."""
    student_ids: tuple[int, ...] = ()
    """Oneself as a student, and one's children."""
    teacher_ids: tuple[int, ...] = ()
    only_schools: tuple[int, ...] | None = None
    """Nothing outside these schools, whatever the roles say (bounds of a token or an embedded page)."""
    permissions: frozenset[str] | None = None
    """Nothing but this of what the roles open (bounds of a token); None: all of it."""
    language: str | None = None

    def may(self, area: Area) -> bool:
        """The area is open to this viewer."""
        return self.scope(area) is not None

    def scope(self, area: Area) -> Scope | None:
        """What the viewer sees in an area; None where it is closed.

        Where schools and classes taught would both open it, the schools do: they show more.
        """
        if not self._permitted(area):
            return None
        if area is Area.own:
            return Scope.students(self.student_ids, schools=self.only_schools) if self.student_ids else None
        if self.is_platform_staff and area in AREAS[Role.platform_staff]:
            return Scope.business() if self.only_schools is None else Scope.schools(self.only_schools)
        schools = self._schools_with(role for role in AREAS if area in AREAS[role] and role is not Role.teacher)
        if schools:
            return Scope.schools(schools, money=self._schools_with(SEES_MONEY))
        taught_at = self._schools_with([Role.teacher]) if area in AREAS[Role.teacher] else ()
        if taught_at and self.teacher_ids:
            return Scope.teaching(self.teacher_ids, schools=taught_at)
        return None

    def permits(self, permission: str) -> bool:
        """What lets the viewer in is not bound, or is bound to this too."""
        return self.permissions is None or permission in self.permissions

    @property
    def roles(self) -> frozenset[Role]:
        """Every role the viewer has anywhere; as somebody else, that person's only."""
        found = {role for school_id, role in self.school_roles if self._within(school_id)}
        found -= {Role.student, Role.parent}  # what counts is whose pages they open
        if self.is_platform_staff:
            found.add(Role.platform_staff)
        own = self.via in (Via.view_as, Via.embed)
        if self.student_ids and (own or self.user_id in self.student_ids):
            found.add(Role.student)
        if not own and any(student_id != self.user_id for student_id in self.student_ids):
            found.add(Role.parent)
        return frozenset(found)

    @property
    def sees_business(self) -> bool:
        """Every school, and the rows of none."""
        return self.is_platform_staff and self.only_schools is None

    def as_student(self, student_id: int, key: str) -> Viewer | None:
        """The viewer who sees just the page of this student, read only, as far as this viewer's schools go.

        None for who may not view as others. A student outside those schools is seen without a row. `key` is who is
        written down in the audit.
        """
        scope = self.scope(Area.view_as)
        if scope is None:
            return None
        return replace(
            self,
            key=key,
            via=Via.view_as,
            is_platform_staff=False,
            school_roles=(),
            student_ids=(student_id,),
            teacher_ids=(),
            only_schools=None if scope == Scope.business() else scope.ids,
            permissions=frozenset({"read"}),
        )

    def _permitted(self, area: Area) -> bool:
        if self.permissions is None:
            return area is not Area.embed
        return any(area in PERMISSIONS.get(name, ()) for name in self.permissions)

    def _schools_with(self, roles: Iterable[Role]) -> tuple[int, ...]:
        wanted = frozenset(roles)
        return tuple(
            sorted({school_id for school_id, role in self.school_roles if role in wanted and self._within(school_id)})
        )

    def _within(self, school_id: int) -> bool:
        return self.only_schools is None or school_id in self.only_schools
