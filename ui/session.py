"""Knows, for one run of a page, who is looking, at which snapshot, of which school; and gates every page.

A page begins with `require_viewer()`. It returns what the page may ask with, or shows why there is nothing to see and
ends the run. Signing in comes from the router alone: a page reached in any other way has no viewer and shows nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

import queries
import settings
import warehouse
from access.scope import Scope
from errors import HourbookError
from ui import screens
from ui.text import _, speak

VIEWER = "hourbook_viewer"
"""Where the router leaves the viewer for the pages of the same session."""


@dataclass(frozen=True)
class Viewer:
    """Someone who looks at the screens, and how far they see."""

    label: str
    scope: Scope

    @property
    def sees_business(self) -> bool:
        """Sees all schools, and what belongs to none of them."""
        return self.scope == Scope.business()


@dataclass(frozen=True)
class School:
    """A school the viewer may see."""

    school_id: int
    name: str
    timezone: str
    currency: str


@dataclass(frozen=True)
class Here:
    """One run of a page: the viewer, the snapshot every figure of it belongs to, and the school chosen, if any."""

    viewer: Viewer
    snapshot: warehouse.SnapshotRef
    books: warehouse.Pinned
    schools: tuple[School, ...]
    school: School | None
    zone: str
    now: datetime

    def ask(self, question: str, /, **params: Any) -> queries.Answer:
        """Asks within the viewer's scope."""
        return queries.ask(self.books, self.viewer.scope, question, **params)

    def ask_school(self, question: str, /, **params: Any) -> queries.Answer:
        """Asks within the viewer's scope and of the chosen school."""
        return self.ask(question, school_id=self.school.school_id if self.school else None, **params)

    @property
    def as_of(self) -> datetime:
        """The instant that every figure is as of."""
        return self.snapshot.as_of or self.now

    @property
    def today(self) -> date:
        """The day of the snapshot, where the viewer's school is."""
        return self.as_of.astimezone(ZoneInfo(self.zone)).date()

    @property
    def places(self) -> str:
        """Whose figures these are, in words."""
        if self.school:
            return self.school.name
        return self.schools[0].name if len(self.schools) == 1 else _("all schools")


@cache
def current_settings() -> settings.Settings:
    """The settings, read once per process."""
    return settings.load()


def books() -> warehouse.Warehouse:
    """The warehouse that the settings name."""
    return warehouse.open(current_settings().warehouse)


def require_viewer() -> Here:
    """What the page may ask with. Ends the run with a screen of its own where there is nothing to show."""
    viewer = st.session_state.get(VIEWER)
    speak(st.session_state.get("lang") or "en")
    if not isinstance(viewer, Viewer):
        screens.nobody()
        st.stop()
    try:
        here = _here(viewer)
    except HourbookError as failure:
        screens.broken(failure)
        st.stop()
    if here is None:
        screens.no_snapshot(books().last_sync() if viewer.sees_business else None)
        st.stop()
    return here


def seen_schools(viewer: Viewer, snapshot: warehouse.SnapshotRef) -> tuple[School, ...]:
    """The schools of the viewer's scope, by name."""
    answer = queries.ask(books().pinned(snapshot), viewer.scope, "schools")
    return tuple(School(row["school_id"], row["name"], row["timezone"], row["currency"]) for row in answer.as_dicts())


def _here(viewer: Viewer) -> Here | None:
    snapshot = books().current()
    if snapshot is None:
        return None
    schools = seen_schools(viewer, snapshot)
    chosen = st.session_state.get("school")
    school = next((school for school in schools if str(school.school_id) == chosen), None)
    only = school or (schools[0] if len(schools) == 1 else None)
    return Here(
        viewer=viewer,
        snapshot=snapshot,
        books=books().pinned(snapshot),
        schools=schools,
        school=school,
        zone=only.timezone if only else current_settings().timezone,
        now=current_settings().clock(),
    )
