"""Receipts: issued once, numbered without gaps, kept for good, checked by anybody.  See reports/README.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from errors import HourbookError
from reports.receipts.announcing import NotMailed, email
from reports.receipts.archive import DocumentChanged, NothingIssued, file_name, require_unchanged
from reports.receipts.archive import write as write_zip
from reports.receipts.book_file import NotABookFile
from reports.receipts.book_file import read as read_books
from reports.receipts.book_file import write as write_books
from reports.receipts.checking import Verdict, exit_code, verify_files
from reports.receipts.crediting import NothingToCredit
from reports.receipts.facts import NoSeller, NotCompleted, NotFiscalThere, NothingPaid, RefundTooLarge, VatUndecided
from reports.receipts.issuing import Issued, Month, PurchaseUnknown, credit, issue
from reports.receipts.issuing import issue_period as issue_month
from reports.receipts.school_settings import (
    ReceiptSettingRefused,
    ReceiptSettings,
    has_receipt_settings,
    receipt_settings,
    save_receipt_settings,
)
from reports.receipts.school_settings import from_values as settings_from
from store import receipts as _records
from store.receipt_books import Walk
from store.receipt_books import verify as verify_books
from store.receipt_lists import by_code, by_transaction, listed, referring, waiting_of
from store.receipts import Receipt, ReceiptUnknown, by_id

if TYPE_CHECKING:
    from sqlalchemy import Engine


class DocumentWaiting(HourbookError):
    """A record's document is still to be made."""


def document(engine: Engine, receipt_id: int) -> bytes:
    """The bytes as they were issued.  Raises ReceiptUnknown, DocumentWaiting and DocumentChanged."""
    receipt = by_id(engine, receipt_id)
    if receipt.document_sha256 is None:
        raise DocumentWaiting(
            f"The document of {receipt.number_text} is still to be made: issue it again, and it is finished."
        )
    return require_unchanged(receipt, _records.kept(engine, receipt.document_sha256))


__all__ = [
    "DocumentChanged",
    "DocumentWaiting",
    "Issued",
    "Month",
    "NoSeller",
    "NotABookFile",
    "NotCompleted",
    "NotFiscalThere",
    "NotMailed",
    "NothingIssued",
    "NothingPaid",
    "NothingToCredit",
    "PurchaseUnknown",
    "Receipt",
    "ReceiptSettingRefused",
    "ReceiptSettings",
    "ReceiptUnknown",
    "RefundTooLarge",
    "VatUndecided",
    "Verdict",
    "Walk",
    "by_code",
    "by_id",
    "by_transaction",
    "credit",
    "document",
    "email",
    "exit_code",
    "file_name",
    "has_receipt_settings",
    "issue",
    "issue_month",
    "listed",
    "read_books",
    "receipt_settings",
    "referring",
    "save_receipt_settings",
    "settings_from",
    "verify_books",
    "verify_files",
    "waiting_of",
    "write_books",
    "write_zip",
]
