"""Tells anybody whether a receipt is genuine, by its number and code or by the file; never to whom it was issued."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Engine

from reports.receipts.checking import Outcome, verify_content
from reports.signing import Judgement, Trust
from reports.signing.apart import judge_apart
from store import receipt_lists
from store.receipts import Kind, Receipt

_NO_CODE = "-" * 12
_HEAD = b"%PDF-"


@dataclass(frozen=True, kw_only=True)
class Public:
    """What may be said of a document to whoever holds it."""

    kind: Kind
    number: str
    issued_on: date
    total: Decimal
    given_back: Decimal
    currency: str
    school: str
    sha256: str | None


def by_code(engine: Engine, number: str, code: str) -> Public | None:
    """The document with this number and code; None for a number that is not there as for a code that is wrong."""
    given = re.sub(r"[^0-9A-Z]", "", code.upper()).encode()
    found = None
    for receipt in receipt_lists.by_number(engine, number.strip().upper()):
        if hmac.compare_digest(receipt.verification_code.encode(), given):
            found = receipt
    hmac.compare_digest(_NO_CODE.encode(), given)
    return None if found is None else _public(engine, found)


def by_file(engine: Engine, content: bytes) -> tuple[Outcome, Public | None]:
    """The verdict on a file, and what may be said where it is one of ours byte for byte.

    What is not in the books is read in a process of its own: a file from anybody may be made to do harm.
    """
    verdict = verify_content(engine, content, judge_apart if _HEAD in content[:1024] else _no_document)
    issued = receipt_lists.by_document(engine, hashlib.sha256(content).hexdigest())
    return verdict.verdict, _public(engine, issued[0]) if issued else None


def _no_document(content: bytes, trust: Trust) -> Judgement:
    return Judgement("unsigned", "it is no PDF")


def _public(engine: Engine, receipt: Receipt) -> Public:
    notes = [one for one in receipt_lists.referring(engine, receipt.id) if one.kind == "credit_note"]
    if receipt.kind == "refunded_copy":
        notes = [
            one for one in receipt_lists.referring(engine, receipt.original_id or 0) if one.kind == "credit_note"
        ]
    return Public(
        kind=receipt.kind, number=receipt.number_text, issued_on=receipt.issued_on, total=receipt.total,
        given_back=sum((one.total for one in notes), Decimal("0.00")), currency=receipt.currency,
        school=str(receipt.said["seller"]["name"]), sha256=receipt.document_sha256,
    )
