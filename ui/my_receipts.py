"""The parts of "My receipts": the student's own receipts and credit notes, each with its document."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import streamlit as st

from access.scope import Scope
from access.viewer import Area
from reports import receipts
from reports.receipts import overview
from reports.receipts.overview import Row
from store import receipt_overview
from store.receipts import Receipt
from ui import formats, languages, receipt_files, receipt_words, screens
from ui.entry import VIEW_AS
from ui.own import CHILD
from ui.session import Here, engine
from ui.text import _, _n

MOST, PAGE_ROWS = 1_000, 10


def show(here: Here, student: dict[str, Any]) -> None:
    """The newest first, a page at a time."""
    found = _issued(here, student)
    if not found:
        screens.empty(
            _("No receipts yet."), _("A receipt appears here as soon as your school has issued it for a purchase.")
        )
        return
    listed = [one for one in found if one.kind != "refunded_copy"]
    marked = _marked(found)
    st.caption(_n("{number} document, the newest first.", "{number} documents, the newest first.", len(listed)))
    pages = -(-len(listed) // PAGE_ROWS)
    page = min(max(st.session_state.get("page") or 1, 1), pages)
    part = listed[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    lines = receipt_overview.of_transactions(
        engine(), (one.transaction_id for one in part), school_ids=_schools(here.scope)
    )
    for receipt, row in zip(part, overview.of_records(part, lines), strict=True):
        _entry(here, receipt, row, marked.get(receipt.id))
    if pages > 1:
        st.pagination(pages, key="page", bind="query-params", max_visible_pages=5)


def more(here: Here) -> None:
    """The way to the statement of a period."""
    kept = {name: st.query_params[name] for name in (CHILD, languages.KEY, VIEW_AS) if name in st.query_params}
    with st.container(key="own-more"):
        st.page_link(
            "history.py", label=_("Statement of a month, as PDF"), query_params={**kept, "show": "statement"}
        )


def _issued(here: Here, student: dict[str, Any]) -> Sequence[Receipt]:
    """What was issued for this student, as far as the viewer's schools go; nothing for who sees no amounts."""
    scope = here.viewer.scope(Area.own)
    if scope is None or student["student_id"] not in scope.ids or not here.sees_money:
        return []
    return receipts.listed(
        engine(), student_ids=[student["student_id"]], school_ids=_schools(scope), limit=MOST
    )


def _schools(scope: Scope) -> list[int] | None:
    """The schools whose books are seen, and whose amounts; None for all."""
    allowed = [ids for ids in (scope.within, scope.money) if ids is not None]
    return sorted(set.intersection(*map(set, allowed))) if allowed else None


def _marked(found: Sequence[Receipt]) -> dict[int, Receipt]:
    """The newest copy marked refunded of each receipt that has one; what was issued comes newest first."""
    copies: dict[int, Receipt] = {}
    for one in found:
        if one.kind == "refunded_copy" and one.original_id is not None and one.document_sha256 is not None:
            copies.setdefault(one.original_id, one)
    return copies


def _entry(here: Here, receipt: Receipt, row: Row, marked: Receipt | None) -> None:
    """One document: what and when, how it stands, how much, and the file; a refunded one's file says so."""
    document = marked or receipt
    second = " · ".join(part for part in (formats.medium_day(row.day), formats.one_line(row.plan)) if part)
    state = receipt_words.status(row.status) if row.status != "credit_note" else ""
    with st.container(key=f"receipt-{receipt.id}", gap="small"):
        st.html(
            f'<div class="hb-receipt"><div><strong>{escape(receipt_words.kind(receipt))}</strong>'
            f"<span>{escape(second)}</span></div>"
            f'<div class="hb-figure"><strong>{escape(formats.money(row.total, row.currency))}</strong>'
            f"<span>{escape(state)}</span></div></div>"
        )
        if document.document_sha256 is None:
            st.caption(_("The document is still being made. Look again in a while."))
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            receipt_files.download(here, document, _("Download the PDF"), key=f"pdf-{receipt.id}")
            if document is not receipt and receipt.document_sha256 is not None:
                receipt_files.download(here, receipt, _("As it was issued"), key=f"issued-{receipt.id}")
            receipt_files.verify_line(receipt, with_code=False)
