"""Finds receipts: pages for lists, what waits for its document, what refers to what."""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal

from sqlalchemy import ColumnElement, Engine, and_, exists, func, select

from store.receipt_tables import documents, receipts
from store.receipts import Receipt

By = Literal["issued", "paid"]
"""Whether a period is of days of issue, or of days of payment and refund."""
Status = Literal["waiting", "issued", "refunded", "credit_note", "refunded_copy"]
_BLOCK = 50
_NUMBER = re.compile("[A-Z0-9-]{1,40}")
_DAYS = {"issued": receipts.c.issued_on, "paid": receipts.c.paid_on}


def listed(
    engine: Engine, *, school_ids: Sequence[int] | None = None, student_ids: Sequence[int] | None = None,
    since: date | None = None, until: date | None = None, status: Status | None = None, text: str | None = None,
    is_valid: bool | None = None, before: int | None = None, limit: int = 50, offset: int = 0,
    by: By = "issued",
) -> list[Receipt]:
    """Records newest first, within schools or students; ``since`` and ``until`` are days, the last excluded.

    ``before`` is the id of the last one seen.  None as a list of ids means all; an empty one means none.  ``is_valid``
    is False for receipts of which money was given back.
    """
    rules = _rules(school_ids, student_ids, since, until, status, text, is_valid, by)
    if before is not None:
        rules.append(receipts.c.id < before)
    query = select(receipts).where(and_(True, *rules)).order_by(receipts.c.id.desc()).limit(limit).offset(offset)
    with engine.connect() as connection:
        return [Receipt(**row) for row in connection.execute(query).mappings()]


def counted(
    engine: Engine, *, school_ids: Sequence[int] | None = None, student_ids: Sequence[int] | None = None,
    since: date | None = None, until: date | None = None, status: Status | None = None, text: str | None = None,
    is_valid: bool | None = None, by: By = "issued",
) -> int:
    """How many records these filters let through."""
    rules = _rules(school_ids, student_ids, since, until, status, text, is_valid, by)
    query = select(func.count()).select_from(receipts).where(and_(True, *rules))
    with engine.connect() as connection:
        return int(connection.execute(query).scalar_one())


def _rules(
    school_ids: Sequence[int] | None, student_ids: Sequence[int] | None, since: date | None, until: date | None,
    status: Status | None, text: str | None, is_valid: bool | None, by: By,
) -> list[ColumnElement[bool]]:
    rules: list[ColumnElement[bool]] = []
    if school_ids is not None:
        rules.append(receipts.c.school_id.in_(list(school_ids)))
    if student_ids is not None:
        rules.append(receipts.c.student_id.in_(list(student_ids)))
    if since is not None:
        rules.append(_DAYS[by] >= since)
    if until is not None:
        rules.append(_DAYS[by] < until)
    if status is not None:
        rules.append(_STATUSES[status])
    if is_valid is not None:
        rules.append(~_STATUSES["refunded"] if is_valid else _STATUSES["refunded"])
    return rules + [receipts.c.search_text.contains(word, autoescape=True) for word in searchable(text or "").split()]


def waiting(engine: Engine, *, school_ids: Sequence[int] | None = None) -> list[int]:
    """Ids of the records whose document is still to be made, in the order of issue."""
    query = select(receipts.c.id).where(receipts.c.document_sha256.is_(None)).order_by(receipts.c.id)
    if school_ids is not None:
        query = query.where(receipts.c.school_id.in_(list(school_ids)))
    with engine.connect() as connection:
        return list(connection.execute(query).scalars())


def of_period(
    engine: Engine, *, since: date, until: date, school_id: int | None = None, by: By = "issued",
) -> Iterator[tuple[Receipt, bytes]]:
    """Records issued, or paid, on these days with their documents' bytes, by school and in order of issue.

    Bytes are read in small blocks, so that memory stays as it is however many there are; what has no document yet is
    left out.
    """
    rules = [_DAYS[by] >= since, _DAYS[by] < until, receipts.c.document_sha256.is_not(None)]
    if school_id is not None:
        rules.append(receipts.c.school_id == school_id)
    with engine.connect() as connection:
        ids = connection.execute(
            select(receipts.c.id).where(*rules).order_by(receipts.c.school_id, receipts.c.position)
        ).scalars().all()
        for start in range(0, len(ids), _BLOCK):
            block = ids[start:start + _BLOCK]
            query = select(receipts, documents.c.content).join(
                documents, documents.c.sha256 == receipts.c.document_sha256,
            ).where(receipts.c.id.in_(block))
            found = {row["id"]: dict(row) for row in connection.execute(query).mappings()}
            for one in block:
                content = bytes(found[one].pop("content"))
                yield Receipt(**found.pop(one)), content


def waiting_of(
    engine: Engine, *, since: date, until: date, school_id: int | None = None, by: By = "issued",
) -> int:
    """How many records issued, or paid, on these days have no document yet."""
    rules = [_DAYS[by] >= since, _DAYS[by] < until, receipts.c.document_sha256.is_(None)]
    if school_id is not None:
        rules.append(receipts.c.school_id == school_id)
    with engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(receipts).where(*rules)).scalar_one())


def by_transaction(engine: Engine, transaction_id: int) -> list[Receipt]:
    """Everything issued for a transaction: the receipt, then its credit notes and copies in order."""
    return _where(engine, receipts.c.transaction_id == transaction_id)


def by_transactions(engine: Engine, transaction_ids: Sequence[int]) -> list[Receipt]:
    """The same of several transactions."""
    return _where(engine, receipts.c.transaction_id.in_(list(transaction_ids)))


def referring(engine: Engine, receipt_id: int) -> list[Receipt]:
    """The credit notes and copies of a receipt, in order."""
    return _where(engine, receipts.c.original_id == receipt_id)


def by_document(engine: Engine, digest: str) -> list[Receipt]:
    """The records whose document has this SHA-256."""
    return _where(engine, receipts.c.document_sha256 == digest)


def by_number(engine: Engine, number_text: str) -> list[Receipt]:
    """The records with this number: one of each school that counts so, and its copies; none for what is no number."""
    if not _NUMBER.fullmatch(number_text):
        return []
    return _where(engine, receipts.c.number_text == number_text)


def by_code(engine: Engine, number_text: str, code: str) -> Receipt | None:
    """The record with this number and verification code, or None; takes as long whatever the code is."""
    found, spelt = None, "".join(re.findall("[A-Z0-9]", code.upper()))  # printed in groups, typed in any way
    for receipt in by_number(engine, number_text):
        if hmac.compare_digest(receipt.verification_code.encode(), spelt.encode()):
            found = receipt
    return found


def searchable(text: str) -> str:
    """Text without case and accents, as ``search_text`` is written and searched."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = (c if c.isprintable() else " " for c in plain if not unicodedata.combining(c))
    return " ".join("".join(kept).split())


def _where(engine: Engine, rule: ColumnElement[bool]) -> list[Receipt]:
    with engine.connect() as connection:
        rows = connection.execute(select(receipts).where(rule).order_by(receipts.c.id)).mappings()
        return [Receipt(**row) for row in rows]


_credit = receipts.alias("credit")
_is_credited = exists().where(_credit.c.original_id == receipts.c.id, _credit.c.kind == "credit_note")
_STATUSES: dict[str, ColumnElement[bool]] = {
    "waiting": receipts.c.document_sha256.is_(None),
    "issued": and_(receipts.c.kind == "receipt", ~_is_credited),
    "refunded": and_(receipts.c.kind == "receipt", _is_credited),
    "credit_note": receipts.c.kind == "credit_note",
    "refunded_copy": receipts.c.kind == "refunded_copy",
}
