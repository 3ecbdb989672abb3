"""Decides how one package's hours and money move: what is left, held, recognised, expired, refunded."""

from __future__ import annotations

from ledger.history import Grant
from ledger.rounding import half_even, recognised_cents


class Package:
    """A package while a history is replayed.

    Money follows hours at ``base_cents / base_hours``.  Both start as price and grant; a refund or a deduction
    changes what an hour left is worth, so it starts a new base from what is then deferred and outstanding.
    Always: base_hours = remaining + held + used, and deferred = base_cents - recognised_cents(used).
    """

    __slots__ = (
        "base_cents", "base_hours", "breakage", "expired_hours", "expires_at", "grant", "held",
        "is_expired", "is_rebased", "is_refunded", "recognised", "refunded", "remaining", "used",
    )

    def __init__(self, grant: Grant) -> None:
        self.grant = grant
        self.expires_at = grant.expires_at
        self.remaining = grant.hours
        self.held = 0
        self.used = 0
        self.is_rebased = False
        self.base_cents = grant.price_cents
        self.base_hours = grant.hours
        self.recognised = 0
        self.breakage = 0
        self.refunded = 0
        self.expired_hours = 0
        self.is_expired = False
        self.is_refunded = False

    @property
    def deferred(self) -> int:
        return self.grant.price_cents - self.recognised - self.breakage - self.refunded

    def _use(self, hours: int) -> int:
        before = recognised_cents(self.base_cents, self.used, self.base_hours)
        self.used += hours
        return recognised_cents(self.base_cents, self.used, self.base_hours) - before

    def teach(self, hours: int) -> int:
        """A class of ``hours`` (held before) takes place: the cents now recognised."""
        self.held -= hours
        cents = self._use(hours)
        self.recognised += cents
        return cents

    def give_back(self, hours: int, taught: bool) -> int:
        """Hours come back: the cents no longer recognised (0 before the class took place)."""
        self.remaining += hours
        if not taught:
            self.held -= hours
            return 0
        cents = -self._use(-hours)
        # After a refund or deduction an hour may be worth more than it was when taught: no more than was recognised.
        excess = max(cents - max(self.recognised, 0), 0) if self.is_rebased else 0
        self.recognised -= cents - excess
        if excess:
            self.rebase()
        return cents - excess

    def expire(self, hours: int) -> int:
        """``hours`` of what remains are lost: the cents that become breakage."""
        self.remaining -= hours
        self.expired_hours += hours
        cents = self._use(hours)
        self.breakage += cents
        return cents

    def revive(self) -> tuple[int, int]:
        """An extension gives back what expiry took: those hours and cents."""
        hours = self.expired_hours
        cents = -self._use(-hours)
        excess = max(cents - max(self.breakage, 0), 0) if self.is_rebased else 0
        self.breakage -= cents - excess
        self.remaining += hours
        self.expired_hours = 0
        self.is_expired = False
        if excess:
            self.rebase()
        return hours, cents - excess

    def refund(self, cents: int, full: bool) -> tuple[int, int, int, int]:
        """Money goes back: (hours voided, cents refunded, contra revenue, contra breakage).

        A partial refund takes the hours it bought, at most what remains; a full one takes what remains.
        The money is taken from what is deferred, then from recognised revenue, then from breakage.
        """
        price = self.grant.price_cents
        left = price - self.refunded
        amount = left if full else max(min(cents, left), 0)
        full = full or (price > 0 and amount == left)
        if full:
            hours = self.remaining
        else:
            hours = min(self.remaining, half_even(self.grant.hours * amount, price)) if price > 0 else 0
        past_deferred = max(amount - max(self.deferred, 0), 0) if price > 0 else 0
        contra_revenue = min(past_deferred, max(self.recognised, 0))
        contra_breakage = past_deferred - contra_revenue
        self.recognised -= contra_revenue
        self.breakage -= contra_breakage
        self.refunded += amount
        self.remaining -= hours
        self.is_refunded = self.is_refunded or full
        self.rebase()
        return hours, amount, contra_revenue, contra_breakage

    def rebase(self) -> None:
        """What is deferred now belongs to the hours left now."""
        self.base_cents = self.deferred
        self.base_hours = self.remaining + self.held
        self.used = 0
        self.is_rebased = True
