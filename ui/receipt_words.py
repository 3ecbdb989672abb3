"""Says in the viewer's language in which state a receipt is, and why there is none."""

from __future__ import annotations

from reports.receipts.overview import Status
from store.receipts import Receipt
from ui.text import _


def status(code: Status) -> str:
    """A receipt's state, in few words."""
    return {
        "valid": _("valid"),
        "partly_refunded": _("partly refunded"),
        "refunded": _("fully refunded"),
        "waiting": _("document still to be made"),
        "missing": _("no receipt yet"),
        "vat_undecided": _("cannot be issued: the school has not said its VAT"),
        "credit_note": _("credit note"),
        "credit_note_missing": _("no credit note yet"),
        "refunded_copy": _("copy marked refunded"),
    }[code]


def kind(receipt: Receipt) -> str:
    """What a document is, with its number."""
    if receipt.kind == "credit_note":
        return _("Credit note {number}", number=receipt.number_text)
    if receipt.kind == "refunded_copy":
        return _("{number}, marked refunded", number=receipt.number_text)
    return _("Receipt {number}", number=receipt.number_text)
