"""Walks the books of receipts: every link, every number, every document's bytes.  What does not hold is a sentence."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, select

from store.receipt_links import GENESIS, HASHED, document_hash, hash_of
from store.receipt_tables import documents, receipt_chains, receipts

Row = Mapping[str, Any] | RowMapping


@dataclass
class Walk:
    """What a walk over the books found; ``faults`` is empty when everything holds."""

    records: int = 0
    documents: int = 0
    waiting: int = 0
    schools: int = 0
    heads: dict[int, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def verify(engine: Engine, *, heads: dict[int, str] | None = None) -> Walk:
    """Walk every school's chains.  ``heads`` are links that were noted elsewhere: each must still be in its chain."""
    walk = Walk()
    # All reads at one instant, also on PostgreSQL, so that a receipt issued meanwhile is no fault.
    steady = engine if engine.dialect.name == "sqlite" else engine.execution_options(isolation_level="REPEATABLE READ")
    with steady.connect() as connection:
        chains = {row["school_id"]: row for row in connection.execute(select(receipt_chains)).mappings()}
        with_records = set(connection.execute(select(receipts.c.school_id).distinct()).scalars())
        walk.faults += [f"School {school} has receipts and no chain." for school in sorted(with_records - set(chains))]
        for school in sorted(chains):
            walk.schools += 1
            seen = _walk_records(connection, walk, chains[school])
            _walk_documents(connection, walk, chains[school])
            noted = (heads or {}).get(school)
            if noted is not None and noted not in seen:
                walk.faults.append(f"School {school}: the noted link {noted[:12]}… is not in the chain any more.")
        walk.faults += [
            f"School {school} had a chain when its link was noted, and has none." for school in heads or {}
            if school not in chains
        ]
        walk.faults += list(_changed_bytes(connection, walk))
    return walk


def _walk_records(connection: Connection, walk: Walk, chain: Any) -> set[str]:
    columns = [receipts.c[name] for name in (*HASHED, "hash", "document_sha256")]
    query = select(*columns).where(receipts.c.school_id == chain["school_id"]).order_by(receipts.c.position)
    return walk_records(connection.execution_options(yield_per=500).execute(query).mappings(), walk, chain)


def walk_records(rows: Iterable[Row], walk: Walk, chain: Mapping[str, Any]) -> set[str]:
    """Each record's place, link, hash and number, in order, wherever they come from; the hashes seen."""
    previous, position = GENESIS, 0
    last: dict[tuple[str, int], int] = {}
    paid: dict[int, Decimal] = {}
    notes: dict[str, bool] = {}
    seen = {GENESIS}
    for row in rows:
        where = f"School {chain['school_id']}, record {row['position']} ({row['number_text']})"
        if row["position"] != position + 1:
            walk.faults.append(f"{where}: record {position + 1} is missing before it.")
        if row["previous_hash"] != previous:
            walk.faults.append(f"{where} does not follow the record before it.")
        if hash_of(dict(row)) != row["hash"]:
            walk.faults.append(f"{where} was changed after it was issued.")
        if row["copy"] == 0:
            counted = last.get((row["series"], row["year"]), 0)
            if row["number"] != counted + 1:
                walk.faults.append(f"{where}: after number {counted} comes {row['number']}.")
            last[row["series"], row["year"]] = row["number"]
        is_note = row["kind"] == "credit_note"
        if notes.setdefault(row["series"], is_note) != is_note:
            walk.faults.append(f"{where}: receipts and credit notes count in one series, {row['series']}.")
        if row["kind"] != "refunded_copy":
            amount = Decimal(row["total"]) * (-1 if row["kind"] == "credit_note" else 1)
            paid[row["transaction_id"]] = paid.get(row["transaction_id"], Decimal(0)) + amount
            if paid[row["transaction_id"]] < 0:
                walk.faults.append(f"{where} gives back more than was paid.")
        walk.waiting += row["document_sha256"] is None
        previous, position = row["hash"], row["position"]
        seen.add(previous)
        walk.records += 1
    if (position, previous) != (chain["records"], chain["head"]):
        walk.faults.append(
            f"School {chain['school_id']}: its chain ends after {chain['records']} records, "
            f"its receipts after {position}."
        )
    walk.heads[chain["school_id"]] = previous
    return seen


def _walk_documents(connection: Connection, walk: Walk, chain: Any) -> None:
    query = select(
        receipts.c.number_text, receipts.c.hash, receipts.c.document_sha256, receipts.c.document_position,
        receipts.c.document_previous_hash, receipts.c.document_hash, receipts.c.signed_by,
    ).where(
        receipts.c.school_id == chain["school_id"], receipts.c.document_sha256.is_not(None),
    ).order_by(receipts.c.document_position)
    walk_documents(connection.execution_options(yield_per=500).execute(query).mappings(), walk, chain)


def walk_documents(rows: Iterable[Row], walk: Walk, chain: Mapping[str, Any]) -> None:
    """Each document's place and link, in order of attaching, wherever they come from."""
    previous, position = GENESIS, 0
    for row in rows:
        where = f"School {chain['school_id']}, document of {row['number_text']}"
        made = document_hash(
            row["document_previous_hash"], row["document_position"], row["hash"], row["document_sha256"],
            row["signed_by"],
        )
        if row["document_position"] != position + 1 or row["document_previous_hash"] != previous:
            walk.faults.append(f"{where} does not follow the document before it.")
        if made != row["document_hash"]:
            walk.faults.append(f"{where} was exchanged after it was attached.")
        previous, position = row["document_hash"], row["document_position"]
        walk.documents += 1
    if (position, previous) != (chain["documents"], chain["documents_head"]):
        walk.faults.append(f"School {chain['school_id']}: its chain of documents ends elsewhere than its receipts'.")


def _changed_bytes(connection: Connection, walk: Walk) -> Iterator[str]:
    """Documents whose bytes are not those of their checksum, or are gone."""
    kept = set()
    query = select(documents.c.sha256, documents.c.content).execution_options(yield_per=50)
    for digest, content in connection.execute(query):
        kept.add(digest)
        # SQLite keeps whatever type was put there: a text is not what we kept.
        if not isinstance(content, bytes) or hashlib.sha256(content).hexdigest() != digest:
            yield f"The bytes kept as {digest[:12]}… were changed."
    query_used = select(receipts.c.document_sha256, receipts.c.number_text).where(
        receipts.c.document_sha256.is_not(None)
    )
    for digest, number in connection.execute(query_used):
        if digest not in kept:
            yield f"The document of {number} ({digest[:12]}…) is gone."


DOCUMENT = (
    "document_sha256", "document_size", "document_position", "document_previous_hash", "document_hash", "signed_by",
)
"""What the chain of documents says of each."""


def rows(engine: Engine, *, school_id: int | None = None) -> Iterator[tuple[dict[str, Any], Iterator[dict[str, Any]]]]:
    """Each school's chain with its records in order, all as of one instant; records are to be read before the next."""
    steady = engine if engine.dialect.name == "sqlite" else engine.execution_options(isolation_level="REPEATABLE READ")
    columns = [receipts.c[name] for name in (*HASHED, "hash", *DOCUMENT)]
    with steady.connect() as connection:
        query = select(receipt_chains).order_by(receipt_chains.c.school_id)
        if school_id is not None:
            query = query.where(receipt_chains.c.school_id == school_id)
        for chain in connection.execute(query).mappings().all():
            found = connection.execution_options(yield_per=500).execute(
                select(*columns).where(receipts.c.school_id == chain["school_id"]).order_by(receipts.c.position)
            ).mappings()
            yield dict(chain), (dict(row) for row in found)
