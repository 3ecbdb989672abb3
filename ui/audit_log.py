"""The parts of "Audit trail": what is looked for, the entries, and whether the chain holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

import audit
import queries
from access.scope import Reach
from access.viewer import Area
from audit import Entry, Event
from ui import exports, formats, screens, tables, trail, words
from ui.choices import choose
from ui.session import Here, engine
from ui.text import _

PAGE_ROWS = 50
MOST_ROWS = 100_000
"""Entries that one file holds at most."""


def asked(here: Here) -> dict[str, Any]:
    """What is looked for, kept in the address."""
    events = {"any": _("Any event"), **{event.value: words.event(event.value) for event in Event}}
    which, whose, students, days = st.columns([2, 1, 1, 2])
    event = choose(which.selectbox, _("Event"), events, key="event", default="any")
    actor = whose.text_input(_("Who"), key="actor", placeholder="user:12", bind="query-params", max_chars=60).strip()
    student = students.text_input(
        _("Student"), key="about", placeholder=_("number"), bind="query-params", max_chars=18
    ).strip()
    span = days.date_input(
        _("Days"), value=[], max_value=here.now.date() + timedelta(days=1), format="DD/MM/YYYY", key="days_of_trail"
    )
    since, until = _period(span, here.zone)
    return {
        "school_ids": None if here.scope.reach is Reach.BUSINESS and not here.school else _schools(here),
        "event": None if event == "any" else event,
        "actor": actor or None,
        "student_id": int(student) if student.isdecimal() else None,
        "since": since,
        "until": until,
    }


def show(here: Here, wanted: dict[str, Any]) -> None:
    """One page of entries, newest first, with a way to older ones."""
    before = st.query_params.get("before", "")
    last_seen = int(before) if before.isdecimal() and len(before) < 19 else None
    found = audit.entries(engine(), **wanted, before=last_seen, limit=PAGE_ROWS + 1)
    entries = found[:PAGE_ROWS]
    if not entries:
        screens.empty(_("No entries."), _("Choose another event, a longer time, or nobody in particular."))
    else:
        _table(here, entries)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(horizontal=True):
            if last_seen is not None and st.button(_("Newest"), key="newest"):
                del st.query_params["before"]
                st.rerun()
            if len(found) > PAGE_ROWS and st.button(_("Older"), key="older"):
                st.query_params["before"] = str(entries[-1].id)
                st.rerun()
        exports.rows_button(
            here, _("Download all as CSV"), lambda: _rows(wanted), file_name=f"audit-{here.today}.csv", key="audit-csv"
        )


def chain(here: Here) -> None:
    """Whether every entry is as it was written; computed when asked, for it reads them all."""
    st.caption(
        _(
            "Each entry holds a checksum of the one before it, so that a changed, removed or inserted entry shows. "
            "The check reads the whole trail, of all schools."
        )
    )
    if not st.button(_("Check the trail"), key="verify"):
        return
    with st.spinner(_("Checking every entry …")):
        verdict = audit.verify(engine())
    trail.changed(here, Event.AUDIT_VERIFIED, details={"entries": verdict.entries, "holds": verdict.holds})
    if verdict.holds:
        number = formats.count(verdict.entries)
        st.success(_("The trail holds: {number} entries are as they were written.", number=number))
    else:
        broken = verdict.broken.id if verdict.broken else 0
        st.error(
            _(
                "The trail is broken at entry {id}; {number} entries before it hold. Run `./hourbook audit verify` for "
                "what is wrong, and compare with a backup.",
                id=broken,
                number=formats.count(verdict.entries),
            )
        )


def _table(here: Here, entries: Sequence[Entry]) -> None:
    schools = {school.school_id: school.name for school in here.schools}
    names = _names(here, entries)
    tables.show(
        [
            tables.counts(_("Number"), (entry.id for entry in entries)),
            tables.text(_("When"), (formats.moment(entry.at, here.zone) for entry in entries), width="medium"),
            tables.text(_("Event"), (words.event(entry.event) for entry in entries), width="medium"),
            tables.text(_("Who"), (_who(entry.actor, names) for entry in entries), width="medium"),
            tables.text(_("Student"), (_student(entry.student_id, names) for entry in entries), width="medium"),
            tables.text(_("School"), (schools.get(entry.school_id or 0, entry.school_id) for entry in entries)),
            tables.text(_("Details"), (_details(entry) for entry in entries), width="medium"),
        ],
        key=f"trail-{entries[0].id}",
        alt=_("Entries of the audit trail, newest first."),
        height="content" if len(entries) <= 15 else 560,
    )


def _names(here: Here, entries: Iterable[Entry]) -> dict[int, str]:
    """Names of the students and users of these entries, as far as the viewer may see them; the trail holds ids only."""
    scope = here.viewer.scope(Area.students)
    named = (id_ for entry in entries for id_ in (entry.student_id, _user_id(entry.actor)))
    ids = sorted({id_ for id_ in named if id_ is not None})
    if scope is None:
        return {}
    answer = queries.ask(here.books, scope, "people_names", user_ids=",".join(map(str, ids)))
    return {row["user_id"]: row["name"] for row in answer.as_dicts() if row["name"]}


def _user_id(actor: str) -> int | None:
    kind, _colon, number = actor.partition(":")
    return int(number) if kind in ("user", "demo") and number.isdecimal() else None


def _who(actor: str, names: dict[int, str]) -> str:
    name = names.get(_user_id(actor) or 0)
    return f"{name} ({actor})" if name else actor


def _student(student_id: int | None, names: dict[int, str]) -> str:
    if student_id is None:
        return ""
    name = names.get(student_id)
    return f"{name} ({student_id})" if name else str(student_id)


def _details(entry: Entry) -> str:
    said = [entry.object or "", *(f"{key}: {value}" for key, value in entry.details.items())]
    return ", ".join(part for part in said if part)


def _rows(wanted: dict[str, Any]) -> tuple[list[str], list[list[Any]]]:
    """All entries that match, as a file: ids only, as they are kept."""
    found = audit.entries(engine(), **wanted, limit=MOST_ROWS)
    columns = ["id", "at", "event", "actor", "school_id", "student_id", "object", "details", "hash"]
    return columns, [
        [one.id, one.at, one.event, one.actor, one.school_id, one.student_id, one.object, _details(one), one.hash]
        for one in found
    ]


def _schools(here: Here) -> list[int]:
    return [here.school.school_id] if here.school else [school.school_id for school in here.schools]


def _period(span: Any, zone: str) -> tuple[datetime | None, datetime | None]:
    """The days chosen, as instants; one day alone is that day."""
    days = [day for day in (span if isinstance(span, tuple) else (span,)) if isinstance(day, date)]
    if not days:
        return None, None
    start = datetime.combine(days[0], time(), ZoneInfo(zone)).astimezone(UTC)
    return start, datetime.combine(days[-1] + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)
