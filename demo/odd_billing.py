"""Hazards about who paid and what went back: addresses, cards and periods of any shape, refunds that look alike."""

from __future__ import annotations

from typing import Any

from demo.odd_people import odd_student, with_a_package
from demo.report import Hazard
from demo.story import Row, Story

_PURCHASES = "finances_purchasetransaction"

_BILLING: tuple[dict[str, Any], ...] = (
    {"billing_address": "Rua das Flores 1, 4050-262 Porto", "payment_method_details": "visa 4242"},
    {"billing_address": ["Rua das Flores 1"], "payment_method_details": ["visa"], "subscription_period": 2025},
    {"billing_address": None, "payment_method_details": None, "subscription_period": None},
    {"billing_address": {}, "payment_method_details": {}, "subscription_period": ""},
    {"billing_address": {"name": 7, "line1": {"street": "Rua"}, "postal_code": 4050, "country": "Portugal"}},
    {"billing_address": {"name": "Bell\x07", "line1": "Tab\there", "line2": "Esc\x1b[31m", "city": "Porto"}},
    {"billing_address": {"name": "Ana \u202eavliS", "line1": "x" * 40_000, "country": "pt"}},
    {"billing_address": {"name": "=1+1", "line1": "<script>alert(1)</script>", "city": "{{7*7}}", "country": "XX"}},
    {"payment_method_details": {"type": "card", "card": {"brand": "visa", "last4": "4111111111111111"}}},
    {"payment_method_details": {"type": "card", "card": {"brand": "<b>Visa</b>", "last4": 42}}},
    {"payment_method_details": {"type": "mb_way"}, "subscription_period": "2025-02-01_to_2025-01-01"},
)


def billing_in_odd_shapes(story: Story) -> Hazard:
    """Addresses that are no objects, parts of other types, a card's whole number, a period that ends too early."""
    account = odd_student(story, "billing")
    rows: list[Row] = []
    for written in _BILLING:
        package = with_a_package(story, account)
        package["metadata"] = dict(package["metadata"]) | written
        rows.append(package)
    return Hazard(
        "billing in odd shapes", _PURCHASES, tuple(row["id"] for row in rows),
        "What cannot be read stays off the receipt; a data issue, which never shows a card's number.",
        (account["student_id"],),
    )  # fmt: skip


def refunds_that_look_alike(story: Story) -> Hazard:
    """One id listed twice, refunds without an id, one that is tomorrow's, and a full one without a list."""
    past, tomorrow = story.ago(9).isoformat(), story.ago(-1).isoformat()
    given = {"refund_amount": "20.00", "refund_status": "succeeded", "refund_processed_at": past}
    shapes: tuple[list[Any], ...] = (
        [given | {"stripe_refund_id": "re_twin"}, given | {"stripe_refund_id": "re_twin"}],
        [given, given, given | {"stripe_refund_id": 7}],
        [given | {"stripe_refund_id": "re_later", "refund_processed_at": tomorrow}],
        [],
    )
    account = odd_student(story, "refund.alike")
    rows: list[Row] = []
    for refunds in shapes:
        package = with_a_package(story, account)
        package["metadata"] = dict(package["metadata"]) | {"refunds": refunds}
        if not refunds:
            package |= {"payment_status": "refunded", "updated_at": story.ago(2)}
            account["balance_amount"] -= package["amount"]
        rows.append(package)
    return Hazard(
        "refunds that look alike", _PURCHASES, tuple(row["id"] for row in rows),
        "Each counts once, under an id of its own that stays the same.", (account["student_id"],),
    )  # fmt: skip
