"""Decides which hours pay for which class: replays one student's history in time order and writes its entries.

Each event sees only what came before it, so a ledger cut at an instant is the ledger built at that instant.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ledger.bookings import Held, Portion
from ledger.history import Adjustment, Booking, BurnOrder, Charge, Entry, Grant, History
from ledger.journal import ADJUSTMENT, CONSUMPTION, Journal, name_of, origin, row_of
from ledger.package import Package
from ledger.timeline import Action, Expiry, Return, Voiding, events


class Replay:
    """The replay of one student's history up to ``until`` (microseconds, inclusive)."""

    def __init__(
        self, history: History, until: int, burn_order: BurnOrder = "as_booked_then_soonest_expiry", *,
        every_entry: bool = True,
    ) -> None:
        self.history = history
        self.until = until
        self.burn_order = burn_order
        self.every_entry = every_entry
        self.packages: dict[int, Package] = {}
        self._journal = Journal()
        self._held: dict[int, Held] = {}
        self._owing: list[Held] = []

    def run(self) -> Replay:
        """Replay every event effective by ``until``; returns itself."""
        do: dict[Action, Callable[[Any], None]] = {
            "grant": self._grant,
            "extend": self._extend,
            "give_back": self._give_back,
            "void": self._void,
            "deduct": self._deduct,
            "expire": self._expire,
            "hold": self._hold,
            "teach": self._teach,
        }
        for event in sorted((e for e in events(self.history) if e[0] <= self.until), key=lambda e: e[:4]):
            do[event[4]](event[5])
        return self

    # -- packages ----------------------------------------------------------------------------------

    def _grant(self, grant: Grant) -> None:
        package = Package(grant)
        self.packages[grant.package_id] = package
        bought = grant.package_id > 0
        kind = "purchased" if bought else "added"
        self._journal.write(
            f"{name_of(package)}:{kind}", package, kind, grant.hours, grant.price_cents,
            grant.at, grant.recorded_at, row_of(package), note=grant.note,
        )
        self._cover_owing(package)

    def _cover_owing(self, package: Package) -> None:
        """A new package first pays for hours still overdrawn, oldest first."""
        at = package.grant.at
        for held in self._owing:
            for portion in list(held.portions):
                need = portion.hours - portion.returned if portion.package is None else 0
                hours = min(need, package.remaining)
                if hours <= 0:
                    continue
                portion.hours -= hours
                held.portions.append(Portion(package, hours))
                held.covers += 1
                package.remaining -= hours
                package.held += hours
                self._write_cover(held, package, hours, at)
        self._owing = [held for held in self._owing if held.is_owing()]

    def _write_cover(self, held: Held, package: Package, hours: int, at: int) -> None:
        source, name, school, session = origin(held)
        recorded = package.grant.recorded_at
        number = package.grant.package_id
        note = f"covered by package {number}" if number > 0 else "covered by goodwill hours"
        name = f"{name}:covered:{held.covers}"
        if isinstance(held.source, Adjustment):
            package.held -= hours
            package.rebase()
            kinds, cents = ("deducted", "deducted"), 0
        elif held.taught:
            kinds, cents = ("overdrawn", "consumed"), package.teach(hours)
            held.cents += cents
        else:
            kinds, cents = ("reserved", "reserved"), 0
        self._journal.write(f"{name}:from", None, kinds[0], hours, 0, at, recorded, source, session, note, school)
        self._journal.write(f"{name}:to", package, kinds[1], -hours, -cents, at, recorded, source, session, note)

    def _expire(self, expiry: Expiry) -> None:
        package_id, expires_at, at, name = expiry
        package = self.packages.get(package_id) if package_id is not None else None
        if package is None or package.is_expired or package.expires_at != expires_at:
            return
        package.is_expired = True
        if package.remaining > 0:
            self._write_expired(package, package.remaining, at, f"{name_of(package)}:expired:{name}", None)

    def _write_expired(self, package: Package, hours: int, at: int, name: str, note: str | None) -> None:
        cents = package.expire(hours)
        self._journal.write(name, package, "expired", -hours, -cents, at, at, row_of(package), note=note)

    def _extend(self, change: Adjustment) -> None:
        package = self.packages.get(change.package_id) if change.package_id is not None else None
        if package is None:
            return
        hours, cents = package.revive() if package.is_expired else (0, 0)
        package.expires_at = change.new_expires_at
        self._journal.write(
            f"adjustment:{change.adjustment_id}:extended", package, "extended", hours, cents,
            change.at, change.recorded_at, (ADJUSTMENT, change.adjustment_id), note=change.note,
        )
        if package.is_refunded:
            name = f"adjustment:{change.adjustment_id}:extended:voided"
            source = (ADJUSTMENT, change.adjustment_id)
            self._void_again(package, hours, change.at, change.recorded_at, name, source, None, None)

    def _void_again(
        self, package: Package, hours: int, at: int, recorded_at: int, name: str, source: tuple[str, int],
        session: int | None, school: int | None,
    ) -> None:
        """Hours that come back to a fully refunded package do not stay: their money has gone back."""
        if hours > 0:
            package.remaining -= hours
            package.rebase()
            note = "the package was refunded"
            self._journal.write(name, package, "voided", -hours, 0, at, recorded_at, source, session, note, school)

    def _void(self, voiding: Voiding) -> None:
        package_id, refund, turn = voiding
        package = self.packages.get(package_id)
        if package is None or package.is_refunded:
            return
        at = max(refund.at, package.grant.at)
        name = f"{name_of(package)}:refund:{turn + 1}"
        hours, cents, contra_revenue, contra_breakage = package.refund(refund.cents, refund.full)
        common = (at, refund.recorded_at, row_of(package))
        if contra_revenue:
            note = "contra revenue: money of hours already taught was refunded"
            self._journal.write(f"{name}:contra", package, "returned", 0, contra_revenue, *common, note=note)
        if contra_breakage:
            note = "contra breakage: money of expired hours was refunded"
            self._journal.write(f"{name}:contra-breakage", package, "extended", 0, contra_breakage, *common, note=note)
        note = "full refund" if package.is_refunded else "partial refund"
        self._journal.write(f"{name}:voided", package, "voided", -hours, -cents, *common, note=note)

    # -- bookings ----------------------------------------------------------------------------------

    def _candidates(self, first: int | None) -> list[Package]:
        """Packages hours may be taken from now: ``first`` before all others, then in burn order."""
        usable = [p for p in self.packages.values() if p.remaining > 0 and not p.is_expired]
        if self.burn_order == "oldest_first":
            usable.sort(key=lambda p: (p.grant.at, abs(p.grant.package_id)))
        else:
            usable.sort(key=lambda p: (p.expires_at, p.grant.at, abs(p.grant.package_id)))
        usable.sort(key=lambda p: p.grant.package_id != first)
        return usable

    def _take(self, hours: int, first: int | None) -> list[tuple[Package | None, int]]:
        taken: list[tuple[Package | None, int]] = []
        if hours <= 0:
            return taken
        named = self.packages.get(first) if first is not None else None
        if named is not None and named.remaining >= hours and not named.is_expired:
            named.remaining -= hours
            return [(named, hours)]
        for package in self._candidates(first):
            part = min(package.remaining, hours)
            package.remaining -= part
            taken.append((package, part))
            hours -= part
            if hours == 0:
                return taken
        return [*taken, (None, hours)] if hours > 0 else taken

    def _hold(self, booking: Booking) -> None:
        held = Held(booking)
        self._held[booking.consumption_id] = held
        as_booked = self.burn_order == "as_booked_then_soonest_expiry"
        for package, hours in self._take(booking.hours, booking.package_id if as_booked else None):
            held.portions.append(Portion(package, hours))
            if package is not None:
                package.held += hours
            else:
                self._owing.append(held)
        held.is_plain = not held.portions or (len(held.portions) == 1 and held.portions[0].package is not None)
        if booking.class_at > booking.held_at and (self.every_entry or not held.is_plain):
            at = booking.held_at
            for number, portion in enumerate(held.portions):
                self._journal.write_booking(held, portion, number, "reserved", "reserved", -portion.hours, 0, at)

    def _teach(self, booking: Booking) -> None:
        held = self._held.get(booking.consumption_id)
        if held is None:
            return
        held.taught = True
        at = booking.class_at
        for number, portion in enumerate(held.portions):
            if portion.hours <= 0:
                continue
            cents = portion.package.teach(portion.hours - portion.returned) if portion.package is not None else 0
            held.cents_at_class += cents
            if held.is_plain and not self.every_entry:
                continue
            if at > booking.held_at:
                self._journal.write_booking(held, portion, number, "lifted", "reserved", portion.hours, 0, at)
            kind = "overdrawn" if portion.package is None else "consumed"
            self._journal.write_booking(held, portion, number, "consumed", kind, -portion.hours, -cents, at)
        held.cents += held.cents_at_class

    def _give_back(self, back: Return) -> None:
        """Hours come back: first what was overdrawn, then to the packages they came from, last taken first."""
        consumption_id, hours, at, table, source_id, note = back
        held = self._held.get(consumption_id)
        if held is None:
            return
        at = max(at, held.source.held_at) if isinstance(held.source, Booking) else at
        stem = f"{'consumption' if table == CONSUMPTION else 'adjustment'}:{source_id}:returned"
        for number, portion in enumerate(held.in_order_of_return()):
            part = min(portion.hours - portion.returned, hours)
            if part <= 0:
                continue
            hours -= part
            portion.returned += part
            held.returned += part
            held.returned_at = at
            name = f"{stem}:{number + 1}" if number else stem
            self._write_return(held, portion, part, at, name, (table, source_id), note)

    def _write_return(
        self, held: Held, portion: Portion, hours: int, at: int, name: str, source: tuple[str, int], note: str | None
    ) -> None:
        _, _, school, session = origin(held)
        package = portion.package
        cents = package.give_back(hours, held.taught) if package is not None else 0
        held.cents -= cents
        self._journal.write(name, package, "returned", hours, cents, at, at, source, session, note, school)
        if package is None:
            return
        if package.is_refunded:
            self._void_again(package, hours, at, at, f"{name}:voided", source, session, school)
        elif package.is_expired:
            lost = package.expire(hours)
            name, note = f"{name}:expired", "the package had expired"
            self._journal.write(name, package, "expired", -hours, -lost, at, at, source, session, note, school)

    def _deduct(self, change: Adjustment) -> None:
        held = Held(change)
        source, stem, school, session = origin(held)
        for number, (package, hours) in enumerate(self._take(change.hours, change.package_id)):
            held.portions.append(Portion(package, hours))
            if package is not None:
                package.rebase()
            else:
                self._owing.append(held)
            name = f"{stem}:deducted:{number + 1}" if number else f"{stem}:deducted"
            self._journal.write(
                name, package, "deducted", -hours, 0, change.at, change.recorded_at,
                source, session, change.note, school,
            )

    # -- results -----------------------------------------------------------------------------------

    def entries(self) -> list[Entry]:
        """The entries; without those of plain bookings where ``every_entry`` is off."""
        return self._journal.entries

    def charges(self) -> list[Charge]:
        """What became of each booking held by ``until``."""
        return [held.charge(consumption_id) for consumption_id, held in self._held.items()]


def replay(
    history: History, until: int, burn_order: BurnOrder = "as_booked_then_soonest_expiry", *, every_entry: bool = True
) -> Replay:
    """Replay ``history`` up to ``until``.

    ``every_entry=False`` leaves out the entries of plain bookings (see Charge).
    """
    return Replay(history, until, burn_order, every_entry=every_entry).run()
