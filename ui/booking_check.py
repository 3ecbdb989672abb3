"""The parts of "Check a class": day, time and length asked, and a plain answer with its reason."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from ledger.eligibility import Eligibility, Reason
from ui import formats
from ui.choices import choose
from ui.text import _

LENGTHS = (30, 45, 60, 75, 90, 120, 150, 180)
"""Minutes of a class that can be asked about."""

FURTHEST = timedelta(days=730)
USUAL = time(17, 0)


def asked(who: dict[str, Any]) -> tuple[datetime, Decimal]:
    """The class asked about: when it begins, as an instant, and its hours."""
    today = who["today"]
    days, times, lengths = st.columns(3)
    day = days.date_input(
        _("Day"),
        value=_within(st.query_params.get("day"), today),
        min_value=today,
        max_value=today + FURTHEST,
        format="DD/MM/YYYY",
        key="day",
        bind="query-params",
    )
    at = choose(
        times.selectbox,
        _("Time"),
        {f"{hour:02}:{minute:02}": f"{hour:02}:{minute:02}" for hour in range(7, 23) for minute in (0, 15, 30, 45)},
        key="time",
        default=f"{USUAL:%H:%M}",
    )
    minutes = choose(
        lengths.selectbox,
        _("Length"),
        {minutes: formats.duration(Decimal(minutes) / 60) for minutes in LENGTHS},
        key="minutes",
        default=60,
    )
    chosen = day if isinstance(day, date) else today
    begins = datetime.combine(chosen, time.fromisoformat(at), ZoneInfo(who["timezone"]))
    return begins, Decimal(minutes) / 60


def answer(found: Eligibility, begins: datetime) -> None:
    """Yes or no, why, and what is left afterwards."""
    when = f"{formats.long_day(begins.date())}, {begins:%H:%M}"
    length = formats.duration(found.hours_required)
    head = _("Yes, you have enough hours.") if found.can_book else _("No, this class cannot be booked.")
    what = _("A class of {length} on {when}.", length=length, when=when)
    kind = "hb-yes" if found.can_book else "hb-no"
    st.html(
        f'<div class="hb-answer {kind}" role="status"><strong>{escape(head)}</strong>'
        f"<span>{escape(what)}</span><span>{escape(_why(found))}</span></div>"
    )
    st.caption(
        _("This looks at your hours only. Whether a teacher is free at that time, your school will tell you."),
    )


def _why(found: Eligibility) -> str:
    available = formats.duration(found.hours_available)
    missing = formats.duration(-found.hours_remaining_after)
    return {
        Reason.OK: _(
            "{available} can be used then; {left} would be left afterwards.",
            available=available,
            left=formats.duration(found.hours_remaining_after),
        ),
        Reason.NO_PACKAGES: _("There is no package yet. Ask your school for one."),
        Reason.ALL_PACKAGES_EXPIRED: _("All packages will have expired by then. Choose an earlier day, or buy hours."),
        Reason.INSUFFICIENT_HOURS: _(
            "Only {available} can be used then; {missing} are missing.", available=available, missing=missing
        ),
        Reason.ACCOUNT_INACTIVE: _("Your account is switched off at the school. Ask your school."),
    }[found.reason]


def _within(text: str | None, today: date) -> date:
    """The day the address asks for, where it is one that can be asked about; else tomorrow."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return today + timedelta(days=1)
    return day if today <= day <= today + FURTHEST else today + timedelta(days=1)
