"""A store in which some of the synthetic business's purchases have receipts, for the tests of their pages."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

import warehouse
from reports import receipts
from settings import Settings
from store.receipts import Receipt
from tests import synthetic
from tests.pages.conftest import NOW

AT = datetime.fromisoformat(NOW)
REFUNDS = """
insert into refunds values
    ('13:re_1', 13, 1, 1, 60.00, 'EUR', '2026-11-02 10:00:00+00', '2026-11-02', 'succeeded', 're_1'),
    ('22:re_2', 22, 2, 1, 180.00, 'EUR', '2026-11-03 10:00:00+00', '2026-11-03', 'succeeded', 're_2');
"""
"""Money given back to students 1 (a part) and 2 (everything)."""


def publish(folder: Path) -> Path:
    """The synthetic business with refunds."""
    return synthetic.publish(folder, rows=synthetic._ROWS + ";" + REFUNDS)


def settings_of(engine: Engine, books: Path) -> Settings:
    """Settings that sign nothing: a demo would make a key first."""
    return Settings.model_validate({
        "platform_url": "postgresql://nobody@localhost/nothing", "store_url": str(engine.url),
        "warehouse": str(books), "now": NOW,
    })


def decide(engine: Engine, *school_ids: int) -> None:
    """These schools say why they charge no VAT, so that their receipts can be issued."""
    for school_id in school_ids:
        if not receipts.receipt_settings(engine, school_id).is_vat_decided:
            said = receipts.ReceiptSettings(vat_exemption="Exempt, article 9.")
            receipts.save_receipt_settings(engine, school_id, said, actor="test", now=AT)


def issue(engine: Engine, books: Path, *transaction_ids: int) -> list[Receipt]:
    """Receipts of these purchases."""
    chosen = settings_of(engine, books)
    decide(engine, 1, 2)
    return [
        receipts.issue(engine, warehouse.open(books), chosen, id_, actor="test", now=AT).receipt
        for id_ in transaction_ids
    ]


def credit(engine: Engine, books: Path, transaction_id: int) -> list[Receipt]:
    """Credit notes of a purchase, and the copy of its receipt."""
    chosen = settings_of(engine, books)
    made = receipts.credit(engine, warehouse.open(books), chosen, transaction_id, actor="test", now=AT)
    return [one.receipt for one in made]


def everything(engine: Engine) -> list[Receipt]:
    """All that was issued, newest first."""
    return receipts.listed(engine, limit=500)


def copies(engine: Engine) -> list[Receipt]:
    """The copies marked refunded."""
    return [one for one in everything(engine) if one.kind == "refunded_copy"]


def words_of(content: bytes) -> str:
    """The text of a PDF."""
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    return " ".join(page.get_textpage().get_text_range() for page in document)
