"""Knows in whose name a message is written, in which language, and to whom at the school's students."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

import queries
from access.scope import Scope
from reports.receipts.school_settings import ReceiptSettings, receipt_settings

WHOLE = Scope.business()
"""The worker serves every school; whom a message may reach is decided by what it is about."""


@dataclass(frozen=True, kw_only=True)
class School:
    """A school as its messages show it; without an id, the business as a whole."""

    school_id: int | None
    name: str
    timezone: str
    language: str
    color: str | None
    reply_to: str | None
    settings: ReceiptSettings

    def day_of(self, instant: datetime) -> date:
        """The school's day at an instant."""
        return instant.astimezone(ZoneInfo(self.timezone)).date()


def schools(engine: Engine, books: queries.Snapshots, school_id: int | None = None) -> list[School]:
    """Every school, or one."""
    rows = queries.ask(books, WHOLE, "school_letterhead", school_id=school_id).as_dicts()
    return [_school(engine, row) for row in rows]


def _school(engine: Engine, row: dict[str, Any]) -> School:
    chosen = receipt_settings(engine, row["school_id"])
    language = chosen.language or (row["language"] or "")[:2].lower()
    return School(
        school_id=row["school_id"], name=row["name"] or "Hourbook", timezone=row["timezone"] or "UTC",
        language="pt" if language == "pt" else "en", color=row["primary_color"], reply_to=row["contact_email"],
        settings=chosen,
    )


def people(books: queries.Snapshots, student_ids: Iterable[int], school_id: int) -> dict[int, list[dict[str, Any]]]:
    """Who is written to about each of these students, each address once, the student first."""
    ids = tuple(sorted(set(student_ids)))
    found: dict[int, list[dict[str, Any]]] = {}
    if not ids:
        return found
    rows: Sequence[dict[str, Any]] = queries.ask(
        books, WHOLE, "people_of_students", student_ids=ids, school_id=school_id,
    ).as_dicts()
    for row in rows:
        known = found.setdefault(row["student_id"], [])
        address = (row["email"] or "").strip().casefold()
        if not any(address and address == (one["email"] or "").strip().casefold() for one in known):
            known.append(row)
    return found
