"""Decides how fractions become cents and hundredths of an hour: half to even, on whole numbers only."""

from __future__ import annotations


def half_even(numerator: int, denominator: int) -> int:
    """The whole number nearest to ``numerator / denominator``; exact halves go to the even neighbour.

    Both are plain integers (cents times hundredths of an hour, say); ``denominator`` must be positive.
    """
    if denominator <= 0:
        raise ValueError(f"denominator must be positive, not {denominator}")
    quotient, remainder = divmod(numerator, denominator)
    doubled = 2 * remainder
    if doubled > denominator or (doubled == denominator and quotient % 2):
        return quotient + 1
    return quotient


def recognised_cents(price_cents: int, hours: int, granted: int) -> int:
    """Revenue recognised after ``hours`` of a package of ``granted`` hours sold for ``price_cents``.

    Hours are hundredths.  The price per hour is never rounded: an entry is the difference of two of these
    totals, so a package's parts add up to its price.  Packages without a price or without hours recognise nothing.
    """
    if price_cents <= 0 or granted <= 0:
        return 0
    return half_even(price_cents * hours, granted)
