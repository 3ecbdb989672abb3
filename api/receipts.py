"""Answers what was issued for a student's purchases, and hands out the documents."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from pydantic import model_validator

from access.viewer import Area
from api import paging, receipt_shapes, whose
from api.access_rules import RECEIPTS
from api.balance import standing, viewed
from api.calls import Answer, Asking, Call, is_known
from api.listing import page_shape
from api.paging import Paged
from api.problems import Kind, Problem
from api.receipt_rows import AskedReceipt, schools_of, shown, visible, write_down
from api.rendering import rendered
from api.trail import Viewed
from api.values import Day, Flag, described
from api.whose import OfStudent
from audit import Event
from reports import receipts
from reports.receipts import Receipt
from store import receipt_lists

PDF = "application/pdf"
_PAPERS = {"cache-control": "private, no-store", "vary": "Accept, Authorization", "x-content-type-options": "nosniff"}


class AskedReceipts(OfStudent, Paged):
    """Whose, which, and which page."""

    is_valid: Flag | None = described(
        "true: documents that stand as they are; false: receipts of which money was given back.", True
    )
    start_date: Day | None = described("Issued on this day of the school or later.", "2026-01-01")
    end_date: Day | None = described("Issued on this day of the school or earlier.", "2026-12-31")

    @model_validator(mode="after")
    def _in_order(self) -> AskedReceipts:
        if self.start_date and self.end_date and self.start_date > self.end_date:
            raise ValueError("end_date: lies before start_date")
        return self


def _list(asking: Asking, asked: AskedReceipts) -> Answer:
    found = whose.find(asking, asked, Area.money)
    first = standing(asking, found)[0]
    bounds: dict[str, Any] = {
        "student_ids": [found.student_id], "school_ids": schools_of(found.scope), "is_valid": asked.is_valid,
        "since": asked.start_date, "until": None if asked.end_date is None else asked.end_date + timedelta(days=1),
    }

    def ask(which: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        matching = receipt_lists.counted(asking.engine, **bounds)
        return [{"id": one.id, "one": one, "matching": matching}
                for one in receipts.listed(asking.engine, **bounds, **which)]

    body = paging.page(
        asked, asking.path, secret=asking.service.tag_key, ask=ask, counted="matching", keys={"before": "id"},
        shown=lambda rows: shown(asking, [row["one"] for row in rows]),
    )
    return Answer(body, viewed=viewed(found, first))


def _one(asking: Asking, asked: AskedReceipt) -> Answer:
    receipt, is_own = visible(asking, asked.receipt_id)
    if not _wants_pdf(asking.headers.get("accept", "*/*")):
        return _record(asking, receipt, is_own=is_own)
    headers = {**_PAPERS, "etag": f'"{receipt.document_sha256}"'}
    if receipt.document_sha256 is not None and is_known(asking.headers.get("if-none-match"), receipt.document_sha256):
        return Answer(b"", 304, media_type=PDF, headers=headers)
    try:
        content = receipts.document(asking.engine, receipt.id)
    except receipts.DocumentWaiting as waiting:
        issue = "The document is still to be made. Ask for it by POST /api/student-balance/receipts/generate/."
        raise Problem(Kind.CONFLICT, issue, headers={"retry-after": "30"}) from waiting
    write_down(asking, Event.DOWNLOADED, receipt)
    name = re.sub(r"[^A-Za-z0-9._-]", "_", receipts.file_name(receipt).rpartition("/")[2])
    headers["content-disposition"] = f'attachment; filename="{name}"'
    return Answer(content, media_type=PDF, headers=headers)


def _record(asking: Asking, receipt: Receipt, *, is_own: bool) -> Answer:
    [body] = shown(asking, [receipt])
    text = rendered(body)
    tag = f"{receipt.document_sha256}-{len(text)}-{body['amount_refunded']}"  # all that can change of a record
    headers = {**_PAPERS, "etag": f'W/"{tag}"'}
    if is_known(asking.headers.get("if-none-match"), tag):
        return Answer(b"", 304, headers=headers)
    seen = None if is_own else Viewed(receipt.student_id, receipt.school_id)
    return Answer(text, viewed=seen, headers=headers)


def _wants_pdf(accepted: str) -> bool:
    """The document itself, unless JSON is asked for by name and liked no less."""
    liked: dict[str, float] = {}
    for part in accepted.lower().split(","):
        media, _, rest = part.partition(";")
        said = re.search(r"(?:^|;)\s*q=([01](?:\.\d{0,3})?)\s*(?:;|$)", rest)
        liked[media.strip()] = float(said[1]) if said else 1.0
    return liked.get("application/json", 0.0) < max(liked.get(PDF, 0.0), 0.001)


_PROBLEMS = (Kind.NOT_FOUND, Kind.CONFLICT)
CALLS = (
    Call(
        path="/student-balance/receipts/",
        name="studentReceipts",
        summary="Receipts and credit notes of a student, newest first",
        description="Also copies of receipts marked REFUNDED. Days are days of issue.",
        access=RECEIPTS,
        asked=AskedReceipts,
        shape=page_shape(receipt_shapes.ReceiptRow),
        work=_list,
        problems=_PROBLEMS,
        group="Receipts",
    ),
    Call(
        path="/student-balance/receipts/{receipt_id}/",
        name="receipt",
        summary="One receipt: the signed PDF, or what is known of it",
        description="The PDF, byte for byte as it was issued; with `Accept: application/json` the record.",
        access=RECEIPTS,
        asked=AskedReceipt,
        shape=receipt_shapes.ReceiptRow,
        work=_one,
        problems=_PROBLEMS,
        files=(PDF,),
        tagged=True,
        group="Receipts",
    ),
)
