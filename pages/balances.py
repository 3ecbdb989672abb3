"""Who has how many hours? Search, filter, sort; a click opens the student."""

import streamlit as st

from ui import exports, screens, students
from ui.choices import choose
from ui.page import header
from ui.session import require_viewer
from ui.text import _, _n

PAGE_ROWS = 25
DESCENDING = ("pace", "last_class", "overdrawn", "drift")

here = require_viewer("balances")
header(here, _("Balances"))

statuses = {
    "all": _("All"),
    "has_hours": _("Has hours"),
    "none": _("No hours"),
    "overdrawn": _("Overdrawn"),
    "expiring": _("Expiring in 30 days"),
    "at_risk": _("At risk"),
    "drifted": _("Drifted"),
}
sorts = {
    "name": _("Name"),
    "hours_usable": _("Fewest hours left"),
    "next_expiry": _("Expires soonest"),
    "pace": _("Most hours a week"),
    "last_class": _("Latest class"),
    "overdrawn": _("Most overdrawn"),
    "drift": _("Largest drift"),
}
searching, sorting = st.columns([3, 1])
placeholder = _("Name, e-mail or id")
search = searching.text_input(_("Find a student"), key="q", placeholder=placeholder, bind="query-params", max_chars=200)
sort = choose(sorting.selectbox, _("Sort by"), sorts, key="sort", default="name")
status = choose(st.pills, _("Show"), statuses, key="status", default="all", required=True)
asked = {"search": search or None, "status": status, "sort": sort, "descending": sort in DESCENDING}
found = here.ask_school("balances_page", **asked, limit=1).one().get("students_matching", 0)
if not found:
    if search or status != "all":
        screens.empty(_("No student matches."), _("Try another spelling, part of the e-mail, or show all students."))
    else:
        screens.empty(_("No students yet."), _("The next sync shows students who buy hours or become members."))
    st.stop()

pages = -(-found // PAGE_ROWS)
page = min(st.session_state.get("page") or 1, pages)
answer = here.ask_school("balances_page", **asked, limit=PAGE_ROWS, offset=(page - 1) * PAGE_ROWS)
st.caption(_n("{number} student. A click on a row opens it.", "{number} students. A click on a row opens it.", found))
students.balances(here, answer, page=page, pages=pages)
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.pagination(pages, key="page", bind="query-params")
    exports.button(
        here,
        _("Download all as CSV"),
        lambda: here.ask_school("balances_page", **asked, limit=1_000_000),
        file_name=f"balances-{here.today}.csv",
        key="csv",
    )
