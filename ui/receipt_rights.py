"""Whose receipts a viewer of the page sees, and where the viewer may issue and send them.

Finance persons change nothing: they read, check and download. Issuing and sending is for who runs the school.
"""

from __future__ import annotations

from access.scope import Reach
from access.viewer import Area
from ui.session import Here


def schools_seen(here: Here) -> list[int] | None:
    """The schools whose receipts the page shows, for our own tables; None for all of them."""
    if here.school:
        return [here.school.school_id]
    return every_school(here)


def every_school(here: Here) -> list[int] | None:
    """The schools whose receipts the viewer may open, whichever is chosen; None for all of them."""
    return None if here.scope.reach is Reach.BUSINESS else [school.school_id for school in here.schools]


def one_school(here: Here) -> int | None:
    """The school chosen, or the only one there is; None for several."""
    if here.school:
        return here.school.school_id
    return here.schools[0].school_id if len(here.schools) == 1 else None


def is_clear(here: Here) -> bool:
    """What is done for "all schools" is done for exactly the schools that the viewer sees."""
    return one_school(here) is not None or here.scope.reach is Reach.BUSINESS


def may_issue(here: Here, school_id: int | None) -> bool:
    """The viewer may issue and send receipts of this school; without one, of the whole business."""
    scope = here.viewer.scope(Area.issuing)
    if scope is None or scope.reach not in (Reach.BUSINESS, Reach.SCHOOLS):
        return False
    return scope.reach is Reach.BUSINESS or (school_id is not None and school_id in scope.ids)
