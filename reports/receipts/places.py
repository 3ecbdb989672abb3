"""Finds the country of a time zone and of what people write as a country."""

from __future__ import annotations

from functools import cache

import pytz
from babel import Locale

_VAT_PREFIXES = {"GR": "EL"}
_EU = frozenset((
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
))


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
    """A tax number as a VAT identifier with its country in front (EN 16931, BR-CO-09); None where it cannot be one."""
    plain = "".join(character for character in tax_id.upper() if character.isalnum() and character.isascii())
    prefix = _VAT_PREFIXES.get(country, country)
    if not plain or len(plain) > 20:
        return None
    if plain[:2].isalpha():
        return plain if plain[:2] == "EL" or plain[:2] in _codes() else None
    return f"{prefix}{plain}" if country in _EU else None


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
