"""Lays a month's purchases beside what was issued for them: what has its receipt, what lacks one, and why.

A purchase belongs to the month of its day, whenever its receipt was issued; a refund to the month in which money was
given back.  Amounts are those that were recorded; where nothing was, those of the snapshot.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import Engine

import queries
from access.scope import Scope
from reports.receipts import facts, vat
from reports.receipts.crediting import Given, uncredited
from reports.receipts.school_settings import receipt_settings
from store import receipt_overview
from store.receipt_overview import Line
from store.receipts import Receipt

Status = Literal[
    "valid", "partly_refunded", "refunded", "waiting", "missing", "vat_undecided", "credit_note",
    "credit_note_missing", "refunded_copy",
]
STATUSES: tuple[Status, ...] = (
    "valid", "partly_refunded", "refunded", "waiting", "missing", "vat_undecided", "credit_note",
    "credit_note_missing", "refunded_copy",
)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A receipt or a credit note, issued or not.  A credit note counts with a minus."""

    status: Status
    school_id: int
    transaction_id: int
    student_id: int
    student: str
    plan: str
    day: date
    """Day of issue; where nothing was issued, of the purchase or the refund."""
    total: Decimal
    currency: str
    number: str = ""
    receipt_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Sum:
    """What was issued in one currency: receipts, and credit notes apart from them."""

    currency: str
    total: Decimal
    vat: Decimal
    credited: Decimal


@dataclass
class Overview:
    """A month's rows and figures."""

    rows: list[Row] = field(default_factory=list)
    issued: int = 0
    """Purchases that have their receipt."""
    sums: list[Sum] = field(default_factory=list)
    document_ids: list[int] = field(default_factory=list)
    """Every document of the month that is there: those that ``write_zip`` packs by the day of payment."""

    def count(self, *statuses: Status) -> int:
        """How many rows are in one of these states."""
        return sum(row.status in statuses for row in self.rows)


def of_month(
    engine: Engine, books: queries.Snapshots, scope: Scope, *, since: date, until: date,
    school_id: int | None, school_ids: Sequence[int] | None,
) -> Overview:
    """The month within a scope; ``school_ids`` says the same as the scope to our own tables, None means all."""
    asked = {"school_id": school_id, "since": since, "until": until}
    bought = queries.ask(books, scope, "receipts_wanted", **asked, include_refunded=True).as_dicts()
    given_back = queries.ask(books, scope, "refunds_of_period", **asked).as_dicts()
    ids = {row["transaction_id"] for row in [*bought, *given_back]}
    lines = receipt_overview.of_transactions(engine, ids, school_ids=school_ids)
    found = Overview()
    packed: dict[int, Line] = {}
    silent = {id_ for id_ in {row["school_id"] for row in bought} if not receipt_settings(engine, id_).is_vat_decided}
    for row in bought:
        issued = lines.get(row["transaction_id"], [])
        found.rows.append(_of_purchase(row, issued, can_be_issued=row["school_id"] not in silent))
        found.issued += found.rows[-1].receipt_id is not None
        packed |= {line.id: line for line in issued if line.kind != "credit_note"}
    due = _uncredited(books, scope, sorted({row["transaction_id"] for row in given_back}), lines)
    for row in given_back:
        issued = lines.get(row["transaction_id"], [])
        if not any(line.kind == "receipt" for line in issued):
            continue  # its receipt is missing, and comes with its credit note
        note = next((line for line in issued if line.refund_id == row["refund_id"]), None)
        if note is not None:
            found.rows.append(_row(
                row, "credit_note" if note.has_document else "waiting", note.issued_on, -note.total, note,
            ))
            packed[note.id] = note
        if row["refund_id"] in due:
            found.rows.append(_row(row, "credit_note_missing", row["refunded_date"], -due[row["refund_id"]]))
    found.document_ids = [id_ for id_, line in sorted(packed.items()) if line.has_document]
    found.sums = sums(packed.values())
    return found


def of_records(records: Iterable[Receipt], lines: dict[int, list[Line]]) -> Iterator[Row]:
    """Rows of records that were looked for, whatever their month; ``lines`` is all that was issued for them."""
    for one in records:
        said = facts.from_kept(one.said)
        is_credit = one.kind == "credit_note"
        yield Row(
            status=_state(one.kind, one.document_sha256 is not None, one.total, lines.get(one.transaction_id, [])),
            school_id=one.school_id, transaction_id=one.transaction_id, student_id=one.student_id,
            student=said.student_name or said.buyer.name, plan=said.plan_name, day=one.issued_on,
            total=-one.total if is_credit else one.total, currency=one.currency, number=one.number_text,
            receipt_id=one.id,
        )


def sums(lines: Iterable[Line]) -> list[Sum]:
    """What was issued, per currency; copies repeat a receipt and are not counted."""
    per: dict[str, list[Decimal]] = {}
    for line in lines:
        sum_ = per.setdefault(line.currency, [vat.ZERO, vat.ZERO, vat.ZERO])
        if line.kind == "receipt":
            sum_[0] += line.total
            sum_[1] += line.vat
        elif line.kind == "credit_note":
            sum_[2] += line.total
    return [Sum(currency=code, total=one[0], vat=one[1], credited=one[2]) for code, one in sorted(per.items())]


def _of_purchase(row: dict[str, Any], issued: Sequence[Line], *, can_be_issued: bool) -> Row:
    receipt = next((line for line in issued if line.kind == "receipt"), None)
    if receipt is None:
        status: Status = "missing" if can_be_issued else "vat_undecided"
        return _row(row, status, row["created_date"], row["amount"])
    status = _state(receipt.kind, receipt.has_document, receipt.total, issued)
    return _row(row, status, receipt.issued_on, receipt.total, receipt)


def _uncredited(
    books: queries.Snapshots, scope: Scope, transaction_ids: Sequence[int], lines: Mapping[int, Sequence[Line]],
) -> dict[str, Decimal]:
    """What of each refund still lacks a credit note, by the rule by which notes are issued."""
    if not transaction_ids:
        return {}
    refunds: dict[int, list[Given]] = {}
    for row in queries.ask(books, scope, "refund_facts", transaction_ids=tuple(transaction_ids)).as_dicts():
        refunds.setdefault(row["transaction_id"], []).append(Given(row["refund_id"], row["amount"]))
    return {
        one.refund_id: one.amount for id_, given in refunds.items() for one in uncredited(given, [
            Given(line.refund_id or "", line.total) for line in lines.get(id_, []) if line.kind == "credit_note"
        ])
    }


def _row(row: dict[str, Any], status: Status, day: date, total: Decimal, issued: Line | None = None) -> Row:
    return Row(
        status=status, school_id=row["school_id"], transaction_id=row["transaction_id"], student_id=row["student_id"],
        student=row["student_name"] or "", plan=row["plan_name"] or "", day=day, total=total,
        currency=row["currency"], number=issued.number_text if issued else "",
        receipt_id=issued.id if issued else None,
    )


def _state(kind: str, has_document: bool, total: Decimal, issued: Sequence[Line]) -> Status:
    if not has_document:
        return "waiting"
    if kind == "credit_note":
        return "credit_note"
    if kind == "refunded_copy":
        return "refunded_copy"
    credited = sum((line.total for line in issued if line.kind == "credit_note"), vat.ZERO)
    if credited <= 0:
        return "valid"
    return "refunded" if credited >= total else "partly_refunded"
