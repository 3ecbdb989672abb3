"""The sidebar: who is looking, which school, the language, and signing out."""

from __future__ import annotations

import streamlit as st

from access.roles import Area, Role
from errors import HourbookError
from identity import DemoPerson
from ui import languages, sign_in
from ui.choices import choose
from ui.entry import BUSINESS, DEMO_PERSON, Entrance, demo_people
from ui.navigation import has_menu
from ui.session import SCHOOL, books, seen_schools
from ui.text import _

WIDEST = (Area.students, Area.usage)
"""The areas whose schools one may choose among, the one that shows most first."""


def sidebar(entrance: Entrance) -> None:
    """Draws the sidebar, where there is one: students have links on their pages instead."""
    if entrance.viewer is None or entrance.embedded or entrance.behind:
        return
    people = demo_people()
    with st.sidebar:
        if people:
            _person_picker(people)
        if has_menu(entrance):
            _school_picker(entrance)
        if people or has_menu(entrance):
            languages.control()
        if has_menu(entrance) and entrance.is_signed_in:
            st.caption(_("Signed in as {name}", name=entrance.viewer.name or entrance.viewer.key))
            sign_in.sign_out_button(entrance)


def role_title(role: Role) -> str:
    """A role's name."""
    return {
        Role.platform_staff: _("Business admin, all schools"),
        Role.school_owner: _("Owner"),
        Role.school_admin: _("Administrator"),
        Role.finance: _("Finance"),
        Role.school_staff: _("Front desk"),
        Role.teacher: _("Teacher"),
        Role.student: _("Student"),
        Role.parent: _("Parent"),
    }[role]


def _person_picker(people: dict[str, DemoPerson]) -> None:
    """Stands in for signing in, in an invented school only."""
    choose(
        st.selectbox,
        _("Who are you?"),
        {key: _facts(person) for key, person in people.items()},
        key=DEMO_PERSON,
        default=BUSINESS,
        help=_("This is an invented school: choose whom to be instead of signing in."),
    )


def _facts(person: DemoPerson) -> str:
    """Who somebody of the demo school is, in a line."""
    return " · ".join(part for part in (role_title(person.role), person.name, person.school) if part)


def _school_picker(entrance: Entrance) -> None:
    """Narrows every page to one school, for who sees several."""
    viewer = entrance.viewer
    scopes = [scope for area in WIDEST if viewer and (scope := viewer.scope(area))]
    try:
        snapshot = books().current()
        schools = seen_schools(scopes[0], snapshot) if snapshot and scopes else ()
    except HourbookError:
        return  # the page itself says why the books cannot be opened
    if len(schools) < 2:
        st.session_state.pop(SCHOOL, None)
        return
    names = {"all": _("All schools"), **{str(school.school_id): school.name for school in schools}}
    choose(st.selectbox, _("School"), names, key=SCHOOL, default="all")
