"""Says the texts of messages in British English or the Portuguese of Portugal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from reports.receipts.wording import Writer
from reports.speech import marked as _
from reports.table import one_line
from translations import catalogue


@dataclass(frozen=True)
class Words:
    """One language of messages. Make one with `words_of`."""

    language: str

    def say(self, message: str, /, **values: object) -> str:
        """`message` in this language, its {names} filled in."""
        text = catalogue(self.language, "mail").gettext(message)
        return text.format(**values) if values else text

    def hours(self, value: Decimal) -> str:
        """Hours without needless zeros."""
        return f"{self._writer.number(value)}\u00a0h"

    def money(self, amount: Decimal, currency: str) -> str:
        """An amount with its currency."""
        return self._writer.money(amount, currency)

    def day(self, value: date | str) -> str:
        """A day in words."""
        return self._writer.day(value)

    def in_days(self, days: int) -> str:
        """How far away a day is."""
        if days <= 1:
            return self.say(_("today")) if days <= 0 else self.say(_("tomorrow"))
        return self.say(_("in {days} days"), days=days)

    def name(self, text: str | None) -> str:
        """A name as it may stand in a line; a dash where there is none."""
        return one_line(text or "") or "–"

    @cached_property
    def _writer(self) -> Writer:
        return Writer(self.language, one_line)


def words_of(language: str | None) -> Words:
    """The words of a language; one that is not known is English."""
    return Words("pt" if (language or "")[:2].lower() == "pt" else "en")
