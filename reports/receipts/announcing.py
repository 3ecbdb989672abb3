"""Puts a receipt into the outbox in the very transaction that records it, so that no issued one is left unsent."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from store import outbox
from store.receipts import Receipt

if TYPE_CHECKING:
    from settings import Settings

_MAILED = ("receipt", "credit_note")


def announce(connection: Connection, receipt: Receipt, settings: Settings, *, now: datetime) -> None:
    """Write down that the student is to have it by mail; a refunded copy goes unsaid, its credit note says it."""
    if receipt.kind not in _MAILED:
        return
    domain = (settings.mail_from or "").rpartition("@")[2]
    outbox.enqueue(connection, outbox.Letter(
        effect=f"{receipt.kind}:{receipt.id}", kind="receipt" if receipt.kind == "receipt" else "credit_note",
        recipient=f"user:{receipt.student_id}", language=receipt.language, school_id=receipt.school_id,
        facts={"receipt_id": receipt.id, "student_id": receipt.student_id}, domain=domain or outbox.NO_DOMAIN,
    ), now=now)
