"""Issues receipts, credit notes and refunded copies: once each, in order, and again the same when asked again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError

import queries
from access.scope import Scope
from errors import HourbookError
from reports.receipts import crediting, facts, workshop
from reports.receipts.crediting import NothingToCredit
from reports.receipts.desk import Desk, subject_of
from store import receipt_lists, receipts
from store.receipts import ClockBehind, CreditTooLarge, Receipt, Wanted

if TYPE_CHECKING:
    from settings import Settings

_BLOCK = 500
Progress = Callable[[str, int, int], None]


class PurchaseUnknown(HourbookError):
    """The snapshot holds no purchase with this id."""


@dataclass(frozen=True)
class Issued:
    """A record with its document, and whether it was made by this very call."""

    receipt: Receipt
    created: bool


@dataclass
class Month:
    """What issuing a period did; ``failed`` are sentences with their transaction or record."""

    created: int = 0
    existing: int = 0
    documents: int = 0
    credit_notes: int = 0
    unsigned: bool = False
    failed: list[str] = field(default_factory=list)


def issue(
    engine: Engine, books: queries.door.Snapshots, settings: Settings, transaction_id: int, *, actor: str,
    now: datetime,
) -> Issued:
    """The receipt of a purchase that was paid for; the same one when asked again.

    What was given back before there was a receipt is credited right after it. Raises PurchaseUnknown,
    facts.NotCompleted, facts.NothingPaid, facts.NoSeller, and what the document may raise: the record then stays and
    the next call finishes it.
    """
    subject = subject_of(transaction_id)
    found = receipts.by_subjects(engine, [subject]).get(subject)
    created = False
    if found is None:
        row = queries.ask(books, Scope.business(), "receipt_facts", transaction_ids=(transaction_id,)).one()
        if not row:
            raise PurchaseUnknown(
                f"No purchase has the id {transaction_id} in the current snapshot: sync first, or correct the id."
            )
        desk = Desk(engine, settings, actor, now)
        [(found, created)] = desk.record([desk.wanted(row)])
        if row["refund_count"]:
            # Told whenever a period is issued; the receipt itself is right.
            with suppress(facts.RefundTooLarge, CreditTooLarge):
                for note, _ in crediting.credit(desk, books, found):
                    workshop.finish(engine, settings, note, now=now)
    return Issued(workshop.finish(engine, settings, found, now=now), created)


def credit(
    engine: Engine, books: queries.door.Snapshots, settings: Settings, transaction_id: int, *, actor: str,
    now: datetime,
) -> list[Issued]:
    """A credit note for each refund of a purchase that has none yet, and a copy of the receipt marked REFUNDED.

    Gives back all of them, in order.  Raises NothingToCredit and facts.RefundTooLarge.
    """
    subject = subject_of(transaction_id)
    original = receipts.by_subjects(engine, [subject]).get(subject)
    if original is None:
        raise NothingToCredit(
            f"Transaction {transaction_id} has no receipt that could be credited: only issued ones get a credit note."
        )
    made = [
        Issued(workshop.finish(engine, settings, receipt, now=now), created)
        for receipt, created in crediting.credit(Desk(engine, settings, actor, now), books, original)
    ]
    if not made:
        raise NothingToCredit(f"Nothing was given back on transaction {transaction_id} as of the current snapshot.")
    return made


def issue_period(
    engine: Engine, books: queries.door.Snapshots, settings: Settings, *, since: date, until: date, actor: str,
    now: datetime, school_id: int | None = None, processes: int = 1, progress: Progress = lambda *_: None,
    mailed: bool = True,
) -> Month:
    """Issue a period's missing receipts and every missing credit note, and finish waiting documents.

    Credit notes are written for refunds of any time: one may be recorded late, or dated before others of its purchase.
    Can be stopped at any point and called again: numbers that were given stay, and only what is missing is made.
    Without ``mailed`` nobody is written to, whatever the schools' settings say: right for months long past.
    """
    month, asked = Month(), {"school_id": school_id, "since": since, "until": until, "include_refunded": True}
    wanted = queries.ask(books, Scope.business(), "receipts_wanted", **asked).column("transaction_id")
    desk = Desk(engine, settings, actor, now, mailed=mailed)
    for start in range(0, len(wanted), _BLOCK):
        _record_block(desk, books, wanted[start:start + _BLOCK], month)
        progress("numbers", min(start + _BLOCK, len(wanted)), len(wanted))
    for original in crediting.uncredited_receipts(desk, books, school_id=school_id, since=since):
        try:
            made = crediting.credit(desk, books, original)
        except HourbookError as refused:
            month.failed.append(refused.message)
        else:
            month.credit_notes += sum(created and one.kind == "credit_note" for one, created in made)
    waiting = receipt_lists.waiting(engine, school_ids=None if school_id is None else [school_id])
    failed = workshop.finish_all(
        engine, settings, waiting, now=now, processes=processes,
        done=lambda done, total: progress("documents", done, total),
    )
    month.documents = len(waiting) - len(failed)
    month.failed += [f"Record {one.receipt_id}: {one.reason}" for one in failed]
    month.unsigned = settings.signing_pkcs12 is None and not settings.demo
    return month


def _record_block(desk: Desk, books: queries.door.Snapshots, ids: Sequence[int], month: Month) -> None:
    known = receipts.by_subjects(desk.engine, [subject_of(one) for one in ids])
    missing = [one for one in ids if subject_of(one) not in known]
    month.existing += len(known)
    rows = {
        row["transaction_id"]: row for row in
        queries.ask(books, Scope.business(), "receipt_facts", transaction_ids=tuple(missing)).as_dicts()
    } if missing else {}
    wanted: list[Wanted] = []
    for one in missing:
        if one not in rows:
            month.failed.append(f"Transaction {one} went away while receipts were issued: sync, and issue again.")
            continue
        try:
            wanted.append(desk.wanted(rows[one]))
        except HourbookError as refused:
            if refused.message not in month.failed:  # what a school lacks is said once, not for each purchase
                month.failed.append(refused.message)
        except Exception as failure:  # noqa: BLE001 - one purchase that nobody foresaw must not stop all others
            month.failed.append(f"Transaction {one}: {workshop.unforeseen(failure)}")
    outcome = _recorded(desk, wanted, month)
    month.created += sum(created for _, created in outcome)
    month.existing += sum(not created for _, created in outcome)


def _recorded(desk: Desk, wanted: Sequence[Wanted], month: Month) -> list[tuple[Receipt, bool]]:
    """All in one transaction; where that fails, each in its own, so that only the one to blame is left out."""
    if not wanted:
        return []
    try:
        return desk.record(wanted)
    except (ClockBehind, OperationalError, InterfaceError):  # true of all others as well
        raise
    except Exception as failure:  # noqa: BLE001 - as above
        if len(wanted) == 1:
            month.failed.append(f"Transaction {wanted[0].transaction_id}: {workshop.unforeseen(failure)}")
            return []
    return [outcome for one in wanted for outcome in _recorded(desk, [one], month)]
