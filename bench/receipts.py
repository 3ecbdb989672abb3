"""Makes receipts in several ways, and packs ten thousand stored ones: what ``bench receipts`` measures."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench.measure import Way, interleaved

_DOCUMENTS = 40
_STORED = 10_000
_BYTES = 55_000
_NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
_EXTRA = {"public_url": "https://hours.example.pt", "logo": ""}


def run(*, rounds: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Medians of each way to make documents, and of packing."""
    with tempfile.TemporaryDirectory(prefix="hourbook-bench-") as folder:
        url = f"sqlite:///{folder}/store.db"
        say(f"storing {_STORED} documents to be packed …")
        _fill(url)
        ways = [
            Way("ours, signed", "bench.receipts:ours", {"signed": True, "folder": folder}),
            Way("ours, not signed", "bench.receipts:ours", {"signed": False, "folder": folder}),
            Way("WeasyPrint, naive", "bench.receipts:naive", {}),
            Way("ReportLab, plain", "bench.receipts:reportlab", {}),
            Way("zip", "bench.receipts:packed", {"url": url}),
        ]
        results = [one.to_dict() for one in interleaved(ways, rounds=rounds, say=say)]
    return {"documents": _DOCUMENTS, "stored": _STORED, "ways": results[:-1], "zip": results[-1]}


def ours(signed: bool, folder: str) -> Callable[[], dict[str, Any]]:
    """One warm worker: PDF/A-3a, PDF/UA-1, the invoice inside, sealed where a key is given."""
    from reports.receipts import rendering
    from reports.receipts.workshop import _prepare as prepare
    from reports.signing import Sealer, demo_authority, key_for
    from settings import Settings

    keys = demo_authority.read_or_make(Path(folder) / "keys", now=_NOW)
    chosen = Settings.model_validate({"platform_url": "postgresql://a@b/c", "signing_pkcs12": str(keys)})
    key = key_for(chosen) if signed else None
    sealer = Sealer(key) if key else None
    for number in range(3):
        rendering.make(_record(number), signer=sealer)
    prepare(chosen)

    def make() -> dict[str, Any]:
        return {"bytes": sum(len(rendering.make(_record(number), signer=sealer)) for number in range(_DOCUMENTS))}

    return make


def naive() -> Callable[[], dict[str, Any]]:
    """The same page as in most tutorials: one call per document, nothing kept, plain PDF."""
    import weasyprint

    from reports.receipts import colors, rendering, wording
    from reports.receipts.facts import from_kept
    from reports.render import typefaces

    css = rendering.stylesheet()

    def html(number: int) -> str:
        record = _record(number)
        said = from_kept(record.said)
        printed = wording.Printed(
            number=record.number_text, issued_at=record.issued_at, issued_on=record.issued_on, code="7KQ2MPX9R4TB",
        )
        words = wording.words(said, printed, signer=None, shown=str)
        words["check"]["url"] = ""
        return str(rendering._template().render(
            words, brand=colors.brand(said.color), ink=colors.ink(colors.brand(said.color)),
            direction=rendering.direction, logo_url="", has_invoice=False,
        ))

    def make() -> dict[str, Any]:
        size = 0
        for number in range(_DOCUMENTS):
            style = weasyprint.CSS(string=css)
            size += len(weasyprint.HTML(string=html(number)).write_pdf(stylesheets=[style]) or b"")
        return {"bytes": size}

    with typefaces.only_ours():
        weasyprint.HTML(string=html(0)).write_pdf()
    os.environ["FONTCONFIG_FILE"] = str(typefaces.CONFIGURATION)
    return make


def reportlab() -> Callable[[], dict[str, Any]]:
    """The same words at fixed places in a built-in font: no tags, no standards, no other scripts, no signature."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen import canvas

    from reports.receipts import wording
    from reports.receipts.facts import from_kept

    def one(number: int) -> bytes:
        record, sink = _record(number), io.BytesIO()
        printed = wording.Printed(
            number=record.number_text, issued_at=record.issued_at, issued_on=record.issued_on, code="7KQ2MPX9R4TB",
        )
        words = wording.words(from_kept(record.said), printed, signer=None, shown=str)
        page = canvas.Canvas(sink, pagesize=A4)
        texts = [words["title"], words["headline"], *(" ".join(pair) for pair in words["details"]),
                 *words["seller"]["lines"], *words["buyer"]["lines"], *words["line"]["notes"], *words["notes"],
                 *(f"{label} {amount}" for label, amount, _ in words["totals"])]
        for at, text in enumerate(texts):
            page.drawString(50, 800 - 16 * at, text)
        page.save()
        return sink.getvalue()

    def make() -> dict[str, Any]:
        return {"bytes": sum(len(one(number)) for number in range(_DOCUMENTS))}

    one(0)
    return make


def packed(url: str) -> Callable[[], dict[str, Any]]:
    """Every stored document into one archive, to nowhere."""
    import store
    from reports import receipts

    engine = store.engine(url)

    def make() -> dict[str, Any]:
        with Path(os.devnull).open("wb") as nowhere:
            count = receipts.write_zip(engine, nowhere, since=date(2026, 11, 1), until=date(2026, 12, 1))
        return {"documents": count}

    return make


def _record(number: int) -> Any:
    """The record of an invented purchase, as the store would give it."""
    from reports.receipts.facts import to_kept
    from store.receipt_links import canonical
    from store.receipts import Receipt

    said = _facts(number)
    return Receipt(
        id=number, school_id=1, position=number + 1, subject="bench", kind="receipt", series="REC", year=2026,
        number=number + 1, copy=0, number_text=f"REC-2026-{number + 1:06d}", transaction_id=number, refund_id=None,
        original_id=None, student_id=1, total=said.total, net=said.net, vat=said.vat, currency=said.currency,
        language=said.language, issued_at=_NOW, issued_on=_NOW.date(), paid_on=_NOW.date(),
        verification_code="7KQ2MPX9R4TB", actor="bench",
        facts=canonical(to_kept(said)), previous_hash="", hash="", search_text="", document_sha256=None,
        document_size=None, document_position=None, document_previous_hash=None, document_hash=None, signed_by=None,
    )


def _facts(number: int) -> Any:
    from reports.receipts import facts
    from reports.receipts.school_settings import ReceiptSettings

    row = dict.fromkeys((
        "school_logo", "school_billing_address", "school_billing_contact_email", "subscription_period",
    ))
    return facts.of_purchase({
        **row, "transaction_id": number, "payment_status": "completed", "school_id": 1, "amount": Decimal("250.00"),
        "school_timezone": "Europe/Lisbon", "school_language": ("en", "pt")[number % 2], "currency": "EUR",
        "student_name": f"Maria Ștefănescu {number}", "plan_name": "10 hours", "transaction_type": "package",
        "hours": Decimal("10.00"), "school_primary_color": "#0f766e", "created_at": _NOW,
        "expires_date": date(2027, 3, 14), "card_brand": "visa", "card_last4": "4242",
        "stripe_payment_intent_id": f"pi_{number:024d}", "school_name": "Escola Aprender",
        "school_address": "Avenida da Liberdade 110\n1250-146 Lisboa", "school_tax_id": "508123456",
        "school_contact_email": "geral@example.pt", "school_phone_number": "+351 210 000 000",
        "school_website": "example.pt", "billing_name": "Teresa Almeida", "billing_country": "PT",
        "billing_address": "Rua do Salitre 12\n1269-066 Lisboa", "billing_tax_id": "212345678",
        "student_email": "maria@example.com",
    }, ReceiptSettings(vat_rate=Decimal("23.00")), **_EXTRA)


def _fill(url: str) -> None:
    """Records with documents of the usual size; what they hold does not matter to the archive."""
    from sqlalchemy import bindparam, insert, update

    import store
    from reports.receipts.facts import to_kept
    from store import receipts
    from store.receipt_tables import documents
    from store.receipt_tables import receipts as table

    store.migrate(url)
    engine = store.engine(url)
    said = _facts(1)
    kept = to_kept(said)
    for start in range(0, _STORED, 500):
        made = receipts.record(engine, [receipts.Wanted(
            subject=f"receipt:{number}", kind="receipt", school_id=1, series="REC", zone="Europe/Lisbon",
            transaction_id=number, student_id=1, total=said.total, net=said.net, vat=said.vat, currency="EUR",
            language="en", facts=kept, search_text="", actor="bench", paid_on=_NOW.date(),
        ) for number in range(start, start + 500)], now=_NOW)
        contents = [(receipt, os.urandom(_BYTES)) for receipt, _ in made]
        with engine.execution_options(writes=True).begin() as connection:  # all at once: attaching is not measured
            connection.execute(insert(documents), [
                {"sha256": hashlib.sha256(content).hexdigest(), "content": content, "size": _BYTES,
                 "media_type": "application/pdf", "stored_at": _NOW} for _, content in contents
            ])
            connection.execute(
                update(table).where(table.c.id == bindparam("of")).values(document_position=bindparam("of")), [
                    {"of": receipt.id, "document_sha256": hashlib.sha256(content).hexdigest(), "document_size": _BYTES}
                    for receipt, content in contents
                ],
            )
