"""What a school says about its receipts and messages: every field with its own error, saved together.

The rules are those of `reports.receipts.ReceiptSettings`: each field is tried alone, so that its refusal stands
beside it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, fields
from decimal import Decimal, InvalidOperation
from html import escape
from typing import Any

import streamlit as st

from audit import Event
from reports import signing
from reports.receipts import (
    ReceiptSettingRefused,
    ReceiptSettings,
    exemptions,
    places,
    receipt_settings,
    save_receipt_settings,
    settling,
)
from reports.receipts.school_settings import PrefixOfTwin, PrefixTaken
from ui import formats, trail
from ui.page import section
from ui.session import Here, School, current_settings, engine
from ui.text import LANGUAGES, _


@dataclass
class _Form:
    """One school's fields as they are being filled in."""

    kept: ReceiptSettings
    key: str
    country: str
    """Of the school's time zone."""
    values: dict[str, Any] = field(default_factory=dict)
    wrong: set[str] = field(default_factory=set)

    def text(self, name: str, label: str, *, lines: bool = False, most: int | None = None, help: str = "") -> None:
        """A field of words."""
        draw = st.text_area if lines else st.text_input
        more: dict[str, Any] = {"height": 90} if lines else {}
        written = draw(
            label, value=getattr(self.kept, name), key=self._key(name), max_chars=most, help=help or None, **more
        )
        self.put(name, written.strip())

    def switch(self, name: str, label: str, *, help: str = "") -> None:
        """A field of yes or no."""
        self.put(name, st.toggle(label, value=getattr(self.kept, name), key=self._key(name), help=help or None))

    def number(self, name: str, label: str, *, help: str = "") -> None:
        """A field of a number, with a comma or a point; empty means none."""
        kept = getattr(self.kept, name)
        shown = "" if kept is None else formats.number(kept).rstrip("0").rstrip(",.")
        written = st.text_input(label, value=shown, key=self._key(name), max_chars=12, help=help or None).strip()
        try:
            self.put(name, Decimal(written.replace(",", ".")) if written else None)
        except InvalidOperation:
            self.refuse(name)

    def days(self, name: str, label: str, *, help: str = "") -> None:
        """A field of several numbers of days."""
        shown = ", ".join(map(str, getattr(self.kept, name)))
        written = st.text_input(label, value=shown, key=self._key(name), max_chars=40, help=help or None)
        parts = written.replace(";", " ").replace(",", " ").split()
        if all(part.isdecimal() and len(part) < 6 for part in parts):
            self.put(name, tuple(sorted({int(part) for part in parts}, reverse=True)))
        else:
            self.refuse(name)

    def choice(self, name: str, label: str, options: dict[str, str], *, help: str = "") -> None:
        """A field of one among several."""
        codes = list(options)
        kept = getattr(self.kept, name)
        chosen = st.selectbox(
            label, codes, index=codes.index(kept) if kept in codes else 0, format_func=options.__getitem__,
            key=self._key(name), help=help or None,
        )  # fmt: skip
        self.put(name, chosen)

    def put(self, name: str, value: Any) -> None:
        """Keeps a value that the rules let pass, and says beside the field why another does not."""
        tried = {name: value}
        if name == "credit_prefix" and "receipt_prefix" in self.values:
            tried["receipt_prefix"] = self.values["receipt_prefix"]
        elif name == "is_fiscal":
            tried["country"] = self.values.get("country") or self.country
        elif name == "receipt_prefix":
            tried["credit_prefix"] = "X" if value != "X" else "Y"
        try:
            ReceiptSettings(**tried)
        except (ReceiptSettingRefused, ArithmeticError):
            self.refuse(name)
        else:
            self.values[name] = value

    def refuse(self, name: str) -> None:
        """Says what the field may hold."""
        self.wrong.add(name)
        st.html(f'<p class="hb-wrong" role="alert">{escape(_advice()[name])}</p>')

    def _key(self, name: str) -> str:
        return f"{self.key}-{name}"


def form(here: Here, school: School) -> ReceiptSettings | None:
    """Draws the fields and saves them when told to; the settings on the screen, None while one of them is wrong."""
    kept = receipt_settings(engine(), school.school_id)
    version = hashlib.sha256(repr(kept).encode()).hexdigest()[:8]  # after saving, fields begin with what was saved
    filled = _Form(kept, f"receipt-setting-{school.school_id}-{version}", places.country_of_zone(school.timezone))
    _numbers(filled)
    _seller(filled)
    _vat(filled)
    _words(filled)
    _mail(filled)
    wanted = None if filled.wrong else ReceiptSettings(**filled.values)
    changed = [] if wanted is None else _changed(kept, wanted)
    if st.button(_("Save"), key="save-receipt-settings", type="primary", disabled=not changed) and wanted is not None:
        _save(here, school, wanted, changed)
    if filled.wrong:
        st.caption(_("Nothing can be saved while a field is wrong."))
    return wanted


def _numbers(filled: _Form) -> None:
    section(_("Numbers"), _("Each prefix counts by itself and begins anew each year."))
    left, right = st.columns(2)
    with left:
        filled.text("receipt_prefix", _("Prefix of receipts"), most=12, help=_("A new prefix begins with number 1."))
    with right:
        filled.text("credit_prefix", _("Prefix of credit notes"), most=12)


def _seller(filled: _Form) -> None:
    section(_("Seller"), _("Empty fields take what the platform says about the school."))
    filled.text("legal_name", _("Legal name"), most=200)
    filled.text("address", _("Address"), lines=True, most=500)
    left, right = st.columns(2)
    with left:
        filled.text("tax_id", _("Tax number"), most=40)
    with right:
        zone = _("Empty: the country of the school's time zone.")
        filled.text("country", _("Country, two letters"), most=2, help=zone)


def _vat(filled: _Form) -> None:
    section(_("VAT"), _("One rate, always within the price, for all receipts of the school; or why it is exempt."))
    filled.number("vat_rate", _("VAT rate in per cent"), help=_("Empty: exempt."))
    filled.text("vat_exemption", _("Reason of the exemption, as printed"), most=300)
    undecided = filled.values.get("vat_rate") is None and not filled.values.get("vat_exemption")
    if undecided and not filled.wrong:
        st.warning(_("No receipt is issued before the school has said its VAT rate, or why it is exempt."))
    codes = {"": _("none"), **{code: code for code in sorted({*exemptions.CODES, filled.kept.vat_exemption_code})}}
    filled.choice("vat_exemption_code", _("Code of the exemption in electronic invoices"), codes)
    filled.switch(
        "is_fiscal", _("Receipts are fiscal documents"),
        help=_("Off: each document says that it is not a fiscal invoice. Some countries demand certified software."),
    )  # fmt: skip


def _words(filled: _Form) -> None:
    section(_("Words and language"))
    filled.text("legal_line", _("Legal line"), lines=True, most=500)
    filled.text("footer", _("Footer"), lines=True, most=500)
    filled.choice("language", _("Language of documents and messages"), {"": _("the school's"), **LANGUAGES})
    filled.switch("refunded_copy", _("A refund also makes a copy of its receipt, marked refunded"))
    aliases = {"": _("the usual one"), **{alias: alias for alias in signing.aliases(current_settings())}}
    if filled.kept.signing_alias:
        aliases.setdefault(filled.kept.signing_alias, filled.kept.signing_alias)
    filled.choice("signing_alias", _("Key that signs"), aliases)


def _mail(filled: _Form) -> None:
    section(_("Messages to students"), _("Sent by the mail worker, once each."))
    filled.switch("email_at_issue", _("Send receipts and credit notes by e-mail when they are issued"))
    filled.days(
        "reminder_days", _("Remind so many days before hours expire"),
        help=_("Up to five numbers, such as 14, 3. Empty: no reminders."),
    )  # fmt: skip
    filled.number(
        "low_balance_hours", _("Tell when no more than so many hours are left"), help=_("Empty: nobody is told.")
    )


def _changed(kept: ReceiptSettings, wanted: ReceiptSettings) -> list[str]:
    return [one.name for one in fields(kept) if getattr(kept, one.name) != getattr(wanted, one.name)]


def _save(here: Here, school: School, wanted: ReceiptSettings, changed: list[str]) -> None:
    """The trail says which fields, never what is in them."""
    try:
        settling.check(engine(), here.books, school.school_id, wanted)
        save_receipt_settings(engine(), school.school_id, wanted, actor=here.viewer.key, now=current_settings().clock())
    except PrefixTaken:
        st.error(_("Under one of these prefixes the school has counted the other kind of document: choose another."))
        return
    except PrefixOfTwin:
        st.error(_("Another school with the same tax number counts under one of these prefixes: choose another."))
        return
    except ReceiptSettingRefused as refused:
        st.error(formats.plain(refused.message))
        return
    trail.changed(
        here, Event.SETTINGS_CHANGED, school_id=school.school_id, object=f"receipt_settings:{school.school_id}",
        details={"fields": changed},
    )  # fmt: skip
    st.toast(_("Saved. It counts for receipts issued from now on."))
    st.rerun()


def _advice() -> dict[str, str]:
    prefix = _("Write 1 to 6 capital letters or digits, such as REC.")
    long = _("This is too long.")
    return {
        "receipt_prefix": prefix,
        "credit_prefix": f"{prefix} {_('It differs from the prefix of receipts.')}",
        "legal_name": long,
        "address": long,
        "tax_id": long,
        "country": _("Write two capital letters, such as PT, or nothing."),
        "vat_rate": _("Write a rate above 0 up to 100 with at most two decimals, or nothing where exempt."),
        "vat_exemption": long,
        "vat_exemption_code": _("Choose a code of the list."),
        "is_fiscal": _(
            "In Portugal fiscal documents come from certified software: issue those there, and let these say that they "
            "are none."
        ),
        "legal_line": long,
        "footer": long,
        "language": _("Choose one of the languages."),
        "signing_alias": _("Choose one of the keys."),
        "reminder_days": _("Write up to five whole numbers of days from 1 to 365, or nothing."),
        "low_balance_hours": _("Write hours from 0 to 1000 with at most two decimals, or nothing."),
    }
