"""Reads the translations in locale/, for screens and for documents alike.

They are read from their .po files when first needed, so that no compiled copy can be out of date.
"""

from __future__ import annotations

import gettext
import io
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parent / "locale"


@cache
def catalogue(language: str, domain: str = "hourbook") -> gettext.NullTranslations:
    """The translations of a language, of the screens or of another domain; the empty ones for English.

    What another domain does not know is looked up among the screens' texts.
    """
    path = LOCALE / language / "LC_MESSAGES" / f"{domain}.po"
    if not path.exists():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    found = gettext.GNUTranslations(compiled)
    if domain != "hourbook":
        found.add_fallback(catalogue(language))
    return found
