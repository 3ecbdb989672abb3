"""Answers how a student's hours stand, now or at any instant of the past."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import queries
from api import shapes, whose
from api.access_rules import ONE_STUDENT
from api.calls import Answer, Asking, Call
from api.problems import FieldError, Kind, bad_values, no_such_student
from api.trail import Viewed
from api.values import DaysAhead, Instant, described
from api.whose import OfStudent, Whose
from ledger.eligibility import Holding
from ledger.outlook import outlook

Row = Mapping[str, Any]
_ZERO = Decimal(0)
_OF_PACKAGE = ("hours_consumed", "hours_reserved", "hours_deducted", "hours_expired", "hours_voided", "hours_remaining")


class AskedBalance(OfStudent):
    """Whose, of when, and how far ahead."""

    as_of: Instant | None = described("The balance as of this instant of the past.", "2026-10-01T00:00:00Z")
    days_ahead: DaysAhead = described("Days within which upcoming_expirations lie.", 7, default=7)


def standing(asking: Asking, found: Whose) -> list[dict[str, Any]]:
    """The student's figures now, one row per package. Raises Problem for who is not to be seen."""
    rows = queries.ask_one(asking.books, found.scope, "student_standing", student_id=found.student_id)
    if not rows:
        raise no_such_student()
    return rows


def viewed(found: Whose, row: Row) -> Viewed | None:
    """Whom an answer shows, where it is somebody else's."""
    schools = row["school_ids"] or ()
    return None if found.is_own else Viewed(found.student_id, schools[0] if schools else None)


def holdings(rows: Iterable[Row]) -> list[Holding]:
    """What the packages hold that can be booked, and the hours that were given without a package."""
    rows = list(rows)
    found = [
        Holding(row["hours_remaining"] + row["hours_upcoming"], row["purchased_at"], row["expires_at"])
        for row in rows
        if row["package_id"] is not None and row["status"] != "refunded"
    ]
    given = goodwill(rows)
    return [*found, Holding(given, rows[0]["as_of"], None, is_package=False)] if given > 0 else found


def goodwill(rows: Iterable[Row]) -> Decimal:
    """Usable hours that no package holds."""
    rows = list(rows)
    in_packages = sum((row["hours_remaining"] for row in rows if row["package_id"] is not None), _ZERO)
    return Decimal(rows[0]["student_remaining"] - in_packages)


def _work(asking: Asking, asked: AskedBalance) -> Answer:
    if asked.as_of is not None and asked.as_of > asking.as_of:
        last = asking.as_of.isoformat()
        raise bad_values([FieldError("as_of", f"lies after {last}, up to which the books are known")])
    found = whose.find(asking, asked)
    if asked.as_of is None:
        rows = standing(asking, found)
    else:
        params = {"student_id": found.student_id, "as_of": asked.as_of}
        rows = queries.ask(asking.books, found.scope, "student_standing_as_of", **params).as_dicts()
        if not rows:
            raise no_such_student()
    first = rows[0]
    packages = [row for row in rows if row["package_id"] is not None]
    body = {
        "student_info": student_info(first),
        "as_of": first["as_of"],
        "balance_summary": _summary(rows, packages, is_now=asked.as_of is None),
        "package_status": {
            f"{status}_packages": [_package(row) for row in packages if row["status"] == status]
            for status in ("active", "expired", "exhausted", "upcoming")
        },
        "upcoming_expirations": [_expiration(row) for row in packages if _expires_within(row, asked.days_ahead)],
        "subscription_info": _subscription(packages, first),
    }
    return Answer(body, viewed=viewed(found, first))


def student_info(row: Row) -> dict[str, Any]:
    """Who it is."""
    return {"id": row["student_id"], "name": row["name"] or "", "email": row["email"]}


def _summary(rows: list[dict[str, Any]], packages: list[dict[str, Any]], *, is_now: bool) -> dict[str, Any]:
    first = rows[0]
    amounts = _amounts(packages, first["home_currency"])
    single = amounts[0] if len(amounts) == 1 else None
    return {
        "hours_purchased": first["student_purchased"],
        "hours_added": first["student_added"],
        "hours_consumed": first["student_consumed"],
        "hours_reserved": first["student_reserved"],
        "hours_deducted": first["student_deducted"],
        "hours_expired": first["student_expired"],
        "hours_voided": first["student_voided"],
        "hours_overdrawn": first["student_overdrawn"],
        "remaining_hours": first["student_remaining"],
        "usable_hours": first["student_usable"],
        "balance_amount": single["amount"] if single else None,
        "currency": single["currency"] if single else None,
        "balance_amounts": amounts,
        "forecast": _forecast(rows) if is_now else None,
    }


def _amounts(packages: list[dict[str, Any]], home_currency: str | None) -> list[dict[str, Any]]:
    """Money taken less money given back, by currency; empty where amounts may not be seen."""
    if any(row["price"] is None for row in packages):
        return []
    sums: dict[str, Decimal] = {} if packages or home_currency is None else {home_currency: _ZERO}
    for row in packages:
        currency = row["currency"] or ""
        sums[currency] = sums.get(currency, _ZERO) + row["price"] - (row["amount_refunded"] or _ZERO)
    return [{"currency": currency, "amount": amount} for currency, amount in sorted(sums.items())]


def _forecast(rows: list[dict[str, Any]]) -> dict[str, Any]:
    first = rows[0]
    told = outlook(
        holdings(rows), hours_booked_ahead=first["student_reserved"], pace_per_week=first["pace_per_week"],
        now=first["as_of"],
    )
    gone = told.runs_out_at if told else None
    return {
        "pace_per_week": first["pace_per_week"],
        "hours_booked_ahead": first["student_reserved"],
        "runs_out_at": gone,
        "runs_out_on": gone.astimezone(ZoneInfo(first["timezone"])).date() if gone else None,
        "hours_expiring_unused": told.hours_unused if told else None,
    }


def _package(row: Row) -> dict[str, Any]:
    return {
        "transaction_id": row["package_id"],
        "plan_name": row["plan_name"],
        "hours_included": row["hours_granted"] + row["hours_upcoming"],
        **{name: row[name] for name in _OF_PACKAGE[:-1]},
        "hours_remaining": row["hours_remaining"] + row["hours_upcoming"],
        "purchased_at": row["purchased_at"],
        "expires_at": row["expires_at"],
        "days_until_expiry": row["days_until_expiry"],
        "is_expired": row["status"] == "expired",
    }


def _expires_within(row: Row, days: int) -> bool:
    return (
        row["status"] == "active" and row["hours_remaining"] > 0
        and row["days_until_expiry"] is not None and row["days_until_expiry"] <= days
    )


def _expiration(row: Row) -> dict[str, Any]:
    return {
        "transaction_id": row["package_id"],
        "plan_name": row["plan_name"],
        "hours_remaining": row["hours_remaining"],
        "expires_at": row["expires_at"],
        "days_until_expiry": row["days_until_expiry"],
    }


def _subscription(packages: list[dict[str, Any]], first: Row) -> dict[str, Any]:
    """The latest subscription, from its purchase; the payment provider's side is not known here."""
    bought = [row for row in packages if row["transaction_type"] == "subscription" and row["status"] != "upcoming"]
    latest = max(bought, key=lambda row: (row["purchased_at"], row["package_id"]), default=None)
    runs = latest is not None and latest["status"] != "refunded" and (
        latest["expires_at"] is None or latest["expires_at"] > first["as_of"]
    )
    return {
        "is_active": runs,
        "subscription_status": None if latest is None else ("active" if runs else "inactive"),
        "billing_cycle": None,
        "next_billing_date": None,
        "current_period_start": latest["purchased_at"] if latest else None,
        "current_period_end": latest["expires_at"] if latest else None,
        "cancel_at_period_end": None,
    }


CALLS = (
    Call(
        path="/student-balance/",
        name="studentBalance",
        summary="How a student's hours stand",
        description="The balance with its packages, now or as of an instant of the past. Every figure is a sum over "
        "the entries that `proof` lists.",
        access=ONE_STUDENT,
        asked=AskedBalance,
        shape=shapes.Balance,
        work=_work,
        problems=(Kind.NOT_FOUND, Kind.CONFLICT),
        from_snapshot=True,
    ),
)
