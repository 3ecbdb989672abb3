"""Foretells when a student's hours run out at the pace of recent weeks, and which will expire unused before that.

Not a forecast with a range: one rule, so that everybody can follow it. Classes already booked meet the pace first;
after them it takes from the packages, soonest expiry first. Hours whose expiry comes sooner than the pace are lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from ledger.eligibility import Holding
from ledger.rounding import half_even

WEEK = timedelta(weeks=1) // timedelta(microseconds=1)
HORIZON = timedelta(weeks=520)
"""Further ahead than ten years nothing is foretold."""

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Outlook:
    """When the last usable hour will be gone (None: not within ten years), and the hours that expire unused."""

    runs_out_at: datetime | None
    hours_unused: Decimal


def outlook(
    holdings: Iterable[Holding], *, hours_booked_ahead: Decimal, pace_per_week: Decimal | None, now: datetime
) -> Outlook | None:
    """What becomes of the hours usable at ``now``; None where there is no pace to go by.

    Hours are exact to two places; packages yet to begin do not count.
    """
    pace = _hundredths(pace_per_week) if pace_per_week is not None else 0
    if pace <= 0:
        return None
    usable = [held for held in holdings if held.is_valid(now) and held.hours > 0]
    usable.sort(key=lambda held: held.expires_at or _NEVER)
    elapsed = _time(_hundredths(hours_booked_ahead), pace)
    unused = 0
    for held in usable:
        hours = _hundredths(held.hours)
        needed = _time(hours, pace)
        left = None if held.expires_at is None else (held.expires_at - now) // timedelta(microseconds=1)
        if left is None or elapsed + needed <= left:
            elapsed += needed
        elif left > elapsed:
            unused += hours - half_even(pace * (left - elapsed), WEEK)
            elapsed = left
        else:
            unused += hours
    within = elapsed <= HORIZON // timedelta(microseconds=1)
    gone = now + timedelta(microseconds=elapsed) if within else None
    return Outlook(gone, Decimal(unused).scaleb(-2))


def _hundredths(hours: Decimal) -> int:
    return int(hours.scaleb(2))


def _time(hours: int, pace: int) -> int:
    """Microseconds in which ``hours`` are taught at ``pace``."""
    return half_even(hours * WEEK, pace)
