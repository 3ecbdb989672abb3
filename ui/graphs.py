"""The charts of the pages: each takes an answer, and says in words what it shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import streamlit as st

from queries import Answer
from ui import charts, formats, screens, tables
from ui.filters import begun, following
from ui.session import Here
from ui.text import _, _n


def hours_by_period(used: Answer, period: dict[str, Any], *, key: str) -> None:
    """Hours per day, week or month as bars; `period` holds grain, from_date and until_date (not itself)."""
    if not used.rows:
        screens.empty(_("No classes in this period."), _("Choose a longer period."))
        return
    grain = period["grain"]
    found = {row["period_start"]: row for row in used.as_dicts()}
    starts = _starts(period["from_date"], period["until_date"], grain)
    none = {"hours": Decimal(0), "classes": 0}
    rows = [found.get(start, none) for start in starts]
    said = [
        _(
            "{when}: {hours}, {classes}",
            when=_when(start, grain),
            hours=formats.hours(row["hours"]),
            classes=_n("{number} class", "{number} classes", row["classes"]),
        )
        for start, row in zip(starts, rows, strict=True)
    ]
    label: Callable[[date], str] = formats.month if grain == "month" else formats.short_day
    _bars([label(start) for start in starts], [row["hours"] for row in rows], said, key=key)


def expiring(here: Here, *, days: int, key: str) -> None:
    """Hours at stake within `days` as bars, by day for two weeks and by week beyond."""
    grain = "week" if days > 14 else "day"
    found = {
        row["period_start"]: row for row in here.ask_school("expirations_by_period", grain=grain, days=days).as_dicts()
    }
    if not found:
        screens.empty(_("Nothing expires."), _("No package with hours left expires in this time."))
        return
    starts = _starts(min(here.today, *found), here.today + timedelta(days=days), grain)
    none = {"hours_at_stake": Decimal(0), "students": 0}
    rows = [found.get(start, none) for start in starts]
    said = [
        _(
            "{when}: {hours} of {students}",
            when=_when(start, grain),
            hours=formats.hours(row["hours_at_stake"]),
            students=_n("{number} student", "{number} students", row["students"]),
        )
        for start, row in zip(starts, rows, strict=True)
    ]
    values = [row["hours_at_stake"] for row in rows]
    _bars([formats.short_day(start) for start in starts], values, said, key=key, colour=charts.SECOND)


def _starts(since: date, until: date, grain: str) -> list[date]:
    """First days of the days, weeks or months that touch since … until (not itself)."""
    starts = [begun(since, grain)]
    while (start := following(starts[-1], grain)) < until:
        starts.append(start)
    return starts


def by_month(months: dict[date, Decimal], *, key: str, colour: str = charts.FIRST, table: bool = False) -> None:
    """Hours per month as bars, also of the months between that have none."""
    starts = _starts(min(months), following(max(months), "month"), "month")
    labels = [formats.month(start) for start in starts]
    values = [months.get(start, Decimal(0)) for start in starts]
    said = [f"{label}: {formats.hours(hours)}" for label, hours in zip(labels, values, strict=True)]
    _bars(labels, values, said, key=key, colour=colour, table=table)


def rates_by_month(months: Answer, *, key: str) -> None:
    """No-shows and cancellations per month as shares."""
    rows = months.as_dicts()
    if not rows:
        screens.empty(_("No classes in this period."), _("Choose a longer period."))
        return
    series: dict[str, tuple[list[Decimal | None], list[str]]] = {}
    for name, part, whole in (
        (_("No-shows"), "no_shows", "classes_not_cancelled"),
        (_("Cancelled"), "cancellations", "classes"),
    ):
        values = [Decimal(row[part]) * 100 / row[whole] if row[whole] else None for row in rows]
        said = [
            _(
                "{when}: {share} ({part} of {whole} classes)",
                when=formats.month(row["class_month"]),
                share=formats.share(row[part], row[whole]),
                part=row[part],
                whole=row[whole],
            )
            for row in rows
        ]
        series[name] = (values, said)
    figure = charts.lines([formats.month(row["class_month"]) for row in rows], series, unit="%")
    charts.show(figure, alt=" ".join(said[-1] for _values, said in series.values()), key=key)
    _as_table(
        [
            tables.text(_("Month"), (formats.month(row["class_month"]) for row in rows)),
            tables.counts(_("Classes"), months.column("classes")),
            tables.counts(_("No-shows"), months.column("no_shows")),
            tables.counts(_("Cancelled"), months.column("cancellations")),
        ],
        key=key,
    )


def hour_of_week(hours: Answer, *, key: str) -> None:
    """When classes took place, as a grid of weekdays and hours."""
    rows = hours.as_dicts()
    if not rows:
        screens.empty(_("No classes in this period."), _("Choose a longer period."))
        return
    found = {(row["weekday"], row["class_hour"]): row for row in rows}
    span = range(min(row["class_hour"] for row in rows), max(row["class_hour"] for row in rows) + 1)
    week = range(1, 8)

    def said(weekday: int, hour: int) -> str:
        row: dict[str, Any] = found.get((weekday, hour), {"classes": 0, "hours": Decimal(0)})
        return _(
            "{weekday} {hour}:00: {classes}, {hours}",
            weekday=formats.weekday(weekday),
            hour=hour,
            classes=_n("{number} class", "{number} classes", row["classes"]),
            hours=formats.hours(row["hours"]),
        )

    figure = charts.heat_map(
        [f"{hour}h" for hour in span],
        [formats.weekday(weekday) for weekday in week],
        [[found[weekday, hour]["classes"] if (weekday, hour) in found else 0 for hour in span] for weekday in week],
        [[said(weekday, hour) for hour in span] for weekday in week],
        unit=_("classes"),
    )
    busiest = max(rows, key=lambda row: row["classes"])
    charts.show(figure, alt=_("Busiest: {said}", said=said(busiest["weekday"], busiest["class_hour"])), key=key)


def _bars(
    labels: list[str],
    values: list[Decimal],
    said: list[str],
    *,
    key: str,
    colour: str = charts.FIRST,
    table: bool = True,
) -> None:
    most = max(range(len(values)), key=values.__getitem__)
    alt = _("Most: {most}. Latest: {latest}.", most=said[most], latest=said[-1])
    charts.show(charts.bars(labels, values, said, unit=_("hours"), colour=colour), alt=alt, key=key)
    if table:
        columns = [tables.text(_("Period"), labels), tables.hours(_("Hours"), values), tables.text(_("In words"), said)]
        _as_table(columns, key=key)


def _as_table(columns: list[tables.Column], *, key: str) -> None:
    with st.expander(_("Show as a table")):
        tables.show(columns, key=f"{key}-table", alt=_("The figures of the chart above."), height=280)


def _when(day: date, grain: str) -> str:
    if grain == "month":
        return formats.month(day)
    return _("week of {day}", day=formats.medium_day(day)) if grain == "week" else formats.medium_day(day)
