"""States who may make a call. Every call has one of these; a test fails where one has none."""

from __future__ import annotations

from dataclasses import dataclass

from access.roles import ISSUE, READ
from access.viewer import Area, Via, Viewer


@dataclass(frozen=True)
class Access:
    """Open to everybody, or to whom at least one of these areas is open; a token may need permissions beside it."""

    areas: tuple[Area, ...] = ()
    permissions: tuple[str, ...] = ()

    @property
    def is_public(self) -> bool:
        """Needs no token."""
        return not self.areas

    def admits(self, viewer: Viewer) -> bool:
        """The viewer may make the call."""
        permitted = all(viewer.permits(one) for one in self.permissions)
        return permitted and any(viewer.may(area) for area in self.areas)

    def key(self, viewer: Viewer) -> str:
        """What the viewer sees by way of this call, as text: equal keys get equal answers."""
        scopes = (viewer.scope(area) for area in self.areas)
        return "|".join("-" if scope is None else scope.key for scope in scopes)


PUBLIC = Access()
ONE_STUDENT = Access((Area.own, Area.students))
"""One's own figures or a child's; a student's of one's schools."""
STUDENTS = Access((Area.students,))
RECEIPTS = Access((Area.own, Area.money))
"""One's own receipts or a child's; those of schools whose money one sees."""
ISSUING = Access((Area.own, Area.issuing), (READ, ISSUE))
"""One's own purchases or a child's; those of schools that one runs."""
AUDIT = Access((Area.audit,))
EMBED = Access((Area.embed,))

VISITOR = Viewer(key="visitor", user_id=None, name="", via=Via.token, permissions=frozenset())
"""Whoever makes a public call: nothing else is open to them."""
