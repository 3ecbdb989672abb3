"""The parts of "My hours": the balance in words, what comes next, and what is left of each package."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from ledger.outlook import Outlook
from ui import bars, cards, formats, screens
from ui.cards import Card, card
from ui.page import section
from ui.session import Here
from ui.standing import Standing
from ui.text import _, _n

CURRENT = ("active", "upcoming")


def balance(who: dict[str, Any]) -> None:
    """How many hours are left, in words large, and until when."""
    left, overdrawn = who["hours_usable"], who["hours_overdrawn"]
    if left > 0:
        figure, what = formats.duration(left), _("left to book")
    elif overdrawn > 0:
        figure, what = formats.duration(overdrawn), _("taken beyond what was bought")
    else:
        figure, what = formats.duration(left), _("left to book")
    said = " ".join(_sentences(who))
    st.html(
        f'<div class="hb-balance"><p class="hb-big"><strong>{escape(figure)}</strong> {escape(what)}</p>'
        f'<p class="hb-line">{escape(said)}</p></div>'
    )


def _sentences(who: dict[str, Any]) -> list[str]:
    found = []
    if who["hours_usable"] > 0 and who["next_expiry_date"]:
        found.append(_until(who))
    elif who["hours_usable"] > 0:
        found.append(_("They do not expire."))
    else:
        found.append(_("To book more classes, ask your school for a new package."))
    if who["hours_usable"] > 0 and who["hours_overdrawn"] > 0:
        overdrawn = formats.duration(who["hours_overdrawn"])
        found.append(_("{hours} were taken beyond what was bought.", hours=overdrawn))
    if who["hours_booked_ahead"] > 0:
        ahead = formats.duration(who["hours_booked_ahead"])
        found.append(_("{hours} more are already booked for classes to come.", hours=ahead))
    return found


def _until(who: dict[str, Any]) -> str:
    until = {
        "day": formats.day(who["next_expiry_date"]),
        "when": formats.days_until((who["next_expiry_date"] - who["today"]).days),
    }
    if who["next_expiry_hours"] == who["hours_usable"]:
        return _("They can be used until {day}, {when}.", **until)
    hours = formats.duration(who["next_expiry_hours"])
    return _("{hours} of them can be used only until {day}, {when}.", hours=hours, **until)


def coming(here: Here, who: dict[str, Any], known: Standing) -> None:
    """The next class and what it costs, the next expiry, and when the hours run out."""
    cards.show(_next_class(here, who, known), _next_expiry(who), _run_out(who, known.outlook()), stacked=True)


def _next_class(here: Here, who: dict[str, Any], known: Standing) -> Card:
    booked = here.ask("student_next_class", student_id=who["student_id"]).one()
    if not booked:
        return card(_("Next class"), _("none booked"))
    names = {row["package_id"]: row["plan_name"] for row in known.rows}
    cost = _("costs {hours}", hours=formats.duration(booked["hours"]))
    if booked["hours_overdrawn"] > 0:
        paid = _("{hours} of it not covered by a package", hours=formats.duration(booked["hours_overdrawn"]))
    elif booked["charged_package_id"] in names:
        paid = _("from {package}", package=names[booked["charged_package_id"]])
    else:
        paid = _("from several packages")
    when = f"{formats.weekday_and_day(booked['class_date'])}, {(booked['class_time'] or '')[:5]}"
    return card(_("Next class"), when, ", ".join((cost, paid)))


def _next_expiry(who: dict[str, Any]) -> Card:
    if who["hours_usable"] <= 0 or who["next_expiry_date"] is None:
        return card(_("Next expiry"), _("none"), _("no hours will expire"))
    days = (who["next_expiry_date"] - who["today"]).days
    said = _("{hours}, {when}", hours=formats.duration(who["next_expiry_hours"]), when=formats.days_until(days))
    return card(_("Next expiry"), formats.medium_day(who["next_expiry_date"]), said)


def _run_out(who: dict[str, Any], foretold: Outlook | None) -> Card | None:
    if who["hours_usable"] <= 0:
        return None
    if foretold is None:
        return card(_("Lasts until"), formats.NOTHING, _("no classes in the last 8 weeks to go by"))
    pace = _("at {hours} a week", hours=formats.duration(who["pace_per_week"]))
    if foretold.hours_unused > 0:
        lost = _("{hours} will expire unused", hours=formats.duration(foretold.hours_unused))
        pace = f"{pace}; {lost}"
    if foretold.runs_out_at is None:
        return card(_("Lasts until"), _("more than 10 years"), pace)
    day = formats.local_day(foretold.runs_out_at, who["timezone"])
    return card(_("Lasts until"), _("about {day}", day=formats.medium_day(day)), pace)


def packages(known: Standing) -> None:
    """What is left of each package that can be used now or later; earlier ones stand in the history."""
    section(_("Packages"))
    current = [row for row in known.rows if row["status"] in CURRENT]
    if not current:
        screens.empty(
            _("No package with hours left."),
            _("Ask your school for a new package; it appears here after the next sync."),
        )
    else:
        bars.show_with_days(current)
    earlier = len(known.rows) - len(current)
    with st.container(horizontal=True, key="own-more"):
        st.page_link("history.py", label=_("How this adds up"), query_params={"show": "proof"})
        if earlier:
            label = _n("{number} earlier package", "{number} earlier packages", earlier)
            st.page_link("history.py", label=label, query_params={"show": "purchases"})
