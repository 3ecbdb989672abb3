"""Replays one student's rows event by event and writes down every entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial

from tests.reference.package import Package, Piece, Taking
from tests.reference.reading import ZERO, Consumption, Refund, StudentRows, micros

GRANT, EXTEND, RETURN, VOID, DEDUCT, EXPIRE, HOLD, CLASS = range(8)
Key = tuple[int, int, int, int, int]


@dataclass(frozen=True)
class Entry:
    """One entry of the ledger; ``at`` in microseconds."""

    student: int
    school: int | None
    package: int | None
    kind: str
    hours: Decimal
    amount: Decimal
    at: int


@dataclass
class Books:
    """What a replay leaves behind."""

    student: int
    entries: list[Entry]
    packages: dict[int, Package]
    takings: list[Taking]


class _Replay:
    """One student's history, event after event."""

    def __init__(self, rows: StudentRows, burn_order: str) -> None:
        self.rows = rows
        self.burn_order = burn_order
        self.now = 0
        self.entries: list[Entry] = []
        self.packages = {p.id: Package(p, p.expires) for p in rows.purchases}
        self.takings: list[Taking] = []
        self.events: list[tuple[Key, Callable[[], None]]] = []

    def run(self, until: int) -> Books:
        """All events up to and including an instant."""
        self.plan()
        self.events.sort(key=lambda event: event[0])
        while True:
            key, happen = min([*self.events[:1], *self.expiries()], key=lambda event: event[0], default=(None, None))
            if key is None or happen is None or key[0] > until:
                return Books(self.rows.id, self.entries, self.packages, self.takings)
            if self.events and self.events[0][0] == key:
                self.events.pop(0)
            self.now = key[0]
            happen()

    # -- what will happen, and when

    def plan(self) -> None:
        for package in self.packages.values():
            self.at(package.of.at, GRANT, abs(package.of.id), partial(self.grant, package), rank=int(package.of.id < 0))
            for number, refund in enumerate(package.of.refunds):
                self.at(refund.at, VOID, package.of.id, partial(self.refund, package, refund), number)
        returns: dict[int, list[tuple[int, int, int, Decimal | None]]] = {}
        for row in self.rows.consumptions:
            returns.setdefault(row.id, []).append((row.changed_at, 0, row.id, row.held - row.effective))
        for one in self.rows.adjustments:
            when = micros(one["effective_at"])
            if one["kind"] == "return":
                returns.setdefault(one["consumption_id"], []).append((when, 1, one["id"], one["hours"]))
            elif one["kind"] == "deduct":
                self.at(
                    when, DEDUCT, one["id"], partial(self.deduct, one["package_id"], one["hours"], one["school_id"]),
                )
            elif one["package_id"] in self.packages:
                moved, package = micros(one["new_expires_at"]), self.packages[one["package_id"]]
                self.at(when, EXTEND, one["id"], partial(self.extend, package, moved))
        for row in self.rows.consumptions:
            self.plan_class(row, returns[row.id])

    def plan_class(self, row: Consumption, returns: list[tuple[int, int, int, Decimal | None]]) -> None:
        taking = Taking(row.school, row)
        held_at = min(row.booked_at, row.class_at)
        early = [hours for when, _, _, hours in sorted(returns, key=lambda r: r[1:3]) if when <= held_at]
        self.at(held_at, HOLD, row.id, partial(self.hold, taking, early))
        self.at(row.class_at, CLASS, row.id, partial(self.teach, taking))
        for when, rank, number, hours in returns:
            if when > held_at:
                self.at(when, RETURN, number, partial(self.give_back, taking, hours), rank=rank)

    def at(self, when: int, order: int, number: int, happen: Callable[[], None], last: int = 0, rank: int = 0) -> None:
        self.events.append(((when, order, rank, number, last), happen))

    def expiries(self) -> list[tuple[Key, Callable[[], None]]]:
        return [
            ((max(p.expires, p.may_expire_from), EXPIRE, 0, p.of.id, 0), partial(self.expire, p))
            for p in self.packages.values() if p.granted and not p.expired and p.expires is not None
        ]

    # -- events

    def grant(self, package: Package) -> None:
        of = package.of
        package.granted, package.may_expire_from = True, max(package.may_expire_from, self.now)
        package.remaining = package.base_hours = of.hours
        package.base = package.deferred = of.price
        self.write(package, "purchased" if of.id > 0 else "added", of.hours, of.price, always=True)
        for taking in self.takings:
            paid = min(package.remaining, taking.uncovered.kept)
            if paid > 0:
                self.pay(taking, package, paid)

    def pay(self, taking: Taking, package: Package, hours: Decimal) -> None:
        """Hours that no package covered move to one."""
        taking.uncovered.hours -= hours
        package.remaining -= hours
        taking.pieces.append(Piece(package, hours))
        if taking.of is None:
            self.write(None, "deducted", hours, school=taking.school)
            self.write(package, "deducted", -hours)
            self.start_base(package)
        elif taking.taught:
            self.write(None, "overdrawn", hours, school=taking.school)
            moved = package.use(hours)
            package.recognised += moved
            self.write(package, "consumed", -hours, -moved)
        else:
            self.write(None, "reserved", hours, school=taking.school)
            self.write(package, "reserved", -hours)

    def extend(self, package: Package, expires: int) -> None:
        if not package.granted:  # nothing is there yet that could be extended
            return
        package.expires, package.may_expire_from = expires, self.now
        package.expired = False
        hours, package.expired_hours = package.expired_hours, ZERO
        if hours:
            moved = package.use(-hours)
            allowed = -min(-moved, max(package.breakage, ZERO)) if package.rebased else moved
            package.breakage += allowed
            package.remaining += hours
            if allowed != moved:
                package.deferred += moved - allowed
                self.start_base(package)
            self.write(package, "extended", hours, -allowed)
            if package.refunded_in_full:
                self.void(package, hours)

    def expire(self, package: Package) -> None:
        package.expired = True
        if package.remaining > 0:
            self.lose(package, package.remaining)

    def lose(self, package: Package, hours: Decimal) -> None:
        moved = package.use(hours)
        package.breakage += moved
        package.remaining -= hours
        package.expired_hours += hours
        self.write(package, "expired", -hours, -moved)

    def refund(self, package: Package, refund: Refund) -> None:
        hours = package.remaining
        if not refund.full:
            exact = Fraction(package.of.hours) * Fraction(refund.amount) / Fraction(package.of.price)
            hours = min(hours, Decimal(round(exact * 100)) / 100)
        package.refunded_in_full |= refund.full
        self.void(package, hours, refund.amount)
        rest = max(refund.amount - max(package.deferred, ZERO), ZERO)
        package.deferred -= refund.amount - rest
        contra = max(min(rest, package.recognised), ZERO)
        package.recognised -= contra
        self.write(package, "returned", ZERO, contra)
        package.breakage -= rest - contra
        self.write(package, "extended", ZERO, rest - contra)
        self.start_base(package)

    def void(self, package: Package, hours: Decimal, amount: Decimal = ZERO) -> None:
        package.remaining -= hours
        self.write(package, "voided", -hours, -amount)

    def deduct(self, named: int | None, hours: Decimal, school: int | None) -> None:
        taking = Taking(school, None)
        self.take(taking, hours, self.packages.get(named) if named is not None else None)
        for piece in taking.pieces:
            self.write(piece.package, "deducted", -piece.hours)
            if piece.package:
                self.start_base(piece.package)
        self.write(None, "deducted", -taking.uncovered.hours, school=school)

    def hold(self, taking: Taking, early: list[Decimal | None]) -> None:
        row = taking.of
        assert row is not None
        as_booked = self.burn_order == "as_booked_then_soonest_expiry"
        self.take(taking, row.held, self.packages.get(row.booked_on) if as_booked else None)
        taking.begun = True
        if self.now < row.class_at:
            for piece in [*taking.pieces, taking.uncovered]:
                self.write(piece.package, "reserved", -piece.hours, school=taking.school)
        for hours in early:
            self.give_back(taking, hours)

    def teach(self, taking: Taking) -> None:
        row = taking.of
        assert row is not None
        taking.taught = True
        for piece in [*taking.pieces, taking.uncovered]:
            if row.booked_at < row.class_at:
                self.write(piece.package, "reserved", piece.hours, school=taking.school)
            if piece.package is None:
                self.write(None, "overdrawn", -piece.hours, school=taking.school)
            else:
                moved = piece.package.use(piece.kept)
                piece.package.recognised += moved
                self.write(piece.package, "consumed", -piece.hours, -moved)

    def give_back(self, taking: Taking, hours: Decimal | None) -> None:
        """Hours come back: uncovered ones first, then to the packages, last taken first."""
        pieces = [taking.uncovered, *reversed(taking.pieces)]
        left = sum((piece.kept for piece in pieces), ZERO) if hours is None else hours
        for piece in pieces:
            part = min(left, piece.kept)
            if part <= 0:
                continue
            left -= part
            piece.returned += part
            package = piece.package
            if package is None:
                self.write(None, "returned", part, school=taking.school)
                continue
            moved = package.use(-part) if taking.taught else ZERO
            allowed = -min(-moved, max(package.recognised, ZERO)) if package.rebased else moved
            package.recognised += allowed
            package.remaining += part
            if allowed != moved:
                package.deferred += moved - allowed
                self.start_base(package)
            self.write(package, "returned", part, -allowed)
            if package.refunded_in_full:
                self.void(package, part)
            elif package.expired:
                self.lose(package, part)

    # -- steps that events share

    def take(self, taking: Taking, hours: Decimal, first: Package | None) -> None:
        self.takings.append(taking)
        usable = [p for p in self.packages.values() if p.granted and not p.expired and p.remaining > 0]
        forever = 10**30
        usable.sort(key=lambda p: (
            p is not first, 0 if self.burn_order == "oldest_first" else p.expires if p.expires is not None else forever,
            p.of.at, abs(p.of.id), p.of.id < 0,
        ))
        for package in usable:
            part = min(package.remaining, hours)
            if part > 0:
                package.remaining -= part
                taking.pieces.append(Piece(package, part))
                hours -= part
        taking.uncovered.hours = hours

    def start_base(self, package: Package) -> None:
        held = sum((
            piece.kept for taking in self.takings if taking.of and not taking.taught
            for piece in taking.pieces if piece.package is package
        ), ZERO)
        package.base, package.base_hours, package.used = package.deferred, package.remaining + held, ZERO
        package.rebased = True

    def write(
        self, package: Package | None, kind: str, hours: Decimal, amount: Decimal = ZERO, *,
        school: int | None = None, always: bool = False,
    ) -> None:
        if hours or amount or always:
            number = package.of.id if package else None
            self.entries.append(Entry(
                self.rows.id, package.of.school if package else school, number, kind, hours, amount, self.now,
            ))


def replay_student(rows: StudentRows, until: int, burn_order: str = "as_booked_then_soonest_expiry") -> Books:
    """The entries and packages of one student, as they stand at an instant."""
    return _Replay(rows, burn_order).run(until)
