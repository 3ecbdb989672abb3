"""Writes down who looked at whose figures by the API."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine

import audit
from access.viewer import Viewer
from audit import Event

FRESH = timedelta(minutes=5)
"""Looking again within this time is the same look: a program that asks every second would drown the others."""
MOST_FRESH = 50_000


@dataclass(frozen=True)
class Viewed:
    """A student that somebody else looks at, and the school by which they may."""

    student_id: int
    school_id: int | None


class Trail:
    """The looks of one process; they are kept in the audit log, here only the latest, so as not to repeat them."""

    def __init__(self, engine: Engine) -> None:
        self._log = audit.Gathering(engine)
        self._looks: dict[tuple[Event, str, Viewed], datetime] = {}
        self._lock = threading.Lock()

    def is_fresh(self, event: Event, viewer: Viewer, viewed: Viewed, now: datetime) -> bool:
        """This look was written down a moment ago."""
        seen = self._looks.get((event, viewer.key, viewed))
        return seen is not None and now - seen < FRESH

    def write(self, event: Event, viewer: Viewer, viewed: Viewed, now: datetime) -> None:
        """Writes the look down, unless it is fresh. Where it cannot be written, nothing is shown."""
        if self.is_fresh(event, viewer, viewed, now):
            return
        self._log.record(audit.Said(
            event=event, actor=viewer.key, now=now, school_id=viewed.school_id, student_id=viewed.student_id,
            details={"via": "api"},
        ))
        with self._lock:
            if len(self._looks) >= MOST_FRESH:
                self._looks.clear()
            self._looks[(event, viewer.key, viewed)] = now
