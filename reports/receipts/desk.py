"""Turns rows of the books into what is to be recorded, and records it, mail included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine

from reports.receipts import announcing, facts, logos, vat
from reports.receipts.school_settings import ReceiptSettings, receipt_settings
from store import receipt_lists, receipts
from store.receipts import Receipt, Wanted

if TYPE_CHECKING:
    from settings import Settings


def subject_of(transaction_id: int) -> str:
    """Of what a purchase's receipt is the one."""
    return f"receipt:{transaction_id}"


class Desk:
    """One run's: it knows each school's settings and logo once."""

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
        """The receipt of a purchase; raises facts.NotCompleted, facts.NothingPaid and facts.NoSeller."""
        facts.check_paid(row)
        school = ReceiptSettings() if row["school_id"] is None else self.settings_of(row["school_id"])
        said = facts.of_purchase(row, school, public_url=self.settings.reachable_at, logo=self._logo(row))
        return self._wanted(
            said, kind="receipt", subject=subject_of(said.transaction_id), school_id=int(row["school_id"]),
            series=school.receipt_prefix, student_id=int(row["student_id"]),
        )

    def credit_wanted(self, original: Receipt, row: Mapping[str, Any], *, subject: str) -> Wanted:
        """The credit note of a refund; its part of the receipt follows from the notes written before."""
        notes = [one for one in receipt_lists.referring(self.engine, original.id) if one.kind == "credit_note"]
        before = sum((facts.from_kept(one.said).price for one in notes), vat.ZERO)
        said = facts.of_refund(
            facts.from_kept(original.said), row, before=before, number=original.number_text,
            issued_on=original.issued_on,
        )
        return self._wanted(
            said, kind="credit_note", subject=subject, school_id=original.school_id,
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
