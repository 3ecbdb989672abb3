"""Decides what links one record of receipts to the one before it: SHA-256 over everything the record says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

GENESIS = "0" * 64
"""Stands before the first link of a chain."""

HASHED = (
    "school_id", "position", "subject", "kind", "series", "year", "number", "copy", "number_text", "transaction_id",
    "refund_id", "original_id", "student_id", "total", "net", "vat", "currency", "language", "issued_at", "issued_on",
    "paid_on", "verification_code", "actor", "facts", "previous_hash",
)


def canonical(value: Any) -> str:
    """JSON with one spelling only: keys in order, no spaces, exact decimals as text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def hash_of(values: Mapping[str, Any]) -> str:
    """SHA-256 over everything a record says, the hash of the one before included."""
    return hashlib.sha256(canonical({name: values[name] for name in HASHED}).encode()).hexdigest()


def document_hash(previous: str, position: int, receipt_hash: str, digest: str, signed_by: str | None) -> str:
    """SHA-256 over a link of the chain of documents."""
    return hashlib.sha256(canonical([previous, position, receipt_hash, digest, signed_by]).encode()).hexdigest()


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical form")
