"""Answers what people who run a school ask: the balances of their students, and who did what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import model_validator

import audit
import queries
from access.scope import Reach
from access.viewer import Area
from api import paging, row_shapes
from api.access_rules import AUDIT, STUDENTS
from api.calls import Answer, Asking, Call
from api.listing import cursor_shape, page_shape
from api.paging import Paged
from api.problems import Kind, Problem
from api.reading import Asked
from api.values import Flag, Id, Instant, PageSize, Text, described, one_of

STANDINGS = ("all", "has_hours", "none", "overdrawn", "expiring", "at_risk", "drifted")
SORTS = ("name", "hours_usable", "next_expiry", "pace", "last_class", "drift", "overdrawn")
_KEYS = {
    "after_missing": "sort_missing", "after_measure": "sort_measure", "after_name": "sort_name",
    "after_id": "student_id",
}
Rows = Sequence[Mapping[str, Any]]


class AskedStudents(Paged):
    """Which students, in which order."""

    search: Text | None = described("Part of a name or e-mail, without regard to accents and case, or an id.", "silva")
    school_id: Id | None = described("Only the books of this school.")
    status: one_of(*STANDINGS) = described("Only students who stand so.", default="all")  # type: ignore[valid-type]
    sort: one_of(*SORTS) = described("Order; students without the figure come last.", default="name")  # type: ignore[valid-type]
    descending: Flag = described("Largest or last first.", default=False)


class AskedAudit(Asked):
    """Which entries of the log."""

    event: one_of(*(str(event) for event in audit.Event)) | None = described("Only this event.")  # type: ignore[valid-type]
    actor: Text | None = described("Only by this one.", "user:12")
    student_id: Id | None = described("Only about this student.")
    school_id: Id | None = described("Only in this school.")
    since: Instant | None = described("From this instant on.", "2026-11-01T00:00:00Z")
    until: Instant | None = described("Before this instant.", "2030-01-01T00:00:00Z")
    cursor: Id | None = described("`next_cursor` of the answer before.")
    limit: PageSize = described("Entries at a time.", 20, default=20)

    @model_validator(mode="after")
    def _in_order(self) -> AskedAudit:
        if self.since and self.until and self.since > self.until:
            raise ValueError("until: lies before since")
        return self


def _students(asking: Asking, asked: AskedStudents) -> Answer:
    scope = asking.viewer.scope(Area.students)
    if scope is None:
        raise Problem(Kind.NOT_ALLOWED, "This token may not make this call.")
    filters = {
        "search": asked.search, "school_id": asked.school_id, "status": asked.status, "sort": asked.sort,
        "descending": asked.descending,
    }

    def ask(which: Mapping[str, Any]) -> Rows:
        return queries.ask(asking.books, scope, "balances_page", **filters, **which).as_dicts()

    body = paging.page(
        asked, asking.path, secret=asking.service.tag_key, ask=ask, counted="students_matching", keys=_KEYS,
        shown=lambda rows: [_student(row) for row in rows],
    )
    return Answer(body)


def _student(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in row_shapes.StudentBalance.model_fields if name != "school_ids"} | {
        "school_ids": list(row["school_ids"] or ())
    }


def _entries(asking: Asking, asked: AskedAudit) -> Answer:
    scope = asking.viewer.scope(Area.audit)
    if scope is None:
        raise Problem(Kind.NOT_ALLOWED, "This token may not make this call.")
    schools = None if scope.reach is Reach.BUSINESS else set(scope.ids)
    if asked.school_id is not None:
        schools = {asked.school_id} & (schools if schools is not None else {asked.school_id})
    found = audit.entries(
        asking.engine, school_ids=schools, event=asked.event, actor=asked.actor, student_id=asked.student_id,
        since=asked.since, until=asked.until, before=asked.cursor, limit=asked.limit + 1,
    )
    shown = found[: asked.limit]
    audit.record(
        asking.engine, event=audit.Event.AUDIT_READ, actor=asking.viewer.key, now=asking.now,
        details={"rows": len(shown), "via": "api"},
    )
    body = {
        "next_cursor": str(shown[-1].id) if len(found) > asked.limit else None,
        "results": [{name: getattr(entry, name) for name in row_shapes.AuditEntry.model_fields} for entry in shown],
    }
    return Answer(body)


CALLS = (
    Call(
        path="/admin/students/",
        name="adminStudents",
        summary="Students and how their hours stand",
        description="The students of one's schools. A student of two schools is shown as far as the books of one's "
        "own go.",
        access=STUDENTS,
        asked=AskedStudents,
        shape=page_shape(row_shapes.StudentBalance),
        work=_students,
        from_snapshot=True,
        group="Running a school",
    ),
    Call(
        path="/admin/audit/",
        name="adminAudit",
        summary="Who did what, newest first",
        description="Entries of one's schools; reading them is itself written down. Ids only, no names.",
        access=AUDIT,
        asked=AskedAudit,
        shape=cursor_shape(row_shapes.AuditEntry),
        work=_entries,
        group="Running a school",
    ),
)
