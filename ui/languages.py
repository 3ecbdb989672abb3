"""Decides which language a viewer reads, and lets them change it."""

from __future__ import annotations

import streamlit as st

from access.roles import Role
from access.viewer import Area, Viewer
from errors import HourbookError
from ui.choices import choose
from ui.entry import Entrance
from ui.session import books, seen_schools
from ui.text import LANGUAGES, _, speak

KEY = "lang"
_PREFERRED = "hourbook_preferred_language"


def listen(entrance: Entrance) -> None:
    """Speaks what the viewer chose, else what the address asks for, else what suits the viewer."""
    preferred = _preferred(entrance)
    before = st.session_state.get(_PREFERRED)
    if before not in (None, preferred) and st.session_state.get(KEY) == before:
        st.session_state[KEY] = preferred  # someone else looks now, and nobody had chosen
    st.session_state[_PREFERRED] = preferred
    asked = st.session_state.get(KEY) or st.query_params.get(KEY)
    speak(asked if asked in LANGUAGES else preferred)


def control() -> None:
    """Languages, each under its own name."""
    choose(
        st.segmented_control,
        _("Language"),
        LANGUAGES,
        key=KEY,
        default=st.session_state.get(_PREFERRED, "en"),
        required=True,
    )


def _preferred(entrance: Entrance) -> str:
    viewer = entrance.behind or entrance.viewer  # who looks as a student reads on in their own language
    candidates = [viewer.language if viewer else None, _of_school(viewer) if viewer else None, st.context.locale, "en"]
    return next(code for code in (_known(candidate) for candidate in candidates) if code)


def _of_school(viewer: Viewer) -> str | None:
    """Students and parents read their school's language; who works there, the browser's."""
    scope = viewer.scope(Area.own)
    if scope is None or viewer.roles - {Role.student, Role.parent}:
        return None
    try:
        snapshot = books().current()
        schools = seen_schools(scope, snapshot) if snapshot else ()
    except HourbookError:
        return None  # the page itself says why the books cannot be opened
    return schools[0].language if schools else None


def _known(tag: str | None) -> str | None:
    """The language of a tag such as pt-PT, where the screens speak it."""
    code = (tag or "").replace("_", "-").split("-")[0].lower()
    return code if code in LANGUAGES else None
