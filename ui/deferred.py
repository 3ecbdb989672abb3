"""The rows behind the deferred money: what each school's books hold, and how it moved month by month."""

from __future__ import annotations

import streamlit as st

from ui import exports, formats, tables
from ui.session import Here
from ui.text import _

MONTHS = 13


def behind(here: Here) -> None:
    """Folded away until asked for: deferred money by school, and its roll-forward of the last months."""
    answer = here.ask_school("money_by_month", months=MONTHS)
    if not answer.rows:
        return
    with st.expander(_("Deferred money by school and month")):
        books = here.ask_school("deferred_by_school").as_dicts()
        tables.show(
            [
                tables.text(_("School"), (row["school_name"] or _("of no school") for row in books), width="medium"),
                tables.money(_("Deferred money"), ((row["deferred"], row["currency"]) for row in books)),
            ],
            key="deferred-schools",
            alt=_("Deferred money in each school's books."),
            height="content" if len(books) <= 10 else 400,
        )
        st.caption(_("Before + sold − earned − breakage − given back = after, for each school and month."))
        rows = answer.as_dicts()[::-1]
        columns = {
            "opening_deferred": _("Before"),
            "sold": _("Sold"),
            "recognised": _("Earned"),
            "breakage": _("Breakage"),
            "refunded": _("Given back"),
            "closing_deferred": _("After"),
        }
        tables.show(
            [
                tables.text(_("Month"), (formats.month(row["month"]) for row in rows)),
                tables.text(_("School"), (row["school_name"] or _("of no school") for row in rows), width="medium"),
                *(
                    tables.money(label, ((row[column], row["currency"]) for row in rows))
                    for column, label in columns.items()
                ),
            ],
            key="deferred-months",
            alt=_("How deferred money moved in each month, by school."),
            height="content" if len(rows) <= 10 else 400,
        )
        exports.button(
            here, _("Download as CSV"), lambda: answer, file_name=f"deferred-{here.today}.csv", key="deferred-csv"
        )
