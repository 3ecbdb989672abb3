"""Writes a period's documents as one ZIP with an index, document by document: memory stays the same for any period."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Callable
from datetime import date
from typing import IO

from sqlalchemy import Engine

from errors import HourbookError
from reports.formats.csv_file import safe
from reports.receipts import facts
from reports.table import one_line
from store import receipt_lists
from store.receipts import Receipt

INDEX = "index.csv"
_COLUMNS = (
    "file", "number", "kind", "copy", "issued_on", "paid_on", "transaction_id", "student_id", "student", "billed_to",
    "net", "vat", "total", "currency", "verification_code", "sha256", "signed_by",
)
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)


class DocumentChanged(HourbookError):
    """A kept document is not what it was when it was attached."""


class NothingIssued(HourbookError):
    """No document was issued in the period."""


def write(
    engine: Engine, sink: IO[bytes], *, since: date, until: date, school_id: int | None = None,
    by: receipt_lists.By = "paid", done: Callable[[int], None] = lambda _: None,
) -> int:
    """Write the archive of the documents of what was paid (or issued) from ``since`` to before ``until``; how many.

    The same documents give the same bytes: order, dates and names follow from them alone.  Raises NothingIssued and
    DocumentChanged.
    """
    index = io.StringIO(newline="")
    table = csv.writer(index)
    table.writerow(_COLUMNS)
    count = 0
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for receipt, content in receipt_lists.of_period(engine, since=since, until=until, school_id=school_id, by=by):
            require_unchanged(receipt, content)
            name = file_name(receipt)
            archive.writestr(_entry(name, receipt), content)
            table.writerow(_row(name, receipt))
            count += 1
            done(count)
        if count == 0:
            raise NothingIssued(
                f"No document was issued for {'payments' if by == 'paid' else 'anything'} from {since} to before "
                f"{until}: issue them first by `hourbook receipts issue`."
            )
        archive.writestr(_entry(INDEX, None), "\ufeff" + index.getvalue())
    return count


def require_unchanged(receipt: Receipt, content: bytes | None) -> bytes:
    """The bytes, if they are those that were attached; raises DocumentChanged."""
    if content is None or hashlib.sha256(content).hexdigest() != receipt.document_sha256:
        raise DocumentChanged(
            f"The kept document of {receipt.number_text} is not the one that was issued: restore the store from a "
            "backup, and see `hourbook receipts verify --books`."
        )
    return content


def file_name(receipt: Receipt) -> str:
    """The document's name in an archive, a mail or a download; one folder per school."""
    copy = f"-refunded-{receipt.copy}" if receipt.copy else ""
    return f"school-{receipt.school_id}/{receipt.number_text}{copy}.pdf"


def _entry(name: str, receipt: Receipt | None) -> zipfile.ZipInfo:
    issued = receipt.issued_at if receipt else None
    at = _FIXED_TIME if issued is None else (
        issued.year, issued.month, issued.day, issued.hour, issued.minute, issued.second,
    )
    entry = zipfile.ZipInfo(name, at)
    entry.external_attr = 0o644 << 16
    return entry


def _row(name: str, receipt: Receipt) -> list[str]:
    said = facts.from_kept(receipt.said)
    # Amounts may be added up: credit notes count with a minus (nothing has no sign), copies not at all.
    sign = -1 if receipt.kind == "credit_note" else 1
    is_counted = receipt.kind != "refunded_copy"
    amounts = [f"{sign * value + 0:.2f}" if is_counted else "" for value in (receipt.net, receipt.vat, receipt.total)]
    return [safe(one_line(text)) for text in (
        name, receipt.number_text, receipt.kind, str(receipt.copy), receipt.issued_on.isoformat(),
        receipt.paid_on.isoformat(),
        str(receipt.transaction_id), str(receipt.student_id), said.student_name, said.buyer.name,
    )] + [
        *amounts, receipt.currency, receipt.verification_code, receipt.document_sha256 or "", receipt.signed_by or "",
    ]
