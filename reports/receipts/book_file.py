"""The books of receipts as one file of JSON lines, so that they are checked where neither Hourbook nor its store runs.

A school begins with a line of where its chains end; a line follows for each record, exactly as it was hashed.  The hash
of a record is SHA-256 over ``record`` as JSON with sorted keys and without spaces, so that a few lines of any language
check it too (docs/receipts.md).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Engine

from errors import HourbookError
from store import receipt_books
from store.receipt_links import HASHED, canonical

_ENDS = ("school_id", "records", "head", "documents", "documents_head")


class NotABookFile(HourbookError):
    """A file is not what `hourbook receipts export` writes."""


@dataclass
class Books:
    """What a file of books holds: the walk over it, its documents by checksum, and its numbers."""

    walk: receipt_books.Walk = field(default_factory=receipt_books.Walk)
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)
    credited: dict[tuple[int, int], list[str]] = field(default_factory=dict)
    """The numbers of credit notes by school and transaction."""


def write(engine: Engine, sink: IO[bytes], *, school_id: int | None = None) -> int:
    """Write the books, line by line; how many records there are."""
    count = 0
    for chain, records in receipt_books.rows(engine, school_id=school_id):
        sink.write(_line({name: chain[name] for name in _ENDS}))
        for row in records:
            document = {name: row[name] for name in receipt_books.DOCUMENT} if row["document_sha256"] else None
            record = {name: row[name] for name in HASHED}
            sink.write(_line({"record": record, "hash": row["hash"], "document": document}))
            count += 1
    return count


def read(file: Path) -> Books:
    """Walk the file's chains; what does not hold is in its walk's faults.  Raises NotABookFile."""
    books = Books()
    try:
        with file.open("rb") as lines:
            for chain, records in _by_school(lines):
                _walk(books, chain, records)
    except OSError as failure:
        raise NotABookFile(f"{file} cannot be read ({failure.strerror}).") from failure
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as failure:
        raise NotABookFile(
            f"{file} is not a file of books, or is damaged: make it by `hourbook receipts export --output FILE`."
        ) from failure
    if not books.walk.schools:
        raise NotABookFile(f"{file} is empty: make it by `hourbook receipts export --output FILE`.")
    return books


def _walk(books: Books, chain: dict[str, Any], records: list[dict[str, Any]]) -> None:
    walk, school = books.walk, int(chain["school_id"])
    walk.schools += 1
    if chain["school_id"] in walk.heads:
        walk.faults.append(f"School {school} is in the file twice.")
    receipt_books.walk_records(records, walk, chain)
    with_document = [row for row in records if row["document_sha256"] is not None]
    receipt_books.walk_documents(sorted(with_document, key=lambda row: int(row["document_position"])), walk, chain)
    for row in records:
        if row["school_id"] != school:
            walk.faults.append(f"School {school} holds {row['number_text']} of school {row['school_id']}.")
        books.numbers.add(row["number_text"])
        if row["kind"] == "credit_note":
            books.credited.setdefault((school, row["transaction_id"]), []).append(row["number_text"])
        if row["document_sha256"] is not None:
            books.documents[row["document_sha256"]] = {
                name: row[name] for name in ("school_id", "transaction_id", "number_text", "kind", "issued_on", "total",
                                             "currency")
            }


def _by_school(lines: Iterable[bytes]) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    chain: dict[str, Any] | None = None
    records: list[dict[str, Any]] = []
    for line in lines:
        found = json.loads(line)
        if "record" not in found:
            if chain is not None:
                yield chain, records
            chain, records = {name: found[name] for name in _ENDS}, []
        elif chain is None:
            raise ValueError("a record comes before its school")
        else:
            document = found["document"] or dict.fromkeys(receipt_books.DOCUMENT)
            records.append({**{name: found["record"][name] for name in HASHED}, "hash": found["hash"], **document})
    if chain is not None:
        yield chain, records


def _line(content: dict[str, Any]) -> bytes:
    return canonical(content).encode() + b"\n"
