"""The verifier finds every single change of what a replay wrote, and nothing in what it wrote."""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import verify as verifier
from ledger.history import BurnOrder, History
from ledger.replay import replay
from ledger.verify import verify
from tests.ledger.histories import BURN_ORDERS, histories, instants, randoms

START = datetime(2026, 1, 1, tzinfo=UTC)
Rows = list[dict[str, Any]]


def published(history: History, until: int, order: BurnOrder) -> tuple[dict[str, Decimal], Rows]:
    """The replay's entries as a query returns them, and the figures that belong to them."""
    done = replay(history, until, order)
    rows: Rows = [
        {
            "entry_id": e.entry_id, "kind": e.kind, "package_id": e.package_id, "hours": Decimal(e.hours) / 100,
            "amount": Decimal(e.cents) / 100, "effective_at": START + timedelta(days=e.at),
        }
        for e in done.entries()
    ]
    return figures_of(rows), rows


def figures_of(rows: Rows) -> dict[str, Decimal]:
    def hours(*kinds: str) -> Decimal:
        return Decimal(sum(row["hours"] for row in rows if row["kind"] in kinds))

    return {
        "hours_purchased": hours("purchased"), "hours_added": hours("added"), "hours_deducted": -hours("deducted"),
        "hours_consumed": -hours("consumed", "overdrawn"), "hours_reserved": -hours("reserved"),
        "hours_returned": hours("returned"), "hours_expired": -hours("expired"), "hours_extended": hours("extended"),
        "hours_voided": -hours("voided"),
        "hours_remaining": Decimal(sum(row["hours"] for row in rows if row["package_id"] is not None)),
        "hours_overdrawn": Decimal(-sum(row["hours"] for row in rows if row["package_id"] is None)),
    }


@given(histories(), instants, st.sampled_from(BURN_ORDERS))
def test_what_a_replay_wrote_holds(history: History, until: int, order: BurnOrder) -> None:
    figures, rows = published(history, until, order)
    assert verify(figures, rows, as_of=START + timedelta(days=until)) == []


@given(histories(), instants, randoms)
def test_an_entry_left_out_changed_or_repeated_is_found(history: History, until: int, random: Random) -> None:
    figures, rows = published(history, until, BURN_ORDERS[0])
    moving = [number for number, row in enumerate(rows) if row["hours"]]
    if not moving:
        return
    number = random.choice(moving)
    changed = {**rows[number], "hours": rows[number]["hours"] + Decimal("0.01")}
    assert verify(figures, rows[:number] + rows[number + 1:]) != []
    assert verify(figures, [*rows[:number], changed, *rows[number + 1:]]) != []
    assert verify(figures, [*rows, rows[number]]) != []


@given(histories(), instants, randoms)
def test_a_changed_figure_is_found(history: History, until: int, random: Random) -> None:
    figures, rows = published(history, until, BURN_ORDERS[0])
    name = random.choice(sorted(figures))
    assert verify({**figures, name: figures[name] + 1}, rows) != []


def entry(
    name: str, kind: str, hours: str, amount: str = "0", *, package: int | None = 1, day: int = 0,
) -> dict[str, Any]:
    return {
        "entry_id": name, "kind": kind, "package_id": package, "hours": Decimal(hours), "amount": Decimal(amount),
        "effective_at": START + timedelta(days=day),
    }


BOUGHT = entry("a", "purchased", "10", "100")
CASES: dict[str, tuple[Rows, str]] = {
    "an unknown kind": ([BOUGHT, entry("b", "gift", "1")], "unknown kind 'gift'"),
    "an entry after the instant": ([entry("a", "purchased", "10", "100", day=99)], "after 2026-02-20"),
    "a purchase that takes": ([entry("a", "purchased", "-10")], "yet takes 10 hours"),
    "a class that gives": ([BOUGHT, entry("b", "consumed", "1")], "yet gives 1 hours"),
    "a class that adds money": ([BOUGHT, entry("b", "consumed", "-1", "10")], "adds 10 to what is deferred"),
    "a return that takes money": ([BOUGHT, entry("b", "returned", "0", "-1")], "takes 1 from what is deferred"),
    "money of a reservation": ([BOUGHT, entry("b", "reserved", "-1", "-10")], "where no money can move"),
    "a class without a package": ([entry("b", "consumed", "-1", package=None)], "belongs to no package"),
    "an overdraft on a package": ([BOUGHT, entry("b", "overdrawn", "-1")], "yet package 1 covers it"),
    "a package granted twice": ([BOUGHT, entry("b", "purchased", "10", "100")], "granted 2 times"),
    "a package never granted": ([entry("b", "consumed", "0")], "granted 0 times"),
    "a class before the purchase": (
        [entry("a", "purchased", "10", "100", day=3), entry("b", "reserved", "-1", day=2)], "before it was granted",
    ),
    "more refunded than paid": ([BOUGHT, entry("b", "voided", "-10", "-101")], "101 was refunded"),
    "revenue of goodwill": (
        [entry("a", "added", "2", package=-5), entry("b", "consumed", "-1", "-5", package=-5)], "has no price",
    ),
    "money of an unknown kind": ([BOUGHT, entry("b", "gift", "0", "5")], "add up to 105"),
    "a package below zero for a day": (
        [BOUGHT, entry("b", "consumed", "-11", "-100", day=1), entry("c", "returned", "1", day=2)],
        "Package 1 stands at -1 hours at 2026-01-02",
    ),
    "hours of no package": ([entry("b", "returned", "1", package=None)], "belong to no package"),
    "a reservation lifted but never made": (
        [BOUGHT, entry("b", "reserved", "1")], "more are lifted than were reserved",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_contradiction_is_told(case: str) -> None:
    rows, told = CASES[case]
    sentences = verify(figures_of(rows), rows, as_of=START + timedelta(days=50))
    assert [sentence for sentence in sentences if told in sentence], sentences


def test_one_instant_may_pass_below_zero_in_any_order() -> None:
    rows = [entry("b", "consumed", "-10", "-100"), entry("l", "reserved", "10"), entry("h", "reserved", "-10"), BOUGHT]
    assert verify(figures_of(rows), rows) == []


@pytest.mark.parametrize(("change", "told"), [
    (lambda figures: figures | {"hours_consumed": Decimal("3.00")}, "3.00 hours consumed, but the entries add up to 0"),
    (lambda figures: figures | {"hours_remaining": Decimal(9)}, "Hours gained less hours lost are 10, but 9 remain"),
    (lambda figures: figures | {"hours_dreamt": Decimal(1)}, "Dreamt is no figure"),
])
def test_a_wrong_figure_is_told(change: Callable[[dict[str, Decimal]], dict[str, Decimal]], told: str) -> None:
    sentences = verify(change(figures_of([BOUGHT])), [BOUGHT])
    assert [sentence for sentence in sentences if told in sentence], sentences


def test_the_verifier_imports_nothing_of_the_project() -> None:
    module = ast.parse(Path(str(verifier.__file__)).read_text("utf-8"))
    imported = {
        name.split(".")[0] for node in ast.walk(module)
        for name in ([alias.name for alias in node.names] if isinstance(node, ast.Import)
                     else [node.module or ""] if isinstance(node, ast.ImportFrom) else [])
    }
    assert imported == {"__future__", "collections", "datetime", "decimal", "itertools", "operator", "typing"}
