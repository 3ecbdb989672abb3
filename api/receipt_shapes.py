"""States the forms of answers about receipts."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from api.shapes import Amount, Hours, Shape


class ReceiptRow(Shape):
    """A receipt, a credit note, or a copy of a receipt after a refund."""

    id: int
    number: str = Field(description="of its school's own series, without gaps")
    kind: str = Field(json_schema_extra={"enum": ["receipt", "credit_note", "refunded_copy"]})
    copy_: int = Field(alias="copy", description="which copy after a refund; 0: no copy")
    is_valid: bool = Field(description="false: money was given back on it since")
    transaction_id: int
    student_id: int
    school_id: int
    plan_name: str | None
    hours_included: Hours | None
    issued_at: datetime
    issued_on: date = Field(description="day of the school")
    net: Amount
    vat: Amount
    total: Amount
    amount_refunded: Amount = Field(description="what its credit notes gave back")
    currency: str
    language: str
    for_receipt_id: int | None = Field(description="the receipt that it takes back or repeats")
    verification_code: str
    verification_url: str = Field(description="where anybody can check it")
    sha256: str | None = Field(description="of the PDF; null while it is being made")
    bytes: int | None


class ReceiptMail(Shape):
    """That a message will be sent."""

    receipt_id: int
    state: str = Field(
        description="on_its_way: it was asked for a moment ago", json_schema_extra={"enum": ["queued", "on_its_way"]}
    )
