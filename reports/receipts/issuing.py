"""Issues receipts, credit notes and refunded copies: once each, in order, and again the same when asked again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine

import queries
from access.scope import Scope
from errors import HourbookError
from reports.receipts import announcing, facts, logos, vat, workshop
from reports.receipts.school_settings import ReceiptSettings, receipt_settings
from store import receipt_lists, receipts
from store.receipts import Receipt, Wanted

if TYPE_CHECKING:
    from settings import Settings

_BLOCK = 500
Progress = Callable[[str, int, int], None]


class PurchaseUnknown(HourbookError):
    """The snapshot holds no purchase with this id."""


class NothingToCredit(HourbookError):
    """A refund's purchase has no receipt that could be credited."""


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
    """The receipt of a completed purchase; the same one when asked again.

    Raises PurchaseUnknown, facts.NotCompleted, facts.NoSeller, and what the document may raise: the record then stays
    and the next call finishes it.
    """
    subject = _subject(transaction_id)
    found = receipts.by_subjects(engine, [subject]).get(subject)
    created = False
    if found is None:
        row = queries.ask(books, Scope.business(), "receipt_facts", transaction_ids=(transaction_id,)).one()
        if not row:
            raise PurchaseUnknown(
                f"No purchase has the id {transaction_id} in the current snapshot: sync first, or correct the id."
            )
        desk = _Desk(engine, settings, actor, now)
        [(found, created)] = desk.record([desk.wanted(row)])
    return Issued(workshop.finish(engine, settings, found, now=now), created)


def credit(
    engine: Engine, books: queries.door.Snapshots, settings: Settings, transaction_id: int, *, actor: str,
    now: datetime,
) -> list[Issued]:
    """A credit note for each refund of a purchase that has none yet, and a copy of the receipt marked REFUNDED.

    Gives back all of them, in order.  Raises NothingToCredit and facts.RefundTooLarge.
    """
    made = [
        Issued(workshop.finish(engine, settings, receipt, now=now), created)
        for receipt, created in _credit(_Desk(engine, settings, actor, now), books, transaction_id)
    ]
    if not made:
        raise NothingToCredit(f"Nothing was given back on transaction {transaction_id} as of the current snapshot.")
    return made


def issue_period(
    engine: Engine, books: queries.door.Snapshots, settings: Settings, *, since: date, until: date, actor: str,
    now: datetime, school_id: int | None = None, processes: int = 1, progress: Progress = lambda *_: None,
    mailed: bool = True,
) -> Month:
    """Issue all missing receipts and credit notes of a period's purchases and refunds, and finish waiting documents.

    Can be stopped at any point and called again: numbers that were given stay, and only what is missing is made.
    Without ``mailed`` nobody is written to, whatever the schools' settings say: right for months long past.
    """
    month, asked = Month(), {"school_id": school_id, "since": since, "until": until}
    wanted = queries.ask(books, Scope.business(), "receipts_wanted", **asked).column("transaction_id")
    desk = _Desk(engine, settings, actor, now, mailed=mailed)
    for start in range(0, len(wanted), _BLOCK):
        _record_block(desk, books, wanted[start:start + _BLOCK], month)
        progress("numbers", min(start + _BLOCK, len(wanted)), len(wanted))
    refunded = queries.ask(books, Scope.business(), "refunds_of_period", **asked).column("transaction_id")
    _credit_all(desk, books, list(dict.fromkeys(refunded)), month)
    waiting = receipt_lists.waiting(engine, school_ids=None if school_id is None else [school_id])
    failed = workshop.finish_all(
        engine, settings, waiting, now=now, processes=processes,
        done=lambda done, total: progress("documents", done, total),
    )
    month.documents = len(waiting) - len(failed)
    month.failed += [f"Record {one.receipt_id}: {one.reason}" for one in failed]
    month.unsigned = settings.signing_pkcs12 is None and not settings.demo
    return month


def _record_block(desk: _Desk, books: queries.door.Snapshots, ids: Sequence[int], month: Month) -> None:
    known = receipts.by_subjects(desk.engine, [_subject(one) for one in ids])
    missing = [one for one in ids if _subject(one) not in known]
    month.existing += len(known)
    rows = {
        row["transaction_id"]: row for row in
        queries.ask(books, Scope.business(), "receipt_facts", transaction_ids=tuple(missing)).as_dicts()
    } if missing else {}
    wanted: list[Wanted] = []
    for one in missing:
        try:
            wanted.append(desk.wanted(rows[one]))
        except HourbookError as refused:
            month.failed.append(refused.message)
    outcome = desk.record(wanted) if wanted else []
    month.created += sum(created for _, created in outcome)
    month.existing += sum(not created for _, created in outcome)


def _credit_all(desk: _Desk, books: queries.door.Snapshots, ids: Iterable[int], month: Month) -> None:
    """Only what has a receipt: money given back on a purchase that never had one needs no credit note."""
    for transaction_id in ids:
        if not receipts.by_subjects(desk.engine, [_subject(transaction_id)]):
            continue
        try:
            made = _credit(desk, books, transaction_id)
        except HourbookError as refused:
            month.failed.append(refused.message)
        else:
            month.credit_notes += sum(created and one.kind == "credit_note" for one, created in made)


def _credit(desk: _Desk, books: queries.door.Snapshots, transaction_id: int) -> list[tuple[Receipt, bool]]:
    original = receipts.by_subjects(desk.engine, [_subject(transaction_id)]).get(_subject(transaction_id))
    if original is None:
        raise NothingToCredit(
            f"Transaction {transaction_id} has no receipt that could be credited: only issued ones get a credit note."
        )
    answer = queries.ask(books, Scope.business(), "refund_facts", transaction_ids=(transaction_id,))
    made: list[tuple[Receipt, bool]] = []
    for row in answer.as_dicts():
        subject = f"credit_note:{row['refund_id']}"
        found = receipts.by_subjects(desk.engine, [subject]).get(subject)
        if found is None:  # one after the other: what each gives back follows from those before it
            made += desk.record([desk.credit_wanted(original, row)])
        else:
            made.append((found, False))
    if made and desk.settings_of(original.school_id).refunded_copy:
        made += desk.record([desk.copy_wanted(original, made[-1][0])])
    return made


def _subject(transaction_id: int) -> str:
    return f"receipt:{transaction_id}"


class _Desk:
    """Turns rows into what is to be recorded, and records it; knows each school's settings and logo once."""

    def __init__(self, engine: Engine, settings: Settings, actor: str, now: datetime, *, mailed: bool = True) -> None:
        self.engine, self.settings, self.actor, self.now, self.mailed = engine, settings, actor, now, mailed
        self._schools: dict[int, ReceiptSettings] = {}
        self._logos: dict[int, str] = {}

    def settings_of(self, school_id: int) -> ReceiptSettings:
        """The school's receipt settings."""
        if school_id not in self._schools:
            self._schools[school_id] = receipt_settings(self.engine, school_id)
        return self._schools[school_id]

    def record(self, wanted: Sequence[Wanted]) -> list[tuple[Receipt, bool]]:
        """Record these; each new one that its school has mailed enters the outbox in the same transaction."""
        return receipts.record(self.engine, wanted, now=self.now, also=self._announce)

    def _announce(self, connection: Connection, receipt: Receipt) -> None:
        if self.mailed and self.settings_of(receipt.school_id).email_at_issue:
            announcing.announce(connection, receipt, self.settings, now=self.now)

    def wanted(self, row: dict[str, Any]) -> Wanted:
        """The receipt of a purchase; raises facts.NotCompleted and facts.NoSeller."""
        school = ReceiptSettings() if row["school_id"] is None else self.settings_of(row["school_id"])
        said = facts.of_purchase(row, school, public_url=self.settings.public_url or "", logo=self._logo(row))
        return self._wanted(
            said, kind="receipt", subject=_subject(said.transaction_id), school_id=int(row["school_id"]),
            series=school.receipt_prefix, student_id=int(row["student_id"]),
        )

    def credit_wanted(self, original: Receipt, row: dict[str, Any]) -> Wanted:
        """The credit note of a refund; its part of the receipt follows from the notes written before."""
        notes = [one for one in receipt_lists.referring(self.engine, original.id) if one.kind == "credit_note"]
        before = sum((facts.from_kept(one.said).price for one in notes), vat.ZERO)
        said = facts.of_refund(
            facts.from_kept(original.said), row, before=before, number=original.number_text,
            issued_on=original.issued_on,
        )
        return self._wanted(
            said, kind="credit_note", subject=f"credit_note:{row['refund_id']}", school_id=original.school_id,
            series=self.settings_of(original.school_id).credit_prefix, student_id=original.student_id,
            refund_id=row["refund_id"], original_id=original.id,
        )

    def copy_wanted(self, original: Receipt, last: Receipt) -> Wanted:
        """A copy of the receipt that shows all credit notes so far."""
        notes = [one for one in receipt_lists.referring(self.engine, original.id) if one.kind == "credit_note"]
        refunds = [facts.Refund(number=one.number_text, day=facts.from_kept(one.said).paid_on, amount=one.total)
                   for one in notes]
        said = facts.of_copy(
            facts.from_kept(original.said), refunds, number=original.number_text, issued_on=original.issued_on,
        )
        return self._wanted(
            said, kind="refunded_copy", subject=f"refunded_copy:{original.id}:{last.id}",
            school_id=original.school_id, series=original.series, student_id=original.student_id,
            original_id=original.id,
        )

    def _wanted(self, said: facts.Facts, **values: Any) -> Wanted:
        return Wanted(
            **values, zone=said.zone, transaction_id=said.transaction_id, total=said.total, net=said.net, vat=said.vat,
            currency=said.currency, language=said.language, facts=facts.to_kept(said), actor=self.actor,
            paid_on=date.fromisoformat(said.paid_on),
            search_text=receipt_lists.searchable(f"{said.student_name} {said.buyer.name} {said.transaction_id}"),
        )

    def _logo(self, row: dict[str, Any]) -> str:
        """The logo's checksum; its bytes are kept, so that the document can be made at any time."""
        school_id = row["school_id"]
        if school_id is None:
            return ""
        if school_id not in self._logos:
            found = logos.find(self.settings.logo_folder, school_id, row["school_logo"])
            kept = "" if found is None else receipts.keep(self.engine, found, "image/png", now=self.now)
            self._logos[school_id] = kept
        return self._logos[school_id]
