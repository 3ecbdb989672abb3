"""Usage by teacher, kind of class, grade or school, as one table with each one's share of the hours."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from ui import exports, formats, tables, words
from ui.choices import choose
from ui.session import Here
from ui.text import _


def breakdown(here: Here, period: dict[str, date]) -> None:
    """Lets the viewer choose by what, and shows it."""
    groups = {
        "usage_by_teacher": _("Teacher"),
        "usage_by_session_type": _("Kind of class"),
        "usage_by_grade": _("Grade"),
        "usage_by_student": _("Student"),
        **({"usage_by_school": _("School")} if len(here.schools) > 1 else {}),
    }
    by = choose(
        st.segmented_control,
        _("Break down by"),
        groups,
        key="by",
        default="usage_by_teacher",
        required=True,
        wrap=True,
    )
    answer = here.ask_school(by, **period)
    rows = answer.as_dicts()
    total = here.ask_school("usage_in_all", **period).one()["hours"]
    if rows and rows[0].get("students_matching", 0) > len(rows):
        st.caption(_("The {shown} busiest of {all} students.", shown=len(rows), all=rows[0]["students_matching"]))
    tables.show(
        [
            tables.text(groups[by], (_group(by, row) for row in rows), width="medium"),
            tables.hours(_("Hours"), answer.column("hours")),
            tables.shares(_("Share"), ((row["hours"], total) for row in rows)),
            tables.counts(_("Classes"), answer.column("classes")),
            *([tables.counts(_("Places taken"), answer.column("students"))] if "students" in answer.columns else []),
            tables.shares(_("No-shows"), ((row["no_shows"], row["classes"] - row["cancellations"]) for row in rows)),
            tables.shares(_("Cancelled"), ((row["cancellations"], row["classes"]) for row in rows)),
        ],
        key=by,
        alt=_("Hours and classes by {group}.", group=groups[by]),
        height="content" if len(rows) <= 12 else 450,
    )
    exports.button(
        here,
        _("Download as CSV"),
        lambda: here.ask_school(by, **period),
        file_name=f"{by}-{here.today}.csv",
        key="by-csv",
    )


def _group(by: str, row: dict[str, Any]) -> str:
    if by == "usage_by_teacher":
        return row["teacher_name"] or (_("unknown") if row["teacher_id"] is None else f"#{row['teacher_id']}")
    if by == "usage_by_student":
        return formats.name(row)
    if by == "usage_by_session_type":
        return words.session_type(row["session_type"])
    if by == "usage_by_school":
        return row["school_name"] or _("of no school")
    return row["grade_level"] or formats.NOTHING
