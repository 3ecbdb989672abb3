"""Answers what a balance is made of: the ledger's entries behind it, and the classes that used the hours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from pydantic import model_validator

import queries
from api import row_shapes, whose
from api.access_rules import ONE_STUDENT
from api.balance import standing, student_info, viewed
from api.calls import Answer, Asking, Call
from api.problems import FieldError, Kind, bad_values
from api.values import Day, Instant, described, one_of
from api.whose import OfStudent
from audit import Event


class AskedProof(OfStudent):
    """Whose, and as of when."""

    as_of: Instant | None = described("The entries effective by this instant of the past.", "2026-10-01T00:00:00Z")


class AskedUsage(OfStudent):
    """Whose, of which days, and by what."""

    group_by: one_of("day", "week", "month") = described(  # type: ignore[valid-type]
        "What one of the periods is; weeks begin on Monday.", "month", default="month"
    )
    date_from: Day | None = described("From this day of the school on, it included.", "2026-01-01")
    date_to: Day | None = described("Up to this day of the school, it included.", "2026-12-31")

    @model_validator(mode="after")
    def _in_order(self) -> AskedUsage:
        if self.date_from and self.date_to and self.date_from > self.date_to:
            raise ValueError("date_to: lies before date_from")
        return self


def _proof(asking: Asking, asked: AskedProof) -> Answer:
    if asked.as_of is not None and asked.as_of > asking.as_of:
        last = asking.as_of.isoformat()
        raise bad_values([FieldError("as_of", f"lies after {last}, up to which the books are known")])
    found = whose.find(asking, asked)
    first = standing(asking, found)[0]
    of = {"student_id": found.student_id, "as_of": asked.as_of}
    figures = queries.ask(asking.books, found.scope, "student_balance_as_of", **of).one()
    entries = queries.ask(asking.books, found.scope, "student_ledger", **of).as_dicts()
    body = {
        "student_info": student_info(first),
        "as_of": asked.as_of or asking.as_of,
        "figures": {name: hours for name, hours in figures.items() if name.startswith("hours_")},
        "entries": [_entry(row) for row in entries],
    }
    return Answer(body, viewed=viewed(found, first))


def _entry(row: Mapping[str, Any]) -> dict[str, Any]:
    names = (
        "entry_id", "kind", "effective_at", "effective_date", "package_id", "hours", "amount", "recorded_at",
        "source_table", "source_id", "session_id", "note",
    )
    return {**{name: row[name] for name in names}, "running_hours": row["running"]}


def _usage(asking: Asking, asked: AskedUsage) -> Answer:
    found = whose.find(asking, asked)
    first = standing(asking, found)[0]
    of = {"student_id": found.student_id, "from_date": asked.date_from, "through_date": asked.date_to}

    def ask(name: str, **more: Any) -> list[dict[str, Any]]:
        return queries.ask(asking.books, found.scope, name, **of, **more).as_dicts()

    periods = ask("student_usage_by_period", grain=asked.group_by)
    body = {
        "student_info": student_info(first),
        "group_by": asked.group_by,
        "total": _total(periods),
        "periods": periods,
        "by_teacher": ask("student_usage_by_teacher"),
        "by_session_type": ask("student_usage_by_session_type"),
    }
    return Answer(body, viewed=viewed(found, first))


def _total(periods: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    start: dict[str, Any] = {
        "classes": 0, "hours": Decimal(0), "classes_booked_ahead": 0, "hours_booked_ahead": Decimal(0)
    }
    for period in periods:
        start = {name: value + period[name] for name, value in start.items()}
    return start


CALLS = (
    Call(
        path="/student-balance/proof/",
        name="studentProof",
        summary="The entries behind a balance",
        description="Each figure is the sum of the entries of its kind: purchased, added, deducted, consumed (with "
        "overdrawn), reserved, returned, expired, extended, voided; remaining is the sum of all with a package.",
        access=ONE_STUDENT,
        asked=AskedProof,
        shape=row_shapes.Proof,
        work=_proof,
        problems=(Kind.NOT_FOUND, Kind.CONFLICT),
        from_snapshot=True,
        viewing=Event.PROOF_READ,
    ),
    Call(
        path="/student-balance/usage/",
        name="studentUsage",
        summary="Classes and hours of a student by period, teacher and kind",
        access=ONE_STUDENT,
        asked=AskedUsage,
        shape=row_shapes.Usage,
        work=_usage,
        problems=(Kind.NOT_FOUND, Kind.CONFLICT),
        from_snapshot=True,
    ),
)
