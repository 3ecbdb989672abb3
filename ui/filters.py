"""Choices that several pages share, kept in the address so that a link shows the same."""

from __future__ import annotations

from datetime import date, timedelta

import streamlit as st

from ui.choices import choose
from ui.text import _


def period(today: date) -> tuple[str, dict[str, date]]:
    """A grain, and a period up to today begun at a whole week or month: from_date, until_date (not itself)."""
    spans = {
        28: _("4 weeks"),
        84: _("12 weeks"),
        182: _("6 months"),
        365: _("12 months"),
        1096: _("3 years"),
    }
    grains = {"day": _("Day"), "week": _("Week"), "month": _("Month")}
    with st.container(horizontal=True):
        span = choose(st.segmented_control, _("Period"), spans, key="span", default=84, required=True, wrap=True)
        grain = choose(st.segmented_control, _("By"), grains, key="grain", default="week", required=True)
    since = today - timedelta(days=span - 1)
    return grain, {"from_date": begun(since, grain), "until_date": today + timedelta(days=1)}


def begun(day: date, grain: str) -> date:
    """The first day of the week (Monday) or month that `day` is in; the day itself for days."""
    if grain == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if grain == "month" else day


def following(day: date, grain: str) -> date:
    """The first day of the next day, week or month."""
    if grain == "month":
        return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return day + timedelta(days=7 if grain == "week" else 1)
