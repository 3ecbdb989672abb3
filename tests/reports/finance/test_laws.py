"""Reports tie: to each other, to the ledger, and each total to its rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

import queries
from access.scope import Scope
from reports.finance import REPORTS, Period, ReportOutOfReach, run
from reports.finance.issued import NoStore
from reports.table import Table
from settings import Settings
from tests.reports.finance.conftest import MONTH, YEAR, period_for
from warehouse import Warehouse

pytestmark = pytest.mark.slow  # the quick part has a minute and a half for everything

MONTHS = [Period(date(2026, month, 1), date(2026, month + 1, 1)) for month in range(3, 12)]
Sums = dict[tuple[Any, ...], Decimal]


def rows_of(table: Table) -> list[dict[str, Any]]:
    names = [column.name for column in table.columns]
    return [dict(zip(names, cells, strict=True)) for cells in table.rows()]


def summed(rows: Iterable[dict[str, Any]], name: str, *, by: tuple[str, ...] = ("school_name", "currency")) -> Sums:
    """Sums by school and currency, without those that are nothing."""
    sums: Sums = defaultdict(Decimal)
    for row in rows:
        sums[tuple(row[key] for key in by)] += row[name]
    return {key: value for key, value in sums.items() if value}


@pytest.fixture
def ran(books: Warehouse, chosen: Settings, business: Scope) -> Any:
    """Runs a report for the whole business and gives its rows."""

    def run_it(name: str, period: Period, **more: Any) -> list[dict[str, Any]]:
        return rows_of(run(books, business, chosen, name, period, **more))

    return run_it


def test_opening_and_what_moved_is_closing_and_the_next_opening(ran: Any) -> None:
    closings: dict[tuple[str, str], Decimal] = {}
    rows = ran("roll_forward", YEAR)
    assert len(rows) > 20
    for row in rows:
        moved = row["sold"] - row["recognised"] - row["breakage"] - row["refunded"]
        assert row["opening_deferred"] + moved == row["closing_deferred"]
        books = row["school_name"], row["currency"]
        assert closings.get(books, row["opening_deferred"]) == row["opening_deferred"]
        closings[books] = row["closing_deferred"]


def test_deferred_money_of_packages_is_the_closing_balance_to_the_cent(ran: Any) -> None:
    for period in MONTHS:
        packages = ran("deferred_by_package", period)
        assert packages or period is MONTHS[0]
        assert summed(packages, "deferred") == summed(ran("roll_forward", period), "closing_deferred")


@pytest.mark.parametrize(
    ("report", "column", "months"),
    [
        ("sales", "amount", "sold"), ("refunds", "amount", "refunded"), ("revenue_by_plan", "sold", "sold"),
        ("revenue_by_plan", "recognised", "recognised"), ("revenue_by_plan", "breakage", "breakage"),
        ("revenue_by_plan", "refunded", "refunded"), ("revenue_by_teacher", "recognised", "recognised"),
    ],
)
def test_lists_add_up_to_the_months(ran: Any, report: str, column: str, months: str) -> None:
    for period in MONTHS:
        assert summed(ran(report, period), column) == summed(ran("roll_forward", period), months)


def test_deferred_money_of_the_day_is_what_the_overview_shows(books: Warehouse, business: Scope, ran: Any) -> None:
    today = Period(date(2026, 11, 23), date(2026, 11, 24))
    shown = queries.ask(books, business, "deferred_by_currency").as_dicts()
    packages = summed(ran("deferred_by_package", today), "deferred", by=("currency",))
    assert packages == {(row["currency"],): row["deferred"] for row in shown} != {}


def test_revenue_is_what_the_ledger_says_was_earned_in_each_schools_own_month(books: Warehouse, ran: Any) -> None:
    earned: Sums = defaultdict(Decimal)
    with books.lease() as cursor:
        entries = cursor.execute(
            "select s.name, s.timezone, p.currency, l.kind, l.amount, l.effective_at from ledger l "
            "join purchases p on p.transaction_id = l.package_id join schools s on s.school_id = l.school_id"
        ).fetchall()
    for school, zone, currency, kind, amount, at in entries:
        if kind in ("consumed", "returned", "expired", "extended"):
            earned[school, currency, at.astimezone(ZoneInfo(zone)).date().replace(day=1)] -= amount
    rows = [row for row in ran("revenue_by_month", YEAR) if row["school_name"] != "no school"]
    found = summed(rows, "revenue", by=("school_name", "currency", "month"))
    assert found == {key: value for key, value in earned.items() if value and YEAR.start <= key[2] < YEAR.end} != {}


def test_two_periods_together_are_the_period_over_both(ran: Any) -> None:
    first, second = (Period(date(2026, 9, 1), date(2026, 9, 14)), Period(date(2026, 9, 14), date(2026, 10, 1)))
    for name in ("sales", "refunds", "expirations"):
        assert ran(name, first) + ran(name, second) == ran(name, MONTH)


def test_the_monthly_report_shows_what_the_other_reports_show(ran: Any) -> None:
    lines = {(row["section"], row["line"], row["currency"]): row for row in ran("month", MONTH)}
    roll_forward = ran("roll_forward", MONTH)
    by_currency = {
        name: summed(roll_forward, name, by=("currency",))
        for name in ("opening_deferred", "sold", "recognised", "breakage", "refunded", "closing_deferred")
    }
    titles = ("Opening", "Sold (+)", "Recognised (−)", "Breakage (−)", "Refunded (−)", "Closing (=)")
    for (_name, sums), title in zip(by_currency.items(), titles, strict=True):
        for currency in ("EUR", "GBP"):
            assert lines["Deferred money", title, currency]["amount"] == sums.get((currency,), 0)
    usage = ran("usage", MONTH)
    assert lines["Usage", "Classes", None]["hours"] == sum(row["hours"] for row in usage)
    assert lines["Usage", "Classes", None]["count"] == sum(row["classes"] for row in usage)


@pytest.mark.parametrize("name", REPORTS)
def test_a_total_is_the_sum_of_its_rows_each_currency_for_itself(
    name: str, books: Warehouse, chosen: Settings, business: Scope, engine: Engine,
) -> None:
    table = run(books, business, chosen, name, _filled(name), engine=engine)
    lines = list(table.lines())
    rows = [line.cells for line in lines if not line.is_total]
    totals = [line.cells for line in lines if line.is_total]
    assert rows, "the demo school must have something to add up"
    currency = table.position("currency")
    summable = [at for at, column in enumerate(table.columns) if column.total]
    codes = {cells[currency] if currency is not None else None for cells in rows} if summable else set()
    assert {cells[currency] if currency is not None else None for cells in totals} == codes
    for total in totals:
        mine = [cells for cells in rows if currency is None or cells[currency] == total[currency]]
        for at in summable:
            assert total[at] == sum(cells[at] or 0 for cells in mine)  # type: ignore[misc]


def _filled(name: str) -> Period:
    return MONTH if REPORTS[name].needs_store else period_for(name)


@pytest.mark.parametrize("name", REPORTS)
def test_a_school_sees_its_own_rows_only(name: str, books: Warehouse, chosen: Settings, engine: Engine) -> None:
    one = run(books, Scope.schools([1]), chosen, name, _filled(name), engine=engine)
    chosen_one = run(books, Scope.business(), chosen, name, _filled(name), school_id=1, engine=engine)
    assert len({row["school_name"] for row in rows_of(one) if "school_name" in row}) <= 1
    assert one.stamp.scope == chosen_one.stamp.scope
    assert rows_of(one) == rows_of(chosen_one) != []


def test_credit_notes_count_with_a_minus_and_each_rate_for_itself(
    books: Warehouse, chosen: Settings, business: Scope, engine: Engine,
) -> None:
    register = rows_of(run(books, business, chosen, "receipts_register", MONTH, engine=engine))
    assert [row["total"] for row in register if row["kind"] == "credit note"] == [Decimal("-61.50")]
    summary = rows_of(run(books, business, chosen, "vat_summary", MONTH, engine=engine))
    found = [(row["vat_rate"], row["receipts"], row["credit_notes"], row["net"], row["vat"]) for row in summary]
    assert found == [
        ("6.50%", 1, 0, Decimal("10.00"), Decimal("0.65")), ("23%", 2, 1, Decimal("50.05"), Decimal("11.51")),
        ("exempt", 2, 0, Decimal("99.99"), Decimal("0.00")),
    ]
    for name in ("net", "vat", "total"):
        assert summed(register, name, by=("currency",)) == summed(summary, name, by=("currency",))


def test_what_was_issued_is_not_reported_without_the_store(
    books: Warehouse, chosen: Settings, business: Scope,
) -> None:
    with pytest.raises(NoStore, match="store"):
        rows_of(run(books, business, chosen, "vat_summary", MONTH))


@pytest.mark.parametrize(
    ("scope", "school"),
    [
        (Scope.students([1]), None), (Scope.teaching([1]), None), (Scope.schools([1]), 2), (Scope.schools([]), None),
        (Scope.schools([1, 2], money=[1]), 2), (Scope.schools([1], money=[]), None), (Scope.business(), 999),
    ],
    ids=lambda value: value.key if isinstance(value, Scope) else str(value),
)
def test_reports_are_for_viewers_of_schools_and_their_amounts(
    books: Warehouse, chosen: Settings, scope: Scope, school: int | None,
) -> None:
    with pytest.raises(ReportOutOfReach):
        run(books, scope, chosen, "sales", MONTH, school_id=school)


def test_a_viewer_without_amounts_may_see_hours(books: Warehouse, chosen: Settings) -> None:
    assert rows_of(run(books, Scope.schools([1], money=[]), chosen, "usage", MONTH))
    assert run(books, Scope.schools([1, 2], money=[1]), chosen, "sales", MONTH).slug.endswith("school-1")
