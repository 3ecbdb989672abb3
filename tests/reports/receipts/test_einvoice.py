"""The invoice inside a receipt: the standard's own rules hold for it, and find what was broken on purpose."""

import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.receipts import einvoice, exemptions, wording
from reports.receipts.school_settings import ReceiptSettings
from tests.reports.receipts.schematron import CODES, broken_rules
from tests.reports.receipts.school import GERMAN, NOW, PORTUGUESE, purchase, refund

PRINTED = wording.Printed(number="REC-2026-000042", issued_at=NOW, issued_on=NOW.date(), code="7KQ2MPX9R4TB")
CENTS = st.integers(1, 99_999_999).map(lambda cents: Decimal(cents) / 100)
RATES = st.sampled_from([None, Decimal("5.50"), Decimal("6.00"), Decimal("13.00"), Decimal("20.00"), Decimal("23.00")])
INVOICES = {
    "exempt": purchase(), "with VAT": purchase(PORTUGUESE), "fiscal": purchase(GERMAN),
    "credit note": refund(purchase(PORTUGUESE), "33.33"), "fiscal credit note": refund(purchase(GERMAN), "33.33"),
    "exempt credit note": refund(purchase(), "0.01"),
    "off by a cent": purchase(PORTUGUESE, amount=Decimal("0.07")),
    "exempt without code": purchase(ReceiptSettings(vat_exemption="Schedule 9, Group 6.", vat_exemption_code="")),
    "odd texts": purchase(
        billing_name="<b>&\x00\x0b 😀 ", billing_country="?", billing_tax_id="12", plan_name="\x01\x02",
    ),
    "nobody": purchase(
        billing_name=None, student_name="", student_email=None, card_last4=None, billing_address="a\n" * 8,
    ),
    "number of another country": purchase(billing_country=None, billing_tax_id="ESB12345678"),
    "British": purchase(GERMAN, school_timezone="Europe/London", currency="GBP"),
    "thirds": purchase(PORTUGUESE, amount=Decimal("100.00"), hours=Decimal("7.77")),
    "largest": purchase(PORTUGUESE, amount=Decimal("999999.99"), hours=Decimal("0.01")),
}


def xml(name: str) -> bytes:
    made = einvoice.xml(INVOICES[name], PRINTED)
    assert made is not None
    return made


@pytest.mark.parametrize("name", INVOICES)
def test_the_invoice_inside_is_valid_by_schema_and_rules(name: str) -> None:
    assert broken_rules(xml(name)) == []


@pytest.mark.parametrize(("name", "right", "wrong", "rule"), [
    ("with VAT", "<ram:GrandTotalAmount>250.00", "<ram:GrandTotalAmount>999.00", "BR-CO-15"),
    ("with VAT", "<ram:TypeCode>751", "<ram:TypeCode>999", "FX-SCH-A-000555"),
    ("with VAT", '"VA">PT', '"VA">QQ', "BR-CO-09"),
    ("exempt", "VATEX-EU-132-1I", "VATEX-PT-M07", "FX-SCH-A-000589"),
    ("thirds", "<ram:LineTotalAmount>81.30</ram:LineTotalAmount><ram:Tax",
     "<ram:LineTotalAmount>81.31</ram:LineTotalAmount><ram:Tax", "BR-CO-10"),
])
def test_an_invoice_that_was_broken_is_found_by_its_rule(name: str, right: str, wrong: str, rule: str) -> None:
    invoice = xml(name).decode()
    assert right in invoice
    assert rule in "".join(broken_rules(invoice.replace(right, wrong).encode()))


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(amount=CENTS, rate=RATES, hours=st.decimals(min_value="0.01", max_value="500", places=2), back=st.booleans())
def test_the_invoice_is_valid_for_every_amount(
    amount: Decimal, rate: Decimal | None, hours: Decimal, back: bool,
) -> None:
    said = purchase(ReceiptSettings(vat_rate=rate, vat_exemption="Exempt."), amount=amount, hours=hours)
    made = einvoice.xml(refund(said, str(amount)) if back else said, PRINTED)
    assert made is not None
    assert broken_rules(made) == []


@pytest.mark.parametrize(("name", "kind", "total"), [
    ("exempt", "751", "250.00"), ("credit note", "751", "-33.33"), ("exempt credit note", "751", "-0.01"),
    ("fiscal", "380", "250.00"), ("fiscal credit note", "381", "33.33"),
])
def test_only_a_fiscal_receipt_has_a_fiscal_credit_note(name: str, kind: str, total: str) -> None:
    invoice = xml(name).decode()
    assert f"<ram:TypeCode>{kind}</ram:TypeCode><ram:IssueDateTime>" in invoice
    assert f"<ram:GrandTotalAmount>{total}<" in invoice
    assert "-0.00" not in invoice


def test_codes_of_exemptions_are_those_of_the_standard() -> None:
    published = set(re.findall('"(VATEX-[A-Z0-9-]+)"', CODES.read_text("utf-8").upper()))
    other = {f"VATEX-EU-{code}" for code in ("AE", "G", "IC", "O")} | {"VATEX-FR-AE"}
    assert published - other == exemptions.CODES


def test_a_buyer_from_nowhere_has_no_number_of_the_sellers_country() -> None:
    said = purchase(billing_country=None, billing_tax_id="500000000")
    assert b"PT500000000" not in (einvoice.xml(said, PRINTED) or b"")
    known = purchase(billing_country="PT", billing_tax_id="500000000")
    assert b"PT500000000" in (einvoice.xml(known, PRINTED) or b"")
