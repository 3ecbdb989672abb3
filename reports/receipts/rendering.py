"""Makes the document of a record: its words laid out, the electronic invoice inside, the signature over all of it.

Only the record decides what it looks like, so that the same record gives the same bytes at any time and anywhere.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any, Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reports import render
from reports.receipts import colors, einvoice, facts, wording
from reports.render import typefaces
from store.receipts import Receipt

_TEMPLATES = Path(__file__).resolve().parent / "templates"
_MOST_ODD_CHARACTERS = 50
_QR_MASK = 3
"""Fixed, so that eight candidates need not be drawn and judged for each receipt."""


class Signer(Protocol):
    """Who signs: the name that is printed, and how the seal is set."""

    @property
    def name(self) -> str: ...
    def seal(self, *, at: Any, reason: str) -> render.layout.Seal: ...


def make(receipt: Receipt, *, signer: Signer | None = None, logo: bytes | None = None) -> bytes:
    """The record's PDF.  Raises render.MissingFont; a character without any glyph is written as its code point."""
    odd: frozenset[str] = frozenset()
    for _ in range(_MOST_ODD_CHARACTERS):
        try:
            return _make(receipt, signer, logo, partial(render.printable, without=odd))
        except render.MissingGlyph as missing:
            if missing.character in odd:
                raise
            odd |= {missing.character}
    raise render.LayoutFault(f"Receipt {receipt.number_text} holds too many characters that no font can print.")


def _make(receipt: Receipt, signer: Signer | None, logo: bytes | None, shown: Callable[[str], str]) -> bytes:
    said = facts.from_kept(receipt.said)
    printed = wording.Printed(
        number=receipt.number_text, issued_at=receipt.issued_at, issued_on=receipt.issued_on,
        code=receipt.verification_code,
    )
    words = wording.words(said, printed, signer=signer.name if signer else None, shown=shown)
    invoice = einvoice.xml(said, printed)
    assets = []
    if words["check"]["url"]:
        assets.append(render.Asset("qr", qr(words["check"]["url"]), "image/png"))
    if logo is not None:
        assets.append(render.Asset(f"logo-{said.logo}", logo, "image/png", kept=True))
    html = _template().render(
        words, brand=colors.brand(said.color), ink=colors.ink(colors.brand(said.color)), direction=direction,
        logo_url=assets[-1].url if logo is not None else "", has_invoice=invoice is not None,
    )
    title = f"{words['title']} {receipt.number_text}"
    return render.pdf(
        html, stylesheets=[stylesheet()], assets=assets,
        metadata=render.Metadata(
            title=title, language=words["lang"], created=receipt.issued_at, author=words["seller"]["name"],
            subject=f"{title}, {wording.grouped(receipt.verification_code)}, {receipt.kind}",
        ),
        attachments=[] if invoice is None else [render.Attachment(
            "factur-x.xml", invoice, "text/xml", "Electronic invoice, EN 16931", "Alternative",
        )],
        seal=signer.seal(at=receipt.issued_at, reason=title) if signer else None,
    )


def qr(url: str) -> bytes:
    """A QR code as PNG; drawn larger than needed, so that its edges stay sharp."""
    import segno

    drawn = io.BytesIO()
    segno.make_qr(url, error="m", mask=_QR_MASK, boost_error=False).save(drawn, kind="png", scale=4, border=2)
    return drawn.getvalue()


def direction(text: str) -> str:
    """``rtl`` where the first letter is of a script written from right to left."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in ("R", "AL"):
            return "rtl"
        if kind == "L":
            return "ltr"
    return "ltr"


@cache
def stylesheet() -> str:
    """The style of receipts with the families of the fonts."""
    families = ", ".join(f'"{family}"' for family in typefaces.FAMILIES)
    return (_TEMPLATES / "receipt.css").read_text("utf-8").replace("FAMILIES", families)


@cache
def _template() -> Any:
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
    )
    return made.get_template("receipt.html")
