"""States who may open which page: a page without a rule here cannot be added, for a test reads the folder of pages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from access.roles import Area
from access.viewer import Viewer

PAGES: Mapping[str, Area | None] = MappingProxyType(
    {
        "sign_in": None,
        "overview": Area.students,
        "balances": Area.students,
        "student": Area.students,
        "usage": Area.usage,
        "expirations": Area.expirations,
        "health": Area.health,
        "my_hours": Area.own,
        "history": Area.own,
        "check": Area.own,
        "audit": Area.audit,
        "access": Area.settings,
    }
)
"""The area each page belongs to; None for a page that anybody may open."""


def may_open(page: str, viewer: Viewer | None) -> bool:
    """A viewer, or nobody in particular, may open the page. A page without a rule is closed to all."""
    if page not in PAGES:
        return False
    area = PAGES[page]
    return area is None or (viewer is not None and viewer.may(area))
