"""How are hours used? By time, teacher, kind, grade and school, by hour of the week, and what was missed."""

import streamlit as st

from ui import breakdown, cards, filters, formats, graphs, screens
from ui.cards import card
from ui.page import header, section
from ui.session import require_viewer
from ui.text import _

here = require_viewer("usage")
header(here, _("Usage"))

grain, period = filters.period(here.today)
total = here.ask_school("usage_in_all", **period).one()
if not total or not total["classes"]:
    screens.empty(_("No classes in this period."), _("Choose a longer period, or another school."))
    st.stop()

st.caption(
    _(
        "{since} to {until}, days of the school.",
        since=formats.day(period["from_date"]),
        until=formats.day(here.today),
    )
)
everything, missed, cancelled = total["classes"], total["no_shows"], total["cancellations"]
not_cancelled = everything - cancelled
cards.show(
    card(
        _("Hours used"),
        formats.hours(total["hours"]),
        _("{places} places taken", places=formats.count(total["students"])),
    ),
    card(
        _("Classes"),
        formats.count(not_cancelled),
        _("not cancelled, of {classes}", classes=formats.count(everything)),
    ),
    card(
        _("No-shows"),
        formats.share(missed, not_cancelled),
        _("{part} of {whole} classes", part=formats.count(missed), whole=formats.count(not_cancelled)),
    ),
    card(
        _("Cancelled"),
        formats.share(cancelled, everything),
        _("{part} of {whole} classes", part=formats.count(cancelled), whole=formats.count(everything)),
    ),
    card(_("Trial classes"), formats.count(total["trials"]), _("never charged")),
)

section(_("Hours used"))
graphs.hours_by_period(
    here.ask_school("usage_by_period", grain=grain, **period), {"grain": grain, **period}, key="hours"
)
section(_("Who and what"))
breakdown.breakdown(here, period)
left, right = st.columns(2, gap="medium")
with left:
    section(_("Hours of the week"), _("Classes that were not cancelled, by whole months."))
    graphs.hour_of_week(here.ask_school("classes_by_hour_of_week", **period), key="week")
with right:
    section(_("No-shows and cancellations"), _("Shares of the month's classes."))
    graphs.rates_by_month(here.ask_school("no_shows_by_month", **period), key="rates")
