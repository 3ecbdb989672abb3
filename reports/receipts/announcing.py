"""Puts a receipt into the outbox in the very transaction that records it, so that no issued one is left unsent."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine

from errors import HourbookError
from store import outbox, receipts
from store.receipts import Receipt

if TYPE_CHECKING:
    from settings import Settings

_MAILED = ("receipt", "credit_note")


class NotMailed(HourbookError):
    """A document of this kind is not sent by mail."""


def announce(connection: Connection, receipt: Receipt, settings: Settings, *, now: datetime) -> None:
    """Write down that the student is to have it by mail; a refunded copy goes unsaid, its credit note says it."""
    if receipt.kind not in _MAILED:
        return
    outbox.enqueue(connection, _letter(receipt, settings), now=now)


def email(engine: Engine, settings: Settings, receipt_id: int, *, now: datetime) -> bool:
    """Send an issued receipt or credit note because somebody asks for it, also where its school mails none by itself.

    It enters the outbox, and the mail worker sends it to the student's own address.  False while one that was asked for
    is still on its way.  Raises ReceiptUnknown, and NotMailed for a refunded copy.
    """
    receipt = receipts.by_id(engine, receipt_id)
    if receipt.kind not in _MAILED:
        raise NotMailed(f"{receipt.number_text} is not sent by mail: send its credit note, or download it.")
    return outbox.enqueue_again(engine, _letter(receipt, settings, asked=True), now=now)


def _letter(receipt: Receipt, settings: Settings, **more: bool) -> outbox.Letter:
    domain = (settings.mail_from or "").rpartition("@")[2]
    return outbox.Letter(
        effect=f"{receipt.kind}:{receipt.id}", kind="receipt" if receipt.kind == "receipt" else "credit_note",
        recipient=f"user:{receipt.student_id}", language=receipt.language, school_id=receipt.school_id,
        facts={"receipt_id": receipt.id, "student_id": receipt.student_id, **more}, domain=domain or outbox.NO_DOMAIN,
    )
