"""The screen, the CSV, the XLSX and the PDF of a report show the same cells, in both languages."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine

from access.scope import Scope
from reports.finance import REPORTS, Period, run
from reports.statements import statement
from reports.table import Table
from settings import Settings
from tests.reports.finance import reading
from tests.reports.finance.conftest import MONTH, period_for
from warehouse import Warehouse

pytestmark = pytest.mark.slow  # the quick part has a minute and a half for everything

ENTRIES = Period(date(2026, 6, 1), date(2026, 11, 23))


@pytest.fixture(params=["en", "pt"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=[*REPORTS, "statement"])
def table(
    request: pytest.FixtureRequest, books: Warehouse, chosen: Settings, engine: Engine, language: str,
) -> Table:
    """Every report, and a statement, as the screen shows it."""
    if request.param == "statement":
        return statement(books, Scope.business(), chosen, _busiest(books), ENTRIES, language=language)
    # A year of sales is many pages; a month has every kind of cell.
    short = request.param in ("sales", "usage") or REPORTS[request.param].needs_store
    period = MONTH if short else period_for(request.param)
    return run(books, Scope.business(), chosen, request.param, period, language=language, engine=engine)


def _busiest(books: Warehouse) -> int:
    with books.lease() as cursor:
        row = cursor.execute(
            "select student_id from consumptions group by all order by count(*) desc, student_id limit 1"
        ).fetchone()
    assert row
    return int(row[0])


@pytest.mark.parametrize(("separator", "decimal"), [(",", "."), (";", ","), (";", ".")])
def test_csv_holds_the_cells_of_the_screen(table: Table, separator: str, decimal: str) -> None:
    heads, *rows = reading.csv_rows(table, separator=separator, decimal=decimal)
    assert tuple(heads) == table.heads
    read = [
        tuple(reading.from_csv(text, column, decimal) for text, column in zip(row, table.columns, strict=True))
        for row in rows
    ]
    assert read == [line.cells for line in table.lines()]
    assert rows


def test_xlsx_holds_the_cells_of_the_screen(table: Table) -> None:
    heads, *rows = reading.xlsx_rows(table)
    assert tuple(heads) == table.heads
    read = [
        tuple(reading.from_xlsx(value, column) for value, column in zip(row, table.columns, strict=True))
        for row in rows
    ]
    assert read == [line.cells for line in table.lines()]


@pytest.mark.slow
def test_pdf_holds_the_cells_of_the_screen_in_their_order(table: Table) -> None:
    _holds_in_order(table)


def test_paper_of_one_report_holds_its_cells_in_their_order(books: Warehouse, chosen: Settings, language: str) -> None:
    _holds_in_order(run(books, Scope.schools([1]), chosen, "revenue_by_month", MONTH, language=language))


def _holds_in_order(table: Table) -> None:
    raw = reading.pdf_text(table)
    text, at, arabic = reading.squeezed(raw), 0, ""
    for place, head in enumerate(table.heads):
        assert reading.squeezed(head) in text or table.columns[place].name == table.grouped_by
    for line in table.lines():
        wanted = reading.expected_on_paper(table, line.cells, is_total=line.is_total)
        found = text.find(wanted, at)
        assert found >= 0, f"{wanted} is not on paper after {text[at:at + 80]}"
        at = found + len(wanted)
        arabic += "".join(cell for cell in line.cells if isinstance(cell, str))
    assert reading.right_to_left(arabic) == reading.right_to_left(raw)


@pytest.mark.slow
def test_every_file_says_of_what_it_is(table: Table) -> None:
    facts = [value for _name, value in table.stamp.facts(table.speech)]
    assert len(facts) >= 4
    text = reading.squeezed(reading.pdf_text(table))
    about = [value for _name, value in reading.workbook(table).worksheets[1].iter_rows(values_only=True)]
    for fact in [*facts, *table.stamp.remarks]:
        assert reading.squeezed(fact) in text
        assert fact in about
    comment = reading.csv_rows(table, stamped=True)[0][0]
    assert all(fact in comment for fact in facts)
