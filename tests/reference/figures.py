"""Adds entries up to the figures of students, packages and months."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from tests.reference.book import Books, Entry
from tests.reference.reading import ZERO, Platform, StudentRows

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SIGNS = {
    "purchased": 1, "added": 1, "deducted": -1, "consumed": -1, "reserved": -1, "returned": 1, "expired": -1,
    "extended": 1, "voided": -1,
}
Figures = dict[str, Decimal]


def student_figures(books: Books) -> Figures:
    """The hour columns of student_balances."""
    def hours(*kinds: str) -> Decimal:
        return sum((entry.hours for entry in books.entries if entry.kind in kinds), ZERO)

    figures = {f"hours_{kind}": sign * hours(kind) for kind, sign in _SIGNS.items()}
    figures["hours_consumed"] = -hours("consumed", "overdrawn")
    figures["hours_remaining"] = sum((e.hours for e in books.entries if e.package is not None), ZERO)
    figures["hours_overdrawn"] = -sum((e.hours for e in books.entries if e.package is None), ZERO)
    figures["hours_usable"] = sum((p.remaining for p in books.packages.values() if not p.expired), ZERO)
    return figures


def package_figures(books: Books) -> dict[int, Figures]:
    """Hours and amounts of each purchase that grants, upcoming ones included."""
    return {number: _package(books, number) for number in books.packages if number > 0}


def next_expiry(books: Books) -> tuple[int | None, Decimal | None, int]:
    """When the next hours expire, how many, and how many packages (goodwill apart) have hours that are valid now."""
    standing = [p for p in books.packages.values() if p.granted and not p.expired and p.remaining > 0]
    soonest = min((p.expires for p in standing if p.expires is not None), default=None)
    hours = None if soonest is None else sum((p.remaining for p in standing if p.expires == soonest), ZERO)
    return soonest, hours, len([p for p in standing if p.of.id > 0])


def package_expiries(books: Books) -> dict[int, int | None]:
    """When each package expires, extensions included."""
    return {number: package.expires for number, package in books.packages.items() if number > 0}


def _package(books: Books, number: int) -> Figures:
    package = books.packages[number]
    entries = [entry for entry in books.entries if entry.package == number]

    def hours(*kinds: str) -> Decimal:
        return sum((entry.hours for entry in entries if entry.kind in kinds), ZERO)

    def amount(*kinds: str) -> Decimal:
        return sum((entry.amount for entry in entries if entry.kind in kinds), ZERO)

    kept = {True: ZERO, False: ZERO}
    for taking in books.takings:
        for piece in taking.pieces:
            if piece.package is package and taking.of:
                kept[taking.taught] += piece.kept
    return {
        "hours_granted": hours("purchased"),
        "hours_upcoming": ZERO if package.granted else package.of.hours,
        "hours_consumed": kept[True],
        "hours_reserved": kept[False],
        "hours_returned": hours("returned"),
        "hours_deducted": -hours("deducted"),
        "hours_expired": -hours("expired", "extended"),
        "hours_voided": -hours("voided"),
        "hours_remaining": sum((entry.hours for entry in entries), ZERO),
        "price": amount("purchased"),
        "amount_upcoming": ZERO if package.granted else package.of.price,
        "amount_recognised": -amount("consumed", "returned"),
        "amount_breakage": -amount("expired", "extended"),
        "amount_refunded": -amount("voided"),
        "amount_deferred": sum((entry.amount for entry in entries), ZERO),
    }


def consumption_hours(books: Books, rows: StudentRows) -> dict[int, tuple[Decimal, Decimal]]:
    """Hours held, and what is left of them after all that came back by now, per consumption."""
    returned = {
        taking.of.id: sum((piece.returned for piece in [taking.uncovered, *taking.pieces]), ZERO)
        for taking in books.takings if taking.of
    }
    return {row.id: (row.held, row.held - returned.get(row.id, ZERO)) for row in rows.consumptions}


def money_by_month(platform: Platform, entries: Iterable[Entry], until: int) -> dict[tuple[int | None, date], Figures]:
    """The roll-forward of each school with money, from its first month to the current one."""
    moved: dict[int | None, dict[date, Figures]] = defaultdict(dict)
    parts = {
        "purchased": ("sold", 1), "consumed": ("recognised", -1), "returned": ("recognised", -1),
        "expired": ("breakage", -1), "extended": ("breakage", -1), "voided": ("refunded", -1),
    }
    for entry in entries:
        if entry.amount:
            month = month_of(platform, entry.school, entry.at)
            figures = moved[entry.school].setdefault(
                month, dict.fromkeys(("sold", "recognised", "breakage", "refunded"), ZERO),
            )
            name, sign = parts[entry.kind]
            figures[name] += sign * entry.amount
    return {
        (school, month): figures
        for school, months in moved.items()
        for month, figures in _rolled(months, month_of(platform, school, until))
    }


def month_of(platform: Platform, school: int | None, at: int) -> date:
    """First day of the month in which an instant lies, in the school's zone."""
    local = (_EPOCH + timedelta(microseconds=at)).astimezone(platform.school(school).zone)
    return local.date().replace(day=1)


def _rolled(months: dict[date, Figures], last: date) -> Iterable[tuple[date, Figures]]:
    month, closing = min(months), ZERO
    while month <= last:
        moved = months.get(month) or dict.fromkeys(("sold", "recognised", "breakage", "refunded"), ZERO)
        opening = closing
        closing = opening + moved["sold"] - moved["recognised"] - moved["breakage"] - moved["refunded"]
        yield month, {
            "opening_deferred": opening, **moved, "closing_deferred": closing, "cash_in": moved["sold"],
            "cash_out": moved["refunded"], "cash": moved["sold"] - moved["refunded"],
        }
        month = (month + timedelta(days=32)).replace(day=1)
