"""Knows which characters the bundled fonts can print, and what stands for those they cannot.

A name may hold anything.  What no font can print is written as its code point, such as ``[U+13080]``: readable, exact,
and no reason to stop a month.  A character of a font that is only not installed is an error with the line to run.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from errors import HourbookError

FOLDER = Path(__file__).resolve().parent.parent / "fonts"
CONFIGURATION = FOLDER / "fonts.conf"
CJK = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
INSTALL_LINE = "apt-get install -y fonts-noto-cjk"
FAMILIES = (
    "Inter", "Noto Sans", "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Devanagari", "Noto Sans Thai",
    "Noto Sans Armenian", "Noto Sans Georgian", "Noto Sans Bengali", "Noto Sans Tamil", "Noto Sans Gurmukhi",
    "Noto Sans CJK SC", "Noto Emoji", "Noto Sans Symbols2", "Noto Sans Symbols", "Noto Sans Math",
)
"""In the order in which a character looks for its glyph."""

_EAST_ASIAN = re.compile(
    "[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"
    "\U0001f200-\U0001f2ff\U00020000-\U0003ffff]"
)
_DIRECTING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_JOINING = frozenset("\u200b\u200c\u200d\u2060\ufe0e\ufe0f")
"""Print nothing themselves, but tell their neighbours how to."""


class MissingFont(HourbookError):
    """A text needs the system's font of Chinese, Japanese and Korean, and it is not installed."""


@contextmanager
def only_ours() -> Iterator[None]:
    """For the length of the block, fontconfig sees the bundled fonts and the CJK ones, and no others."""
    name, before = "FONTCONFIG_FILE", os.environ.get("FONTCONFIG_FILE")
    os.environ[name] = str(CONFIGURATION)
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def printable(text: str, *, without: frozenset[str] = frozenset()) -> str:
    """The text as it can be printed: controls left out, characters that no font has as ``[U+…]``.

    ``without`` names characters to be written as code points although a font has them.  Raises MissingFont.
    """
    if text.isascii() and text.isprintable() and not without:
        return text
    return "".join(_printable(character, without) for character in unicodedata.normalize("NFC", text))


def _printable(character: str, without: frozenset[str]) -> str:
    if character in without:
        return _code_point(character)
    if character in _JOINING or ord(character) in _latin():
        return character
    kind = unicodedata.category(character)
    if kind in ("Cc", "Zl", "Zp"):
        return " " if character in "\n\t\r\u2028\u2029" else ""
    if character in _DIRECTING or kind == "Cs":  # would turn what follows around; half a character
        return ""
    if kind == "Zs":
        return " "
    if ord(character) in _covered():
        return character
    if _EAST_ASIAN.match(character) and not CJK.exists():
        raise MissingFont(
            f"No font can print {character!r} (U+{ord(character):04X}): run `{INSTALL_LINE}`, then issue it again."
        )
    return _code_point(character)


def _code_point(character: str) -> str:
    return f"[U+{ord(character):04X}]"


@cache
def _latin() -> frozenset[int]:
    """What the first font has: most names need no other."""
    return _characters(FOLDER / "Inter-Regular.otf")


@cache
def _covered() -> frozenset[int]:
    """What any font has."""
    files = [*sorted(FOLDER.glob("*-Regular.?tf")), *([CJK] if CJK.exists() else [])]
    return frozenset().union(*(_characters(file) for file in files))


def _characters(file: Path) -> frozenset[int]:
    from fontTools.ttLib import TTFont

    with TTFont(file, lazy=True, fontNumber=0) as font:
        # Of characters for private use nobody else knows what they mean, whatever a font draws.
        return frozenset(code for code in font.getBestCmap() if not 0xE000 <= code <= 0xF8FF)
