"""The sidebar: language, who is looking (in the demo school only), and which school."""

from __future__ import annotations

import streamlit as st

from access.scope import Scope
from errors import HourbookError
from ui.session import VIEWER, Viewer, books, current_settings, seen_schools
from ui.text import LANGUAGES, _, speak

BUSINESS = "business"


def sidebar() -> None:
    """Draws the sidebar and leaves the viewer in the session, or takes it away where nobody may look."""
    with st.sidebar:
        language = st.session_state.get("lang") or "en"
        speak(language)
        viewer = _picked_viewer() if current_settings().demo else None
        if viewer:
            st.session_state[VIEWER] = viewer
            _school_picker(viewer)
        else:
            st.session_state.pop(VIEWER, None)
        st.segmented_control(
            _("Language"),
            list(LANGUAGES),
            format_func=LANGUAGES.__getitem__,
            key="lang",
            default="en",
            required=True,
            bind="query-params",
        )


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
    picked = st.selectbox(
        _("Who are you?"),
        list(labels),
        format_func=lambda key: labels.get(key, key),
        key="as",
        help=_("This is the demo school: nobody has to sign in."),
        bind="query-params",
    )
    picked = picked if picked in scopes else BUSINESS
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
    st.selectbox(
        _("School"), list(names), format_func=lambda key: names.get(key, key), key="school", bind="query-params"
    )
