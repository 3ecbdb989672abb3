"""Adds a student's entries up again and says where they contradict the figures; shares nothing with the replay.

It reads entries as they are published and knows only what each kind may do, so a mistake in the replay, in the SQL
or in a figure cannot hide in it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

Row = Mapping[str, Any]

_ZERO = Decimal(0)
_COUNTED = {
    "hours_purchased": (1, ("purchased",)),
    "hours_added": (1, ("added",)),
    "hours_deducted": (-1, ("deducted",)),
    "hours_consumed": (-1, ("consumed", "overdrawn")),
    "hours_reserved": (-1, ("reserved",)),
    "hours_returned": (1, ("returned",)),
    "hours_expired": (-1, ("expired",)),
    "hours_extended": (1, ("extended",)),
    "hours_voided": (-1, ("voided",)),
}
_GAINS = ("hours_purchased", "hours_added", "hours_returned", "hours_extended")
_LOSSES = ("hours_consumed", "hours_reserved", "hours_deducted", "hours_expired", "hours_voided")
_KINDS = frozenset(kind for _, kinds in _COUNTED.values() for kind in kinds)
_NEVER_BELOW_ZERO = frozenset({"purchased", "added", "returned", "extended"})
_NEVER_ABOVE_ZERO = frozenset({"consumed", "expired", "voided"})
_WITHOUT_MONEY = frozenset({"reserved", "overdrawn", "added", "deducted"})
_ONLY_ON_PACKAGES = frozenset({"purchased", "added", "consumed", "expired", "extended", "voided"})


def verify(
    figures: Mapping[str, Decimal], entries: Sequence[Mapping[str, object]], *, as_of: datetime | None = None,
) -> list[str]:
    """What contradicts the figures, each as a sentence; an empty list when everything holds.

    ``figures`` are one student's hours by the names of ``student_balances``; ``entries`` are all of the student's
    entries, with entry_id, kind, package_id, hours, amount and effective_at.  With ``as_of``, an entry effective
    later is a contradiction.
    """
    rows: Sequence[Row] = entries
    return [
        *_repeated(rows),
        *(sentence for row in rows for sentence in _odd(row, as_of)),
        *_wrong_figures(figures, rows),
        *_law_of_hours(figures),
        *_package_contradictions(rows),
        *_below_zero(rows),
    ]


def _repeated(rows: Sequence[Row]) -> Iterator[str]:
    for name, times in Counter(row["entry_id"] for row in rows).items():
        if times > 1:
            yield f"The entry {name} occurs {times} times."


def _odd(row: Row, as_of: datetime | None) -> Iterator[str]:
    """What one entry may not be."""
    name, kind, hours, amount = row["entry_id"], row["kind"], row["hours"], row["amount"]
    if kind not in _KINDS:
        yield f"The entry {name} is of the unknown kind {kind!r}."
    if as_of is not None and row["effective_at"] > as_of:
        yield f"The entry {name} is effective at {row['effective_at'].isoformat()}, after {as_of.isoformat()}."
    if kind in _NEVER_BELOW_ZERO and hours < 0:
        yield f"The entry {name} is {kind}, yet takes {-hours} hours."
    if kind in _NEVER_ABOVE_ZERO and hours > 0:
        yield f"The entry {name} is {kind}, yet gives {hours} hours."
    if kind in ("consumed", "expired") and amount > 0:
        yield f"The entry {name} is {kind}, yet adds {amount} to what is deferred."
    if kind in ("returned", "extended") and amount < 0:
        yield f"The entry {name} is {kind}, yet takes {-amount} from what is deferred."
    if amount and (kind in _WITHOUT_MONEY or row["package_id"] is None):
        yield f"The entry {name} is {kind} and moves {amount}, where no money can move."
    if row["package_id"] is None and kind in _ONLY_ON_PACKAGES:
        yield f"The entry {name} is {kind}, yet belongs to no package."
    if row["package_id"] is not None and kind == "overdrawn":
        yield f"The entry {name} is overdrawn, yet package {row['package_id']} covers it."


def _sum(values: Iterable[Decimal]) -> Decimal:
    return sum(values, _ZERO)


def _wrong_figures(figures: Mapping[str, Decimal], rows: Sequence[Row]) -> Iterator[str]:
    """Figures that are not the sum of their entries."""
    sums = {
        name: _ZERO + sign * _sum(row["hours"] for row in rows if row["kind"] in kinds)
        for name, (sign, kinds) in _COUNTED.items()
    }
    sums["hours_remaining"] = _sum(row["hours"] for row in rows if row["package_id"] is not None)
    sums["hours_overdrawn"] = _ZERO - _sum(row["hours"] for row in rows if row["package_id"] is None)
    for name, figure in figures.items():
        said = name.removeprefix("hours_")
        if name not in sums:
            yield f"{said.capitalize()} is no figure that entries add up to."
        elif figure != sums[name]:
            yield f"The figure says {figure} hours {said}, but the entries add up to {sums[name]}."


def _law_of_hours(figures: Mapping[str, Decimal]) -> Iterator[str]:
    """All hours gained less all hours lost are what remains, less what is overdrawn."""
    if not {*_GAINS, *_LOSSES, "hours_remaining", "hours_overdrawn"} <= set(figures):
        return
    kept = _sum(figures[name] for name in _GAINS) - _sum(figures[name] for name in _LOSSES)
    stands = figures["hours_remaining"] - figures["hours_overdrawn"]
    if kept != stands:
        yield f"Hours gained less hours lost are {kept}, but {stands} remain after what is overdrawn."


def _package_contradictions(rows: Sequence[Row]) -> Iterator[str]:
    """What one package's entries may not add up to."""
    packages: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        if row["package_id"] is not None:
            packages[row["package_id"]].append(row)
    for number, of in sorted(packages.items()):
        granted = [row for row in of if row["kind"] in ("purchased", "added")]
        if len(granted) != 1:
            yield f"Package {number} was granted {len(granted)} times, not once."
            continue
        if any(row["effective_at"] < granted[0]["effective_at"] for row in of):
            yield f"Package {number} has entries from before it was granted."
        yield from _money_contradictions(number, granted[0]["amount"], of)


def _money_contradictions(number: Any, price: Decimal, of: Sequence[Row]) -> Iterator[str]:
    parts = {
        "recognised": ("consumed", "returned"), "breakage": ("expired", "extended"), "refunded": ("voided",),
    }
    moved = {name: -_sum(row["amount"] for row in of if row["kind"] in kinds) for name, kinds in parts.items()}
    deferred = _sum(row["amount"] for row in of)
    if price != _sum(moved.values()) + deferred:
        yield (
            f"Package {number} cost {price}, but {', '.join(f'{amount} {name}' for name, amount in moved.items())}"
            f" and {deferred} deferred add up to {_sum(moved.values()) + deferred}."
        )
    if moved["refunded"] > max(price, _ZERO):
        yield f"Package {number} cost {price}, but {moved['refunded']} was refunded."
    if price <= 0 and (moved["recognised"] or moved["breakage"]):
        yield f"Package {number} has no price, yet earned {moved['recognised'] + moved['breakage']}."


def _below_zero(rows: Sequence[Row]) -> Iterator[str]:
    """Packages with less than no hours, and reservations lifted that were not made, after all entries of an instant."""
    left: dict[Any, Decimal] = defaultdict(Decimal)
    held: dict[Any, Decimal] = defaultdict(Decimal)
    told: set[Any] = set()
    in_time = itemgetter("effective_at")
    for at, entries in groupby(sorted(rows, key=in_time), key=in_time):
        touched = set()
        for row in entries:
            package = row["package_id"]
            touched.add(package)
            left[package] += row["hours"]
            held[package] += -row["hours"] if row["kind"] == "reserved" else 0
        for package in touched - told:
            if package is not None and left[package] < 0:
                told.add(package)
                yield f"Package {package} stands at {left[package]} hours at {at.isoformat()}."
            elif package is None and left[package] > 0:
                told.add(package)
                yield f"{left[package]} hours belong to no package at {at.isoformat()}."
            elif held[package] < 0:
                told.add(package)
                lifted = -held[package]
                yield f"{_where(package)} {lifted} hours more are lifted than were reserved at {at.isoformat()}."


def _where(package: Any) -> str:
    return "Without a package" if package is None else f"On package {package}"
