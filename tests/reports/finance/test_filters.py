"""A report narrowed to a currency, and days that begin at the school's midnight, not the server's."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from access.scope import Scope
from reports.finance import REPORTS, BadPeriod, CurrencyUnfit, Period, run
from reports.statements import statement
from reports.table import Kind, Table
from settings import Settings
from tests.memory import AS_OF, MemoryBooks
from tests.reports.finance.conftest import MONTH, period_for
from tests.reports.finance.test_guard import CERTIFICATE, PASSED, SOLD
from warehouse import Warehouse

pytestmark = pytest.mark.slow  # the quick part has a minute and a half for everything

OF_MONEY = [name for name, report in REPORTS.items() if any(one.name == "currency" for one in report.columns)]


def rows_of(table: Table) -> list[dict[str, Any]]:
    names = [column.name for column in table.columns]
    return [dict(zip(names, cells, strict=True)) for cells in table.rows()]


@pytest.mark.parametrize("name", OF_MONEY)
def test_a_report_of_one_currency_holds_its_rows_and_totals_and_no_other_money(
    name: str, books: Warehouse, chosen: Settings, business: Scope, engine: Engine,
) -> None:
    period = MONTH if REPORTS[name].needs_store else period_for(name)
    every = rows_of(run(books, business, chosen, name, period, engine=engine))
    narrow = run(books, business, chosen, name, period, engine=engine, currency="EUR")
    rows = rows_of(narrow)
    assert [row for row in every if row["currency"] == "EUR"] == [row for row in rows if row["currency"]] != []
    money = [column.name for column in narrow.columns if column.kind is Kind.MONEY]
    assert all(row[column] is None for row in rows if row["currency"] is None for column in money)
    at = narrow.position("currency")
    assert {line.cells[at or 0] for line in narrow.lines() if line.is_total} <= {"EUR"}
    assert narrow.stamp.filters == "only EUR"
    assert narrow.slug.endswith("_EUR")


@pytest.mark.parametrize(("name", "currency"), [("usage", "EUR"), ("sales", "euro"), ("sales", "../x"), ("sales", "")])
def test_what_is_no_currency_of_a_report_is_refused(
    name: str, currency: str, books: Warehouse, chosen: Settings, business: Scope,
) -> None:
    with pytest.raises(CurrencyUnfit):
        run(books, business, chosen, name, MONTH, currency=currency)


@pytest.mark.parametrize(
    ("zone", "instant", "month"),
    [
        ("Europe/Lisbon", "2026-09-30 22:59:59+00", "2026-09"), ("Europe/Lisbon", "2026-09-30 23:00:00+00", "2026-10"),
        ("America/Sao_Paulo", "2026-10-01 02:59:59+00", "2026-09"),
        ("America/Sao_Paulo", "2026-10-01 03:00:00+00", "2026-10"),
        ("Pacific/Auckland", "2026-09-30 10:59:59+00", "2026-09"),
        ("Pacific/Auckland", "2026-09-30 11:00:00+00", "2026-10"),
    ],
)
def test_a_period_begins_and_ends_at_midnight_where_the_school_is(zone: str, instant: str, month: str) -> None:
    rows = {
        **SOLD, "checks": PASSED, "certificate": CERTIFICATE,
        "entries": [{**SOLD["entries"][0], "effective_at": instant}],
        "schools": [{**SOLD["schools"][0], "timezone": zone}],
    }
    books, settings = MemoryBooks(rows), Settings.model_validate({"now": AS_OF, "timezone": "Europe/Lisbon"})
    for asked in ("2026-09", "2026-10"):
        for name in ("sales", "revenue_by_plan"):
            table = run(books, Scope.business(), settings, name, Period.of_month(asked))
            assert len(rows_of(table)) == (asked == month)
            assert zone in table.stamp.as_of_words


def test_an_empty_period_has_neither_rows_nor_totals_and_says_so(
    books: Warehouse, chosen: Settings, business: Scope, engine: Engine,
) -> None:
    for name in REPORTS:
        table = run(books, business, chosen, name, Period.of_month("2001-01"), engine=engine)
        assert list(table.lines()) == []
        assert "2001" in table.empty


@pytest.mark.parametrize("text", ["9999-12", "2100-01", "2100-01-01", "9999-12-31"])
def test_a_period_at_the_end_of_time_is_refused_and_not_tripped_over(text: str) -> None:
    with pytest.raises(BadPeriod):
        Period.between(text, text)


@pytest.mark.parametrize("scope", [Scope.schools([1], money=[]), Scope.schools([1, 2], money=[2])])
def test_a_statement_for_who_sees_no_amounts_has_hours_and_no_amount(
    scope: Scope, books: Warehouse, chosen: Settings,
) -> None:
    lines = 0
    with books.lease() as cursor:
        found = cursor.execute("select distinct student_id from ledger where school_id = 1 order by 1").fetchmany(12)
        name = (cursor.execute("select name from schools where school_id = 1").fetchone() or ("",))[0]
    for (student,) in found:
        table = statement(books, scope, chosen, student, Period.between("2026-01", "2026-10"))
        for row in (row for row in rows_of(table) if row["school_name"] == name):
            assert row.get("amount") is None
            assert row.get("amount_left") is None
            assert isinstance(row["hours_left"], Decimal)
            lines += 1
    assert lines > 20


def test_what_is_read_from_the_store_is_not_said_to_be_as_old_as_the_snapshot(
    books: Warehouse, chosen: Settings, business: Scope, engine: Engine,
) -> None:
    november = Period.of_month("2026-11")
    register = run(books, business, chosen, "receipts_register", november, engine=engine).stamp.remarks
    assert register[0] == "The period is not over."
    assert not any("figures are up to" in remark for remark in register)
    assert "figures are up to" in run(books, business, chosen, "sales", november).stamp.remarks[0]
