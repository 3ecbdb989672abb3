"""What a receipt says: every cent in its place, the school's days, and nobody's words trusted."""

from decimal import Decimal
from pathlib import Path

import facturx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.receipts import einvoice, facts, places, vat, wording
from reports.receipts.colors import brand, ink
from reports.receipts.school_settings import ReceiptSettingRefused, ReceiptSettings, from_values
from tests.reports.receipts.school import EXEMPT, NOW, PORTUGUESE, purchase, record, refund
from translations import catalogue

MONEY = st.decimals(min_value="0.00", max_value="999999.99", places=2)
RATES = st.sampled_from([None, Decimal("6.00"), Decimal("13.00"), Decimal("20.00"), Decimal("23.00")])
PRINTED = wording.Printed(number="REC-2026-000042", issued_at=NOW, issued_on=NOW.date(), code="7KQ2MPX9R4TB")


@given(amount=MONEY, rate=RATES)
def test_with_vat_in_the_price_the_total_is_what_was_paid(amount: Decimal, rate: Decimal | None) -> None:
    found = vat.split(amount, rate, inclusive=True)
    assert found.total == amount
    assert found.net >= 0
    assert found.vat >= 0
    assert abs(found.vat - found.net * (rate or 0) / 100) <= Decimal("0.0062")


@given(amount=MONEY, rate=RATES)
def test_with_vat_on_top_the_net_is_the_price(amount: Decimal, rate: Decimal | None) -> None:
    found = vat.split(amount, rate, inclusive=False)
    assert found.net == amount
    assert abs(found.vat - amount * (rate or 0) / 100) <= Decimal("0.005")


@given(cents=st.lists(st.integers(1, 100_000), min_size=1, max_size=8), rate=RATES, inclusive=st.booleans())
def test_refunds_that_return_everything_return_every_cent(
    cents: list[int], rate: Decimal | None, inclusive: bool,
) -> None:
    amounts = [Decimal(one) / 100 for one in cents]
    price = sum(amounts, vat.ZERO)
    whole = vat.split(price, rate, inclusive=inclusive)
    given_back, before = vat.Split(vat.ZERO, vat.ZERO), vat.ZERO
    for amount in amounts:
        part = vat.part(whole, price, before, amount)
        given_back, before = vat.Split(given_back.net + part.net, given_back.vat + part.vat), before + amount
        assert not inclusive or part.total == amount
    assert given_back == whole


def test_the_day_is_the_schools() -> None:
    assert purchase().paid_on == "2026-09-15"
    assert purchase(school_timezone="UTC").paid_on == "2026-09-14"


def test_facts_are_kept_and_read_back_without_loss() -> None:
    original = purchase(PORTUGUESE)
    copy = facts.of_copy(
        original, [facts.Refund(number="CN-1", day="2026-10-01", amount=Decimal("3.21"))],
        number="REC-2026-000042", issued_on=NOW.date(),
    )
    for said in (original, refund(original, "33.33"), copy):
        assert facts.from_kept(record(said).said) == said


@pytest.mark.parametrize(("changes", "failure"), [
    ({"payment_status": "pending"}, facts.NotCompleted), ({"payment_status": "failed"}, facts.NotCompleted),
    ({"school_id": None}, facts.NoSeller),
])
def test_what_was_not_paid_or_sold_has_no_receipt(changes: dict, failure: type[Exception]) -> None:
    with pytest.raises(failure):
        purchase(**changes)


def test_refunds_never_exceed_what_was_paid() -> None:
    refund(purchase(), "50.00", before="200.00")
    with pytest.raises(facts.RefundTooLarge):
        refund(purchase(), "50.01", before="200.00")


def words(said: facts.Facts) -> dict:
    return wording.words(said, PRINTED, signer="Escola Aprender", shown=str)


GOLDEN = Path(__file__).with_name("golden")


@pytest.mark.parametrize("name", ["receipt-en", "receipt-pt", "credit-note-pt"])
def test_the_words_of_a_document_are_those_that_were_reviewed(name: str) -> None:
    said = {
        "receipt-en": purchase(), "receipt-pt": purchase(PORTUGUESE, plan_name="10 horas de explicações"),
        "credit-note-pt": refund(purchase(PORTUGUESE, plan_name="10 horas de explicações"), "33.33"),
    }[name]
    lines = [f"{place}: {text}" for place, text in words(said).items()]
    assert (GOLDEN / f"{name}.txt").read_text("utf-8") == "\n".join(lines) + "\n"


def test_signed_is_said_only_of_what_is_signed() -> None:
    unsigned = wording.words(purchase(), PRINTED, signer=None, shown=str)
    assert unsigned["check"]["signed"] == ""
    assert "Digitally signed" in words(purchase())["check"]["signed"]


def test_not_fiscal_is_said_unless_the_settings_say_otherwise() -> None:
    assert "This document is not a fiscal invoice." in words(purchase())["notes"]
    assert not any("fatura" in note for note in words(purchase(PORTUGUESE))["notes"])


def test_an_hour_price_that_is_rounded_says_so() -> None:
    assert words(purchase())["line"]["per_hour"] == "€25.00"
    assert words(purchase(hours=Decimal("7.00")))["line"]["per_hour"] == "≈ €35.71"
    assert words(purchase(hours=None))["line"]["per_hour"] == "–"


def test_no_cent_is_left_out_of_a_currency_without_cents() -> None:
    writer = wording.Writer("en", str)
    assert writer.money(Decimal("1500.00"), "JPY") == "JP¥1,500"
    assert writer.money(Decimal("1500.50"), "JPY") == "JP¥1,500.50"
    assert writer.money(Decimal("-12.30"), "EUR") == "\u2212€12.30"


def test_every_text_of_a_document_is_translated() -> None:
    import re

    source = Path(wording.__file__).read_text("utf-8")
    texts = set(re.findall(r'(?:_|translate)\("([^"]+)"\)', source))
    portuguese = catalogue("pt", "receipts")
    assert len(texts) > 40
    assert [text for text in texts if portuguese.gettext(text) == text] == []


INVOICES = {
    "exempt": purchase(), "with VAT": purchase(PORTUGUESE), "negative": purchase(PORTUGUESE, amount=Decimal("-250.00")),
    "free": purchase(amount=Decimal("0.00"), hours=None), "credit note": refund(purchase(PORTUGUESE), "33.33"),
    "odd texts": purchase(billing_name="<b>&\x00\x0b 😀 ", billing_country="?", billing_tax_id="12", plan_name=None),
    "nobody": purchase(
        billing_name=None, student_name="", student_email=None, card_last4=None, billing_address="a\n" * 8,
    ),
    "thirds": purchase(PORTUGUESE, amount=Decimal("100.00"), hours=Decimal("7.77")),
    "largest": purchase(PORTUGUESE, amount=Decimal("999999.99"), hours=Decimal("0.01")),
}


@pytest.mark.parametrize("name", INVOICES)
def test_the_invoice_inside_is_valid_by_schema_and_rules(name: str) -> None:
    invoice = einvoice.xml(INVOICES[name], PRINTED)
    assert invoice is not None
    facturx.xml_check_xsd(invoice, flavor="factur-x", level="en16931")
    assert facturx.xml_check_schematron(invoice, flavor="factur-x", level="en16931")


@pytest.mark.slow
@settings(max_examples=60)
@given(amount=MONEY, rate=RATES, hours=st.decimals(min_value="0.01", max_value="500", places=2))
def test_the_invoice_is_valid_for_every_amount(amount: Decimal, rate: Decimal | None, hours: Decimal) -> None:
    said = purchase(ReceiptSettings(vat_rate=rate), amount=amount, hours=hours)
    invoice = einvoice.xml(said, PRINTED)
    assert invoice is not None
    assert facturx.xml_check_schematron(invoice, flavor="factur-x", level="en16931")


def test_without_a_vat_number_there_is_no_invoice_inside() -> None:
    assert einvoice.xml(purchase(school_tax_id=None), PRINTED) is None
    assert places.vat_identifier("508 123 456", "PT") == "PT508123456"
    assert places.vat_identifier("123", "GR") == "EL123"
    assert places.vat_identifier("12-345", "US") is None


@given(text=st.text(max_size=10))
def test_every_colour_becomes_one_that_can_be_read(text: str) -> None:
    assert len(ink(brand(text))) == 7


def test_a_light_colour_is_darkened_for_text() -> None:
    assert ink("#0f766e") == "#0f766e"
    assert ink("#ffffff") < "#800000"
    assert brand("red; background: url(http://evil)") == "#334155"


@pytest.mark.parametrize(("name", "value"), [
    ("receipt_prefix", "rec"), ("credit_prefix", "REC"), ("vat_rate", "0"), ("vat_rate", "101"), ("vat_rate", "a"),
    ("vat_rate", "6.125"), ("country", "Portugal"), ("language", "fr"), ("signing_alias", "../x"),
    ("reminder_days", [0]), ("low_balance_hours", "-1"), ("footer", "x" * 501), ("colour", "red"),
])
def test_a_setting_that_cannot_be_is_refused_with_its_name(name: str, value: object) -> None:
    with pytest.raises(ReceiptSettingRefused, match=name):
        from_values({name: value})


def test_exempt_settings_print_their_reason() -> None:
    assert EXEMPT.vat_exemption in words(purchase())["notes"]
