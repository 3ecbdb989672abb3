"""Puts facts into the words of a document: every text as it is printed, in British English or European Portuguese."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from babel import dates, numbers

from reports.receipts import places
from reports.receipts.facts import Facts, Party
from translations import catalogue

LOCALES = {"en": "en_GB", "pt": "pt_PT"}
_BRANDS = {
    "visa": "Visa", "mastercard": "Mastercard", "amex": "American Express", "diners": "Diners Club",
    "discover": "Discover", "jcb": "JCB", "unionpay": "UnionPay", "eftpos_au": "Eftpos", "cartes_bancaires": "CB",
}


@dataclass(frozen=True, kw_only=True)
class Printed:
    """What only the record knows: number, dates and code."""

    number: str
    issued_at: datetime
    issued_on: date
    code: str


_DAYS = re.compile(r"(\d{4}-\d{2}-\d{2})_to_(\d{4}-\d{2}-\d{2})")


class Writer:
    """Writes money, days and words of one language; ``shown`` makes texts of people printable."""

    def __init__(self, language: str, shown: Callable[[str], str]) -> None:
        self.locale = LOCALES[language]
        self.language = language
        self.shown = shown
        self.translate: Callable[[str], str] = catalogue(language, "receipts").gettext

    def money(self, amount: Decimal, currency: str) -> str:
        """An amount as the language writes it; cents are never left out where there are any."""
        places_usual = numbers.get_currency_precision(currency)
        whole = amount == amount.quantize(Decimal(1).scaleb(-places_usual))
        text = numbers.format_currency(amount, currency, locale=self.locale, currency_digits=whole)
        return str(text).replace("-", "\u2212")

    def number(self, value: Decimal) -> str:
        """A number without needless zeros."""
        return str(numbers.format_decimal(value.normalize(), locale=self.locale, decimal_quantization=False))

    def day(self, value: date | str) -> str:
        """A day in words."""
        when = date.fromisoformat(value) if isinstance(value, str) else value
        return str(dates.format_date(when, "long", locale=self.locale))

    def period(self, text: str) -> str:
        """A period in words where it is one of the platform's ("2026-10-01_to_2026-10-31"); else as it stands there."""
        found = _DAYS.fullmatch(text)
        try:
            first, last = (date.fromisoformat(day) for day in found.groups()) if found else (None, None)
        except ValueError:
            first = last = None
        if first is None or last is None:
            return self.shown(text)
        return str(dates.format_interval(first, last, skeleton="yMMMd", locale=self.locale))


def words(facts: Facts, printed: Printed, *, signer: str | None, shown: Callable[[str], str]) -> dict[str, Any]:
    """Everything the template prints, by name."""
    writer = Writer(facts.language, shown)
    _ = writer.translate
    return {
        "lang": "pt-PT" if facts.language == "pt" else "en-GB", "kind": facts.kind, "title": _title(facts, _),
        "number": printed.number, "status": _status(facts, _), "state": _state(facts),
        "headline": writer.money(facts.total, facts.currency), "headline_note": _headline_note(facts, printed, writer),
        "details": list(_details(facts, printed, writer)),
        "seller": party(facts.seller, writer), "buyer": party(facts.buyer, writer),
        "seller_label": _("From"), "buyer_label": _("Billed to"),
        "student": _student(facts, writer), "columns": _columns(facts, writer), "line": _line(facts, writer),
        "totals": list(_totals(facts, writer)), "refund_columns": [_("Credit note"), _("Date"), _("Amount")],
        "refunds_label": _("Refunds"),
        "refunds": [
            (shown(one.number), writer.day(one.day), writer.money(one.amount, facts.currency)) for one in facts.refunds
        ],
        "notes": list(_notes(facts, writer, signer)), "watermark": _watermark(facts, _),
        "check": _check(facts, printed, writer, signer), "footer": shown(facts.footer),
        "logo_alt": shown(facts.seller.name),
    }


def party(one: Party, writer: Writer) -> dict[str, Any]:
    """A party's name and lines."""
    _ = writer.translate
    lines = [writer.shown(line) for line in one.address]
    country = places.country_name(one.country, writer.language) if one.country else ""
    if country and one.address and country.casefold() not in " ".join(one.address).casefold():
        lines.append(country)
    if one.tax_id:
        lines.append(f"{_('Tax number')} {writer.shown(one.tax_id)}")
    return {"name": writer.shown(one.name) or "–", "lines": lines,
            "contacts": [writer.shown(text) for text in (one.email, one.phone, one.website) if text]}


def verification_url(facts: Facts, printed: Printed) -> str:
    """Where the document can be checked on the web; empty where the settings name no public address."""
    if not facts.public_url:
        return ""
    return f"{facts.public_url}/verify/{quote(printed.number)}?code={printed.code}"


def grouped(code: str) -> str:
    """A code in groups of four, easier to type."""
    return "-".join(code[at:at + 4] for at in range(0, len(code), 4))


def _title(facts: Facts, _: Callable[[str], str]) -> str:
    return _("Credit note") if facts.kind == "credit_note" else _("Receipt")


def _state(facts: Facts) -> str:
    return {"receipt": "paid", "credit_note": "credit", "refunded_copy": "refunded"}[facts.kind]


def _status(facts: Facts, _: Callable[[str], str]) -> str:
    if facts.kind == "credit_note":
        return _("Refunded")
    if facts.kind == "refunded_copy":
        return _("Refunded") if facts.refunded >= facts.total else _("Partly refunded")
    return _("Paid")


def _watermark(facts: Facts, _: Callable[[str], str]) -> str:
    if facts.kind != "refunded_copy":
        return ""
    return _("REFUNDED") if facts.refunded >= facts.total else _("PARTLY REFUNDED")


def _headline_note(facts: Facts, printed: Printed, writer: Writer) -> str:
    _ = writer.translate
    text = _("given back on {day}") if facts.kind == "credit_note" else _("paid on {day}")
    return text.format(day=writer.day(facts.paid_on))


def _details(facts: Facts, printed: Printed, writer: Writer) -> Iterable[tuple[str, str]]:
    """The small table at the top: what it is, since when, how it was paid."""
    _ = writer.translate
    yield (_("Number"), printed.number)
    yield (_("Date of issue"), writer.day(printed.issued_on))
    if facts.kind == "credit_note":
        yield (_("For receipt"), facts.original_number)
        yield (_("Receipt of"), writer.day(facts.original_day))
    elif facts.kind == "refunded_copy":
        yield (_("Receipt of"), writer.day(facts.original_day))
    yield (_("Given back to") if facts.kind == "credit_note" else _("Paid by"), payment(facts, writer))


def payment(facts: Facts, writer: Writer) -> str:
    """How it was paid: brand and the last four digits, as far as they are known."""
    _ = writer.translate
    if facts.total == 0 and not facts.card_brand:
        return _("Nothing to pay")
    brand = _BRANDS.get(facts.card_brand) or writer.shown(facts.card_brand).title()
    if facts.card_last4:
        return f"{brand or _('Card')} •••• {facts.card_last4}"
    return brand or _("Online payment")


def _student(facts: Facts, writer: Writer) -> str:
    """Named apart only when somebody else paid."""
    same = facts.student_name.casefold() == facts.buyer.name.casefold()
    if not facts.student_name or same:
        return ""
    return writer.translate("Student") + f": {writer.shown(facts.student_name)}"


def _columns(facts: Facts, writer: Writer) -> list[str]:
    _ = writer.translate
    return [_("Description"), _("Hours"), _("Price per hour"), _("VAT"), _("Amount")]


def _line(facts: Facts, writer: Writer) -> dict[str, Any]:
    _ = writer.translate
    notes = []
    if facts.kind == "credit_note":
        notes.append(_("Refund on receipt {number}").format(number=facts.original_number))
    if facts.subscription_period:
        notes.append(_("Period: {period}").format(period=writer.period(facts.subscription_period)))
    if facts.valid_until:
        notes.append(_("Valid until {day}").format(day=writer.day(facts.valid_until)))
    elif facts.kind != "credit_note":
        notes.append(_("Valid without limit of time"))
    reference = f" · {writer.shown(facts.payment_reference)}" if facts.payment_reference else ""
    notes.append(_("Purchase {id}").format(id=facts.transaction_id) + reference)
    kind = _("Subscription") if facts.transaction_type == "subscription" else _("Package of hours")
    exact = facts.per_hour is not None and facts.hours is not None and facts.per_hour * facts.hours == facts.total
    per_hour = "–" if facts.per_hour is None else writer.money(facts.per_hour, facts.currency)
    return {
        "name": writer.shown(facts.plan_name) or kind, "notes": notes,
        "hours": "–" if facts.hours is None else writer.number(facts.hours),
        "per_hour": per_hour if exact or facts.per_hour is None else f"≈ {per_hour}",
        "vat": _("exempt") if facts.vat_rate is None else f"{writer.number(facts.vat_rate)}%",
        "amount": writer.money(facts.total, facts.currency),
    }


def _totals(facts: Facts, writer: Writer) -> Iterable[tuple[str, str, str]]:
    """Label, amount and weight of each total."""
    _ = writer.translate

    def money(amount: Decimal) -> str:
        return writer.money(amount, facts.currency)

    yield (_("Subtotal without VAT"), money(facts.net), "")
    if facts.vat_rate is None:
        yield (_("VAT (exempt)"), money(facts.vat), "")
    else:
        yield (_("VAT {rate}%").format(rate=writer.number(facts.vat_rate)), money(facts.vat), "")
    if facts.kind == "credit_note":
        yield (_("Total given back"), money(facts.total), "strong")
        return
    yield (_("Total paid"), money(facts.total), "strong")
    if facts.refunds:
        yield (_("Refunded"), money(-facts.refunded), "")
        yield (_("After refunds"), money(facts.total - facts.refunded), "strong")


def _notes(facts: Facts, writer: Writer, signer: str | None) -> Iterable[str]:
    _ = writer.translate
    if facts.vat_rate is None:
        yield writer.shown(facts.vat_exemption) or _("Exempt from VAT.")
    if facts.legal_line:
        yield writer.shown(facts.legal_line)
    if not facts.is_fiscal:
        yield _("This document is not a fiscal invoice.")


def _check(facts: Facts, printed: Printed, writer: Writer, signer: str | None) -> dict[str, str]:
    """How anybody finds out whether the document is genuine."""
    _ = writer.translate
    said = _("Digitally signed by {name}.").format(name=writer.shown(signer)) if signer else ""
    url = verification_url(facts, printed)
    return {
        "label": _("Check this document"), "url": url, "url_shown": f"{facts.public_url}/verify" if url else "",
        "code_label": _("Verification code"), "code": grouped(printed.code), "signed": said,
        "qr_alt": _("QR code that leads to the check of {number}").format(number=printed.number),
        "invoice": _("An electronic invoice (EN 16931) is attached inside this file."),
    }
