"""One receipt of the school: what it is, its document on the screen, and what can be done with it."""

from __future__ import annotations

from html import escape

import streamlit as st

import queries
from access.viewer import Area
from audit import Event
from errors import HourbookError
from reports import receipts
from reports.mail.addresses import BadAddress, read
from store import receipt_overview
from store.receipts import Receipt
from ui import formats, receipt_files, receipt_words, screens, trail
from ui.receipt_rights import every_school, may_issue
from ui.session import Here, current_settings, engine
from ui.text import _

SHOWN = "receipt"
"""The parameter of the address that names the receipt on the screen by its id."""


def asked() -> int | None:
    """The receipt that the address names."""
    text = st.query_params.get(SHOWN, "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


def show(here: Here, receipt_id: int) -> None:
    """The receipt with what was issued after it. One that is not the viewer's to see is not there."""
    found = receipt_overview.by_id(engine(), receipt_id, school_ids=every_school(here))
    if found is None:
        screens.empty(_("There is no such receipt here."), _("Look for its number, or for the student."))
        return
    receipt = _one_of(here, found)
    amount = formats.money(receipt.total, receipt.currency)
    day = formats.day(receipt.issued_on)
    said = _("{amount}, issued on {day}", amount=amount, day=day)
    title = escape(receipt_words.kind(receipt))
    st.html(f'<div class="hb-section"><h2>{title}</h2><p>{escape(said)}</p></div>')
    if receipt.document_sha256 is None:
        st.info(_("Its document is still to be made: issuing what is missing makes it."))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        receipt_files.download(here, receipt, _("Download the PDF"), key=f"pdf-{receipt.id}")
        if may_issue(here, receipt.school_id) and receipt.kind != "refunded_copy":
            _sending(here, receipt)
        st.page_link(
            "student.py", label=_("Open the student"), query_params={"student": str(receipt.student_id)}
        )
    receipt_files.verify_line(receipt)
    try:
        content = receipts.document(engine(), receipt.id)
        trail.document_seen(here, receipt)
    except HourbookError as failure:
        st.error(formats.plain(failure.message))
        return
    receipt_files.sheet(content, key=f"shown-{receipt.id}", alt=receipt_words.kind(receipt))


def _one_of(here: Here, found: Receipt) -> Receipt:
    """The receipt, its credit notes and copies are looked at one at a time."""
    seen = every_school(here)
    related = [
        one
        for one in receipts.by_transaction(engine(), found.transaction_id)
        if seen is None or one.school_id in seen
    ]
    if len(related) < 2:
        return found
    by_id = {one.id: one for one in related}
    chosen = st.segmented_control(
        _("Documents of this purchase"),
        list(by_id),
        format_func=lambda id_: receipt_words.kind(by_id[id_]),
        default=found.id,
        required=True,
        key=f"documents-{found.id}",
    )
    return by_id.get(chosen or found.id, found)


def _sending(here: Here, receipt: Receipt) -> None:
    """Puts it into the outbox; says beforehand why it could not arrive."""
    trouble = _trouble(here, receipt)
    pressed = st.button(
        _("Send by e-mail"), key=f"send-{receipt.id}", disabled=trouble is not None, help=trouble or _where(receipt)
    )
    if pressed and trouble is None:
        new = receipts.email(engine(), current_settings(), receipt.id, now=current_settings().clock())
        trail.changed(
            here, Event.RECEIPT_EMAILED, school_id=receipt.school_id, student_id=receipt.student_id,
            object=f"receipt:{receipt.id}", details={"step": "asked", "new": new},
        )  # fmt: skip
        st.toast(_("It is in the outbox.") if new else _("It is in the outbox already."))
    if trouble:
        st.caption(trouble)


def _where(receipt: Receipt) -> str:
    if receipts.receipt_settings(engine(), receipt.school_id).email_at_issue:
        return _("To the student's own address; the school has its receipts mailed when they are issued.")
    return _("To the student's own address; the school does not have its receipts mailed by themselves.")


def _trouble(here: Here, receipt: Receipt) -> str | None:
    """Why it cannot be sent: there is no mail server, or no address that a message could be sent to."""
    settings = current_settings()
    if settings.smtp_url is None and settings.letter_folder is None:
        return _("No mail server is set (HOURBOOK_SMTP_URL), so nothing can be sent.")
    scope = here.viewer.scope(Area.students)
    card = queries.ask(here.books, scope, "student_card", student_id=receipt.student_id).one() if scope else {}
    try:
        read(str(card.get("email") or ""))
    except BadAddress:
        return _("The student has no e-mail address that a message could be sent to.")
    return None
