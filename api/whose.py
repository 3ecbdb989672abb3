"""Finds the student a call is about, and the scope in which the viewer sees that student."""

from __future__ import annotations

from dataclasses import dataclass

import queries
from access.scope import Scope
from access.viewer import Area
from api.calls import Asking
from api.problems import FieldError, Kind, Problem, bad_values, no_such_student
from api.reading import Asked
from api.values import Email, Id, described


class OfStudent(Asked):
    """How a student is named: by e-mail, by id, or not at all for oneself."""

    email: Email | None = described(
        "The student's e-mail, in any case. Left out: oneself, or one's only child.", "maria.silva@example.com"
    )
    student_id: Id | None = described("The student's id, in place of the e-mail.")


@dataclass(frozen=True)
class Whose:
    """A student, seen within a scope. ``is_own``: oneself or one's child."""

    student_id: int
    scope: Scope
    is_own: bool


def find(asking: Asking, named: OfStudent, others: Area = Area.students) -> Whose:
    """The student meant, within this area where it is somebody else. Raises Problem where none, or several, can be."""
    return _chosen(asking, named, asking.viewer.scope(Area.own), asking.viewer.scope(others))


def find_for_embed(asking: Asking, named: OfStudent) -> Whose:
    """The student whose page shall be opened elsewhere."""
    return _chosen(asking, named, None, asking.viewer.scope(Area.embed))


def _chosen(asking: Asking, named: OfStudent, own: Scope | None, others: Scope | None) -> Whose:
    place = type(named).place
    if named.email is not None and named.student_id is not None:
        raise bad_values([FieldError("student_id", "is given beside email; give one of them", place)])
    if named.student_id is not None:
        candidates = [named.student_id]
    elif named.email is not None:
        candidates = _with_email(asking, named.email, own, others)
    else:
        candidates = [_oneself(asking, own, place)]
    if not candidates:
        raise no_such_student()
    if len(candidates) > 1:
        ids = " or ".join(f"student_id={one}" for one in candidates)
        raise Problem(Kind.CONFLICT, f"Several students have this e-mail, written differently. Ask with {ids}.")
    student_id = candidates[0]
    if own is not None and student_id in own.ids:
        return Whose(student_id, own, is_own=True)
    if others is None:
        raise no_such_student()
    return Whose(student_id, others, is_own=False)


def _with_email(asking: Asking, email: str, own: Scope | None, others: Scope | None) -> list[int]:
    found: set[int] = set()
    for scope in (own, others):
        if scope is not None:
            found |= set(queries.ask(asking.books, scope, "students_with_email", email=email).column("student_id"))
    return sorted(found)


def _oneself(asking: Asking, own: Scope | None, place: str) -> int:
    viewer = asking.viewer
    if own is not None and viewer.user_id in own.ids:
        return int(viewer.user_id or 0)
    if own is not None and len(own.ids) == 1:
        return own.ids[0]
    if own is not None and own.ids:
        children = ", ".join(map(str, own.ids))
        raise bad_values([FieldError("student_id", f"is needed: choose one of your children, {children}", place)])
    raise bad_values([FieldError("student_id", "or email is needed: name the student", place)])
