"""What a school says about its receipts: numbers, VAT, words, languages, keys and mails.  Each change is kept.

Of VAT nothing is taken for granted: until a school said its rate, or that it is exempt and why, it issues nothing.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import Connection, Engine, insert, select

from errors import HourbookError
from reports.receipts import exemptions, places
from store.receipt_links import canonical
from store.receipt_tables import receipt_settings as table
from store.receipt_tables import receipts

_LONGEST = {"legal_name": 200, "address": 500, "tax_id": 40, "vat_exemption": 300, "legal_line": 500, "footer": 500}
_PREFIX = re.compile(r"[A-Z0-9]{1,6}")
_ALIAS = re.compile(r"[a-z0-9][a-z0-9-]{0,38}")
PORTUGAL = "PT"
NOT_FISCAL_THERE = (
    "in Portugal a fiscal document comes from software that the tax authority certified, with ATCUD and QR code; issue "
    "those there, and let these say that they are none"
)


class ReceiptSettingRefused(HourbookError):
    """A receipt setting cannot be what was given."""


class PrefixTaken(ReceiptSettingRefused):
    """A prefix counts the other kind of document in this school."""


class PrefixOfTwin(ReceiptSettingRefused):
    """A prefix counts in another school with the same tax number."""


@dataclass(frozen=True, kw_only=True)
class ReceiptSettings:
    """A school's receipt settings. Empty names and addresses mean: those of the platform."""

    receipt_prefix: str = "REC"
    credit_prefix: str = "CN"
    legal_name: str = ""
    address: str = ""
    country: str = ""
    """Two letters; empty: the country of the school's time zone."""
    tax_id: str = ""
    vat_rate: Decimal | None = None
    """In per cent, always within the price; None: exempt, for the reason in vat_exemption."""
    vat_exemption: str = ""
    """Why nothing is charged, as it is printed; with no rate and no reason the school's VAT is undecided."""
    vat_exemption_code: str = exemptions.EDUCATION
    """Code of the VATEX list for electronic invoices; printed nowhere."""
    is_fiscal: bool = False
    """False prints "not a fiscal invoice"; never True in Portugal, which wants certified software for those."""
    legal_line: str = ""
    footer: str = ""
    language: str = ""
    """en or pt; empty: the school's language on the platform."""
    signing_alias: str = ""
    refunded_copy: bool = True
    """A refund also makes a new copy of its receipt, marked REFUNDED."""
    email_at_issue: bool = False
    reminder_days: tuple[int, ...] = (14, 3)
    low_balance_hours: Decimal | None = None

    def __post_init__(self) -> None:
        for name, longest in _LONGEST.items():
            if len(getattr(self, name)) > longest:
                raise refused(name, f"{len(getattr(self, name))} characters", f"write at most {longest}")
        for name in ("receipt_prefix", "credit_prefix"):
            if not _PREFIX.fullmatch(getattr(self, name)):
                raise refused(name, getattr(self, name), "write 1 to 6 capital letters or digits, such as REC")
        if self.receipt_prefix == self.credit_prefix:
            raise refused("credit_prefix", self.credit_prefix, "receipts and credit notes count apart")
        if self.country and not re.fullmatch(r"[A-Z]{2}", self.country):
            raise refused("country", self.country, "write two capital letters, such as PT")
        if self.vat_rate is not None and not (_between(self.vat_rate, 0, 100) and self.vat_rate):
            raise refused("vat_rate", self.vat_rate, "write a rate above 0 up to 100, or none where exempt")
        if self.vat_exemption_code and self.vat_exemption_code not in exemptions.CODES:
            advice = f"write a code of the VATEX list, such as {exemptions.EDUCATION}, or nothing"
            raise refused("vat_exemption_code", self.vat_exemption_code, advice)
        if self.is_fiscal and self.country == PORTUGAL:
            raise refused("is_fiscal", self.is_fiscal, NOT_FISCAL_THERE)
        if self.language not in ("", "en", "pt"):
            raise refused("language", self.language, "write en or pt, or nothing for the school's")
        if self.signing_alias and not _ALIAS.fullmatch(self.signing_alias):
            raise refused("signing_alias", self.signing_alias, "write small letters, digits and hyphens")
        if len(self.reminder_days) > 5 or not all(0 < day <= 365 for day in self.reminder_days):
            raise refused("reminder_days", self.reminder_days, "write up to five numbers of days from 1 to 365")
        if self.low_balance_hours is not None and not _between(self.low_balance_hours, 0, 1000):
            raise refused("low_balance_hours", self.low_balance_hours, "write hours from 0 to 1000, or nothing")

    @property
    def is_vat_decided(self) -> bool:
        """The school said its rate, or that it is exempt and why; nothing is issued before."""
        return self.vat_rate is not None or any(
            letter.isprintable() and not letter.isspace() for letter in self.vat_exemption
        )


def receipt_settings(engine: Engine, school_id: int) -> ReceiptSettings:
    """The school's settings, the defaults where it has said nothing."""
    newest = select(table.c.settings).where(table.c.school_id == school_id).order_by(table.c.id.desc()).limit(1)
    with engine.connect() as connection:
        text = connection.execute(newest).scalar()
    return ReceiptSettings() if text is None else from_json(text)


def has_receipt_settings(engine: Engine, school_id: int) -> bool:
    """The school has said something."""
    with engine.connect() as connection:
        return connection.execute(select(table.c.id).where(table.c.school_id == school_id).limit(1)).first() is not None


def save_receipt_settings(
    engine: Engine, school_id: int, settings: ReceiptSettings, *, actor: str, now: datetime,
) -> None:
    """Write the settings down as the school's newest; what was issued before stays as it is.

    Raises PrefixTaken for a prefix under which this school ever counted the other kind.
    """
    with engine.execution_options(writes=True).begin() as connection:
        _refuse_other_series(connection, school_id, settings)
        connection.execute(insert(table).values(
            school_id=school_id, settings=canonical(asdict(settings)), actor=actor, recorded_at=now,
        ))


def why_not_fiscal(country: str, tax_id: str) -> str:
    """Why receipts of a seller there cannot be fiscal documents; empty where they can."""
    if not country:
        return "the school's country is not known; say it first"
    number = places.vat_identifier(tax_id, country) or ""
    return NOT_FISCAL_THERE if PORTUGAL in (country, number[:2]) else ""


def _refuse_other_series(connection: Connection, school_id: int, settings: ReceiptSettings) -> None:
    """A series holds receipts with their copies, or credit notes: who meets a number must know what it is."""
    used = connection.execute(select(receipts.c.series, receipts.c.kind).distinct().where(
        receipts.c.school_id == school_id, receipts.c.series.in_((settings.receipt_prefix, settings.credit_prefix)),
    ))
    for series, kind in used:
        if kind == "credit_note" and series == settings.receipt_prefix:
            raise refused("receipt_prefix", series, "credit notes of this school have it; choose another", PrefixTaken)
        if kind != "credit_note" and series == settings.credit_prefix:
            raise refused("credit_prefix", series, "receipts of this school have it; choose another", PrefixTaken)


def from_json(text: str) -> ReceiptSettings:
    """Settings as they were kept; what an earlier version knew and this one does not is left out."""
    kept: dict[str, Any] = json.loads(text)
    return from_values({name: value for name, value in kept.items() if name in _NAMES})


def from_values(values: dict[str, Any]) -> ReceiptSettings:
    """Settings from plain values, decimals as text; raises ReceiptSettingRefused naming an unknown or wrong one."""
    for name in values:
        if name not in _NAMES:
            raise refused(name, values[name], f"choose one of {', '.join(sorted(_NAMES))}")
    return ReceiptSettings(**{name: _typed(name, value) for name, value in values.items()})


def _typed(name: str, value: Any) -> Any:
    """A plain value as the setting holds it; raises ReceiptSettingRefused for one of another type."""
    kind = _NAMES[name]
    if kind == "str" and isinstance(value, str):
        return value
    if kind == "bool" and isinstance(value, bool):
        return value
    if kind == "Decimal | None" and (value is None or isinstance(value, Decimal)):
        return value
    if kind == "Decimal | None" and isinstance(value, str | int) and not isinstance(value, bool):
        try:
            return Decimal(value)
        except InvalidOperation:
            pass
    if kind == "tuple[int, ...]" and isinstance(value, list | tuple) and all(type(one) is int for one in value):
        return tuple(value)
    raise refused(name, value, f"write {_WRITTEN[kind]}")


def _between(value: Decimal, least: int, most: int) -> bool:
    """Within the two, with at most two decimal places."""
    return value.is_finite() and least <= value <= most and value == value.quantize(Decimal("0.01"))


def refused(
    name: str, value: object, advice: str, kind: type[ReceiptSettingRefused] = ReceiptSettingRefused,
) -> ReceiptSettingRefused:
    """The failure that names a setting, what it cannot be, and what to do."""
    return kind(f"The receipt setting {name} cannot be {value!r}: {advice}.")


_NAMES: dict[str, str] = {field.name: str(field.type) for field in fields(ReceiptSettings)}
_WRITTEN = {
    "str": "text", "bool": "true or false", "Decimal | None": "a number such as 23 or 6.5, or nothing",
    "tuple[int, ...]": "a list of whole numbers",
}
