"""Says in short what was issued for many purchases at once: numbers, amounts and days, without documents or facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, Select, select

from store.receipt_tables import receipts
from store.receipts import Kind, Receipt

_BLOCK = 500
_COLUMNS = (
    "id", "school_id", "kind", "copy", "number_text", "transaction_id", "refund_id", "original_id", "student_id",
    "issued_on", "total", "net", "vat", "currency", "verification_code",
)


@dataclass(frozen=True, kw_only=True)
class Line:
    """A record in short."""

    id: int
    school_id: int
    kind: Kind
    copy: int
    number_text: str
    transaction_id: int
    refund_id: str | None
    original_id: int | None
    student_id: int
    issued_on: date
    total: Decimal
    net: Decimal
    vat: Decimal
    currency: str
    verification_code: str
    has_document: bool


def of_transactions(
    engine: Engine, transaction_ids: Iterable[int], *, school_ids: Sequence[int] | None = None,
) -> dict[int, list[Line]]:
    """Everything issued for these purchases, by purchase and in order; of these schools, None means all."""
    found: dict[int, list[Line]] = {}
    ids = sorted(set(transaction_ids))
    with engine.connect() as connection:
        for start in range(0, len(ids), _BLOCK):
            query = _lines(school_ids).where(receipts.c.transaction_id.in_(ids[start:start + _BLOCK]))
            for row in connection.execute(query).mappings():
                found.setdefault(row["transaction_id"], []).append(_line(row))
    return found


def by_id(engine: Engine, receipt_id: int, *, school_ids: Sequence[int] | None = None) -> Receipt | None:
    """The record, or None where there is none, or none of these schools."""
    query = select(receipts).where(receipts.c.id == receipt_id)
    if school_ids is not None:
        query = query.where(receipts.c.school_id.in_(list(school_ids)))
    with engine.connect() as connection:
        row = connection.execute(query).mappings().first()
    return None if row is None else Receipt(**row)


def signers(engine: Engine, school_ids: Sequence[int]) -> set[str]:
    """Fingerprints of the certificates that signed documents of these schools."""
    query = select(receipts.c.signed_by).where(
        receipts.c.school_id.in_(list(school_ids)), receipts.c.signed_by.is_not(None),
    ).distinct()
    with engine.connect() as connection:
        return set(connection.execute(query).scalars())


def _lines(school_ids: Sequence[int] | None) -> Select[Any]:
    columns = [receipts.c[name] for name in _COLUMNS]
    query = select(*columns, receipts.c.document_sha256.is_not(None).label("has_document")).order_by(receipts.c.id)
    return query if school_ids is None else query.where(receipts.c.school_id.in_(list(school_ids)))


def _line(row: Any) -> Line:
    return Line(**{**row, "has_document": bool(row["has_document"])})
