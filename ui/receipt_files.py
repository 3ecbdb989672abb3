"""One receipt as a file, handed out when it is pressed for and written down; and where anybody can check it."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from urllib.parse import quote

import streamlit as st

from reports import receipts
from store.receipts import Receipt
from ui import exports, trail
from ui.session import Here, current_settings, engine
from ui.text import _

PDF = "application/pdf"


def download(here: Here, receipt: Receipt, label: str, *, key: str) -> None:
    """A button for the document's bytes, as they were issued."""
    st.download_button(
        label,
        writer(here, receipt),
        file_name=receipts.file_name(receipt).rpartition("/")[2],
        mime=exports.unguessable(PDF),
        on_click="ignore",
        key=key,
    )


def writer(here: Here, receipt: Receipt) -> Callable[[], bytes]:
    """Hands the bytes out when it is called. Raises DownloadRefused, DocumentWaiting and DocumentChanged."""

    def write() -> bytes:
        exports.refuse_who_left(here)
        content = receipts.document(engine(), receipt.id)
        trail.document_downloaded(here, receipt)
        return content

    return write


def verify_address(receipt: Receipt) -> str:
    """The public page that says whether a receipt with this number and code was issued, and how it stands."""
    base = current_settings().public_url or ""  # else by the address the page has
    return f"{base}/verify/{quote(receipt.number_text)}?code={quote(receipt.verification_code)}"


def verify_line(receipt: Receipt, *, with_code: bool = True) -> None:
    """How anybody finds out whether the document is genuine; its code is printed on it too."""
    address = escape(verify_address(receipt), quote=True)
    link = f'<a href="{address}" target="_blank" rel="noopener">{escape(_("Check this document"))}</a>'
    code = "-".join(receipt.verification_code[at : at + 4] for at in range(0, len(receipt.verification_code), 4))
    said = f'<span>{escape(_("Verification code {code}", code=code))}</span>' if with_code else ""
    st.html(f'<p class="hb-check">{link}{said}</p>', width="stretch" if with_code else "content")


def sheet(content: bytes, *, key: str, alt: str, beside: bool = False) -> None:
    """A document on the screen; made smaller where there is less room than for a sheet of paper."""
    with st.container(key="sheet-beside" if beside else "sheet"):
        st.pdf(content, height=760, key=key, alt=alt)
