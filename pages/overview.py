"""How do the hours stand? One line of figures, the trend, what expires, and whom to talk to."""

from datetime import timedelta

import streamlit as st

from ui import cards, formats, graphs, screens, students
from ui import deferred as deferred_money
from ui.cards import card
from ui.page import header, section
from ui.session import require_viewer
from ui.text import _, _n

here = require_viewer("overview")
header(here, _("Overview"))

figures = here.ask_school("overview_figures").one()
if not figures or not figures["students"]:
    screens.empty(
        _("No students yet."),
        _("As soon as a student of this school buys hours or becomes a member, the next sync shows them here."),
    )
    st.stop()

deferred = here.ask_school("deferred_by_currency").as_dicts() if here.sees_money else []
cards.show(
    card(
        _("Students with hours"),
        formats.count(figures["students_with_hours"]),
        _("of {students} students", students=formats.count(figures["students"])),
    ),
    card(
        _("Hours left"),
        formats.hours(figures["hours_usable"]),
        _("{hours} more are booked ahead", hours=formats.hours(figures["hours_booked_ahead"])),
    ),
    card(
        _("Used in 30 days"),
        formats.hours(figures["hours_last_30_days"]),
        _n("by {number} student", "by {number} students", figures["students_last_30_days"]),
        trend=here.ask_school("hours_used_by_day", days=30).column("hours"),
    ),
    card(
        _("Expiring in 30 days"),
        formats.hours(figures["hours_expiring"]),
        _n("of {number} student", "of {number} students", figures["students_expiring"]),
    ),
    card(
        _("Students at risk"),
        formats.count(figures["students_at_risk"]),
        _("{students} of them overdrawn", students=formats.count(figures["students_overdrawn"])),
    ),
    card(
        _("Deferred money"),
        [formats.money(row["deferred"], row["currency"]) for row in deferred] or formats.NOTHING,
        _("received for hours not yet taught"),
    )
    if here.sees_money
    else None,
)

students.links(here)
if here.sees_money:
    deferred_money.behind(here)

monday = here.today - timedelta(days=here.today.weekday())
weeks = {"grain": "week", "from_date": monday - timedelta(weeks=25), "until_date": here.today + timedelta(days=1)}
left, right = st.columns(2, gap="medium")
with left:
    section(_("Hours used per week"), _("Last 26 weeks; the week under way is not complete."))
    graphs.hours_by_period(here.ask_school("usage_by_period", **weeks), weeks, key="used")
with right:
    section(_("Hours that will expire"), _("Next 90 days, by week, if nothing happens."))
    graphs.expiring(here, days=90, key="expiring")

section(
    _("Students to talk to"),
    _("Overdrawn, running out within 14 days at their own pace, or without a class for 28 days. A click opens one."),
)
students.at_risk(here, limit=10)
