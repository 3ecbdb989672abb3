"""Keeps the platform's desk for a chunk of students: packages bought and renewed, counters moved, hours expired."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from demo.cohort import BOUGHT_ONLY, DAY, HOUR, MINUTE, SUBSCRIPTION, Cohort, Flags, Ints, Window
from demo.schools import SCHOOLS

_NEVER = np.iinfo(np.int64).max
_MOST_HOURS = 95_000
_MOST_MONEY = 920_000
"""What the platform's counter columns can hold, with some room: a student who reaches it buys no more."""

_HOURS = np.array([[plan.hours_hundredths for plan in school.plans] for school in SCHOOLS])
_PRICES = np.array([[plan.price_cents for plan in school.plans] for school in SCHOOLS])
_VALID = np.array([[plan.validity_days or 0 for plan in school.plans] for school in SCHOOLS])


@dataclass(frozen=True)
class Purchases:
    """Packages bought: student and running number within the chunk, plan, instants, cents and hundredths."""

    student: Ints
    number: Ints
    plan: Ints
    created: Ints
    expires: Ints
    amount: Ints
    hours: Ints


@dataclass
class Desk:
    """The state of the platform while a chunk is replayed: packages (n by p), counters and habits (n).

    ``free`` is when a student may book next, ``place`` how many classes were booked, ``block_at`` when the present
    block of classes was booked; ``pending`` holds hours that came back and are seen when the next block is booked.
    """

    cohort: Cohort
    window: Window
    left: Ints
    expires: Ints
    bought: Ints
    purchased: Ints
    consumed: Ints
    paid: Ints
    touched: Ints
    next_expiry: Ints
    due_month: Ints
    renews: Flags
    free: Ints
    place: Ints
    block_at: Ints
    pending: Ints
    purchases: list[tuple[Ints, ...]] = field(default_factory=list)
    booked: list[tuple[Ints, ...]] = field(default_factory=list)


def open_desk(rng: np.random.Generator, cohort: Cohort, window: Window) -> Desk:
    """An empty desk with room for as many packages as the longest stay can need."""
    size, room = cohort.size, 8 + window.weeks // 3
    zeros = np.zeros(size, dtype=np.int64)
    return Desk(
        cohort, window, np.zeros((size, room), dtype=np.int64), np.full((size, room), _NEVER), zeros.copy(),
        zeros.copy(), zeros.copy(), zeros.copy(), zeros.copy(), np.full(size, _NEVER), np.full(size, -1),
        rng.random(size) < 0.97, np.full(size, window.midnight - 40 * DAY), zeros.copy(), zeros.copy(),
        np.zeros((size, room), dtype=np.int64),
    )


def expire(desk: Desk, who: Ints, at: Ints) -> None:
    """The expiry job: what is left of a package past its date leaves ``hours_purchased``, once."""
    late = desk.next_expiry[who] <= at
    who, at = who[late], at[late]
    if not len(who):
        return
    over = desk.expires[who] <= at[:, None]
    lost = np.where(over, np.maximum(desk.left[who], 0), 0)
    desk.left[who] = np.where(over, 0, desk.left[who])
    desk.purchased[who] -= lost.sum(axis=1)
    last = np.where(over, desk.expires[who], 0).max(axis=1)
    desk.touched[who] = np.maximum(desk.touched[who], last + 20 * MINUTE)
    desk.next_expiry[who] = np.where(over, _NEVER, desk.expires[who]).min(axis=1)


def charge_subscriptions(desk: Desk, rng: np.random.Generator, who: Ints, at: Ints | int) -> None:
    """The monthly charge of every subscriber up to ``at``; none in July and August, when schools are closed."""
    who, at = _only(desk.cohort.plan[who] == SUBSCRIPTION, who, at)
    month_of = (at // DAY).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    new = desk.due_month[who] < 0
    desk.due_month[who] = np.where(new, month_of, desk.due_month[who])
    day_of_month = who * 7 % 27
    while len(who):
        due = desk.due_month[who]
        due = due + np.where(due % 12 == 6, 2, np.where(due % 12 == 7, 1, 0))
        charged = due.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) * DAY
        charged += day_of_month * DAY + 5 * HOUR + who % 3600 * 1_000_000
        first = desk.bought[who] == 0
        charged = np.where(first, at - 45 * MINUTE, charged)
        ripe = charged <= at
        who, at, charged, due, day_of_month = who[ripe], at[ripe], charged[ripe], due[ripe], day_of_month[ripe]
        if not len(who):
            return
        _buy(desk, rng, who, charged)
        desk.due_month[who] = due + 1
    return


def renew(desk: Desk, rng: np.random.Generator, who: Ints, at: Ints, hours: Ints) -> None:
    """Buy a package where too little is left for this class, and for as many more as the student likes to have."""
    who, at, hours = (a[desk.cohort.plan[who] != SUBSCRIPTION] for a in (who, at, hours))
    valid = desk.expires[who] > at[:, None]
    left = np.where(valid, desk.left[who], 0).sum(axis=1)
    # The platform refuses a booking that its counter does not cover, whatever the packages say.
    counter = desk.purchased[who] - desk.consumed[who]
    left = np.where(desk.cohort.oldest_only[who], counter, np.minimum(left, counter))
    short = left < hours * (1 + desk.cohort.renew_at[who])
    who, at = who[short], at[short]
    again = desk.bought[who] > 0
    leaves = again & (rng.random(len(who)) < 0.012) & (left[short] < hours[short])
    desk.renews[who[leaves]] = False
    who, at = who[~leaves], at[~leaves]
    gap = rng.integers(2, 110, len(who)) * MINUTE
    _buy(desk, rng, who, at - gap)


def _buy(desk: Desk, rng: np.random.Generator, who: Ints, at: Ints) -> None:
    """A completed purchase: the counters of hours and money go up."""
    cohort = desk.cohort
    plan, school = cohort.plan[who], cohort.school[who]
    hours, days = _HOURS[school, plan], _VALID[school, plan]
    amount = _PRICES[school, plan, (at >= desk.window.price_rise).astype(np.int64)]
    amount = np.where(cohort.discount[who], amount * 19 // 20, amount)
    room = (desk.purchased[who] + hours <= _MOST_HOURS) & (desk.paid[who] + amount <= _MOST_MONEY)
    room &= desk.bought[who] < desk.left.shape[1]
    desk.renews[who[~room]] = False
    who, at, plan, hours, days, amount = (a[room] for a in (who, at, plan, hours, days, amount))
    # Valid to the end of the day in UTC, as the platform counts days.
    end = (at // DAY + days) * DAY + DAY - 1_000_000
    expires = np.where(days > 0, end, _NEVER)
    number = desk.bought[who]
    desk.left[who, number] = hours
    desk.expires[who, number] = expires
    desk.bought[who] += 1
    desk.purchased[who] += hours
    desk.paid[who] += amount
    desk.touched[who] = np.maximum(desk.touched[who], at)
    desk.next_expiry[who] = np.minimum(desk.next_expiry[who], expires)
    desk.purchases.append((who, number, plan, at, expires, amount, hours))


def buy_without_classes(desk: Desk, rng: np.random.Generator) -> None:
    """Those who have bought lately and not been taught yet."""
    who = np.flatnonzero(desk.cohort.kind == BOUGHT_ONLY)
    at = desk.window.now - rng.integers(60, 12 * 24 * 60, len(who)) * MINUTE
    _buy(desk, rng, who, at // 1_000_000 * 1_000_000)


def _only(rows: Flags, who: Ints, at: Ints | int) -> tuple[Ints, Ints]:
    return who[rows], np.broadcast_to(np.asarray(at, dtype=np.int64), who.shape)[rows]


def purchases(desk: Desk) -> Purchases:
    """Everything bought, ordered by student and number."""
    columns = joined(desk.purchases, 7)
    order = np.lexsort((columns[1], columns[0]))
    return Purchases(*(column[order] for column in columns))


def joined(parts: list[tuple[Ints, ...]], width: int) -> list[Ints]:
    """Columns of parts, end to end."""
    if not parts:
        return [np.zeros(0, dtype=np.int64) for _ in range(width)]
    return [np.concatenate([part[n] for part in parts]).astype(np.int64) for n in range(width)]
