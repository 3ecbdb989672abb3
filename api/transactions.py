"""Answers what a student paid for: every transaction, and the completed purchases with what is left of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import model_validator

import queries
from api import paging, row_shapes, whose
from api.access_rules import ONE_STUDENT
from api.balance import standing, viewed
from api.calls import Answer, Asking, Call
from api.listing import page_shape
from api.paging import Paged
from api.problems import Kind
from api.values import Day, Flag, described, one_of
from api.whose import OfStudent, Whose

STATUSES = ("pending", "processing", "completed", "failed", "cancelled", "refunded")
TYPES = ("package", "subscription")
_NEWEST_FIRST = {"after_at": "created_at", "after_id": "transaction_id"}
Rows = Sequence[Mapping[str, Any]]


class AskedHistory(OfStudent, Paged):
    """Whose, which, and which page."""

    payment_status: one_of(*STATUSES) | None = described("Only those that stand so.", "completed")  # type: ignore[valid-type]
    transaction_type: one_of(*TYPES) | None = described("Only those of this kind.", "package")  # type: ignore[valid-type]
    date_from: Day | None = described("From this day of the school on, it included.", "2026-01-01")
    date_to: Day | None = described("Up to this day of the school, it included.", "2026-12-31")

    @model_validator(mode="after")
    def _in_order(self) -> AskedHistory:
        if self.date_from and self.date_to and self.date_from > self.date_to:
            raise ValueError("date_to: lies before date_from")
        return self


class AskedPurchases(OfStudent, Paged):
    """Whose, which, and how much of each."""

    active_only: Flag = described("Only those that are valid now with hours left.", default=False)
    include_consumption: Flag = described("With the classes that each one paid for.", default=False)


def _history(asking: Asking, asked: AskedHistory) -> Answer:
    found = whose.find(asking, asked)
    first = standing(asking, found)[0]
    filters = {
        "payment_status": asked.payment_status, "transaction_type": asked.transaction_type,
        "from_date": asked.date_from, "through_date": asked.date_to,
    }

    def ask(which: Mapping[str, Any]) -> Rows:
        params = {"student_id": found.student_id, **filters, **which}
        return queries.ask(asking.books, found.scope, "student_transactions", **params).as_dicts()

    body = paging.page(
        asked, asking.path, secret=asking.service.tag_key, ask=ask, counted="transactions_matching", keys=_NEWEST_FIRST,
        shown=lambda rows: [_transaction(row) for row in rows],
    )
    return Answer(body, viewed=viewed(found, first))


def _transaction(row: Mapping[str, Any]) -> dict[str, Any]:
    names = (
        "transaction_id", "transaction_type", "payment_status", "amount", "amount_refunded", "currency", "plan_id",
        "plan_name", "school_id", "school_name", "created_at", "created_date", "expires_at", "updated_at",
    )
    return {**{name: row[name] for name in names}, "hours_included": row["hours"]}


def _purchases(asking: Asking, asked: AskedPurchases) -> Answer:
    found = whose.find(asking, asked)
    first = standing(asking, found)[0]

    def ask(which: Mapping[str, Any]) -> Rows:
        params = {"student_id": found.student_id, "active_only": asked.active_only, **which}
        return queries.ask(asking.books, found.scope, "student_purchases_with_plans", **params).as_dicts()

    def shown(rows: Rows) -> list[dict[str, Any]]:
        consumed = _consumed(asking, found, rows) if asked.include_consumption else None
        return [_purchase(row, None if consumed is None else consumed[row["transaction_id"]]) for row in rows]

    body = paging.page(
        asked, asking.path, secret=asking.service.tag_key, ask=ask, counted="purchases_matching", keys=_NEWEST_FIRST,
        shown=shown,
    )
    return Answer(body, viewed=viewed(found, first))


def _consumed(asking: Asking, found: Whose, rows: Rows) -> Mapping[int, list[dict[str, Any]]]:
    """The classes that each of these purchases paid for."""
    by_package: dict[int, list[dict[str, Any]]] = defaultdict(list)
    if rows:
        ids = ",".join(str(row["transaction_id"]) for row in rows)
        params = {"student_id": found.student_id, "package_ids": ids}
        for row in queries.ask(asking.books, found.scope, "student_consumption_of_packages", **params).as_dicts():
            names = (
                "consumption_id", "session_id", "hours_booked", "hours_returned", "is_refunded", "state", "class_at",
                "class_date", "session_type", "session_status", "teacher_name",
            )
            by_package[row["package_id"]].append(
                {**{name: row[name] for name in names}, "hours_consumed": row["hours"]}
            )
    return by_package


def _purchase(row: Mapping[str, Any], consumed: list[dict[str, Any]] | None) -> dict[str, Any]:
    names = (
        "transaction_id", "transaction_type", "payment_status", "amount", "amount_refunded", "currency", "plan_name",
        "hours_included", "hours_consumed", "hours_reserved", "hours_expired", "hours_remaining", "created_at",
        "created_date", "expires_at", "days_until_expiry",
    )
    details = None
    if row["plan_type"] is not None or row["plan_current_name"] is not None:
        details = {
            "id": row["plan_id"],
            "name": row["plan_current_name"],
            "description": row["plan_description"],
            "plan_type": row["plan_type"],
            "hours_included": row["plan_hours_included"],
            "price_eur": row["plan_price"],
            "validity_days": row["plan_validity_days"],
        }
    return {
        **{name: row[name] for name in names},
        "plan_details": details,
        "is_active": row["status"] == "active",
        "is_expired": row["status"] == "expired",
        "consumption_history": consumed,
    }


CALLS = (
    Call(
        path="/student-balance/history/",
        name="studentHistory",
        summary="Every transaction of a student, newest first",
        description="Also those that failed or are still open. Days are days of the school.",
        access=ONE_STUDENT,
        asked=AskedHistory,
        shape=page_shape(row_shapes.Transaction),
        work=_history,
        problems=(Kind.NOT_FOUND, Kind.CONFLICT),
        from_snapshot=True,
    ),
    Call(
        path="/student-balance/purchases/",
        name="studentPurchases",
        summary="A student's completed purchases and what is left of each",
        description="Hours and amounts are as bought; `plan_details` describes the plan as it is today.",
        access=ONE_STUDENT,
        asked=AskedPurchases,
        shape=page_shape(row_shapes.Purchase),
        work=_purchases,
        problems=(Kind.NOT_FOUND, Kind.CONFLICT),
        from_snapshot=True,
    ),
)
