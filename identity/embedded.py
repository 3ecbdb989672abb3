"""Makes a viewer of an embedded page: the one student it was opened for, and nobody else."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from access.viewer import Via, Viewer
from identity import people
from store import embeds

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from identity.people import Books
    from settings import Settings


def by_embed(engine: Engine, books: Books, settings: Settings, session_secret: str, now: datetime) -> Viewer | None:
    """The viewer of an embedded page's session.

    None where the session has ended, and where the student is switched off on the platform by now.
    """
    session = embeds.session(engine, session_secret, now)
    if session is None:
        return None
    person = people.find(books, session.student_id)
    if person is None or not person["is_active"] or not person["is_student"]:
        return None
    return Viewer(
        key=f"embed:{session.id}",
        user_id=None,
        name=person["name"],
        via=Via.embed,
        student_ids=(session.student_id,),
        only_schools=session.only_schools,
        language=session.locale,
    )
