"""Lets a viewer through to the pages of one run, or shows why nobody is let through."""

from __future__ import annotations

import streamlit as st

from errors import HourbookError
from ui import entry, screens, sign_in, trail
from ui.entry import Entrance
from ui.session import VIEWER


def enter() -> Entrance:
    """Who is looking in this run; the session holds nobody until `admit` lets somebody through."""
    st.session_state.pop(VIEWER, None)
    return entry.enter()


def admit(entrance: Entrance) -> bool:
    """Leaves the viewer for the page and writes down that they came; False where a screen was shown instead."""
    try:
        trail.entered(entrance)
    except HourbookError as failure:
        screens.broken(failure)
        return False
    if entrance.viewer is None:
        sign_in.show(entrance)
        return False
    st.session_state[VIEWER] = entrance.viewer
    return True
