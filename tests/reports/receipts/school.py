"""One school's purchases as rows of the snapshot and as facts, for the tests of receipts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine

from reports.receipts import facts
from reports.receipts.school_settings import ReceiptSettings, save_receipt_settings
from store.receipt_links import canonical
from store.receipts import Receipt

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PUBLIC = "https://hours.example.pt"
EXEMPT = ReceiptSettings(
    vat_exemption="Exempt under article 9 of the Portuguese VAT Code.", footer="Escola Aprender, Lda. · Lisbon",
)
PORTUGUESE = ReceiptSettings(vat_rate=Decimal("23.00"), language="pt", footer="Escola Aprender, Lda.")
GERMAN = ReceiptSettings(vat_rate=Decimal("19.00"), is_fiscal=True, country="DE", tax_id="DE 999 999 999")
"""Where Hourbook may issue fiscal documents."""
ROW: dict[str, Any] = {
    "transaction_id": 4711, "transaction_type": "package", "payment_status": "completed", "is_granted": True,
    "created_at": datetime(2026, 9, 14, 23, 30, tzinfo=UTC), "created_date": date(2026, 9, 15), "plan_id": 1,
    "plan_name": "10 hours of tutoring", "hours": Decimal("10.00"),
    "expires_at": datetime(2027, 3, 14, tzinfo=UTC), "expires_date": date(2027, 3, 14), "subscription_period": None,
    "currency": "EUR", "amount": Decimal("250.00"), "amount_refunded": Decimal("0.00"),
    "stripe_payment_intent_id": "pi_3PqX2eLkdIwHu7ix", "card_brand": "visa", "card_last4": "4242",
    "billing_name": "Teresa Almeida", "billing_address": "Rua do Salitre 12, 3.º Esq.\n1269-066 Lisboa",
    "billing_country": "Portugal", "billing_tax_id": "212345678", "student_id": 7, "student_name": "Maria Almeida",
    "student_email": "maria@example.com", "school_id": 1, "school_name": "Escola Aprender",
    "school_timezone": "Europe/Lisbon", "school_language": "en",
    "school_address": "Avenida da Liberdade 110\n1250-146 Lisboa", "school_contact_email": "geral@example.pt",
    "school_phone_number": "+351 210 000 000", "school_website": "example.pt", "school_logo": None,
    "school_primary_color": "#0f766e", "school_secondary_color": None, "school_tax_id": "PT508123456",
    "school_billing_contact_name": None, "school_billing_contact_email": None, "school_billing_address": None,
}

SNAPSHOT = """
insert into sync (snapshot_id, as_of, is_demo) values (1, '2026-11-23T05:00:00+00:00', true);
insert into schools (school_id, name, timezone, currency, language, address, tax_id, primary_color) values
    (1, 'Escola Aprender', 'Europe/Lisbon', 'EUR', 'pt', E'Avenida da Liberdade 110\n1250-146 Lisboa', 'PT508123456',
     '#0f766e'),
    (2, 'Learn & Co', 'Europe/London', 'GBP', 'en', null, null, null);
insert into students (student_id, name, email, is_active) select i, 'Student ' || i, 's' || i || '@example.com', true
    from range(1, 60) t(i);
insert into purchases (transaction_id, student_id, school_id, transaction_type, payment_status, amount, currency,
    plan_name, hours, amount_refunded, grants, is_granted, created_at, created_date, card_brand, card_last4)
select i, i, case when i % 5 = 0 then 2 else 1 end, 'package',
    case when i = 40 then 'pending' else 'completed' end, 100 + i, case when i % 5 = 0 then 'GBP' else 'EUR' end,
    '10 hours', 10, 0, i <> 40, i <> 40, timestamptz '2026-09-01 10:00:00+00' + interval (i) hour,
    (timestamptz '2026-09-01 10:00:00+00' + interval (i) hour)::date, 'visa', '4242' from range(1, 41) t(i);
insert into purchases (transaction_id, student_id, school_id, transaction_type, payment_status, amount, currency,
    plan_name, hours, amount_refunded, grants, is_granted, created_at, created_date)
values (50, 50, null, 'package', 'completed', 10, 'EUR', 'Lost', 1, 0, true, true, '2026-09-02 10:00:00+00',
    '2026-09-02');
insert into refunds values
    ('3:re_1', 3, 3, 1, 33.33, 'EUR', '2026-10-01 10:00:00+00', '2026-10-01', 'succeeded', 're_1'),
    ('3:re_2', 3, 3, 1, 69.67, 'EUR', '2026-10-05 10:00:00+00', '2026-10-05', 'succeeded', 're_2'),
    ('4:re_3', 4, 4, 1, 500.00, 'EUR', '2026-10-05 10:00:00+00', '2026-10-05', 'succeeded', 're_3');
"""


def say_vat(engine: Engine, *school_ids: int, **more: Any) -> None:
    """Let these schools, or both, be exempt and say so: before that they issue nothing."""
    for school_id in school_ids or (1, 2):
        save_receipt_settings(engine, school_id, replace(EXEMPT, **more), actor="test", now=NOW)


def purchase(settings: ReceiptSettings = EXEMPT, **changes: Any) -> facts.Facts:
    """What the receipt of the purchase says, with some of it changed."""
    return facts.of_purchase({**ROW, **changes}, settings, public_url=PUBLIC)


def refund(original: facts.Facts, amount: str, *, before: str = "0.00") -> facts.Facts:
    """What the credit note of a refund says."""
    row = {"refund_id": "re", "amount": Decimal(amount), "refunded_at": NOW}
    return facts.of_refund(
        original, row, before=Decimal(before), number="REC-2026-000042", issued_on=date(2026, 9, 15),
    )


def record(said: facts.Facts, number: str = "REC-2026-000042") -> Receipt:
    """A record of these facts, as the store would give it."""
    return Receipt(
        id=1, school_id=1, position=1, subject="test", kind=said.kind, series="REC", year=2026, number=42,
        copy=int(said.kind == "refunded_copy"), number_text=number, transaction_id=said.transaction_id, refund_id=None,
        original_id=None, student_id=7, total=said.total, net=said.net, vat=said.vat, currency=said.currency,
        language=said.language, issued_at=NOW, issued_on=NOW.date(), paid_on=date.fromisoformat(said.paid_on),
        verification_code="7KQ2MPX9R4TB", actor="test",
        facts=canonical(facts.to_kept(said)), previous_hash="", hash="", search_text="", document_sha256=None,
        document_size=None, document_position=None, document_previous_hash=None, document_hash=None, signed_by=None,
    )
