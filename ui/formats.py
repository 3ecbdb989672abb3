"""Writes figures for people: hours, money, days and shares, as the viewer's language does.

Values stay exact decimals up to the last character. Money is `1 234,56 €` in Portuguese and `€1,234.56` in English;
two currencies are never added up, only shown beside each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import dates

from ui.text import _, language

NOTHING = "–"
"""Stands where there is no value."""

NARROW = "\u00a0"
_LOCALES = {"en": "en_GB", "pt": "pt_PT"}
_SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "US$", "BRL": "R$", "CHF": "CHF"}
_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&=])")


def number(value: Decimal | int | None, places: int = 2) -> str:
    """An exact number with `places` decimals, digits in groups of three, a true minus sign."""
    if value is None:
        return NOTHING
    text = f"{abs(value):,.{places}f}"
    if language() == "pt":
        text = text.replace(",", NARROW).replace(".", ",")
    return f"\u2212{text}" if value < 0 and any(digit in "123456789" for digit in text) else text


def count(value: int | None) -> str:
    """A whole number."""
    return number(value, 0)


def hours(value: Decimal | None) -> str:
    """Hours with their unit, such as `12.50 h`."""
    return NOTHING if value is None else f"{number(value)}{NARROW}h"


def duration(value: Decimal | None) -> str:
    """Hours as one says them, such as `1 h 30 min`; with decimals where they are no whole minutes."""
    if value is None:
        return NOTHING
    minutes = abs(value) * 60
    if minutes != int(minutes):
        return hours(value)
    whole, rest = divmod(int(minutes), 60)
    parts = [f"{count(whole)}{NARROW}h"] if whole or not rest else []
    parts += [f"{rest}{NARROW}min"] if rest else []
    return ("\u2212" if value < 0 else "") + NARROW.join(parts)


def signed_duration(value: Decimal | None) -> str:
    """Hours as one says them, with a sign."""
    return f"+{duration(value)}" if value is not None and value > 0 else duration(value)


def signed_hours(value: Decimal | None) -> str:
    """Hours with a sign, for differences."""
    return f"+{hours(value)}" if value is not None and value > 0 else hours(value)


def money(amount: Decimal | None, currency: str | None) -> str:
    """An amount in its currency, as the language writes it."""
    if amount is None:
        return NOTHING
    symbol = _SYMBOLS.get(currency or "", currency or "")
    digits = number(abs(amount))
    minus = "\u2212" if amount < 0 else ""
    if language() == "pt":
        return f"{minus}{digits}{NARROW}{symbol}".rstrip()
    gap = NARROW if len(symbol) == 3 and symbol.isalpha() else ""
    return f"{minus}{symbol}{gap}{digits}"


def money_each(amounts: Iterable[tuple[Decimal | None, str | None]]) -> str:
    """Amounts of several currencies beside each other, largest first as given."""
    return " · ".join(money(amount, currency) for amount, currency in amounts) or NOTHING


def share(part: int | Decimal | None, whole: int | Decimal | None, places: int = 1) -> str:
    """`part` of `whole` in per cent; nothing where there is no whole."""
    if part is None or not whole:
        return NOTHING
    return f"{number(Decimal(part) * 100 / Decimal(whole), places)}{NARROW if language() == 'pt' else ''}%"


@lru_cache(maxsize=4096)
def _date(value: date, pattern: str, locale: str) -> str:
    return dates.format_date(value, pattern, locale=locale)


def day(value: date | None) -> str:
    """A day in words, such as `23 November 2026`."""
    return NOTHING if value is None else _date(value, "long", _LOCALES[language()])


def short_day(value: date | None) -> str:
    """A day in few characters, such as `23 Nov`."""
    return NOTHING if value is None else _date(value, "d MMM", _LOCALES[language()]).rstrip(".")


def medium_day(value: date | None) -> str:
    """A day with its year in few characters, such as `23 Nov 2026`."""
    return NOTHING if value is None else _date(value, "d MMM y", _LOCALES[language()])


def weekday_and_day(value: date | None) -> str:
    """A day with its weekday in few characters, such as `Wed, 25 Nov`."""
    return NOTHING if value is None else _date(value, "EEE, d MMM", _LOCALES[language()]).replace(".", "")


def weekday_day_and_year(value: date | None) -> str:
    """A day with weekday and year in few characters, such as `Wed, 25 Nov 2026`."""
    return NOTHING if value is None else _date(value, "EEE, d MMM y", _LOCALES[language()]).replace(".", "")


def long_day(value: date | None) -> str:
    """A day in words with its weekday, such as `Friday, 27 November 2026`."""
    return NOTHING if value is None else _date(value, "full", _LOCALES[language()])


def local_day(value: datetime, zone: str) -> date:
    """The day of an instant in a zone."""
    return value.astimezone(ZoneInfo(zone)).date()


def month(value: date | None) -> str:
    """A month in few characters, such as `Nov 2026`."""
    return NOTHING if value is None else _date(value, "MMM y", _LOCALES[language()])


def weekday(number_: int) -> str:
    """Short name of a weekday, 1 = Monday."""
    return _date(date(2024, 1, number_), "EEE", _LOCALES[language()]).rstrip(".")


def instant(value: datetime | None, zone: str) -> str:
    """An instant as a day and a time of `zone`, such as `Monday, 23 November 2026, 05:00`."""
    if value is None:
        return NOTHING
    local = value.astimezone(ZoneInfo(zone))
    return f"{_date(local.date(), 'full', _LOCALES[language()])}, {local:%H:%M}"


def moment(value: datetime | None, zone: str) -> str:
    """An instant in few characters, such as `23 Nov 2026, 05:00`."""
    if value is None:
        return NOTHING
    local = value.astimezone(ZoneInfo(zone))
    return f"{_date(local.date(), 'd MMM y', _LOCALES[language()])}, {local:%H:%M}"


def days_until(value: int | None) -> str:
    """How far a day is, in words: today, tomorrow, in 5 days, 3 days ago."""
    if value is None:
        return _("never")
    if value in (0, 1, -1):
        return {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}[value]
    return _("in {days} days", days=value) if value > 0 else _("{days} days ago", days=-value)


def lasting(seconds: float) -> str:
    """A length of time in its largest unit: 40 s, 12 min, 5 h, 3 days."""
    for size, form in ((86400, _("{n} days")), (3600, "{n} h"), (60, "{n} min")):
        if seconds >= 2 * size:
            return form.format(n=int(seconds // size))
    return f"{int(seconds)} s"


def plain(text: str | None) -> str:
    """Text of a user made safe for Markdown: shown as it was written, on one line, never as markup."""
    flat = " ".join((text or "").split())
    return _MARKUP.sub(r"\\\1", flat)


def one_line(text: str | None) -> str:
    """Text on one line, for where it is escaped and not read as Markdown."""
    return " ".join((text or "").split())


def name(person: Mapping[str, object]) -> str:
    """A person's name, else the e-mail, else the id; as written, not made safe for Markdown."""
    written = str(person.get("name") or "").strip() or str(person.get("email") or "").strip()
    return written or _("student {id}", id=person.get("student_id"))
