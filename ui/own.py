"""What the student's own pages share: whose hours, the links between the pages, and what is written down."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from access.viewer import Via
from errors import HourbookError
from ui import formats, languages, screens, sign_in, trail
from ui.choices import choose
from ui.entry import VIEW_AS, Entrance
from ui.navigation import OWN, has_menu, title
from ui.page import header
from ui.session import Here, require_viewer
from ui.text import _

CHILD = "student"


def begin(page: str) -> tuple[Here, dict[str, Any]]:
    """Gates one of the student's pages and draws its top; returns what it may ask with, and the student's card.

    Ends the run where there is nobody to see: an id outside the scope reads as one that does not exist.
    """
    here = require_viewer(page)
    students = _students(here)
    if not students:
        screens.titled(title(page))
        _nobody_to_see(here)
        st.stop()
    _links(page)
    student = students[_chosen(students)]
    is_other = student["student_id"] != here.viewer.user_id and here.viewer.via not in (Via.embed, Via.view_as)
    places = [formats.name(student)] if is_other else []
    places += [student["school_names"]] if student["school_names"] else []
    header(here, title(page), places=" · ".join(places) or formats.name(student), student=student)
    _write_down(here, student)
    return here, student


def end(here: Here) -> None:
    """The foot of a page: the language, and the way out where there is no menu."""
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute", key="own-foot"):
        if here.viewer.via is not Via.demo and not has_menu(Entrance(here.viewer)):
            languages.control()
            sign_in.sign_out_button(Entrance(here.viewer))


def _students(here: Here) -> dict[int, dict[str, Any]]:
    """The cards of the viewer and the viewer's children, by id."""
    cards = (here.ask("student_card", student_id=student_id).one() for student_id in here.viewer.student_ids)
    return {card["student_id"]: card for card in cards if card}


def _nobody_to_see(here: Here) -> None:
    if here.viewer.via is Via.view_as:
        screens.empty(_("There is no such student here."), _("Go back and look for the name or the e-mail."))
    else:
        screens.empty(
            _("There are no hours of yours here yet."),
            _("As soon as your school has entered you as a student, the next sync shows your hours here."),
        )


def _chosen(students: dict[int, dict[str, Any]]) -> int:
    """Oneself or one of the children; with one student there is nothing to choose."""
    names = {student_id: formats.name(student) for student_id, student in students.items()}
    first = next(iter(names))
    if len(names) == 1:
        return first
    chosen: int = choose(st.segmented_control, _("Whose hours"), names, key=CHILD, default=first, required=True)
    return chosen


def _links(page: str) -> None:
    """The student's pages beside each other; the one that is open is marked."""
    kept = {name: st.query_params[name] for name in (CHILD, languages.KEY, VIEW_AS) if name in st.query_params}
    with st.container(horizontal=True, vertical_alignment="center", key="own-links"):
        for name in OWN:
            if name == page:
                st.html(f'<span class="hb-here" aria-current="page">{escape(title(name))}</span>', width="content")
            else:
                st.page_link(f"{name}.py", label=title(name), query_params=kept)


def _write_down(here: Here, student: dict[str, Any]) -> None:
    try:
        if here.viewer.via is Via.view_as:
            trail.view_as_started(here, student)
        elif here.viewer.via is not Via.embed:
            trail.student_viewed(here, student)
    except HourbookError as failure:
        screens.broken(failure)
        st.stop()
