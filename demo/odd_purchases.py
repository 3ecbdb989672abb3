"""Hazards about purchases: odd metadata, amounts, statuses, dates and refunds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from demo.odd_people import odd_student, with_a_package
from demo.report import Hazard
from demo.story import Row, Story, hours, school

_PURCHASES = "finances_purchasetransaction"

_WHOLE: dict[str, Any] = {
    "empty_object": {}, "null": None, "list": [{"hours_included": "10.00"}], "string": "10 hours", "number": 10,
    "boolean": True, "forty_kilobytes": {"hours_included": "10.00", "note": "x" * 40_000},
}  # fmt: skip

_HOURS: dict[str, tuple[dict[str, Any], str]] = {
    "text": ({"hours_included": "10.00"}, "10"),
    "padded_text": ({"hours_included": " 10 "}, "10"),
    "exponent": ({"hours_included": "1e1"}, "10"),
    "integer": ({"hours_included": 10}, "10"),
    "float": ({"hours_included": 7.5}, "7.5"),
    "top_up": ({"hours": 4}, "4"),
    "only_plan": ({"plan_id": 2}, "10"),
    "plan_as_text": ({"plan_id": "2"}, "10"),
    "comma": ({"plan_id": 2, "hours_included": "10,5"}, "10"),
    "true": ({"plan_id": 2, "hours_included": True}, "10"),
    "null": ({"plan_id": 2, "hours_included": None}, "10"),
    "empty_text": ({"plan_id": 2, "hours_included": ""}, "10"),
    "list": ({"plan_id": 2, "hours_included": [10]}, "10"),
    "not_a_number": ({"hours_included": "NaN"}, "0"),
    "infinite": ({"hours_included": "Infinity"}, "0"),
    "negative": ({"hours_included": "-10.00"}, "0"),
    "other_digits": ({"hours_included": "１０"}, "0"),
    "dangling_plan": ({"plan_id": 99_999}, "0"),
    "plan_is_a_word": ({"plan_id": "gold"}, "0"),
}
"""Metadata, and the hours that the platform's counter got."""


def _buy(story: Story, account: Row, metadata: Any, counted: str = "0", **values: Any) -> Row:
    """A purchase as it stands; ``counted`` hours go on the counter when it is completed."""
    at = story.ago(45)
    row = {
        "transaction_type": "package", "amount": Decimal("190.00"), "payment_status": "completed",
        "stripe_payment_intent_id": None, "stripe_customer_id": None,
        "expires_at": at + timedelta(days=180), "metadata": metadata, "created_at": at, "updated_at": at,
    }  # fmt: skip
    row = story.add(_PURCHASES, student_id=account["student_id"], **(row | values))
    if row["payment_status"] == "completed":
        account["hours_purchased"] += hours(counted)
        account["balance_amount"] += row["amount"]
    return row


def _hazard(name: str, rows: list[Row], note: str) -> Hazard:
    ids = tuple(row["id"] for row in rows)
    return Hazard(name, _PURCHASES, ids, note, tuple(sorted({row["student_id"] for row in rows})))


def metadata_of_any_shape(story: Story) -> Hazard:
    """Metadata that is not an object of the usual keys, or very long."""
    account = odd_student(story, "metadata")
    rows = [_buy(story, account, value) for value in _WHOLE.values()]
    return _hazard("metadata of any shape", rows, "Grants nothing unless the hours can be read; a data issue.")


def hours_in_odd_shapes(story: Story) -> Hazard:
    """Hours as text, number, list, with a comma, negative, infinite, or only in a plan that may not exist."""
    fine, unclear = odd_student(story, "hours.readable"), odd_student(story, "hours.unreadable", number=2)
    rows = [
        _buy(story, unclear if counted == "0" else fine, value, counted, amount=Decimal("45.00"))
        for value, counted in _HOURS.values()
    ]
    return _hazard("hours in odd shapes", rows, "A plain decimal number counts; else the next source; else 0.")


def amounts_zero_negative_huge(story: Story) -> Hazard:
    """Hours given for nothing, money taken back as a negative purchase, and an amount nobody paid."""
    account = odd_student(story, "amounts")
    recorded = {"hours_included": "5.00", "school_id": 1}
    rows = [
        _buy(story, account, recorded, "5", amount=Decimal("0.00")),
        _buy(story, account, recorded, "5", amount=Decimal("-25.00")),
        _buy(story, account, recorded, amount=Decimal("999999.99"), payment_status="pending"),
        _buy(story, account, recorded, "5", amount=Decimal("0.01")),
    ]
    return _hazard("amounts zero, negative and huge", rows, "Counted as they stand; a negative one is a data issue.")


def statuses_unknown(story: Story) -> Hazard:
    """Statuses and types that no version of the platform has announced."""
    account = odd_student(story, "status.unknown")
    recorded = {"hours_included": "5.00", "school_id": 1}
    rows = [_buy(story, account, recorded, payment_status=s) for s in ("on_hold", "chargeback", "", "COMPLETED")]
    rows += [_buy(story, account, recorded, "5", transaction_type=t) for t in ("gift_card", "")]
    return _hazard("unknown statuses and types", rows, "An unknown status never grants hours.")


def dates_far_ahead(story: Story) -> Hazard:
    """A purchase made next month, and one valid until the end of the year 9999."""
    recorded = {"hours_included": "5.00", "school_id": 1}
    end = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    ahead = story.ago(-30)
    rows = [
        _buy(story, odd_student(story, "date.ahead"), recorded, "5", created_at=ahead, updated_at=ahead,
             expires_at=story.ago(-200)),
        _buy(story, odd_student(story, "date.9999"), recorded, "5", expires_at=end),
    ]  # fmt: skip
    return _hazard("dates in the future and in the year 9999", rows, "Granted when their time has come.")


def expiry_where_none_belongs(story: Story) -> Hazard:
    """A package that never expires, and a subscription that does."""
    recorded = {"hours_included": "8.00", "school_id": 1}
    rows = [
        _buy(story, odd_student(story, "expiry.none"), recorded, "8", expires_at=None),
        _buy(story, odd_student(story, "expiry.subscription"), recorded, "8", transaction_type="subscription",
             expires_at=story.ago(-20)),
    ]  # fmt: skip
    return _hazard("no expiry on a package, an expiry on a subscription", rows, "The row's date counts, not its type.")


def refunds_in_odd_shapes(story: Story) -> Hazard:
    """Refunds that failed, are still pending, are more than was paid, cannot be read, or are not a list."""
    at = story.ago(10).isoformat()
    shapes: dict[str, Any] = {
        "failed": [{"refund_amount": "50.00", "refund_status": "failed", "refund_processed_at": at}],
        "pending": [{"refund_amount": "50.00", "refund_status": "pending", "refund_processed_at": at}],
        "too_much": [{"refund_amount": "500.00", "refund_status": "succeeded", "refund_processed_at": at}],
        "unreadable": [{"refund_amount": "fifty", "refund_status": "succeeded", "refund_processed_at": "soon"}],
        "object": {"refund_amount": "50.00"},
        "twice": [
            {"refund_amount": 20, "stripe_refund_id": "re_a", "refund_status": "succeeded", "refund_processed_at": at},
            {"refund_amount": "20.50", "stripe_refund_id": "re_b", "refund_status": "succeeded"},
        ],
    }
    rows: list[Row] = []
    for refunds in shapes.values():
        account = odd_student(story, f"refund.{len(rows) + 1}", number=len(rows) % 2 + 1)
        package = with_a_package(story, account, number=len(rows) % 2 + 1)
        package["metadata"] = dict(package["metadata"]) | {"refunds": refunds}
        rows.append(package)
    return _hazard("refunds in odd shapes", rows, "Only a refund that succeeded and can be read gives money back.")


def rare_keys(story: Story) -> Hazard:
    """Metadata with every key that some version of the platform wrote."""
    account = odd_student(story, "metadata.every_key")
    first = with_a_package(story, account)
    second = story.buy(account, school(1), school(1).plan(10), story.ago(15), metadata={
        "plan_id": "2", "plan_name": "Pacote de 10 horas", "hours_included": "10.00", "school_id": 1,
        "renewed_from": first["id"], "original_transaction_id": str(first["id"]), "receipt_number": "REC-2025-000017",
        "error_message": "", "subscription_period": "2025-01-01_to_2025-02-01",
        "billing_address": {"line1": "Rua das Flores 1", "city": "Porto", "postal_code": "4050-262", "country": "PT"},
        "payment_method_details": {"type": "card", "card": {"brand": "visa", "last4": "4242", "exp_year": 2027}},
    })  # fmt: skip
    return Hazard("every metadata key", _PURCHASES, (second["id"],), "Read where known, passed over where not.")


def many_purchases_by_one(story: Story) -> Hazard:
    """540 one-hour purchases by one student: lists must page."""
    account = odd_student(story, "many_purchases")
    rows = []
    for number in range(540):
        at = story.ago(200) + timedelta(hours=6 * number)
        rows.append(_buy(
            story, account, {"hours": 1, "school_id": 1}, "1", amount=Decimal("12.00"), created_at=at, updated_at=at,
            expires_at=None,
        ))  # fmt: skip
    return _hazard("540 purchases by one student", rows, "Only in schools of ten thousand students and more.")
