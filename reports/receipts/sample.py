"""Draws a receipt of an invented purchase, so that a school sees what its settings do before any is issued."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from reports.receipts import facts, rendering
from reports.receipts.school_settings import ReceiptSettings
from store.receipt_links import canonical
from store.receipts import Receipt
from translations import catalogue

_CODE = "0" * 12
"""No real code holds a zero."""


def draw(
    letterhead: Mapping[str, Any], settings: ReceiptSettings, *, now: datetime, logo: bytes | None = None,
) -> bytes:
    """The PDF, unsigned and with no number.

    ``letterhead`` says what is known of the school, as a row of the question ``receipt_facts`` names it.
    """
    language = settings.language or (letterhead.get("school_language") or "")[:2].lower()
    if not settings.is_vat_decided:
        undecided = catalogue("pt" if language == "pt" else "en", "receipts").gettext("VAT is not decided yet.")
        settings = replace(settings, vat_exemption=undecided)
    said = facts.of_purchase(_row(letterhead, language, now), settings)
    issued_on = now.astimezone(ZoneInfo(said.zone)).date()
    blank: dict[str, Any] = dict.fromkeys(Receipt.__annotations__)
    return rendering.make(
        Receipt(**blank | {
            "kind": "receipt", "number_text": f"{settings.receipt_prefix}-{issued_on.year}-000000",
            "issued_at": now, "issued_on": issued_on, "verification_code": _CODE,
            "facts": canonical(facts.to_kept(said)),
        }),
        logo=logo,
    )


def _row(letterhead: Mapping[str, Any], language: str, now: datetime) -> dict[str, Any]:
    """The school as it is, everything else invented: a sample shows nobody's purchase."""
    say = catalogue("pt" if language == "pt" else "en", "receipts").gettext
    nothing = dict.fromkeys((
        "school_language", "school_timezone", "school_name", "school_billing_address", "school_address",
        "school_tax_id", "school_billing_contact_email", "school_contact_email", "school_phone_number",
        "school_website", "school_primary_color", "currency", "billing_address", "billing_country", "billing_tax_id",
        "student_email", "subscription_period", "card_brand", "card_last4", "stripe_payment_intent_id",
    ))
    seller = {name: letterhead.get(name) for name in nothing if name.startswith("school_") or name == "currency"}
    return {
        **nothing, **seller, "school_id": letterhead.get("school_id") or 0, "transaction_id": 0,
        "transaction_type": "package", "payment_status": "completed", "created_at": now,
        "expires_date": (now + timedelta(days=180)).date(), "hours": Decimal("10.00"), "is_granted": True,
        "amount": Decimal("250.00"),
        "currency": letterhead.get("currency") or "EUR", "plan_name": say("10 hours of tutoring"),
        "student_name": say("Sample, not a receipt"), "billing_name": say("Sample, not a receipt"),
    }
