"""Credits what was given back: every refund once, whatever the platform calls it, and never more than was refunded.

A refund may be listed by its position first and by the provider's id later, and what a full refund gave back beside
the listed ones shrinks as more get listed. So refunds and credit notes are compared by their amounts, purchase by
purchase; a refund's id only says where to look first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import queries
from access.scope import Scope
from errors import HourbookError
from reports.receipts import facts
from reports.receipts.desk import Desk
from store import receipt_lists
from store.receipts import Receipt

_BLOCK = 500
_ALWAYS = {"since": date(1, 1, 1), "until": date(9999, 12, 31)}


class NothingToCredit(HourbookError):
    """A refund's purchase has no receipt that could be credited."""


@dataclass(frozen=True)
class Given:
    """An amount under the id of a refund: one that was given back, or one that was credited."""

    refund_id: str
    amount: Decimal


def uncredited(refunds: Sequence[Given], notes: Sequence[Given]) -> list[Given]:
    """What of these refunds of one purchase has no credit note yet.

    Notes count for the refund they name; what they hold beyond it, or name no refund that is listed now, counts for
    one of the same amount, then for the first ones. So no money is credited twice under two names.
    """
    left = {one.refund_id: one.amount for one in refunds}
    strays: list[Decimal] = []
    for note in notes:
        covered = min(note.amount, left.get(note.refund_id, Decimal(0)))
        if covered:
            left[note.refund_id] -= covered
        if note.amount > covered:
            strays.append(note.amount - covered)
    spare = Decimal(0)
    for stray in strays:
        same = next((one for one, amount in left.items() if amount == stray), None)
        if same is None:
            spare += stray
        else:
            left[same] = Decimal(0)
    due = []
    for one in refunds:
        used = min(spare, left[one.refund_id])
        spare -= used
        if left[one.refund_id] > used:
            due.append(Given(one.refund_id, left[one.refund_id] - used))
    return due


def credit(desk: Desk, books: queries.door.Snapshots, original: Receipt) -> list[tuple[Receipt, bool]]:
    """A receipt's credit notes, the missing ones made, and its copy marked REFUNDED; True for what is new.

    Raises facts.RefundTooLarge.
    """
    rows = queries.ask(
        books, Scope.business(), "refund_facts", transaction_ids=(original.transaction_id,),
    ).as_dicts()
    notes = [one for one in receipt_lists.referring(desk.engine, original.id) if one.kind == "credit_note"]
    made = [(one, False) for one in notes]
    by_id = {row["refund_id"]: row for row in rows}
    for due in uncredited(_refunds(rows), [_credited(one) for one in notes]):
        # One after the other: what each gives back follows from those before it.
        row = {**by_id[due.refund_id], "amount": due.amount}
        times = sum(one.refund_id == due.refund_id for one, _ in made)
        subject = f"credit_note:{due.refund_id}" + (f":{times + 1}" if times else "")
        made += desk.record([desk.credit_wanted(original, row, subject=subject)])
    if made and desk.settings_of(original.school_id).refunded_copy:
        made += desk.record([desk.copy_wanted(original, made[-1][0])])
    return made


def uncredited_receipts(
    desk: Desk, books: queries.door.Snapshots, *, school_id: int | None, since: date,
) -> Iterator[Receipt]:
    """Receipts of which money was given back without a credit note; also those whose marked copy a crash left out.

    A copy is looked for only where the last note is from ``since`` on: a school that wants copies from now on does not
    want those of all years.
    """
    refunds: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in queries.ask(books, Scope.business(), "refunds_of_period", school_id=school_id, **_ALWAYS).as_dicts():
        refunds[row["transaction_id"]].append(row)
    ids = list(refunds)
    for start in range(0, len(ids), _BLOCK):
        some = ids[start:start + _BLOCK]
        issued: dict[int, list[Receipt]] = defaultdict(list)
        for one in receipt_lists.by_transactions(desk.engine, some):
            issued[one.transaction_id].append(one)
        for transaction_id in some:
            original = next((one for one in issued[transaction_id] if one.kind == "receipt"), None)
            if original is None:
                continue
            notes = [one for one in issued[transaction_id] if one.kind == "credit_note"]
            if uncredited(_refunds(refunds[transaction_id]), [_credited(one) for one in notes]) or (
                notes and notes[-1].issued_on >= since and desk.settings_of(original.school_id).refunded_copy
                and not any(one.kind == "refunded_copy" and one.id > notes[-1].id for one in issued[transaction_id])
            ):
                yield original


def _refunds(rows: Sequence[Mapping[str, Any]]) -> list[Given]:
    return [Given(row["refund_id"], Decimal(row["amount"])) for row in rows]


def _credited(note: Receipt) -> Given:
    """A note under the refund it names, with the amount it gives back."""
    return Given(note.refund_id or "", facts.from_kept(note.said).price)
