"""Splits money into what the school earns and the VAT in it; exact, and every cent of a refund ties to its receipt.

Rounding is half up to the cent, once per receipt (EN 16931, BR-CO-17).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Split:
    """An amount as net and VAT; ``total`` is their sum."""

    net: Decimal
    vat: Decimal

    @property
    def total(self) -> Decimal:
        """What was paid."""
        return self.net + self.vat


def rounded(amount: Decimal) -> Decimal:
    """To the cent, half up (away from zero), never a negative zero."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP) + ZERO


def split(amount: Decimal, rate: Decimal | None) -> Split:
    """Net and VAT of what was paid, which the VAT is always within; ``rate`` in per cent, None where exempt."""
    if not rate:
        return Split(rounded(amount), ZERO)
    net = rounded(amount * 100 / (100 + rate))
    return Split(net, rounded(amount) - net)


def part(whole: Split, price: Decimal, before: Decimal, amount: Decimal) -> Split:
    """The part of a receipt that a refund gives back, when ``before`` of its price was given back earlier.

    Each part is the difference of two rounded sums, so that parts which together return the price add up to the
    receipt.
    """
    first, last = (_share(whole, price, given) for given in (before, before + amount))
    return Split(last.net - first.net, last.vat - first.vat)


def _share(whole: Split, price: Decimal, given: Decimal) -> Split:
    total = rounded(whole.total * given / price)
    net = rounded(whole.net * given / price)
    return Split(net, total - net)
