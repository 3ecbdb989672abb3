"""Writes a period's documents as one ZIP with an index, document by document: memory stays the same for any period."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import date
from typing import IO

from sqlalchemy import Engine

from errors import HourbookError
from reports.receipts import facts
from store import receipt_lists
from store.receipts import Receipt

INDEX = "index.csv"
_COLUMNS = (
    "file", "number", "kind", "copy", "issued_on", "paid_on", "transaction_id", "student_id", "student", "billed_to",
    "net", "vat", "total", "currency", "verification_code", "sha256", "signed_by",
)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)


class NothingIssued(HourbookError):
    """No document was issued in the period."""


def write(
    engine: Engine, sink: IO[bytes], *, since: date, until: date, school_id: int | None = None,
    by: receipt_lists.By = "paid", done: Callable[[int], None] = lambda _: None,
) -> int:
    """Write the archive of the documents of what was paid (or issued) from ``since`` to before ``until``; how many.

    The same documents give the same bytes: order, dates and names follow from them alone.  Raises NothingIssued.
    """
    index = io.StringIO(newline="")
    table = csv.writer(index)
    table.writerow(_COLUMNS)
    count = 0
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for receipt, content in receipt_lists.of_period(engine, since=since, until=until, school_id=school_id, by=by):
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
    return [_safe(text) for text in (
        name, receipt.number_text, receipt.kind, str(receipt.copy), receipt.issued_on.isoformat(),
        receipt.paid_on.isoformat(),
        str(receipt.transaction_id), str(receipt.student_id), said.student_name, said.buyer.name,
    )] + [  # amounts are numbers, also negative ones
        f"{receipt.net:.2f}", f"{receipt.vat:.2f}", f"{receipt.total:.2f}", receipt.currency,
        receipt.verification_code, receipt.document_sha256 or "", receipt.signed_by or "",
    ]


def _safe(text: str) -> str:
    """A name is never a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
