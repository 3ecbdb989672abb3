"""Looking as a student: the way in from the student's page, the banner while it lasts, and the way back."""

from __future__ import annotations

from html import escape

import streamlit as st

import queries
from access.viewer import Area
from ui import formats, trail
from ui.entry import VIEW_AS, Entrance
from ui.session import Here, books
from ui.text import _


def start_button(here: Here, student_id: int) -> None:
    """For who may: opens exactly the pages that the student has."""
    if here.viewer.may(Area.view_as) and st.button(_("See what the student sees"), key="view-as"):
        st.switch_page("my_hours.py", query_params={VIEW_AS: str(student_id)})


def banner(entrance: Entrance) -> None:
    """Says as whom one looks, over every page, for as long as it lasts."""
    if entrance.behind is None or entrance.viewer is None:
        return
    student_id = entrance.viewer.student_ids[0]
    student = _card(entrance, student_id)
    said = (
        _("You see what {name} sees. Nothing can be changed here.", name=formats.name(student))
        if student
        else _("You look as a student who is not here.")
    )
    with st.container(horizontal=True, vertical_alignment="center", key="view-as-banner"):
        st.html(f'<p class="hb-as" role="status">{escape(said)}</p>', width="stretch")
        if st.button(_("Back to your own pages"), key="leave-view-as"):
            trail.view_as_ended()
            st.switch_page("student.py", query_params={"student": str(student_id)} if student else None)
    if student:
        st.query_params[VIEW_AS] = str(student_id)


def _card(entrance: Entrance, student_id: int) -> dict[str, object]:
    scope = entrance.viewer.scope(Area.own) if entrance.viewer else None
    if scope is None or books().current() is None:
        return {}
    return queries.ask(books(), scope, "student_card", student_id=student_id).one()
