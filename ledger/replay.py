"""Decides which hours pay for which class: replays one student's history in time order and writes its entries.

Each event sees only what came before it, so a ledger cut at an instant is the ledger built at that instant.
At one instant the order is: grant, extend, return, void, deduct, expire, hold, class; then by id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ledger.history import NEVER, Adjustment, Booking, BurnOrder, Charge, Entry, Grant, History, Refund
from ledger.package import Package

_GRANT, _EXTEND, _RETURN, _VOID, _DEDUCT, _EXPIRE, _HOLD, _CLASS = range(8)

_CONSUMPTION = "finances_hourconsumption"
_PURCHASE = "finances_purchasetransaction"
_ADJUSTMENT = "adjustments"

_Event = tuple[int, int, int, int, Callable[[Any], None], Any]


class _Portion:
    """Part of a booking paid by one package, or by none (``package is None``)."""

    __slots__ = ("hours", "package", "returned")

    def __init__(self, package: Package | None, hours: int) -> None:
        self.package = package
        self.hours = hours
        self.returned = 0


class _Held:
    """A booking's hours while they are held; a deduction past the last hour waits here too, without a class."""

    __slots__ = (
        "cents", "cents_at_class", "covers", "is_plain", "portions", "returned", "returned_at", "source", "taught",
    )

    def __init__(self, source: Booking | Adjustment) -> None:
        self.source = source
        self.portions: list[_Portion] = []
        self.taught = isinstance(source, Adjustment)
        self.is_plain = False
        self.cents_at_class = 0
        self.cents = 0
        self.returned = 0
        self.returned_at: int | None = None
        self.covers = 0


class Replay:
    """The replay of one student's history up to ``until`` (microseconds, inclusive)."""

    def __init__(
        self, history: History, until: int, burn_order: BurnOrder = "as_booked_then_soonest_expiry", *, every_entry: bool = True
    ) -> None:
        self.history = history
        self.until = until
        self.burn_order = burn_order
        self.every_entry = every_entry
        self.packages: dict[int, Package] = {}
        self._entries: list[Entry] = []
        self._held: dict[int, _Held] = {}
        self._owing: list[_Held] = []

    def run(self) -> Replay:
        """Replay every event effective by ``until``; returns itself."""
        for event in sorted((e for e in self._events() if e[0] <= self.until), key=lambda e: e[:4]):
            event[4](event[5])
        return self

    # -- what happened when ------------------------------------------------------------------------

    def _events(self) -> Iterator[_Event]:
        # A row seen twice counts once.
        bookings = {booking.consumption_id: booking for booking in self.history.bookings}
        changes = {change.adjustment_id: change for change in self.history.adjustments}
        for grant in {grant.package_id: grant for grant in self.history.grants}.values():
            # Goodwill has negative ids; it comes after the purchases of the same instant.
            key = grant.package_id if grant.package_id > 0 else NEVER - grant.package_id
            yield grant.at, _GRANT, key, 0, self._grant, grant
            end = max(grant.expires_at, grant.at)
            yield end, _EXPIRE, key, 0, self._expire, (grant.package_id, grant.expires_at, end, str(grant.expires_at))
            for turn, refund in enumerate(sorted(grant.refunds, key=lambda r: (r.at, r.full, r.cents))):
                yield max(refund.at, grant.at), _VOID, key, turn, self._void, (grant.package_id, refund, turn)
        for booking in bookings.values():
            yield booking.held_at, _HOLD, booking.consumption_id, 0, self._hold, booking
            yield booking.class_at, _CLASS, booking.consumption_id, 0, self._teach, booking
            if booking.returned > 0:
                back = (booking.consumption_id, booking.returned, booking.returned_at, _CONSUMPTION, booking.consumption_id, None)
                yield self._return_event(booking, booking.returned_at, back, booking.consumption_id, 1)
        for change in changes.values():
            order = NEVER + change.adjustment_id
            if change.kind == "deduct":
                yield change.at, _DEDUCT, change.adjustment_id, 0, self._deduct, change
            elif change.kind == "extend":
                yield change.at, _EXTEND, change.adjustment_id, 0, self._extend, change
                end = max(change.new_expires_at, change.at)
                moved = (change.package_id, change.new_expires_at, end, f"adjustment:{change.adjustment_id}")
                yield end, _EXPIRE, order, 0, self._expire, moved
            elif change.consumption_id in bookings:
                booking = bookings[change.consumption_id]
                back = (booking.consumption_id, change.hours, change.at, _ADJUSTMENT, change.adjustment_id, change.note)
                yield self._return_event(booking, change.at, back, order, 1 + change.adjustment_id)

    def _return_event(self, booking: Booking, at: int, back: tuple[Any, ...], key: int, turn: int) -> _Event:
        """Hours cannot come back before they were held: then they come back at once."""
        if at <= booking.held_at:
            return booking.held_at, _HOLD, booking.consumption_id, turn, self._give_back, back
        return at, _RETURN, key, 0, self._give_back, back

    # -- packages ----------------------------------------------------------------------------------

    def _grant(self, grant: Grant) -> None:
        package = Package(grant)
        self.packages[grant.package_id] = package
        bought = grant.package_id > 0
        source = (_PURCHASE, grant.package_id) if bought else (_ADJUSTMENT, -grant.package_id)
        name = f"purchase:{grant.package_id}:purchased" if bought else f"adjustment:{-grant.package_id}:added"
        self._write(
            name, package, "purchased" if bought else "added", grant.hours, grant.price_cents,
            grant.at, grant.recorded_at, source, note=grant.note,
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
                held.portions.append(_Portion(package, hours))
                held.covers += 1
                package.remaining -= hours
                package.held += hours
                self._write_cover(held, package, hours, at)
        self._owing = [h for h in self._owing if any(p.package is None and p.hours > p.returned for p in h.portions)]

    def _write_cover(self, held: _Held, package: Package, hours: int, at: int) -> None:
        source, name, school, session = self._source_of(held)
        recorded = package.grant.recorded_at
        note = f"covered by package {package.grant.package_id}" if package.grant.package_id > 0 else "covered by goodwill hours"
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
        self._write(f"{name}:from", None, kinds[0], hours, 0, at, recorded, source, session, note, school)
        self._write(f"{name}:to", package, kinds[1], -hours, -cents, at, recorded, source, session, note)

    def _expire(self, payload: tuple[int, int, int, str]) -> None:
        package_id, expires_at, at, name = payload
        package = self.packages.get(package_id)
        if package is None or package.is_expired or package.expires_at != expires_at:
            return
        package.is_expired = True
        if package.remaining > 0:
            self._write_expired(package, package.remaining, at, f"{self._name(package)}:expired:{name}", None)

    def _write_expired(self, package: Package, hours: int, at: int, name: str, note: str | None) -> None:
        cents = package.expire(hours)
        self._write(name, package, "expired", -hours, -cents, at, at, self._source(package), note=note)

    def _extend(self, change: Adjustment) -> None:
        package = self.packages.get(change.package_id) if change.package_id is not None else None
        if package is None:
            return
        hours, cents = package.revive() if package.is_expired else (0, 0)
        package.expires_at = change.new_expires_at
        self._write(
            f"adjustment:{change.adjustment_id}:extended", package, "extended", hours, cents,
            change.at, change.recorded_at, (_ADJUSTMENT, change.adjustment_id), note=change.note,
        )
        if package.is_refunded:
            name = f"adjustment:{change.adjustment_id}:extended:voided"
            self._void_again(package, hours, change.at, change.recorded_at, name, (_ADJUSTMENT, change.adjustment_id), None, None)

    def _void_again(
        self, package: Package, hours: int, at: int, recorded_at: int, name: str, source: tuple[str, int],
        session: int | None, school: int | None,
    ) -> None:
        """Hours that come back to a fully refunded package do not stay: their money has gone back."""
        if hours > 0:
            package.remaining -= hours
            package.rebase()
            self._write(name, package, "voided", -hours, 0, at, recorded_at, source, session, "the package was refunded", school)

    def _void(self, payload: tuple[int, Refund, int]) -> None:
        package_id, refund, turn = payload
        package = self.packages.get(package_id)
        if package is None or package.is_refunded:
            return
        at = max(refund.at, package.grant.at)
        name = f"{self._name(package)}:refund:{turn + 1}"
        hours, cents, contra_revenue, contra_breakage = package.refund(refund.cents, refund.full)
        common = (at, refund.recorded_at, self._source(package))
        if contra_revenue:
            note = "contra revenue: money of hours already taught was refunded"
            self._write(f"{name}:contra", package, "returned", 0, contra_revenue, *common, note=note)
        if contra_breakage:
            note = "contra breakage: money of expired hours was refunded"
            self._write(f"{name}:contra-breakage", package, "extended", 0, contra_breakage, *common, note=note)
        note = "full refund" if package.is_refunded else "partial refund"
        self._write(f"{name}:voided", package, "voided", -hours, -cents, *common, note=note)

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
        held = _Held(booking)
        self._held[booking.consumption_id] = held
        as_booked = self.burn_order == "as_booked_then_soonest_expiry"
        for package, hours in self._take(booking.hours, booking.package_id if as_booked else None):
            held.portions.append(_Portion(package, hours))
            if package is not None:
                package.held += hours
            else:
                self._owing.append(held)
        held.is_plain = not held.portions or (len(held.portions) == 1 and held.portions[0].package is not None)
        if booking.class_at > booking.held_at and (self.every_entry or not held.is_plain):
            for number, portion in enumerate(held.portions):
                self._write_booking(held, portion, number, "reserved", "reserved", -portion.hours, 0, booking.held_at)

    def _teach(self, booking: Booking) -> None:
        held = self._held.get(booking.consumption_id)
        if held is None:
            return
        held.taught = True
        for number, portion in enumerate(held.portions):
            if portion.hours <= 0:
                continue
            cents = portion.package.teach(portion.hours - portion.returned) if portion.package is not None else 0
            held.cents_at_class += cents
            if held.is_plain and not self.every_entry:
                continue
            if booking.class_at > booking.held_at:
                self._write_booking(held, portion, number, "lifted", "reserved", portion.hours, 0, booking.class_at)
            kind = "overdrawn" if portion.package is None else "consumed"
            self._write_booking(held, portion, number, "consumed", kind, -portion.hours, -cents, booking.class_at)
        held.cents += held.cents_at_class

    def _give_back(self, back: tuple[int, int, int, str, int, str | None]) -> None:
        """Hours come back: first what was overdrawn, then to the packages they came from, last taken first."""
        consumption_id, hours, at, table, source_id, note = back
        held = self._held.get(consumption_id)
        if held is None:
            return
        at = max(at, held.source.held_at) if isinstance(held.source, Booking) else at
        order = [p for p in held.portions if p.package is None] + [p for p in reversed(held.portions) if p.package is not None]
        for number, portion in enumerate(order):
            part = min(portion.hours - portion.returned, hours)
            if part <= 0:
                continue
            hours -= part
            portion.returned += part
            held.returned += part
            held.returned_at = at
            name = f"{'consumption' if table == _CONSUMPTION else 'adjustment'}:{source_id}:returned"
            self._write_return(held, portion, part, at, f"{name}:{number + 1}" if number else name, (table, source_id), note)

    def _write_return(
        self, held: _Held, portion: _Portion, hours: int, at: int, name: str, source: tuple[str, int], note: str | None
    ) -> None:
        _, _, school, session = self._source_of(held)
        package = portion.package
        cents = package.give_back(hours, held.taught) if package is not None else 0
        held.cents -= cents
        self._write(name, package, "returned", hours, cents, at, at, source, session, note, school)
        if package is None:
            return
        if package.is_refunded:
            self._void_again(package, hours, at, at, f"{name}:voided", source, session, school)
        elif package.is_expired:
            lost = package.expire(hours)
            note = "the package had expired"
            self._write(f"{name}:expired", package, "expired", -hours, -lost, at, at, source, session, note, school)

    def _deduct(self, change: Adjustment) -> None:
        held = _Held(change)
        for number, (package, hours) in enumerate(self._take(change.hours, change.package_id)):
            held.portions.append(_Portion(package, hours))
            if package is not None:
                package.rebase()
            else:
                self._owing.append(held)
            name = f"adjustment:{change.adjustment_id}:deducted"
            self._write(
                f"{name}:{number + 1}" if number else name, package, "deducted", -hours, 0, change.at, change.recorded_at,
                (_ADJUSTMENT, change.adjustment_id), None, change.note, change.school_id,
            )

    # -- results -----------------------------------------------------------------------------------

    def entries(self) -> list[Entry]:
        """The entries; without those of plain bookings where ``every_entry`` is off."""
        return self._entries

    def charges(self) -> list[Charge]:
        """What became of each booking held by ``until``."""
        charges = []
        for key, held in self._held.items():
            portions = tuple(
                (p.package.grant.package_id if p.package is not None else None, p.hours) for p in held.portions if p.hours > 0
            )
            schools = [p.package.grant.school_id for p in held.portions if p.package is not None and p.hours > 0]
            owed = sum(p.hours - p.returned for p in held.portions if p.package is None)
            charges.append(
                Charge(
                    key, held.is_plain, portions, schools[0] if schools else None, owed,
                    held.returned, held.returned_at, held.cents_at_class, held.cents,
                )
            )
        return charges

    # -- writing -----------------------------------------------------------------------------------

    def _write_booking(
        self, held: _Held, portion: _Portion, number: int, step: str, kind: str, hours: int, cents: int, at: int
    ) -> None:
        source, name, school, session = self._source_of(held)
        name = f"{name}:{step}:{number + 1}" if number else f"{name}:{step}"
        note = "class time reached" if step == "lifted" else None
        self._write(name, portion.package, kind, hours, cents, at, held.source.recorded_at, source, session, note, school)

    def _source_of(self, held: _Held) -> tuple[tuple[str, int], str, int | None, int | None]:
        source = held.source
        if isinstance(source, Booking):
            number = source.consumption_id
            return (_CONSUMPTION, number), f"consumption:{number}", source.school_id, source.session_id
        return (_ADJUSTMENT, source.adjustment_id), f"adjustment:{source.adjustment_id}", source.school_id, None

    def _name(self, package: Package) -> str:
        number = package.grant.package_id
        return f"purchase:{number}" if number > 0 else f"adjustment:{-number}"

    def _source(self, package: Package) -> tuple[str, int]:
        number = package.grant.package_id
        return (_PURCHASE, number) if number > 0 else (_ADJUSTMENT, -number)

    def _write(
        self, name: str, package: Package | None, kind: str, hours: int, cents: int, at: int, recorded_at: int,
        source: tuple[str, int], session_id: int | None = None, note: str | None = None, school_id: int | None = None,
    ) -> None:
        """An entry stands in the books of its package's school; without a package, of the class's."""
        if package is not None:
            school_id = package.grant.school_id
        number = package.grant.package_id if package is not None else None
        self._entries.append(
            Entry(name, school_id, number, kind, hours, cents, at, recorded_at, source[0], source[1], session_id, note)
        )


def replay(
    history: History, until: int, burn_order: BurnOrder = "as_booked_then_soonest_expiry", *, every_entry: bool = True
) -> Replay:
    """Replay ``history`` up to ``until``; ``every_entry=False`` leaves out the entries of plain bookings (see Charge)."""
    return Replay(history, until, burn_order, every_entry=every_entry).run()
