"""What a receipt says: every cent in its place, the school's days, and nobody's words trusted."""

import re
from dataclasses import asdict, replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.receipts import einvoice, facts, places, vat, wording
from reports.receipts.colors import brand, ink
from reports.receipts.school_settings import ReceiptSettingRefused, ReceiptSettings, from_json, from_values
from store.receipt_links import canonical
from tests.reports.receipts.school import EXEMPT, GERMAN, NOW, PORTUGUESE, purchase, record, refund
from translations import catalogue

MONEY = st.decimals(min_value="0.00", max_value="999999.99", places=2)
RATES = st.sampled_from([None, Decimal("6.00"), Decimal("13.00"), Decimal("20.00"), Decimal("23.00")])
PRINTED = wording.Printed(number="REC-2026-000042", issued_at=NOW, issued_on=NOW.date(), code="7KQ2MPX9R4TB")


@given(amount=MONEY, rate=RATES)
def test_the_total_is_what_was_paid_and_the_vat_is_within_it(amount: Decimal, rate: Decimal | None) -> None:
    found = vat.split(amount, rate)
    assert found.total == amount
    assert found.net >= 0
    assert found.vat >= 0
    assert abs(found.vat - found.net * (rate or 0) / 100) <= Decimal("0.0062")


@given(cents=st.lists(st.integers(1, 100_000), min_size=1, max_size=8), rate=RATES)
def test_refunds_that_return_everything_return_every_cent(cents: list[int], rate: Decimal | None) -> None:
    amounts = [Decimal(one) / 100 for one in cents]
    price = sum(amounts, vat.ZERO)
    whole = vat.split(price, rate)
    given_back, before = vat.Split(vat.ZERO, vat.ZERO), vat.ZERO
    for amount in amounts:
        part = vat.part(whole, price, before, amount)
        given_back, before = vat.Split(given_back.net + part.net, given_back.vat + part.vat), before + amount
        assert part.total == amount
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
    assert any("fatura" in note for note in words(purchase(PORTUGUESE))["notes"])
    assert words(purchase(GERMAN))["notes"] == []


@pytest.mark.parametrize(("settings", "zone"), [
    (ReceiptSettings(vat_rate=Decimal(23), is_fiscal=True), "Europe/Lisbon"),
    (ReceiptSettings(vat_rate=Decimal(23), is_fiscal=True), "Atlantic/Azores"),
    (ReceiptSettings(vat_rate=Decimal(23), is_fiscal=True), "UTC"),
    (ReceiptSettings(vat_rate=Decimal(23), is_fiscal=True, country="DE"), "Europe/Lisbon"),
])
def test_no_receipt_claims_to_be_fiscal_in_portugal(settings: ReceiptSettings, zone: str) -> None:
    with pytest.raises(facts.NotFiscalThere):
        purchase(settings, school_timezone=zone)
    with pytest.raises(ReceiptSettingRefused, match="certified"):
        replace(settings, country="PT")


@pytest.mark.parametrize("exemption", ["", "  ", "\u200b\n"])
def test_a_school_that_has_not_said_its_vat_issues_nothing_and_is_told_where_to_say_it(exemption: str) -> None:
    undecided = ReceiptSettings(vat_exemption=exemption)
    assert not undecided.is_vat_decided
    with pytest.raises(facts.VatUndecided, match=r"page Receipt settings, or by `\./hourbook receipts set"):
        purchase(undecided)
    assert EXEMPT.is_vat_decided
    assert ReceiptSettings(vat_rate=Decimal(6)).is_vat_decided


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


def test_without_a_vat_number_there_is_no_invoice_inside() -> None:
    for tax_id in (None, "isento", "n/a", "508123456", "12-345"):
        assert einvoice.xml(purchase(school_tax_id=tax_id), PRINTED) is None


@pytest.mark.parametrize(("written", "country", "expected"), [
    ("500 000 000", "PT", "PT500000000"), ("NIF 500000000", "PT", "PT500000000"),
    ("N.I.P.C.: 500.000.000", "PT", "PT500000000"), ("pt 508123456", "", "PT508123456"),
    ("508123456", "PT", None), ("123", "PT", None), ("500000000", "", None), ("n/a", "PT", None),
    ("ainda não tenho", "PT", None), ("isento", "IS", None), ("VAT No. 123456789", "DE", "DE123456789"),
    ("DE123", "DE", None), ("GR 123456789", "GR", "EL123456789"), ("123456789", "GR", "EL123456789"),
    ("123", "GR", None), ("U12345678", "AT", "ATU12345678"), ("GB999999973", "GB", "GB999999973"),
    ("999999973", "GB", None), ("XI123456789", "GB", "XI123456789"), ("CHE-123.456.789 MWST", "CH", "CHE123456789MWST"),
    ("12-345", "US", None), ("US123456789", "US", None), ("", "PT", None), ("\u0661\u0662" * 5, "DE", None),
])
def test_a_tax_number_is_a_vat_identifier_only_in_its_countrys_shape(
    written: str, country: str, expected: str | None,
) -> None:
    assert places.vat_identifier(written, country) == expected


@given(text=st.text(max_size=20), country=st.sampled_from(["", "PT", "GR", "ES", "XX"]))
def test_whatever_people_write_as_a_tax_number_is_read_without_failing(text: str, country: str) -> None:
    found = places.vat_identifier(text, country)
    assert found is None or re.fullmatch("[A-Z]{2}[A-Z0-9]{2,16}", found)
    assert isinstance(places.taxpayer(text), str)


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
    ("vat_rate", "NaN"), ("vat_rate", "Infinity"), ("vat_rate", "1E+400"), ("vat_rate", True), ("vat_rate", 6.5),
    ("vat_exemption_code", "VATEX-PT-M07"), ("vat_exemption_code", "VATEX-EU-AE"), ("legal_name", 5),
    ("legal_name", None), ("is_fiscal", "false"), ("is_fiscal", 1), ("reminder_days", ["x"]), ("reminder_days", "14"),
    ("reminder_days", [True]), ("low_balance_hours", "NaN"),
    ("reminder_days", [0]), ("low_balance_hours", "-1"), ("footer", "x" * 501), ("colour", "red"),
])
def test_a_setting_that_cannot_be_is_refused_with_its_name(name: str, value: object) -> None:
    with pytest.raises(ReceiptSettingRefused, match=name):
        from_values({name: value})


def test_settings_come_back_from_plain_values_as_they_were() -> None:
    for said in (EXEMPT, GERMAN, ReceiptSettings(low_balance_hours=Decimal("2.50"), reminder_days=())):
        assert from_json(canonical(asdict(said))) == said
    assert from_json('{"prices_include_vat": false, "vat_rate": "6.50"}') == ReceiptSettings(vat_rate=Decimal("6.50"))


def test_exempt_settings_print_their_reason() -> None:
    assert EXEMPT.vat_exemption in words(purchase())["notes"]


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("en", "2026-10-01_to_2026-10-31", "1\u201331 Oct 2026"),
        ("pt", "2026-10-01_to_2026-10-31", "1\u201331 de out. de 2026"),
        ("en", "2026-13-01_to_2026-10-31", "2026-13-01_to_2026-10-31"), ("en", "October", "October"),
    ],
)
def test_a_period_is_said_in_words_where_it_is_one(language: str, text: str, said: str) -> None:
    assert wording.Writer(language, str).period(text).replace("\u2009", "").replace(" \u2013 ", "\u2013") == said
