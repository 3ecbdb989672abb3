"""What a school says about its receipts: numbers, VAT, words, languages, keys and mails.  Each change is kept."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import Engine, insert, select

from errors import HourbookError
from store.receipt_tables import receipt_settings as table
from store.receipts import canonical

_LONGEST = {"legal_name": 200, "address": 500, "tax_id": 40, "vat_exemption": 300, "legal_line": 500, "footer": 500}
_PREFIX = re.compile(r"[A-Z0-9]{1,6}")
_ALIAS = re.compile(r"[a-z0-9][a-z0-9-]{0,38}")


class ReceiptSettingRefused(HourbookError):
    """A receipt setting cannot be what was given."""


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
    """In per cent; None: exempt, for the reason in vat_exemption."""
    vat_exemption: str = ""
    vat_exemption_code: str = "VATEX-EU-132-1I"
    """Code of the CEF's VATEX list; this one is for education, article 132(1)(i) of directive 2006/112/EC."""
    prices_include_vat: bool = True
    is_fiscal: bool = False
    """False prints "not a fiscal invoice"."""
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
                raise _refused(name, f"{len(getattr(self, name))} characters", f"write at most {longest}")
        for name in ("receipt_prefix", "credit_prefix"):
            if not _PREFIX.fullmatch(getattr(self, name)):
                raise _refused(name, getattr(self, name), "write 1 to 6 capital letters or digits, such as REC")
        if self.receipt_prefix == self.credit_prefix:
            raise _refused("credit_prefix", self.credit_prefix, "receipts and credit notes count apart")
        if self.country and not re.fullmatch(r"[A-Z]{2}", self.country):
            raise _refused("country", self.country, "write two capital letters, such as PT")
        if self.vat_rate is not None and not (0 < self.vat_rate <= 100 and _hundredths(self.vat_rate)):
            raise _refused("vat_rate", self.vat_rate, "write a rate above 0 up to 100, or none where exempt")
        if self.vat_exemption_code and not re.fullmatch(r"VATEX-[A-Z0-9-]{2,30}", self.vat_exemption_code):
            raise _refused("vat_exemption_code", self.vat_exemption_code, "write a VATEX code, or nothing")
        if self.language not in ("", "en", "pt"):
            raise _refused("language", self.language, "write en or pt, or nothing for the school's")
        if self.signing_alias and not _ALIAS.fullmatch(self.signing_alias):
            raise _refused("signing_alias", self.signing_alias, "write small letters, digits and hyphens")
        if len(self.reminder_days) > 5 or not all(0 < day <= 365 for day in self.reminder_days):
            raise _refused("reminder_days", self.reminder_days, "write up to five numbers of days from 1 to 365")
        if self.low_balance_hours is not None and not (
            0 <= self.low_balance_hours <= 1000 and _hundredths(self.low_balance_hours)
        ):
            raise _refused("low_balance_hours", self.low_balance_hours, "write hours from 0 to 1000, or nothing")


def receipt_settings(engine: Engine, school_id: int) -> ReceiptSettings:
    """The school's settings, the defaults where it has said nothing."""
    newest = select(table.c.settings).where(table.c.school_id == school_id).order_by(table.c.id.desc()).limit(1)
    with engine.connect() as connection:
        text = connection.execute(newest).scalar()
    return ReceiptSettings() if text is None else from_json(text)


def save_receipt_settings(
    engine: Engine, school_id: int, settings: ReceiptSettings, *, actor: str, now: datetime,
) -> None:
    """Write the settings down as the school's newest; what was issued before stays as it is."""
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(insert(table).values(
            school_id=school_id, settings=canonical(asdict(settings)), actor=actor, recorded_at=now,
        ))


def from_json(text: str) -> ReceiptSettings:
    """Settings as they were kept; what an earlier version knew and this one does not is left out."""
    kept: dict[str, Any] = json.loads(text)
    return from_values({name: value for name, value in kept.items() if name in _NAMES})


def from_values(values: dict[str, Any]) -> ReceiptSettings:
    """Settings from plain values, decimals as text; raises ReceiptSettingRefused naming an unknown or wrong one."""
    for name in values:
        if name not in _NAMES:
            raise _refused(name, values[name], f"choose one of {', '.join(sorted(_NAMES))}")
    typed = dict(values)
    for name in ("vat_rate", "low_balance_hours"):
        if typed.get(name) is not None:
            try:
                typed[name] = Decimal(str(typed[name]))
            except InvalidOperation:
                raise _refused(name, typed[name], "write a number such as 23 or 6.5") from None
    if "reminder_days" in typed:
        typed["reminder_days"] = tuple(int(day) for day in typed["reminder_days"])
    return ReceiptSettings(**typed)


def _hundredths(value: Decimal) -> bool:
    return value == value.quantize(Decimal("0.01"))


def _refused(name: str, value: object, advice: str) -> ReceiptSettingRefused:
    return ReceiptSettingRefused(f"The receipt setting {name} cannot be {value!r}: {advice}.")


_NAMES = frozenset(field.name for field in fields(ReceiptSettings))
