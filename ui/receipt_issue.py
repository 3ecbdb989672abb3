"""The parts of "Receipts" that make: issuing what a month lacks, and packing what it has."""

from __future__ import annotations

import os
import tempfile
import weakref
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import streamlit as st

from audit import Event
from errors import HourbookError
from reports import receipts
from reports.receipts.overview import Overview
from ui import exports, formats, trail
from ui.navigation import opens
from ui.receipt_rights import is_clear, may_issue, one_school
from ui.session import Here, current_settings, engine
from ui.text import _, _n

MOST_PACKED = 5_000
"""Documents that one ZIP of the screen holds: a file that is handed to a browser passes through memory."""

DONE = "hourbook_receipts_issued"
PACKED = "hourbook_receipts_packed"
LONG_PAST = timedelta(days=62)
"""A month that began longer ago is not mailed unless somebody says so: people would wonder."""


def offer(here: Here, found: Overview, since: date, until: date) -> None:
    """Issuing what is missing, for who may; what the last time did; and the month as a ZIP."""
    _what_was_done()
    if not is_clear(here):
        st.caption(_("Choose one school in the menu to issue its receipts or to download them together."))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        _issuing(here, found, since, until)
        _packing(here, found, since, until)


def _issuing(here: Here, found: Overview, since: date, until: date) -> None:
    school_id = one_school(here)
    if not may_issue(here, school_id):
        said = _("Whoever runs the school issues and sends receipts; you can read and download them.")
        st.caption(said, width="content")
        return
    silent = found.count("vat_undecided")
    if silent:
        _say_vat_first(here)
    missing = found.count("missing", "credit_note_missing", "waiting")
    if not missing and silent:
        return
    if not missing:
        st.caption(_("Nothing is missing in this month."), width="content")
        return
    mailed = False
    if _is_mailed(here, school_id):
        long_past = here.today - since > LONG_PAST
        mailed = st.toggle(_("Send them by e-mail"), value=not long_past, key=f"mailed-{since}")
    label = _n("Issue the {number} that is missing", "Issue the {number} that are missing", missing)
    if st.button(label, key="issue-missing", type="primary"):
        _issue(here, school_id, since, until, missing=missing, mailed=mailed)


def _say_vat_first(here: Here) -> None:
    st.warning(_("No receipt is issued before the school has said its VAT rate, or why it is exempt."))
    if opens(here.viewer, "receipt_settings"):
        st.page_link("receipt_settings.py", label=_("Say it in the receipt settings"))


def _is_mailed(here: Here, school_id: int | None) -> bool:
    """The school, or one of them, has its receipts mailed."""
    ids = [school.school_id for school in here.schools] if school_id is None else [school_id]
    return any(receipts.receipt_settings(engine(), id_).email_at_issue for id_ in ids)


def _issue(here: Here, school_id: int | None, since: date, until: date, *, missing: int, mailed: bool) -> None:
    """Issues, with what is done so far on the screen. Whoever leaves meanwhile stops it; the next time goes on."""
    said: dict[str, Any] = {"school_id": school_id, "object": f"month:{since:%Y-%m}"}
    begun = {"step": "begun", "missing": missing, "mailed": mailed}
    trail.changed(here, Event.RECEIPT_ISSUED, **said, details=begun)
    bar = st.progress(0.0, text=_("Giving numbers …"))

    def progress(stage: str, done: int, total: int) -> None:
        text = _("Numbers: {done} of {total}") if stage == "numbers" else _("Documents: {done} of {total}")
        counted = text.format(done=formats.count(done), total=formats.count(total))
        bar.progress(done / total if total else 1.0, text=counted)

    settings = current_settings()
    try:
        # One process: the workers of several would begin by running the page that is being drawn.
        month = receipts.issue_month(
            engine(), here.books, settings, since=since, until=until, school_id=school_id, actor=here.viewer.key,
            now=settings.clock(), progress=progress, mailed=mailed,
        )  # fmt: skip
    except BaseException as failure:
        trail.changed(here, Event.RECEIPT_ISSUED, **said, details={"step": "stopped"})
        if isinstance(failure, HourbookError):
            st.error(formats.plain(failure.message))
            return
        raise
    done = {"created": month.created, "credit_notes": month.credit_notes, "documents": month.documents}
    trail.changed(here, Event.RECEIPT_ISSUED, **said, details={"step": "done", **done, "failed": len(month.failed)})
    st.session_state[DONE] = month
    st.rerun()


def _what_was_done() -> None:
    """Said once, above the figures that it changed."""
    month = st.session_state.pop(DONE, None)
    if not isinstance(month, receipts.Month):
        return
    st.success(
        _(
            "{receipts} receipts and {notes} credit notes were issued, {documents} documents made.",
            receipts=formats.count(month.created),
            notes=formats.count(month.credit_notes),
            documents=formats.count(month.documents),
        )
    )
    if month.unsigned:
        st.info(_("They are not signed: no signing key is set (HOURBOOK_SIGNING_PKCS12)."))
    if month.failed:
        st.warning(_n("{number} could not be issued:", "{number} could not be issued:", len(month.failed)))
        st.markdown("\n".join(f"- {formats.plain(sentence)}" for sentence in month.failed[:20]))


def _packing(here: Here, found: Overview, since: date, until: date) -> None:
    """In two steps, so that packing shows how far it is: make the file, then fetch it."""
    ids = found.document_ids
    if not ids:
        return
    if len(ids) > MOST_PACKED:
        st.caption(
            _(
                "{number} documents are too many for a browser: `./hourbook receipts zip --month {month}` packs them.",
                number=formats.count(len(ids)),
                month=f"{since:%Y-%m}",
            )
        )
        return
    mark = (since, one_school(here), len(ids), ids[-1], here.viewer.key)
    packed = st.session_state.get(PACKED)
    if packed is not None and packed[0] == mark:
        st.download_button(
            _("Download the ZIP"),
            _fetched(here, packed[1].name, len(ids)),
            file_name=f"receipts-{since:%Y-%m}.zip",
            mime=exports.unguessable("application/zip"),
            on_click="ignore",
            key="receipts-zip",
        )
    elif st.button(_n("Pack {number} document as ZIP", "Pack {number} documents as ZIP", len(ids)), key="pack"):
        st.session_state[PACKED] = (mark, _pack(here, since, until, len(ids)))
        st.rerun()


class Packed:
    """A file that goes when the browser's session does."""

    def __init__(self) -> None:
        descriptor, self.name = tempfile.mkstemp(prefix="hourbook-", suffix=".zip")
        os.close(descriptor)
        weakref.finalize(self, Path(self.name).unlink, missing_ok=True)


def _pack(here: Here, since: date, until: date, total: int) -> Packed:
    """The month in a file: memory stays as it is however large it gets."""
    bar = st.progress(0.0, text=_("Packing …"))
    packed = Packed()

    def done(count: int) -> None:
        if count % 10 == 0 or count == total:
            bar.progress(min(count / total, 1.0), text=_("{done} of {total}", done=count, total=total))

    with open(packed.name, "wb") as sink:
        receipts.write_zip(engine(), sink, since=since, until=until, school_id=one_school(here), by="paid", done=done)
    return packed


def _fetched(here: Here, name: str, count: int) -> Callable[[], BinaryIO]:
    def fetch() -> BinaryIO:
        exports.refuse_who_left(here)
        trail.exported(here, "receipts", count, form="zip")
        return open(name, "rb")

    return fetch
