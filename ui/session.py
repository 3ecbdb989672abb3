"""Gates every page: who looks, at which snapshot, of which school, and how far they see on it.

A page begins with `require_viewer("its own name")`. It returns what the page may ask with, or shows why there is
nothing to see and ends the run. Who looks is decided by the router at the beginning of the same run (`ui/entry.py`): a
page reached in any other way has no viewer and shows nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st
from sqlalchemy import Engine

import queries
import settings
import store
import warehouse
from access.rules import PAGES, may_open
from access.scope import Scope
from access.viewer import Viewer
from errors import HourbookError
from ui import screens
from ui.text import _

VIEWER = "hourbook_viewer"
"""Where the router leaves the viewer for the page of the same run."""

SCHOOL = "school"


@dataclass(frozen=True)
class School:
    """A school the viewer may see."""

    school_id: int
    name: str
    timezone: str
    currency: str
    language: str | None = None


@dataclass(frozen=True)
class Here:
    """One run of a page: the viewer, how far they see on it, the snapshot of every figure, the school chosen."""

    viewer: Viewer
    scope: Scope
    snapshot: warehouse.SnapshotRef
    books: warehouse.Pinned
    schools: tuple[School, ...]
    school: School | None
    zone: str
    now: datetime

    def ask(self, question: str, /, **params: Any) -> queries.Answer:
        """Asks within what the viewer sees on this page."""
        return queries.ask(self.books, self.scope, question, **params)

    def ask_school(self, question: str, /, **params: Any) -> queries.Answer:
        """Asks within what the viewer sees on this page, of the chosen school."""
        return self.ask(question, school_id=self.school.school_id if self.school else None, **params)

    @property
    def sees_money(self) -> bool:
        """Some amounts are the viewer's to see; where none are, their columns and cards are left out."""
        return self.scope.sees_money

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


def engine() -> Engine:
    """Our own tables: embedded sessions, tokens, the audit trail."""
    return store.engine(current_settings().store_url)


def require_viewer(page: str) -> Here:
    """What `page` may ask with. Ends the run with a screen of its own where there is nothing to show."""
    viewer = st.session_state.get(VIEWER)
    if not isinstance(viewer, Viewer):
        screens.nobody()
        st.stop()
    area = PAGES.get(page)
    scope = viewer.scope(area) if area else None
    if scope is None or not may_open(page, viewer):
        screens.not_allowed()
        st.stop()
    try:
        here = _here(viewer, scope)
    except HourbookError as failure:
        screens.broken(failure)
        st.stop()
    if here is None:
        screens.no_snapshot(books().last_sync() if viewer.sees_business else None)
        st.stop()
    return here


def seen_schools(scope: Scope, snapshot: warehouse.SnapshotRef) -> tuple[School, ...]:
    """The schools of a scope, by name."""
    answer = queries.ask(books().pinned(snapshot), scope, "schools")
    return tuple(
        School(row["school_id"], row["name"], row["timezone"], row["currency"], row["language"])
        for row in answer.as_dicts()
    )


def _here(viewer: Viewer, scope: Scope) -> Here | None:
    snapshot = books().current()
    if snapshot is None:
        return None
    schools = seen_schools(scope, snapshot)
    chosen = st.session_state.get(SCHOOL)
    school = next((school for school in schools if str(school.school_id) == chosen), None)
    only = school or (schools[0] if len(schools) == 1 else None)
    return Here(
        viewer=viewer,
        scope=scope,
        snapshot=snapshot,
        books=books().pinned(snapshot),
        schools=schools,
        school=school,
        zone=only.timezone if only else current_settings().timezone,
        now=current_settings().clock(),
    )
