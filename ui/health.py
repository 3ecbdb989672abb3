"""The parts of the data health page: drift, odd rows, checks, the certificate, snapshots."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import streamlit as st

from queries import Answer
from ui import exports, formats, screens, tables, words
from ui.session import Here, books
from ui.text import _

ROWS = 100


def mode(code: str | None) -> str:
    """How a sync read the platform."""
    return {"full": _("full"), "incremental": _("incremental")}.get(code or "", code or formats.NOTHING)


def lag(here: Here, latest_change: datetime | None) -> None:
    """How far behind the platform's latest change the figures may be, in words."""
    as_of = formats.instant(here.as_of, here.zone)
    if latest_change is None:
        st.caption(_("As of {as_of}. The platform names no change before that.", as_of=as_of))
        return
    st.caption(
        _(
            "As of {as_of}. The latest change seen at the platform is of {change}, {lag} before.",
            as_of=as_of,
            change=formats.instant(latest_change, here.zone),
            lag=formats.lasting(max((here.as_of - latest_change).total_seconds(), 0)),
        )
    )


def drift(here: Here) -> None:
    """Drift by cause; choosing a cause limits the list of students."""
    causes = here.ask_school("drift_by_cause")
    students = here.ask_school("students_drifted", limit=ROWS)
    if not students.rows:
        screens.empty(_("No drift."), _("The platform's counters and the ledger agree for every student."))
        return
    tables.show(
        [
            tables.text(_("Cause"), causes.column("cause"), width="medium"),
            tables.counts(_("Students"), causes.column("students")),
            tables.hours(_("Counter too high"), causes.column("hours_too_high")),
            tables.hours(_("Counter too low"), causes.column("hours_too_low")),
        ],
        key="causes",
        alt=_("Causes of drift, how many students and hours."),
    )
    cause = st.selectbox(
        _("Students drifted by"),
        [None, *causes.column("cause")],
        format_func=lambda cause: cause or _("any cause"),
        key="cause",
    )
    students = here.ask_school("students_drifted", cause=cause, limit=ROWS)
    rows = students.as_dicts()
    if rows and rows[0]["students_matching"] > len(rows):
        st.caption(_("The {shown} largest of {all}.", shown=len(rows), all=formats.count(rows[0]["students_matching"])))
    tables.show_students(
        [
            tables.text(_("Student"), map(formats.name, rows), width="medium"),
            tables.hours(_("Platform"), students.column("platform_remaining")),
            tables.hours(_("Ledger"), students.column("hours_remaining")),
            tables.hours(_("Drift"), students.column("drift")),
            tables.text(_("Causes"), students.column("causes"), width="large"),
        ],
        students.column("student_id"),
        key="drifted",
        alt=_("Students whose counters drifted. A click opens the student."),
        height="content" if len(rows) <= 10 else 400,
    )


def issues(here: Here, kinds: Answer) -> None:
    """Odd rows by kind; choosing a kind shows the rows."""
    if not kinds.rows:
        screens.empty(_("Nothing odd."), _("Every row of the platform could be read as it stands."))
        return
    rows = kinds.as_dicts()
    tables.show(
        [
            tables.text(_("Issue"), (words.issue(row["issue"]) for row in rows), width="medium"),
            tables.text(_("Severity"), (words.severity(row["severity"]) for row in rows)),
            tables.counts(_("Rows"), kinds.column("rows_found")),
            tables.text(_("How they were read"), kinds.column("detail"), width="large"),
        ],
        key="kinds",
        alt=_("Kinds of odd rows and how often they occur."),
        height="content" if len(rows) <= 12 else 450,
    )
    names = list(dict.fromkeys(kinds.column("issue")))
    issue = st.selectbox(_("Show the rows of"), names, format_func=words.issue, key="issue")
    found = here.ask_school("data_issues_found", issue=issue, limit=ROWS)
    listed = found.as_dicts()
    tables.show(
        [
            tables.text(_("Table"), found.column("source_table")),
            tables.text(_("Row"), found.column("source_id")),
            tables.text(_("Column"), found.column("column_name")),
            tables.text(_("Value"), found.column("value"), width="medium"),
            tables.text(_("How it was read"), found.column("detail"), width="large"),
            tables.text(_("Student"), found.column("student_id")),
        ],
        key=f"issues-{issue}",
        alt=_("The odd rows, by table and id."),
        height="content" if len(listed) <= 10 else 400,
    )
    exports.button(
        here,
        _("Download all as CSV"),
        lambda: here.ask_school("data_issues_found", limit=1_000_000),
        file_name=f"odd-rows-{here.today}.csv",
        key="issues-csv",
    )


def checks(answer: Answer) -> None:
    """Each check, those that do not hold first."""
    if not answer.rows:
        screens.empty(_("No checks."), _("This snapshot was published without checks."))
        return
    rows = answer.as_dicts()
    tables.show(
        [
            tables.text(_("Holds"), (_("yes") if row["passed"] else _("no") for row in rows), width="small"),
            tables.text(_("Sentence"), answer.column("sentence"), width="large"),
            tables.counts(_("Rows against it"), answer.column("found")),
            tables.text(_("Severity"), (words.severity(row["severity"]) for row in rows)),
            tables.text(_("First of them"), answer.column("sample"), width="medium"),
        ],
        key="checks",
        alt=_("Checks and whether they hold."),
        height="content" if len(rows) <= 12 else 450,
    )


def certificate(answer: Answer) -> None:
    """Both sides of each table of the platform."""
    if not answer.rows:
        screens.empty(_("No certificate."), _("This snapshot was published without one."))
        return
    rows = answer.as_dicts()
    if any(row["content_scope"] == "changed rows" for row in rows):
        st.caption(
            _("Counts and ids were compared for all rows; contents for the changed rows only, where the table says so.")
        )
    counted = any(row["source_rows"] is not None for row in rows)
    tables.show(
        [
            tables.text(_("Equal"), (_("yes") if row["matches"] else _("no") for row in rows), width="small"),
            tables.text(_("Table"), answer.column("table_name"), width="medium"),
            *(
                tables.counts(label, answer.column(column))
                for label, column in (
                    (_("Rows there"), "source_rows"),
                    (_("Rows here"), "staged_rows"),
                    (_("Changed"), "rows_changed"),
                    (_("Deleted"), "rows_deleted"),
                )
                if counted
            ),
            tables.text(_("Compared"), (words.compared(row["content_scope"]) for row in rows)),
        ],
        key="certificate",
        alt=_("Rows of both sides, table by table."),
    )


def snapshots(here: Here, made: dict[str, Any]) -> None:
    """The snapshots that are kept, and how the current one was made."""
    kept = books().snapshots()
    current = here.snapshot.snapshot_id
    st.markdown(
        _(
            "Snapshot **{number}** was made by a {mode} sync ({why}) through {reader}.",
            number=current,
            mode=mode(made.get("mode")),
            why=formats.plain(made.get("mode_reason")),
            reader=formats.plain(made.get("reader")),
        )
    )
    tables.show(
        [
            tables.counts(_("Snapshot"), (snapshot.snapshot_id for snapshot in kept)),
            tables.text(_("In use"), (_("yes") if snapshot.snapshot_id == current else "" for snapshot in kept)),
            tables.text(_("File"), (snapshot.path.name for snapshot in kept)),
        ],
        key="snapshots",
        alt=_("Snapshots that are kept."),
    )
