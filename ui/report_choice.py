"""Which report is asked for, of which days and of which currency: chosen on the screen and kept in the address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import streamlit as st

from reports.finance import REPORTS, Period, Report, run
from reports.finance.period import EARLIEST
from reports.speech import Speech, speaking
from reports.table import Table
from ui.choices import choose
from ui.session import Here, current_settings, engine
from ui.text import _, language

MOST_MONTHS, MONTHS_AHEAD, MOST_YEARS = 48, 12, 6


@dataclass(frozen=True)
class Asked:
    """What is asked for. The language is a part of it: a file is written after the run that drew its button."""

    report: Report
    period: Period
    currency: str | None
    language: str


def asked(here: Here) -> Asked | None:
    """Draws the choices; None, with a sentence on the screen, where the days chosen make no period."""
    speech = speaking(language())
    titles = {name: speech.say(report.title) for name, report in REPORTS.items()}
    codes = _currencies(here)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        report = REPORTS[choose(st.selectbox, _("Report"), titles, key="report", default="month", width=360)]
        currency = _currency(report, codes)
    st.caption(speech.say(report.about))
    days = period(here.today, report.span, looks_ahead=report.looks_ahead)
    return Asked(report, days, currency, language()) if days else None


def made(here: Here, wanted: Asked) -> Table:
    """The report, of the snapshot of this run and within what the viewer sees on this page."""
    return run(
        here.books, here.scope, current_settings(), wanted.report.name, wanted.period,
        school_id=here.school.school_id if here.school else None, currency=wanted.currency, language=wanted.language,
        engine=engine(),
    )  # fmt: skip


def period(today: date, span: str, *, looks_ahead: bool = False) -> Period | None:
    """Days that a report of this span can be made for, by default the last month that is over."""
    names = {
        "month": _("End of a month") if span == "day" else _("Month"),
        "quarter": _("Quarter"),
        "year": _("Year"),
        "months": _("From month to month"),
        "days": _("Own dates"),
        "day": _("A day"),
    }
    kinds = {kind: names[kind] for kind in _KINDS[span]}
    latest = today.replace(day=1)
    if looks_ahead:
        latest = _months_on(latest, MONTHS_AHEAD)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = "month"
        if len(kinds) > 1:
            kind = choose(
                st.segmented_control, _("Period"), kinds, key="over", default="month", required=True, wrap=True
            )
        found = _PICKERS[kind](today, latest)
    if found and span == "day":
        last = min(found.last_day, today)
        return Period(last, last + timedelta(days=1))
    return found


_KINDS = {
    "month": ("month",),
    "months": ("month", "quarter", "year", "months"),
    "days": ("month", "quarter", "year", "days"),
    "day": ("month", "day"),
}


def _month(today: date, latest: date) -> Period:
    return Period.of_month(_one_month(_("Month"), "month", latest, _months_on(today.replace(day=1), -1)))


def _quarter(today: date, latest: date) -> Period:
    this = latest.replace(month=(latest.month - 1) // 3 * 3 + 1)
    starts = [_months_on(this, -3 * back) for back in range(MOST_MONTHS // 3)]
    names = {
        f"{start:%Y}-Q{start.month // 3 + 1}": _(
            "{year}, quarter {number}", year=start.year, number=start.month // 3 + 1
        )
        for start in starts
    }
    over = next((code for code, start in zip(names, starts, strict=True) if _months_on(start, 3) <= today), "")
    chosen = choose(st.selectbox, _("Quarter"), names, key="quarter", default=over or next(iter(names)), width=240)
    start = starts[list(names).index(chosen)]
    return Period(start, _months_on(start, 3))


def _year(today: date, latest: date) -> Period:
    years = {year: str(year) for year in range(latest.year, latest.year - MOST_YEARS, -1)}
    year = choose(st.selectbox, _("Year"), years, key="year", default=today.year, width=240)
    return Period(date(year, 1, 1), date(year + 1, 1, 1))


def _months(today: date, latest: date) -> Period | None:
    before = _months_on(today.replace(day=1), -1)
    first = _one_month(_("First month"), "first", latest, _months_on(before, -11))
    last = _one_month(_("Last month"), "last", latest, before)
    if first <= last:
        return Period.between(first, last)
    _backwards()
    return None


def _days(today: date, latest: date) -> Period | None:
    furthest = max(today, _months_on(latest, 1) - timedelta(days=1)) if latest > today else today
    since = _one_day(_("First day"), "first_day", today.replace(day=1), furthest)
    until = _one_day(_("Last day"), "last_day", today, furthest)
    if since <= until:
        return Period(since, until + timedelta(days=1))
    _backwards()
    return None


def _day(today: date, latest: date) -> Period | None:
    day = _one_day(_("End of the day"), "end_of", today, today)
    return Period(day, day + timedelta(days=1))


_PICKERS: dict[str, Callable[[date, date], Period | None]] = {
    "month": _month, "quarter": _quarter, "year": _year, "months": _months, "days": _days, "day": _day,
}  # fmt: skip


def _one_day(label: str, key: str, default: date, furthest: date) -> date:
    found = st.date_input(
        label, value=default, key=key, min_value=EARLIEST, max_value=furthest, format="DD/MM/YYYY",
        bind="query-params", width=170,
    )  # fmt: skip
    return found or default  # who empties the box gets what stood there first


def _one_month(label: str, key: str, latest: date, default: date) -> str:
    speech: Speech = speaking(language())
    months = [_months_on(latest, -back) for back in range(MOST_MONTHS)]
    names = {f"{month:%Y-%m}": _first_letter(speech.long_month(month)) for month in months}
    return choose(st.selectbox, label, names, key=key, default=f"{default:%Y-%m}", width=240)


def _first_letter(text: str) -> str:
    """Months begin small in Portuguese; in a list of their own they begin large."""
    return text[:1].upper() + text[1:]


def _backwards() -> None:
    st.warning(_("The period ends before it begins: choose a later end."))


def _months_on(first: date, months: int) -> date:
    """The first day of the month so many months later."""
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _currencies(here: Here) -> list[str]:
    """The currencies of the money that the viewer sees."""
    return sorted({row["currency"] for row in here.ask_school("deferred_by_currency").as_dicts() if row["currency"]})


def _currency(report: Report, codes: list[str]) -> str | None:
    if len(codes) < 2 or all(column.name != "currency" for column in report.columns):
        return None
    names = {"all": _("All, each for itself"), **{code: code for code in codes}}
    chosen = choose(st.selectbox, _("Currency"), names, key="currency", default="all", width=220)
    return None if chosen == "all" else chosen
