"""A student's statement: a period is chosen, a file made of it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from reports.statements import statement
from reports.table import Table
from ui import report_choice, report_files
from ui.session import Here, current_settings
from ui.text import _, language


def offer(here: Here, student: dict[str, Any]) -> None:
    """The choice of a period, and the statement of it as PDF or CSV."""
    st.caption(_("What a period opened with, what happened in plain words, and what it closed with."))
    period = report_choice.period(here.today, "days")
    if period is None:
        return
    spoken, student_id = language(), student["student_id"]

    def made() -> Table:
        return statement(here.books, here.scope, current_settings(), student_id, period, language=spoken)

    report_files.offer(here, made(), made, period=period, key="statement", forms=("pdf", "csv"), student_id=student_id)
