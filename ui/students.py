"""Lists of students that several pages share."""

from __future__ import annotations

import streamlit as st

from queries import Answer
from ui import formats, navigation, screens, tables, words
from ui.session import Here
from ui.text import _


def links(here: Here) -> None:
    """Ways from the figures of all students to the rows behind them."""
    arrow = ":material/arrow_forward:"
    with st.container(horizontal=True):
        st.page_link("balances.py", label=_("Students with hours"), icon=arrow, query_params={"status": "has_hours"})
        if navigation.opens(here.viewer, "expirations"):
            st.page_link("expirations.py", label=_("Packages that expire"), icon=arrow)
        st.page_link("balances.py", label=_("Students at risk"), icon=arrow, query_params={"status": "at_risk"})


def at_risk(here: Here, *, limit: int) -> None:
    """The students who need a word, most pressing first."""
    answer = here.ask_school("students_at_risk", limit=limit)
    if not answer.rows:
        screens.empty(_("Nobody is at risk."), _("Nobody is overdrawn, running out or fading away."))
        return
    rows = answer.as_dicts()
    tables.show_students(
        [
            tables.text(_("Student"), map(formats.name, rows), width="medium"),
            tables.text(_("Why"), (words.reason(row["reason"]) for row in rows)),
            tables.hours(_("Left"), answer.column("hours_usable")),
            tables.hours(_("Overdrawn"), answer.column("hours_overdrawn")),
            tables.hours(_("Per week"), answer.column("pace_per_week")),
            tables.days(_("Last class"), answer.column("last_class_date")),
            tables.text(_("School"), answer.column("school_names")),
        ],
        answer.column("student_id"),
        key="risk",
        alt=_("The students at risk, why, and their hours. A click opens the student."),
    )
    st.page_link("balances.py", label=_("All students at risk"), query_params={"status": "at_risk"})


def balances(here: Here, answer: Answer, *, page: int, pages: int) -> None:
    """One page of balances."""
    rows = answer.as_dicts()
    tables.show_students(
        [
            tables.text(_("Student"), map(formats.name, rows), width="medium"),
            tables.hours(_("Left"), answer.column("hours_usable")),
            tables.hours(_("Booked ahead"), answer.column("hours_booked_ahead")),
            tables.hours(_("Overdrawn"), answer.column("hours_overdrawn")),
            tables.hours(_("Per week"), answer.column("pace_per_week")),
            tables.days(_("Next expiry"), answer.column("next_expiry_date")),
            tables.days(_("Last class"), answer.column("last_class_date")),
            *([tables.hours(_("Drift"), answer.column("drift"))] if navigation.opens(here.viewer, "health") else []),
            tables.text(_("School"), answer.column("school_names")),
            tables.text(_("E-mail"), answer.column("email")),
        ],
        answer.column("student_id"),
        key=f"balances-{page}",
        alt=_("Students and their hours, page {page} of {pages}.", page=page, pages=pages),
    )


def expiring(here: Here, answer: Answer, *, key: str) -> None:
    """Packages that will expire, soonest first."""
    rows = answer.as_dicts()
    tables.show_students(
        [
            tables.text(_("Student"), map(formats.name, rows), width="medium"),
            tables.days(_("Expires"), answer.column("expires_date")),
            tables.counts(_("Days left"), answer.column("days_until_expiry")),
            tables.hours(_("Hours"), answer.column("hours_at_stake")),
            *(
                [tables.money(_("Deferred money"), ((row["amount_at_stake"], row["currency"]) for row in rows))]
                if here.sees_money
                else []
            ),
            tables.text(_("Package"), answer.column("plan_name")),
            tables.text(_("School"), answer.column("school_name")),
        ],
        answer.column("student_id"),
        key=key,
        alt=_("Packages that expire. A click opens the student."),
    )
