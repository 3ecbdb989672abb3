"""Says titles and writes figures in the language of a report: British English or the Portuguese of Portugal.

A report is made for a reader who may not be the one who asks for it, so the language is a value that is passed on,
not a setting of the process. Money is written without its symbol: the currency has a column of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import dates

from translations import catalogue

LANGUAGES = ("en", "pt")
NOTHING = "–"
"""Stands where there is no value."""

GAP = "\u00a0"
_LOCALES = {"en": "en_GB", "pt": "pt_PT"}


def marked(message: str) -> str:
    """The message as it is: marks a text of a definition, which is said in a language only when a report is made."""
    return message


@dataclass(frozen=True)
class Speech:
    """One language. Make one with `speaking`."""

    language: str

    def say(self, message: str, /, **values: object) -> str:
        """`message` in this language, its {names} filled in."""
        text = catalogue(self.language, "reports").gettext(message) if message else ""
        return text.format(**values) if values else text

    def number(self, value: Decimal | int, places: int = 2) -> str:
        """An exact number with its digits in groups of three and a true minus sign."""
        text = f"{abs(value):,.{places}f}"
        if self.language == "pt":
            text = text.replace(",", GAP).replace(".", ",")
        return f"\u2212{text}" if value < 0 and any(digit in "123456789" for digit in text) else text

    def day(self, value: date) -> str:
        """A day with its year in few characters, such as `23 Nov 2026`."""
        return _date(value, "d MMM y", _LOCALES[self.language])

    def long_day(self, value: date) -> str:
        """A day in words, such as `23 November 2026`."""
        return _date(value, "long", _LOCALES[self.language])

    def month(self, value: date) -> str:
        """A month in few characters, such as `Nov 2026`."""
        return _date(value, "MMM y", _LOCALES[self.language])

    def long_month(self, value: date) -> str:
        """A month in words, such as `November 2026`."""
        return _date(value, "LLLL y" if self.language == "en" else "LLLL 'de' y", _LOCALES[self.language])

    def instant(self, value: datetime, zone: str) -> str:
        """An instant as a day and a time of `zone`, with the zone's name."""
        local = value.astimezone(ZoneInfo(zone))
        return f"{self.long_day(local.date())}, {local:%H:%M} ({zone})"

    def listed(self, things: list[str]) -> str:
        """Several things in one line."""
        return ", ".join(things)


def speaking(language: str) -> Speech:
    """The speech of a language; one that is not known is English."""
    return Speech(language if language in LANGUAGES else "en")


@lru_cache(maxsize=4096)
def _date(value: date, pattern: str, locale: str) -> str:
    written: Any = dates.format_date(value, pattern, locale=locale)
    return str(written)
