"""Records what is issued: a number without gap or twin, a link in the school's chain, and later the document's bytes.

Number and facts are recorded in one transaction under the lock of the school's chain; the document, which takes longer,
is attached in another.  A crash between the two leaves a record without document, which the next call finishes.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, func, insert, select, text, update

from errors import HourbookError
from store.receipt_links import GENESIS, canonical, document_hash, hash_of
from store.receipt_tables import documents, receipt_chains, receipts

Kind = Literal["receipt", "credit_note", "refunded_copy"]
_CLOCK_STEP = timedelta(hours=12)
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class CreditTooLarge(HourbookError):
    """Credit notes of a receipt would give back more than it says was paid."""


class ClockBehind(HourbookError):
    """A school's newest receipt is of a later day than this machine's clock says."""


class ReceiptUnknown(HourbookError):
    """No receipt has this id."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be issued. ``subject`` says of what it is the one receipt; a copy names the receipt it repeats.

    ``paid_on`` is the school's day of the payment, of a credit note that of the refund.
    """

    subject: str
    kind: Kind
    school_id: int
    series: str
    zone: str
    transaction_id: int
    student_id: int
    total: Decimal
    net: Decimal
    vat: Decimal
    currency: str
    language: str
    facts: Mapping[str, Any]
    search_text: str
    actor: str
    paid_on: date
    refund_id: str | None = None
    original_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """One record as it was written; ``facts`` is the canonical text that the hash covers."""

    id: int
    school_id: int
    position: int
    subject: str
    kind: Kind
    series: str
    year: int
    number: int
    copy: int
    number_text: str
    transaction_id: int
    refund_id: str | None
    original_id: int | None
    student_id: int
    total: Decimal
    net: Decimal
    vat: Decimal
    currency: str
    language: str
    issued_at: datetime
    issued_on: date
    paid_on: date
    verification_code: str
    actor: str
    facts: str
    previous_hash: str
    hash: str
    search_text: str
    document_sha256: str | None
    document_size: int | None
    document_position: int | None
    document_previous_hash: str | None
    document_hash: str | None
    signed_by: str | None

    @property
    def said(self) -> dict[str, Any]:
        """The facts as they were given."""
        facts: dict[str, Any] = json.loads(self.facts)
        return facts


def record(
    engine: Engine, wanted: Sequence[Wanted], *, now: datetime,
    also: Callable[[Connection, Receipt], None] = lambda *_: None,
) -> list[tuple[Receipt, bool]]:
    """Record each that is not recorded yet, in the order given, in one transaction; True for the new ones.

    ``also`` is called for each new one within that transaction.
    """
    known = by_subjects(engine, [one.subject for one in wanted])
    if all(one.subject in known for one in wanted):
        return [(known[one.subject], False) for one in wanted]
    outcome: list[tuple[Receipt, bool]] = []
    with engine.execution_options(writes=True).begin() as connection:
        chains = {school: _locked(connection, school) for school in sorted({one.school_id for one in wanted})}
        known = _by_subjects(connection, [one.subject for one in wanted])  # again: another may have been first
        for one in wanted:
            found = known.get(one.subject)
            if found is None:
                made = _insert(connection, one, chains[one.school_id], now)
                chains[one.school_id] |= {
                    "records": made.position, "head": made.hash, "last_issued_at": made.issued_at,
                }
                known[one.subject] = made
                also(connection, made)
                outcome.append((made, True))
            else:
                outcome.append((found, False))
        for chain in chains.values():
            _move(connection, chain)
    return outcome


def _insert(connection: Connection, one: Wanted, chain: Mapping[str, Any], now: datetime) -> Receipt:
    """The next number and link; time never runs back within a chain, whatever the clock does.

    A small step back of the clock is waited out by the same instant again; a large one is a mistake, now or then, that
    would date everything to come.
    """
    last = chain["last_issued_at"]
    if last is not None and last - now > _CLOCK_STEP:
        raise ClockBehind(
            f"The newest receipt of school {one.school_id} was issued at {last:%Y-%m-%d %H:%M} UTC and this machine's "
            f"clock says {now:%Y-%m-%d %H:%M}: correct the clock. If it was wrong then, restore the store from before."
        )
    issued_at = max(now, chain["last_issued_at"] or now)
    issued_on = issued_at.astimezone(ZoneInfo(one.zone)).date()
    if one.kind == "credit_note":
        _require_left(connection, one)
    year, number, copy = issued_on.year, 0, 0
    if one.kind == "refunded_copy":
        year, number, copy = _next_copy(connection, one)
    else:
        number = 1 + int(connection.execute(select(func.coalesce(func.max(receipts.c.number), 0)).where(
            receipts.c.school_id == one.school_id, receipts.c.series == one.series, receipts.c.year == year,
        )).scalar_one())
    values: dict[str, Any] = {
        **{name: getattr(one, name) for name in (
            "subject", "kind", "school_id", "series", "transaction_id", "student_id", "total", "net", "vat",
            "currency", "language", "actor", "paid_on", "refund_id", "original_id",
        )},
        "position": int(chain["records"]) + 1, "year": year, "number": number, "copy": copy,
        "number_text": f"{one.series}-{year}-{number:06d}", "issued_at": issued_at, "issued_on": issued_on,
        "verification_code": "".join(secrets.choice(_ALPHABET) for _ in range(12)),
        "facts": canonical(one.facts), "previous_hash": chain["head"],
    }
    values["hash"] = hash_of(values)
    values["search_text"] = f"{values['number_text'].casefold()} {one.search_text}"
    (new_id,) = connection.execute(insert(receipts).values(**values)).inserted_primary_key or (0,)
    empty: dict[str, Any] = {name: None for name in Receipt.__annotations__ if name.startswith("document_")}
    return Receipt(id=int(new_id), **values, **empty, signed_by=None)


def _require_left(connection: Connection, note: Wanted) -> None:
    """Under the chain's lock: whoever else wrote a note for the same money first, is seen here."""
    original = _by_id(connection, note.original_id or 0)
    before: Decimal = sum(connection.execute(select(receipts.c.total).where(
        receipts.c.original_id == original.id, receipts.c.kind == "credit_note",
    )).scalars(), Decimal(0))
    if before + note.total > original.total:
        raise CreditTooLarge(
            f"Credit notes of {before:.2f} {original.currency} stand against {original.number_text} of "
            f"{original.total:.2f}: {note.total:.2f} more (refund {note.refund_id}) is more than was paid."
        )


def _next_copy(connection: Connection, one: Wanted) -> tuple[int, int, int]:
    original = _by_id(connection, one.original_id or 0)
    last = connection.execute(select(func.max(receipts.c.copy)).where(
        receipts.c.school_id == original.school_id, receipts.c.series == original.series,
        receipts.c.year == original.year, receipts.c.number == original.number,
    )).scalar_one()
    return original.year, original.number, int(last) + 1


def attach(
    engine: Engine, receipt_id: int, content: bytes, *, signed_by: str | None, now: datetime,
) -> Receipt:
    """Keep a record's document; where one was attached before, that one stays and the record is returned as it is."""
    with engine.execution_options(writes=True).begin() as connection:
        chain = _locked(connection, _by_id(connection, receipt_id).school_id)
        receipt = _by_id(connection, receipt_id)
        if receipt.document_sha256 is not None:
            return receipt
        digest = _keep(connection, content, "application/pdf", now)
        position, previous = int(chain["documents"]) + 1, str(chain["documents_head"])
        values = {
            "document_sha256": digest, "document_size": len(content), "document_position": position,
            "document_previous_hash": previous, "signed_by": signed_by,
            "document_hash": document_hash(previous, position, receipt.hash, digest, signed_by),
        }
        connection.execute(update(receipts).where(receipts.c.id == receipt_id).values(**values))
        _move(connection, chain | {"documents": position, "documents_head": values["document_hash"]})
        return _by_id(connection, receipt_id)


def keep(engine: Engine, content: bytes, media_type: str, *, now: datetime) -> str:
    """Keep bytes under their checksum, which is returned; what is there already is not written again."""
    with engine.execution_options(writes=True).begin() as connection:
        return _keep(connection, content, media_type, now)


def _keep(connection: Connection, content: bytes, media_type: str, now: datetime) -> str:
    digest = hashlib.sha256(content).hexdigest()
    if connection.execute(select(documents.c.size).where(documents.c.sha256 == digest)).first() is None:
        connection.execute(insert(documents).values(
            sha256=digest, content=content, size=len(content), media_type=media_type, stored_at=now,
        ))
    return digest


def kept(engine: Engine, digest: str) -> bytes | None:
    """The bytes with this checksum, or None."""
    with engine.connect() as connection:
        found = connection.execute(select(documents.c.content).where(documents.c.sha256 == digest)).scalar()
    return None if found is None else bytes(found)


def by_id(engine: Engine, receipt_id: int) -> Receipt:
    """The record; raises ReceiptUnknown."""
    with engine.connect() as connection:
        return _by_id(connection, receipt_id)


def by_subjects(engine: Engine, subjects: Iterable[str]) -> dict[str, Receipt]:
    """The records of these subjects, as far as there are any."""
    with engine.connect() as connection:
        return _by_subjects(connection, list(subjects))


def _locked(connection: Connection, school_id: int) -> dict[str, Any]:
    """The school's chain, locked until the transaction ends; SQLite's write transactions are alone anyway."""
    connection.execute(text(
        "insert into receipt_chains (school_id, records, head, documents, documents_head) "
        "values (:school_id, 0, :genesis, 0, :genesis) on conflict (school_id) do nothing"
    ), {"school_id": school_id, "genesis": GENESIS})
    locked = select(receipt_chains).where(receipt_chains.c.school_id == school_id).with_for_update()
    return dict(connection.execute(locked).mappings().one())


def _move(connection: Connection, chain: Mapping[str, Any]) -> None:
    connection.execute(update(receipt_chains).where(
        receipt_chains.c.school_id == chain["school_id"]
    ).values(**{name: value for name, value in chain.items() if name != "school_id"}))


def _by_id(connection: Connection, receipt_id: int) -> Receipt:
    row = connection.execute(select(receipts).where(receipts.c.id == receipt_id)).mappings().first()
    if row is None:
        raise ReceiptUnknown(f"There is no receipt with the id {receipt_id}: see them by `hourbook receipts list`.")
    return Receipt(**row)


def _by_subjects(connection: Connection, subjects: Sequence[str]) -> dict[str, Receipt]:
    found: dict[str, Receipt] = {}
    for start in range(0, len(subjects), 500):
        some = subjects[start:start + 500]
        for row in connection.execute(select(receipts).where(receipts.c.subject.in_(some))).mappings():
            found[row["subject"]] = Receipt(**row)
    return found
