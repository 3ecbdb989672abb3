"""Finds a student by name, e-mail or id, where no student is chosen yet."""

from __future__ import annotations

import streamlit as st

from ui import formats, screens, tables
from ui.session import Here
from ui.text import _


def find(here: Here, *, missing: str = "") -> None:
    """A search box and what it finds. `missing` is an id that does not exist within the viewer's scope."""
    if missing:
        screens.empty(_("There is no student {id} here.", id=missing[:20]), _("Look for the name or the e-mail."))
    wanted = st.text_input(_("Find a student"), key="find", placeholder=_("Name, e-mail or id"), max_chars=200).strip()
    if not wanted:
        st.caption(_("Type a part of the name, the whole e-mail, or the id."))
        return
    answer = here.ask("students_found", search=wanted)
    rows = answer.as_dicts()
    if not rows:
        screens.empty(_("No student matches."), _("Try another spelling, or the e-mail."))
        return
    tables.show_students(
        [
            tables.text(_("Student"), map(formats.name, rows)),
            tables.text(_("E-mail"), answer.column("email")),
            tables.text(_("School"), answer.column("school_names")),
        ],
        answer.column("student_id"),
        key="found",
        alt=_("Students found. A click opens the student."),
    )
