"""How do the hours stand? One line of figures, the trend, what expires, and whom to talk to."""

from datetime import timedelta

import streamlit as st

from ui import formats, graphs, screens, tables, words
from ui.cards import card, cards
from ui.page import header, section
from ui.session import require_viewer
from ui.text import _, _n

here = require_viewer()
header(here, _("Overview"))

figures = here.ask_school("overview_figures").one()
if not figures or not figures["students"]:
    screens.empty(
        _("No students yet."),
        _("As soon as a student of this school buys hours or becomes a member, the next sync shows them here."),
    )
    st.stop()

with cards():
    card(
        _("Students with hours"),
        formats.count(figures["students_with_hours"]),
        _("of {students} students", students=formats.count(figures["students"])),
    )
    card(
        _("Hours left"),
        formats.hours(figures["hours_usable"]),
        _("{hours} more are booked ahead", hours=formats.hours(figures["hours_reserved"])),
    )
    card(
        _("Used in 30 days"),
        formats.hours(figures["hours_last_30_days"]),
        _n("by {number} student", "by {number} students", figures["students_last_30_days"]),
        trend=here.ask_school("hours_used_by_day", days=30).column("hours"),
    )
    card(
        _("Expiring in 30 days"),
        formats.hours(figures["hours_expiring"]),
        _n("of {number} student", "of {number} students", figures["students_expiring"]),
    )
    card(
        _("At risk"),
        formats.count(figures["students_at_risk"]),
        _("{students} of them overdrawn", students=formats.count(figures["students_overdrawn"])),
        help_=_("Overdrawn, running out within 14 days at their own pace, or without a class for 28 days."),
    )
    for row in here.ask_school("deferred_by_currency").as_dicts():
        card(_("Deferred money"), formats.money(row["deferred"], row["currency"]), _("for hours not yet taught"))

monday = here.today - timedelta(days=here.today.weekday())
used = here.ask_school(
    "usage_by_period", grain="week", from_date=monday - timedelta(weeks=25), until_date=here.today + timedelta(days=1)
)
expiring = here.ask_school("expirations_by_period", grain="week", days=90)
left, right = st.columns(2)
with left:
    section(_("Hours used per week"), _("Last 26 weeks; the week under way is not complete."))
    graphs.hours_by_period(used, "week", key="used")
with right:
    section(_("Hours that will expire"), _("Next 90 days, by week, if nothing happens."))
    graphs.expiring_by_period(expiring, "week", key="expiring")

section(_("Students to talk to"))
risk = here.ask_school("students_at_risk", limit=10)
if not risk.rows:
    screens.empty(_("Nobody is at risk."), _("Nobody is overdrawn, running out or fading away."))
else:
    rows = risk.as_dicts()
    tables.show_students(
        [
            tables.text(_("Student"), map(formats.name, rows)),
            tables.text(_("Why"), (words.reason(row["reason"]) for row in rows)),
            tables.hours(_("Left"), risk.column("hours_usable")),
            tables.hours(_("Overdrawn"), risk.column("hours_overdrawn")),
            tables.hours(_("Per week"), risk.column("pace_per_week")),
            tables.days(_("Last class"), risk.column("last_class_date")),
        ],
        risk.column("student_id"),
        key="risk",
        alt=_("The students at risk, why, and their hours. A click opens the student."),
    )
    st.page_link("balances.py", label=_("All students at risk"), query_params={"status": "at_risk"})
