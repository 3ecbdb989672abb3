"""Makes a school's colour safe to use: a real colour, and text that can be read (WCAG 2.2, contrast 4.5 to 1)."""

from __future__ import annotations

import re

FALLBACK = "#334155"
DARK = "#131c2e"
_LEAST = 4.5


def brand(color: str) -> str:
    """The colour as ``#rrggbb``; a calm slate where it is none."""
    found = re.fullmatch(r"#?([0-9a-fA-F]{6}|[0-9a-fA-F]{3})", color.strip())
    if not found:
        return FALLBACK
    digits = found[1].lower()
    return "#" + ("".join(digit * 2 for digit in digits) if len(digits) == 3 else digits)


def ink(color: str) -> str:
    """The colour, darkened until it can be read as text on white."""
    red, green, blue = _parts(color)
    while _contrast((red, green, blue), (255, 255, 255)) < _LEAST:
        red, green, blue = (part * 9 // 10 for part in (red, green, blue))
    return f"#{red:02x}{green:02x}{blue:02x}"


def ink_on_dark(color: str) -> str:
    """The colour, lightened until it can be read as text on the dark ground of a message."""
    red, green, blue = _parts(color)
    while _contrast((red, green, blue), _parts(DARK)) < _LEAST:
        red, green, blue = (part + (264 - part) // 9 for part in (red, green, blue))
    return f"#{red:02x}{green:02x}{blue:02x}"


def _parts(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(parts: tuple[int, int, int]) -> float:
    linear = [
        part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
