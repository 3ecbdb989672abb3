"""Decides on which days a school teaches: its terms, school holidays and public holidays."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

Break = tuple[str, date, date]
"""(name, first day, last day), both days without classes."""


def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (Meeus, Jones and Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    l = (32 + 2 * e + 2 * i - h - k) % 7  # noqa: E741 (the formula's own letter)
    m = (a + 11 * h + 22 * l) // 451
    month, day = divmod(h + l - 7 * m + 114, 31)
    return date(year, month, day + 1)


def _around_easter(year: int, name: str, before: int, after: int) -> Break:
    sunday = easter(year)
    return name, sunday - timedelta(days=before), sunday + timedelta(days=after)


def _portugal(year: int) -> list[Break]:
    single = [(1, 1), (4, 25), (5, 1), (6, 10), (10, 5), (11, 1), (12, 1), (12, 8)]
    return [
        ("Férias de Natal", date(year, 12, 18), date(year + 1, 1, 3)),
        _around_easter(year, "Carnaval", 49, -46),
        _around_easter(year, "Férias da Páscoa", 13, 1),
        _around_easter(year, "Corpo de Deus", -60, 60),
        ("Férias de verão", date(year, 7, 16), date(year, 9, 7)),
        *[("Feriado", date(year, m, d), date(year, m, d)) for m, d in single],
    ]


def _azores(year: int) -> list[Break]:
    holy_spirit = easter(year) + timedelta(days=50)
    single = [(1, 1), (4, 25), (5, 1), (6, 10), (10, 5), (11, 1), (12, 1), (12, 8)]
    return [
        ("Christmas", date(year, 12, 20), date(year + 1, 1, 5)),
        _around_easter(year, "Carnival", 48, -46),
        _around_easter(year, "Easter", 9, 1),
        ("Azores Day", holy_spirit, holy_spirit),
        ("Summer", date(year, 7, 10), date(year, 9, 10)),
        *[("Public holiday", date(year, m, d), date(year, m, d)) for m, d in single],
    ]


def _britain(year: int) -> list[Break]:
    may = date(year, 5, 1)
    first_monday = may + timedelta(days=-may.weekday() % 7)
    last_monday = date(year, 5, 31) - timedelta(days=date(year, 5, 31).weekday())
    return [
        ("Christmas", date(year, 12, 19), date(year + 1, 1, 4)),
        ("February half-term", date(year, 2, 15), date(year, 2, 21)),
        _around_easter(year, "Easter", 8, 8),
        ("Early May bank holiday", first_monday, first_monday),
        ("May half-term", last_monday, last_monday + timedelta(days=6)),
        ("Summer", date(year, 7, 22), date(year, 9, 3)),
        ("October half-term", date(year, 10, 24), date(year, 11, 1)),
    ]


_BREAKS = {"PT": _portugal, "AC": _azores, "GB": _britain}


def breaks(calendar: str, year: int) -> list[Break]:
    """The breaks that begin in a year, by the calendar's code (PT, AC or GB)."""
    return _BREAKS[calendar](year)


def is_teaching_day(calendar: str, day: date) -> bool:
    """Whether classes take place that day: no Sunday, no break."""
    if day.weekday() == 6:
        return False
    return not any(first <= day <= last for y in (day.year - 1, day.year) for _, first, last in breaks(calendar, y))


def teaching_days(calendar: str, first: date, count: int) -> NDArray[np.bool_]:
    """Whether each of ``count`` days from ``first`` on is a teaching day, as one boolean per day."""
    open_days = np.ones(count, dtype=np.bool_)
    weekday = (np.arange(count) + first.weekday()) % 7
    open_days[weekday == 6] = False
    last_year = (first + timedelta(days=count)).year
    for year in range(first.year - 1, last_year + 1):
        for _, begin, end in breaks(calendar, year):
            low = max((begin - first).days, 0)
            open_days[low : max((end - first).days + 1, low)] = False
    return open_days
