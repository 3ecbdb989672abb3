"""Makes a student's statement: what a period opened with, what happened in plain words, and what it closed with.

A statement is a table like any report, so it becomes CSV, XLSX and PDF by the same writers. Every line is one entry of
the ledger, or two that belong together: the class, and the booking that ended with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

import queries
from access.scope import Reach, Scope
from errors import HourbookError
from reports.finance import guard
from reports.finance.period import Period
from reports.finance.running import pin, stamp, zone_of
from reports.speech import Speech, speaking
from reports.speech import marked as _
from reports.statements.words import said
from reports.table import Cells, Column, Kind, Table, one_line
from settings import Settings

CHECKS = tuple(sorted({*guard.MONEY_CHECKS, *guard.HOURS_CHECKS}))

_HOURS = (
    Column("school_name", _("School"), missing=_("no school"), share=18),
    Column("effective_date", _("Day"), Kind.DAY, share=16),
    Column("what", _("What happened"), share=42),
    Column("package_id", _("Package no."), Kind.ID, share=11),
    Column("hours", _("Hours"), Kind.HOURS, share=11),
    Column("hours_left", _("Hours left"), Kind.HOURS, share=14),
)
_MONEY = (
    Column("currency", _("Currency"), share=10),
    Column("amount", _("Value"), Kind.MONEY, share=13),
    Column("amount_left", _("Value left"), Kind.MONEY, share=13),
)


class StatementOutOfReach(HourbookError):
    """There is no such student within the viewer's scope, or the viewer sees no balances."""


@dataclass(frozen=True)
class _Balance:
    """What stands after an entry; no amount where the viewer sees none."""

    hours: Decimal = Decimal("0.00")
    amount: Decimal | None = Decimal("0.00")

    def after(self, hours: Decimal, amount: Decimal | None) -> _Balance:
        return _Balance(self.hours + hours, None if amount is None or self.amount is None else self.amount + amount)


def statement(
    books: queries.Snapshots, scope: Scope, settings: Settings, student_id: int, period: Period, *,
    language: str = "en",
) -> Table:
    """The statement of one student within a scope: books of one school after the other.

    Raises StatementOutOfReach, BadPeriod, and NoSnapshot before the first sync.
    """
    pinned, speech = pin(books), speaking(language)
    name = _name(pinned, scope, student_id, speech)
    note = speech.say(
        _("Hours left can still be booked: hours of booked classes are already taken off. "
          "Value left is money paid for classes not yet taken.")
        if scope.sees_money else _("Hours left can still be booked: hours of booked classes are already taken off.")
    )
    stamped = stamp(
        pinned, settings, period, speech, of=name, when=period.words(speech), notes=(note,), checks=False,
        zone=zone_of(pinned, scope, None, settings),
    )
    return Table(
        name="statement", title=speech.say(_("Statement of {name}"), name=name),
        columns=(*_HOURS, *_MONEY) if scope.sees_money else _HOURS,
        stamp=stamped, speech=speech,
        source=lambda: _rows(pinned, scope, settings, student_id, period, speech),
        empty=speech.say(_("No hours were bought or used until {day}."), day=speech.long_day(period.last_day)),
        blocked=guard.reason(pinned, settings, CHECKS, speech),
        slug=f"{period.slug}_student-{student_id}", grouped_by="school_name",
    )


def _name(books: queries.Snapshots, scope: Scope, student_id: int, speech: Speech) -> str:
    if scope.reach is Reach.TEACHING:
        raise StatementOutOfReach("Statements hold balances, which this viewer does not see.")
    card = queries.ask(books, scope, "student_card", student_id=student_id).one()
    if not card:
        raise StatementOutOfReach(f"There is no student {student_id} here. Find one by `hourbook ask students_found`.")
    return one_line(card["name"] or "") or speech.say(_("student {id}"), id=student_id)


def _rows(
    books: queries.Snapshots, scope: Scope, settings: Settings, student_id: int, period: Period, speech: Speech,
) -> Iterator[Cells]:
    found = queries.ask(
        books, scope, "statement_entries", student_id=student_id, from_date=period.start, until_date=period.end,
        zone=settings.timezone,
    ).as_dicts()
    width = len(_HOURS) + (len(_MONEY) if scope.sees_money else 0)
    for school_id, entries in groupby(found, key=lambda entry: entry["school_id"]):
        visible = scope.money is None or school_id in scope.money
        for cells in _book(list(entries), period, speech, settings.currency, visible=visible):
            yield cells[:width]


def _book(
    entries: list[dict[str, Any]], period: Period, speech: Speech, default_currency: str, *, visible: bool,
) -> Iterator[Cells]:
    """The lines of one school's books: opening, entries, closing."""
    school, currency = entries[0]["school_name"], entries[0]["currency"] or default_currency
    balance = _Balance(amount=Decimal("0.00") if visible else None)
    for entry in entries:
        if entry["is_before"]:
            balance = balance.after(entry["hours"], entry["amount"])

    def line(day: Any, what: str, package: int | None, hours: Decimal | None, amount: Decimal | None) -> Cells:
        return school, day, what, package, hours, balance.hours, currency, amount, balance.amount

    yield line(period.start, speech.say(_("Opening balance")), None, None, None)
    for what in _joined([entry for entry in entries if not entry["is_before"]]):
        amount = what["amount"] if visible else None
        balance = balance.after(what["hours"], amount)
        package = what["package_id"] if (what["package_id"] or 0) > 0 else None
        yield line(what["effective_date"], said(what, speech), package, what["hours"], amount)
    yield line(period.last_day, speech.say(_("Closing balance")), None, None, None)


def _joined(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Entries with a class and the end of its booking made one; what changed nothing is left out."""
    lines: list[dict[str, Any]] = []
    ended: dict[Any, dict[str, Any]] = {}
    for entry in entries:
        key = (entry["source_table"], entry["source_id"], entry["package_id"], entry["effective_at"])
        if entry["kind"] == "consumed" and key in ended:
            line = ended.pop(key)
            line.update(
                kind="class", hours=line["hours"] + entry["hours"], amount=_sum(line["amount"], entry["amount"]),
                taken=-entry["hours"],
            )
            continue
        line = dict(entry)
        if entry["kind"] == "reserved" and entry["hours"] > 0:
            ended[key] = line
        lines.append(line)
    return [line for line in lines if line["hours"] or line["amount"]]


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    """Both together; nothing where the viewer sees no amounts."""
    return None if one is None or other is None else one + other


def _added(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    """The sum; none where amounts are hidden."""
    return None if one is None or other is None else one + other
