"""Writes the electronic invoice inside a receipt: Factur-X, profile EN 16931 (UN/CEFACT Cross Industry Invoice D22B).

A receipt that is no fiscal invoice says so here too, by its type: 751, "invoice information for accounting purposes".
That type has no credit note of its own, so what is given back on such a receipt is a 751 with amounts below nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from xml.etree import ElementTree as ET

from reports.receipts import places, vat
from reports.receipts.facts import Facts, Party
from reports.receipts.wording import Printed

_NAMESPACES = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
    "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
}
_GUIDELINE = "urn:cen.eu:en16931:2017"
_INVOICE, _ACCOUNTING_ONLY, _CREDIT_NOTE = "380", "751", "381"
_CARD, _NOT_SAID = "48", "1"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

for _prefix, _uri in _NAMESPACES.items():
    ET.register_namespace(_prefix, _uri)


def xml(facts: Facts, printed: Printed) -> bytes | None:
    """The invoice; None where EN 16931 cannot be met: a seller without a VAT identifier, or a mere copy."""
    facts = _signed(facts)
    seller_vat = places.vat_identifier(facts.seller.tax_id, facts.seller.country)
    if seller_vat is None or not facts.seller.country or facts.kind == "refunded_copy":
        return None
    root = ET.Element(_name("rsm:CrossIndustryInvoice"))
    _add(root, "rsm:ExchangedDocumentContext/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID", _GUIDELINE)
    _header(_add(root, "rsm:ExchangedDocument"), facts, printed)
    trade = _add(root, "rsm:SupplyChainTradeTransaction")
    _line(_add(trade, "ram:IncludedSupplyChainTradeLineItem"), facts)
    agreement = _add(trade, "ram:ApplicableHeaderTradeAgreement")
    _party(_add(agreement, "ram:SellerTradeParty"), facts.seller, facts.seller.country, seller_vat)
    buyer_vat = places.vat_identifier(facts.buyer.tax_id, facts.buyer.country)
    _party(
        _add(agreement, "ram:BuyerTradeParty"), facts.buyer, facts.buyer.country or facts.seller.country, buyer_vat,
    )
    delivery = _add(trade, "ram:ApplicableHeaderTradeDelivery")
    _day(delivery, "ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime/udt:DateTimeString", facts.paid_on)
    _settlement(_add(trade, "ram:ApplicableHeaderTradeSettlement"), facts)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _signed(facts: Facts) -> Facts:
    """What is given back is below nothing, except in a credit note, whose type says it."""
    if facts.kind != "credit_note" or facts.is_fiscal:
        return facts
    return replace(facts, net=vat.ZERO - facts.net, vat=vat.ZERO - facts.vat, total=vat.ZERO - facts.total)


def _header(header: ET.Element, facts: Facts, printed: Printed) -> None:
    _add(header, "ram:ID", printed.number)
    fiscal = _CREDIT_NOTE if facts.kind == "credit_note" else _INVOICE
    _add(header, "ram:TypeCode", fiscal if facts.is_fiscal else _ACCOUNTING_ONLY)
    _day(header, "ram:IssueDateTime/udt:DateTimeString", printed.issued_on.isoformat())
    if _written(facts.legal_line):
        _add(header, "ram:IncludedNote/ram:Content", facts.legal_line)


def _line(item: ET.Element, facts: Facts) -> None:
    """One line; the price is that of all hours together, so that no division has to be rounded."""
    _add(item, "ram:AssociatedDocumentLineDocument/ram:LineID", "1")
    _add(item, "ram:SpecifiedTradeProduct/ram:Name", _written(facts.plan_name) or facts.transaction_type or "–")
    hours = facts.hours if facts.hours and facts.hours > 0 else None
    unit, quantity = ("HUR", _plain(hours)) if hours else ("C62", "1")
    price = _add(item, "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice")
    _add(price, "ram:ChargeAmount", f"{abs(facts.net):.2f}")
    _add(price, "ram:BasisQuantity", quantity, unitCode=unit)
    billed = f"-{quantity}" if facts.net < 0 else quantity
    _add(item, "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity", billed, unitCode=unit)
    settlement = _add(item, "ram:SpecifiedLineTradeSettlement")
    tax = _add(settlement, "ram:ApplicableTradeTax")
    _add(tax, "ram:TypeCode", "VAT")
    _add(tax, "ram:CategoryCode", _category(facts))
    _add(tax, "ram:RateApplicablePercent", f"{facts.vat_rate or Decimal(0):.2f}")
    _add(settlement, "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount", f"{facts.net:.2f}")


def _party(element: ET.Element, party: Party, country: str, vat_number: str | None) -> None:
    _add(element, "ram:Name", _written(party.name) or "–")
    address = _add(element, "ram:PostalTradeAddress")
    for tag, line in zip(("LineOne", "LineTwo", "LineThree"), _three(party.address), strict=False):
        _add(address, f"ram:{tag}", line)
    _add(address, "ram:CountryID", country)
    if vat_number is not None:
        _add(element, "ram:SpecifiedTaxRegistration/ram:ID", vat_number, schemeID="VA")


def _settlement(settlement: ET.Element, facts: Facts) -> None:
    _add(settlement, "ram:InvoiceCurrencyCode", facts.currency)
    means = _add(settlement, "ram:SpecifiedTradeSettlementPaymentMeans")
    _add(means, "ram:TypeCode", _CARD if facts.card_last4 else _NOT_SAID)
    if facts.card_last4:
        _add(means, "ram:ApplicableTradeSettlementFinancialCard/ram:ID", facts.card_last4)
    tax = _add(settlement, "ram:ApplicableTradeTax")
    _add(tax, "ram:CalculatedAmount", f"{facts.vat:.2f}")
    _add(tax, "ram:TypeCode", "VAT")
    if facts.vat_rate is None:
        _add(tax, "ram:ExemptionReason", _written(facts.vat_exemption) or "Exempt from VAT")
    _add(tax, "ram:BasisAmount", f"{facts.net:.2f}")
    _add(tax, "ram:CategoryCode", _category(facts))
    if facts.vat_rate is None and facts.vat_exemption_code:
        _add(tax, "ram:ExemptionReasonCode", facts.vat_exemption_code)
    _add(tax, "ram:RateApplicablePercent", f"{facts.vat_rate or Decimal(0):.2f}")
    _totals(_add(settlement, "ram:SpecifiedTradeSettlementHeaderMonetarySummation"), facts)
    if facts.kind == "credit_note":
        reference = _add(settlement, "ram:InvoiceReferencedDocument")
        _add(reference, "ram:IssuerAssignedID", facts.original_number)
        _day(reference, "ram:FormattedIssueDateTime/qdt:DateTimeString", facts.original_day)


def _totals(sums: ET.Element, facts: Facts) -> None:
    _add(sums, "ram:LineTotalAmount", f"{facts.net:.2f}")
    _add(sums, "ram:TaxBasisTotalAmount", f"{facts.net:.2f}")
    _add(sums, "ram:TaxTotalAmount", f"{facts.vat:.2f}", currencyID=facts.currency)
    _add(sums, "ram:GrandTotalAmount", f"{facts.total:.2f}")
    _add(sums, "ram:TotalPrepaidAmount", f"{facts.total:.2f}")
    _add(sums, "ram:DuePayableAmount", "0.00")


def _category(facts: Facts) -> str:
    """S: standard rate (whatever the rate is); E: exempt."""
    return "E" if facts.vat_rate is None else "S"


def _three(lines: Sequence[str]) -> list[str]:
    """An address in the three lines that the standard has."""
    return [*lines[:2], ", ".join(lines[2:])] if len(lines) > 3 else list(lines)


def _written(text: str) -> str:
    """A text without what XML cannot hold; nothing where only that was in it."""
    return _NOT_XML.sub("", text).strip()


def _plain(value: Decimal) -> str:
    return f"{value:.2f}"


def _day(parent: ET.Element, path: str, day: str) -> None:
    _add(parent, path, day.replace("-", ""), format="102")


def _add(parent: ET.Element, path: str, text: str | None = None, **attributes: str) -> ET.Element:
    """The last element of the path, made with all before it; texts without what XML cannot hold."""
    element = parent
    for step in path.split("/"):
        element = ET.SubElement(element, _name(step))
    if text is not None:
        element.text = _written(text)
    for name, value in attributes.items():
        element.set(name, value)
    return element


def _name(step: str) -> str:
    prefix, _, tag = step.partition(":")
    return f"{{{_NAMESPACES[prefix]}}}{tag}"
