"""How are hours used? By time, teacher, kind, grade and school, by hour of the week, and what was missed."""

from datetime import timedelta

import streamlit as st

from ui import breakdown, formats, graphs, screens
from ui.cards import card, cards
from ui.page import header, section
from ui.session import require_viewer
from ui.text import _

here = require_viewer()
header(here, _("Usage"))

spans = {
    "28": _("4 weeks"),
    "84": _("12 weeks"),
    "182": _("6 months"),
    "365": _("12 months"),
    "1096": _("3 years"),
}
grains = {"day": _("Day"), "week": _("Week"), "month": _("Month")}
with st.container(horizontal=True):
    span = st.segmented_control(
        _("Period"),
        list(spans),
        format_func=spans.__getitem__,
        key="span",
        default="84",
        required=True,
        bind="query-params",
    )
    grain = st.segmented_control(
        _("By"),
        list(grains),
        format_func=grains.__getitem__,
        key="grain",
        default="week",
        required=True,
        bind="query-params",
    )
until = here.today + timedelta(days=1)
since = until - timedelta(days=int(span))
if grain == "week":
    since -= timedelta(days=since.weekday())
elif grain == "month":
    since = since.replace(day=1)
period = {"from_date": since, "until_date": until}

total = here.ask_school("usage_in_all", **period).one()
if not total or not total["classes"]:
    screens.empty(_("No classes in this period."), _("Choose a longer period, or another school."))
    st.stop()

st.caption(_("{since} to {until}, days of the school.", since=formats.day(since), until=formats.day(here.today)))
held = total["classes"] - total["cancellations"]
with cards():
    card(
        _("Hours used"),
        formats.hours(total["hours"]),
        _("{places} places taken", places=formats.count(total["students"])),
    )
    card(
        _("Classes held"),
        formats.count(held),
        _("of {classes} planned", classes=formats.count(total["classes"])),
        help_=_("Classes of the period that were not cancelled."),
    )
    card(
        _("No-shows"),
        formats.share(total["no_shows"], held),
        _("{part} of {whole} classes", part=formats.count(total["no_shows"]), whole=formats.count(held)),
    )
    card(
        _("Cancelled"),
        formats.share(total["cancellations"], total["classes"]),
        _(
            "{part} of {whole} classes",
            part=formats.count(total["cancellations"]),
            whole=formats.count(total["classes"]),
        ),
    )
    card(_("Trial classes"), formats.count(total["trials"]), _("never charged"))

section(_("Hours used"))
graphs.hours_by_period(here.ask_school("usage_by_period", grain=grain, **period), grain, key="hours")
section(_("Who and what"))
breakdown.breakdown(here, period)
left, right = st.columns(2)
with left:
    section(_("Hours of the week"), _("Classes that were not cancelled, by whole months."))
    graphs.hour_of_week(here.ask_school("classes_by_hour_of_week", **period), key="week")
with right:
    section(_("No-shows and cancellations"), _("Shares of the month's classes."))
    graphs.rates_by_month(here.ask_school("no_shows_by_month", **period), key="rates")
