"""Writes an invented world into databases, syncs it, and reads the snapshot in the reference's own terms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import duckdb
import sqlalchemy as sa

import store
from etl import contract, sync
from settings import Settings
from store import adjustments
from tests import reference
from tests.worlds.world import World

EntryKey = tuple[int, int | None, int | None, str, int, Decimal, Decimal]
STUDENT_FIGURES = (
    "hours_purchased",
    "hours_added",
    "hours_deducted",
    "hours_consumed",
    "hours_reserved",
    "hours_returned",
    "hours_expired",
    "hours_extended",
    "hours_voided",
    "hours_remaining",
    "hours_usable",
    "hours_overdrawn",
)
PACKAGE_FIGURES = (
    "hours_granted",
    "hours_upcoming",
    "hours_consumed",
    "hours_reserved",
    "hours_returned",
    "hours_deducted",
    "hours_expired",
    "hours_voided",
    "hours_remaining",
    "price",
    "amount_upcoming",
    "amount_recognised",
    "amount_breakage",
    "amount_refunded",
    "amount_deferred",
)
MONTH_FIGURES = (
    "opening_deferred",
    "sold",
    "recognised",
    "breakage",
    "refunded",
    "closing_deferred",
    "cash_in",
    "cash_out",
    "cash",
)


def settings_for(world: World, folder: Path, **chosen: object) -> Settings:
    """Settings whose every file lies in the folder."""
    return Settings.model_validate(
        {
            "platform_url": f"sqlite:///{folder / 'platform.db'}",
            "store_url": f"sqlite:///{folder / 'store.db'}",
            "warehouse": folder / "warehouse",
            "now": world.now,
            "threads": 1,
            **chosen,
        }
    )


def write(world: World, settings: Settings) -> None:
    """The world's rows as a platform's database (dangling ids and all), its adjustments in our own tables."""
    engine = sa.create_engine(settings.platform_url)
    contract.platform.create_all(engine)
    with engine.begin() as connection:
        for table, rows in world.rows.items():
            if rows:
                connection.execute(contract.platform.tables[table].insert(), rows)
    engine.dispose()
    store.migrate(settings.store_url)
    for row in world.adjustments:
        recorded = adjustments.Adjustment(**{name: value for name, value in row.items() if name != "id"})
        assert adjustments.record(store.engine(settings.store_url), recorded) == row["id"]


@contextmanager
def synced(world: World, folder: Path, **chosen: object) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published snapshot of a world, opened for reading."""
    settings = settings_for(world, folder, **chosen)
    write(world, settings)
    report = sync.run(settings)
    with duckdb.connect(str(settings.warehouse / f"snap_{report.snapshot_id:06d}.duckdb"), read_only=True) as con:
        con.execute("set timezone = 'UTC'")
        yield con


def snapshot_entries(con: duckdb.DuckDBPyConnection) -> Counter[EntryKey]:
    """Every entry that moves something as student, school, package, kind, microseconds, hours, amount; how often."""
    return Counter(
        con.execute(
            "select student_id, school_id, package_id, kind, epoch_us(effective_at), hours, amount from ledger"
            " where hours <> 0 or amount <> 0 or kind = 'purchased'"
        ).fetchall()
    )


def reference_entries(books: list[reference.Books]) -> Counter[EntryKey]:
    """The same by the reference."""
    return Counter(
        (e.student, e.school, e.package, e.kind, e.at, e.hours, e.amount) for book in books for e in book.entries
    )


def snapshot_refunds(con: duckdb.DuckDBPyConnection) -> Counter[tuple[int, int]]:
    """Cents given back by purchase and microseconds."""
    return Counter(
        {
            (purchase, at): int(cents)
            for purchase, at, cents in con.execute(
                "select transaction_id, epoch_us(refunded_at), sum(amount) * 100 from refunds group by all"
            ).fetchall()
        }
    )


def reference_refunds(platform: reference.Platform, until: int) -> Counter[tuple[int, int]]:
    """The same by the reference: what had gone back by an instant, on purchases granted by then."""
    cents: Counter[tuple[int, int]] = Counter()
    for rows in platform.students.values():
        for purchase in rows.purchases:
            for refund in purchase.refunds:
                if max(refund.at, purchase.at) <= until and refund.amount:
                    cents[purchase.id, refund.at] += int(refund.amount * 100)
    return cents


def figures(
    con: duckdb.DuckDBPyConnection,
    table: str,
    key: str,
    names: tuple[str, ...],
) -> dict[int, dict[str, Decimal]]:
    """The named columns of a summary table by its key."""
    rows = con.execute(f"select {key}, {', '.join(names)} from {table}").fetchall()
    found = {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}
    assert len(found) == len(rows), f"{table} has two rows of one {key}"
    return found


class Expiries(NamedTuple):
    """When packages expire (microseconds), and per student when the next hours do, how many, and active packages."""

    packages: dict[int, int | None]
    students: dict[int, tuple[int | None, Decimal | None, int]]


def expiries(con: duckdb.DuckDBPyConnection) -> Expiries:
    """Expiries as published."""
    packages = con.execute("select package_id, epoch_us(expires_at) from packages").fetchall()
    students = con.execute(
        "select student_id, epoch_us(next_expiry), next_expiry_hours, active_packages from student_balances"
    ).fetchall()
    return Expiries(dict(packages), {row[0]: row[1:] for row in students})


def snapshot_months(con: duckdb.DuckDBPyConnection) -> dict[tuple[int | None, date], dict[str, Decimal]]:
    """money_by_month by school and month, from the first month in which any money moved."""
    rows = con.execute(
        f"select school_id, month, {', '.join(MONTH_FIGURES)} from money_by_month order by month",
    ).fetchall()
    months: dict[tuple[int | None, date], dict[str, Decimal]] = {}
    begun: set[int | None] = set()
    for school, month, *amounts in rows:
        if any(amounts):
            begun.add(school)
        if school in begun:
            months[school, month] = dict(zip(MONTH_FIGURES, amounts, strict=True))
    return months
