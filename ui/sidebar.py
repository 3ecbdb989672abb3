"""The sidebar: language, who is looking (in the demo school only), and which school."""

from __future__ import annotations

import streamlit as st

import queries
from access.scope import Scope
from errors import HourbookError
from ui.choices import choose
from ui.session import VIEWER, Viewer, books, current_settings, seen_schools
from ui.text import LANGUAGES, _, speak

BUSINESS = "business"


def sidebar() -> None:
    """Draws the sidebar and leaves the viewer in the session, or takes it away where nobody may look."""
    with st.sidebar:
        asked = st.session_state.get("lang") or st.query_params.get("lang") or "en"
        speak(asked)
        viewer = _picked_viewer() if _is_demo_school() else None
        if viewer:
            st.session_state[VIEWER] = viewer
            _school_picker(viewer)
        else:
            st.session_state.pop(VIEWER, None)
        choose(st.segmented_control, _("Language"), LANGUAGES, key="lang", default="en", required=True)


def _is_demo_school() -> bool:
    """Whether the books are an invented school's: the source itself says so; before the first sync, the settings."""
    try:
        snapshot = books().current()
        if snapshot is None:
            return current_settings().demo
        return bool(queries.ask(books(), Scope.business(), "sync").as_dicts()[0]["is_demo"])
    except HourbookError:
        return current_settings().demo


def _picked_viewer() -> Viewer:
    """Who are you? Stands in for signing in, in the demo school only."""
    labels = {BUSINESS: _("Business admin, all schools")}
    scopes = {BUSINESS: Scope.business()}
    try:
        snapshot = books().current()
        business = Viewer(labels[BUSINESS], Scope.business())
        for school in seen_schools(business, snapshot) if snapshot else ():
            key = f"school-{school.school_id}"
            labels[key] = _("Admin of {school}", school=school.name)
            scopes[key] = Scope.schools([school.school_id])
    except HourbookError:
        pass  # the page itself says why the books cannot be opened
    picked = choose(
        st.selectbox,
        _("Who are you?"),
        labels,
        key="as",
        default=BUSINESS,
        help=_("This is the demo school: nobody has to sign in."),
    )
    return Viewer(labels[picked], scopes[picked])


def _school_picker(viewer: Viewer) -> None:
    try:
        snapshot = books().current()
        schools = seen_schools(viewer, snapshot) if snapshot else ()
    except HourbookError:
        return
    if len(schools) < 2:
        st.session_state.pop("school", None)
        return
    names = {"all": _("All schools"), **{str(school.school_id): school.name for school in schools}}
    choose(st.selectbox, _("School"), names, key="school", default="all")
