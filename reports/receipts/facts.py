"""Decides what a receipt, a credit note or a refunded copy says; pure, so that it can be read and proved.

Facts are plain values that are kept with the record: whatever changes later, the same facts give the same document.
Money and hours are decimals written as text in the kept form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

from errors import HourbookError
from reports.receipts import places, vat
from reports.receipts.school_settings import ReceiptSettings, why_not_fiscal

DEFAULT_ZONE = "UTC"


class NotCompleted(HourbookError):
    """The purchase was not paid for in full, so that it has no receipt."""


class NothingPaid(HourbookError):
    """The purchase cost nothing: a receipt says what was paid."""


class NoSeller(HourbookError):
    """The purchase belongs to no school: nobody could have sold it."""


class VatUndecided(HourbookError):
    """The school said neither its VAT rate nor why it is exempt."""


class NotFiscalThere(HourbookError):
    """A school's receipts would claim to be fiscal documents where they cannot be."""


class RefundTooLarge(HourbookError):
    """Refunds of a purchase add up to more than was paid."""


@dataclass(frozen=True, kw_only=True)
class Party:
    """Who sold or who paid."""

    name: str
    address: tuple[str, ...] = ()
    country: str = ""
    tax_id: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""


@dataclass(frozen=True, kw_only=True)
class Refund:
    """Money that was given back on a receipt, with its credit note."""

    number: str
    day: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything a document says apart from its number, its dates of issue and its code."""

    kind: Literal["receipt", "credit_note", "refunded_copy"]
    language: Literal["en", "pt"]
    currency: str
    zone: str
    seller: Party
    buyer: Party
    student_name: str
    plan_name: str
    transaction_type: str
    transaction_id: int
    hours: Decimal | None
    net: Decimal
    vat: Decimal
    total: Decimal
    price: Decimal
    vat_rate: Decimal | None
    vat_exemption: str
    vat_exemption_code: str
    is_fiscal: bool
    legal_line: str
    footer: str
    color: str
    logo: str
    paid_on: str
    valid_until: str
    subscription_period: str
    card_brand: str
    card_last4: str
    payment_reference: str
    public_url: str
    original_number: str = ""
    original_day: str = ""
    refunds: tuple[Refund, ...] = ()

    @property
    def per_hour(self) -> Decimal | None:
        """Price of one hour, VAT included, to the cent; None where hours say nothing."""
        return vat.rounded(self.total / self.hours) if self.hours and self.hours > 0 else None

    @property
    def refunded(self) -> Decimal:
        """What was given back of the receipt."""
        return sum((refund.amount for refund in self.refunds), vat.ZERO)


def of_purchase(row: Mapping[str, Any], settings: ReceiptSettings, *, public_url: str = "", logo: str = "") -> Facts:
    """What the receipt of a purchase says; ``row`` is one of the question ``receipt_facts``.

    A refunded purchase was paid first, so it has one too; credit notes say what went back. Raises NotCompleted,
    NoSeller, VatUndecided and NotFiscalThere.
    """
    if row["payment_status"] not in ("completed", "refunded"):
        raise NotCompleted(
            f"Transaction {row['transaction_id']} is {row['payment_status']!r}: only completed ones have a receipt."
        )
    if not row["is_granted"]:
        raise NotCompleted(
            f"Transaction {row['transaction_id']} is dated ahead, or of a kind that grants no hours: it has no receipt "
            "before it stands in the ledger."
        )
    if row["school_id"] is None:
        raise NoSeller(
            f"Transaction {row['transaction_id']} belongs to no school, and a receipt needs one who sold: "
            "set metadata.school_id of the purchase on the platform."
        )
    zone = row["school_timezone"] or DEFAULT_ZONE
    seller = _seller(row, settings, zone)
    _check_claims(row, settings, seller)
    price = Decimal(row["amount"])
    amounts = vat.split(price, settings.vat_rate)
    language = settings.language or (row["school_language"] or "")[:2].lower()
    return Facts(
        kind="receipt", language="pt" if language == "pt" else "en", currency=row["currency"], zone=zone,
        seller=seller, buyer=_buyer(row),
        student_name=_text(row["student_name"]), plan_name=_text(row["plan_name"]),
        transaction_type=_text(row["transaction_type"]), transaction_id=int(row["transaction_id"]),
        hours=row["hours"], net=amounts.net, vat=amounts.vat, total=amounts.total, price=price,
        vat_rate=settings.vat_rate, vat_exemption="" if settings.vat_rate else settings.vat_exemption.strip(),
        vat_exemption_code="" if settings.vat_rate else settings.vat_exemption_code,
        is_fiscal=settings.is_fiscal, legal_line=settings.legal_line.strip(), footer=settings.footer.strip(),
        color=_text(row["school_primary_color"]), logo=logo,
        paid_on=_day(row["created_at"], zone), valid_until=_iso(row["expires_date"]),
        subscription_period=_text(row["subscription_period"]), card_brand=_text(row["card_brand"]).lower(),
        card_last4=_text(row["card_last4"]), payment_reference=_text(row["stripe_payment_intent_id"]),
        public_url=public_url,
    )


def _check_claims(row: Mapping[str, Any], settings: ReceiptSettings, seller: Party) -> None:
    """A document claims nothing about tax that the school did not say, or could not say where it is."""
    school = f"School {row['school_id']} ({seller.name})"
    if not settings.is_vat_decided:
        raise VatUndecided(
            f"{school} has not said its VAT, so none of its receipts is issued: write the rate, or the reason of the "
            "exemption, on its page Receipt settings, or by `./hourbook receipts settings --school "
            f"{row['school_id']} --vat-rate 23` (or `--exempt \"the reason\"`)."
        )
    why = why_not_fiscal(seller.country, seller.tax_id) if settings.is_fiscal else ""
    if why:
        raise NotFiscalThere(f"{school} calls its receipts fiscal documents, and cannot: {why}.")


def check_paid(row: Mapping[str, Any]) -> None:
    """Raises NothingPaid for what was given away, and for an amount below nothing."""
    if Decimal(row["amount"]) <= 0:
        raise NothingPaid(
            f"Transaction {row['transaction_id']} cost {row['amount']} {row['currency']}: a receipt says what was "
            "paid, and nothing was."
        )


def of_refund(original: Facts, refund: Mapping[str, Any], *, before: Decimal, number: str, issued_on: date) -> Facts:
    """What the credit note of one refund says; ``before`` is what earlier refunds of the purchase gave back.

    Raises RefundTooLarge.
    """
    amount = Decimal(refund["amount"])
    if before + amount > original.price or amount <= 0:
        raise RefundTooLarge(
            f"Refund {refund['refund_id']} of {amount} {original.currency} was not credited: with {before} given back "
            f"before, it does not fit into the {original.price} paid for transaction {original.transaction_id}. "
            "Correct the refunds on the platform."
        )
    whole = vat.Split(original.net, original.vat)
    given = vat.part(whole, original.price, before, amount)
    return _changed(
        original, kind="credit_note", net=given.net, vat=given.vat, total=given.total, price=amount,
        original_number=number, original_day=issued_on.isoformat(),
        paid_on=_day(refund["refunded_at"], original.zone), hours=None, valid_until="",
    )


def of_copy(original: Facts, refunds: Sequence[Refund], *, number: str, issued_on: date) -> Facts:
    """What a copy of a receipt says after these refunds."""
    return _changed(
        original, kind="refunded_copy", refunds=tuple(refunds), original_number=number,
        original_day=issued_on.isoformat(),
    )


def to_kept(facts: Facts) -> dict[str, Any]:
    """Facts as plain values for the record."""
    return asdict(facts)


def from_kept(kept: Mapping[str, Any]) -> Facts:
    """Facts as they were recorded."""
    values = {field.name: kept[field.name] for field in fields(Facts) if field.name in kept}
    for name in ("net", "vat", "total", "price", "hours", "vat_rate"):
        values[name] = None if values[name] is None else Decimal(values[name])
    for name in ("seller", "buyer"):
        values[name] = Party(**{**kept[name], "address": tuple(kept[name]["address"])})
    values["refunds"] = tuple(Refund(**{**one, "amount": Decimal(one["amount"])}) for one in kept["refunds"])
    return Facts(**values)


def _changed(original: Facts, **changes: Any) -> Facts:
    return Facts(**{**{field.name: getattr(original, field.name) for field in fields(Facts)}, **changes})


def _seller(row: Mapping[str, Any], settings: ReceiptSettings, zone: str) -> Party:
    return Party(
        name=settings.legal_name.strip() or _text(row["school_name"]),
        address=_lines(settings.address or row["school_billing_address"] or row["school_address"]),
        country=settings.country or places.country_of_zone(zone),
        tax_id=settings.tax_id.strip() or _text(row["school_tax_id"]),
        email=_text(row["school_billing_contact_email"] or row["school_contact_email"]),
        phone=_text(row["school_phone_number"]), website=_text(row["school_website"]),
    )


def _buyer(row: Mapping[str, Any]) -> Party:
    return Party(
        name=_text(row["billing_name"]) or _text(row["student_name"]) or _text(row["student_email"]),
        address=_lines(row["billing_address"]), country=places.country_code(row["billing_country"]),
        tax_id=_text(row["billing_tax_id"]), email=_text(row["student_email"]),
    )


def _lines(text: str | None) -> tuple[str, ...]:
    """At most eight lines: an address, not an essay."""
    return tuple(line.strip()[:200] for line in (text or "").splitlines() if line.strip())[:8]


def _text(value: str | None) -> str:
    return (value or "").strip()[:300]


def _day(instant: datetime, zone: str) -> str:
    return instant.astimezone(ZoneInfo(zone)).date().isoformat()


def _iso(day: date | None) -> str:
    return "" if day is None or day.year >= 9999 else day.isoformat()
