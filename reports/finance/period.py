"""Reads which days a report is about: a month, several months, or days; half-open, in the schools' own days."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from errors import HourbookError
from reports.speech import Speech
from reports.speech import marked as _

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)


class BadPeriod(HourbookError):
    """The days a report is asked for make no period, or none that this report can be made for."""


@dataclass(frozen=True)
class Period:
    """The days from `start` to `end`, `end` not itself."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if not self.start < self.end:
            raise BadPeriod(f"The period from {self.start} to {self.end} holds no day: let it end later.")
        if not EARLIEST <= self.start < self.end <= LATEST:
            raise BadPeriod(f"The period from {self.start} to {self.end} lies outside {EARLIEST.year}–{LATEST.year}.")

    @classmethod
    def of_month(cls, text: str) -> Period:
        """The month written as 2025-09. Raises BadPeriod."""
        _first_day(text)
        return cls.between(text, text)

    @classmethod
    def between(cls, first: str, last: str) -> Period:
        """From one month or day to another, both included, written as 2025-09 or 2025-09-01. Raises BadPeriod."""
        start = _first_day(first) if _is_month(first) else day_of(first)
        until = _first_day(last) if _is_month(last) else day_of(last)
        if until >= LATEST:
            raise BadPeriod(f"The period from {start} to {until} lies outside {EARLIEST.year}–{LATEST.year}.")
        return cls(start, _next_month(until) if _is_month(last) else until + timedelta(days=1))

    @classmethod
    def month_before(cls, day: date) -> Period:
        """The last month that was over on a day."""
        last = day.replace(day=1) - timedelta(days=1)
        return cls(last.replace(day=1), day.replace(day=1))

    @property
    def last_day(self) -> date:
        """Its last day."""
        return self.end - timedelta(days=1)

    @property
    def is_whole_months(self) -> bool:
        """Begins and ends with a month."""
        return self.start.day == self.end.day == 1

    @property
    def is_one_month(self) -> bool:
        """Is one calendar month."""
        return self.start.day == 1 and self.end == _next_month(self.start)

    @property
    def slug(self) -> str:
        """As a file's name says it."""
        if self.is_one_month:
            return f"{self.start:%Y-%m}"
        if self.is_whole_months:
            return f"{self.start:%Y-%m}_{self.last_day:%Y-%m}"
        return f"{self.start}" if self.start == self.last_day else f"{self.start}_{self.last_day}"

    def words(self, speech: Speech) -> str:
        """As a person says it."""
        if self.is_one_month:
            return speech.long_month(self.start)
        if self.start == self.last_day:
            return speech.long_day(self.start)
        return speech.say(
            _("{first} to {last}"), first=speech.long_day(self.start), last=speech.long_day(self.last_day)
        )


def day_of(text: str) -> date:
    """The day written as 2025-09-01. Raises BadPeriod."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text.strip(), re.ASCII):
            return date.fromisoformat(text.strip())
    except ValueError:
        pass
    raise BadPeriod(f"{text!r} is not a day: write it as 2025-09-01.")


def _first_day(text: str) -> date:
    try:
        if re.fullmatch(r"\d{4}-\d\d", text.strip(), re.ASCII):
            return date.fromisoformat(f"{text.strip()}-01")
    except ValueError:
        pass
    raise BadPeriod(f"{text!r} is not a month: write it as 2025-09.")


def _is_month(text: str) -> bool:
    return len(text.strip()) == len("2025-09")


def _next_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)
