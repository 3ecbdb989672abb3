"""Finds the country of a time zone and of what people write as a country, and reads tax numbers."""

from __future__ import annotations

import re
from functools import cache

import pytz
from babel import Locale

_VAT_NUMBERS = {
    prefix: re.compile(shape) for prefix, shape in {
        "AT": r"U\d{8}", "BE": r"[01]\d{9}", "BG": r"\d{9,10}", "CH": r"E\d{9}(MWST|TVA|IVA)?", "CY": r"\d{8}[A-Z]",
        "CZ": r"\d{8,10}", "DE": r"\d{9}", "DK": r"\d{8}", "EE": r"\d{9}", "EL": r"\d{9}",
        "ES": r"(\d{8}|[A-Z]\d{7})[A-Z]|[A-Z]\d{8}", "FI": r"\d{8}", "FR": r"[A-Z0-9]{2}\d{9}",
        "GB": r"\d{9}(\d{3})?|(GD|HA)\d{3}", "HR": r"\d{11}", "HU": r"\d{8}",
        "IE": r"\d{7}[A-Z]{1,2}|\d[A-Z]\d{5}[A-Z]",
        "IT": r"\d{11}", "LT": r"\d{9}(\d{3})?", "LU": r"\d{8}", "LV": r"\d{11}", "MT": r"\d{8}",
        "NL": r"\d{9}B\d{2}", "NO": r"\d{9}(MVA)?", "PL": r"\d{10}", "PT": r"\d{9}", "RO": r"\d{2,10}", "SE": r"\d{12}",
        "SI": r"\d{8}", "SK": r"\d{10}", "XI": r"\d{9}(\d{3})?|(GD|HA)\d{3}",
    }.items()
}
"""What a VAT number looks like behind its country: the EU's, Northern Ireland's, and those of three neighbours."""
_NEIGHBOURS = frozenset(("CH", "GB", "NO"))
_LABELS = re.compile(
    r"(NIPC|NIFC|NIF|CIF|IVA|TIN|USTIDNR|USTID|CONTRIBUINTE|(VAT|TAX)(REG)?(NUMBER|IDENTIFIER|ID)?(NO|NR|N)?)+"
)
"""What people write in front of a number, without its spaces and dots."""


def country_of_zone(zone: str) -> str:
    """Two letters of the country whose clocks these are; empty where a zone belongs to none."""
    return _by_zone().get(zone, "")


def country_code(text: str | None) -> str:
    """Two letters of a country written as a code or as its English or Portuguese name; empty where unknown."""
    written = (text or "").strip()
    if len(written) == 2 and written.upper() in _codes():
        return written.upper()
    return _by_name().get(written.casefold(), "")


def country_name(code: str, language: str) -> str:
    """The country's name in a language; the code itself where there is none."""
    return str(Locale(language).territories.get(code, code))


def vat_identifier(tax_id: str, country: str) -> str | None:
    """A tax number as a VAT identifier with its country in front (EN 16931, BR-CO-09); None where it cannot be one.

    A number that names its country itself is taken at its word when it has that country's shape.  One that does not is
    taken for the country given, if that is in the EU and the shape fits; in Portugal its check digit must be right too.
    """
    number = _plain(tax_id)
    prefix, rest = ("EL" if number[:2] == "GR" else number[:2]), number[2:]
    if prefix in _VAT_NUMBERS and _VAT_NUMBERS[prefix].fullmatch(rest):
        return prefix + rest
    prefix = "EL" if country == "GR" else country
    if prefix in _NEIGHBOURS or prefix not in _VAT_NUMBERS or not _VAT_NUMBERS[prefix].fullmatch(number):
        return None
    return prefix + number if prefix != "PT" or _is_portuguese(number) else None


def taxpayer(tax_id: str) -> str:
    """A tax number without what differs between ways to write it: spaces, labels, the country in front."""
    number = _plain(tax_id)
    prefix, rest = number[:2], number[2:]
    return rest if prefix in _VAT_NUMBERS and _VAT_NUMBERS[prefix].fullmatch(rest) else number


def _plain(tax_id: str) -> str:
    plain = "".join(character for character in tax_id.upper() if character.isalnum() and character.isascii())
    labelled = _LABELS.match(plain)
    return plain[labelled.end():] if labelled else plain


def _is_portuguese(number: str) -> bool:
    """Nine digits, the last of which follows from the others."""
    weighed = sum(int(digit) * weight for digit, weight in zip(number[:8], range(9, 1, -1), strict=True))
    return int(number[8]) == (11 - weighed % 11) % 11 % 10


@cache
def _by_zone() -> dict[str, str]:
    return {zone: code for code, zones in sorted(pytz.country_timezones.items()) for zone in zones}


@cache
def _codes() -> frozenset[str]:
    return frozenset(pytz.country_names)


@cache
def _by_name() -> dict[str, str]:
    names: dict[str, str] = {}
    for language in ("en", "pt"):
        names |= {
            name.casefold(): code for code, name in Locale(language).territories.items() if code in _codes()
        }
    return names
