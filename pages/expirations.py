"""What will expire, when and whose; and what already expired unused."""

import streamlit as st

from ui import expired, exports, formats, graphs, screens, tables
from ui.cards import card, cards
from ui.page import header, section
from ui.session import require_viewer
from ui.text import _, _n

PAGE_ROWS = 25

here = require_viewer()
header(here, _("Expirations"))

windows = {row["days"]: row for row in here.ask_school("expirations_by_window").as_dicts()}
days = st.segmented_control(
    _("Within"),
    list(windows),
    format_func=lambda days: _("{days} days", days=days),
    key="days",
    default=30,
    required=True,
    bind="query-params",
)
with cards():
    for window, row in windows.items():
        card(
            _("Next {days} days", days=window),
            formats.hours(row["hours_at_stake"]),
            _n("of {number} student", "of {number} students", row["students"]),
        )
at_stake = here.ask_school("amounts_at_stake_by_currency", days=days).as_dicts()
if at_stake:
    st.caption(
        _(
            "Behind the hours of the next {days} days stands deferred money: {amounts}. It becomes breakage when they "
            "expire.",
            days=days,
            amounts=formats.plain(formats.money_each((row["amount_at_stake"], row["currency"]) for row in at_stake)),
        )
    )

section(_("When"), _("Hours that expire if nothing happens."))
grain = "week" if days > 14 else "day"
graphs.expiring_by_period(here.ask_school("expirations_by_period", grain=grain, days=days), grain, key="when")

section(_("Whose"))
pages = -(-windows[days]["packages"] // PAGE_ROWS)
if pages:
    page = min(st.session_state.get("page") or 1, pages)
    answer = here.ask_school("expirations_coming", days=days, limit=PAGE_ROWS, offset=(page - 1) * PAGE_ROWS)
    rows = answer.as_dicts()
    tables.show_students(
        [
            tables.text(_("Student"), map(formats.name, rows), width="medium"),
            tables.days(_("Expires"), answer.column("expires_date")),
            tables.counts(_("Days left"), answer.column("days_until_expiry")),
            tables.hours(_("Hours"), answer.column("hours_at_stake")),
            tables.money(_("Deferred money"), ((row["amount_at_stake"], row["currency"]) for row in rows)),
            tables.text(_("Package"), answer.column("plan_name")),
            tables.text(_("School"), answer.column("school_name")),
        ],
        answer.column("student_id"),
        key=f"coming-{days}-{page}",
        alt=_("Packages that expire within {days} days. A click opens the student.", days=days),
    )
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.pagination(pages, key="page", bind="query-params")
        exports.button(
            _("Download all as CSV"),
            lambda: here.ask_school("expirations_coming", days=days, limit=1_000_000),
            file_name=f"expirations-{here.today}.csv",
            key="csv",
        )
else:
    screens.empty(_("Nothing expires."), _("No package with hours left expires in this time."))

section(_("Expired unused"), _("Hours that nobody took in time, and the revenue they became (breakage)."))
expired.by_month(here)
