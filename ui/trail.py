"""Writes down what viewers do, as ids: once per browser session where the same thing happens at every run."""

from __future__ import annotations

from typing import Any

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError

import audit
from access.viewer import Via, Viewer
from audit import Event
from errors import HourbookError
from identity import NotAdmitted
from store.receipts import Receipt
from ui.entry import VIEW_AS, Closed, Entrance
from ui.session import Here, current_settings, engine


class TrailUnwritable(HourbookError):
    """The audit trail cannot be written; what would go unrecorded is not shown."""


_WRITTEN = "hourbook_written_down"
_SEEN_AS = "hourbook_seen_as"


def entered(entrance: Entrance) -> None:
    """Someone came in or was refused; that an embedded page was opened is written down where its nonce is spent."""
    viewer = entrance.behind or entrance.viewer
    if entrance.closed is Closed.not_admitted and isinstance(entrance.failure, NotAdmitted):
        who = entrance.failure.user_id
        reason = entrance.failure.reason.value
        actor = "nobody" if who is None else f"user:{who}"
        _once(Event.SIGN_IN_REFUSED, actor, details={"reason": reason})
    elif viewer is not None and viewer.via is not Via.embed:
        _once(Event.SESSION_STARTED, viewer.key, school_id=_school_of(viewer), details={"via": viewer.via.value})


def signed_out(entrance: Entrance) -> None:
    """Someone ends the sign-in."""
    person = entrance.behind or entrance.viewer
    _write(Event.SIGN_OUT, person.key if person else "nobody", school_id=_school_of(person) if person else None)


def view_as_started(here: Here, student: dict[str, Any]) -> None:
    """Someone looks as a student from now on, until another student's page is opened or `view_as_ended`."""
    seen = (here.viewer.key, student["student_id"], school_of(here, student))
    if st.session_state.get(_SEEN_AS) != seen:
        view_as_ended()
        st.session_state[VIEW_AS] = str(student["student_id"])
        st.session_state[_SEEN_AS] = seen
        _write(Event.VIEW_AS_STARTED, seen[0], student_id=seen[1], school_id=seen[2])


def view_as_ended() -> None:
    """The page of a student is left."""
    st.session_state.pop(VIEW_AS, None)
    seen = st.session_state.pop(_SEEN_AS, None)
    if seen:
        _write(Event.VIEW_AS_ENDED, seen[0], student_id=seen[1], school_id=seen[2])


def student_viewed(here: Here, student: dict[str, Any]) -> None:
    """A student's figures were opened by someone else than the student."""
    if student["student_id"] != here.viewer.user_id and here.viewer.via is not Via.view_as:
        school_id = school_of(here, student)
        _once(Event.STUDENT_VIEWED, here.viewer.key, school_id=school_id, student_id=student["student_id"])


def exported(here: Here, what: str, rows: int, student_id: int | None = None, **more: Any) -> None:
    """A file was handed out: `what` is the question or the report it answers."""
    school = here.school or (here.schools[0] if len(here.schools) == 1 else None)
    details = {"question": what, "rows": rows, **more}
    school_id = school.school_id if school else None
    _write(Event.EXPORTED, here.viewer.key, school_id=school_id, student_id=student_id, details=details)


def document_seen(here: Here, receipt: Receipt) -> None:
    """A document was shown on the screen: written down once per browser session."""
    _once(Event.DOWNLOADED, here.viewer.key, **_about(receipt), details={"shown": True})


def document_downloaded(here: Here, receipt: Receipt) -> None:
    """A document was handed out as a file."""
    _write(Event.DOWNLOADED, here.viewer.key, **_about(receipt), details={"form": "pdf"})


def _about(receipt: Receipt) -> dict[str, Any]:
    return {"school_id": receipt.school_id, "student_id": receipt.student_id, "object": f"receipt:{receipt.id}"}


def school_of(here: Here, student: dict[str, Any]) -> int | None:
    """The school in whose trail a look at a student stands: the chosen one, else the student's first that is seen."""
    seen = {school.school_id for school in here.schools}
    theirs = [school_id for school_id in student["school_ids"] if school_id in seen]
    if here.school and here.school.school_id in theirs:
        return here.school.school_id
    return theirs[0] if theirs else None


def changed(here: Here, event: Event, **facts: Any) -> None:
    """A setting was changed, or an access ended, by this viewer."""
    _write(event, here.viewer.key, **facts)


def _school_of(viewer: Viewer) -> int | None:
    """The school in whose trail a sign-in stands, where it is one."""
    schools = {school_id for school_id, _role in viewer.school_roles} | set(viewer.only_schools or ())
    return schools.pop() if len(schools) == 1 else None


def _once(event: Event, actor: str, **facts: Any) -> None:
    """Writes the same event down once per browser session."""
    written = st.session_state.setdefault(_WRITTEN, set())
    mark = (event.value, actor, facts.get("student_id"), facts.get("object"))
    if mark not in written:
        _write(event, actor, **facts)
        written.add(mark)


def _write(event: Event, actor: str, **facts: Any) -> None:
    try:
        audit.record(engine(), event=event, actor=actor, now=current_settings().clock(), **facts)
    except SQLAlchemyError as error:
        raise TrailUnwritable(
            "What happens here cannot be written down, so nothing is shown: our own database does not answer or has "
            "not been set up. Check HOURBOOK_STORE_URL; `./hourbook doctor` tries it."
        ) from error
